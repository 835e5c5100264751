"""Working days, counted with the arrangement of a year; without it nothing is counted."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.working_days import (
    Arrangement,
    PeriodEnd,
    YearNotArranged,
    count_period,
    if_counted,
    is_working_day,
    last_working_day,
    working_days_left,
)

_2026 = Arrangement(
    rest=frozenset(date(2026, 10, day) for day in range(1, 8)),
    worked=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
)
_KNOWN = {2026: _2026}


@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        (date(2026, 9, 18), True),  # Friday
        (date(2026, 9, 19), False),  # Saturday
        (date(2026, 9, 20), True),  # Sunday, worked
        (date(2026, 10, 1), False),  # Thursday, at rest
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # Saturday, worked
    ],
)
def test_the_arrangement_stands_above_the_week(day, is_worked):
    assert is_working_day(day, _KNOWN) is is_worked


@pytest.mark.parametrize(
    ("received", "days", "last"),
    [
        (date(2026, 9, 17), 1, date(2026, 9, 18)),
        (date(2026, 9, 18), 1, date(2026, 9, 20)),  # the worked Sunday
        (date(2026, 9, 30), 7, date(2026, 10, 15)),  # over the holidays, the worked Saturday counted
        (date(2026, 11, 23), 7, date(2026, 12, 2)),
    ],
)
def test_the_day_of_receipt_does_not_count(received, days, last):
    assert last_working_day(received, days, _KNOWN) == last


def test_a_year_without_its_arrangement_is_told_not_guessed():
    with pytest.raises(YearNotArranged) as caught:
        last_working_day(date(2026, 12, 28), 7, _KNOWN)
    assert caught.value.year == 2027


def test_a_period_that_nobody_can_count_is_over_once_it_may_be():
    counted = count_period(date(2026, 11, 23), 7, _KNOWN)
    assert counted == PeriodEnd(date(2026, 12, 2), date(2026, 11, 30))
    assert [counted.is_over(date(2026, 12, day)) for day in (1, 2, 3)] == [False, False, True]
    uncounted = count_period(date(2026, 12, 28), 7, _KNOWN)
    assert uncounted == PeriodEnd(None, date(2027, 1, 4), 2027)
    assert [uncounted.is_over(date(2027, 1, day)) for day in (4, 5)] == [False, True]


@pytest.mark.parametrize(("today", "left"), [(date(2026, 12, 31), -1), (date(2027, 1, 4), None)])
def test_what_takes_an_unknown_year_is_not_counted(today, left):
    assert if_counted(lambda: working_days_left(today, date(2026, 12, 30), _KNOWN)) == left


@given(st.dates(date(2026, 1, 1), date(2026, 10, 1)), st.integers(1, 45))
def test_a_deadline_never_falls_on_a_day_of_rest(received, days):
    last = last_working_day(received, days, _KNOWN)
    assert is_working_day(last, _KNOWN)
    between = [date.fromordinal(n) for n in range(received.toordinal() + 1, last.toordinal() + 1)]
    assert sum(is_working_day(day, _KNOWN) for day in between) == days
