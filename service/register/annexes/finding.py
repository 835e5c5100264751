"""Whom and what an announced row speaks of: the organisation, the protection, and the day it takes effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from service.errors import RowProblem
from service.identifiers import uscc_candidates
from service.register.annexes.facts import Facts
from service.register.annexes.known import Known, KnownAuthorisation, KnownOrganisation, KnownProtection
from service.register.annexes.values import Values, name_key
from service.register.annexes.wording import problem
from service.register.payloads import Payload
from service.vocabulary import AnnexField, RecordKind

_WRONG = frozenset({"bad_code", "uscc_checksum"})


@dataclass(frozen=True, slots=True)
class Reader:
    """What rows are read against: the register, the announcement, and what earlier rows would do.

    `number` is the announcement's in normal form, `announcement` its code.
    """

    known: Known
    facts: Facts
    number: str
    announcement: str
    sourced: dict[str, Any]
    pending: dict[tuple[RecordKind, str], Payload] = field(default_factory=dict)
    granted: dict[tuple[int, str], int] = field(default_factory=dict)
    """The line that grants a protection (its key) to an organisation (its key)."""

    def keep(self, payload: Payload) -> tuple[RecordKind, str]:
        """Add a record to what the rows would make, and return its place there."""
        place = payload.kind, payload.key()
        self.pending[place] = payload
        return place


@dataclass(slots=True)
class Conflict(Exception):
    """A row that contradicts the register: which cell, and how."""

    field: AnnexField | None
    code: str
    value: str = ""


def find_organisation(reader: Reader, values: Values, name_field: AnnexField) -> KnownOrganisation | None:
    """Return the organisation a row names by code or by name; None when it is not on the register.

    Raises:
        Conflict: code and name belong to different organisations, or the name to several.
    """
    code, name = values.text(AnnexField.USCC), values.text(name_field)
    if code is not None:
        return _by_code(reader, values, code, name)
    if name is None:
        return None
    found = reader.known.by_name.get(name_key(name), [])
    if len(found) > 1:
        raise Conflict(name_field, "ambiguous_name", name)
    return found[0] if found else None


def _by_code(reader: Reader, values: Values, code: str, name: str | None) -> KnownOrganisation | None:
    found = reader.known.by_code.get(code)
    if found is None:
        if values.is_code_odd:
            values.refuse(AnnexField.USCC, "uscc_checksum", code)
            return None
        others = reader.known.by_name.get(name_key(name), []) if name else []
        if any(not each.is_withdrawn for each in others):
            raise Conflict(AnnexField.USCC, "same_name_other_code", code)
        return None
    if name is not None and not found.is_withdrawn and not found.is_called(name):
        raise Conflict(AnnexField.NAME, "same_code_other_name", found.name)
    return found


_MOST_GUESSES = 100


def guesses_for(rows: Mapping[int, list[Values]]) -> set[str]:
    """Return the codes that wrong ones may have been meant as, for the first of them; to be looked up at once."""
    wrong = (
        found.value
        for values in rows.values()
        for each in values
        for found in [*each.problems, *_odd(each)]
        if found.code in _WRONG
    )
    return {guess.value for text in islice(wrong, _MOST_GUESSES) for guess in uscc_candidates(text)}


def _odd(values: Values) -> list[RowProblem]:
    code = values.text(AnnexField.USCC)
    return [problem(values.line, "", "uscc_checksum", code)] if values.is_code_odd and code else []


def suggest_code(known_codes: set[str], values: Values) -> str:
    """Return the one code on the register that a wrong one may have been meant as, to suggest; else nothing."""
    for found in values.problems:
        if found.code in _WRONG:
            near = {each.value for each in uscc_candidates(found.value)} & known_codes
            return near.pop() if len(near) == 1 else ""
    return ""


def find_protection(reader: Reader, values: Values) -> KnownProtection | None:
    """Return the protection of the product that a row names; None, with the reason noted, when there is none.

    Raises:
        Conflict: the product has several and nobody said which.
    """
    product = values.text(AnnexField.PRODUCT)
    if product is None:
        values.refuse(AnnexField.PRODUCT, "missing")
        return None
    found = reader.known.products_called(product)
    if len(found) != 1:
        near = reader.known.nearest_product(product)
        values.refuse(AnnexField.PRODUCT, "unknown_product", f"{product} → {near}?" if near else product)
        return None
    protections = reader.known.protections.get(next(iter(found)), [])
    wanted = reader.facts.track
    fitting = [each for each in protections if wanted in {None, each.track}]
    if not fitting:
        raise Conflict(AnnexField.PRODUCT, "no_protection", product)
    if len(fitting) > 1:
        raise Conflict(AnnexField.PRODUCT, "ambiguous_protection", "、".join(each.code for each in fitting))
    return fitting[0]


def effective_day(reader: Reader, values: Values) -> date | None:
    """Return the day a row takes effect: its own, else the announcement's; none is told as a problem."""
    day = values.days.get(AnnexField.EFFECTIVE_ON) or reader.facts.published_on
    if day is None:
        values.refuse(AnnexField.EFFECTIVE_ON, "missing")
    elif reader.facts.published_on and day < reader.facts.published_on:
        values.note(AnnexField.EFFECTIVE_ON, "later_than_published", day.isoformat())
    return day


def authorisations_meant(
    reader: Reader, values: Values, organisation: KnownOrganisation, day: date
) -> list[KnownAuthorisation]:
    """Return the authorisations of an organisation that a row of the day speaks of: for its product, else all of them.

    Raises:
        Conflict: none of them was granted by that day.
    """
    held = _held(reader, values, organisation)
    begun = [each for each in held if each.granted_on <= day]
    if held and not begun:
        raise Conflict(AnnexField.EFFECTIVE_ON, "before_grant", day.isoformat())
    return begun


def _held(reader: Reader, values: Values, organisation: KnownOrganisation) -> list[KnownAuthorisation]:
    held = reader.known.authorisations.get(organisation.id, [])
    product = values.text(AnnexField.PRODUCT)
    if product is None:
        return list(held)
    meant = {
        protection.id
        for found in reader.known.products_called(product)
        for protection in reader.known.protections.get(found, [])
        if reader.facts.track in {None, protection.track}
    }
    return [each for each in held if each.protection_id in meant]
