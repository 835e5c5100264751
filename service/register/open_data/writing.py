"""Tables as files: CSV, XLSX with text as text, JSON Lines, GeoJSON. No cell can be taken for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO, Final

import orjson

from service.register.open_data.columns import Form, Heading, Value

_BOM: Final = "\ufeff"
# Spreadsheets compute what begins so, some also when it is written in full width or after blanks.
_FORMULA: Final = re.compile(r"\s*[=+\-@|%＝＋－＠\t\r\n]")
_NOT_IN_XML: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST_CELL: Final = 32_767


@dataclass(frozen=True, slots=True)
class Note:
    """What a file says of itself."""

    title: str
    data_version: int
    as_of: date
    lines: tuple[str, ...] = ()


def write(
    form: Form,
    columns: Sequence[Heading],
    rows: Iterable[tuple[Sequence[Value], Any]],
    note: Note,
    out: BinaryIO,
) -> int:
    """Write the rows, each with its geometry or None, row by row; return how many there were."""
    match form:
        case Form.CSV | Form.EXCEL_CSV:
            return _csv(columns, rows, out, bom=form is Form.EXCEL_CSV)
        case Form.XLSX:
            return _xlsx(columns, rows, note, out)
        case Form.JSON_LINES:
            return _json_lines(columns, rows, out)
        case Form.GEOJSON:
            return _geojson(columns, rows, note, out)
        case Form.GEOJSON_SEQ:
            return _geojson_seq(columns, rows, out)


def inert(text: str) -> str:
    """Return the text so that no spreadsheet computes it: an apostrophe before what looks like a formula."""
    # Nothing that begins with a letter or a digit is one, and nearly all texts do.
    return f"'{text}" if not text[:1].isalnum() and _FORMULA.match(text) else text


def _csv(
    columns: Sequence[Heading], rows: Iterable[tuple[Sequence[Value], Any]], out: BinaryIO, *, bom: bool
) -> int:
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    if bom:
        text.write(_BOM)  # or Excel takes the file for the system's own encoding
    writer = csv.writer(text)
    writer.writerow([column.name for column in columns])
    count = 0
    for values, _ in rows:
        writer.writerow([_text(value) for value in values])
        count += 1
    text.flush()
    text.detach()
    return count


def _text(value: Value) -> str:
    if isinstance(value, str):
        return inert(value)
    return str(_simple(value) if value is not None else "")


def _simple(value: Value) -> str | int | float | bool | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else value


def _xlsx(
    columns: Sequence[Heading], rows: Iterable[tuple[Sequence[Value], Any]], note: Note, out: BinaryIO
) -> int:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("data")
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, f"{column.zh} {column.en}".strip()) for column in columns])
    count = 0
    for values, _ in rows:
        sheet.append([_cell(sheet, _simple(value)) for value in values])
        count += 1
    about = book.create_sheet("about")
    for line in (
        note.title,
        f"data_version {note.data_version}",
        f"as_of {note.as_of.isoformat()}",
        *note.lines,
    ):
        about.append([_cell(about, line)])
    for column in columns:
        about.append([_cell(about, each) for each in (column.name, column.zh, column.en)])
    book.save(out)
    return count


def _cell(sheet: Any, value: str | float | None) -> Any:
    """Return a cell that stays what it is: text is never a number, a date or a formula."""
    from openpyxl.cell import WriteOnlyCell

    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet)
    cell.value = _NOT_IN_XML.sub("", value)[:_LONGEST_CELL]
    cell.data_type = "s"
    cell.number_format = "@"
    if _FORMULA.match(value):
        cell.quotePrefix = True  # the apostrophe that people would type, kept when it is saved again
    return cell


def _json_lines(
    columns: Sequence[Heading], rows: Iterable[tuple[Sequence[Value], Any]], out: BinaryIO
) -> int:
    names = [column.name for column in columns]
    count = 0
    for values, _ in rows:
        out.write(orjson.dumps(dict(zip(names, values, strict=True))) + b"\n")
        count += 1
    return count


def _geojson(
    columns: Sequence[Heading], rows: Iterable[tuple[Sequence[Value], Any]], note: Note, out: BinaryIO
) -> int:
    head = orjson.dumps({"data_version": note.data_version, "as_of": note.as_of, "title": note.title})
    out.write(b'{"type":"FeatureCollection",' + head[1:-1] + b',"features":[')
    count = 0
    for feature in _features(columns, rows):
        out.write((b",\n" if count else b"\n") + feature)
        count += 1
    out.write(b"\n]}\n")
    return count


def _geojson_seq(
    columns: Sequence[Heading], rows: Iterable[tuple[Sequence[Value], Any]], out: BinaryIO
) -> int:
    count = 0
    for feature in _features(columns, rows):
        out.write(b"\x1e" + feature + b"\n")
        count += 1
    return count


def _features(columns: Sequence[Heading], rows: Iterable[tuple[Sequence[Value], Any]]) -> Iterator[bytes]:
    names = [column.name for column in columns]
    for values, geometry in rows:
        properties = dict(zip(names, values, strict=True))
        yield orjson.dumps(
            {"type": "Feature", "id": properties["id"], "geometry": geometry, "properties": properties}
        )
