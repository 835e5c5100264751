"""GeoJSON as the map's script reads it: the properties of an area and of a place, named in one file."""

from collections.abc import Iterable
from typing import Any

from maps.area import Area, Count, Place


def area_collection(areas: Iterable[Area]) -> dict[str, Any]:
    """Return areas as a FeatureCollection (RFC 7946); one without geometry is a feature with null."""
    return _collection(_area(area) for area in areas)


def place_collection(places: Iterable[Place]) -> dict[str, Any]:
    """Return named points as a FeatureCollection (RFC 7946)."""
    return _collection(_place(place) for place in places)


def count_collection(counts: Iterable[Count]) -> dict[str, Any]:
    """Return numbers of areas as points of a FeatureCollection, with the box each stands for."""
    return _collection(_count(count) for count in counts)


def _collection(features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def _area(area: Area) -> dict[str, Any]:
    properties = {"name": area.name, "track": area.track, "tier": area.tier.value, "url": area.url}
    return {"type": "Feature", "id": area.id, "geometry": area.geometry, "properties": properties}


def _count(count: Count) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [round(count.longitude, 6), round(count.latitude, 6)]}
    properties = {"tracks": dict(count.tracks), "bounds": [round(side, 6) for side in count.bounds]}
    return {"type": "Feature", "geometry": point, "properties": properties}


def _place(place: Place) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [place.longitude, place.latitude]}
    properties = {"name": place.name, "kind": place.kind, "url": place.url}
    return {"type": "Feature", "geometry": point, "properties": properties}
