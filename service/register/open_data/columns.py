"""What a table for the public is made of: named columns, each with its meaning in two languages.

A column is public because it is named here; whatever is not named stays inside (I-10).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeAlias

from service.vocabulary import Vocabulary

Value: TypeAlias = str | int | float | bool | date | None
Read: TypeAlias = "Callable[[Any, Context], Value | Vocabulary]"


class Form(StrEnum):
    """The kinds of files."""

    CSV = "csv"
    EXCEL_CSV = "excel.csv"
    """Begins with a BOM, by which Excel knows UTF-8."""
    XLSX = "xlsx"
    JSON_LINES = "jsonl"
    GEOJSON = "geojson"
    GEOJSON_SEQ = "geojsons"
    """A feature a line after a record separator. Source: RFC 8142."""

    @property
    def media_type(self) -> str:
        """How HTTP names the kind."""
        return {
            Form.CSV: "text/csv; charset=utf-8; header=present",
            Form.EXCEL_CSV: "text/csv; charset=utf-8; header=present",
            Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Form.JSON_LINES: "application/x-ndjson",
            Form.GEOJSON: "application/geo+json",
            Form.GEOJSON_SEQ: "application/geo+json-seq",
        }[self]

    @property
    def is_geographic(self) -> bool:
        """Whether its rows are features with a shape."""
        return self in {Form.GEOJSON, Form.GEOJSON_SEQ}


@dataclass(frozen=True, slots=True)
class Context:
    """For which day and at which address a table is read."""

    on: date
    base_url: str


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands over a column: its lasting name, and what it means."""

    name: str
    zh: str
    en: str

    def label(self, lang: str) -> str:
        """Return the meaning in a language."""
        return self.en if lang == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Column(Heading):
    """A column and how it is read from a row.

    `lasts`: whether it still stands when the record was withdrawn (never when it is withheld by law).
    """

    read: Read
    lasts: bool = False


def coded(name: str, zh: str, en: str, read: Read) -> tuple[Column, Column, Column]:
    """Return three columns for an entry of a closed list: its lasting code, and its labels for people."""

    def code(row: Any, context: Context) -> Value:
        entry = read(row, context)
        return entry.value if isinstance(entry, Vocabulary) else None

    def label(lang: str) -> Read:
        def read_label(row: Any, context: Context) -> Value:
            entry = read(row, context)
            return entry.label(lang) if isinstance(entry, Vocabulary) else None

        return read_label

    return (
        Column(name, f"{zh}（代码）", f"{en}, code", code),
        Column(f"{name}_label", zh, f"{en}, in Chinese", label("zh")),
        Column(f"{name}_label_en", f"{zh}（英文）", en, label("en")),
    )


@dataclass(frozen=True, slots=True)
class Dataset:
    """A table: its name, its columns, and the records of the register that are its rows.

    `model` and `parts`: the table of the database and what is loaded with it; `owners`: the records without
    which a row may not be shown; `geometry`: its shape as GeoJSON (CRS84), where rows have one.
    """

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    model: Any = None
    parts: Sequence[Any] = ()
    owners: Callable[[Any], Sequence[Any]] = field(default=lambda _row: ())
    geometry: Callable[[Any], Any] | None = None

    @property
    def forms(self) -> tuple[Form, ...]:
        """The kinds of files it comes in."""
        return tuple(each for each in Form if self.geometry or not each.is_geographic)

    def label(self, lang: str) -> str:
        """Return the title in a language."""
        return self.en if lang == "en" else self.zh
