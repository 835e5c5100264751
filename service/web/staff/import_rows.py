"""The rows of an annex on a page: by table and action as the address asks, each cell with what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from service.register import annexes
from service.register.models import AnnexPreparation, AnnexRow, ImportBatch, PreviewedRow
from service.vocabulary import AnnexField, AnnexKind, RowAction
from service.web.staff.listing import ROWS, last_page
from service.web.templating import localised

_ALWAYS: Final = (
    RowAction.CREATE,
    RowAction.UPDATE,
    RowAction.CLOSE,
    RowAction.NO_OP,
    RowAction.CONFLICT,
)
_SOMETIMES: Final = (RowAction.ERROR, RowAction.SKIP)
_SERIAL: Final = frozenset({AnnexField.SERIAL})


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table that is read: its number, its name, what it does, and the columns that are shown, as (place, meaning)."""

    number: int
    name: str
    kind: AnnexKind
    columns: tuple[tuple[int, AnnexField], ...]


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as it is shown: cells under their columns, each with its problems, and the problems of the whole row."""

    line: int
    action: RowAction
    cells: tuple[tuple[str, tuple[Mapping[str, Any], ...]], ...]
    problems: tuple[Mapping[str, Any], ...]
    target: str | None
    drafts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Figure:
    """How many rows have an action, where to see them, and its part of the bar: its begin and width in per cent."""

    action: RowAction
    count: int
    address: str
    begin: float
    width: float


@dataclass(frozen=True, slots=True)
class RowList:
    """The rows of one table as the address asks for them."""

    path: str
    lang: str
    tables: Sequence[ShownTable]
    table: ShownTable | None
    action: RowAction | None
    page: int
    total: int
    rows: Sequence[ShownRow]
    counts: Mapping[tuple[int, RowAction], int]

    @property
    def last(self) -> int:
        """The number of the last page."""
        return last_page(self.total)

    @property
    def figures(self) -> list[Figure]:
        """The rows of all tables by action, the five of an import always, the others where there are any."""
        sums = dict.fromkeys((*_ALWAYS, *_SOMETIMES), 0)
        for (_, action), count in self.counts.items():
            sums[action] += count
        whole = sum(sums.values()) or 1
        found, begin = [], 0.0
        for action, count in sums.items():
            if action in _ALWAYS or count:
                width = 100 * count / whole
                found.append(
                    Figure(action, count, self._first_with(action), round(begin, 3), round(width, 3))
                )
                begin += width
        return found

    def address(self, **changes: str | int) -> str:
        """Return the address of the same list with something changed."""
        facts: dict[str, str | int] = {
            "table": self.table.number if self.table else "",
            "action": self.action.value if self.action else "",
            **changes,
        }
        said = {name: value for name, value in facts.items() if value not in {"", 1} or name == "table"}
        return f"{localised(self.path, self.lang)}?{urlencode(said)}#rows"

    def _first_with(self, action: RowAction) -> str:
        """Return the address of the rows with an action, in the first table that has any."""
        numbers = [number for number, found in sorted(self.counts) if found is action]
        return self.address(action=action.value, **({"table": numbers[0]} if numbers else {}))


def row_list(
    session: Session,
    of: AnnexPreparation | ImportBatch,
    tables: Sequence[ShownTable],
    *,
    path: str,
    lang: str,
    asked: tuple[int, str, int],
) -> RowList:
    """Return the rows that an address asks for by table, action and page; what there is not is not narrowed by."""
    number, named, page = asked
    table = next((each for each in tables if each.number == number), tables[0] if tables else None)
    action = RowAction(named) if named in set(RowAction) else None
    counts = annexes.count_rows(session, of)
    found = annexes.rows_of(
        session,
        of,
        table=table.number if table else 0,
        action=action,
        start=(page - 1) * ROWS,
        limit=ROWS,
    )
    rows = [_shown(row, table) for row in found.rows] if table else []
    return RowList(path, lang, tables, table, action, page, found.total, rows, counts)


def tables_of(
    told: Sequence[Mapping[str, Any]], choices: Sequence[annexes.Choice | None]
) -> list[ShownTable]:
    """Return the tables that are read; columns that are not read, and serial numbers, are not shown."""
    found = []
    for number, (table, choice) in enumerate(zip(told, choices, strict=False), start=1):
        if choice is not None:
            columns = tuple(
                (place, meaning)
                for place, meaning in enumerate(choice.mapping)
                if meaning is not None and meaning not in _SERIAL
            )
            found.append(ShownTable(number, table["title"] or table["sheet"], choice.kind, columns))
    return found


def _shown(row: PreviewedRow | AnnexRow, table: ShownTable) -> ShownRow:
    by_column: dict[str, list[Mapping[str, Any]]] = {}
    for problem in row.problems:
        by_column.setdefault(problem["column"], []).append(problem)
    cells = tuple(
        (row.cells[place] if place < len(row.cells) else "", tuple(by_column.pop(meaning.zh, ())))
        for place, meaning in table.columns
    )
    rest = tuple(problem for problems in by_column.values() for problem in problems)
    drafts = row.drafts if isinstance(row, AnnexRow) else ()
    return ShownRow(row.line, row.action, cells, rest, row.target, drafts)
