"""Working days as China's holiday arrangements make them: rest days in the week, working days at weekends (pure).

The arrangement of a year is announced by the State Council's office towards the end of the year before; it is data
(a record with its source). A year without it has no working days that anybody could count: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeVar

_Counted = TypeVar("_Counted", date, int)
_SATURDAY: Final = 5
_ONE_DAY: Final = timedelta(days=1)


class YearNotArranged(LookupError):
    """The holiday arrangement of a year is not on record, so its working days cannot be counted."""

    def __init__(self, year: int) -> None:
        super().__init__(year)
        self.year = year


@dataclass(frozen=True, slots=True)
class Arrangement:
    """One year's arrangement: days of rest that are no weekend or are, and weekend days that are worked."""

    rest: frozenset[date]
    worked: frozenset[date]


@dataclass(frozen=True, slots=True)
class PeriodEnd:
    """The last day of a period of working days; None where the arrangement of `missing_year` is not on record.

    `earliest`: no such period ends before this day, whatever the holidays are.
    """

    day: date | None
    earliest: date
    missing_year: int | None = None

    def is_over(self, today: date) -> bool:
        """Return whether the last day is past; where none can be counted, whether it may be."""
        return today > (self.day or self.earliest)


def is_working_day(day: date, arrangements: Mapping[int, Arrangement]) -> bool:
    """Tell whether the day is worked.

    Raises:
        YearNotArranged: the day's year has no arrangement on record.
    """
    arrangement = arrangements.get(day.year)
    if arrangement is None:
        raise YearNotArranged(day.year)
    if day in arrangement.worked:
        return True
    return day.weekday() < _SATURDAY and day not in arrangement.rest


def last_working_day(received: date, working_days: int, arrangements: Mapping[int, Arrangement]) -> date:
    """Return the last day of a period of so many working days; the day of receipt itself does not count.

    Source: Civil Code art. 201 (the day a period begins on is not counted).

    Raises:
        YearNotArranged: the period reaches into a year without an arrangement on record.
    """
    day = received
    for _ in range(working_days):
        day += _ONE_DAY
        while not is_working_day(day, arrangements):
            day += _ONE_DAY
    return day


def count_period(begun: date, working_days: int, arrangements: Mapping[int, Arrangement]) -> PeriodEnd:
    """Return how a period of so many working days ends, as far as that can be counted."""
    # No period of so many working days ends earlier than after as many days.
    earliest = begun + timedelta(days=working_days)
    try:
        return PeriodEnd(last_working_day(begun, working_days, arrangements), earliest)
    except YearNotArranged as error:
        return PeriodEnd(None, earliest, error.year)


def end_of_period(last: date, arrangements: Mapping[int, Arrangement]) -> date:
    """Return the day on which a period really ends whose last day is this: the first working day from it on.

    Source: Civil Code art. 203.

    Raises:
        YearNotArranged: the year of a day that it may end on has no arrangement on record.
    """
    day = last
    while not is_working_day(day, arrangements):
        day += _ONE_DAY
    return day


def working_days_left(today: date, last_day: date, arrangements: Mapping[int, Arrangement]) -> int:
    """Return how many working days are left after today: 0 on the last day, below zero since it passed.

    Raises:
        YearNotArranged: a day between the two lies in a year without an arrangement on record.
    """
    first, last = sorted((today, last_day))
    days = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
    count = sum(is_working_day(day, arrangements) for day in days)
    return count if last_day >= today else -count


def if_counted(count: Callable[[], _Counted]) -> _Counted | None:
    """Return what can be counted, or None where it takes a year without an arrangement on record."""
    try:
        return count()
    except YearNotArranged:
        return None
