"""Where the words of a question stand in a text: ranges on the original, never HTML."""

import re
from collections.abc import Sequence

from search.pinyin import syllables
from search.synonyms import other_words
from search.text import fold, is_han, terms

_MIN_LETTERS = 2
_ONE_FOR_ONE = re.compile(
    "[\x20-\x7e\u3001-\u3011\u4e00-\u9fff（），：]*"
)  # never folded to nothing: most names


def highlights(text: str, query_text: str) -> tuple[tuple[int, int], ...]:
    """Return the ranges [start, end) of `text` that answer the query, in order, never overlapping.

    A traditional, full-width or accented original is found by its folded form; typed pinyin marks the
    characters that it reads.
    """
    folded, origin = _folded_with_origin(text)
    found: list[tuple[int, int]] = []
    for term in terms(query_text):
        found.extend(
            _spans(folded, (term.text,))
            or _spans(folded, other_words(term.text))
            or ([] if term.is_han else _read(folded, term.text))
        )
    return _merged([(origin[start], origin[end - 1] + 1) for start, end in found])


def _folded_with_origin(text: str) -> tuple[str, Sequence[int]]:
    folded = fold(text)
    if _ONE_FOR_ONE.fullmatch(text) and len(folded) == len(text):
        return folded, range(len(text))
    pieces, origin = [], []
    for at, character in enumerate(text):
        piece = fold(character)
        pieces.append(piece)
        origin.extend([at] * len(piece))
    return "".join(pieces), origin


def _spans(folded: str, words: tuple[str, ...]) -> list[tuple[int, int]]:
    return [match.span() for word in words for match in re.finditer(re.escape(word), folded)]


def _read(folded: str, letters: str) -> list[tuple[int, int]]:
    if len(letters) < _MIN_LETTERS:
        return []
    for run in re.finditer(r"[^\W\da-z_]+", folded):
        if is_han(run[0][0]) and (span := _read_run(run[0], letters)):
            return [(run.start() + span[0], run.start() + span[1])]
    return []


def _read_run(run: str, letters: str) -> tuple[int, int] | None:
    spoken = syllables(run)
    for sounds in (spoken, tuple(one[0] for one in spoken)):
        for start in range(len(sounds)):
            reach, end = "", start
            while end < len(sounds) and len(reach) < len(letters):
                reach += sounds[end]
                end += 1
            if reach.startswith(letters):
                return start, end
    return None


def _merged(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)
