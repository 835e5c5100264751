"""Days as China's law counts them, and the clock, which is always handed in.

A date stays a date: only a moment is ever converted, since China had summer time from 1986 to 1991 and a
day sent through a time zone may come back as its neighbour.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")

FIRST_YEAR, LAST_YEAR = 1900, 2100
_FEBRUARY, _LEAP_DAY = 2, 29
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ONE_DAY = timedelta(days=1)


class DateError(ValueError):
    """A text or a period that is no date; `code` is bad_date or bad_period."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Clock(Protocol):
    """Where the present moment comes from."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The host's clock; the host's time zone plays no part."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still, for tests and for answering as of a moment."""

    moment: datetime

    def __post_init__(self) -> None:
        _demand_aware(self.moment)

    def now(self) -> datetime:
        """Return the one moment, in UTC."""
        return self.moment.astimezone(UTC)


def china_date(moment: datetime) -> date:
    """Return the day it is in China at a moment.

    Raises:
        ValueError: when the moment has no time zone; the host's own must never be assumed.
    """
    _demand_aware(moment)
    return moment.astimezone(CHINA).date()


def today(clock: Clock) -> date:
    """Return the day it is in China now."""
    return china_date(clock.now())


def parse_china_date(text: str) -> date:
    """Return the date written as yyyy-mm-dd in ASCII, between 1900 and 2100.

    Raises:
        DateError: `bad_date`.
    """
    # fullmatch with [0-9], because date.fromisoformat takes other shapes and int() takes Arabic-Indic digits.
    if _ISO.fullmatch(text) is None or not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        raise DateError("bad_date")
    try:
        return date(int(text[:4]), int(text[5:7]), int(text[8:]))
    except ValueError:
        raise DateError("bad_date") from None


def add_years(day: date, years: int) -> date:
    """Return the same day some years on; 29 February becomes 28 February in a common year.

    Raises:
        DateError: `bad_date` when the calendar ends first.
    """
    try:
        return day.replace(year=day.year + years)
    except (ValueError, OverflowError):
        if (day.month, day.day) != (_FEBRUARY, _LEAP_DAY):
            raise DateError("bad_date") from None
        return add_years(day.replace(day=_LEAP_DAY - 1), years)


def term_end(registered_on: date, years: int = 10) -> date:
    """Return the last day of a trademark's term, inclusive, as the certificate prints it.

    Registered 2014-08-28, ends 2024-08-27. Computed only where no last day is printed; a first day of
    29 February gives 27 February of a common year.
    """
    return add_years(registered_on, years) - _ONE_DAY


def half_open(first: date, last_inclusive: date | None) -> tuple[date, date | None]:
    """Return the period [first, day after the last) of a period printed with its last day; None is open.

    Raises:
        DateError: `bad_period` when it ends before it begins, or ends with the calendar.
    """
    if last_inclusive is None:
        return first, None
    if last_inclusive < first or last_inclusive == date.max:
        raise DateError("bad_period")
    return first, last_inclusive + _ONE_DAY


def _demand_aware(moment: datetime) -> None:
    if moment.utcoffset() is None:
        raise ValueError("a moment needs a time zone")
