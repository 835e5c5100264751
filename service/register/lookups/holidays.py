"""The holiday arrangements on record, as working days are counted with them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from service.register.models import HolidayArrangement
from service.working_days import Arrangement


def arrangements(session: Session) -> dict[int, Arrangement]:
    """Return the arrangement of each year that has one on record."""
    statement = select(HolidayArrangement).where(HolidayArrangement.withdrawal.is_(None))
    return {
        each.year: Arrangement(_days(each.rest_days), _days(each.worked_days))
        for each in session.scalars(statement)
    }


def find_arrangement(session: Session, year: int) -> HolidayArrangement | None:
    """Return the record of a year's arrangement with its source, or None where the year has none."""
    return session.scalar(
        select(HolidayArrangement)
        .where(HolidayArrangement.year == year, HolidayArrangement.withdrawal.is_(None))
        .options(selectinload(HolidayArrangement.source))
    )


def _days(texts: list[str]) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, texts))
