"""What changed between two versions of an area: ground gained, lost and kept, with their sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry

from service.register.areas import Shape, area_ha, geojson_of_shape

_SLIVER_HA = 0.05


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the ground as GeoJSON (CRS84), None where there is none of it, and its size."""

    geometry: dict[str, Any] | None
    hectares: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The ground of two versions taken apart."""

    gained: Part
    lost: Part
    kept: Part


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """Return what `after` covers more, less and the same as `before`.

    Both are GeoJSON Polygons or MultiPolygons in CRS84 as the register holds them. Hectares are measured on
    the ellipsoid, to 0.1 ha; what is smaller than 0.05 ha is no difference, only another rounding.
    """
    old, new = shape(dict(before)), shape(dict(after))
    return Comparison(
        gained=_part(shapely.difference(new, old)),
        lost=_part(shapely.difference(old, new)),
        kept=_part(shapely.intersection(new, old)),
    )


def _part(found: BaseGeometry) -> Part:
    polygons = [each for each in shapely.get_parts(found) if isinstance(each, Polygon) and not each.is_empty]
    kept = Shape.of(MultiPolygon(polygons))
    hectares = area_ha(kept)
    if hectares < _SLIVER_HA:
        return Part(None, 0.0)
    return Part(geojson_of_shape(kept), hectares)
