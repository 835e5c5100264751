"""What the register knows of the firms and products that a table names, read at once for all its rows."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.register.annexes.values import name_key
from service.register.lifecycle import ProtectionFact, known_protection_facts, protection_standing
from service.register.models import (
    Announcement,
    Authorisation,
    AuthorisationEvent,
    FormerCode,
    GiProduct,
    Organisation,
    OrganisationName,
    ProductName,
    Protection,
    ProtectionEvent,
)
from service.vocabulary import AuthorisationEventKind, OrganisationStatus, Track

_CHUNK = 500
_ALIAS = re.compile(r"^(.*?)[(（](.+)[)）]$")
_CARRIES_NO_MARK = frozenset({Track.AGRI_GI})
_NEAR = 0.6
T = TypeVar("T")


@dataclass(slots=True)
class KnownOrganisation:
    """An organisation on the register; `is_withdrawn` says that the public does not see it."""

    id: int
    key: str
    name: str
    status: OrganisationStatus
    is_withdrawn: bool
    other_names: set[str] = field(default_factory=set)

    def is_called(self, name: str) -> bool:
        """Return whether it carries the name, or carried it before."""
        return name_key(name) in {name_key(self.name), *map(name_key, self.other_names)}

    @property
    def has_ended(self) -> bool:
        """Whether the body itself is no more."""
        return self.status in {OrganisationStatus.DEREGISTERED, OrganisationStatus.REVOKED}


@dataclass(slots=True)
class KnownProtection:
    """A protection that can carry the special mark, with what happened to it."""

    id: int
    code: str
    track: Track
    facts: list[ProtectionFact] = field(default_factory=list)

    def is_in_force(self, day: date) -> bool:
        """Return whether the right exists on the day."""
        facts = known_protection_facts(self.facts, None)
        return protection_standing(facts, day, has_term=self.track is Track.GI_TRADEMARK).is_in_force


@dataclass(slots=True)
class KnownAuthorisation:
    """An authorisation as its live events leave it."""

    code: str
    protection_id: int
    granted_by: str
    granted_on: date
    ended_on: date | None = None
    name: str | None = None
    address: str | None = None
    trademark: str | None = None
    licence_to: date | None = None


@dataclass
class Known:
    """What is on record of the firms, products and authorisations that the rows name."""

    by_code: dict[str, KnownOrganisation] = field(default_factory=dict)
    by_name: dict[str, list[KnownOrganisation]] = field(default_factory=dict)
    products: dict[str, set[int]] = field(default_factory=dict)
    protections: dict[int, list[KnownProtection]] = field(default_factory=dict)
    authorisations: dict[int, list[KnownAuthorisation]] = field(default_factory=dict)
    all_products: tuple[str, ...] = ()

    def products_called(self, text: str) -> set[int]:
        """Return the products with this name or alias; `甲（乙）` is 甲, else 乙."""
        for name in spellings(text):
            if found := self.products.get(name_key(name)):
                return found
        return set()

    def nearest_product(self, text: str) -> str:
        """Return a name on the register that resembles this one, to suggest; it is never taken unasked."""
        return next(iter(difflib.get_close_matches(text, self.all_products, 1, _NEAR)), "")

    def held(self, organisation: KnownOrganisation | None, protection_id: int) -> list[KnownAuthorisation]:
        """Return the authorisations of an organisation for a protection, oldest first."""
        found = self.authorisations.get(organisation.id, []) if organisation else []
        return [each for each in found if each.protection_id == protection_id]


def spellings(text: str) -> tuple[str, ...]:
    """Return a product's name as printed, then without its alias in brackets, then the alias."""
    match = _ALIAS.match(text.strip())
    return (text, match[1], match[2]) if match else (text,)


def read_known(session: Session, codes: set[str], names: set[str], products: set[str]) -> Known:
    """Return what the register knows of these; every list is asked for in few statements."""
    known = Known()
    _read_organisations(session, known, codes, names)
    _read_products(session, known, products)
    _read_protections(session, known)
    ids = {each.id for each in known.by_code.values()}
    ids |= {each.id for found in known.by_name.values() for each in found}
    _read_authorisations(session, known, ids)
    return known


_ORGANISATION = select(
    Organisation.id, Organisation.uscc, Organisation.name, Organisation.status, Organisation.withdrawal
)


def _read_organisations(session: Session, known: Known, codes: set[str], names: set[str]) -> None:
    found: dict[int, KnownOrganisation] = {}
    for row in _rows(session, _ORGANISATION, Organisation.uscc, codes):
        known.by_code[row.uscc] = _keep(found, row)
    former = _ORGANISATION.add_columns(FormerCode.uscc.label("former")).join(
        FormerCode, FormerCode.organisation_id == Organisation.id
    )
    for row in _rows(session, former, FormerCode.uscc, codes - known.by_code.keys()):
        known.by_code.setdefault(row.former, _keep(found, row))
    variants = {variant for name in names for variant in _variants(name)}
    otherwise = _ORGANISATION.join(OrganisationName, OrganisationName.organisation_id == Organisation.id)
    named = (
        *_rows(session, _ORGANISATION, Organisation.name, variants),
        *_rows(session, otherwise, OrganisationName.text, variants),
    )
    for row in named:
        _keep(found, row)
    others = select(OrganisationName.organisation_id, OrganisationName.text)
    for row in _rows(session, others, OrganisationName.organisation_id, found):
        found[row.organisation_id].other_names.add(row.text)
    for each in found.values():
        for name in {name_key(each.name), *map(name_key, each.other_names)}:
            known.by_name.setdefault(name, []).append(each)


def _rows(session: Session, statement: Any, column: Any, wanted: Iterable[Any]) -> Iterator[Any]:
    """Yield the rows whose column is among the wanted, however many these are."""
    for chunk in _chunks(wanted):
        yield from session.execute(statement.where(column.in_(chunk)))


_WIDE = str.maketrans("()", "（）")
_NARROW = str.maketrans("（）", "()")


def _variants(name: str) -> set[str]:
    return {name, name.translate(_WIDE), name.translate(_NARROW)}


def _keep(found: dict[int, KnownOrganisation], row: Any) -> KnownOrganisation:
    if row.id not in found:
        key = row.uscc or f"name:{row.name}"
        found[row.id] = KnownOrganisation(row.id, key, row.name, row.status, row.withdrawal is not None)
    return found[row.id]


def _read_products(session: Session, known: Known, products: set[str]) -> None:
    wanted = {name for text in products for name in spellings(text)}
    all_names: set[str] = set()
    named = select(GiProduct.id, GiProduct.name).where(GiProduct.withdrawal.is_(None))
    aliases = (
        select(GiProduct.id, ProductName.text)
        .join(ProductName, ProductName.product_id == GiProduct.id)
        .where(GiProduct.withdrawal.is_(None))
    )
    keys = set(map(name_key, wanted))
    for statement in (named, aliases):
        for product_id, text in session.execute(statement):
            all_names.add(text)
            if name_key(text) in keys:
                known.products.setdefault(name_key(text), set()).add(product_id)
    known.all_products = tuple(sorted(all_names))


def _read_protections(session: Session, known: Known) -> None:
    ids = {each for found in known.products.values() for each in found}
    by_id: dict[int, KnownProtection] = {}
    rows = select(Protection.product_id, Protection.id, Protection.code, Protection.track)
    shown = rows.where(Protection.withdrawal.is_(None)).order_by(Protection.id)
    for row in _rows(session, shown, Protection.product_id, ids):
        if row.track not in _CARRIES_NO_MARK:
            by_id[row.id] = KnownProtection(row.id, row.code, row.track)
            known.protections.setdefault(row.product_id, []).append(by_id[row.id])
    for row in _rows(session, _PROTECTION_EVENTS, ProtectionEvent.protection_id, by_id):
        by_id[row.protection_id].facts.append(ProtectionFact(*row[1:]))


_PROTECTION_EVENTS = select(
    ProtectionEvent.protection_id,
    ProtectionEvent.id,
    ProtectionEvent.kind,
    ProtectionEvent.happened_on,
    ProtectionEvent.recorded_at,
    ProtectionEvent.term_to,
    ProtectionEvent.voided_event_id,
)
_EVENTS = (
    select(
        Authorisation.id,
        Authorisation.code,
        Authorisation.organisation_id,
        Authorisation.protection_id,
        AuthorisationEvent.id.label("event_id"),
        AuthorisationEvent.kind,
        AuthorisationEvent.effective_on,
        AuthorisationEvent.voided_event_id,
        AuthorisationEvent.approved_name,
        AuthorisationEvent.approved_address,
        AuthorisationEvent.approved_trademark,
        AuthorisationEvent.licence_to,
        Announcement.number,
    )
    .join(AuthorisationEvent, AuthorisationEvent.authorisation_id == Authorisation.id)
    .outerjoin(Announcement, Announcement.id == AuthorisationEvent.announcement_id)
    .where(Authorisation.withdrawal.is_(None))
    .order_by(Authorisation.id, AuthorisationEvent.sequence)
)


def _read_authorisations(session: Session, known: Known, organisations: set[int]) -> None:
    events: dict[int, list[Any]] = {}
    for row in _rows(session, _EVENTS, Authorisation.organisation_id, organisations):
        events.setdefault(row.id, []).append(row)
    for rows in events.values():
        found = _authorisation(rows)
        if found is not None:
            known.authorisations.setdefault(rows[0].organisation_id, []).append(found)


def _authorisation(rows: Sequence[Any]) -> KnownAuthorisation | None:
    """Return the authorisation as its live events leave it; None when its grant was voided."""
    voided = {row.voided_event_id for row in rows}
    live = [row for row in rows if row.event_id not in voided]
    grant = next((row for row in live if row.kind is AuthorisationEventKind.GRANTED), None)
    if grant is None:
        return None
    found = KnownAuthorisation(grant.code, grant.protection_id, grant.number or "", grant.effective_on)
    for row in sorted(live, key=lambda each: (each.effective_on, each.event_id)):
        found.name = row.approved_name or found.name
        found.address = row.approved_address or found.address
        found.trademark = row.approved_trademark or found.trademark
        found.licence_to = row.licence_to or found.licence_to
        if row.kind is AuthorisationEventKind.DEREGISTERED:
            found.ended_on = min(found.ended_on or row.effective_on, row.effective_on)
    return found


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    found = list(items)
    for start in range(0, len(found), _CHUNK):
        yield found[start : start + _CHUNK]
