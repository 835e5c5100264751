"""Chinese numerals as announcements print them: digit by digit (四九八) or with place words (一百二十)."""

from __future__ import annotations

from service.identifiers.problems import IdentifierError

NUMERAL_CHARACTERS = "零〇○◯O一二三四五六七八九十百千"
_LONGEST = len("一千二百三十四")
_ASCII_DIGITS = "0123456789"
_DIGITS = "零一二三四五六七八九"
_PLACES = {"千": 1000, "百": 100, "十": 10}
# 〇 is the numeral; the circles and the letter are what typists take for it.
_ZEROS = str.maketrans(dict.fromkeys("〇○◯O", "零"))


def read_numeral(text: str) -> int:
    """Return the number written in ASCII digits or in Chinese.

    Raises:
        IdentifierError: `bad_number`; a shorthand such as 一百二 (102 or 120?) is refused, not guessed.
    """
    numeral = text.translate(_ZEROS)
    if not 0 < len(numeral) <= _LONGEST:
        raise IdentifierError("bad_number")
    for digits in (_ASCII_DIGITS, _DIGITS):
        if all(character in digits for character in numeral):
            return int("".join(str(digits.index(character)) for character in numeral))
    return _read_placed(numeral)


def spell_numeral(number: int) -> str:
    """Return a number from 1 to 9999 with place words: 1008 is 一千零八."""
    spelt = ""
    gap = ""
    for word, place in (*_PLACES.items(), ("", 1)):
        digit = number // place % 10
        if digit:
            spelt += gap + _DIGITS[digit] + word
        gap = "零" if spelt and not digit else ""
    return spelt


def _read_placed(numeral: str) -> int:
    total = digit = 0
    for character in numeral:
        if character in _PLACES:
            total += (digit or 1) * _PLACES[character]
            digit = 0
        elif character in _DIGITS:
            digit = _DIGITS.index(character)
        else:
            raise IdentifierError("bad_number")
    total += digit
    # Spelling it back is the strictest check there is; 十二 and 一百十二 leave out the 一 before 十.
    if spell_numeral(total).replace("一十", "十") != numeral.replace("一十", "十"):
        raise IdentifierError("bad_number")
    return total
