"""From the bytes of a file to the tables in it; runs in a confined process and knows no database.

The answer is plain JSON: tables (title, headings, rows of text with their lines), cells that cannot be trusted,
and warnings. Lines and columns are counted as people count, from 1.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from pathlib import PurePosixPath
from typing import Any

from service.errors import UploadRefused
from service.register.sent_tables import containers, plain_tables
from service.register.sent_tables.containers import Marks, demand_extent
from service.register.sent_tables.detecting import FoundTable, Row, tables_of

MAX_SHEETS = 50
MAX_TEXT = 20_000
_LOST = 1e15
"""From here on a number holds fewer digits than a code has: the spreadsheet rounded it."""

_FIRST_DAY = date(1950, 1, 1)
_MOST_FILLED = 1_000_000


def read(content: bytes, options: dict[str, Any]) -> dict[str, Any]:
    """Return the tables in a file; options are `name` and, for csv, `encoding`.

    Raises:
        UploadRefused: with the place of the fault.
    """
    sheets = _sheets(content, str(options.get("name", "")), str(options.get("encoding") or "utf-8"))
    tables: list[dict[str, Any]] = []
    warnings: list[tuple[str, str]] = []
    for name, grid, marks, notes in sheets:
        warnings += [(note, name) for note in notes]
        tables += [{**asdict(table), "faults": _faults_of(table, marks)} for table in tables_of(name, grid)]
    if not tables:
        raise UploadRefused("no_header")
    if sum(len(table["rows"]) for table in tables) > containers.MAX_ROWS:
        raise UploadRefused("too_many_rows", str(containers.MAX_ROWS))
    return {"tables": tables, "warnings": warnings}


_Sheet = tuple[str, list[Row], Marks, list[str]]


def _sheets(content: bytes, name: str, encoding: str) -> Iterator[_Sheet]:
    match PurePosixPath(name).suffix.lower():
        case ".csv":
            _demand_text(content)
            yield "", plain_tables.rows_of_csv(content, encoding), Marks(), []
        case ".txt":
            _demand_text(content)
            yield "", plain_tables.rows_of_text(content), Marks(), []
        case ".xlsx":
            _demand_start(content, containers.ZIP)
            yield from _workbook(content, containers.marks_of_xlsx(content))
        case ".xls":
            _demand_start(content, containers.OLE)
            containers.demand_xls(content)
            yield from _workbook(content, {})
        case other:
            raise UploadRefused("unsupported_type", other[:20])


def _demand_start(content: bytes, wanted: bytes) -> None:
    """Refuse a file that is not what its name says."""
    if not content.startswith(wanted):
        raise UploadRefused("unsupported_type")


def _demand_text(content: bytes) -> None:
    if content.startswith((containers.ZIP, containers.OLE, b"\x89PNG", b"%PDF")):
        raise UploadRefused("unsupported_type")


def _workbook(content: bytes, marks: dict[str, Marks]) -> Iterator[_Sheet]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            shown = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
            for about in shown[:MAX_SHEETS]:
                if about.visible != SheetVisibleEnum.Visible:
                    yield about.name, [], Marks(), ["hidden_sheet"]
                    continue
                yield _sheet(book.get_sheet_by_name(about.name), marks.get(about.name, Marks()))
    except (CalamineError, OSError, ValueError) as error:
        raise UploadRefused("not_xlsx", type(error).__name__) from error


def _sheet(sheet: Any, marks: Marks) -> _Sheet:
    demand_extent(sheet.total_height, sheet.total_width, sheet.name)
    grid = [
        (line, [_text(value, (line - 1, column), marks) for column, value in enumerate(row)])
        for line, row in enumerate(sheet.iter_rows(), start=1)
    ]
    merged = sheet.merged_cell_ranges or []
    _fill_merged(grid, merged)
    notes = ["hidden_rows"] * marks.has_hidden_rows + ["merged_cells"] * bool(merged)
    return sheet.name, grid, marks, notes


def _fill_merged(grid: list[Row], merged: Sequence[Any]) -> None:
    """Write a merged cell's text into all that it covers: one product name stands for many rows."""
    filled = 0
    for (top, left), (bottom, right) in merged:
        if top >= len(grid) or left >= len(grid[top][1]):
            continue
        text = grid[top][1][left]
        for _, cells in grid[top : bottom + 1]:
            last = min(right + 1, len(cells))
            filled += last - left
            if filled > _MOST_FILLED:
                raise UploadRefused("too_many_cells", "merged")
            cells[left:last] = [text] * (last - left)


def _text(value: Any, place: tuple[int, int], marks: Marks) -> str:
    if isinstance(value, str):
        return value if len(value) <= MAX_TEXT else _marked(value[:80], "too_long", place, marks)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return _number(value, place, marks)
    if isinstance(value, datetime | date):
        return _day(value.date() if isinstance(value, datetime) else value, place, marks)
    if isinstance(value, time):
        return value.isoformat()
    return _marked(str(value)[:80], "bad_date", place, marks)


def _number(value: float, place: tuple[int, int], marks: Marks) -> str:
    if abs(value) >= _LOST:
        return _marked(f"{value:.3E}", "number_lost_digits", place, marks)
    return str(int(value)) if float(value).is_integer() else repr(value)


def _day(day: date, place: tuple[int, int], marks: Marks) -> str:
    # Excel counts a 29 February 1900 that never was; no announcement is of those years.
    return day.isoformat() if day >= _FIRST_DAY else _marked(day.isoformat(), "bad_date", place, marks)


def _marked(text: str, code: str, place: tuple[int, int], marks: Marks) -> str:
    marks.faults.setdefault(place, code)
    return text


def _faults_of(table: FoundTable, marks: Marks) -> list[tuple[int, int, str]]:
    """Return the faults in the table's rows: line, column from 0, code."""
    lines = {line for line, _ in table.rows}
    return [
        (row + 1, column, code) for (row, column), code in sorted(marks.faults.items()) if row + 1 in lines
    ]
