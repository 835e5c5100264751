"""Leads: taking in what people report, counting the days of the law, and keeping who they are apart.

Source: interim measures on complaints and reports (State Administration for Market Regulation, amended 2022-03-24)
for complaints; procedure of administrative penalties in market regulation art. 18 for reports. Decision 0011.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, selectinload

from service.calendar import china_date
from service.errors import RecordNotFound
from service.register import auditing, editing, rights
from service.register.lookups.holidays import arrangements
from service.register.models import Lead, LeadContact, StaffUser, new_ulid
from service.vocabulary import LeadKind, LeadState, MisuseKind, StaffAct
from service.working_days import Arrangement, YearNotArranged, last_working_day

_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is misread over the telephone
_RECEIPT_LETTERS: Final = 6
_AUDITED_AS: Final = "lead"
_DONE: Final = (LeadState.CLOSED, LeadState.WITHDRAWN, LeadState.NOT_ACCEPTED)


@dataclass(frozen=True, slots=True)
class Contact:
    """Who brings a lead, as far as they say."""

    name: str | None = None
    telephone: str | None = None
    email: str | None = None

    @property
    def is_given(self) -> bool:
        """Whether anything was said at all."""
        return any((self.name, self.telephone, self.email))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a person sends; `checked` holds the public facts of the verification it starts from."""

    form_ulid: str
    kind: LeadKind
    description: str
    misuse: MisuseKind | None = None
    place: str | None = None
    about: str | None = None
    seen_on: date | None = None
    checked: Mapping[str, Any]
    contact: Contact = Contact()


def receive(session: Session, report: Report, *, now: datetime, keep_days: int) -> Lead:
    """Return the lead on record for the report; the same form sent again with the same words is the same lead.

    Who goes back, changes what they wrote and sends the form again has said something new: a lead of its own.

    The audit chain gets that a lead came and its identifier: none of its words, nobody's name.
    """
    editing.lock_registry(session)  # one at a time, so that a form sent twice meets the first
    known = session.scalar(select(Lead).where(Lead.form_ulid == report.form_ulid))
    if known is not None and _says_the_same(session, known, report):
        return known
    today = china_date(now)
    lead = Lead(
        receipt=_receipt(today),
        form_ulid=report.form_ulid if known is None else new_ulid(),
        kind=report.kind,
        misuse=report.misuse,
        description=report.description,
        place=report.place,
        about=report.about,
        seen_on=report.seen_on,
        checked=dict(report.checked),
        received_at=now,
        received_on=today,
    )
    session.add(lead)
    session.flush()  # the lead's keys are needed below
    if report.contact.is_given:
        session.add(_contact(lead, report.contact, today + timedelta(days=keep_days)))
    _record(session, "lead_received", [lead], now, None)
    return lead


def _says_the_same(session: Session, lead: Lead, report: Report) -> bool:
    names = ("kind", "misuse", "description", "place", "about", "seen_on")
    kept = session.get(LeadContact, lead.id)
    contact = Contact(kept.name, kept.telephone, kept.email) if kept else Contact()
    # What was checked may have changed in between; what was typed for it has not.
    typed = all(lead.checked.get(name) == report.checked.get(name) for name in ("code", "target", "on"))
    same = all(getattr(lead, name) == getattr(report, name) for name in names)
    return same and typed and contact == report.contact


def _receipt(today: date) -> str:
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_RECEIPT_LETTERS))
    return f"XS{today:%Y%m%d}-{letters}"


def _contact(lead: Lead, contact: Contact, erase_on: date) -> LeadContact:
    return LeadContact(
        lead_id=lead.id,
        name=contact.name,
        telephone=contact.telephone,
        email=contact.email,
        erase_on=erase_on,
    )


def _record(session: Session, act: str, leads: Sequence[Lead], at: datetime, by: StaffUser | None) -> None:
    state = editing.lock_registry(session)
    acts = [auditing.Act(act, _AUDITED_AS, lead.ulid, {}) for lead in leads]
    auditing.append(session, state, acts, at=at, actor_id=by.id if by else None)


class Step(StrEnum):
    """What an authority has to do within a number of working days."""

    ACCEPT = "accept"
    MEDIATE = "mediate"
    VERIFY = "verify"
    TELL = "tell"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A step with its working days; the last day where it can be counted, or the year that is not arranged.

    Both are None where the period begins with a later act, whose day nobody knows yet.
    """

    step: Step
    working_days: int
    last_day: date | None = None
    missing_year: int | None = None


_STEPS: Final[Mapping[LeadKind, tuple[tuple[Step, int, bool], ...]]] = {
    # Step, working days, whether they run from the day of receipt.
    LeadKind.COMPLAINT: ((Step.ACCEPT, 7, True), (Step.MEDIATE, 45, False)),
    LeadKind.REPORT: ((Step.VERIFY, 15, True), (Step.TELL, 5, False)),
    LeadKind.CORRECTION: (),
}


def deadlines(session: Session, lead: Lead) -> tuple[Deadline, ...]:
    """Return the steps that the law sets for a lead of this kind, counted from the day it was received."""
    known = arrangements(session)
    return tuple(
        _deadline(step, days, lead.received_on, known) if runs else Deadline(step, days)
        for step, days, runs in _STEPS[lead.kind]
    )


def _deadline(step: Step, days: int, received: date, known: Mapping[int, Arrangement]) -> Deadline:
    try:
        return Deadline(step, days, last_working_day(received, days, known))
    except YearNotArranged as error:
        return Deadline(step, days, missing_year=error.year)


_AWAITED: Final[Mapping[LeadKind, frozenset[LeadState]]] = {
    LeadKind.COMPLAINT: frozenset({LeadState.RECEIVED, LeadState.TRIAGED}),
    LeadKind.REPORT: frozenset({LeadState.RECEIVED, LeadState.TRIAGED, LeadState.ACCEPTED}),
}
"""The states in which the first step that the law sets for a lead has not been taken."""


def overdue_leads(session: Session, today: date) -> list[tuple[Lead, Deadline]]:
    """Return the leads whose first step is past its last day, the longest overdue first, without the people.

    A lead whose period reaches into a year that is not arranged is among them once it may be overdue: its deadline
    has no last day, since none can be counted.
    """
    known = arrangements(session)
    waiting = session.scalars(
        select(Lead)
        .where(or_(*(and_(Lead.kind == kind, Lead.state.in_(states)) for kind, states in _AWAITED.items())))
        .order_by(Lead.received_on, Lead.id)
    )
    found = []
    for lead in waiting:
        step, days, _ = _STEPS[lead.kind][0]
        deadline = _deadline(step, days, lead.received_on, known)
        # No period of so many working days ends earlier than after as many days.
        last_day = deadline.last_day or lead.received_on + timedelta(days=days)
        if today > last_day:
            found.append((lead, deadline))
    return found


def find_receipt(session: Session, receipt: str) -> Lead:
    """Return the lead of a receipt, without the person behind it.

    Raises:
        RecordNotFound.
    """
    lead = session.scalar(select(Lead).where(Lead.receipt == receipt))
    if lead is None:
        raise RecordNotFound(_AUDITED_AS, receipt)
    return lead


def list_leads(session: Session, *, all_states: bool = False) -> list[Lead]:
    """Return the leads, oldest first, without the people behind them; those that are done only if asked for."""
    statement = select(Lead).order_by(Lead.received_at, Lead.id)
    if not all_states:
        statement = statement.where(Lead.state.not_in(_DONE))
    return list(session.scalars(statement))


def read_lead(session: Session, receipt: str, *, by: StaffUser, at: datetime) -> Lead:
    """Return the lead with the person behind it; that it was read, and by whom, goes on record first (I-23).

    Raises:
        RecordNotFound, NotPermitted.
    """
    rights.demand(session, by, StaffAct.READ_LEAD)
    statement = select(Lead).where(Lead.receipt == receipt).options(selectinload(Lead.contact))
    lead = session.scalar(statement)
    if lead is None:
        raise RecordNotFound(_AUDITED_AS, receipt)
    _record(session, "lead_read", [lead], at, by)
    return lead


def erase_due(session: Session, at: datetime) -> int:
    """Erase the contacts whose day has come and return how many; the leads stay, without anybody's name."""
    due = select(Lead).join(LeadContact).where(LeadContact.erase_on <= china_date(at))
    editing.lock_registry(session)
    found = list(session.scalars(due.options(selectinload(Lead.contact)).order_by(Lead.id)))
    for lead in found:
        session.delete(lead.contact)
    _record(session, "lead_contact_erased", found, at, None)
    return len(found)
