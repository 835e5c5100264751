"""Numbers of official announcements and documents, in the many ways they are printed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from service.identifiers.folding import without_spaces
from service.identifiers.numerals import NUMERAL_CHARACTERS, read_numeral
from service.identifiers.problems import IdentifierError

ISSUERS = ("cnipa", "aqsiq", "saic", "moa", "samr", "cq_ipo", "district", "demonstration", "other")
"""Codes of the issuers, as `Issuer` spells them."""

_NO_ISSUER = "unknown"
_MAX_SERIAL = 9999
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


@dataclass(frozen=True, slots=True)
class AnnouncementNumber:
    """Issuer, year for those who number by year, and serial.

    Without an issuer the number is not unique: 第475号 exists at several.
    """

    issuer: str | None
    year: int | None
    serial: int

    def __post_init__(self) -> None:
        good_year = self.year is None or _FIRST_YEAR <= self.year <= _LAST_YEAR
        if self.issuer not in (None, *ISSUERS) or not good_year or not 1 <= self.serial <= _MAX_SERIAL:
            raise IdentifierError("bad_number")

    def __str__(self) -> str:
        return self.normal_form

    @classmethod
    def parse(cls, text: str) -> AnnouncementNumber:
        """Return the number from any printed form, from `cnipa:475` or from `cnipa-475`.

        Printed forms: 第475号公告 · 公告第四九八号 · 第五○八号 · 第一百二十号 · 2017年第21号 ·
        农业部公告第1813号 · 国家知识产权局第475号公告. A name that is not known counts as `other` when it
        reads like an authority's and 公告 stands there.

        Raises:
            IdentifierError: `bad_number` or `bad_characters`.
        """
        compact = without_spaces(text)
        code = _CODE.fullmatch(compact)
        if code is not None:
            issuer = code["issuer"].lower()
            year = int(code["year"]) if code["year"] else None
            return cls(None if issuer == _NO_ISSUER else issuer, year, int(code["serial"]))
        return _parse_printed(compact.translate(_BRACKETS))

    @property
    def normal_form(self) -> str:
        """`cnipa:475`, `aqsiq:2017-21`; `unknown:475` when the issuer is not named."""
        return f"{self.issuer or _NO_ISSUER}:{self._digits}"

    @property
    def printed(self) -> str:
        """The number as it is printed, without the issuer: 2017年第21号, 第475号."""
        return f"{self.year}年第{self.serial}号" if self.year is not None else f"第{self.serial}号"

    @property
    def code(self) -> str:
        """The normal form as it stands in an address: `cnipa-475`, `aqsiq-2017-21`."""
        return f"{self.issuer or _NO_ISSUER}-{self._digits}"

    @property
    def _digits(self) -> str:
        return str(self.serial) if self.year is None else f"{self.year}-{self.serial}"


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """An official document's number (发文字号): the authority's short name, year and serial."""

    organ: str
    year: int
    serial: int
    raw: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        good_year = _FIRST_YEAR <= self.year <= _LAST_YEAR
        if not good_year or self.serial < 1 or _DOCUMENT.fullmatch(self.normal_form) is None:
            raise IdentifierError("bad_number")

    def __str__(self) -> str:
        return self.normal_form

    @classmethod
    def parse(cls, text: str) -> DocumentNumber:
        """Return the number from `国知发保函字〔2025〕173号`, whatever brackets were typed.

        The text as typed stays in `raw`; two numbers are equal whatever their raw texts.
        """
        match = _DOCUMENT.fullmatch(without_spaces(text).translate(_BRACKETS))
        if match is None or match["organ"].endswith("公告"):
            raise IdentifierError("bad_number")
        return cls(match["organ"], read_numeral(match["year"]), int(match["serial"]), raw=text)

    @property
    def normal_form(self) -> str:
        """The number with the brackets of GB/T 9704 and no spaces."""
        return f"{self.organ}〔{self.year}〕{self.serial}号"


_OPENING, _CLOSING = "([{【《〈〖﹝<", ")]}】》〉〗﹞>"
_BRACKETS = str.maketrans(dict.fromkeys(_OPENING, "〔") | dict.fromkeys(_CLOSING, "〕"))
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_YEAR = "[0-9]{4}|[零〇○◯一二三四五六七八九]{4}"
_CODED_ISSUERS = "|".join((*ISSUERS, _NO_ISSUER)).upper()
# Every repetition is bounded, so each pattern costs the same on any input.
_CODE = re.compile(rf"(?P<issuer>{_CODED_ISSUERS})[:-](?:(?P<year>[0-9]{{4}})-)?(?P<serial>[0-9]{{1,4}})")
_PRINTED = re.compile(
    rf"(?P<name>[{_HAN}]{{0,30}}?)(?P<before>公告)?"
    rf"(?:(?P<year>{_YEAR})年|〔(?P<bracketed>{_YEAR})〕年?)?"
    rf"(?P<ordinal>第)?(?P<serial>[0-9]{{1,4}}|[{NUMERAL_CHARACTERS}]{{1,9}})(?P<sign>号)?(?P<after>公告)?"
)
_DOCUMENT = re.compile(rf"(?P<organ>[{_HAN}]{{1,20}})〔(?P<year>{_YEAR})〕(?:第)?(?P<serial>[0-9]{{1,5}})号")
_STATE_PREFIX = "中华人民共和国"
_DISTRICT = "黔江区"
_AUTHORITY_ENDINGS = ("局", "部", "厅", "委", "会", "办", "院", "府", "署", "机关")
_NAMES = {
    "国家知识产权局": "cnipa",
    "国知局": "cnipa",
    "国家质量监督检验检疫总局": "aqsiq",
    "国家质检总局": "aqsiq",
    "质量监督检验检疫总局": "aqsiq",
    "质检总局": "aqsiq",
    "国家工商行政管理总局": "saic",
    "国家工商行政管理局": "saic",
    "国家工商总局": "saic",
    "工商总局": "saic",
    "农业部": "moa",
    "农业农村部": "moa",
    "国家市场监督管理总局": "samr",
    "国家市场监管总局": "samr",
    "市场监管总局": "samr",
    "重庆市知识产权局": "cq_ipo",
    "市知识产权局": "cq_ipo",
    "示例机关": "demonstration",
}


def _parse_printed(compact: str) -> AnnouncementNumber:
    if compact.startswith("〔") and compact.endswith("〕"):
        compact = compact[1:-1]
    match = _PRINTED.fullmatch(compact)
    if match is None or not _says_announcement(match):
        raise IdentifierError("bad_number")
    year = match["year"] or match["bracketed"]
    return AnnouncementNumber(
        _issuer(match["name"], is_announced=_has_word(match)),
        read_numeral(year) if year else None,
        read_numeral(match["serial"]),
    )


def _has_word(match: re.Match[str]) -> bool:
    return bool(match["before"] or match["after"])


def _says_announcement(match: re.Match[str]) -> bool:
    """Keep out bare digits, 三号 in a product's name, and document numbers, whose year is in brackets."""
    if match["bracketed"]:
        return _has_word(match)
    numbered = match["sign"] and match["serial"].isascii()
    return bool(match["ordinal"] or numbered or match["name"] or _has_word(match))


def _issuer(name: str, *, is_announced: bool) -> str | None:
    if not name:
        return None
    plain = name.removeprefix(_STATE_PREFIX)
    if plain in _NAMES:
        return _NAMES[plain]
    if not plain.endswith(_AUTHORITY_ENDINGS):
        raise IdentifierError("bad_number")
    if _DISTRICT in plain:
        return "district"
    if is_announced:
        return "other"
    raise IdentifierError("bad_number")
