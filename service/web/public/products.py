"""A product: its names, the rights that protect it, where it comes from, who may use the mark, and the sources."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.register.lookups import ProductView, find_product, trademarks_on_view
from service.register.lookups.sources import sources_by_id
from service.register.models.base import Sourced
from service.register.verification.reading import data_version
from service.vocabulary import IdentifierScheme
from service.web.deps import ReadSessionDep, SettingsDep, TodayDep
from service.web.ground import map_headers
from service.web.templating import linking, render

router = APIRouter()


@router.get("/gi/{slug}")
def product(
    request: Request, session: ReadSessionDep, settings: SettingsDep, today: TodayDep, slug: str
) -> HTMLResponse:
    """Return the product as it stands today."""
    view = find_product(session, slug, today)
    sources = sources_by_id(session, _source_keys(view))
    return render(
        request,
        "public/product.html",
        headers=map_headers(settings),
        linked=[linking(request).product(view)],
        view=view,
        sources=sources,
        marks=trademarks_on_view(session, _registration_numbers(view)),
        today=today,
        data_version=data_version(session),
    )


def _registration_numbers(view: ProductView) -> list[str]:
    """Return the numbers of rights that may have a trademark's own page; not every one is on record."""
    return [
        each.number
        for right in view.protections
        for each in right.protection.identifiers
        if each.scheme is IdentifierScheme.TRADEMARK_REGISTRATION
    ]


def _source_keys(view: ProductView) -> list[int]:
    rows: list[Sourced] = [
        *view.product.names,
        *view.conflicts,
        *(row for each in view.protections for row in each.protection.identifiers),
        *(row for each in view.protections for row in each.protection.parties),
        *(row for each in view.protections for row in each.protection.traits),
        *(row for each in view.protections for row in each.protection.standards),
    ]
    return [row.source_id for row in rows]
