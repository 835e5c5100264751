"""Slugs for addresses, read from Chinese names as search reads them."""

from __future__ import annotations

import re

from search.pinyin import syllables
from search.text import terms

_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")


def slug_of(name: str) -> str:
    """Return a lower-case ASCII slug of at most 60 characters: 重庆老字号 is chongqinglaozihao."""
    words = ["".join(syllables(term.text)) if term.is_han else term.text for term in terms(name)]
    return _NOT_IN_SLUG.sub("-", "-".join(words)).strip("-")[:60].strip("-")
