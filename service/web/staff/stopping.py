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

from service.errors import FieldNotAllowed, RecordNotFound, RegisterError
from service.register.applying.authorisation_checks import demand_after_grant
from service.register.browsing import find_record
from service.register.editing.lone_stops import MOST_ALONE, is_used_up
from service.register.editing.stopping import stop_a_wrong
from service.register.lifecycle import ONE_PERSON_EVENTS
from service.register.lookups import AuthorisationView, find_authorisation
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
        try:
            payload = _payload(found, typed)
        except ValidationError as error:
            return _show(desk, found, typed, faults=faults_of(_KIND, error), status=422)
        if faults := _faults(session, payload):
            return _show(desk, found, typed, faults=faults, status=422)
        if form.is_again or not form.is_confirmed:
            shown = None if form.is_again else payload
            waits = is_used_up(session, desk.who.user.person, desk.now)
            return _show(desk, found, typed, payload=shown, waits=waits)
    try:
        with desk.writing() as (session, who):
            draft = stop_a_wrong(session, payload, by=who.user, at=desk.now)
            settle(form, _KIND, desk.services.settings)
    except RegisterError as error:
        fault = _fault(error)
        with desk.services.database.reading() as session:
            found = replace(_find(desk, session, ulid, act), waiting=form.waiting)
            return _show(desk, found, typed, faults={fault.field: fault}, status=409)
    done = "submitted" if draft.needs_two_people else "published"
    return RedirectResponse(localised(f"/staff/reviews/{draft.ulid}?done={done}", lang), 303)


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


def _faults(session: Session, payload: AuthorisationEventPayload) -> dict[str, Fault]:
    """Return what the rules of authorisations refuse of the act, before it is shown as if it could be done."""
    if payload.event is AuthorisationEventKind.DEREGISTERED and payload.ground is None:
        return {"ground": Fault("ground", "choice_missing")}
    try:
        demand_after_grant(session, payload)
    except FieldNotAllowed as error:
        fault = _fault(error)
        return {fault.field: fault}
    return {}


def _fault(error: RegisterError) -> Fault:
    if error.code in {"bad_transition", "stale_version"}:
        return Fault(WHOLE, "already_ended")
    fault = fault_of(_KIND, error)
    if fault is None:
        raise error
    return fault


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
