"""Putting an authorisation under correction and deregistering it: typed, shown as it will be public, then done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Final

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.responses import Response

from service.errors import FieldNotAllowed, RecordNotFound, RegisterError, StaleVersion, TransitionNotAllowed
from service.register.browsing import find_record
from service.register.editing.lone_stops import MOST_ALONE, is_used_up
from service.register.editing.stopping import rehearse, stop_a_wrong
from service.register.lifecycle import ONE_PERSON_EVENTS
from service.register.lookups import AuthorisationView, find_authorisation
from service.register.models import AuthorisationEvent
from service.register.payloads import AuthorisationEventPayload
from service.vocabulary import (
    AuthorisationEventKind,
    AuthorisationState,
    RecordKind,
    StaffAct,
)
from service.web.deps import LanguageDep, ReadSessionDep, Ulid
from service.web.forms import Fault
from service.web.staff.desk import Desk, reads, writes
from service.web.staff.differing import is_back_dated
from service.web.staff.form_fields import FormField, fields_of
from service.web.staff.record_faults import WHOLE, fault_of, faults_of
from service.web.staff.typed import (
    MAX_FILE,
    TypedEventDep,
    WaitingFile,
    fault_of_file,
    settle,
    with_file,
)
from service.web.templating import localised

router = APIRouter()
_KIND: Final = RecordKind.AUTHORISATION_EVENT
_FIELDS: Final[Mapping[AuthorisationEventKind, tuple[str, ...]]] = {
    AuthorisationEventKind.PUT_UNDER_CORRECTION: ("effective_on", "deadline_on"),
    AuthorisationEventKind.DEREGISTERED: ("ground", "effective_on"),
}
_EVIDENCE: Final = (
    *("announcement", "note", "source", "source_level", "source_locator", "source_url"),
    *("source_document", "source_checked_on"),
)

Act = Annotated[str, Path(max_length=40)]


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What was entered before, so that it is not entered once more, and the draft that made it public."""

    event: AuthorisationEvent
    draft: str


@dataclass(frozen=True, slots=True)
class Stop:
    """One such act on one authorisation, as far as it was typed."""

    view: AuthorisationView
    ulid: str
    event: AuthorisationEventKind
    typed: Mapping[str, str]
    faults: Mapping[str, Fault] = field(default_factory=dict)
    payload: AuthorisationEventPayload | None = None
    status: int = 200
    waiting: WaitingFile | None = None
    on_record: OnRecord | None = None

    @property
    def parts(self) -> list[FormField]:
        """The fields that this act asks for."""
        fields = fields_of(_KIND)
        own = [replace(fields[name], is_required=True) for name in _FIELDS[self.event]]
        return own + [fields[name] for name in _EVIDENCE]

    @property
    def has_ended(self) -> bool:
        """Whether there is nothing left to stop."""
        return self.view.standing.state is AuthorisationState.ENDED


@router.get("/staff/records/authorisation/{ulid}/acts/{act}")
def stop_form(
    desk: Annotated[Desk, reads(StaffAct.STOP_A_WRONG)], session: ReadSessionDep, ulid: Ulid, act: Act
) -> HTMLResponse:
    """Return the form of the act, effective today unless said otherwise."""
    found = _find(desk, session, ulid, act)
    return _show(desk, found, {"effective_on": desk.today.isoformat()})


@router.post("/staff/records/authorisation/{ulid}/acts/{act}", response_model=None)
def stop(
    desk: Annotated[Desk, writes(StaffAct.STOP_A_WRONG)],
    lang: LanguageDep,
    ulid: Ulid,
    act: Act,
    form: TypedEventDep,
) -> Response:
    """Show the act as it will be public; the second time, do it."""
    with desk.services.database.reading() as session:
        found = _find(desk, session, ulid, act)
        form = with_file(form, _KIND, desk.services.settings, desk.now)
        typed = {name: form.fields.get(name, "") for name in (*_FIELDS[found.event], *_EVIDENCE)}
        found = replace(found, waiting=form.waiting)
        if faults := fault_of_file(form, desk.services.settings, desk.now):
            return _show(desk, found, typed, faults=faults, status=422)
        payload, faults = _read(found, typed)
        if faults or payload is None:
            return _show(desk, found, typed, faults=faults, status=422)
        if form.is_again:
            return _show(desk, found, typed)
    try:
        with desk.writing() as (session, who):
            if form.is_confirmed:
                draft = stop_a_wrong(session, payload, by=who.user, at=desk.now)
                settle(form, _KIND, desk.services.settings)
                done = "submitted" if draft.needs_two_people else "published"
                return RedirectResponse(localised(f"/staff/reviews/{draft.ulid}?done={done}", lang), 303)
            rehearse(session, payload, by=who.user, at=desk.now)
    except RegisterError as error:
        with desk.services.database.reading() as session:
            found = replace(_find(desk, session, ulid, act), waiting=form.waiting)
            return _refused(desk, session, found, typed, payload, error)
    with desk.services.database.reading() as session:
        found = replace(_find(desk, session, ulid, act), waiting=form.waiting)
        waits = is_used_up(session, desk.who.user.person, desk.now)
        return _show(desk, found, typed, payload=payload, waits=waits)


def _find(desk: Desk, session: Session, ulid: str, act: str) -> Stop:
    if act not in ONE_PERSON_EVENTS or not desk.who.held.may(StaffAct.STOP_A_WRONG, _KIND):
        raise RecordNotFound("act", act)
    record = find_record(session, RecordKind.AUTHORISATION, ulid)
    view = find_authorisation(session, str(record.newest.payload["code"]), desk.today)
    return Stop(view, ulid, AuthorisationEventKind(act), {})


def _payload(found: Stop, typed: Mapping[str, str]) -> AuthorisationEventPayload:
    one = found.view.authorisation
    return AuthorisationEventPayload.model_validate(
        {
            **typed,
            "authorisation": one.code,
            "event": found.event.value,
            # An event of a fictional authorisation is as fictional.
            "is_demonstration": one.is_demonstration,
        }
    )


def _read(found: Stop, typed: Mapping[str, str]) -> tuple[AuthorisationEventPayload | None, dict[str, Fault]]:
    """Return the event as it was typed, if it is one, and what is wrong by field; what is missing is told with it."""
    missing = {
        name: Fault(name, "choice_missing" if name == "ground" else "missing")
        for name in _FIELDS[found.event]
        if not typed[name]
    }
    try:
        return _payload(found, typed), missing
    except ValidationError as error:
        return None, missing | {
            name: fault for name, fault in faults_of(_KIND, error).items() if name not in missing
        }


def _refused(
    desk: Desk,
    session: Session,
    found: Stop,
    typed: Mapping[str, str],
    payload: AuthorisationEventPayload,
    error: RegisterError,
) -> HTMLResponse:
    """Return the form with what the register refused; where the act was done already, with what is on record."""
    if isinstance(error, TransitionNotAllowed | StaleVersion):
        is_same = isinstance(error, StaleVersion)
        if before := _on_record(session, found, payload if is_same else None):
            return _show(desk, replace(found, on_record=before), typed, status=409)
    fault = fault_of(_KIND, error)
    if fault is None:
        raise error
    # What cannot be is put right in the form; what stands against it is on record.
    status = 422 if isinstance(error, FieldNotAllowed) else 409
    return _show(desk, found, typed, faults={fault.field: fault}, status=status)


def _on_record(session: Session, found: Stop, same: AuthorisationEventPayload | None) -> OnRecord | None:
    """Return the entry that leaves nothing to do: the same one made before, or else the authorisation's end.

    None where it is not seen any more: it was voided between the refusal and this read.
    """
    events = found.view.authorisation.events
    voided = {event.voided_event_id for event in events}
    kind, day = (same.event, same.effective_on) if same else (AuthorisationEventKind.DEREGISTERED, None)
    event = min(
        (
            each
            for each in events
            if each.kind is kind and each.id not in voided and day in {None, each.effective_on}
        ),
        key=lambda each: each.effective_on,
        default=None,
    )
    if event is None:
        return None
    return OnRecord(event, find_record(session, _KIND, event.ulid).newest.ulid)


def _show(
    desk: Desk,
    found: Stop,
    typed: Mapping[str, str],
    *,
    faults: Mapping[str, Fault] | None = None,
    payload: AuthorisationEventPayload | None = None,
    waits: bool = False,
    status: int = 200,
) -> HTMLResponse:
    stop = replace(found, typed=typed, faults=faults or {}, payload=payload, status=status)
    return desk.show(
        "staff/stop.html",
        status=status,
        stop=stop,
        kind=_KIND,
        whole=WHOLE,
        most_file=MAX_FILE,
        most_alone=MOST_ALONE,
        waits=waits,
        today=desk.today,
        is_back_dated=payload is not None
        and is_back_dated(_KIND, payload.model_dump(mode="json"), desk.today.isoformat()),
    )
