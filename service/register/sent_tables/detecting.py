"""Finding the tables in the rows of a sheet: titles above, one or two rows of header, totals and notes between."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from service.identifiers.folding import half_width
from service.register.sent_tables.headings import EXACT, is_header, recognise

_TOTAL = re.compile("合计|总计|共计|小计|共[0-9零〇一二三四五六七八九十百]+[家户个]")
_FEW = 3
_NOTE = re.compile(
    "注[:：]|备注[:：]|说明[:：]|填表|制表|审核人|联系人|联系电话|[0-9]{4}年.{1,6}月.{0,4}日?$"
)

Row = tuple[int, list[str]]


@dataclass
class FoundTable:
    """A table: what stands above it, its headings, its rows by line, and the lines that are none of its rows."""

    sheet: str
    title: str
    header_line: int
    header: list[str]
    rows: list[Row] = field(default_factory=list)
    left_out: list[tuple[int, str, str]] = field(default_factory=list)
    """Line, why (total, note, title, repeated_header), and the text."""


def tables_of(sheet: str, grid: Sequence[Row]) -> Iterator[FoundTable]:
    """Yield the tables in the rows of a sheet, in order; rows are lists of text, each with its line."""
    titles: list[tuple[int, str]] = []
    table: FoundTable | None = None
    place = 0
    while place < len(grid):
        line, cells = grid[place]
        place += 1
        if not any(cell.strip() for cell in cells):
            continue
        if is_header(cells):
            header, place = _whole_header(grid, place)
            if table is not None and header == table.header:
                table.left_out.append((line, "repeated_header", _text(cells)))
                continue
            if table is not None:
                yield table  # the lines below it are the title of this next one
            table = FoundTable(sheet, " ".join(text for _, text in titles), line, header)
            titles = []
        elif table is None or _is_title(cells):
            titles.append((line, _text(cells)))
        else:
            _keep_titles(table, titles)
            titles = []
            _take(table, line, cells)
    if table is not None:
        _keep_titles(table, titles)
        yield table


def _keep_titles(table: FoundTable, titles: Sequence[tuple[int, str]]) -> None:
    """Note lines of one text that turned out to head no table of their own."""
    for line, text in titles:
        table.left_out.append((line, "title", text))


def _take(table: FoundTable, line: int, cells: list[str]) -> None:
    reason = _why_no_row(cells)
    if reason is None:
        table.rows.append((line, cells))
    else:
        table.left_out.append((line, reason, _text(cells)))


def _why_no_row(cells: Sequence[str]) -> str | None:
    filled = _distinct(cells)
    first = half_width("".join(filled[0].split()))
    if _TOTAL.match(first) and len(filled) <= _FEW:
        return "total"
    return "note" if _NOTE.match(first) and len(filled) <= _FEW else None


def _is_title(cells: Sequence[str]) -> bool:
    """Return whether a row holds one text only, which is neither a total nor a note."""
    return len(_distinct(cells)) == 1 and _why_no_row(cells) is None


def _whole_header(grid: Sequence[Row], place: int) -> tuple[list[str], int]:
    """Return the headings, and the place after them: two rows where the first groups what the second names."""
    top = [cell.strip() for cell in grid[place - 1][1]]
    if place < len(grid):
        below = [cell.strip() for cell in grid[place][1]]
        if _is_grouped(top, below):
            return _joined(top, below), place + 1
    return top, place


def _is_grouped(top: Sequence[str], below: Sequence[str]) -> bool:
    """Return whether the second row names the columns of groups in the first; a row of data never does."""
    named = [cell for place, cell in enumerate(below) if cell and (place >= len(top) or cell != top[place])]
    return bool(named) and all(_is_heading(cell) for cell in named) and is_header(_joined(top, below))


def _is_heading(cell: str) -> bool:
    known = recognise(cell)
    return known is not None and known[1] == EXACT


def _joined(top: Sequence[str], below: Sequence[str]) -> list[str]:
    """Return the headings of two rows; a group runs on over the empty cells to its right."""
    joined, group = [], ""
    for place in range(max(len(top), len(below))):
        upper = top[place] if place < len(top) else ""
        lower = below[place] if place < len(below) else ""
        group = upper or (group if lower else "")
        joined.append(upper if upper == lower else (group + lower if lower else upper))
    return joined


def _distinct(cells: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))


def _text(cells: Sequence[str]) -> str:
    return " ".join(_distinct(cells))[:300]
