"""One product's map: its areas on a day, each right in a layer of its own; still pictures of the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from maps.features import place_collection
from maps.page import Layer, LayerStyle, MapPage, View, product_map
from service.calendar import DateError, parse_china_date
from service.register.lookups import ProductView, find_product
from service.web import wording
from service.web.deps import ReadSessionDep, TodayDep
from service.web.ground import Ground, GroundDep, map_headers
from service.web.parameters import Day
from service.web.public.drawing import (
    CARD,
    SIZES,
    Box,
    areas_of,
    box_around,
    box_of,
    card_of,
    named_townships,
    revised,
    script_of,
    still_of,
)
from service.web.templating import localised, render

router = APIRouter()

_CONTEXT: Final = 0.6  # ground shown around an area at first, as a share of its extent
_NEARLY_ALL: Final = 0.6  # of the district's width or height: then the whole district is shown
_GEOJSON: Final = "application/geo+json"


@dataclass(frozen=True, slots=True)
class AskedDay:
    """The day a reader asks about: as typed, as read, and whether it could be read."""

    text: str
    day: date
    is_readable: bool = True


@router.get("/gi/{slug}/map")
def product_map_page(
    request: Request, session: ReadSessionDep, ground: GroundDep, today: TodayDep, slug: str, on: str = ""
) -> HTMLResponse:
    """Return the product's map on a day, with its picture, its texts and its townships; today by default."""
    asked = _asked_day(on, today)
    view = find_product(session, slug, asked.day, today)
    page = _map(ground, view, asked.text if asked.is_readable else "")
    return render(
        request,
        "public/product_map.html",
        status=200 if asked.is_readable else 422,
        headers=map_headers(ground.settings),
        view=view,
        asked=asked,
        today=today,
        starts=_starts(view),
        without_point=ground.without_point,
        map=page,
        map_html=Markup(page.html),  # noqa: S704  (composed by maps from escaped parts)
        script=localised(f"/gi/{view.product.slug}/map/{page.content_hash}.js", ground.lang),
    )


@router.get("/gi/{slug}/map/{version}.js")
def product_map_script(
    session: ReadSessionDep, ground: GroundDep, today: TodayDep, slug: str, version: str
) -> Response:
    """Return the script of the product's map; its address changes with it."""
    return script_of(_map(ground, find_product(session, slug, today)), version)


@router.get("/gi/{slug}/map/townships.geojson")
def product_townships(
    request: Request, session: ReadSessionDep, ground: GroundDep, today: TodayDep, slug: str, on: Day = None
) -> Response:
    """Return the townships that have a point, those named by the texts of the day marked."""
    view = find_product(session, slug, on or today, today)

    def make() -> bytes:
        return orjson.dumps(place_collection(ground.places(named_townships(view))))

    return revised(request, ground, _GEOJSON, make)


@router.get("/gi/{slug}/outline.svg")
def product_outline(
    request: Request,
    session: ReadSessionDep,
    ground: GroundDep,
    today: TodayDep,
    slug: str,
    on: Day = None,
    size: Annotated[str, Query(pattern="^(wide|narrow)$")] = "wide",
) -> Response:
    """Return the still picture of the product's areas on a day."""
    view = find_product(session, slug, on or today, today)
    return revised(request, ground, "image/svg+xml", lambda: _picture(ground, view, SIZES[size]))


@router.get("/gi/{slug}/outline.png")
def product_card(
    request: Request, session: ReadSessionDep, ground: GroundDep, today: TodayDep, slug: str
) -> Response:
    """Return the still picture as PNG, 1200 x 630, for link previews."""
    view = find_product(session, slug, today)
    return revised(request, ground, "image/png", lambda: card_of(_picture(ground, view, CARD)))


def _picture(ground: Ground, view: ProductView, size: tuple[int, int]) -> str:
    areas = areas_of(view, ground.lang)
    return ground.picture(areas, wording.called(view.product, ground.lang), size, named=named_townships(view))


def _asked_day(text: str, today: date) -> AskedDay:
    if not text:
        return AskedDay("", today)
    try:
        return AskedDay(text, parse_china_date(text))
    except DateError:
        return AskedDay(text[:40], today, is_readable=False)


def _starts(view: ProductView) -> list[tuple[date, list[str]]]:
    """Return the days on which versions begin, newest first, with what begins: track and number in words."""
    found: dict[date, list[str]] = {}
    for each in view.protections:
        for area in each.areas:
            if area.area.valid_from is not None:
                found.setdefault(area.area.valid_from, []).append(str(area.area.version_no))
    return sorted(found.items(), reverse=True)


def _map(ground: Ground, view: ProductView, on: str = "") -> MapPage:
    shapes = [area.geometry for each in view.protections for area in each.areas if area.geometry]
    district = box_of([ground.outline])
    whole = box_of([ground.outline, *shapes])
    tiers = {area.tier for area in areas_of(view, ground.lang)}
    shown = View(
        bounds=_first_view(district, box_of(shapes) if shapes else district),
        whole=whole,
        here_url="/api/v1/areas/at",
        on=on,
        home=ground.home,
        basemap=ground.settings.basemap,
    )
    still = localised(f"/gi/{view.product.slug}/outline.svg", ground.lang) + (f"?on={on}" if on else "")
    name = wording.called(view.product, ground.lang)
    alt = ground.say("“%(name)s”产地范围示意图；下面列出文字和乡镇、街道。", name=name)
    return product_map(
        _layers(view),
        view=shown,
        notice=ground.notice(tiers),
        lang=ground.map_language,
        fallback=still_of(still, alt),
    )


def _first_view(district: Box, areas: Box) -> Box:
    """Return the areas with ground around them; of large ones the district, so that all maps begin alike."""
    share = max(
        (areas[2] - areas[0]) / (district[2] - district[0]),
        (areas[3] - areas[1]) / (district[3] - district[1]),
    )
    return district if share > _NEARLY_ALL else box_around(areas, _CONTEXT)


def _layers(view: ProductView) -> list[Layer]:
    slug = view.product.slug
    tracks = dict.fromkeys(each.protection.track.value for each in view.protections if each.areas)
    townships = f"/gi/{slug}/map/townships.geojson"
    areas = [
        Layer(
            key=f"areas_{track}",
            label_key=f"track.{track}",
            url=f"/api/v1/gi/{slug}/areas",
            style=LayerStyle.AREAS,
            track=track,
            dated=True,
        )
        for track in tracks
    ]
    return [
        outline_layer(),
        *areas,
        township_layer("townships", townships, "township"),
        township_layer("named_townships", townships, "named_township"),
        site_layer(shown=False),
    ]


def outline_layer() -> Layer:
    """Return the district's outline, below everything."""
    return Layer(
        key="outline",
        label_key="layer.outline",
        url="/static-data/outline.geojson",
        style=LayerStyle.OUTLINE,
        interactive=False,
    )


def township_layer(key: str, url: str, kind: str) -> Layer:
    """Return the townships of a kind: named by a text, or the others."""
    return Layer(
        key=key,
        label_key=f"layer.{key}",
        url=url,
        style=LayerStyle.TOWNSHIPS,
        interactive=False,
        kind=kind,
        dated=kind == "named_township",
    )


def site_layer(*, shown: bool) -> Layer:
    """Return the service points, gathered where they stand close."""
    return Layer(
        key="service_points",
        label_key="layer.service_points",
        url="/static-data/service-points.geojson",
        style=LayerStyle.SITES,
        shown=shown,
    )
