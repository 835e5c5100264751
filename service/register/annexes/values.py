"""What the cells of an announced row say: text without line breaks, codes and days checked, faults told by cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from service.calendar import DateError, parse_china_date
from service.errors import RowProblem
from service.identifiers import Hint, IdentifierError, Uscc
from service.identifiers.folding import half_width
from service.register.annexes.facts import Choice
from service.register.annexes.intake import Table
from service.register.annexes.wording import problem
from service.vocabulary import AnnexField, AnnexKind

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_DAY = re.compile(r"([0-9]{4})[-./年]([0-9]{1,2})[-./月]([0-9]{1,2})日?")
_OPEN_END = frozenset({"长期", "永久", "无"})
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{2}")
_LONGEST = {AnnexField.REPRESENTATIVE: 100, AnnexField.REPRESENTATIVE_AFTER: 100, AnnexField.NOTE: 20_000}
_DAYS = frozenset({AnnexField.EFFECTIVE_ON, AnnexField.LICENCE_LAST_DAY})
_PERSON_NUMBER = "looks_like_id"
_OLD_LENGTHS = frozenset({9, 10, 13, 15})


@dataclass
class Values:
    """What one row says, by field; `days` are read as days; `problems` are what cannot be read."""

    line: int
    cells: tuple[str, ...]
    texts: dict[AnnexField, str] = field(default_factory=dict)
    days: dict[AnnexField, date] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)
    notes: list[RowProblem] = field(default_factory=list)
    is_code_odd: bool = False
    """Whether the code's check character is wrong: it may stand only if that very code is on the register."""

    def text(self, name: AnnexField) -> str | None:
        """Return what the field says, or None."""
        return self.texts.get(name)

    def refuse(self, name: AnnexField | None, code: str, value: str = "") -> None:
        """Note what is wrong with a field."""
        self.problems.append(problem(self.line, name.zh if name else "", code, value))

    def note(self, name: AnnexField | None, code: str, value: str = "") -> None:
        """Note what to beware of; it keeps nothing out."""
        self.notes.append(problem(self.line, name.zh if name else "", code, value))


def values_of(table: Table, choice: Choice) -> Iterator[Values]:
    """Yield what each row of a table says under a mapping."""
    product: str | None = None
    for line, cells in table.rows:
        values = _values(line, cells, table, choice)
        if choice.kind is AnnexKind.APPROVAL and not table.has_merges:
            _product_from_above(values, product)
            product = values.text(AnnexField.PRODUCT)
        if choice.product:
            values.texts.setdefault(AnnexField.PRODUCT, choice.product)
        yield values


def _product_from_above(values: Values, above: str | None) -> None:
    """Take the product of the row above where none stands: merged cells that were pasted leave their rest empty."""
    if above and AnnexField.PRODUCT not in values.texts and AnnexField.NAME in values.texts:
        values.texts[AnnexField.PRODUCT] = above
        values.note(AnnexField.PRODUCT, "product_from_above", above)


def _values(line: int, cells: tuple[str, ...], table: Table, choice: Choice) -> Values:
    values = Values(line, cells)
    if any(cell.strip() for cell in cells[len(choice.mapping) :]):
        values.refuse(None, "too_many_cells")
    for column, (name, cell) in enumerate(zip(choice.mapping, cells, strict=False)):
        if name is None:
            continue
        fault = table.faults.get((line, column))
        if fault is not None:
            values.refuse(name, fault, cell)
        elif cell.strip():
            _read(values, column, name, cell)
    return values


def _read(values: Values, column: int, name: AnnexField, cell: str) -> None:
    if name is AnnexField.USCC:
        _read_code(values, column, cell)
    elif name in _DAYS:
        _read_day(values, name, cell)
    else:
        text = plain(cell)
        if len(text) > _LONGEST.get(name, 300):
            values.refuse(name, "too_long", text)
        elif _CONTROL.search(text):
            values.refuse(name, "error_value")
        elif text:
            values.texts[name] = text


def plain(cell: str) -> str:
    """Return a cell's text in NFC, in one line: lines that a narrow column broke are joined where they broke."""
    return unicodedata.normalize("NFC", "".join(part.strip() for part in cell.splitlines())).strip(
        "\u3000 \ufeff\u200b"
    )


def name_key(text: str) -> str:
    """Return a name as it is compared: brackets, spaces and widths do not tell two firms apart."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _read_code(values: Values, column: int, cell: str) -> None:
    compact = "".join(half_width(cell.replace("\n", " ").replace("\r", " ").replace("\t", " ")).split())
    if _SCIENTIFIC.fullmatch(compact):
        values.refuse(AnnexField.USCC, "number_lost_digits", compact)
        return
    try:
        code = Uscc.parse_unchecked(compact)
    except IdentifierError as error:
        _refuse_code(values, column, compact, error)
        return
    values.texts[AnnexField.USCC] = code.value
    values.is_code_odd = not code.check_is_valid


def _refuse_code(values: Values, column: int, compact: str, error: IdentifierError) -> None:
    if error.code == _PERSON_NUMBER:
        # Nobody's identity number is kept, not even as a mistake.
        values.cells = tuple("***" if place == column else cell for place, cell in enumerate(values.cells))
        values.refuse(AnnexField.USCC, _PERSON_NUMBER)
    elif error.hint is Hint.LEGACY_15 or len(compact.replace("-", "")) in _OLD_LENGTHS:
        values.refuse(AnnexField.USCC, "legacy_code", compact)
    else:
        values.refuse(AnnexField.USCC, "bad_code", compact)


def _read_day(values: Values, name: AnnexField, cell: str) -> None:
    compact = "".join(half_width(cell).split())
    if name is AnnexField.LICENCE_LAST_DAY and compact in _OPEN_END:
        return
    day = printed_day(compact)
    if day is None:
        values.refuse(name, "bad_date", compact)
    else:
        values.days[name] = day


def printed_day(text: str) -> date | None:
    """Return the day written 2022-03-01, 2022.3.1, 2022/3/1 or 2022年3月1日; None when it is none."""
    match = _DAY.fullmatch("".join(half_width(text).split()))
    if match is None:
        return None
    year, month, day = match.groups()
    try:
        return parse_china_date(f"{year}-{month:0>2}-{day:0>2}")
    except DateError:
        return None


def texts_named(rows: Mapping[int, list[Values]], name: AnnexField) -> set[str]:
    """Return every text that rows say under a field."""
    return {text for values in rows.values() for each in values if (text := each.text(name))}
