"""The unified social credit code (统一社会信用代码): the value, its folding, and guesses at a misread one.

Source: GB 32100-2015.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.identifiers import uscc_checks
from service.identifiers.folding import MAX_NUMBER_LENGTH, half_width, has_control_characters
from service.identifiers.person_numbers import is_person_number
from service.identifiers.problems import Hint, IdentifierError

# As nearly every code comes: nothing in it is folded.
_PLAIN = re.compile(f"[0-9A-Z]{{1,{MAX_NUMBER_LENGTH}}}")
_LEGACY = re.compile(r"[0-9]{15}")
_SCIENTIFIC = re.compile(r"[1-9](?:\.[0-9]{1,16})?E\+?1[4-9]")
# A text with fewer digits or more foreign characters is not a slip of the hand but something else.
_FEWEST_DIGITS, _MOST_FOREIGN, _MOST_LENGTH_OFF = 8, 2, 2

# Registering department and kind of body, as `OrganisationKind` spells it; the rest is "other".
# Source: GB 32100-2015, tables of departments and kinds, with the rural collectives (N) added later.
_KINDS = {
    "11": "government",
    "12": "public_institution",
    "13": "association",
    "21": "foreign",
    "41": "foreign",
    "51": "association",
    "52": "ngo",
    "53": "foundation",
    "61": "foreign",
    "91": "enterprise",
    "92": "sole_trader",
    "93": "cooperative",
    "N1": "group_collective",
    "N2": "village_collective",
    "N3": "town_collective",
}


@dataclass(frozen=True, slots=True)
class Uscc:
    """A code of the right shape; `parse` also demands the check character.

    A few real early codes fail their check character, so the register must be able to hold one.
    """

    value: str

    def __post_init__(self) -> None:
        _demand_shape(self.value)

    def __str__(self) -> str:
        return self.value

    @classmethod
    def parse(cls, text: str) -> Uscc:
        """Return the code a person typed, checked.

        Raises:
            IdentifierError: `bad_characters`, `uscc_charset`, `uscc_length` (with the hint legacy_15 for an
                old registration number), `looks_like_id` or `uscc_checksum`.
        """
        code = cls.parse_unchecked(text)
        if not code.check_is_valid:
            raise IdentifierError("uscc_checksum")
        return code

    @classmethod
    def parse_unchecked(cls, text: str) -> Uscc:
        """Return the code a person typed even when its check character is wrong.

        For asking the register about that very code. Raises as `parse` does, without `uscc_checksum`.
        """
        folded = fold_uscc(text)
        if is_person_number(folded):
            raise IdentifierError("looks_like_id")
        return cls(folded)

    @property
    def normal_form(self) -> str:
        """The code itself: upper case, half width, no spaces."""
        return self.value

    @property
    def check_is_valid(self) -> bool:
        """Whether the 18th character is right."""
        return uscc_checks.passes(self.value)

    @property
    def inner_check_is_valid(self) -> bool:
        """Whether the organisation code passes its own check; a warning, never a refusal."""
        return uscc_checks.passes_inside(self.value)

    @property
    def department(self) -> str:
        """The registering department: 1-9, A, N or Y."""
        return self.value[0]

    @property
    def organisation_kind(self) -> str:
        """The kind of organisation, as `OrganisationKind` spells it."""
        return "military" if self.department == "A" else _KINDS.get(self.value[:2], "other")

    @property
    def division_code(self) -> str:
        """Six digits: where the body was first registered, which need not be where it is or produces."""
        return self.value[2:8]

    @property
    def organisation_code(self) -> str:
        """Nine characters: the organisation code with its own check character."""
        return self.value[8:17]


def fold_uscc(text: str) -> str:
    """Return the text in plain upper-case ASCII without spaces and hyphens; the length is not judged.

    Full-width ASCII is folded and nothing else: superscript and Arabic-Indic digits are refused, since a
    reader would not see that they were changed.

    Raises:
        IdentifierError: `bad_characters`, `uscc_charset` with the position, `uscc_length` when overlong.
    """
    if _PLAIN.fullmatch(text):
        return text
    if len(text) > MAX_NUMBER_LENGTH:
        raise IdentifierError("uscc_length")
    if has_control_characters(text):
        raise IdentifierError("bad_characters")
    code = _without_separators(text)
    for position, character in enumerate(code, start=1):
        if not character.isascii():
            raise IdentifierError("uscc_charset", position=position)
    return code.upper()


def is_well_formed(text: str) -> bool:
    """Tell whether a text is a USCC with the right shape and the right check character."""
    try:
        Uscc.parse(text)
    except IdentifierError:
        return False
    return True


def looks_like_uscc(text: str) -> bool:
    """Tell whether a text was probably meant as a USCC, so that its fault is worth naming.

    Also a bare number of fifteen digits and a code that a spreadsheet rewrote.
    """
    if len(text) > MAX_NUMBER_LENGTH:
        return False
    code = _without_separators(text).upper()
    if _LEGACY.fullmatch(code) or _SCIENTIFIC.fullmatch(code):
        return True
    if abs(len(code) - uscc_checks.LENGTH) > _MOST_LENGTH_OFF:
        return False
    foreign = sum(not (character.isascii() and character.isalnum()) for character in code)
    digits = sum(character in uscc_checks.DIGITS for character in code.translate(uscc_checks.MISREAD))
    return foreign <= _MOST_FOREIGN and digits >= _FEWEST_DIGITS


def uscc_check_character(body: str) -> str:
    """Return the 18th character for the first seventeen.

    Raises:
        IdentifierError: `uscc_length` or `uscc_charset`.
    """
    _demand_shape(body + "0")
    return uscc_checks.check_character(body)


def organisation_check_character(body: str) -> str:
    """Return the ninth character for an organisation code's first eight. Source: GB 11714.

    Raises:
        IdentifierError: `uscc_length` or `uscc_charset`.
    """
    _demand_shape(f"91500114{body}00")
    return uscc_checks.organisation_check(body)


def uscc_candidates(text: str) -> tuple[Uscc, ...]:
    """Return the good codes a bad one may have been meant as, the likeliest first.

    Misread letters (O, I, Z, S) and one wrong, missing, surplus or swapped character are put right. About
    one guess in 31 passes by chance, so show a candidate only when it is on the register, and never
    accept one unasked. A good code and a person's identity number have no candidates.
    """
    try:
        code = fold_uscc(text)
    except IdentifierError:
        return ()
    if is_person_number(code) or uscc_checks.passes(code):
        return ()
    misread = code.translate(uscc_checks.MISREAD)
    guesses = [misread] if uscc_checks.passes(misread) else _one_edit_away(misread)
    return tuple(Uscc(guess) for guess in dict.fromkeys(guesses) if uscc_checks.passes(guess))


def _without_separators(text: str) -> str:
    return half_width(text).replace(" ", "").replace("-", "")


def _demand_shape(code: str) -> None:
    if uscc_checks.has_shape(code):
        return
    if _SCIENTIFIC.fullmatch(code):
        raise IdentifierError("uscc_charset", position=2, hint=Hint.SCIENTIFIC_NOTATION)
    if len(code) != uscc_checks.LENGTH:
        raise IdentifierError("uscc_length", hint=Hint.LEGACY_15 if _LEGACY.fullmatch(code) else None)
    misread = Hint.MISREAD_LETTERS if code.translate(uscc_checks.MISREAD) != code else None
    raise IdentifierError("uscc_charset", position=uscc_checks.first_wrong(code), hint=misread)


def _one_edit_away(code: str) -> list[str]:
    """Codes of eighteen characters one edit away: swaps first, the commonest slip of the hand."""
    places = range(len(code))
    alphabet = uscc_checks.ALPHABET
    if len(code) == uscc_checks.LENGTH + 1:
        return [code[:i] + code[i + 1 :] for i in places]
    if len(code) == uscc_checks.LENGTH - 1:
        return [code[:i] + new + code[i:] for i in (*places, len(code)) for new in alphabet]
    if len(code) != uscc_checks.LENGTH:
        return []
    swapped = [code[:i] + code[i + 1] + code[i] + code[i + 2 :] for i in places[:-1]]
    return swapped + [code[:i] + new + code[i + 1 :] for i in places for new in alphabet]
