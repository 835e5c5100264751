"""Inspections as they are read: orders by their working days, results public for as long as their term lasts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from service.register.lifecycle import add_months, earliest_start
from service.register.lookups.holidays import arrangements
from service.register.models import Inspection, InspectionPlan, Organisation
from service.vocabulary import PublicationTerm, Withdrawal
from service.working_days import Arrangement, PeriodEnd, count_period, if_counted, working_days_left

_MONTHS: Final = {PublicationTerm.THREE_MONTHS: 3, PublicationTerm.THREE_YEARS: 36}


@dataclass(frozen=True, slots=True)
class InspectionView:
    """An inspection, and the deadline of its order if it has one."""

    inspection: Inspection
    deadline: PeriodEnd | None

    def is_overdue(self, today: date) -> bool:
        """Return whether what was ordered is not corrected and its last day is over; uncounted, whether it may be."""
        if self.deadline is None or self.inspection.corrected_on is not None:
            return False
        return self.deadline.is_over(today)


@dataclass(frozen=True, slots=True)
class OverdueOrder:
    """An order that was not met in time; `days_late` is None where its working days cannot be counted."""

    view: InspectionView
    days_late: int | None


@dataclass(frozen=True, slots=True)
class Results:
    """A page of inspections, and how many there are on all pages."""

    total: int
    views: Sequence[InspectionView]


def last_public_day(published_from: date, term: PublicationTerm) -> date | None:
    """Return the last day a result is shown; None: without end. Three months from 1 March end with 31 May."""
    months = _MONTHS.get(term)
    return None if months is None else add_months(published_from, months) - timedelta(days=1)


def inspections_of(session: Session, plan: InspectionPlan) -> list[InspectionView]:
    """Return the inspections of the plan that are not withdrawn, the latest first."""
    found = session.scalars(_INSPECTIONS.where(_STANDS, Inspection.plan_id == plan.id))
    return _with_deadlines(session, found)


def open_orders(session: Session) -> list[InspectionView]:
    """Return the orders that wait to be corrected: first those that nobody can count, then by their last day."""
    return _orders(session, arrangements(session))


def overdue_orders(session: Session, today: date, held: Mapping[int, Arrangement]) -> list[OverdueOrder]:
    """Return the orders past their last day, or that may be, in the order of `open_orders`.

    `held`: the holidays by year.
    """
    return [
        OverdueOrder(each, _days_late(each, today, held))
        for each in _orders(session, held)
        if each.is_overdue(today)
    ]


def count_inspections(session: Session, day: date) -> tuple[int, int]:
    """Return how many inspections are not withdrawn, and how many of them the public sees on a China day."""
    whole = select(func.count()).select_from(Inspection).where(_STANDS)
    return session.scalar(whole) or 0, session.scalar(_counted(day)) or 0


def public_inspections(session: Session, day: date, *, start: int, limit: int) -> Results:
    """Return a page of the results that the public sees on a China day, the latest first.

    None that is withdrawn or beyond its term, and none of a body that is withheld.
    """
    statement = _INSPECTIONS.where(*_in_public(day)).offset(start).limit(limit)
    return Results(
        session.scalar(_counted(day)) or 0,
        _with_deadlines(session, session.scalars(statement)),
    )


_STANDS: Final = Inspection.withdrawal.is_(None)
_INSPECTIONS: Final = (
    select(Inspection)
    .options(joinedload(Inspection.organisation), joinedload(Inspection.source), joinedload(Inspection.plan))
    .order_by(Inspection.inspected_on.desc(), Inspection.id.desc())
)


def _in_public(day: date) -> Sequence[ColumnElement[bool]]:
    """Return the conditions on an inspection: it stands, is within its term, and its body is not withheld."""
    ends = (
        and_(
            Inspection.publication_term == term,
            Inspection.published_from >= earliest_start(day, _MONTHS[term]),
        )
        if term in _MONTHS
        else Inspection.publication_term == term
        for term in PublicationTerm
    )
    return (
        _STANDS,
        Inspection.published_from <= day,
        or_(*ends),
        ~exists().where(
            Organisation.id == Inspection.organisation_id, Organisation.withdrawal == Withdrawal.WITHHELD
        ),
    )


def _counted(day: date) -> Select[int]:
    return select(func.count()).select_from(Inspection).where(*_in_public(day))


def _orders(session: Session, held: Mapping[int, Arrangement]) -> list[InspectionView]:
    found = session.scalars(
        _INSPECTIONS.where(_STANDS, Inspection.ordered_on.is_not(None), Inspection.corrected_on.is_(None))
    )
    return sorted((InspectionView(each, _deadline(each, held)) for each in found), key=_pressure)


def _with_deadlines(session: Session, found: Iterable[Inspection]) -> list[InspectionView]:
    held = arrangements(session)
    return [InspectionView(each, _deadline(each, held)) for each in found]


def _pressure(view: InspectionView) -> tuple[date, int]:
    return (view.deadline and view.deadline.day) or date.min, view.inspection.id


def _deadline(one: Inspection, held: Mapping[int, Arrangement]) -> PeriodEnd | None:
    if one.ordered_on is None or one.order_working_days is None:
        return None
    return count_period(one.ordered_on, one.order_working_days, held)


def _days_late(view: InspectionView, today: date, held: Mapping[int, Arrangement]) -> int | None:
    last_day = view.deadline.day if view.deadline else None
    return None if last_day is None else if_counted(lambda: -working_days_left(today, last_day, held))
