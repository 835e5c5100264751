"""The map of all products: narrowed like a search, drawn one by one where that can be read, else counted by place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from sqlalchemy.orm import Session

from maps.area import Area, Tier
from maps.counting import count_by_place
from maps.features import area_collection, count_collection
from maps.page import Layer, LayerStyle, MapPage, View, product_map
from service.addresses import path_of
from service.register.locating import AreaIndex, AreaRow, Areas, Wanted, areas_in
from service.register.lookups.products import slugs_of
from service.vocabulary import Track
from service.web import wording
from service.web.compression import Packed
from service.web.deps import LanguageDep, ReadSessionDep, ServicesDep, TodayDep
from service.web.ground import Ground, GroundDep, map_headers
from service.web.parameters import Box as BoxText
from service.web.parameters import Zoom, read_box
from service.web.public.asking import Asked, chips_of, read_question
from service.web.public.drawing import (
    CARD,
    SIZES,
    Box,
    box_of,
    card_of,
    revised,
    script_of,
    still_of,
)
from service.web.public.product_maps import outline_layer, site_layer, township_layer
from service.web.revalidating import is_known, not_modified, packed_reply, tag_of
from service.web.searching import NOT_KEPT, Products, Searching, facets_in_words
from service.web.templating import render

router = APIRouter()

ROWS: Final = 40
_FEW: Final = 60  # so many areas are sent whole, once: no move of the map asks again
_DRAWN_AT_MOST: Final = 120  # more outlines in one view hide one another
_DISTRICT_ZOOM: Final = 9.2  # of the still picture
_SHOWN: Final = 12  # values of a facet
_FACETS: Final = ("track", "category", "place", "state")
_GEOJSON: Final = "application/geo+json"


@dataclass(frozen=True, slots=True)
class Answer:
    """The areas that answer a question, oldest record first, and what the engine said of it."""

    asked: Asked
    areas: Areas
    rows: list[AreaRow]
    products: Products | None
    is_degraded: bool

    @property
    def boxes(self) -> list[tuple[AreaRow, Box]]:
        """The areas that have a shape, with the box around it."""
        return [(row, self.areas.bounds[row.key]) for row in self.rows if row.has_shape]

    def by_product(self) -> list[tuple[AreaRow, list[AreaRow]]]:
        """Return each product once, with its areas."""
        found: dict[str, list[AreaRow]] = {}
        for row in self.rows:
            found.setdefault(row.product, []).append(row)
        return [(rows[0], rows) for rows in found.values()]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and what is needed to answer it; answered only when it must be."""

    asked: Asked
    session: Session
    search: Searching
    index: AreaIndex
    today: date

    def answer(self) -> Answer:
        """Return the areas; words and filters that the index of areas does not hold are asked of the engine."""
        asked = self.asked
        others = [name for name in asked.filters if name not in {"kind", "track", "category"}]
        products = self.search.products(asked.query) if asked.text or others else None
        known = {track.value: track for track in Track}
        tracks = frozenset(known[code] for code in asked.filters.get("track", ()) if code in known)
        wanted = Wanted(tracks, frozenset(asked.filters.get("category", ())))
        areas, rows = areas_in(self.session, self.index, self.today, None, wanted)
        if products is not None:
            slugs = slugs_of(self.session, products.ulids)
            rows = [row for row in rows if row.product in slugs]
        return Answer(
            asked, areas, rows, products, is_degraded=bool(asked.text or others) and products is None
        )

    def shapes(self, rows: Sequence[AreaRow], zoom: int | None) -> list[bytes]:
        """Return the shapes of areas as GeoJSON, as fine as the zoom needs; `null` for one without."""
        return self.index.geometries(self.session, rows, zoom)


def _question(
    request: Request,
    services: ServicesDep,
    session: ReadSessionDep,
    today: TodayDep,
    lang: LanguageDep,
    q: Annotated[str, Query(description="要找的内容")] = "",
) -> Question:
    asked = read_question(request, q, lang, "/map")
    return Question(asked, session, Searching(services.engine), services.area_index, today)


QuestionDep = Annotated[Question, Depends(_question)]


@router.get("/map")
def map_page(request: Request, ground: GroundDep, question: QuestionDep) -> HTMLResponse:
    """Return the map of all areas that answer the question, and the products in a table, page by page."""
    asked, answer = question.asked, question.answer()
    found = answer.by_product()
    counted = answer.products or question.search.products(asked.query)
    facets = {name: counted.facets.get(name, ()) for name in _FACETS} if counted else {}
    page = _map(ground, answer)
    last = max(1, -(-len(found) // ROWS))
    at = min(asked.page, last)
    return render(
        request,
        "public/map.html",
        headers=map_headers(ground.settings) | ({} if counted else NOT_KEPT),
        asked=asked,
        answer=answer,
        found=found[(at - 1) * ROWS : at * ROWS],
        total=len(found),
        last_page=last,
        facets=facets_in_words(question.session, facets, asked.filters, ground.lang, _SHOWN),
        chips=chips_of(question.session, asked),
        is_cut=bool(answer.products and answer.products.is_cut),
        without_point=ground.without_point,
        map=page,
        map_html=Markup(page.html),  # noqa: S704  (composed by maps from escaped parts)
        script=asked.elsewhere(f"/map/{page.content_hash}.js"),
    )


@router.get("/map/areas.geojson")
def map_areas(
    request: Request,
    services: ServicesDep,
    ground: GroundDep,
    question: QuestionDep,
    bbox: BoxText = None,
    zoom: Zoom = 9,
) -> Response:
    """Return what the map draws in a view: the areas, or where they are too many their numbers by place."""
    box = read_box(bbox)
    asked = ("map", ground.lang, request.url.query, question.today)
    tag = tag_of(ground.revision, *asked)
    if is_known(request, tag):
        return not_modified(tag)
    key = (ground.revision, *asked)
    packed = services.bodies.get(key)
    if packed is None:
        body = orjson.dumps(_features(question, question.answer(), box, 9 if zoom is None else zoom))
        packed = services.bodies.put(key, Packed(body))
    return packed_reply(request, packed, tag, _GEOJSON)


@router.get("/map/{version}.js")
def map_script(ground: GroundDep, question: QuestionDep, version: str) -> Response:
    """Return the script of the map of this question."""
    return script_of(_map(ground, question.answer()), version)


@router.get("/map/outline.svg")
def map_outline(
    request: Request,
    ground: GroundDep,
    question: QuestionDep,
    size: Annotated[str, Query(pattern="^(wide|narrow)$")] = "wide",
) -> Response:
    """Return the still picture of all areas that answer the question."""

    def make() -> str:
        return _picture(ground, question, question.answer(), SIZES[size])

    return revised(request, ground, "image/svg+xml", make)


@router.get("/map/outline.png")
def map_card(request: Request, ground: GroundDep, question: QuestionDep) -> Response:
    """Return the still picture as PNG, 1200 x 630, for link previews."""

    def make() -> bytes:
        return card_of(_picture(ground, question, question.answer(), CARD))

    return revised(request, ground, "image/png", make)


def _picture(ground: Ground, question: Question, answer: Answer, size: tuple[int, int]) -> str:
    title, tiers = ground.say("产地范围"), {Tier(row.tier.value) for row in answer.rows}
    if len(answer.boxes) > _DRAWN_AT_MOST:
        counts = count_by_place(_tracks(answer.boxes), _DISTRICT_ZOOM)
        return ground.picture([], title, size, counts=counts, tiers=tiers)
    rows = answer.rows[: 2 * _DRAWN_AT_MOST]
    shapes = question.shapes(rows, math.ceil(_DISTRICT_ZOOM))
    drawn = zip(rows, shapes, strict=True)
    areas = [_area(row, ground.lang, orjson.loads(geometry)) for row, geometry in drawn]
    return ground.picture(areas, title, size)


def _features(question: Question, answer: Answer, box: Box | None, zoom: int) -> dict[str, Any]:
    lang = question.asked.lang
    if len(answer.rows) <= _FEW:
        return {**_collection(question, answer.rows, None, lang), "complete": True}
    seen = [(row, own) for row, own in answer.boxes if box is None or _touch(own, box)]
    if len(seen) <= _DRAWN_AT_MOST:
        return _collection(question, [row for row, _ in seen], zoom, lang)
    # Where large areas lie over one another no zoom makes them few: those at home in the view are drawn.
    home = [row for row, own in seen if box is not None and _is_middle_in(own, box)]
    if len(home) <= _DRAWN_AT_MOST:
        return {**_collection(question, home, zoom, lang), "total": len(seen)}
    return {**count_collection(count_by_place(_tracks(seen), zoom)), "total": len(seen)}


def _collection(question: Question, rows: Sequence[AreaRow], zoom: int | None, lang: str) -> dict[str, Any]:
    found = area_collection([_area(row, lang) for row in rows])
    shapes = question.shapes(rows, zoom)
    for feature, row, geometry in zip(found["features"], rows, shapes, strict=True):
        feature["geometry"] = orjson.Fragment(geometry)
        feature["properties"]["version_no"] = row.version_no
    return found


def _tracks(boxes: Sequence[tuple[AreaRow, Box]]) -> list[tuple[str, Box]]:
    return [(row.track.value, box) for row, box in boxes]


def _is_middle_in(one: Box, other: Box) -> bool:
    x, y = (one[0] + one[2]) / 2, (one[1] + one[3]) / 2
    return other[0] <= x <= other[2] and other[1] <= y <= other[3]


def _touch(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _area(row: AreaRow, lang: str, geometry: dict[str, Any] | None = None) -> Area:
    return Area(
        id=row.ulid,
        name=wording.called(row, lang),
        tier=Tier(row.tier.value),
        track=row.track.value,
        geometry=geometry,
        url=path_of("gi_product", row.product),
    )


def _map(ground: Ground, answer: Answer) -> MapPage:
    tiers = {Tier(row.tier.value) for row in answer.rows}
    view = View(
        bounds=box_of([ground.outline]),
        here_url="/api/v1/areas/at",
        is_crowded=True,
        home=ground.home,
        basemap=ground.settings.basemap,
    )
    alt = ground.say("黔江区地理标志产地范围示意图；下面的表格列出产品。")
    return product_map(
        _layers(answer),
        view=view,
        notice=ground.notice(tiers),
        lang=ground.map_language,
        fallback=still_of(answer.asked.elsewhere("/map/outline.svg"), alt),
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
