"""Reading a zipped shapefile: polygons of its .shp, the system of its .prj, the text of its .dbf.

Source: ESRI Shapefile Technical Description (1998): shells run clockwise, holes anticlockwise.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

import shapefile
import shapely

from service.errors import UploadRefused
from service.register.surveying.archives import Archive
from service.register.surveying.layers import (
    MAX_FEATURES,
    Feature,
    Layer,
    Ring,
    Rings,
    demand_features,
    demand_ring,
)

_DAMAGE = (
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, OSError, TypeError, ValueError),
    *(struct.error, shapefile.ShapefileException),
)
"""How the library fails on a damaged file: in any of these ways."""

_POLYGONS = frozenset({shapefile.POLYGON, shapefile.POLYGONZ, shapefile.POLYGONM})
_ENCODINGS = {"936": "gb18030", "cp936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "65001": "utf-8"}


def read_shapefile(archive: Archive, name: str, *, needs_system: bool = True) -> Layer:
    """Return the layer of the shapefile `name` in an archive; `needs_system` says that a .prj must be there.

    Raises:
        UploadRefused: a part is missing, damaged, or holds other shapes than polygons.
    """
    parts = _parts(archive, name)
    missing = [suffix for suffix in (".shx", ".dbf") if suffix not in parts]
    missing += [".prj"] if needs_system and ".prj" not in parts else []
    if missing:
        raise UploadRefused("missing_member", ", ".join(missing))
    table = parts[".dbf"]
    encoding = _encoding(parts.get(".cpg", b""), table)
    notes = {"text_read_as_gbk"} if encoding == "gb18030" and not parts.get(".cpg") else set()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the library grumbles about is judged below
            features = _features(parts, encoding, notes)
    except _DAMAGE as error:
        raise UploadRefused("bad_shapefile", type(error).__name__) from error
    system = parts.get(".prj", b"").decode("utf-8", "replace").strip("\ufeff\x00 \r\n\t")
    return Layer(demand_features(features), system, frozenset(notes))


def _parts(archive: Archive, name: str) -> dict[str, bytes]:
    stem = PurePosixPath(name).with_suffix("").as_posix().casefold()
    wanted = archive.names({".shp", ".shx", ".dbf", ".prj", ".cpg"})
    return {
        PurePosixPath(each).suffix.lower(): archive.read(each)
        for each in wanted
        if PurePosixPath(each).with_suffix("").as_posix().casefold() == stem
    }


def _encoding(declared: bytes, table: bytes) -> str:
    """Return how the table's text is written: as its .cpg says, else UTF-8 where that fits, else GBK."""
    named = declared.decode("ascii", "ignore").strip().lower().removeprefix("ansi ")
    if named:
        return _ENCODINGS.get(named, named)
    try:
        table[32:].decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _features(parts: dict[str, bytes], encoding: str, notes: set[str]) -> list[Feature]:
    reader = shapefile.Reader(
        shp=io.BytesIO(parts[".shp"]),
        shx=io.BytesIO(parts[".shx"]),
        dbf=io.BytesIO(parts[".dbf"]),
        encoding=encoding,
        encodingErrors="replace",
    )
    if reader.shapeType not in _POLYGONS:
        raise UploadRefused("wrong_type", str(reader.shapeTypeName))
    if len(reader) > MAX_FEATURES:
        raise UploadRefused("too_many_features", str(len(reader)))
    if reader.shapeType == shapefile.POLYGONZ:
        notes.add("heights_left_out")
    return [
        _feature(found.shape, found.record.as_dict(), f"#{number}")
        for number, found in enumerate(reader.iterShapeRecords(), start=1)
    ]


def _feature(found: Any, record: dict[str, Any], place: str) -> Feature:
    if found.shapeType == shapefile.NULL or not found.points:
        raise UploadRefused("empty_geometry", place)
    ends = [*list(found.parts)[1:], len(found.points)]
    rings = [
        demand_ring(tuple((float(x), float(y)) for x, y, *_ in found.points[start:end]), place)
        for start, end in zip(found.parts, ends, strict=True)
    ]
    properties = {str(name): str(value)[:300] for name, value in record.items() if value not in (None, "")}
    return Feature(tuple(_grouped(rings, place)), properties)


def _grouped(rings: Sequence[Ring], place: str) -> list[Rings]:
    """Return the rings by polygon: each hole with the smallest shell around it."""
    shells = [ring for ring in rings if not shapely.is_ccw(shapely.linearrings(ring))]
    holes = [ring for ring in rings if shapely.is_ccw(shapely.linearrings(ring))]
    if len(rings) == 1 and holes:
        return [(holes[0],)]  # a single ring cannot be a hole, whichever way it runs
    grounds = [shapely.polygons(shell) for shell in shells]
    groups: list[list[Ring]] = [[shell] for shell in shells]
    for hole in holes:
        around = [(ground.area, number) for number, ground in enumerate(grounds) if _covers(ground, hole)]
        if not around:
            raise UploadRefused("invalid_geometry", place)
        groups[min(around)[1]].append(hole)
    return [tuple(group) for group in groups]


def _covers(ground: Any, hole: Ring) -> bool:
    """Return whether a hole lies in a shell, told by a vertex off its border where there is one."""
    if not ground.is_valid:
        return True  # refused later, with the place of the fault
    return bool(shapely.covers(ground, shapely.linearrings(hole)))
