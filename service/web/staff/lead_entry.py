"""Entering a lead that came by telephone, over the counter, from the 12315 platform or by letter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response
from ulid import ULID

from service.calendar import parse_china_date
from service.errors import FieldNotAllowed
from service.register import leads
from service.vocabulary import LeadChannel, LeadKind, MisuseKind, StaffAct
from service.web.deps import LanguageDep
from service.web.forms import Fault
from service.web.lead_forms import (
    LeadForm,
    checked_facts,
    cleaned,
    contact_faults,
    is_past_day,
    matter_faults,
    report_of,
    verdict_of,
)
from service.web.staff.desk import Desk, reads, writes
from service.web.staff.forms import StaffForm, by_field
from service.web.staff.leads import ENTERED
from service.web.templating import localised

router = APIRouter()
_CHANNELS: Final = tuple(channel for channel in LeadChannel if channel is not LeadChannel.WEB)


class EntryForm(StaffForm, LeadForm):
    """What an officer enters: beside the fields of every lead, which way and on which day it came, and about whom."""

    channel: str = ""
    channel_number: str = ""
    received_on: str = ""
    trader: str = ""


@router.get("/staff/leads/new")
def new_lead(desk: Annotated[Desk, reads(StaffAct.HANDLE_LEAD)]) -> HTMLResponse:
    """Return the form for a lead, received today unless said otherwise."""
    return _show(desk, EntryForm(form=str(ULID()), received_on=desk.today.isoformat()))


@router.post("/staff/leads/new", response_model=None)
def enter(
    desk: Annotated[Desk, writes(StaffAct.HANDLE_LEAD)],
    lang: LanguageDep,
    form: Annotated[EntryForm, Form()],
) -> Response:
    """Enter the lead and go to its page, or return the form with what is wrong beside each field."""
    form = cleaned(form)
    if faults := _faults(desk, form):
        return _show(desk, form, faults)
    received_on = parse_china_date(form.received_on)
    with desk.services.database.reading() as session:
        verdict = verdict_of(session, form.code, form.target, received_on, now=desk.now)
    typed = {"code": form.code, "target": form.target, "on": "", "trader": form.trader}
    report = replace(
        report_of(form, LeadChannel(form.channel), checked_facts(typed, verdict)),
        channel_number=form.channel_number or None,
        received_on=received_on,
    )
    keep_days = desk.services.settings.leads_keep_days
    try:
        with desk.writing() as (session, who):
            receipt = leads.enter(session, report, by=who.user, at=desk.now, keep_days=keep_days).receipt
    except FieldNotAllowed as error:
        return _show(desk, form, [Fault(error.field, error.problem, keep_days)])
    return RedirectResponse(localised(f"/staff/leads/{receipt}?done={ENTERED}", lang), 303)


def _faults(desk: Desk, form: EntryForm) -> list[Fault]:
    """Return what is wrong with the fields, in their order; what does not go together is the register's to say."""
    found: list[Fault] = []
    if form.channel not in _CHANNELS:
        found.append(Fault("channel", "channel_missing"))
    if not is_past_day(form.received_on, desk.today):
        found.append(Fault("received_on", "bad_date"))
    if form.kind not in set(LeadKind):
        found.append(Fault("kind", "lead_kind_missing"))
    return [
        *found,
        *matter_faults(form, desk.today, "channel_number", "trader"),
        *contact_faults(form),
    ]


def _show(desk: Desk, form: EntryForm, faults: Iterable[Fault] = ()) -> HTMLResponse:
    told = by_field(*faults)
    return desk.show(
        "staff/lead_entry.html",
        status=422 if told else 200,
        form=form,
        faults=told,
        channels=_CHANNELS,
        kinds=tuple(LeadKind),
        misuses=tuple(MisuseKind),
        keep_days=desk.services.settings.leads_keep_days,
    )
