"""The shape of the embedded index."""

import hashlib
import re
from binascii import a2b_base64, b2a_base64
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
HOME = "home"
_TERM = {name: f"term.{name}" for name in (*a.LISTED_FIELDS, SLIPS, HOME)}
_LAYOUT = {
    "spaced": a.SPACED_FIELDS,
    "listed": a.LISTED_FIELDS,
    "facets": FACETS,
    "version": 3,
}
SETTINGS_HASH = settings_hash(_LAYOUT)
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TO_PYTHON = str.maketrans(_CROCKFORD, "0123456789abcdefghijklmnopqrstuv")  # the digits that int() knows
_PAIRS = [left + right for left in _CROCKFORD for right in _CROCKFORD]
_TRIPLES = [pair + right for pair in _PAIRS for right in _CROCKFORD]  # a step: it is done for every hit
_SHIFTS = range(105, -1, -15)
_ULID_LETTERS, _ULID_SIZE = frozenset(_CROCKFORD), 26
_SEAL = 6  # bytes of a fingerprint
_PART = "\x1f"
_NUMBERS = re.compile("[0-9A-Z\x1e-]{1,1000}")
_SORTED_ONLY = "sorted_only"
SORT_COLUMNS = {"name": "sort_name", "date": "sort_year"}


def column(name: str) -> str:
    """Return where a field's terms stand in the index."""
    return _TERM.get(name, name)


def facet_column(name: str) -> str:
    """Return where a facet's codes stand in the index."""
    return f"facet.{name}"


def schema() -> Any:
    """Return the columns of the index.

    A text field costs a byte for each record (its length), so terms that need no length share JSON fields.
    """
    builder = tantivy.SchemaBuilder()
    builder.add_bytes_field("key", indexed=True)
    builder.add_bytes_field("shown", stored=True)
    for name in a.SPACED_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    builder.add_json_field("term", tokenizer_name="raw", index_option="basic")
    builder.add_json_field("facet", tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_text_field("sort_name", tokenizer_name=_SORTED_ONLY, index_option="basic", fast=True)
    builder.add_unsigned_field("sort_year", fast=True)
    for name in ("longitude", "latitude"):
        builder.add_unsigned_field(name, fast=True)
    return builder.build()


def prepared(index: Any) -> Any:
    """Return an index that was just made or opened, ready for reading and writing."""
    # The library looks every sortable text up by term as well: a tokenizer that yields nothing spares that.
    nothing = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw()).filter(tantivy.Filter.remove_long(1)).build()
    )
    index.register_tokenizer(_SORTED_ONLY, nothing)
    index.register_fast_field_tokenizer(
        _SORTED_ONLY, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw()).build()
    )
    return index


def row(document: Document) -> Any:
    """Return a document as the index stores it."""
    derived = derive(document)
    held = tantivy.Document()
    held.add_bytes("key", key_of(document.id))
    held.add_bytes("shown", packed(Shown.of(document)))
    for name, text in derived.spaced.items():
        if text:
            held.add_text(name, text)
    held.add_json("term", derived.listed | _more_terms(document, derived.listed[a.EXACT]))
    held.add_json("facet", {name: list(codes) for name, codes in document.facets.items() if codes})
    held.add_text("sort_name", short_sort_key(document.name))
    held.add_unsigned("sort_year", max(document.year or 0, 0))
    if document.longitude is not None and document.latitude is not None:
        held.add_unsigned("longitude", to_grid(document.longitude))
        held.add_unsigned("latitude", to_grid(document.latitude))
    return held


def _more_terms(document: Document, names: list[str]) -> dict[str, list[str]]:
    slips = [shorter for name in names if is_han(name[0]) for shorter in omissions(name)]
    return {SLIPS: slips, HOME: ["1" if document.is_home else "0"]}


def key_of(identity: str) -> bytes:
    """Return the term by which a record is replaced or deleted: fifty-six bits of a hash of its id.

    Ids are long and do not compress; the chance that two of a million keys meet is one in 140,000.
    """
    return hashlib.blake2b(identity.encode(), digest_size=7).digest()


def packed(shown: Shown) -> bytes:
    """Return a record as the index keeps it: id, fingerprint and numbers in binary, they do not compress.

    Text is kept in GB 18030, which spends two bytes on a Chinese character where UTF-8 spends three.
    """
    _, _, *texts, numbers = shown.packed().split(_PART)
    ulid, digits = _ulid_bytes(shown.id), _digits(numbers)
    head = ulid or shown.id.encode()
    lengths = bytes([0 if ulid else len(head), len(digits) // 3])
    text = _PART.join(texts if digits else (*texts, numbers))
    return lengths + head + bytes.fromhex(shown.fingerprint) + digits + text.encode("gb18030")


def unpacked(held: bytes) -> Shown:
    """Return the record that `packed` wrote."""
    seal = 2 + (held[0] or 16)
    digits = seal + _SEAL
    text = digits + held[1] * 3
    identity = held[2:seal].decode() if held[0] else _ulid_text(held[2:seal])
    texts = held[text:].decode("gb18030").split(_PART)
    if text > digits:
        plain = b2a_base64(held[digits:text], newline=False).decode().rstrip("/")
        texts.append(plain.replace("+", "\x1e").replace("z", "-"))
    return Shown(identity, held[seal:digits].hex(), *texts)


def _digits(numbers: str) -> bytes:
    # Six bits are enough for a digit, a capital or a hyphen: base64 read the other way round.
    if not _NUMBERS.fullmatch(numbers):
        return b""
    plain = numbers.replace("\x1e", "+").replace("-", "z")
    return a2b_base64(plain + "/" * (-len(plain) % 4))


def _ulid_bytes(identity: str) -> bytes:
    if len(identity) != _ULID_SIZE or not set(identity) <= _ULID_LETTERS or identity[0] > "7":
        return b""
    return int(identity.translate(_TO_PYTHON), 32).to_bytes(16, "big")


def _ulid_text(head: bytes) -> str:
    number = int.from_bytes(head, "big")
    return _PAIRS[number >> 120] + "".join([_TRIPLES[number >> shift & 32767] for shift in _SHIFTS])
