"""From the bytes of a file to areas in CRS84; runs in a confined process and knows no database.

The answer is plain JSON: areas (GeoJSON coordinates of each feature with its properties), the system they were
in, and notes.
"""

from __future__ import annotations

import warnings
from pathlib import PurePosixPath
from typing import Any, Literal

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry import MultiPolygon

from service.errors import UploadRefused
from service.register.surveying import soundness, systems
from service.register.surveying.archives import Archive
from service.register.surveying.geojson import read_geojson
from service.register.surveying.kml import read_kml
from service.register.surveying.layers import Feature, Layer, Rings
from service.register.surveying.shapefiles import read_shapefile
from service.register.surveying.vertices import read_vertices

Format = Literal["geojson", "kml", "shapefile", "vertices"]
_TABLES = frozenset({".csv", ".txt", ".tsv"})
_PACKED = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def read(content: bytes, options: dict[str, Any]) -> dict[str, Any]:
    """Return the areas in a file; options are `name`, `crs`, `swap_axes`, `anywhere`, `max_vertices`.

    Raises:
        UploadRefused: with the place of the fault.
    """
    declared = str(options.get("crs") or "")
    found_format, layer = _layer(content, str(options.get("name", "")), declared)
    system = _system(layer, declared, found_format)
    vertices = sum(len(ring) for feature in layer.features for rings in feature.polygons for ring in rings)
    if vertices > int(options.get("max_vertices") or soundness.MAX_VERTICES):
        raise UploadRefused("too_many_vertices", str(vertices))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # what is not finite is told by name
        areas = [
            _area(feature, system, options, f"#{number}")
            for number, feature in enumerate(layer.features, start=1)
        ]
    return {
        "areas": [
            {"coordinates": shapely.geometry.mapping(area)["coordinates"], "properties": feature.properties}
            for feature, area in zip(layer.features, areas, strict=True)
        ],
        "format": found_format,
        "crs": systems.code_of(system),
        "is_cgcs2000": systems.is_cgcs2000(system),
        "notes": sorted(layer.notes),
    }


def _layer(content: bytes, name: str, declared: str) -> tuple[Format, Layer]:
    head = content[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not content.strip():
        raise UploadRefused("empty_file")
    if head.startswith(_WIDE):
        raise UploadRefused("bad_encoding")
    if head.startswith(b"PK"):
        return _packed(content, declared)
    if head.startswith(_PACKED):
        raise UploadRefused("unsupported_type", PurePosixPath(name).suffix[:10])
    if head.startswith(b"<"):
        return "kml", read_kml(content)
    if PurePosixPath(name).suffix.lower() in _TABLES and not head.startswith((b"{", b"\x1e")):
        return "vertices", read_vertices(content)
    return "geojson", read_geojson(content)


def _packed(content: bytes, declared: str) -> tuple[Format, Layer]:
    archive = Archive(content)
    shapes, documents = archive.names({".shp"}), archive.names({".kml"})
    if len(shapes) + len(documents) > 1:
        raise UploadRefused("several_layers", ", ".join([*shapes, *documents])[:120])
    if shapes:
        return "shapefile", read_shapefile(archive, shapes[0], needs_system=not declared)
    if documents:
        return "kml", read_kml(archive.read(documents[0]))
    raise UploadRefused("missing_member", ".shp / .kml")


def _system(layer: Layer, declared: str, found_format: Format) -> CRS:
    """Return the system of a layer: what the file declares, what the caller declares, else longitude and latitude."""
    own = systems.system_of(layer.declared) if layer.declared else None
    said = systems.system_of(declared) if declared else None
    if own is None or said is None:
        return own or said or systems.system_of(systems.CRS84)
    # Degrees on either datum are the same numbers; anything else must be the same system.
    if own != said and not (own.is_geographic and said.is_geographic):
        raise UploadRefused("crs_conflict", found_format, systems.code_of(own))
    return own


def _area(feature: Feature, system: CRS, options: dict[str, Any], place: str) -> MultiPolygon:
    polygons = [
        soundness.polygon_of(_degrees(rings, system, options), f"{place}.{number}")
        for number, rings in enumerate(feature.polygons, start=1)
    ]
    return soundness.multipolygon_of(polygons, place)


def _degrees(rings: Rings, system: CRS, options: dict[str, Any]) -> list[np.ndarray]:
    found = []
    for ring in rings:
        raw = np.array(ring, dtype=np.float64)
        raw = raw[:, ::-1] if options.get("swap_axes") else raw
        degrees = systems.to_degrees(raw, system)
        systems.demand_region(degrees, raw, system, anywhere=bool(options.get("anywhere")))
        found.append(degrees)
    return found
