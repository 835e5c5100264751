"""Ways to cut a run of Han characters that no record holds as a whole: 黔江区猕猴桃 is 黔江区 and 猕猴桃."""

import re
from functools import cache
from importlib import resources

from search.text import fold

_MIN_RUN = 4
_MIN_PART = 2
_MAX_SPLITS = 10
_PLACE = re.compile(r"(.{2,7}?(?:特别行政区|自治区|自治州|自治县|街道|省|市|区|县|乡|镇|村))(?=..)")


def splits(run: str) -> tuple[tuple[str, ...], ...]:
    """Return the likeliest ways to cut the run into parts of two characters or more."""
    if len(run) < _MIN_RUN:
        return ()
    found = [_by_place_and_word(run)]
    found.extend((run[:at], run[at:]) for at in range(_MIN_PART, len(run) - _MIN_PART + 1))
    return tuple(parts for parts in dict.fromkeys(found) if len(parts) > 1)[:_MAX_SPLITS]


def _by_place_and_word(run: str) -> tuple[str, ...]:
    parts: list[str] = []
    while (place := _PLACE.match(run)) and len(run) - place.end() >= _MIN_PART:
        parts.append(place[1])
        run = run[place.end() :]
    return (*parts, *_by_word(run))


def _by_word(run: str) -> tuple[str, ...]:
    known = _known_words()
    for at in range(_MIN_PART, len(run) - _MIN_PART + 1):
        if run[at:] in known or run[:at] in known:
            return (*_by_word(run[:at]), *_by_word(run[at:]))
    return (run,)


@cache
def _known_words() -> frozenset[str]:
    words: list[str] = []
    for name in ("synonyms.txt", "words.txt"):
        text = (resources.files("search") / name).read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        words.extend(fold(word).strip() for line in lines for word in line.split(","))
    return frozenset(word for word in words if len(word) >= _MIN_PART)
