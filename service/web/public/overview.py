"""The map of all products: narrowed like a search, drawn one by one where that can be read, else counted by place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from sqlalchemy.orm import Session

from maps.area import Area, Count, Tier
from maps.counting import count_by_place
from maps.features import area_collection, count_collection
from maps.page import Layer, LayerStyle, MapPage, View, product_map
from service.addresses import path_of
from service.register.lookups.overview import AreaRow, area_rows, shapes_of
from service.register.lookups.townships import names_of_codes
from service.vocabulary import Track
from service.web.deps import LanguageDep, ReadSessionDep, TodayDep
from service.web.parameters import read_box
from service.web.public.asking import Asked, chips_of, facets_of, read_question
from service.web.public.drawing import (
    CARD,
    SIZES,
    Box,
    Ground,
    GroundDep,
    box_of,
    card_of,
    map_headers,
    revised,
    script_of,
)
from service.web.public.product_maps import outline_layer, site_layer, township_layer
from service.web.searching import Products, SearchDep, Searching
from service.web.templating import render

router = APIRouter()

ROWS: Final = 40
_FEW: Final = 60  # so many areas are sent whole, once: no move of the map asks again
_DRAWN_AT_MOST: Final = 200  # more outlines in one view hide one another
_DISTRICT_ZOOM: Final = 9.2  # of the still picture
_TILE: Final = 256
_FACETS: Final = ("track", "category", "place", "state")
_GEOJSON: Final = "application/geo+json"


@dataclass(frozen=True, slots=True)
class Answer:
    """The areas that answer a question, oldest record first, and what the engine said of it."""

    asked: Asked
    rows: list[AreaRow]
    products: Products | None
    is_degraded: bool

    def drawn_rows(self) -> list[AreaRow]:
        """Return those that have a shape."""
        return [row for row in self.rows if row.box is not None]

    def by_product(self) -> list[tuple[AreaRow, list[AreaRow]]]:
        """Return each product once, with its areas."""
        found: dict[str, list[AreaRow]] = {}
        for row in self.rows:
            found.setdefault(row.slug, []).append(row)
        return [(rows[0], rows) for rows in found.values()]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and what is needed to answer it; answered only when it must be."""

    asked: Asked
    session: Session
    search: Searching
    today: date

    def answer(self) -> Answer:
        """Return the areas; words and filters the database does not hold are asked of the engine."""
        asked = self.asked
        others = [name for name in asked.filters if name not in {"kind", "track", "category"}]
        products = self.search.products(asked.query) if asked.text or others else None
        rows = area_rows(
            self.session,
            self.today,
            products=products.ulids if products else None,
            tracks=asked.filters.get("track", ()),
            categories=asked.filters.get("category", ()),
        )
        return Answer(asked, rows, products, is_degraded=bool(asked.text or others) and products is None)


def _question(
    request: Request,
    session: ReadSessionDep,
    search: SearchDep,
    today: TodayDep,
    lang: LanguageDep,
    q: Annotated[str, Query(description="要找的内容")] = "",
) -> Question:
    return Question(read_question(request, q, lang, "/map"), session, search, today)


QuestionDep = Annotated[Question, Depends(_question)]


@router.get("/map")
def map_page(request: Request, ground: GroundDep, question: QuestionDep) -> HTMLResponse:
    """Return the map of all areas that answer the question, and the products in a table, page by page."""
    asked, answer = question.asked, question.answer()
    found = answer.by_product()
    names = names_of_codes(question.session, ground.lang)
    counted = answer.products or question.search.products(asked.query)
    page = _map(ground, answer, _picture(question.session, ground, answer, SIZES["wide"]))
    last = max(1, -(-len(found) // ROWS))
    at = min(asked.page, last)
    return render(
        request,
        "public/map.html",
        headers=map_headers(ground.settings),
        asked=asked,
        answer=answer,
        found=found[(at - 1) * ROWS : at * ROWS],
        total=len(found),
        last_page=last,
        facets=facets_of(counted.facets, asked, names, _FACETS) if counted else [],
        chips=chips_of(asked, names),
        is_cut=bool(answer.products and answer.products.is_cut),
        without_point=ground.without_point,
        map=page,
        map_html=Markup(page.html),  # noqa: S704  (composed by maps from escaped parts)
        script=asked.elsewhere(f"/map/{page.content_hash}.js"),
    )


@router.get("/map/areas.geojson")
def map_areas(
    request: Request,
    ground: GroundDep,
    question: QuestionDep,
    bbox: Annotated[str | None, Query(max_length=100)] = None,
    zoom: Annotated[int, Query(ge=0, le=22)] = 9,
) -> Response:
    """Return what the map draws in a view: the areas, or where they are too many their numbers by place."""
    box = read_box(bbox)

    def make() -> bytes:
        return orjson.dumps(_features(question.session, question.answer(), box, zoom, ground.lang))

    return revised(request, ground, _GEOJSON, make)


@router.get("/map/{version}.js")
def map_script(ground: GroundDep, question: QuestionDep, version: str) -> Response:
    """Return the script of the map of this question."""
    return script_of(_map(ground, question.answer()), version)


@router.get("/map/outline.svg")
def map_outline(
    request: Request,
    session: ReadSessionDep,
    today: TodayDep,
    ground: GroundDep,
    size: Annotated[str, Query(pattern="^(wide|narrow)$")] = "wide",
) -> Response:
    """Return the still picture of all areas."""
    make = _Overall(session, ground, today, SIZES[size])
    return revised(request, ground, "image/svg+xml", make)


@router.get("/map/outline.png")
def map_card(request: Request, session: ReadSessionDep, today: TodayDep, ground: GroundDep) -> Response:
    """Return the still picture as PNG, 1200 x 630, for link previews."""
    make = _Overall(session, ground, today, CARD)
    return revised(request, ground, "image/png", lambda: card_of(make()))


@dataclass(frozen=True, slots=True)
class _Overall:
    """Draws all areas when it is asked to."""

    session: Session
    ground: Ground
    today: date
    size: tuple[int, int]

    def __call__(self) -> str:
        asked = Asked("", {}, "relevance", 1, self.ground.lang, "/map")
        answer = Answer(asked, area_rows(self.session, self.today), None, is_degraded=False)
        return _picture(self.session, self.ground, answer, self.size)


def _picture(session: Session, ground: Ground, answer: Answer, size: tuple[int, int]) -> str:
    title, tiers = ground.say("产地范围"), {Tier(row.tier.value) for row in answer.rows}
    if len(answer.drawn_rows()) > _DRAWN_AT_MOST:
        counts = count_by_place(_boxes(answer.drawn_rows()), _DISTRICT_ZOOM)
        return ground.picture([], title, size, counts=counts, tiers=tiers)
    shapes = shapes_of(session, [row.ulid for row in answer.rows], _tolerance(_DISTRICT_ZOOM))
    areas = [_area(row, shapes.get(row.ulid), ground.lang) for row in answer.rows[: 2 * _DRAWN_AT_MOST]]
    return ground.picture(areas, title, size)


def _features(session: Session, answer: Answer, box: Box | None, zoom: int, lang: str) -> dict[str, Any]:
    if len(answer.rows) <= _FEW:
        shapes = shapes_of(session, [row.ulid for row in answer.rows])
        return {**_collection(answer.rows, shapes, lang), "complete": True}
    seen = [row for row in answer.drawn_rows() if box is None or _touch(row.box, box)]
    if len(seen) <= _DRAWN_AT_MOST:
        shapes = shapes_of(session, [row.ulid for row in seen], _tolerance(zoom))
        return _collection(seen, shapes, lang)
    counts: list[Count] = count_by_place(_boxes(seen), zoom)
    return {**count_collection(counts), "total": len(seen)}


def _collection(rows: Sequence[AreaRow], shapes: dict[str, dict[str, Any]], lang: str) -> dict[str, Any]:
    found = area_collection([_area(row, shapes.get(row.ulid), lang) for row in rows])
    for feature, row in zip(found["features"], rows, strict=True):
        feature["properties"]["version_no"] = row.version_no
    return found


def _boxes(rows: Sequence[AreaRow]) -> list[tuple[str, Box]]:
    return [(row.track.value, row.box) for row in rows if row.box is not None]


def _touch(one: Box | None, other: Box) -> bool:
    return (
        one is not None
        and one[0] <= other[2]
        and other[0] <= one[2]
        and one[1] <= other[3]
        and other[1] <= one[3]
    )


def _tolerance(zoom: float) -> float:
    """Return half a pixel of a Web Mercator map in degrees of longitude: a line off by that looks the same."""
    return 180.0 / (_TILE * 2**zoom)


def _area(row: AreaRow, geometry: dict[str, Any] | None, lang: str) -> Area:
    return Area(
        id=row.ulid,
        name=row.name_en if lang == "en" and row.name_en else row.name,
        tier=Tier(row.tier.value),
        track=row.track.value,
        geometry=geometry,
        url=path_of("gi_product", row.slug),
    )


def _map(ground: Ground, answer: Answer, picture: str = "") -> MapPage:
    tiers = {Tier(row.tier.value) for row in answer.rows}
    view = View(
        bounds=box_of([ground.outline]),
        here_url="/api/v1/areas/at",
        is_crowded=True,
        home=ground.home,
        basemap=ground.settings.basemap,
    )
    return product_map(
        _layers(answer), view=view, notice=ground.notice(tiers), lang=ground.map_language, fallback=picture
    )


def _layers(answer: Answer) -> list[Layer]:
    url = answer.asked.elsewhere("/map/areas.geojson")
    areas = [
        Layer(
            key=f"areas_{track.value}",
            label_key=f"track.{track.value}",
            url=url,
            style=LayerStyle.AREAS,
            track=track.value,
            by_view=True,
        )
        for track in Track
    ]
    counts = Layer(key="counts", label_key="layer.counts", url=url, style=LayerStyle.COUNTS, by_view=True)
    townships = township_layer("townships", "/static-data/townships.geojson", "township")
    return [outline_layer(), *areas, counts, townships, site_layer(shown=False)]
