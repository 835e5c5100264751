"""Area versions as files: GeoJSON, KML and tables of vertices, which the import reads back to the same geometry."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal
from xml.sax.saxutils import escape

import orjson

ExportFormat = Literal["geojson", "kml", "csv"]


@dataclass(frozen=True, slots=True)
class Exported:
    """One area version to write: its name, its GeoJSON MultiPolygon (None: text only), and its facts."""

    name: str
    geometry: dict[str, Any] | None
    properties: dict[str, str | int | float | None]


def write(areas: Iterable[Exported], wanted: ExportFormat) -> bytes:
    """Return the areas as a file; those without geometry stand in GeoJSON with a null one, elsewhere by name only.

    Coordinates: CRS84 (WGS 84, longitude first), six decimals.
    """
    match wanted:
        case "geojson":
            return _geojson(areas)
        case "kml":
            return _kml(areas)
        case "csv":
            return _csv(areas)


def _geojson(areas: Iterable[Exported]) -> bytes:
    features = [
        {"type": "Feature", "properties": {"name": area.name, **area.properties}, "geometry": area.geometry}
        for area in areas
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features}, option=orjson.OPT_APPEND_NEWLINE)


def _kml(areas: Iterable[Exported]) -> bytes:
    marks = "".join(
        f"<Placemark><name>{_text(area.name)}</name>{_shape(area)}</Placemark>\n" for area in areas
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>\n{marks}</Document></kml>\n'
    ).encode()


def _shape(area: Exported) -> str:
    if area.geometry is None:
        return ""
    polygons = "".join(
        "<Polygon>" + "".join(_border(number, ring) for number, ring in enumerate(rings)) + "</Polygon>"
        for rings in area.geometry["coordinates"]
    )
    return f"<MultiGeometry>{polygons}</MultiGeometry>"


def _border(number: int, ring: Iterable[Iterable[float]]) -> str:
    tag = "innerBoundaryIs" if number else "outerBoundaryIs"
    text = " ".join(f"{longitude!r},{latitude!r}" for longitude, latitude in ring)
    return f"<{tag}><LinearRing><coordinates>{text}</coordinates></LinearRing></{tag}>"


def _text(words: str) -> str:
    return escape("".join(letter for letter in words if letter.isprintable()))


def _csv(areas: Iterable[Exported]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("name", "part", "ring", "order", "longitude", "latitude"))
    for area in areas:
        writer.writerows(_rows(area))
    return (
        b"\xef\xbb\xbf" + out.getvalue().encode()
    )  # with a byte order mark: spreadsheets read it as UTF-8 then


def _rows(area: Exported) -> Iterator[tuple[str | int | float, ...]]:
    polygons = area.geometry["coordinates"] if area.geometry else []
    for part, rings in enumerate(polygons, start=1):
        for number, ring in enumerate(rings):
            for order, (longitude, latitude) in enumerate(ring, start=1):
                yield _inert(area.name), part, number, order, longitude, latitude


def _inert(words: str) -> str:
    """Return words that no spreadsheet takes for a formula."""
    return f"'{words}" if words.startswith(("=", "+", "-", "@", "\t", "\r")) else words
