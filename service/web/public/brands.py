"""A brand and the lists it stands on."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.register.lookups.brands import find_brand
from service.register.verification.reading import data_version
from service.web.deps import ReadSessionDep, TodayDep
from service.web.templating import linking, render

router = APIRouter()


@router.get("/brands/{slug}")
def brand(request: Request, session: ReadSessionDep, today: TodayDep, slug: str) -> HTMLResponse:
    """Return the brand with its marks, products and honours."""
    view = find_brand(session, slug, today)
    return render(
        request,
        "public/brand.html",
        linked=[linking(request).brand(view)],
        view=view,
        today=today,
        data_version=data_version(session),
    )
