"""The rows of a batch out of a table: CSV in the encodings spreadsheets write, or XLSX read in a confined process."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, Final

from service import confining
from service.errors import BatchRefused, WorkStopped
from service.register.batches.rows import FIELDS, MAX_LINES, MAX_ROWS, Batch, Row, demand_size, row_of

_HEADINGS: Final[Mapping[str, str]] = {
    "code": "code",
    "uscc": "code",
    "代码": "code",
    "统一社会信用代码": "code",
    "社会信用代码": "code",
    "信用代码": "code",
    "target": "target",
    "product": "target",
    "产品": "target",
    "产品名称": "target",
    "地理标志": "target",
    "on": "on",
    "date": "on",
    "日期": "on",
    "所查日期": "on",
    "购买日期": "on",
    "购买日": "on",
    "出厂日期": "on",
    "生产日期": "on",
    "购买或出厂日期": "on",
    "purchase date": "on",
}
_SEPARATORS: Final = ("\t", ",", ";", "，")
_ENCODINGS: Final = ("utf-8-sig", "gb18030")
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")
_BEGINS_AS_ZIP: Final = b"PK\x03\x04"
_MAX_COLUMNS: Final = 60
_LONGEST_HEADING: Final = 40
_READER: Final = "service.register.sent_tables.cells:read"
_LIMITS: Final = confining.Limits(seconds=15, memory_mib=200, result_bytes=16 * 1024 * 1024)


def rows_of_table(content: bytes) -> Batch:
    """Return the rows of a CSV or XLSX file, which is told by its first bytes, not by its name.

    CSV may be UTF-8, GBK or UTF-16, separated by commas, semicolons or tabs. Without a known heading in the first
    line the columns are code, product, day, and the first line is a row.

    Raises:
        BatchRefused: `empty_file`, `batch_encoding`, `bad_table`, `not_xlsx`, `batch_columns`, `batch_size`,
            `formula_or_error`.
    """
    if not content.strip():
        raise BatchRefused("empty_file")
    return _batch(_workbook_lines(content) if content.startswith(_BEGINS_AS_ZIP) else _csv_lines(content))


def _workbook_lines(content: bytes) -> Iterator[Sequence[Any]]:
    try:
        lines: list[list[Any]] = confining.confined(_READER, {"rows": MAX_ROWS + 1}, content, _LIMITS)
    except WorkStopped as error:
        raise BatchRefused("not_xlsx") from error
    return iter(lines)


def _csv_lines(content: bytes) -> Iterator[Sequence[str]]:
    text = _text(content)
    if "\x00" in text:
        raise BatchRefused("batch_encoding")
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = next((each for each in _SEPARATORS if each in first), ",")
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    except csv.Error as error:
        raise BatchRefused("bad_table") from error


def _text(content: bytes) -> str:
    # GBK has no mark of its own, so it is what is no UTF-8; a file that says what it is must be that.
    encodings = ("utf-16",) if content.startswith(_WIDE) else _ENCODINGS
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            if content.startswith(b"\xef\xbb\xbf"):
                break
    raise BatchRefused("batch_encoding")


def _batch(lines: Iterable[Sequence[Any]]) -> Batch:
    """Return the batch; lines without anything in them are no rows, and reading stops where it is too long.

    They are counted all the same: who joins the answers to what was sent does it by the number of the line.
    """
    filled = (
        (number, line)
        for number, line in enumerate(lines, start=1)
        if any(cell not in (None, "") for cell in line)
    )
    begin, first = next(filled, (0, ()))
    if not first:
        raise BatchRefused("empty_file")
    names = [_HEADINGS.get(str(cell).strip().lower().replace("_", " ")) for cell in first]
    has_header = any(names)
    if not has_header:
        names = list(FIELDS)
    known = [name for name in names if name is not None]
    if (
        "code" not in known
        or len(known) != len(set(known))
        or len(first) > len(names)
        or len(first) > _MAX_COLUMNS
    ):
        raise BatchRefused("batch_columns")
    rows = _rows(names, filled, begin) if has_header else _rows(names, chain([(begin, first)], filled))
    headings = [str(cell).strip() for cell, name in zip(first, names, strict=False) if name is None]
    return Batch(rows, tuple(heading[:_LONGEST_HEADING] for heading in headings if heading))


def _rows(
    names: Sequence[str | None], lines: Iterable[tuple[int, Sequence[Any]]], header: int = 0
) -> tuple[Row, ...]:
    """Return the rows of numbered lines; `header`: the number of the line with the headings."""
    rows: list[Row] = []
    for number, line in islice(lines, MAX_ROWS + 1):
        values = {name: cell for name, cell in zip(names, line, strict=False) if name is not None}
        rows.append(row_of(number - header, values))
        if number - header > MAX_LINES:
            raise BatchRefused("batch_size")
    demand_size(len(rows))
    return tuple(rows)
