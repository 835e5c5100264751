"""An announcement with its files and what it speaks of."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.register.lookups import find_announcement
from service.register.verification.reading import data_version
from service.web.deps import ReadSessionDep, TodayDep
from service.web.templating import render

router = APIRouter()


@router.get("/announcements/{code}")
def announcement(request: Request, session: ReadSessionDep, today: TodayDep, code: str) -> HTMLResponse:
    """Return the announcement; the figures it declares stand beside those found."""
    view = find_announcement(session, code, today)
    products = tuple(dict.fromkeys((*view.products, *(each.product for each in view.authorisations))))
    return render(
        request,
        "public/announcement.html",
        view=view,
        products=products,
        today=today,
        data_version=data_version(session),
    )
