"""A trademark registration with its classes."""

from __future__ import annotations

from datetime import date, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.register.lookups import find_trademarks
from service.register.verification.reading import data_version
from service.web.deps import ReadSessionDep, TodayDep
from service.web.templating import render

router = APIRouter()


@router.get("/trademarks/{registration_no}")
def trademark(
    request: Request, session: ReadSessionDep, today: TodayDep, registration_no: str
) -> HTMLResponse:
    """Return the mark, one part for each class."""
    marks = find_trademarks(session, registration_no, today)
    return render(
        request,
        "public/trademark.html",
        marks=marks,
        mark=marks[0][0],
        last_day=_last_day,
        today=today,
        data_version=data_version(session),
    )


def _last_day(term_to: date | None) -> date | None:
    """Return the last day of a term, inclusive, as certificates print it."""
    return term_to - timedelta(days=1) if term_to else None
