"""The shape of the embedded index."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

import tantivy

from search import analysis as a
from search.analysis import derive, settings_hash
from search.document import Document
from search.geometry import to_grid
from search.misspelling import omissions
from search.pinyin import short_sort_key
from search.query import FACETS
from search.shown import Shown
from search.text import is_han

# Columns by field: names change here, never in the plan.
SLIPS = "slips"  # names without one of their characters
_LAYOUT = {
    "spaced": a.SPACED_FIELDS,
    "listed": a.LISTED_FIELDS,
    "facets": FACETS,
    "version": 2,
}
SETTINGS_HASH = settings_hash(_LAYOUT)
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TO_PYTHON = str.maketrans(_CROCKFORD, "0123456789abcdefghijklmnopqrstuv")  # the digits that int() knows
_PAIRS = [
    left + right for left in _CROCKFORD for right in _CROCKFORD
]  # two digits a step: it is done for every hit
_ULID_LETTERS, _ULID_SIZE = frozenset(_CROCKFORD), 26
SORT_COLUMNS = {"name": "sort_name", "date": "sort_year"}


def schema() -> Any:
    """Return the columns of the index."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", tokenizer_name="raw", index_option="basic")
    builder.add_text_field(SLIPS, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("shown", stored=True)
    for name in a.SPACED_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in a.LISTED_FIELDS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in FACETS:
        builder.add_text_field(f"facet_{name}", tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_text_field("home", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("sort_name", tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_unsigned_field("sort_year", fast=True)
    for name in ("longitude", "latitude"):
        builder.add_unsigned_field(name, fast=True)
    return builder.build()


def row(document: Document) -> Any:
    """Return a document as the index stores it."""
    held = tantivy.Document()
    held.add_bytes("shown", packed(Shown.of(document)))
    for name, text in _texts(document):
        held.add_text(name, text)
    held.add_unsigned("sort_year", max(document.year or 0, 0))
    if document.longitude is not None and document.latitude is not None:
        held.add_unsigned("longitude", to_grid(document.longitude))
        held.add_unsigned("latitude", to_grid(document.latitude))
    return held


def _texts(document: Document) -> Iterator[tuple[str, str]]:
    derived = derive(document)
    yield "key", key_of(document.id)
    yield "home", "1" if document.is_home else "0"
    yield "sort_name", short_sort_key(document.name)
    yield from ((name, text) for name, text in derived.spaced.items() if text)
    for name, values in derived.listed.items():
        yield from ((name, value) for value in values)
    for name, codes in document.facets.items():
        yield from ((f"facet_{name}", value) for value in codes)
    for name in filter(_is_chinese, derived.listed[a.EXACT]):
        yield from ((SLIPS, value) for value in omissions(name))


def _is_chinese(name: str) -> bool:
    return is_han(name[0])


def key_of(identity: str) -> str:
    """Return the term by which a record is replaced or deleted: sixty bits of a hash of its id.

    Ids are long and do not compress; the chance that two of a million keys meet is one in two million.
    """
    return base64.urlsafe_b64encode(hashlib.blake2b(identity.encode(), digest_size=9).digest()).decode()[:10]


def packed(shown: Shown) -> bytes:
    """Return a record as the index keeps it: id and fingerprint in binary, they do not compress."""
    _, _, text = shown.packed().split("\x1f", 2)
    number = _ulid_bytes(shown.id)
    head = number or shown.id.encode()
    return bytes([len(head) if not number else 0]) + head + bytes.fromhex(shown.fingerprint) + text.encode()


def unpacked(held: bytes) -> Shown:
    """Return the record that `packed` wrote."""
    size = held[0] or 16
    head, seal, text = held[1 : size + 1], held[size + 1 : size + 9], held[size + 9 :]
    identity = head.decode() if held[0] else _ulid_text(head)
    return Shown(identity, seal.hex(), *text.decode().split("\x1f"))


def _ulid_bytes(identity: str) -> bytes:
    if len(identity) != _ULID_SIZE or not set(identity) <= _ULID_LETTERS or identity[0] > "7":
        return b""
    return int(identity.translate(_TO_PYTHON), 32).to_bytes(16, "big")


def _ulid_text(head: bytes) -> str:
    number = int.from_bytes(head, "big")
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])
