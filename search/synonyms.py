"""Words for the same thing, read from `synonyms.txt`."""

import re
from functools import cache, lru_cache
from importlib import resources

from search.distance import distance
from search.text import fold

_MIN_TYPO_LENGTH = 5


@lru_cache(maxsize=4096)
def other_words(text: str) -> tuple[str, ...]:
    """Return a folded text with its longest known word replaced by each synonym; nothing if it has none."""
    groups = _groups()
    if text in groups:
        return groups[text]
    found = max(_words_inside().findall(text), key=len, default="")
    return tuple(text.replace(found, other) for other in groups[found]) if found else ()


@lru_cache(maxsize=4096)
def near_words(word: str) -> tuple[str, ...]:
    """Return the synonyms of the Latin word that this one is a slip of the finger away from."""
    if len(word) < _MIN_TYPO_LENGTH:
        return ()
    known = (other for other in _groups() if other.isascii() and abs(len(other) - len(word)) <= 1)
    return tuple(one for other in known if distance(word, other, 1) <= 1 for one in _groups()[other])


@cache
def _words_inside() -> re.Pattern[str]:
    # A single character is a word only on its own: 茶 inside 绿茶 is none. So is a Latin word.
    words = [word for word in _groups() if not word.isascii() and len(word) > 1]
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)) or "(?!)")


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    text = (resources.files("search") / "synonyms.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found: dict[str, tuple[str, ...]] = {}
    for line in lines:
        group = tuple(dict.fromkeys(fold(word).strip() for word in line.split(",")))
        found |= {word: tuple(other for other in group if other != word) for word in group}
    return found
