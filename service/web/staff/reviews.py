"""Review: what waits, and one draft with what it changes; handing over, publishing, giving back, giving up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Annotated, Final, Protocol

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response

from service.errors import FourEyes, NoteNeeded, RecordNotFound, RegisterError, StaleVersion, UploadRefused
from service.register import annexes, editing
from service.register.accounts import SignedIn
from service.register.area_desk import going_with
from service.register.browsing import LISTED, DeskDraft, find_desk_draft, list_drafts
from service.register.history import Version, versions_of
from service.register.models import Revision, StaffUser
from service.register.reviewing import Consequences, foresee, review_of
from service.vocabulary import DraftState, RecordKind, StaffAct
from service.web.deps import LanguageDep, ReadSessionDep, Ulid
from service.web.forms import Fault, clean
from service.web.staff.area_looks import Look, ground_of, look_of_draft
from service.web.staff.desk import Desk, reads, writes
from service.web.staff.differing import grouped, is_back_dated
from service.web.staff.forms import StaffForm, fault_of_reason
from service.web.staff.listing import ROWS, Page, Text, last_page
from service.web.staff.reaching import has_public_page, open_kinds
from service.web.staff.record_faults import WHOLE, fault_of
from service.web.templating import language_of, localised

router = APIRouter()
_READ: Final = StaffAct.READ_RECORDS


class StepForm(StaffForm):
    """A step of a draft: which edition of it was looked at."""

    edition: str = ""


class ReturnForm(StepForm):
    """Giving a draft back."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a step was not taken: a fault of the draft or of the form, or what the register said."""

    fault: Fault
    status: int = 422
    typed: Mapping[str, str] = field(default_factory=dict)


@router.get("/staff/reviews")
def reviews(
    desk: Annotated[Desk, reads(_READ)],
    session: ReadSessionDep,
    state: Text = "",
    kind: Text = "",
    mine: Annotated[str, Query(max_length=1)] = "",
    page: Page = 1,
) -> HTMLResponse:
    """Return the drafts in a state, narrowed by kind and by whether one may decide about them."""
    shown = DraftState(state) if state in {each.value for each in LISTED} else DraftState.IN_REVIEW
    kinds = open_kinds(desk)
    wanted = RecordKind(kind) if kind in {each.value for each in kinds} else None
    found = list_drafts(
        session,
        kinds=[wanted] if wanted else kinds,
        state=shown,
        apart_from=desk.who.user if mine else None,
        start=(page - 1) * ROWS,
        limit=ROWS,
    )
    return desk.show(
        "staff/reviews.html",
        found=found,
        state=shown,
        states=LISTED,
        kind=wanted,
        kinds=kinds,
        mine=bool(mine),
        page=page,
        last=last_page(found.total),
    )


@router.get("/staff/reviews/{draft}")
def review(
    desk: Annotated[Desk, reads(_READ)],
    session: ReadSessionDep,
    draft: Ulid,
    done: Text = "",
) -> HTMLResponse:
    """Return one draft with what it changes and what may be done about it."""
    return _page(desk, session, draft, None, done)


@router.post("/staff/reviews/{draft}/submit", response_model=None)
def submit(
    desk: Annotated[Desk, writes(StaffAct.SUBMIT)],
    lang: LanguageDep,
    draft: Ulid,
    form: Annotated[StepForm, Form()],
) -> Response:
    """Hand the draft over to a second person."""
    return _take(desk, lang, draft, form, editing.submit, "submitted")


@router.post("/staff/reviews/{draft}/publish", response_model=None)
def publish(
    desk: Annotated[Desk, writes(StaffAct.PUBLISH)],
    lang: LanguageDep,
    draft: Ulid,
    form: Annotated[StepForm, Form()],
) -> Response:
    """Make the draft public, in the name of a second person."""
    return _take(desk, lang, draft, form, _single(editing.publish), "published")


@router.post("/staff/reviews/{draft}/return", response_model=None)
def give_back(
    desk: Annotated[Desk, writes(StaffAct.RETURN)],
    lang: LanguageDep,
    draft: Ulid,
    form: Annotated[ReturnForm, Form()],
) -> Response:
    """Give the draft back to who wrote it, with the reason."""
    reason = clean(form.reason)
    if fault := fault_of_reason(reason):
        return _refused(desk, draft, Trouble(fault, typed={"reason": reason}))
    step = _single(_each(partial(editing.return_for_changes, reason=reason)))
    return _take(desk, lang, draft, form, step, "returned")


@router.post("/staff/reviews/{draft}/reopen", response_model=None)
def reopen(
    desk: Annotated[Desk, writes(StaffAct.DRAFT)],
    lang: LanguageDep,
    draft: Ulid,
    form: Annotated[StepForm, Form()],
) -> Response:
    """Take a draft back that waits for review, or take one up that came back."""
    return _take(desk, lang, draft, form, _each(editing.reopen), "reopened")


@router.post("/staff/reviews/{draft}/discard", response_model=None)
def discard(
    desk: Annotated[Desk, writes(StaffAct.DRAFT)],
    lang: LanguageDep,
    draft: Ulid,
    form: Annotated[StepForm, Form()],
) -> Response:
    """Give the draft up; what it said stays on record."""
    return _take(desk, lang, draft, form, _each(editing.discard), "discarded")


class _Step(Protocol):
    """An act on a draft and what goes with it, as the register offers it."""

    def __call__(
        self, session: Session, drafts: Sequence[Revision], /, *, by: StaffUser, at: datetime
    ) -> object: ...


def _each(act: Callable[..., object]) -> _Step:
    """Return the act on a single draft as one on several."""

    def step(session: Session, drafts: Sequence[Revision], /, *, by: StaffUser, at: datetime) -> None:
        for draft in drafts:
            act(session, draft, by=by, at=at)

    return step


def _single(act: _Step) -> _Step:
    """Return the act for drafts that are decided one by one, which those of an annex's batch are not."""

    def step(session: Session, drafts: Sequence[Revision], /, *, by: StaffUser, at: datetime) -> None:
        annexes.demand_single(session, drafts)
        act(session, drafts, by=by, at=at)

    return step


def _take(desk: Desk, lang: str, draft: str, form: StepForm, step: _Step, done: str) -> Response:
    """Take a step with the draft as it was looked at, and go back to it; or return it with why not."""
    try:
        with desk.writing() as (session, who):
            step(session, _as_looked_at(session, draft, who, desk, form), by=who.user, at=desk.now)
    except RecordNotFound:
        raise
    except RegisterError as error:
        with desk.services.database.reading() as session:
            kind = find_desk_draft(session, draft).draft.record_kind
        return _refused(desk, draft, _trouble(kind, error))
    return RedirectResponse(localised(f"/staff/reviews/{draft}?done={done}", lang), 303)


def _as_looked_at(
    session: Session, ulid: str, who: SignedIn, desk: Desk, form: StepForm
) -> Sequence[Revision]:
    """Return the draft and what goes with it, if they are what was looked at: nobody decides about the unseen.

    Raises:
        RecordNotFound: there is none, or none that is open to who acts.
        StaleVersion: it was edited since.
    """
    found = editing.find_draft(session, ulid)
    if not who.held.may(desk.demand.act, found.record_kind):
        raise RecordNotFound("draft", ulid)
    together = going_with(session, found)
    if form.edition != _editions(together):
        raise StaleVersion(ulid, 0, found.edition)
    return together


def _editions(drafts: Sequence[Revision]) -> str:
    """Return which editions of a draft and of what goes with it are looked at."""
    return ".".join(str(draft.edition) for draft in drafts)


def _trouble(kind: RecordKind, error: RegisterError) -> Trouble:
    """Return why the register refused a step, in a form that the draft's page can tell.

    Raises:
        RegisterError: it is no matter of the draft.
    """
    fault = _fault(kind, error)
    if fault is None:
        raise error
    is_conflict = _code(error) in _STEPS or isinstance(error, NoteNeeded)
    return Trouble(fault, 403 if isinstance(error, FourEyes) else 409 if is_conflict else 422)


def _fault(kind: RecordKind, error: RegisterError) -> Fault | None:
    if _code(error) in _STEPS or isinstance(error, FourEyes):
        return Fault(WHOLE, _code(error))
    return fault_of(kind, error)


def _code(error: RegisterError) -> str:
    return error.problem if isinstance(error, UploadRefused) else error.code


_STEPS: Final = frozenset(
    {"stale_version", "edit_conflict", "bad_transition", "submission_void", "part_of_batch"}
)


def _refused(desk: Desk, draft: str, trouble: Trouble) -> HTMLResponse:
    with desk.services.database.reading() as session:
        return _page(desk, session, draft, trouble)


def _page(desk: Desk, session: Session, ulid: str, trouble: Trouble | None, done: str = "") -> HTMLResponse:
    found = find_desk_draft(session, ulid)
    draft = found.draft
    if not desk.who.held.may(_READ, draft.record_kind):
        raise RecordNotFound("draft", ulid)
    review = review_of(session, draft) if _is_on_its_way(draft) else None
    version = None if review else _version(session, draft)
    changes = review.changes if review else version.changes if version else ()
    together = going_with(session, draft)
    return desk.show(
        "staff/review.html",
        status=trouble.status if trouble else 200,
        found=found,
        draft=draft,
        editions=_editions(together),
        beside=[each for each in together if each.ulid != draft.ulid],
        batch=annexes.batch_of(session, draft),
        area=_area(desk, session, draft) if review else None,
        kind=draft.record_kind,
        groups=grouped(changes),
        change=review.change if review else version.change if version else None,
        is_stale=review is not None and review.is_stale,
        note=editing.note_of(draft),
        is_own=_is_own(desk, found),
        is_back_dated=is_back_dated(draft.record_kind, draft.payload, desk.today.isoformat()),
        may=lambda act: desk.who.held.may(StaffAct(act), draft.record_kind),
        effects=_foreseen(desk, draft) if review else None,
        has_page=draft.state is DraftState.PUBLISHED
        and has_public_page(session, draft.record_kind, draft.record_ulid),
        done=done,
        trouble=trouble,
        faults={trouble.fault.field: trouble.fault} if trouble else {},
    )


def _area(desk: Desk, session: Session, draft: Revision) -> Look | None:
    """Return the look at a draft of an area, with its picture."""
    lies_on = ground_of(session, desk.services.settings, language_of(desk.request), desk.today)
    return look_of_draft(session, lies_on, draft)


def _version(session: Session, draft: Revision) -> Version | None:
    """Return the version that the draft became, if it did."""
    if draft.state is not DraftState.PUBLISHED:
        return None
    versions = versions_of(session, draft.record_kind, draft.record_ulid)
    return next((each for each in versions if each.number == draft.base_version + 1), None)


@dataclass(frozen=True, slots=True)
class Effects:
    """What publishing would do, and the fault where the register would refuse it."""

    consequences: Consequences
    refusal: Fault | None


def _foreseen(desk: Desk, draft: Revision) -> Effects | None:
    """Return what publishing would do, for whoever may bring it about: it is tried out, and undone."""
    acts = (StaffAct.PUBLISH, StaffAct.SUBMIT)
    if not any(desk.who.held.may(act, draft.record_kind) for act in acts):
        return None
    with desk.services.database.writing() as session:
        together = going_with(session, editing.find_draft(session, draft.ulid))
        consequences = foresee(session, together, at=desk.now)
    refusal = consequences.refusal
    if isinstance(refusal, RegisterError):
        return Effects(consequences, _fault(draft.record_kind, refusal) or Fault(WHOLE, "wrong_value"))
    return Effects(consequences, Fault(WHOLE, "wrong_value") if refusal else None)


def _is_on_its_way(draft: Revision) -> bool:
    return draft.state not in {DraftState.PUBLISHED, DraftState.DISCARDED}


def _is_own(desk: Desk, found: DeskDraft) -> bool:
    """Return whether the person who asks wrote the draft or handed it over; the register asks more closely."""
    me = desk.who.user
    return me.id == found.draft.edited_by_id or me.person in {found.draft.submitted_person, found.person}
