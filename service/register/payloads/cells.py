"""Column types of payloads: what a cell of a spreadsheet or a field of a form may hold, cleaned on the way in."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from service.calendar import parse_china_date
from service.identifiers import IdentifierError, TrademarkNumber, Uscc

_INVISIBLE = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)

# Category Cc but for line breaks and tabs.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")

_SLUG = re.compile("[a-z0-9]+(?:-[a-z0-9]+)*")

_LONGEST_REST = timedelta(days=30)


def _clean(value: object) -> object:
    """Return text in NFC without invisible characters and outer space; empty text is no value."""
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFC", value).translate(_INVISIBLE).strip().strip("\u3000")
    if _CONTROL.search(text):
        raise ValueError("control characters are not allowed")
    return text or None


def _uscc(value: object) -> object:
    """Return a USCC in normal form; a wrong check character may stand, since a few real codes have one."""
    cleaned = _clean(value)
    try:
        return Uscc.parse_unchecked(cleaned).value if isinstance(cleaned, str) else cleaned
    except IdentifierError as error:
        raise ValueError(error.code) from error


def _trademark_number(value: object) -> object:
    cleaned = _clean(value)
    try:
        return TrademarkNumber.parse(cleaned).normal_form if isinstance(cleaned, str) else cleaned
    except IdentifierError as error:
        raise ValueError(error.code) from error


def _slug(value: str) -> str:
    """Return what stands in an address as it is; anything else would lead nowhere, or to another page."""
    if not _SLUG.fullmatch(value):
        raise PydanticCustomError(
            "bad_slug", "only lower-case letters, digits and single hyphens between them"
        )
    return value


def _listed(value: object) -> object:
    if isinstance(value, str):
        parts = value.replace("\n", "；").replace(";", "；").split("；")
        return tuple(part.strip() for part in parts if part.strip())
    return () if value is None else value


def _days(value: object) -> object:
    """Return days written one by one or as `first/last`, both included, in order."""
    parts = _listed(value)
    if not isinstance(parts, list | tuple):
        raise ValueError("not days")  # noqa: TRY004  (pydantic words no other)
    found: list[date] = []
    for part in parts:
        first, _, last = str(part).partition("/")
        begin, end = parse_china_date(first), parse_china_date(last or first)
        if not begin <= end <= begin + _LONGEST_REST:
            raise ValueError("not a period of days")
        found += [begin + timedelta(days=n) for n in range((end - begin).days + 1)]
    return tuple(sorted(found))


EmptyIsNone = BeforeValidator(_clean)
Line = Annotated[str, BeforeValidator(_clean), StringConstraints(min_length=1, max_length=300)]
Code = Annotated[str, BeforeValidator(_clean), StringConstraints(min_length=1, max_length=60)]
Slug = Annotated[Code, AfterValidator(_slug)]
ShortText = Annotated[str, BeforeValidator(_clean), StringConstraints(min_length=1, max_length=30)]
LongText = Annotated[str, BeforeValidator(_clean), StringConstraints(min_length=1, max_length=20_000)]
OptionalLine = Annotated[Line | None, EmptyIsNone]
# As long as their columns: PostgreSQL refuses what SQLite would take.
Line100 = Annotated[Line, StringConstraints(max_length=100)]
OptionalLine100 = Annotated[Line100 | None, EmptyIsNone]
OptionalLine200 = Annotated[Annotated[Line, StringConstraints(max_length=200)] | None, EmptyIsNone]
Code40 = Annotated[Code, StringConstraints(max_length=40)]
OptionalCode20 = Annotated[Annotated[Code, StringConstraints(max_length=20)] | None, EmptyIsNone]
OptionalCode = Annotated[Code | None, EmptyIsNone]
OptionalSlug = Annotated[Slug | None, EmptyIsNone]
OptionalText = Annotated[LongText | None, EmptyIsNone]
Sha256 = Annotated[Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None, EmptyIsNone]
UsccText = Annotated[str | None, BeforeValidator(_uscc)]
TrademarkText = Annotated[str, BeforeValidator(_trademark_number)]
# Bounded, since a typing error must not end with the calendar: a term's last day has a day after it.
KnownDay = Annotated[date, Field(ge=date(1000, 1, 1), le=date(2199, 12, 31))]
Day = Annotated[KnownDay | None, EmptyIsNone]
Days = Annotated[tuple[date, ...], BeforeValidator(_days), Field(max_length=200)]
Lines = Annotated[tuple[Line, ...], BeforeValidator(_listed), Field(max_length=200)]
Numbers = Annotated[tuple[Line100, ...], BeforeValidator(_listed), Field(max_length=200)]
NiceClass = Annotated[int, Field(ge=1, le=45)]
OptionalNiceClass = Annotated[NiceClass | None, EmptyIsNone]
NiceClasses = Annotated[tuple[NiceClass, ...], BeforeValidator(_listed)]
Month = Annotated[int, Field(ge=1, le=12)]
Months = Annotated[tuple[Month, ...], BeforeValidator(_listed)]
Longitude = Annotated[Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None, EmptyIsNone]
Latitude = Annotated[Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None, EmptyIsNone]
# Bounded, so that every quotient of two of them is a number.
Amount = Annotated[Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)] | None, EmptyIsNone]
Denominator = Annotated[Annotated[float, Field(ge=1e-6, le=1e15, allow_inf_nan=False)] | None, EmptyIsNone]
Count = Annotated[Annotated[int, Field(ge=0, le=10_000_000)] | None, EmptyIsNone]
Year = Annotated[Annotated[int, Field(ge=1949, le=2100)] | None, EmptyIsNone]
