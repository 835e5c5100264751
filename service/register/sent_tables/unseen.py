"""Cells that a reader of workbooks takes for empty though something stands in them; runs in a confined process.

Who reads an empty cell answers for today, or for a firm's only product: another question than was asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

from service.errors import BatchRefused, UploadRefused
from service.register.sent_tables.containers import (
    MAX_MEMBERS,
    MAX_UNPACKED,
    Cell,
    demand_plain_xml,
    parts_of_sheets,
    place_of,
)
from service.register.surveying.archives import Archive

_VALUE: Final = rb"(?:<(?:\w+:)?v(?:[\s/][^>]*)?>(?P<value>[^<]*))?"
_FORMULA: Final = re.compile(
    rb"<(?:\w+:)?c(?=[\s>])(?P<about>[^>]*[^/>]|)>\s*"
    rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>(?P<formula>[^<]*)</(?:\w+:)?f>)\s*" + _VALUE
)
_FAULT: Final = re.compile(
    rb"""<(?:\w+:)?c(?=\s)(?P<about>[^>]*\st\s*=\s*["']e["'][^>]*)>\s*"""
    rb"(?:<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*)?" + _VALUE
)
_IS_TEXT: Final = re.compile(rb"""\st\s*=\s*["']str["']""")


def unseen_cells(content: bytes, sheet: str) -> dict[Cell, str]:
    """Return what stands in such cells of a sheet, by (row, column) from 0.

    A formula that was saved without its value stands as `=TODAY()`, an error as `#N/A`.

    Raises:
        BatchRefused: `not_xlsx`; `formula_or_error`: there is one that does not say where it stands.
    """
    try:
        archive = Archive(content, members=MAX_MEMBERS, unpacked=MAX_UNPACKED)
        names = archive.names({".xml", ".rels"})
        part = dict(parts_of_sheets(archive, names)).get(sheet)
        if part not in names:
            raise BatchRefused("not_xlsx")
        xml = archive.read(part)
        demand_plain_xml(xml, part)
    except UploadRefused as error:
        raise BatchRefused("not_xlsx") from error
    found: dict[Cell, str] = {}
    for about, text in _unseen(xml):
        place = place_of(about)
        if place is None:
            raise BatchRefused("formula_or_error")
        found[place] = text
    return found


def _unseen(xml: bytes) -> Iterator[tuple[bytes, str]]:
    for match in _FORMULA.finditer(xml):
        # An empty text is a value: it is what ="" was saved with.
        is_empty_text = match["value"] is not None and _IS_TEXT.search(match["about"])
        if not is_empty_text and not (match["value"] or b"").strip():
            yield match["about"], "=" + _text(match["formula"])
    for match in _FAULT.finditer(xml):
        if match["value"]:
            yield match["about"], _text(match["value"])


def _text(written: bytes | None) -> str:
    return unescape((written or b"").decode("utf-8", "replace")).strip()
