"""The cells of an XLSX file as JSON values; runs in a confined process."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook

from service.errors import BatchRefused

_MAX_UNPACKED: Final = 50 * 1024 * 1024
_MAX_MEMBERS: Final = 200
_MAX_COLUMNS: Final = 60


def read(content: bytes, options: dict[str, Any]) -> list[list[Any]]:
    """Return the lines of the first sheet; option `rows`: the most rows of data.

    A cell with a formula has the value it was saved with. Numbers stay numbers, so that whoever reads on sees
    which codes a spreadsheet took for one.

    Raises:
        BatchRefused: `not_xlsx`, `too_large_unpacked`, `batch_columns`, `batch_size`.
    """
    _demand_small(content)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    except (CalamineError, IndexError, OSError) as error:
        raise BatchRefused("not_xlsx") from error
    if sheet.total_width > _MAX_COLUMNS:
        raise BatchRefused("batch_columns")
    if sheet.total_height > 2 * int(options["rows"]):  # some lines may be empty
        raise BatchRefused("batch_size")
    return [[_value(cell) for cell in line] for line in sheet.iter_rows()]


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
