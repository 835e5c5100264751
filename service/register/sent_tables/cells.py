"""The cells of an XLSX file as JSON values; runs in a confined process."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook

from service.errors import BatchRefused
from service.register.sent_tables.containers import Cell
from service.register.sent_tables.unseen import unseen_cells

_MAX_UNPACKED: Final = 50 * 1024 * 1024
_MAX_MEMBERS: Final = 200
_MAX_COLUMNS: Final = 60


def read(content: bytes, options: dict[str, Any]) -> list[list[Any]]:
    """Return the lines of the first sheet; option `rows`: the most rows of data.

    A cell with a formula has the value it was saved with, or stands as the formula where it was saved without one;
    an error stands as it is shown. Numbers stay numbers, so that whoever reads on sees which codes a spreadsheet took
    for one.

    Raises:
        BatchRefused: `not_xlsx`, `too_large_unpacked`, `batch_columns`, `batch_size`, `formula_or_error`.
    """
    _demand_small(content)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    except (CalamineError, IndexError, OSError) as error:
        raise BatchRefused("not_xlsx") from error
    unseen = unseen_cells(content, sheet.name)
    if max([sheet.total_width, *(column + 1 for _, column in unseen)]) > _MAX_COLUMNS:
        raise BatchRefused("batch_columns")
    if max([sheet.total_height, *(row + 1 for row, _ in unseen)]) > 2 * int(options["rows"]):
        raise BatchRefused("batch_size")  # twice, since some lines may be empty
    lines = [[_value(cell) for cell in line] for line in sheet.iter_rows()]
    return _with_unseen(lines, sheet.start[1] if sheet.start else None, unseen) if unseen else lines


def _with_unseen(lines: list[list[Any]], first: int | None, unseen: dict[Cell, str]) -> list[list[Any]]:
    """Return the lines with those cells in their places; `first`: the column in which the lines begin, if any do."""
    left = min(column for _, column in unseen)
    if first is not None:
        left = min(left, first)
        lines = [[*[""] * (first - left), *line] for line in lines]
    lines += [[] for _ in range(max(row for row, _ in unseen) + 1 - len(lines))]
    for (row, column), text in unseen.items():
        line = lines[row]
        line += [""] * (column - left + 1 - len(line))
        if line[column - left] == "":
            line[column - left] = text
    return lines


def _demand_small(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as error:
        raise BatchRefused("not_xlsx") from error
    if len(members) > _MAX_MEMBERS or sum(member.file_size for member in members) > _MAX_UNPACKED:
        raise BatchRefused("too_large_unpacked")


def _value(cell: Any) -> str | int | float:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return cell if isinstance(cell, str | int | float) and not isinstance(cell, bool) else str(cell)
