"""What kind of number a pasted text is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from service.identifiers.announcements import AnnouncementNumber, DocumentNumber
from service.identifiers.folding import MAX_NUMBER_LENGTH, half_width, has_control_characters
from service.identifiers.person_numbers import contains_person_number
from service.identifiers.problems import Hint, IdentifierError
from service.identifiers.registrations import (
    AgiNumber,
    AuthorisationNumber,
    ProductCode,
    TrademarkNumber,
)
from service.identifiers.standards import StandardCode
from service.identifiers.uscc import Uscc, looks_like_uscc

Number = (
    Uscc
    | AuthorisationNumber
    | ProductCode
    | TrademarkNumber
    | AgiNumber
    | AnnouncementNumber
    | DocumentNumber
    | StandardCode
)
"""Any parsed number."""


class Kind(StrEnum):
    """The kinds of text the search box tells apart."""

    USCC = "uscc"
    AUTHORISATION = "authorisation"
    PRODUCT_CODE = "product_code"
    TRADEMARK = "trademark"
    AGI_CERTIFICATE = "agi_certificate"
    AGI_SPECIFICATION = "agi_specification"
    ANNOUNCEMENT = "announcement"
    DOCUMENT_NUMBER = "document_number"
    STANDARD = "standard"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a text is.

    Attributes:
        kind: the kind of number, or text.
        value: the normal form, or the text as typed in half width; empty when the text must not be kept
            (a person's identity number, control characters), so that this object is safe to log.
        number: the parsed number. A USCC whose only fault is its check character is here, unchecked, so that
            the register can be asked about that very code.
        problem: why the number is not good.
        hints: what may help.
    """

    kind: Kind
    value: str
    number: Number | None = None
    problem: IdentifierError | None = None
    hints: tuple[Hint, ...] = ()


def recognise(text: str) -> Recognised:
    """Return what a pasted text is; never raises.

    Identity numbers are refused before anything else is tried, also inside a longer text.
    """
    if has_control_characters(text):
        return Recognised(Kind.TEXT, "", problem=IdentifierError("bad_characters"))
    if contains_person_number(text):
        return _refuse_person_number()
    plain = half_width(text)
    if len(text) > MAX_NUMBER_LENGTH:
        return Recognised(Kind.TEXT, plain)
    return _recognise_number(text) or Recognised(Kind.TEXT, plain, hints=_hints_for_text(plain))


def _recognise_number(text: str) -> Recognised | None:
    for kind, parse in _PARSERS:
        try:
            number = parse(text)
        except IdentifierError:
            continue
        return _recognised(kind, number)
    broken = _recognise_broken_code(text)
    if broken is None and looks_like_uscc(text):
        return _recognise_uscc(text)
    return broken


def _recognise_uscc(text: str) -> Recognised:
    try:
        code = Uscc.parse_unchecked(text)
    except IdentifierError as problem:
        return _broken_uscc(text, problem)
    if not code.check_is_valid:
        return Recognised(Kind.USCC, code.value, code, IdentifierError("uscc_checksum"))
    hints = () if code.inner_check_is_valid else (Hint.INNER_CHECK,)
    return Recognised(Kind.USCC, code.value, code, hints=hints)


def _broken_uscc(text: str, problem: IdentifierError) -> Recognised:
    if problem.code == "looks_like_id":
        return _refuse_person_number()
    if problem.hint is Hint.LEGACY_15:
        problem = IdentifierError("legacy_15", hint=Hint.LEGACY_15)
    hints = (problem.hint,) if problem.hint else ()
    return Recognised(Kind.USCC, half_width(text), problem=problem, hints=hints)


def _refuse_person_number() -> Recognised:
    return Recognised(Kind.USCC, "", problem=IdentifierError("looks_like_id"))


def _recognised(kind: Kind, number: Number) -> Recognised:
    if isinstance(number, AgiNumber) and number.is_specification:
        kind = Kind.AGI_SPECIFICATION
    unnamed = isinstance(number, AnnouncementNumber) and number.issuer is None
    return Recognised(kind, str(number), number, hints=(Hint.ISSUER_MISSING,) if unnamed else ())


def _recognise_broken_code(text: str) -> Recognised | None:
    """Name the fault of a text that begins like one of the codes nothing else begins with."""
    plain = half_width(text).upper()
    for kind, beginning in _BEGINNINGS:
        if beginning.match(plain):
            return Recognised(kind, plain, problem=IdentifierError("bad_number"))
    return None


def _hints_for_text(plain: str) -> tuple[Hint, ...]:
    return (Hint.MAYBE_ANNOUNCEMENT,) if _BARE_SERIAL.fullmatch(plain) else ()


# In order of certainty: our own codes, those with a fixed beginning, those in words, bare digits last.
_PARSERS: tuple[tuple[Kind, Callable[[str], Number]], ...] = (
    (Kind.AUTHORISATION, AuthorisationNumber.parse),
    (Kind.PRODUCT_CODE, ProductCode.parse),
    (Kind.AGI_CERTIFICATE, AgiNumber.parse),
    (Kind.STANDARD, StandardCode.parse),
    (Kind.ANNOUNCEMENT, AnnouncementNumber.parse),
    (Kind.DOCUMENT_NUMBER, DocumentNumber.parse),
    (Kind.TRADEMARK, TrademarkNumber.parse),
)
_BEGINNINGS = (
    (Kind.AUTHORISATION, re.compile(r"QJ ?-? ?AU\b")),
    (Kind.PRODUCT_CODE, re.compile(r"QJ ?-? ?GI\b")),
    (Kind.AGI_CERTIFICATE, re.compile(r"AGI ?[0-9]")),
)
_BARE_SERIAL = re.compile(r"[1-9][0-9]{0,3}")
