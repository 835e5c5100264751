"""The home page."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.calendar import china_date
from service.register.lookups import indicator_rows, recent_changes, registry_counts, service_points
from service.register.lookups.sources import sources_by_id
from service.register.lookups.summaries import Change
from service.register.verification.reading import data_version
from service.web.deps import ReadSessionDep
from service.web.templating import linking, render

router = APIRouter()

_CHANGES = 6
_POINTS = 4


@router.get("/")
def home(request: Request, session: ReadSessionDep) -> HTMLResponse:
    """Return one box for everything, how to read a pack, and what the register holds."""
    changes = _latest(recent_changes(session))
    return render(
        request,
        "public/home.html",
        linked=[linking(request).site("黔江地标")],
        counts=registry_counts(session),
        changes=changes,
        sources=sources_by_id(session, [change.product.source_id for change in changes]),
        indicators=[row for row in indicator_rows(session) if row.indicator.target_year is not None],
        points=service_points(session)[:_POINTS],
        data_version=data_version(session),
    )


def _latest(changes: Iterable[Change]) -> list[Change]:
    """Return the newest changes; of one day, real records before demonstrations."""
    return sorted(
        changes,
        key=lambda change: (-china_date(change.changed_at).toordinal(), change.product.is_demonstration),
    )[:_CHANGES]
