"""The officer's inbox: leads with their next deadline, the most pressing first, narrowed as the address says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, defer

from service.register.leads.moves import DONE
from service.register.leads.periods import Deadline, next_deadline
from service.register.leads.reading import LeadView, steps_of
from service.register.lookups.holidays import arrangements
from service.register.models import Lead
from service.vocabulary import LeadChannel, LeadKind, LeadState
from service.working_days import Arrangement, if_counted, working_days_left


@dataclass(frozen=True, slots=True)
class Due:
    """What a deadline must be to count: overdue, or at most so many working days away (or overdue)."""

    within: int | None = None
    """None: overdue alone."""


@dataclass(frozen=True, slots=True)
class LeadQuery:
    """What the inbox is narrowed to: a state, or what is done or not (None: both). Only what is not done is due."""

    kind: LeadKind | None = None
    channel: LeadChannel | None = None
    state: LeadState | None = None
    done: bool | None = False
    due: Due | None = None


@dataclass(frozen=True, slots=True)
class LeadRow:
    """A lead in the inbox, with its next deadline.

    `left`: working days from today to the last day; below zero since it passed; None where they cannot be counted.
    """

    lead: Lead
    deadline: Deadline | None
    left: int | None
    is_overdue: bool
    is_named: bool

    @property
    def organisation(self) -> str | None:
        """Whom it is about, as the register names them, else their code: words of a caller may name a person."""
        return self.lead.checked.get("organisation") or self.lead.checked.get("code")

    @property
    def product(self) -> str | None:
        """The product it is about, as it was named or as the register has it."""
        return self.lead.checked.get("target") or self.lead.checked.get("product")


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of the inbox, and how many leads the whole of it has."""

    total: int
    rows: Sequence[LeadRow]


def read_inbox(session: Session, query: LeadQuery, today: date, *, start: int, limit: int) -> Inbox:
    """Return a page of the inbox: what is not done by its next deadline, what is done by its day, newest first."""
    if query.due is not None or _is_open(query):
        rows = _pressing(session, query, today)
        return Inbox(len(rows), rows[start : start + limit])
    wanted = _wanted(query)
    total = session.scalar(select(func.count()).select_from(Lead).where(*wanted)) or 0
    page = session.scalars(
        select(Lead)
        .where(*wanted)
        .options(defer(Lead.description, raiseload=True))
        .order_by(Lead.received_on.desc(), Lead.id.desc())
        .offset(start)
        .limit(limit)
    ).all()
    return Inbox(total, list(_rows(session, page, today)))


def overdue_leads(session: Session, today: date) -> list[tuple[Lead, Deadline]]:
    """Return the leads whose next step is past its last day, the longest overdue first, without the people.

    A lead whose period reaches into a year that is not arranged is among them once it may be overdue: its deadline
    has no last day, since none can be counted.
    """
    rows = _pressing(session, LeadQuery(due=Due()), today)
    return [(row.lead, row.deadline) for row in rows if row.deadline is not None]


def row_of(session: Session, view: LeadView, today: date) -> LeadRow:
    """Return a lead's row of the inbox."""
    deadline = view.next
    is_overdue = deadline is not None and deadline.is_overdue(today)
    left = _left(deadline, today, arrangements(session))
    return LeadRow(view.lead, deadline, left, is_overdue, view.is_named)


def _is_open(query: LeadQuery) -> bool:
    return query.done is False if query.state is None else query.state not in DONE


def _wanted(query: LeadQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.kind is not None:
        found.append(Lead.kind == query.kind)
    if query.channel is not None:
        found.append(Lead.channel == query.channel)
    if query.state is not None:
        found.append(Lead.state == query.state)
    elif query.done is not None:
        found.append(Lead.state.in_(DONE) if query.done else Lead.state.not_in(DONE))
    return found


def _pressing(session: Session, query: LeadQuery, today: date) -> list[LeadRow]:
    """Return the leads that are not done and may be asked for, the most pressing first."""
    wanted = [*_wanted(query), Lead.state.not_in(DONE)]
    found = session.scalars(
        select(Lead)
        .where(*wanted)
        .options(defer(Lead.description, raiseload=True))
        .order_by(Lead.received_on, Lead.id)
    ).all()
    rows = [row for row in _rows(session, found, today) if _is_due(row, query.due)]
    return sorted(rows, key=_pressure)


def _is_due(row: LeadRow, due: Due | None) -> bool:
    if due is None:
        return True
    if row.deadline is None:
        return False
    if due.within is None:
        return row.is_overdue
    # What nobody can count may be due: it is shown rather than missed.
    return row.left is None or row.left <= due.within


def _pressure(row: LeadRow) -> tuple[bool, date]:
    last_day = row.deadline.last_day or date.min if row.deadline else date.max
    return row.deadline is None, last_day


def _rows(session: Session, leads: Sequence[Lead], today: date) -> Iterator[LeadRow]:
    known = arrangements(session)
    for lead, steps, is_named in steps_of(session, leads, known):
        deadline = next_deadline(steps)
        is_overdue = deadline is not None and deadline.is_overdue(today)
        yield LeadRow(lead, deadline, _left(deadline, today, known), is_overdue, is_named)


def _left(deadline: Deadline | None, today: date, known: Mapping[int, Arrangement]) -> int | None:
    last_day = deadline.last_day if deadline else None
    return None if last_day is None else if_counted(lambda: working_days_left(today, last_day, known))
