"""Rows of text: csv files in a declared encoding, and tables pasted from a web page or a document."""

from __future__ import annotations

import csv
import io
import re

from service.errors import UploadRefused
from service.register.sent_tables.containers import MAX_COLUMNS, MAX_ROWS, TITLE_ROWS

ENCODINGS = ("utf-8", "gb18030", "utf-16")
"""What a csv file may be declared as; gb18030 reads GBK and GB 2312 too."""

MAX_CELL = 100_000
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_GAPS = re.compile(r"\t|[ \u3000]{2,}|\s*[|｜]\s*")
Grid = list[tuple[int, list[str]]]


def rows_of_csv(content: bytes, encoding: str) -> Grid:
    """Return the rows of a csv file with the line each begins on.

    Raises:
        UploadRefused: bad_encoding (with what it may be), bad_characters, delimiter, bad_csv with its line.
    """
    text = _decoded(content, encoding)
    _demand_commas(text)
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    grid: Grid = []
    begins = 1
    try:
        for row in reader:
            grid.append((begins, row))
            begins = reader.line_num + 1
            _demand_extent(len(grid), len(row), begins)
    except csv.Error as error:
        raise UploadRefused("bad_csv", f"line {begins}", str(error)[:80]) from error
    return grid


def rows_of_text(content: bytes) -> Grid:
    """Return the rows of a pasted table: cells parted by tabs, else by wide gaps or bars.

    Raises:
        UploadRefused: bad_encoding, bad_characters, too_many_rows.
    """
    text = _decoded(content, "utf-8")
    grid: Grid = []
    for line, row in enumerate(text.splitlines(), start=1):
        parts = row.split("\t") if "\t" in row else _GAPS.split(row.strip().strip("|｜").strip())
        grid.append((line, parts))
        _demand_extent(len(grid), len(parts), line)
    return grid


def _decoded(content: bytes, encoding: str) -> str:
    if encoding not in ENCODINGS:
        raise UploadRefused("bad_encoding", encoding[:20])
    try:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeError as error:
        raise UploadRefused("bad_encoding", "", _guess(content)) from error
    if "\x00" in text:
        raise UploadRefused("bad_characters", "NUL")
    return text


def _guess(content: bytes) -> str:
    """Return what the file may be, for the person to declare; it is never assumed."""
    if content.startswith(_MARKS):
        return "utf-16"
    try:
        content.decode("gb18030")
    except UnicodeError:
        return ""
    return "gb18030"


def _demand_commas(text: str) -> None:
    for line in text.splitlines()[:TITLE_ROWS]:
        if "," in line:
            return
    head = text[:20_000]
    for sign, name in (("\t", "tab"), (";", ";"), ("；", "；"), ("|", "|")):
        if head.count(sign) > 1:
            raise UploadRefused("delimiter", name, ",")


def _demand_extent(rows: int, columns: int, line: int) -> None:
    if rows > MAX_ROWS + TITLE_ROWS:
        raise UploadRefused("too_many_rows", f"line {line}")
    if columns > MAX_COLUMNS:
        raise UploadRefused("too_many_columns", f"line {line}")
