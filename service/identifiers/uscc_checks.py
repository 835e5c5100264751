"""Shape and check characters of a USCC and of the organisation code inside it; arithmetic only.

Source: GB 32100-2015 (shape, alphabet, check character); GB 11714 (organisation code).
"""

from __future__ import annotations

import re
from operator import mul

LENGTH = 18
# Written out without I, O, S, V and Z, which are misread. Source: GB 32100-2015.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# The twelve registering departments; N (farming) registers village collectives.
DEPARTMENTS = "123456789ANY"
DIGITS = "0123456789"
MISREAD = str.maketrans({"I": "1", "O": "0", "S": "5", "Z": "2"})

_SHAPE = re.compile(f"[{DEPARTMENTS}][{ALPHABET}][0-9]{{6}}[{ALPHABET}]{{10}}")
_DIVISION_POSITIONS = range(3, 9)
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, i, 31) for i in range(LENGTH - 1))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # Source: GB 11714


def has_shape(code: str) -> bool:
    """Tell whether a folded code has the length and, at every position, a character that may stand there."""
    return _SHAPE.fullmatch(code) is not None


def first_wrong(code: str) -> int:
    """Return the first position, counted from 1, whose character may not stand there."""
    return next(i for i, character in enumerate(code, start=1) if character not in _allowed(i))


def check_character(code: str) -> str:
    """Return the right 18th character for a code's first seventeen. Source: GB 32100-2015."""
    # Without a step in Python for each character: batches check ten thousand codes.
    total = sum(map(mul, map(_VALUES.__getitem__, code), _WEIGHTS))
    return ALPHABET[-total % 31]


def organisation_check(body: str) -> str:
    """Return the right ninth character for an organisation code's first eight. Source: GB 11714."""
    # Here A counts 10 and Z 35, unlike the outer alphabet with its five gaps.
    total = sum(int(char, 36) * weight for char, weight in zip(body, _ORGANISATION_WEIGHTS, strict=False))
    return "0X987654321"[total % 11]


def passes(code: str) -> bool:
    """Tell whether a folded code has the shape and the right 18th character."""
    return has_shape(code) and check_character(code) == code[-1]


def passes_inside(code: str) -> bool:
    """Tell whether the organisation code inside a code of the right shape passes its own check."""
    return organisation_check(code[8:16]) == code[16]


def _allowed(position: int) -> str:
    if position == 1:
        return DEPARTMENTS
    return DIGITS if position in _DIVISION_POSITIONS else ALPHABET
