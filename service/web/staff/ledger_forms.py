"""Entering a service of a point, and putting an entry right: by another one that replaces it, never by changing it."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response
from ulid import ULID

from service.calendar import DateError, parse_china_date
from service.errors import FieldNotAllowed, ReferenceNotFound, StaleVersion
from service.identifiers import is_ulid
from service.register import service_point_ledger as ledger
from service.register.models import ServiceLedgerEntry
from service.register.service_point_ledger import LONGEST_LINE, Service
from service.vocabulary import ServiceTopic, StaffAct, WalkInKind
from service.web.deps import LanguageDep, ReadSessionDep, Ulid
from service.web.forms import Fault, clean
from service.web.staff.desk import Desk, reads, writes
from service.web.staff.forms import StaffForm, by_field, fault_of_reason, unwritable
from service.web.staff.listing import Text
from service.web.templating import localised

router = APIRouter()
WHOLE: Final = "entry"
"""Where a fault stands that is no single field's."""
_KEEP: Final = StaffAct.KEEP_LEDGER
_MINUTES: Final = re.compile("[0-9]{1,6}")
_CODES: Final = {"ambiguous": "not_allowed_ambiguous"}


class VoidForm(StaffForm):
    """Why an entry is taken back."""

    reason: str = ""


class ServiceForm(VoidForm):
    """A service as it is typed; the reason is of a correction. `form`: what it was given when it was opened."""

    form: str = ""
    point: str = ""
    day: str = ""
    topic: str = ""
    organisation: str = ""
    walk_in: str = ""
    minutes: str = ""
    result: str = ""


@router.get("/staff/ledger/new")
def new_entry(
    desk: Annotated[Desk, reads(_KEEP)],
    session: ReadSessionDep,
    point: Text = "",
) -> HTMLResponse:
    """Return the form for a service, of today unless said otherwise."""
    form = ServiceForm(form=str(ULID()), point=clean(point), day=desk.today.isoformat())
    return _show(desk, session, form)


@router.post("/staff/ledger/new", response_model=None)
def enter(
    desk: Annotated[Desk, writes(_KEEP)], lang: LanguageDep, form: Annotated[ServiceForm, Form()]
) -> Response:
    """Enter the service, or return the form with what is wrong."""
    form = _cleaned(form)
    service, faults = _service(form)
    if service is None:
        return _refused(desk, form, None, *faults)
    try:
        with desk.writing() as (session, who):
            form_ulid = form.form if is_ulid(form.form) else None
            entry = ledger.enter(session, service, by=who.user, at=desk.now, form_ulid=form_ulid)
    except (FieldNotAllowed, ReferenceNotFound) as error:
        return _refused(desk, form, None, _fault(error))
    return RedirectResponse(localised(f"/staff/ledger/{entry.ulid}?done=entered", lang), 303)


@router.get("/staff/ledger/{entry}/correction")
def correction(desk: Annotated[Desk, reads(_KEEP)], session: ReadSessionDep, entry: Ulid) -> HTMLResponse:
    """Return the form of an entry as it stands, to be put right."""
    wrong = ledger.find_versions(session, entry)[-1]
    return _show(desk, session, _typed(wrong), wrong)


@router.post("/staff/ledger/{entry}/correction", response_model=None)
def correct(
    desk: Annotated[Desk, writes(_KEEP)],
    lang: LanguageDep,
    entry: Ulid,
    form: Annotated[ServiceForm, Form()],
) -> Response:
    """Enter what replaces the entry, or return the form with what is wrong."""
    form = _cleaned(form)
    service, faults = _service(form)
    faults += _reason_faults(form.reason)
    if service is None or faults:
        return _refused(desk, form, entry, *faults)
    try:
        with desk.writing() as (session, who):
            made = ledger.correct(session, entry, service, form.reason, by=who.user, at=desk.now)
    except (FieldNotAllowed, ReferenceNotFound) as error:
        return _refused(desk, form, entry, _fault(error))
    except StaleVersion:
        return _refused(desk, form, entry, Fault(WHOLE, "ledger_replaced"), status=409)
    return RedirectResponse(localised(f"/staff/ledger/{made.ulid}?done=corrected", lang), 303)


@router.post("/staff/ledger/{entry}/void", response_model=None)
def void(
    desk: Annotated[Desk, writes(_KEEP)], lang: LanguageDep, entry: Ulid, form: Annotated[VoidForm, Form()]
) -> Response:
    """Take back an entry that should not have been made."""
    reason = clean(form.reason)
    if faults := _reason_faults(reason):
        return _refused(desk, None, entry, *faults)
    try:
        with desk.writing() as (session, who):
            made = ledger.void(session, entry, reason, by=who.user, at=desk.now)
    except StaleVersion:
        return _refused(desk, None, entry, Fault(WHOLE, "ledger_replaced"), status=409)
    return RedirectResponse(localised(f"/staff/ledger/{made.ulid}?done=voided", lang), 303)


def _cleaned(form: ServiceForm) -> ServiceForm:
    return form.model_copy(update={name: clean(value) for name, value in form if name != "csrf"})


def _service(form: ServiceForm) -> tuple[Service | None, list[Fault]]:
    """Return the service that a form says, or what is wrong with it."""
    faults = unwritable({name: value for name, value in form if name != "csrf"})
    day: date | None = None
    try:
        day = parse_china_date(form.day)
    except DateError:
        faults.append(Fault("day", "wrong_day"))
    if not form.point:
        faults.append(Fault("point", "point_missing"))
    if form.topic not in set(ServiceTopic):
        faults.append(Fault("topic", "topic_missing"))
    service = Service(
        point=form.point,
        day=day or date.min,
        topic=ServiceTopic(form.topic) if form.topic in set(ServiceTopic) else ServiceTopic.OTHER,
        minutes=int(form.minutes) if _MINUTES.fullmatch(form.minutes) else 0,
        result=form.result,
        organisation=form.organisation or None,
        walk_in=WalkInKind(form.walk_in) if form.walk_in in set(WalkInKind) else None,
    )
    faults += [Fault(name, code, LONGEST_LINE) for name, code in ledger.faults_of(service).items()]
    return (None if faults else service), faults


def _reason_faults(reason: str) -> list[Fault]:
    fault = fault_of_reason(reason, LONGEST_LINE)
    # It is a text of one line, unlike the reasons of other acts.
    return [fault] if fault else unwritable({"reason": reason})


def _fault(error: FieldNotAllowed | ReferenceNotFound) -> Fault:
    if isinstance(error, ReferenceNotFound):
        return Fault(error.field, "point_missing")
    return Fault(error.field, _CODES.get(error.problem, error.problem))


def _typed(entry: ServiceLedgerEntry) -> ServiceForm:
    name = entry.organisation_name or ""
    return ServiceForm(
        point=entry.point.code,
        day=entry.day.isoformat(),
        topic=entry.topic.value,
        # By its code where it has one: a name may be another's by now.
        organisation=(entry.organisation.uscc or name) if entry.organisation else name,
        walk_in=entry.walk_in.value if entry.walk_in else "",
        minutes=str(entry.minutes),
        result=entry.result,
    )


def _refused(
    desk: Desk, form: ServiceForm | None, entry: str | None, *faults: Fault, status: int = 422
) -> HTMLResponse:
    with desk.services.database.reading() as session:
        wrong = ledger.find_versions(session, entry)[-1] if entry else None
        typed = form or (_typed(wrong) if wrong else ServiceForm())
        return _show(desk, session, typed, wrong, *faults, status=status)


def _show(
    desk: Desk,
    session: Session,
    form: ServiceForm,
    wrong: ServiceLedgerEntry | None = None,
    *faults: Fault,
    status: int = 200,
) -> HTMLResponse:
    return desk.show(
        "staff/ledger_form.html",
        status=status,
        form=form,
        wrong=wrong,
        faults=by_field(*faults),
        whole=WHOLE,
        points=ledger.points(session),
        topics=tuple(ServiceTopic),
        walk_ins=tuple(WalkInKind),
        most=LONGEST_LINE,
    )
