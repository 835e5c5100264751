"""Acts on a lead: each on a page of its own that says what follows, asks for what the law asks for, and does it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Form, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from service.calendar import DateError, parse_china_date
from service.errors import FieldNotAllowed, RecordNotFound, StaleVersion, TransitionNotAllowed
from service.register import leads
from service.register.leads import LONGEST_BODY, LONGEST_NOTE, Handling, LeadView
from service.vocabulary import LeadEventKind, RefusalGround, StaffAct
from service.web.deps import LanguageDep, ReadSessionDep
from service.web.forms import Fault, clean
from service.web.staff.desk import Desk, reads, writes
from service.web.staff.forms import StaffForm, by_field, unwritable
from service.web.staff.leads import Receipt
from service.web.templating import localised

router = APIRouter()
WHOLE: Final = "act"
"""Where a fault stands that is no single field's."""
_SEEN: Final = re.compile("[0-9]{1,6}")
_MOST: Final = {"note": LONGEST_NOTE, "body": LONGEST_BODY}

Act = Annotated[str, Path(max_length=40)]


class ActForm(StaffForm):
    """What an act says; `seen`: how many events the lead had when the page was opened."""

    happened_on: str = ""
    note: str = ""
    ground: str = ""
    body: str = ""
    seen: str = ""


@router.get("/staff/leads/{receipt}/acts/{act}")
def act_form(
    desk: Annotated[Desk, reads(StaffAct.HANDLE_LEAD)], session: ReadSessionDep, receipt: Receipt, act: Act
) -> HTMLResponse:
    """Return the form of the act, done today unless said otherwise; or why it is not open."""
    view, kind = leads.find_lead(session, receipt), _act(act)
    form = ActForm(happened_on=desk.today.isoformat(), seen=str(len(view.events)))
    if kind in view.acts:
        return _show(desk, view, kind, form)
    return _show(desk, view, kind, form, {WHOLE: Fault(WHOLE, "lead_act_not_open")}, status=409)


@router.post("/staff/leads/{receipt}/acts/{act}", response_model=None)
def take_act(
    desk: Annotated[Desk, writes(StaffAct.HANDLE_LEAD)],
    lang: LanguageDep,
    receipt: Receipt,
    act: Act,
    form: Annotated[ActForm, Form()],
) -> Response:
    """Do the act, or return the form with what is wrong."""
    kind = _act(act)
    form = form.model_copy(update={name: clean(value) for name, value in form if name != "csrf"})
    with desk.services.database.reading() as session:
        view = leads.find_lead(session, receipt)
        day, faults = _read(view, kind, form)
        if faults or day is None:
            return _show(desk, view, kind, form, faults, status=422)
    handling = Handling(
        act=kind,
        happened_on=day,
        seen=int(form.seen) if _SEEN.fullmatch(form.seen) else -1,
        note=form.note or None,
        ground=_ground(form),
        body=form.body or None,
    )
    try:
        with desk.writing() as (session, who):
            leads.handle(session, receipt, handling, by=who.user, at=desk.now)
    except FieldNotAllowed as error:
        return _refused(desk, receipt, kind, form, Fault(error.field, error.problem), status=422)
    except TransitionNotAllowed:
        return _refused(desk, receipt, kind, form, Fault(WHOLE, "lead_act_not_open"), status=409)
    except StaleVersion:
        return _refused(desk, receipt, kind, form, Fault(WHOLE, "lead_seen_other"), status=409)
    return RedirectResponse(localised(f"/staff/leads/{receipt}?done={kind.value}", lang), 303)


def _act(code: str) -> LeadEventKind:
    if code not in set(LeadEventKind):
        raise RecordNotFound("act", code)
    return LeadEventKind(code)


def _ground(form: ActForm) -> RefusalGround | None:
    return RefusalGround(form.ground) if form.ground in set(RefusalGround) else None


def _read(view: LeadView, kind: LeadEventKind, form: ActForm) -> tuple[date | None, dict[str, Fault]]:
    """Return the day of the act, where it is one, and what is wrong by field."""
    faults: dict[str, Fault] = {}
    day: date | None = None
    try:
        day = parse_china_date(form.happened_on)
    except DateError:
        faults["happened_on"] = Fault("happened_on", "wrong_day")
    faults |= by_field(*unwritable({"note": form.note, "body": form.body}, lines=True))
    said = leads.faults_of(
        view.lead.kind, kind, note=form.note or None, ground=_ground(form), body=form.body or None
    )
    for name, code in said.items():
        faults.setdefault(name, Fault(name, code, _MOST.get(name, 0)))
    return day, faults


def _refused(
    desk: Desk, receipt: str, kind: LeadEventKind, form: ActForm, fault: Fault, *, status: int
) -> HTMLResponse:
    """Return the form once more, made for the lead as it is now: what was done meanwhile is shown beside it."""
    with desk.services.database.reading() as session:
        view = leads.find_lead(session, receipt)
        form = form.model_copy(update={"seen": str(len(view.events))})
        return _show(desk, view, kind, form, {fault.field: fault}, status=status)


def _show(
    desk: Desk,
    view: LeadView,
    kind: LeadEventKind,
    form: ActForm,
    faults: Mapping[str, Fault] | None = None,
    *,
    status: int = 200,
) -> HTMLResponse:
    return desk.show(
        "staff/lead_act.html",
        status=status,
        view=view,
        lead=view.lead,
        act=kind,
        is_open=kind in view.acts,
        form=form,
        faults=faults or {},
        whole=WHOLE,
        needs_note=leads.needs_note(view.lead.kind, kind),
        most=_MOST,
        grounds=tuple(RefusalGround),
        today=desk.today,
    )
