"""The district's indicators with their targets."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.register.indicators import list_snapshots
from service.register.lookups import indicator_rows
from service.register.verification.reading import data_version
from service.web.deps import ReadSessionDep, TodayDep
from service.web.templating import render

router = APIRouter()


@router.get("/indicators")
def indicators(request: Request, session: ReadSessionDep, today: TodayDep) -> HTMLResponse:
    """Return every indicator with formula, target and newest value; what cannot be computed says so."""
    rows = indicator_rows(session)
    return render(
        request,
        "public/indicators.html",
        with_target=[row for row in rows if row.indicator.target is not None],
        without_target=[row for row in rows if row.indicator.target is None],
        snapshots=list_snapshots(session),
        today=today,
        data_version=data_version(session),
    )
