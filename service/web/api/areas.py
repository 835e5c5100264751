"""Production areas for maps and programs: GeoJSON in CRS84, as fine as the zoom needs, kept by revision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, Literal

import orjson
from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from maps.area import Area, Tier
from maps.features import area_collection
from service.addresses import path_of
from service.calendar import china_date
from service.register.locating import (
    EVERYTHING,
    AreaIndex,
    AreaRow,
    Areas,
    Located,
    Wanted,
    areas_at,
    areas_in,
    areas_of_product,
)
from service.register.verification.reading import data_version
from service.vocabulary import Track
from service.web import wording
from service.web.api.shapes import FeatureCollection
from service.web.compression import Packed
from service.web.deps import Services, services_of
from service.web.parameters import (
    Box,
    Codes,
    Day,
    Latitude,
    Longitude,
    Slug,
    Within,
    Zoom,
    read_box,
)
from service.web.revalidating import headers_of, is_known, not_modified, packed_reply, tag_of

router = APIRouter(tags=["areas"])

_MEDIA_TYPE: Final = "application/geo+json"


class GeoJsonResponse(Response):
    """GeoJSON. Source: RFC 7946."""

    media_type = _MEDIA_TYPE


_GEOJSON: dict[int | str, dict[str, Any]] = {
    200: {"content": {_MEDIA_TYPE: {"schema": FeatureCollection.model_json_schema()}}},
    304: {"description": "Unchanged since the answer whose ETag was sent as If-None-Match."},
}
Tracks = Annotated[tuple[Track, ...], Query(max_length=20, description="Rights.")]
Precision = Annotated[
    Literal["full"] | None, Query(description="`full`: every vertex, whatever the zoom; as without zoom.")
]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What decides an answer, besides the registry's revision."""

    route: str
    on: date | None
    today: date
    zoom: int | None
    box: tuple[float, float, float, float] | None = None
    wanted: Wanted = EVERYTHING


@router.get("/areas", response_class=GeoJsonResponse, responses=_GEOJSON)
def list_areas(
    request: Request,
    bbox: Box = None,
    zoom: Zoom = None,
    on: Day = None,
    track: Tracks = (),
    category: Codes = (),
    product: Codes = (),
    precision: Precision = None,
) -> Response:
    """Return the areas valid on a day; in a box, those whose own box touches it."""
    wanted = Wanted(frozenset(track), frozenset(category), frozenset(product))
    today = _today(request)
    asked = _Asked("areas", on, today, _level(zoom, precision), read_box(bbox), wanted)

    def find(session: Session, services: Services) -> tuple[Areas, list[AreaRow]]:
        return areas_in(session, services.area_index, on or today, asked.box, wanted)

    return _answer(request, asked, find)


@router.get("/areas/at", response_class=GeoJsonResponse, responses=_GEOJSON)
def list_areas_at(
    request: Request, lon: Longitude, lat: Latitude, on: Day = None, within: Within = 0
) -> Response:
    """Return the areas that cover a point on a day, without their shapes, with the distance to their border.

    Positive distances lie inside, negative ones outside. An approximate area is "about here", never a verdict.
    """
    services = services_of(request)
    with services.database.reading() as session:
        asked = AskedPoint((lon, lat), on, _today(request), within)
        tag = asked.tag(session)
        if is_known(request, tag):
            return not_modified(tag)
        return point_reply(session, services.area_index, asked)


@dataclass(frozen=True, slots=True)
class AskedPoint:
    """A point (longitude, latitude), the China day asked about (None: today) and how far around, in metres."""

    point: tuple[float, float]
    on: date | None
    today: date
    within: int

    def tag(self, session: Session) -> str:
        """Return the entity tag of the answer as the session reads it."""
        return tag_of(data_version(session), "at", self.point, self.on or self.today, self.today, self.within)


def point_reply(session: Session, index: AreaIndex, asked: AskedPoint) -> Response:
    """Return the areas at the point."""
    day = asked.on or asked.today
    areas, found = areas_at(session, index, asked.point, day, asked.within)
    collection = _collection(areas, [each.row for each in found], day, asked.today)
    for feature, located in zip(collection["features"], found, strict=True):
        feature["properties"] |= _beside(located)
    collection["note"] = wording.area_caveat("zh")
    collection["note_en"] = wording.area_caveat("en")
    # Not kept, so not worth more compression than the application gives every answer.
    return GeoJsonResponse(orjson.dumps(collection), headers=headers_of(asked.tag(session)))


@router.get("/gi/{slug}/areas", response_class=GeoJsonResponse, responses=_GEOJSON)
def list_product_areas(
    request: Request, slug: Slug, on: Day = None, zoom: Zoom = None, precision: Precision = None
) -> Response:
    """Return every version of a product's areas, the current ones marked; with a day, those valid on it."""
    asked = _Asked(f"gi/{slug}", on, _today(request), _level(zoom, precision))

    def find(session: Session, services: Services) -> tuple[Areas, list[AreaRow]]:
        return areas_of_product(session, services.area_index, slug, on)

    return _answer(request, asked, find)


def _today(request: Request) -> date:
    return china_date(services_of(request).clock.now())


def _level(zoom: int | None, precision: str | None) -> int | None:
    return None if precision == "full" else zoom


def _answer(
    request: Request, asked: _Asked, find: Callable[[Session, Services], tuple[Areas, list[AreaRow]]]
) -> Response:
    """Return the answer kept for this revision, or make it; the revision is read on every request."""
    services = services_of(request)
    with services.database.reading() as session:
        revision = data_version(session)
        tag = tag_of(revision, asked)
        if is_known(request, tag):
            return not_modified(tag)
        packed = services.bodies.get((revision, asked))
        if packed is None:
            areas, rows = find(session, services)
            shapes = services.area_index.geometries(session, rows, asked.zoom)
            collection = _collection(areas, rows, asked.on or asked.today, asked.today)
            packed = services.bodies.put((revision, asked), Packed(_joined(collection, shapes)))
    return packed_reply(request, packed, tag, _MEDIA_TYPE)


def _collection(areas: Areas, rows: Sequence[AreaRow], on: date, today: date) -> dict[str, Any]:
    """Return the rows as features without their shapes; the states are those of the day."""
    collection: dict[str, Any] = dict(area_collection([_area(row) for row in rows]))
    for feature, row in zip(collection["features"], rows, strict=True):
        feature["properties"] |= _properties(areas, row, on, today)
    return {
        "type": collection["type"],
        "data_version": areas.revision,
        "as_of": on,
        "features": collection["features"],
    }


def _joined(collection: dict[str, Any], shapes: Sequence[bytes]) -> bytes:
    """Return the collection with these shapes, put in as the bytes they are kept as."""
    parts = [
        b'{"type":"Feature","id":%b,"geometry":%b,"properties":%b}'
        % (orjson.dumps(feature["id"]), shape, orjson.dumps(feature["properties"]))
        for feature, shape in zip(collection["features"], shapes, strict=True)
    ]
    head = orjson.dumps({key: value for key, value in collection.items() if key != "features"})
    return head[:-1] + b',"features":[' + b",".join(parts) + b"]}"


def _area(row: AreaRow) -> Area:
    return Area(
        id=row.ulid,
        name=row.name,
        tier=Tier(row.tier.value),
        track=row.track.value,
        geometry=None,
        url=path_of("gi_product", row.product),
    )


def _properties(areas: Areas, row: AreaRow, on: date, today: date) -> dict[str, Any]:
    state = areas.standing(row, on, max(on, today)).state
    return {
        "name_en": row.name_en,
        "product": row.product,
        "category": row.category,
        "state": state.value,
        "state_label": state.zh,
        "version_no": row.version_no,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "computed_area_ha": row.computed_area_ha,
        "source_level": row.source_level.value,
        "is_current": row.is_valid_on(on),
        "is_demonstration": row.is_demonstration,
    }


def _beside(located: Located) -> dict[str, Any]:
    distance = located.distance_m
    return {
        "relation": located.relation.value,
        "distance_to_boundary_m": None if distance is None else round(distance, 1),
        "note": wording.beside_text(located, "zh"),
        "note_en": wording.beside_text(located, "en"),
    }
