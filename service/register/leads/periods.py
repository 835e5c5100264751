"""The periods that the law sets for leads, counted in working days from the events they begin with (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from service.register.leads.moves import DONE, standing
from service.register.models import Lead, LeadEvent
from service.vocabulary import LeadEventKind, LeadKind, LeadState
from service.working_days import Arrangement, PeriodEnd, count_period

LONGEST_PERIOD: Final = timedelta(days=366)
"""No period that the law sets for a lead is longer: what came or began earlier has ended."""


class Step(StrEnum):
    """What an authority has to do within a number of working days."""

    ACCEPT = "accept"
    MEDIATE = "mediate"
    VERIFY = "verify"
    TELL = "tell"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A step with its working days, and how its period ends.

    `since`: the day that the period runs from; without it the period begins with a later event, whose day nobody
    knows yet, and there is no end. `done_on`: the day on which the step was taken.
    """

    step: Step
    working_days: int
    end: PeriodEnd | None = None
    since: date | None = field(default=None, kw_only=True)
    done_on: date | None = field(default=None, kw_only=True)

    @property
    def last_day(self) -> date | None:
        """The last day, where it can be counted."""
        return self.end.day if self.end else None

    @property
    def missing_year(self) -> int | None:
        """The year that is not arranged, for want of which there is no last day."""
        return self.end.missing_year if self.end else None

    @property
    def is_running(self) -> bool:
        """Whether the period has begun and the step is still to be taken."""
        return self.since is not None and self.done_on is None

    def is_overdue(self, today: date) -> bool:
        """Return whether the step is past its last day; where none can be counted, whether it may be."""
        return self.done_on is None and self.end is not None and self.end.is_over(today)


@dataclass(frozen=True, slots=True)
class _Period:
    """A step, its working days, the events it begins with (none: the receipt) and those that end it."""

    step: Step
    working_days: int
    begins_with: frozenset[LeadEventKind]
    ends_with: frozenset[LeadEventKind]
    longer_with: frozenset[LeadEventKind] = frozenset()


_RECEIPT: Final = frozenset[LeadEventKind]()
_Kind = LeadEventKind
_DECIDED: Final = frozenset({_Kind.FILED, _Kind.NOT_FILED})
_PERIODS: Final[Mapping[LeadKind, tuple[_Period, ...]]] = {
    # Source: interim measures on complaints and reports (2022), in the words of domain reference 2.16.
    LeadKind.COMPLAINT: (
        _Period(
            Step.ACCEPT,
            7,
            _RECEIPT,
            frozenset({_Kind.ACCEPTED, _Kind.REFUSED, _Kind.ROUTED, _Kind.WITHDRAWN}),
        ),
        _Period(
            Step.MEDIATE,
            45,
            frozenset({_Kind.ACCEPTED}),
            frozenset({_Kind.SETTLED, _Kind.TERMINATED, _Kind.WITHDRAWN}),
        ),
    ),
    # Source: procedure of administrative penalties in market regulation art. 18; interim measures for telling.
    LeadKind.REPORT: (
        _Period(Step.VERIFY, 15, _RECEIPT, _DECIDED | {_Kind.ROUTED}, frozenset({_Kind.EXTENDED})),
        _Period(Step.TELL, 5, _DECIDED, frozenset({_Kind.TOLD})),
    ),
    LeadKind.CORRECTION: (),
}


def deadlines_of(
    lead: Lead, events: Sequence[LeadEvent], known: Mapping[int, Arrangement], *, is_named: bool
) -> tuple[Deadline, ...]:
    """Return the steps that the law sets for the lead, in their order.

    A reporter who gave no name is not told; of a lead that is done nothing is left that might begin; of an entry made
    by mistake there never was anything to do.
    """
    if lead.state is LeadState.MISTAKEN:
        return ()
    made = standing(events)
    found = (_deadline(period, lead, made, known) for period in _PERIODS[lead.kind])
    return tuple(
        each
        for each in found
        if (each.since is not None or lead.state not in DONE)
        and (each.step is not Step.TELL or is_named or each.done_on is not None)
    )


def next_deadline(deadlines: Iterable[Deadline]) -> Deadline | None:
    """Return the running deadline that comes first; one that cannot be counted comes before all others."""
    running = [each for each in deadlines if each.is_running]
    return min(running, key=lambda each: each.last_day or date.min, default=None)


def _deadline(
    period: _Period, lead: Lead, events: Sequence[LeadEvent], known: Mapping[int, Arrangement]
) -> Deadline:
    begun = lead.received_on if not period.begins_with else _first_day(events, period.begins_with)
    done = _first_day(events, period.ends_with) if begun is not None else None
    # An extension adds the same number of days again, once.
    times = 2 if _first_day(events, period.longer_with) is not None else 1
    days = period.working_days * times
    if begun is None:
        return Deadline(period.step, days)
    return Deadline(period.step, days, count_period(begun, days, known), since=begun, done_on=done)


def _first_day(events: Sequence[LeadEvent], kinds: frozenset[LeadEventKind]) -> date | None:
    return next((event.happened_on for event in events if event.kind in kinds), None)
