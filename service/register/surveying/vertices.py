"""Reading a table of boundary points: one row a vertex, in the order of the boundary.

Columns are told by their heading: longitude and latitude (or east and north), and, where an area has several
parts or holes, part, ring and order. Without headings: longitude, latitude; or order, longitude, latitude.
A boundary of points is a ring by what it is, so a last point unlike the first is joined to it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from service.errors import UploadRefused
from service.register.surveying.layers import (
    Feature,
    Layer,
    Position,
    Ring,
    Rings,
    demand_features,
    demand_ring,
)

_MAX_ROWS = 200_000
_HEADINGS = {
    "east": ("lon", "lng", "long", "longitude", "经度", "东经", "east", "easting", "东坐标", "e", "x"),
    "north": ("lat", "latitude", "纬度", "北纬", "north", "northing", "北坐标", "n", "y"),
    "feature": ("name", "名称", "产品", "产品名称"),
    "part": ("part", "polygon", "parcel", "块", "图斑", "图斑号", "地块", "部分"),
    "ring": ("ring", "环", "环号", "圈"),
    "order": ("order", "no", "seq", "序号", "点号", "界址点号", "编号"),
}


def read_vertices(content: bytes) -> Layer:
    """Return the layer in a table of vertices (UTF-8 or GBK; comma, semicolon or tab).

    Raises:
        UploadRefused: no such columns, or a cell that is no decimal number.
    """
    rows = _rows(content)
    columns, body, first_line = _columns(rows)
    rings: dict[tuple[str, str, str], list[tuple[float, Position]]] = {}
    for number, row in enumerate(body):
        line = str(first_line + number)
        name, part, ring = (_cell(row, columns.get(meaning)) for meaning in ("feature", "part", "ring"))
        order = _number(row, columns["order"], line) if "order" in columns else float(number)
        position = _number(row, columns["east"], line), _number(row, columns["north"], line)
        rings.setdefault((name, part, ring), []).append((order, position))
    features: dict[str, dict[str, list[Ring]]] = {}
    for (name, part, ring), found in rings.items():
        closed = _closed(found, f"{part}/{ring}".strip("/"))
        features.setdefault(name, {}).setdefault(part, []).append(closed)
    return Layer(demand_features([_feature(name, parts) for name, parts in features.items()]))


def _feature(name: str, parts: dict[str, list[Ring]]) -> Feature:
    polygons: tuple[Rings, ...] = tuple(tuple(rings) for rings in parts.values())
    return Feature(polygons, {"name": name} if name else {})


def _rows(content: bytes) -> list[list[str]]:
    if b"\x00" in content:
        raise UploadRefused("bad_encoding")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError as error:
            raise UploadRefused("bad_encoding") from error
    first = text.lstrip().partition("\n")[0]
    mark = max("\t;,", key=first.count) if any(sign in first for sign in "\t;,") else " "
    try:
        rows = [
            row
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)
            if any(map(str.strip, row))
        ]
    except csv.Error as error:
        raise UploadRefused("bad_table") from error
    if not rows:
        raise UploadRefused("empty_file")
    if len(rows) > _MAX_ROWS:
        raise UploadRefused("too_many_vertices", str(len(rows)))
    return rows


def _columns(rows: Sequence[Sequence[str]]) -> tuple[dict[str, int], Sequence[Sequence[str]], int]:
    header = [cell.strip().lower() for cell in rows[0]]
    found = {
        meaning: position
        for meaning, names in _HEADINGS.items()
        for position, heading in enumerate(header)
        if heading in names
    }
    if {"east", "north"} <= found.keys():
        return found, rows[1:], 2
    if found or not all(_is_number(cell) for cell in header):
        raise UploadRefused("unknown_columns", "、".join(rows[0])[:80])
    plain = {2: {"east": 0, "north": 1}, 3: {"order": 0, "east": 1, "north": 2}}
    if len(header) not in plain:
        raise UploadRefused("unknown_columns", str(len(header)))
    return plain[len(header)], rows, 1


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _cell(row: Sequence[str], column: int | None) -> str:
    return row[column].strip() if column is not None and column < len(row) else ""


def _number(row: Sequence[str], column: int, line: str) -> float:
    try:
        return float(_cell(row, column))
    except ValueError as error:
        raise UploadRefused("bad_coordinate", line) from error


def _closed(found: list[tuple[float, Position]], place: str) -> Ring:
    found.sort(key=lambda each: each[0])
    ring = tuple(position for _, position in found)
    return demand_ring(ring if ring[0] == ring[-1] else (*ring, ring[0]), place)
