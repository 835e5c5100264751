"""Folding of typed text to the characters numbers are written with; nothing here guesses."""

from __future__ import annotations

import re
import unicodedata

from service.identifiers.problems import IdentifierError

MAX_NUMBER_LENGTH = 64
"""No number is longer; the cap stands before every pattern (security.md T14)."""

# Only the full-width forms of ASCII: whole NFKC would also turn ² and ٣-like signs into digits.
_HALF_WIDTH = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF01, 0xFF5F)} | {
    0x3000: " "
}
# Invisible at the ends of what is copied from web pages and spreadsheets.
_INVISIBLE_ENDS = " \u200b\ufeff\u00a0\u3000"
_DASHES = {ord(dash): "-" for dash in "‐‑‒–—―−﹣"}
# str.upper() would also turn ı into I and ſ into S.
_UPPER = {code: chr(code).upper() for code in range(ord("a"), ord("z") + 1)}
_NUMBER_SIGNS = _DASHES | _UPPER
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SPACES = re.compile("[ \u00a0]+")


def has_control_characters(text: str) -> bool:
    """Tell whether a text holds control characters, line ends or broken surrogates."""
    return _CONTROL.search(text) is not None


def half_width(text: str) -> str:
    """Return the text without invisible characters at its ends, full-width ASCII made plain ASCII."""
    return text.strip(_INVISIBLE_ENDS).translate(_HALF_WIDTH)


def fold_number(text: str) -> str:
    """Return a number's text in half width and upper case, one kind of dash, single spaces.

    Raises:
        IdentifierError: `bad_characters` for control characters, `bad_number` for an overlong text.
    """
    if len(text) > MAX_NUMBER_LENGTH:
        raise IdentifierError("bad_number")
    if has_control_characters(text):
        raise IdentifierError("bad_characters")
    return _SPACES.sub(" ", half_width(text).translate(_NUMBER_SIGNS)).strip(" ")


def without_spaces(text: str) -> str:
    """Return `fold_number` of a text with the inner spaces left out."""
    return fold_number(text).replace(" ", "")
