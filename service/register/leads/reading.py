"""Reading one lead: what was brought, what was done about it, and by when the next step is due; never by whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql.base import ExecutableOption

from service.errors import RecordNotFound
from service.register.leads.moves import MOVES, earliest_day, open_acts, standing, voidable
from service.register.leads.periods import Deadline, Step, deadlines_of, next_deadline
from service.register.leads.trail import AUDITED_AS
from service.register.lookups.holidays import arrangements
from service.register.models import Lead, LeadContact, LeadEvent
from service.vocabulary import LeadChannel, LeadEventKind
from service.working_days import Arrangement


@dataclass(frozen=True, slots=True)
class LeadView:
    """A lead as the desk sees it, without the person behind it.

    `is_named`: whether that person gave a name and a way to answer, so that they must be told. `is_acceptable`: whether
    they gave the name and telephone that a complaint needs, here or to the 12315 platform; of what is erased: whether
    they gave anything. `erase_on`: when what is known of the person goes, if anything is. `origin` and `opened`: the
    receipts of the complaint that a report came of, and of the reports that came of a complaint, by the event.
    """

    lead: Lead
    events: Sequence[LeadEvent]
    deadlines: tuple[Deadline, ...]
    is_named: bool
    is_acceptable: bool
    erase_on: date | None
    origin: str | None
    opened: dict[int, str]

    @property
    def next(self) -> Deadline | None:
        """The deadline that comes first."""
        return next_deadline(self.deadlines)

    @property
    def acts(self) -> tuple[LeadEventKind, ...]:
        """What may be done about the lead now."""
        # What a mediation brought up has its complaint's channel, and is no entry of its own.
        is_entered = self.lead.channel is not LeadChannel.WEB and self.origin is None
        return open_acts(
            self.lead.kind,
            self.events,
            is_named=self.is_named,
            is_entered=is_entered,
            is_acceptable=self.is_acceptable,
        )

    @property
    def voidable(self) -> LeadEvent | None:
        """The step that may be voided."""
        return voidable(self.events)

    @property
    def voided(self) -> frozenset[int | None]:
        """The keys of the events that were voided."""
        return frozenset(event.voids_id for event in self.events)

    @property
    def earliest_day(self) -> date:
        """The first day on which the next thing can have been done."""
        return earliest_day(self.lead.received_on, self.events)

    @property
    def last_day_to_extend(self) -> date | None:
        """The last day on which the period of verifying can be made longer: its own; None where none can be counted.

        Source: procedure of administrative penalties in market regulation art. 18: a period that is over stays over.
        """
        return next((each.last_day for each in self.deadlines if each.step is Step.VERIFY), None)


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """What whoever holds the receipt of a lead may know of it: its state, since when, and the periods of the law.

    `routed_to`: the other body that it was routed to.
    """

    lead: Lead
    deadlines: tuple[Deadline, ...]
    since: date
    routed_to: str | None


def find_receipt(session: Session, receipt: str, *options: ExecutableOption) -> Lead:
    """Return the lead of a receipt, without the person behind it unless the options say so.

    Raises:
        RecordNotFound.
    """
    lead = session.scalar(select(Lead).where(Lead.receipt == receipt).options(*options))
    if lead is None:
        raise RecordNotFound(AUDITED_AS, receipt)
    return lead


def find_lead(session: Session, receipt: str) -> LeadView:
    """Return the lead of a receipt as the desk sees it.

    Raises:
        RecordNotFound.
    """
    lead = find_receipt(session, receipt)
    events = session.scalars(
        select(LeadEvent)
        .where(LeadEvent.lead_id == lead.id)
        .options(selectinload(LeadEvent.by))
        .order_by(LeadEvent.id)
    ).all()
    is_named = named_leads(session, [lead.id]) == {lead.id}
    opened = {event.opened_id: event.id for event in events if event.opened_id is not None}
    receipts = session.execute(select(Lead.id, Lead.receipt).where(Lead.id.in_(opened))) if opened else ()
    return LeadView(
        lead,
        events,
        deadlines_of(lead, events, arrangements(session), is_named=is_named),
        is_named,
        _is_acceptable(session, lead),
        session.scalar(select(LeadContact.erase_on).where(LeadContact.lead_id == lead.id)),
        session.scalar(
            select(Lead.receipt)
            .join(LeadEvent, LeadEvent.lead_id == Lead.id)
            .where(LeadEvent.opened_id == lead.id)
        ),
        {opened[key]: receipt for key, receipt in receipts},
    )


def read_receipt(session: Session, receipt: str) -> ReceiptView:
    """Return what a receipt shows.

    Raises:
        RecordNotFound.
    """
    lead = find_receipt(session, receipt)
    events = events_of(session, [lead.id]).get(lead.id, [])
    moved = [event for event in standing(events) if MOVES[lead.kind][event.kind].to is not None]
    return ReceiptView(
        lead,
        # Whether somebody gave a name is no matter of the receipt.
        deadlines_of(lead, events, arrangements(session), is_named=True),
        moved[-1].happened_on if moved else lead.received_on,
        moved[-1].body if moved else None,
    )


def events_of(session: Session, leads: Sequence[int]) -> dict[int, list[LeadEvent]]:
    """Return what was done about the leads with these keys, in order, by key."""
    found: dict[int, list[LeadEvent]] = {}
    for event in session.scalars(
        select(LeadEvent).where(LeadEvent.lead_id.in_(leads)).order_by(LeadEvent.id)
    ):
        found.setdefault(event.lead_id, []).append(event)
    return found


def named_leads(session: Session, leads: Sequence[int]) -> set[int]:
    """Return which of the leads with these keys were brought by somebody with a name and a way to answer."""
    reachable = or_(LeadContact.telephone.is_not(None), LeadContact.email.is_not(None))
    statement = select(LeadContact.lead_id).where(
        LeadContact.lead_id.in_(leads), LeadContact.name.is_not(None), reachable
    )
    return set(session.scalars(statement))


def _is_acceptable(session: Session, lead: Lead) -> bool:
    if lead.channel is LeadChannel.PLATFORM_12315 and lead.channel_number:
        return True  # the platform has both, and need not be copied
    said = and_(LeadContact.name.is_not(None), LeadContact.telephone.is_not(None))
    found = session.scalar(select(said).where(LeadContact.lead_id == lead.id))
    # Whose contact is erased can be told nothing any more; the form of the site took no complaint without one.
    return lead.channel is LeadChannel.WEB if found is None else found


_CHUNK: Final = 500
"""Keys asked for at once: databases limit the parameters of a statement."""


def steps_of(
    session: Session, leads: Sequence[Lead], known: Mapping[int, Arrangement]
) -> Iterator[tuple[Lead, tuple[Deadline, ...], bool]]:
    """Yield each lead with the steps that the law sets for it, and whether who brought it is to be told."""
    for start in range(0, len(leads), _CHUNK):
        chunk = leads[start : start + _CHUNK]
        keys = [lead.id for lead in chunk]
        events, named = events_of(session, keys), named_leads(session, keys)
        for lead in chunk:
            is_named = lead.id in named
            yield lead, deadlines_of(lead, events.get(lead.id, []), known, is_named=is_named), is_named
