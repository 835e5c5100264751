"""A place: its names and codes, and the products whose area texts name it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.register.lookups import find_place
from service.register.verification.reading import data_version
from service.web.deps import ReadSessionDep, TodayDep
from service.web.templating import linking, render

router = APIRouter()


@router.get("/places/{slug}")
def place(request: Request, session: ReadSessionDep, today: TodayDep, slug: str) -> HTMLResponse:
    """Return the division with its codes by scheme and year."""
    view = find_place(session, slug)
    return render(
        request,
        "public/place.html",
        linked=[linking(request).place(view)],
        view=view,
        today=today,
        data_version=data_version(session),
    )
