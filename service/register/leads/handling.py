"""Acts on a lead: each dated, by a person, allowed by the law's order, one event and one row of the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from service.calendar import china_date
from service.errors import FieldNotAllowed, StaleVersion, TransitionNotAllowed
from service.register import editing, rights
from service.register.leads.moves import earliest_day, faults_of, state_of, voidable
from service.register.leads.reading import LeadView, find_lead
from service.register.leads.receiving import new_receipt
from service.register.leads.trail import record
from service.register.models import Lead, LeadEvent, StaffUser, new_ulid
from service.vocabulary import LeadEventKind, LeadKind, RefusalGround, StaffAct


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """Something done about a lead on a day; `seen`: how many events the lead had when this was decided."""

    act: LeadEventKind
    happened_on: date
    seen: int
    note: str | None = None
    ground: RefusalGround | None = None
    body: str | None = None


def handle(session: Session, receipt: str, handling: Handling, *, by: StaffUser, at: datetime) -> LeadEvent:
    """Return the event that the act made of the lead; a form that is sent twice is one act.

    Raises:
        RecordNotFound, NotPermitted.
        StaleVersion: somebody else did something about the lead since it was looked at.
        TransitionNotAllowed: the act is not open in the lead's state.
        FieldNotAllowed: something that the act must say is missing or wrong, or its day cannot be.
    """
    rights.demand(session, by, StaffAct.HANDLE_LEAD)
    editing.lock_registry(session)  # one at a time: what is checked below still holds when it is written
    view = find_lead(session, receipt)
    if _is_done_already(view, handling, by):
        return view.events[-1]
    _demand(view, handling, china_date(at))
    lead = view.lead
    undone = voidable(view.events) if handling.act is LeadEventKind.VOIDED else None
    opened = _report(session, lead, handling, at) if handling.act is LeadEventKind.BREACH_FOUND else None
    event = LeadEvent(
        lead_id=lead.id,
        kind=handling.act,
        happened_on=handling.happened_on,
        recorded_at=at,
        by_id=by.id,
        ground=handling.ground if handling.act is LeadEventKind.REFUSED else None,
        body=handling.body if handling.act is LeadEventKind.ROUTED else None,
        note=handling.note,
        opened_id=opened.id if opened else None,
        voids_id=undone.id if undone else None,
    )
    session.add(event)
    session.flush()  # its key tells it from the events it may void
    before, lead.state = lead.state, state_of(lead.kind, [*view.events, event])
    changes = {"state": [before.value, lead.state.value]} if before is not lead.state else {}
    if opened:
        changes["opened"] = ["", opened.ulid]
    record(session, f"lead_{handling.act.value}", [lead], at=at, by=by, changes=changes)
    return event


def _is_done_already(view: LeadView, handling: Handling, by: StaffUser) -> bool:
    """Return whether the last event is this very act, by the same person over the same look at the lead."""
    if not view.events or handling.seen != len(view.events) - 1:
        return False
    last = view.events[-1]
    said = (last.kind, last.happened_on, last.note, last.ground, last.body, last.by_id)
    return said == (
        *(handling.act, handling.happened_on, handling.note, handling.ground, handling.body),
        by.id,
    )


def _demand(view: LeadView, handling: Handling, today: date) -> None:
    lead, events = view.lead, view.events
    if handling.seen != len(events):
        raise StaleVersion(lead.receipt, handling.seen, len(events))
    if handling.act not in view.acts:
        raise TransitionNotAllowed(lead.receipt, lead.state.value, handling.act.value)
    faults = faults_of(
        lead.kind, handling.act, note=handling.note, ground=handling.ground, body=handling.body
    )
    for name, problem in faults.items():
        raise FieldNotAllowed(name, "", problem)
    if not earliest_day(lead.received_on, events) <= handling.happened_on <= today:
        raise FieldNotAllowed("happened_on", handling.happened_on.isoformat(), "day_out_of_order")
    last = view.last_day_to_extend if handling.act is LeadEventKind.EXTENDED else None
    if last and handling.happened_on > last:
        raise FieldNotAllowed("happened_on", handling.happened_on.isoformat(), "extended_too_late")


def _report(session: Session, complaint: Lead, handling: Handling, at: datetime) -> Lead:
    """Return the report that a breach found in the mediation of a complaint is: found by us, brought by nobody.

    Source: interim measures on complaints and reports (2022): such a breach is verified like any other.
    """
    report = Lead(
        receipt=new_receipt(handling.happened_on),
        form_ulid=new_ulid(),
        kind=LeadKind.REPORT,
        channel=complaint.channel,
        misuse=complaint.misuse,
        description=handling.note,
        place=complaint.place,
        about=complaint.about,
        seen_on=None,
        checked=dict(complaint.checked),
        received_at=at,
        received_on=handling.happened_on,
    )
    session.add(report)
    session.flush()  # the event names it by its key
    return report
