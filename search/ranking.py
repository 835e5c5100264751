"""Likeness of names to a misspelt question: the order of the loose tiers, and "did you mean"."""

from search.analysis import squashed
from search.distance import distance
from search.misspelling import SAME, SWAPPED, TWICE, strangeness
from search.pinyin import syllables_of
from search.plan import PARTS, SIMILAR
from search.shown import Shown
from search.text import is_han, terms

RERANKED = 50  # hits of a loose tier whose names are compared with what was typed
_FAR = 3
_TWO_SLIPS_FROM = 5


def closest_first(shown: list[Shown], text: str, tier: str) -> list[tuple[Shown, str]]:
    """Return records with their tiers, in the order of their best name's likeness to the text.

    Equals keep the engine's order. A record found by parts, whose whole name is one slip away, is similar.
    """
    asked = squashed(text)
    measure = _han_distance if asked and is_han(asked[0]) else _latin_distance
    weighed = sorted(((measure(one, asked), at) for at, one in enumerate(shown)), key=lambda pair: pair)
    return [(shown[at], _tier(far, tier)) for far, at in weighed]


def spelling(shown: list[Shown], text: str) -> str | None:
    """Return the stretch of a found name that was probably meant, or None when none is close."""
    asked = squashed(text)
    if len(terms(text)) != 1 or not shown:
        return None
    wholes = {squashed(name) for one in shown[:3] for name in one.names}
    words = (piece for one in shown[:3] for piece in _pieces(one, asked))
    best = min(words, key=lambda piece: (distance(asked, piece, _FAR), piece not in wholes), default="")
    allowed = 1 if len(asked) < _TWO_SLIPS_FROM else 2
    return best if best and best != asked and distance(asked, best, allowed) <= allowed else None


def _tier(far: float, tier: str) -> str:
    return SIMILAR if tier == PARTS and SWAPPED <= far < TWICE else tier


def _han_distance(shown: Shown, asked: str) -> float:
    heard = syllables_of(asked)
    return min(strangeness(asked, squashed(name), (heard, syllables_of(name))) for name in shown.names)


def _latin_distance(shown: Shown, asked: str) -> float:
    sounds = ["".join(syllables_of(name)) for name in shown.names]
    english = [squashed(name) for name in shown.english]
    return min((_letters(asked, spelt) for spelt in (*sounds, *english)), default=_FAR + 1)


def _letters(asked: str, spelt: str) -> float:
    whole = distance(asked, spelt, _FAR)
    if whole <= _FAR or not asked:
        return whole * 1.0 if whole else SAME
    begins = distance(asked, spelt[: len(asked)], _FAR)
    return min(begins, _FAR) + 1 + len(spelt) / 100


def _pieces(shown: Shown, asked: str) -> list[str]:
    if not is_han(asked[0]):
        return [term.text for name in shown.english for term in terms(name)]
    sizes = (len(asked), len(asked) + 1, len(asked) - 1)
    return [
        plain[at : at + size]
        for plain in (squashed(name) for name in shown.names)
        for size in sizes
        for at in range(max(len(plain) - size + 1, 0))
        if size > 1
    ]
