"""Taking in an announcement's file: its hash, and the tables that a confined process found in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from service import confining
from service.errors import UploadRefused
from service.identifiers import IdentifierError
from service.identifiers.folding import half_width
from service.identifiers.numerals import NUMERAL_CHARACTERS, read_numeral

MAX_BYTES = 5 * 1024 * 1024
PASTED = "pasted.txt"
"""The name of a table that was pasted instead of uploaded."""

_READER = "service.register.sent_tables.annexes:read"
_LIMITS = confining.Limits(seconds=20, memory_mib=150, result_bytes=32 * 1024 * 1024)
_COUNT = rf"([0-9]{{1,6}}|[{NUMERAL_CHARACTERS}]{{1,9}})"
_FIRMS = re.compile(rf"(?<![0-9]){_COUNT}\s*[家户]")
_PRODUCTS = re.compile(rf"(?<![0-9]){_COUNT}\s*个(?:地理标志)?(?:保护)?产品")


@dataclass(frozen=True, slots=True)
class Declared:
    """How many firms and products a text says there are."""

    firms: int | None = None
    products: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of an annex; rows are (line, cells of text), faults the codes of cells that cannot be trusted."""

    sheet: str
    title: str
    header_line: int
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    left_out: tuple[tuple[int, str, str], ...]
    faults: dict[tuple[int, int], str]
    has_merges: bool

    @property
    def declared(self) -> Declared:
        """What the title and the totals of the table say of its rows."""
        totals = (text for _, why, text in self.left_out if why == "total")
        return declared_in([self.title, *totals])


@dataclass(frozen=True, slots=True)
class Intake:
    """A file of an announcement: its hash, its size in bytes, its tables, and what to beware of, as (code, sheet)."""

    name: str
    sha256: str
    size: int
    tables: tuple[Table, ...]
    warnings: tuple[tuple[str, str], ...]


def take_in(content: bytes, name: str, encoding: str = "utf-8") -> Intake:
    """Return what the file holds; xlsx, xls, csv in the declared encoding, or pasted text named `.txt`.

    Raises:
        UploadRefused: with the place of the fault.
        WorkStopped: the file could not be read within its limits.
    """
    if len(content) > MAX_BYTES:
        raise UploadRefused("too_large", hint="5 MiB")
    answer = confining.confined(_READER, {"name": name, "encoding": encoding}, content, _LIMITS)
    return intake_of(answer, content, name)


def intake_of(answer: Mapping[str, Any], content: bytes, name: str) -> Intake:
    """Return what the reader answered of a file."""
    warnings = tuple((str(code), str(sheet)) for code, sheet in answer["warnings"])
    merged = {sheet for code, sheet in warnings if code == "merged_cells"}
    tables = tuple(_table(each, has_merges=each["sheet"] in merged) for each in answer["tables"])
    return Intake(name, hashlib.sha256(content).hexdigest(), len(content), tables, warnings)


def _table(answer: dict[str, Any], *, has_merges: bool) -> Table:
    return Table(
        answer["sheet"],
        answer["title"],
        answer["header_line"],
        tuple(answer["header"]),
        tuple((line, tuple(cells)) for line, cells in answer["rows"]),
        tuple((line, why, text) for line, why, text in answer["left_out"]),
        {(line, column): code for line, column, code in answer["faults"]},
        has_merges,
    )


def declared_in(texts: Iterable[str]) -> Declared:
    """Return the counts that texts state, such as 48家企业 and 24个产品; the first of each that is there."""
    firms = products = None
    for text in texts:
        plain = half_width(text)
        firms = _first(_FIRMS, plain) if firms is None else firms
        products = _first(_PRODUCTS, plain) if products is None else products
    return Declared(firms, products)


def _first(pattern: re.Pattern[str], text: str) -> int | None:
    for match in pattern.finditer(text):
        with suppress(IdentifierError):  # 百家 says many, not a hundred
            return read_numeral(match[1])
    return None
