"""Reference data at the desk: holidays year by year, legal instruments with their validity, the closed lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from service.register.lookups.holidays import arrangements, find_arrangement
from service.register.lookups.instruments import list_instruments
from service.vocabulary import RecordKind, StaffAct
from service.web.deps import LanguageDep, ReadSessionDep
from service.web.staff.desk import Desk, reads
from service.web.templating import localised
from service.web.wording.vocabularies import LISTS
from service.working_days import Arrangement, is_working_day

router = APIRouter()
_READ: Final = StaffAct.READ_RECORDS
_FIRST_YEAR, _LAST_YEAR = 2000, 2099
_DAYS_OF_A_WEEK: Final = 7
_MONTHS: Final = 12
_SATURDAY: Final = 5


class DayKind(StrEnum):
    """What a day of the calendar is."""

    WORKING = "working"
    WEEKEND = "weekend"
    REST = "rest"
    WORKED = "worked"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day of the calendar and what the arrangement makes of it."""

    day: date
    kind: DayKind


Week = tuple[CalendarDay | None, ...]
"""Seven days, Monday first; None: a day of another month."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the calendar: its weeks, and how many working days it has."""

    number: int
    weeks: Sequence[Week]
    working_days: int


@router.get("/staff/reference")
def reference(desk: Annotated[Desk, reads(_READ)], lang: LanguageDep) -> RedirectResponse:
    """Go to the first page of the reference data."""
    del desk
    return RedirectResponse(localised("/staff/reference/holidays", lang), 303)


@router.get("/staff/reference/holidays")
def holidays(
    desk: Annotated[Desk, reads(_READ)],
    session: ReadSessionDep,
    year: Annotated[int | None, Query(ge=_FIRST_YEAR, le=_LAST_YEAR)] = None,
) -> HTMLResponse:
    """Return the calendar of a year as its arrangement makes it; without one, that nothing can be counted."""
    known = arrangements(session)
    this_year = desk.today.year
    shown = year or this_year
    arrangement = known.get(shown)
    return desk.show(
        "staff/holidays.html",
        year=shown,
        years=sorted({*known, this_year, this_year + 1, shown}),
        known=known.keys(),
        missing=[each for each in (this_year, this_year + 1) if each not in known],
        record=find_arrangement(session, shown),
        months=calendar_of(shown, arrangement) if arrangement else [],
        may_read=desk.who.held.may(_READ, RecordKind.HOLIDAY_ARRANGEMENT),
        today=desk.today,
        may_draft=desk.who.held.may(StaffAct.DRAFT, RecordKind.HOLIDAY_ARRANGEMENT),
    )


@router.get("/staff/reference/instruments")
def instruments(desk: Annotated[Desk, reads(_READ)], session: ReadSessionDep) -> HTMLResponse:
    """Return the legal instruments with the days they are in force."""
    return desk.show(
        "staff/instruments.html",
        instruments=list_instruments(session),
        today=desk.today,
        may_read=desk.who.held.may(_READ, RecordKind.LEGAL_INSTRUMENT),
        may_draft=desk.who.held.may(StaffAct.DRAFT, RecordKind.LEGAL_INSTRUMENT),
    )


@router.get("/staff/reference/vocabularies")
def vocabularies(desk: Annotated[Desk, reads(_READ)]) -> HTMLResponse:
    """Return the closed lists, which are code and not edited here."""
    return desk.show("staff/vocabularies.html", lists=LISTS)


def calendar_of(year: int, arrangement: Arrangement) -> list[Month]:
    """Return the twelve months of a year as its arrangement makes them."""
    return [_month(year, number, arrangement) for number in range(1, _MONTHS + 1)]


def _month(year: int, number: int, arrangement: Arrangement) -> Month:
    first = date(year, number, 1)
    after = date(year + number // _MONTHS, number % _MONTHS + 1, 1)
    days = [first + timedelta(days=offset) for offset in range((after - first).days)]
    cells: list[CalendarDay | None] = [None] * first.weekday()
    cells += [CalendarDay(day, _kind(day, arrangement)) for day in days]
    cells += [None] * (-len(cells) % _DAYS_OF_A_WEEK)
    return Month(
        number,
        [tuple(cells[at : at + _DAYS_OF_A_WEEK]) for at in range(0, len(cells), _DAYS_OF_A_WEEK)],
        sum(is_working_day(day, {year: arrangement}) for day in days),
    )


def _kind(day: date, arrangement: Arrangement) -> DayKind:
    if day in arrangement.worked:
        return DayKind.WORKED
    if day in arrangement.rest:
        return DayKind.REST
    return DayKind.WEEKEND if day.weekday() >= _SATURDAY else DayKind.WORKING
