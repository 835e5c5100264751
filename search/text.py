"""Folding of text to one spelling, and cutting it into terms; the same for records and for questions."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import zhconv_rs

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f"
_TERM = re.compile(f"[{_HAN}]+|[a-z0-9]+")
_TOKEN = re.compile(f"[{_HAN}]|[a-z0-9]+")
_NO_CODE = re.compile("[^a-z0-9]")
_IS_HAN = re.compile(f"[{_HAN}]")
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_ORDINAL = re.compile(r"第\s*([〇零一二两三四五六七八九十百千]{1,12}|\d{1,12})\s*号")
_CODE = re.compile(r"[a-z0-9]+(?:[\s\-_./()·—–]+[a-z0-9]+)*")
_MIN_CODE = 3


@dataclass(frozen=True, slots=True)
class Term:
    """A stretch of Han characters, or a word of Latin letters and digits."""

    text: str

    @property
    def is_han(self) -> bool:
        """Return whether the term is Chinese."""
        return is_han(self.text[0])

    @property
    def is_code(self) -> bool:
        """Return whether the term looks like (part of) a number."""
        return not self.is_han and any(c.isdigit() for c in self.text)


class _Folding(dict[int, str]):
    # One character at a time and filled as met: folding a+b is folding a, then b, so a place found
    # in the folded text can be traced back to the original (search.highlight relies on it).
    def __missing__(self, codepoint: int) -> str:
        self[codepoint] = folded = _fold_character(chr(codepoint))
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Return the text in simplified characters, half-width, lower case, without accents or hidden marks."""
    return text.lower() if text.isascii() else text.translate(_FOLDING)


def is_han(character: str) -> bool:
    """Return whether a folded character is Chinese."""
    return _IS_HAN.match(character) is not None


@lru_cache(maxsize=8192)
def terms(text: str) -> tuple[Term, ...]:
    """Return the terms of a text in order; ordinals such as 第四九八号 are read as 第498号."""
    return tuple(Term(found) for found in _TERM.findall(_plain_ordinals(fold(text))))


@lru_cache(maxsize=8192)
def tokens(text: str) -> tuple[str, ...]:
    """Return what is indexed for a text: single Han characters and whole Latin words, in order."""
    return tuple(_TOKEN.findall(_plain_ordinals(fold(text))))


@lru_cache(maxsize=16384)  # places and goods come back thousands of times in one build
def spaced(text: str) -> str:
    """Return the tokens of a text with one space between."""
    return " ".join(tokens(text))


def code(text: str) -> str:
    """Return a number without its punctuation (agi201202869, 12422865; 第498号 is no498), or "".

    Only ASCII letters and digits come back, so the result is safe inside any engine's filter.
    """
    if text.isascii() and text.isalnum():  # nothing to fold, no punctuation: most numbers
        return text.lower() if len(text) >= _MIN_CODE and not text.isalpha() else ""
    folded = _plain_ordinals(fold(text)).strip()
    ordinal = _ORDINAL.search(folded)
    if ordinal:
        return "no" + ordinal[1].lstrip("0")
    if not _CODE.fullmatch(folded):
        return ""
    joined = _NO_CODE.sub("", folded)
    return joined if len(joined) >= _MIN_CODE and any(c.isdigit() for c in joined) else ""


def _fold_character(character: str) -> str:
    if unicodedata.category(character) in {"Cf", "Cs", "Co", "Mn", "Me"}:
        return ""  # direction overrides, joiners, stacked accents: nothing a reader sees
    if character in "üÜǖǘǚǜ":
        return "v"  # as typed on every pinyin keyboard
    wide = unicodedata.normalize("NFKD", character).lower()
    bare = "".join(c for c in wide if unicodedata.category(c) not in {"Mn", "Me"})
    return "".join(_simplify(c) for c in bare)


def _simplify(character: str) -> str:
    return str(zhconv_rs.zhconv(character, "zh-hans")) if _IS_HAN.match(character) else character


def _plain_ordinals(folded: str) -> str:
    if "第" not in folded:
        return folded
    return _ORDINAL.sub(lambda found: f"第{_number(found[1])}号", folded)


def _number(numeral: str) -> int:
    if numeral.isdecimal():
        return int(numeral)
    if not any(c in _UNITS for c in numeral):  # 四九八: digits read one by one
        return int("".join(str(_DIGITS[c]) for c in numeral))
    total, digit = 0, 0
    for c in numeral:
        if c in _UNITS:
            total += (digit or (0 if total else 1)) * _UNITS[c]
            digit = 0
        else:
            digit = _DIGITS[c]
    return total + digit
