"""What the bytes of a workbook say of it before it is parsed: its type, its size, and what must not be in it.

Runs in a confined process. Formulas and error values are told by cell: a reader would take them for empty cells,
and an empty cell can mean "no end".
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from service.errors import UploadRefused
from service.register.surveying.archives import Archive

MAX_ROWS = 20_000
MAX_COLUMNS = 60
MAX_MEMBERS = 200
MAX_UNPACKED = 50 * 1024 * 1024
TITLE_ROWS = 200
"""Room for titles, notes and totals beside the rows that count."""

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
_MACROS = "_VBA_PROJECT".encode("utf-16-le")
_BINARY_WORKBOOK = b"\x09\x08"
_ATTRIBUTE = rb"""\s%b\s*=\s*["']([^"']*)["']"""
_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])([^>]*)>")
_FORMULA = re.compile(rb"<(?:\w+:)?c(?=[\s/>])([^>]*[^/>]|)>\s*<(?:\w+:)?f[\s/>]")
_FAULT = re.compile(rb"""<(?:\w+:)?c(?=\s)([^>]*\st\s*=\s*["']e["'][^>]*)>""")
_HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row(?=\s)[^>]*\shidden\s*=\s*["'](?:1|true)["']""")
_REFERENCE = re.compile(_ATTRIBUTE % b"r")
_PLACE = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
Cell = tuple[int, int]


@dataclass
class Marks:
    """What is wrong with cells of one sheet, by (row, column) from 0, and whether it has hidden rows."""

    faults: dict[Cell, str] = field(default_factory=dict)
    has_hidden_rows: bool = False


def demand_xls(content: bytes) -> None:
    """Refuse an old binary workbook with macros.

    Raises:
        UploadRefused: `macro`.
    """
    if _MACROS in content:
        raise UploadRefused("macro")


def marks_of_xlsx(content: bytes) -> dict[str, Marks]:
    """Return the marks of each sheet by its name.

    Raises:
        UploadRefused: not_xlsx, macro, external_link, entities_forbidden, too_large_unpacked, too_many_members,
            too_many_rows, too_many_cells, or what an archive is refused for.
    """
    archive = Archive(content, members=MAX_MEMBERS, unpacked=MAX_UNPACKED)
    names = archive.names({".xml", ".rels", ".bin", ".vml", ""})
    if "[Content_Types].xml" not in names:
        raise UploadRefused("not_xlsx", "[Content_Types].xml")
    _demand_plain_parts(archive, names)
    marks = {part: _marks(archive.read(part), part) for part in names if _is_sheet(part)}
    if archive.is_over_packed:
        raise UploadRefused("too_large_unpacked")
    return {sheet: marks[part] for sheet, part in parts_of_sheets(archive, names) if part in marks}


def _is_sheet(part: str) -> bool:
    return part.startswith("xl/worksheets/") and part.endswith(".xml")


def _demand_plain_parts(archive: Archive, names: list[str]) -> None:
    for name in names:
        if "vbaproject" in name.lower() or "/macrosheets/" in name.lower():
            raise UploadRefused("macro", name[:80])
        if "/externallinks/" in name.lower():
            raise UploadRefused("external_link", name[:80])
        if name.endswith(".bin") and name.startswith("xl/worksheets/"):
            raise UploadRefused("unsupported_type", "xlsb")
    types = archive.read("[Content_Types].xml")
    if b"macroEnabled" in types:
        raise UploadRefused("macro")
    for name in names:
        if name.endswith((".xml", ".rels")):
            demand_plain_xml(archive.read(name), name)


def demand_plain_xml(content: bytes, name: str) -> None:
    """Refuse declarations of entities, and encodings in which the patterns here would see nothing.

    Raises:
        UploadRefused: not_xlsx, entities_forbidden.
    """
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\x00" in content[:200]:
        raise UploadRefused("not_xlsx", name[:80])
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise UploadRefused("entities_forbidden", name[:80])


def _marks(content: bytes, part: str) -> Marks:
    _demand_size(content, part)
    found = Marks(has_hidden_rows=_HIDDEN_ROW.search(content) is not None)
    for pattern, code in ((_FAULT, "error_value"), (_FORMULA, "formula_not_allowed")):
        for match in pattern.finditer(content):
            place = place_of(match[1])
            if place is None:
                raise UploadRefused(code, part[:80])
            found.faults[place] = code
    return found


def _demand_size(content: bytes, part: str) -> None:
    rows, columns = 0, 0
    for cells, match in enumerate(_CELL.finditer(content), start=1):
        if cells > MAX_ROWS * MAX_COLUMNS:
            raise UploadRefused("too_many_cells", part[:80])
        place = place_of(match[1])
        if place is not None:
            rows, columns = max(rows, place[0]), max(columns, place[1])
    demand_extent(rows + 1, columns + 1, part)


def demand_extent(rows: int, columns: int, place: str) -> None:
    """Refuse a sheet that reaches further than any announcement's.

    Raises:
        UploadRefused: too_many_rows, too_many_columns.
    """
    if rows > MAX_ROWS + TITLE_ROWS:
        raise UploadRefused("too_many_rows", place[:80])
    if columns > MAX_COLUMNS:
        raise UploadRefused("too_many_columns", place[:80])


def place_of(attributes: bytes) -> Cell | None:
    """Return where a cell with these attributes stands; None where they do not say it."""
    reference = _REFERENCE.search(attributes)
    match = _PLACE.fullmatch(reference[1]) if reference else None
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + letter - ord("A") + 1
    return int(match[2]) - 1, column - 1


def parts_of_sheets(archive: Archive, names: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each sheet's name with the part that holds it.

    Raises:
        UploadRefused: not_xlsx.
    """
    book, relations = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    if book not in names or relations not in names:
        raise UploadRefused("not_xlsx", book)
    try:
        targets = {
            each.get("Id"): each.get("Target", "") for each in ElementTree.fromstring(archive.read(relations))
        }
        sheets = [
            (each.get("name", ""), each.get(_RELATION))
            for each in ElementTree.fromstring(archive.read(book)).iter()
            if each.tag.endswith("}sheet")
        ]
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        raise UploadRefused("not_xlsx", book) from error
    for name, relation in sheets:
        target = targets.get(relation, "")
        yield name, target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
