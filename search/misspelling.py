"""What a misspelt run of characters may have been meant as, and how near a name comes to it."""

from collections import Counter
from collections.abc import Sequence

from search.distance import distance

MIN_RUN = 3
MAX_RUN = 12
_FAR = 2
SAME, WITHIN, SWAPPED, SAME_SOUND, MISSING, ADDED, REPLACED, TWICE, UNLIKE = (
    0.0,
    0.4,
    0.6,
    0.7,
    0.8,
    0.9,
    1.0,
    2.0,
    3.0,
)

Places = tuple[tuple[int, str], ...]


def one_change(run: str) -> tuple[Places, ...]:
    """Return characters with their distances from the first: one wrong, missing, added or swapped.

    A gap in the distances stands for a character that is not known.
    """
    found: list[Places] = []
    for k in range(len(run)):
        found.append(tuple((i, c) for i, c in enumerate(run) if i != k))  # k is wrong
        if k > 0:
            found.append(tuple((i + (i >= k), c) for i, c in enumerate(run)))  # one is missing before k
            found.append(tuple(enumerate(run[: k - 1] + run[k] + run[k - 1] + run[k + 1 :])))  # swapped
        if 0 < k < len(run) - 1:
            found.append(tuple(enumerate(run[:k] + run[k + 1 :])))  # k was added
    return tuple(tuple((at - places[0][0], c) for at, c in places) for places in dict.fromkeys(found))


def omissions(run: str) -> tuple[str, ...]:
    """Return the run without each of its characters in turn.

    Two names one slip apart share the name itself or an omission: so a look-up finds what would else be
    a walk through all names. (The idea of symmetric deletion, as known from SymSpell.)
    """
    if not MIN_RUN <= len(run) <= MAX_RUN:
        return ()
    return tuple(dict.fromkeys(run[:k] + run[k + 1 :] for k in range(len(run))))


def strangeness(asked: str, name: str, sounds: tuple[Sequence[str], Sequence[str]]) -> float:
    """Return how far a name is from what was typed: 0 the same, below 2 one slip, from 3 on unlike.

    Slips are weighed by how easily they happen: every typed character is still there when two were
    swapped or one was left out; a character of the same sound is likelier than any other.
    """
    if asked == name:
        return SAME
    if asked in name:
        return WITHIN
    steps = distance(asked, name, _FAR)
    if steps == 1:
        return _slip(asked, name, sounds)
    if steps == _FAR:
        return SAME_SOUND if sounds[0] == sounds[1] else TWICE
    kept = sum((Counter(asked) & Counter(name)).values())
    return UNLIKE + 1 - kept / len(asked) + 0.1 * (len(name) - kept) / len(name)


def _slip(asked: str, name: str, sounds: tuple[Sequence[str], Sequence[str]]) -> float:
    if len(asked) < len(name):
        return MISSING
    if len(asked) > len(name):
        return ADDED
    if sorted(asked) == sorted(name):
        return SWAPPED
    return SAME_SOUND if sounds[0] == sounds[1] else REPLACED
