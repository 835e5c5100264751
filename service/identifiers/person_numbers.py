"""Identity numbers of persons: recognised only to be refused and never kept.

Source: GB 11643 (birth date in positions 7-14, last character by ISO 7064 MOD 11-2).
"""

from __future__ import annotations

import re
from datetime import date

from service.identifiers import uscc_checks
from service.identifiers.folding import half_width

_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
# Bounded, and anchored by what may not stand beside it: one step for each character of any text.
_RUN = re.compile(r"(?<![0-9A-Za-z])[0-9](?:[ -]?[0-9]){16}[ -]?[0-9Xx](?![0-9A-Za-z])")
_SEPARATORS = str.maketrans("", "", " -")
_CHECKS = "10X98765432"  # by remainder. Source: ISO 7064 MOD 11-2
_FIRST_BIRTH, _LAST_BIRTH = 1900, 2100


def is_person_number(code: str) -> bool:
    """Tell whether a folded code is a person's 18-digit number and not an organisation's code.

    One such number in 31 passes the outer check of a USCC by chance, so both checks of a USCC must hold
    before a number with a birth date in it is believed to be an organisation's.
    """
    plain = code.translate(uscc_checks.MISREAD)
    if _SHAPE.fullmatch(plain) is None or not _is_birth_date(plain[6:14]):
        return False
    if _CHECKS[sum(int(digit) * pow(2, 17 - i, 11) for i, digit in enumerate(plain[:17])) % 11] != plain[17]:
        return False
    return not (uscc_checks.passes(plain) and uscc_checks.passes_inside(plain))


def contains_person_number(text: str) -> bool:
    """Tell whether such a number, spaced or not, stands anywhere in a text of any length."""
    runs = _RUN.finditer(half_width(text))
    return any(is_person_number(run.group().translate(_SEPARATORS).upper()) for run in runs)


def _is_birth_date(digits: str) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return _FIRST_BIRTH <= born.year <= _LAST_BIRTH
