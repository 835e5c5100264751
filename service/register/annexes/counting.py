"""How many rows, firms and products were found, and whether they are as many as the announcement says (I-17)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from service.register.annexes.facts import Choice, Row
from service.register.annexes.intake import Declared, Table
from service.register.annexes.values import name_key
from service.vocabulary import AnnexField, AnnexKind, RowAction


@dataclass(frozen=True, slots=True)
class Difference:
    """One count that is not as declared: of what, where it was declared, and both figures.

    `declared` is None when nothing was declared: then nothing can be checked, and somebody must answer for it.
    """

    what: str
    where: str
    declared: int | None
    found: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What was found: rows, firms and products of the tables that approve, and the rows by action."""

    rows: int
    firms: int
    products: int
    actions: dict[RowAction, int]
    differences: tuple[Difference, ...] = field(default=())

    @property
    def add_up(self) -> bool:
        """Whether every row has its action and all counts are as declared."""
        return sum(self.actions.values()) == self.rows and not self.differences


def count(declared: Declared, tables: Sequence[tuple[Table, Choice]], rows: Sequence[Row]) -> Counts:
    """Return the counts of the chosen tables and how they differ from what was declared."""
    approving = [pair for pair in tables if pair[1].kind is AnnexKind.APPROVAL] or list(tables)
    found_rows = sum(len(table.rows) for table, _ in approving)
    firms = _distinct(approving, (AnnexField.USCC, AnnexField.NAME, AnnexField.NAME_BEFORE))
    products = _distinct(approving, (AnnexField.PRODUCT,))
    differences = _of_announcement(declared, found_rows, firms, products)
    differences += [found for table, choice in tables for found in _of_table(table, choice)]
    actions = Counter(row.action for row in rows)
    return Counts(len(rows), firms, products, dict(actions), tuple(differences))


def _of_announcement(declared: Declared, rows: int, firms: int, products: int) -> list[Difference]:
    """A firm with two products is one firm or two rows: offices count it both ways."""
    found = []
    if declared.firms is None or declared.firms not in {rows, firms}:
        found.append(Difference("firms", "", declared.firms, rows))
    if declared.products is not None and declared.products != products:
        found.append(Difference("products", "", declared.products, products))
    return found


def _of_table(table: Table, choice: Choice) -> list[Difference]:
    said = table.declared
    firms = _distinct([(table, choice)], (AnnexField.USCC, AnnexField.NAME, AnnexField.NAME_BEFORE))
    if said.firms is None or said.firms in {len(table.rows), firms}:
        return []
    return [Difference("firms", table.title or table.sheet, said.firms, len(table.rows))]


def _distinct(tables: Sequence[tuple[Table, Choice]], fields: Sequence[AnnexField]) -> int:
    """Return how many different texts stand under the first of the fields that each row fills."""
    found: set[str] = set()
    for table, choice in tables:
        columns = [choice.mapping.index(field) for field in fields if field in choice.mapping]
        if choice.product and AnnexField.PRODUCT in fields:
            found.add(name_key(choice.product))
        for _, cells in table.rows:
            texts = (cells[column] for column in columns if column < len(cells))
            found.add(name_key(next((text for text in texts if text.strip()), "")))
    return len(found - {""})
