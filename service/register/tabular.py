"""Reading tables from csv and xlsx files, within limits, and knowing what their columns mean."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.errors import ImportRefused, RowProblem
from service.register.payloads import PAYLOADS, Payload
from service.vocabulary import RecordKind

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 60
MAX_UNPACKED = 50 * 1024 * 1024
_NOT_PLAIN = re.compile(rb'<f[ >/]|<c[^>]*\bt="e"')


@dataclass(frozen=True, slots=True)
class Table:
    """A header and rows; each row with the line it stands on, counted as people count."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Any, ...]], ...]


def read(path: Path) -> Table:
    """Return the table in a csv (UTF-8, with or without BOM) or xlsx file.

    Raises:
        ImportRefused: missing, too large, of another type, not UTF-8, or without a header.
    """
    if not path.is_file():
        raise refused(path.name, "missing_file", path.name, "找不到文件", "no such file")
    if path.stat().st_size > MAX_BYTES:
        raise refused(
            path.name, "too_large", str(path.stat().st_size), "文件超过 5 MiB", "the file exceeds 5 MiB"
        )
    match path.suffix.lower():
        case ".csv":
            lines = _csv_lines(path)
        case ".xlsx":
            lines = _xlsx_lines(path)
        case other:
            raise refused(
                path.name, "unsupported_type", other, "只接受 csv 或 xlsx", "only csv and xlsx are accepted"
            )
    return _table(path.name, lines)


def _csv_lines(path: Path) -> list[tuple[Any, ...]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused(
            path.name, "bad_encoding", "", "文件不是 UTF-8 编码", "the file is not UTF-8"
        ) from error
    if "\x00" in text:
        raise refused(path.name, "bad_characters", "", "文件含有空字符", "the file holds NUL characters")
    try:
        return [tuple(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True)]
    except csv.Error as error:
        raise refused(
            path.name, "bad_csv", "", f"表格格式有误：{error}", f"malformed table: {error}"
        ) from error


def _xlsx_lines(path: Path) -> list[tuple[Any, ...]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    except (CalamineError, IndexError, OSError) as error:
        raise refused(
            path.name, "not_xlsx", "", "不是可读的 xlsx 文件", "not a readable xlsx file"
        ) from error
    if sheet.total_height > MAX_ROWS + 1 or sheet.total_width > MAX_COLUMNS:
        raise _too_many(path.name, sheet.total_height)
    if sheet.merged_cell_ranges:
        raise refused(
            path.name, "merged_cells", "", "有合并单元格，请先拆开", "merged cells: split them first"
        )
    _demand_plain_cells(path)
    return [tuple(row) for row in sheet.iter_rows()]


def _demand_plain_cells(path: Path) -> None:
    """Refuse formulas and error cells: they would be read as empty, and an empty cell can mean "no end"."""
    with zipfile.ZipFile(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > MAX_UNPACKED:
            raise refused(path.name, "too_large", "", "解压后超过 50 MiB", "more than 50 MiB when unpacked")
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet") and _NOT_PLAIN.search(archive.read(name)):
                raise refused(
                    path.name,
                    "formula_not_allowed",
                    "",
                    "表中有公式或错误值，请改为数值",
                    "formulas or error values: paste them as plain values",
                )


def _table(name: str, lines: Sequence[tuple[Any, ...]]) -> Table:
    if len(lines) > MAX_ROWS + 1 or any(len(line) > MAX_COLUMNS for line in lines[:1]):
        raise _too_many(name, len(lines))
    if not lines or not any(str(cell).strip() for cell in lines[0]):
        raise refused(name, "empty_file", "", "文件没有表头", "the file has no header")
    header = tuple(str(cell).strip() for cell in lines[0])
    rows = tuple(
        (number, cells)
        for number, cells in enumerate(lines[1:], start=2)
        if any(cell not in (None, "") for cell in cells)
    )
    return Table(header, rows)


def kind_of(table: Table, name: str) -> RecordKind:
    """Return the one kind of record whose columns these are.

    Raises:
        ImportRefused: no kind has all of these columns, or several have.
    """
    fitting = [
        kind
        for kind, model in PAYLOADS.items()
        if _columns(model).keys() >= set(table.header) >= _required(model)
    ]
    if len(fitting) != 1:
        columns = "、".join(table.header)[:200]
        raise refused(
            name,
            "unknown_columns",
            columns,
            "无法判断表格类别，请核对列名或指明类别",
            "the columns fit no kind of record; check them or name the kind",
        )
    return fitting[0]


def field_names(table: Table, model: type[Payload]) -> list[str]:
    """Return the payload field of each column, by Chinese heading or English name.

    Raises:
        ImportRefused: an unknown or doubled column.
    """
    columns = _columns(model)
    unknown = [heading for heading in table.header if heading not in columns]
    if unknown:
        raise refused("", "unknown_column", "、".join(unknown)[:200], "有不认识的列", "unknown columns")
    names = [columns[heading] for heading in table.header]
    doubled = {name for name in names if names.count(name) > 1}
    if doubled:
        raise refused("", "duplicate_column", "、".join(sorted(doubled)), "有重复的列", "doubled columns")
    return names


def _columns(model: type[Payload]) -> dict[str, str]:
    named = {field.title: name for name, field in model.model_fields.items() if field.title}
    return {**named, **{name: name for name in model.model_fields}}


def _required(model: type[Payload]) -> set[str]:
    """Return nothing when headings are Chinese and English mixed: required fields are checked row by row."""
    del model
    return set()


def beside(path: Path, name: str) -> Path:
    """Return a file named in a cell: it must lie in the table's own folder or below."""
    folder = path.parent.resolve()
    target = (folder / name).resolve()
    if not target.is_relative_to(folder):
        raise FileNotFoundError(name)
    return target


def geojson_cell(path: Path, cell: str) -> Any:
    """Return the geometry in a cell: GeoJSON itself, or the name of a file beside the table."""
    text = cell if cell.lstrip().startswith("{") else beside(path, cell).read_text(encoding="utf-8")
    return json.loads(text)


def refused(file: str, code: str, value: str, zh: str, en: str) -> ImportRefused:
    """Return the refusal of a whole file."""
    return ImportRefused(file, [RowProblem(0, "", code, value, zh, en)])


def _too_many(name: str, found: int) -> ImportRefused:
    return refused(
        name,
        "too_many_rows",
        str(found),
        f"超过 {MAX_ROWS} 行或 {MAX_COLUMNS} 列",
        f"more than {MAX_ROWS} rows or {MAX_COLUMNS} columns",
    )
