"""Reading KML: polygons of placemarks, always longitude first in WGS 84; nothing is fetched, no entity is known.

Source: OGC 12-007r2 (KML 2.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError  # the error only; defusedxml parses

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from service.errors import UploadRefused
from service.register.surveying.layers import (
    MAX_PROPERTY_BYTES,
    Feature,
    Layer,
    Ring,
    Rings,
    demand_features,
    demand_ring,
    positions,
)

_MAX_DEPTH = 64
_REFUSED = frozenset({"NetworkLink", "Region", "GroundOverlay", "Model"})
_NOT_POLYGONS = frozenset({"Point", "LineString", "Track", "MultiTrack"})


def read_kml(content: bytes) -> Layer:
    """Return the layer in a KML document: one feature for each placemark, its name as a property.

    Raises:
        UploadRefused: not XML, entities or a document type, links, other shapes than polygons.
    """
    notes: set[str] = set()
    root = _parsed(content)
    features = [
        _feature(mark, f"#{number}", notes) for number, mark in enumerate(_all(root, "Placemark"), start=1)
    ]
    return Layer(demand_features(features), "OGC:CRS84", frozenset(notes))


def _parsed(content: bytes) -> Any:
    import io

    root, depth = None, 0
    try:
        for act, element in iterparse(io.BytesIO(content), events=("start", "end"), forbid_dtd=True):
            depth += 1 if act == "start" else -1
            root = element if root is None else root
            if depth > _MAX_DEPTH:
                raise UploadRefused("too_deep")
            if _tag(element) in _REFUSED:
                raise UploadRefused("links_elsewhere", _tag(element))
    except DefusedXmlException as error:
        raise UploadRefused("entities_not_allowed") from error
    except (ParseError, ValueError, LookupError) as error:  # the latter two: an encoding that nobody knows
        line, column = getattr(error, "position", (0, 0))
        raise UploadRefused("xml_syntax", f"{line}:{column + 1}") from error
    if root is None or _tag(root) != "kml":
        raise UploadRefused("not_kml")
    return root


def _feature(mark: Any, place: str, notes: set[str]) -> Feature:
    for element in mark.iter():
        if _tag(element) in _NOT_POLYGONS:
            raise UploadRefused("wrong_type", place)
    polygons = tuple(_rings(polygon, place, notes) for polygon in _all(mark, "Polygon"))
    if not polygons:
        raise UploadRefused("empty_geometry", place)
    name = next((child.text or "" for child in mark if _tag(child) == "name"), "").strip()
    if len(name.encode()) > MAX_PROPERTY_BYTES:
        raise UploadRefused("properties_too_large", place)
    return Feature(polygons, {"name": name} if name else {})


def _rings(polygon: Any, place: str, notes: set[str]) -> Rings:
    shells = [
        _ring(ring, place, notes) for border in _all(polygon, "outerBoundaryIs") for ring in _lines(border)
    ]
    holes = [
        _ring(ring, place, notes) for border in _all(polygon, "innerBoundaryIs") for ring in _lines(border)
    ]
    if len(shells) != 1:
        raise UploadRefused("empty_geometry" if not shells else "invalid_geometry", place)
    return (*shells, *holes)


def _lines(border: Any) -> Iterator[Any]:
    return _all(border, "LinearRing")


def _ring(ring: Any, place: str, notes: set[str]) -> Ring:
    text = " ".join(element.text or "" for element in _all(ring, "coordinates"))
    try:
        raw = [tuple(float(number) for number in tuple_.split(",")) for tuple_ in text.split()]
    except ValueError as error:
        raise UploadRefused("bad_coordinate", place) from error
    if not raw:
        raise UploadRefused("empty_geometry", place)
    return demand_ring(positions(raw, place, notes), place)


def _all(element: Any, tag: str) -> Iterator[Any]:
    return (each for each in element.iter() if _tag(each) == tag)


def _tag(element: Any) -> str:
    """Return an element's name without its namespace: files in use name four of them, or none."""
    return str(element.tag).rpartition("}")[2]
