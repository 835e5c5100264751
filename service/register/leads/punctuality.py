"""How many of the steps that the law sets for leads were taken in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from service.register.leads.periods import LONGEST_PERIOD
from service.register.leads.reading import steps_of
from service.register.lookups.holidays import arrangements
from service.register.models import Lead


@dataclass(frozen=True, slots=True)
class Punctuality:
    """The steps that fell due in a period, and those of them that were taken by their last day."""

    due: int
    in_time: int


def punctuality(session: Session, first: date, last: date) -> Punctuality | None:
    """Return what fell due from the first day to the last, both included, and what was taken in time.

    None: a period that may end within these days reaches into a year without holidays on record, so that nobody can
    say how many fell due.
    """
    leads = session.scalars(
        select(Lead).where(Lead.received_on <= last).options(defer(Lead.description, raiseload=True))
    ).all()
    steps = [
        step
        for _, found, _ in steps_of(session, leads, arrangements(session))
        for step in found
        if step.since is not None and first - LONGEST_PERIOD <= step.since <= last
    ]
    if any(step.last_day is None for step in steps):
        return None
    due = [step for step in steps if step.last_day is not None and first <= step.last_day <= last]
    in_time = [
        step for step in due if step.done_on is not None and step.last_day and step.done_on <= step.last_day
    ]
    return Punctuality(len(due), len(in_time))
