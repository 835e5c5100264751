"""Reading GeoJSON: a geometry, a feature, a collection, or a sequence of them; strictly, nothing is guessed.

Source: RFC 7946 (GeoJSON), RFC 8142 (text sequences).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from service.errors import UploadRefused
from service.register.surveying.layers import (
    MAX_PROPERTIES,
    MAX_PROPERTY_BYTES,
    Feature,
    Layer,
    Rings,
    demand_features,
    demand_ring,
    positions,
)

_BOM = b"\xef\xbb\xbf"
_RECORD_SEPARATOR = b"\x1e"
_MAX_DEPTH = 16
_PROBLEMS = (
    ("depth limit", "too_deep"),
    ("number is infinity", "not_finite"),
    ("recursion", "too_deep"),
    ("utf-8", "bad_encoding"),
)


def read_geojson(content: bytes) -> Layer:
    """Return the layer in a GeoJSON text or sequence (UTF-8, with or without byte order mark).

    Raises:
        UploadRefused: with the place of the fault.
    """
    texts = [text for text in content.removeprefix(_BOM).split(_RECORD_SEPARATOR) if text.strip()]
    notes: set[str] = set()
    features: list[Feature] = []
    declared: set[str] = set()
    for text in texts:
        document = _parsed(text)
        declared |= _declared(document)
        features += _features(document, len(features), notes)
    if len(declared) > 1:
        raise UploadRefused("bad_crs", hint=", ".join(sorted(declared)))
    return Layer(demand_features(features), "".join(declared), frozenset(notes))


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        text.decode("utf-8")
        document = orjson.loads(text)
    except UnicodeDecodeError as error:
        raise UploadRefused("bad_encoding") from error
    except orjson.JSONDecodeError as error:
        said = str(error).lower()
        problem = next((problem for word, problem in _PROBLEMS if word in said), "json_syntax")
        raise UploadRefused(problem, f"{error.lineno}:{error.colno}") from error
    if not isinstance(document, dict):
        raise UploadRefused("wrong_type")
    return document


def _declared(document: dict[str, Any]) -> set[str]:
    """Return the name in the `crs` member, which RFC 7946 dropped and many programs still write."""
    crs = document.get("crs")
    if crs is None:
        return set()
    name = crs.get("properties", {}).get("name") if isinstance(crs, dict) else None
    if not isinstance(name, str):
        raise UploadRefused("bad_crs")
    return {name}


def _features(document: dict[str, Any], before: int, notes: set[str]) -> list[Feature]:
    if document.get("type") != "FeatureCollection":
        return [_feature(document, f"#{before + 1}", notes)]
    listed = document.get("features")
    if not isinstance(listed, list):
        raise UploadRefused("json_syntax", "features")
    return [_feature(each, f"#{number}", notes) for number, each in enumerate(listed, start=before + 1)]


def _feature(document: Any, place: str, notes: set[str]) -> Feature:
    if not isinstance(document, dict):
        raise UploadRefused("wrong_type", place)
    if document.get("type") != "Feature":
        return Feature(tuple(_polygons(document, place, notes)), {})
    geometry = document.get("geometry")
    if geometry is None:
        raise UploadRefused("empty_geometry", place)
    return Feature(
        tuple(_polygons(geometry, place, notes)), _properties(document.get("properties") or {}, place)
    )


def _polygons(geometry: Any, place: str, notes: set[str], depth: int = 1) -> Iterator[Rings]:
    if depth > _MAX_DEPTH:
        raise UploadRefused("too_deep", place)
    if not isinstance(geometry, dict):
        raise UploadRefused("wrong_type", place)
    match geometry.get("type"):
        case "Polygon":
            yield _rings(geometry.get("coordinates"), place, notes)
        case "MultiPolygon":
            for number, rings in enumerate(_list(geometry.get("coordinates"), place), start=1):
                yield _rings(rings, f"{place}.{number}", notes)
        case "GeometryCollection":
            for part in _list(geometry.get("geometries"), place):
                yield from _polygons(part, place, notes, depth + 1)
        case _:
            raise UploadRefused("wrong_type", place)


def _rings(raw: Any, place: str, notes: set[str]) -> Rings:
    return tuple(
        demand_ring(_ring(ring, f"{place}/{number}", notes), f"{place}/{number}")
        for number, ring in enumerate(_list(raw, place), start=1)
    )


def _ring(raw: Any, place: str, notes: set[str]) -> tuple[tuple[float, float], ...]:
    listed = _list(raw, place)
    for position in listed:
        # A truth value is a whole number to Python, and none to GeoJSON.
        if not isinstance(position, list) or any(type(number) not in (int, float) for number in position):
            raise UploadRefused("bad_coordinate", place)
    return positions(listed, place, notes)


def _list(raw: Any, place: str) -> list[Any]:
    if not isinstance(raw, list):
        raise UploadRefused("bad_coordinate", place)
    if not raw:
        raise UploadRefused("empty_geometry", place)
    return raw


def _properties(raw: Any, place: str) -> dict[str, str]:
    if not isinstance(raw, dict):
        raise UploadRefused("json_syntax", place)
    try:
        size = len(orjson.dumps(raw))
    except orjson.JSONEncodeError as error:
        raise UploadRefused("too_deep", place) from error
    if len(raw) > MAX_PROPERTIES or size > MAX_PROPERTY_BYTES:
        raise UploadRefused("properties_too_large", place)
    return {name: str(value) for name, value in raw.items() if isinstance(value, str | int | float)}
