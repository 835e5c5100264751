"""The rows of a batch as they came: nothing is judged here but what they are made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from service.errors import BatchRefused

MAX_ROWS: Final = 10_000
MAX_LINES: Final = 10 * MAX_ROWS
"""The highest number of a row: no honest table is nine parts empty lines."""

FIELDS: Final = ("code", "target", "on")
LONGEST_CELL: Final = 300
"""Signs of a cell that are kept; a longer one is no code, name or day, and is answered so."""

_SAFE_INTEGER: Final = 2**53 - 1
_FORMULA_OR_ERROR: Final = re.compile("=.*|#(?:N/A|[A-Z0-9/_]+[!?])", re.DOTALL)
"""What a spreadsheet says instead of a value. Read as a day it would be a wrong one, but as a product one of none."""


@dataclass(frozen=True, slots=True)
class Row:
    """One question: who, on which product, on which day, as text; `problem`: why it cannot be asked.

    `number` counts the lines of data from 1, without the header but with the empty ones, which are no rows.
    """

    number: int
    code: str
    target: str = ""
    on: str = ""
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows in their order, and the headings of columns that were not used."""

    rows: tuple[Row, ...]
    ignored: tuple[str, ...] = ()


def row_of(number: int, values: Mapping[str, Any]) -> Row:
    """Return a row made of cells as JSON or a spreadsheet has them: text, numbers, nothing."""
    cells = {name: text_of(values.get(name)) for name in FIELDS}
    problem = None
    if any(len(text) > LONGEST_CELL for text in cells.values()):
        problem = "cell_too_long"
        cells = {name: text[:LONGEST_CELL] for name, text in cells.items()}
    elif any(_FORMULA_OR_ERROR.fullmatch(text) for text in cells.values()):
        problem = "formula_or_error"
    elif has_lost_digits(values.get("code")):
        problem = "number_lost_digits"
    return Row(number, **cells, problem=problem)


def text_of(cell: Any) -> str:
    """Return a cell as text; a whole number without a decimal point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) <= _SAFE_INTEGER:
        return str(int(cell))
    return str(cell).strip()


def has_lost_digits(cell: Any) -> bool:
    """Tell whether a cell is a number too long for a spreadsheet: its last digits are no longer those written."""
    return isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) > _SAFE_INTEGER


def rows_of_json(content: bytes) -> Batch:
    """Return the rows of `{"rows": [{"code": …, "target": …, "on": …}, "code", …]}`.

    A row that is something else, or has a field that is none, is answered with its problem: a misspelt field
    that was let go would change the question.

    Raises:
        BatchRefused: `json_syntax`, `bad_batch` (no list of rows, or other members), `batch_size`.
    """
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BatchRefused("json_syntax") from error
    if (
        not isinstance(document, dict)
        or document.keys() != {"rows"}
        or not isinstance(document["rows"], list)
    ):
        raise BatchRefused("bad_batch")
    demand_size(len(document["rows"]))
    return Batch(tuple(_json_row(number, row) for number, row in enumerate(document["rows"], start=1)))


def _json_row(number: int, row: Any) -> Row:
    if isinstance(row, str):
        return row_of(number, {"code": row})
    if not isinstance(row, dict) or any(isinstance(cell, list | dict | bool) for cell in row.values()):
        return Row(number, "", problem="bad_row")
    if not row.keys() <= set(FIELDS):
        return Row(number, "", problem="unknown_field")
    return row_of(number, row)


def demand_size(count: int) -> None:
    """Refuse a batch without rows or with too many.

    Raises:
        BatchRefused: `batch_size`.
    """
    if not 0 < count <= MAX_ROWS:
        raise BatchRefused("batch_size")
