"""Production areas for maps and programs: GeoJSON in CRS84."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from fastapi import APIRouter, Response

from maps.area import Area, Tier
from maps.features import area_collection
from service.addresses import path_of
from service.register import lookups
from service.register.lookups.products import AreaFeature
from service.web.api.shapes import FeatureCollection
from service.web.deps import ReadSessionDep, TodayDep
from service.web.parameters import Box, Day, Latitude, Longitude, Slug, read_box

router = APIRouter(tags=["areas"])


class GeoJsonResponse(Response):
    """GeoJSON. Source: RFC 7946."""

    media_type = "application/geo+json"


_GEOJSON: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/geo+json": {"schema": FeatureCollection.model_json_schema()}}}
}


@router.get("/areas", response_class=GeoJsonResponse, responses=_GEOJSON)
def list_areas(session: ReadSessionDep, today: TodayDep, bbox: Box = None, on: Day = None) -> Response:
    """Return the areas valid on a day; in a box, those whose own box touches it."""
    features = lookups.area_features(session, on or today, read_box(bbox))
    return _collection(features)


@router.get("/areas/at", response_class=GeoJsonResponse, responses=_GEOJSON)
def list_areas_at(
    session: ReadSessionDep, today: TodayDep, lon: Longitude, lat: Latitude, on: Day = None
) -> Response:
    """Return the areas that cover a point on a day, without their shapes."""
    return _collection(lookups.areas_at(session, lon, lat, on or today))


@router.get("/gi/{slug}/areas", response_class=GeoJsonResponse, responses=_GEOJSON)
def list_product_areas(session: ReadSessionDep, today: TodayDep, slug: Slug, on: Day = None) -> Response:
    """Return every version of a product's areas, the current ones marked."""
    view = lookups.find_product(session, slug, on or today)
    features = [
        AreaFeature(view.product, each.protection, area.area, area.geometry)
        for each in view.protections
        for area in each.areas
    ]
    current = {area.area.ulid for each in view.protections for area in each.areas if area.is_current}
    return _collection(features, current)


def _collection(features: Sequence[AreaFeature], current: set[str] | None = None) -> Response:
    collection: dict[str, Any] = dict(area_collection([_area(feature) for feature in features]))
    for feature, found in zip(collection["features"], features, strict=True):
        feature["properties"].update(_properties(found, current))
    return GeoJsonResponse(orjson.dumps(collection))


def _area(feature: AreaFeature) -> Area:
    return Area(
        id=feature.area.ulid,
        name=feature.product.name,
        tier=Tier(feature.area.tier.value),
        track=feature.protection.track.value,
        geometry=feature.geometry,
        url=path_of("gi_product", feature.product.slug),
    )


def _properties(feature: AreaFeature, current: set[str] | None) -> dict[str, Any]:
    area = feature.area
    return {
        "version_no": area.version_no,
        "valid_from": area.valid_from,
        "valid_to": area.valid_to,
        "computed_area_ha": area.computed_area_ha,
        "source_level": area.source.level.value,
        "is_current": current is None or area.ulid in current,
        "is_demonstration": area.is_demonstration,
    }
