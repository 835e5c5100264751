"""Which product a person means: by slug, code, number or name; never a guess."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.orm import Session

from service.errors import BadIdentifier
from service.identifiers import Kind, recognise
from service.register.models import (
    Announcement,
    Authorisation,
    AuthorisationEvent,
    FormerSlug,
    GiProduct,
    ProductName,
    Protection,
    ProtectionEvent,
    ProtectionIdentifier,
    StandardReference,
)
from service.register.prepared import Prepared
from service.vocabulary import HomeRelation, Track

_MAX_NEAR = 5
_MAX_TARGET = 300
_MOST = 50


@dataclass(frozen=True, slots=True)
class TargetProduct:
    """A product that a target may mean."""

    id: int
    slug: str
    name: str
    home_relation: HomeRelation
    place: str | None


@dataclass(frozen=True, slots=True)
class FoundTarget:
    """The products a target means: exactly these, or merely near ones when nothing is called so.

    `protections` narrows the question to single rights when a number names them.
    """

    products: tuple[TargetProduct, ...]
    is_exact: bool
    protections: frozenset[int] | None = None


def find_target(session: Session, text: str) -> FoundTarget:
    """Return what the text means.

    Raises:
        BadIdentifier: the text is too long, or must not be processed.
    """
    cleaned = unicodedata.normalize("NFC", text).strip()
    recognised = recognise(cleaned)
    if len(cleaned) > _MAX_TARGET:
        raise BadIdentifier("target_too_long")
    if recognised.problem is not None and recognised.problem.code in {"bad_characters", "looks_like_id"}:
        raise BadIdentifier(recognised.problem.code)
    if recognised.kind in _NUMBERS:
        by_number = _by_number(session, recognised.kind, recognised.value)
        if by_number is not None:
            return by_number
    exact = _CALLED.rows(session, text=cleaned, code=cleaned.upper())
    if exact:
        return FoundTarget(_found(exact), is_exact=True)
    return FoundTarget(_near(session, cleaned), is_exact=False)


_PRODUCT: Any = (
    select(GiProduct.id, GiProduct.slug, GiProduct.name, GiProduct.home_relation, GiProduct.place_as_printed)
    .where(GiProduct.withdrawal.is_(None))
    .order_by(GiProduct.id)
    .limit(_MOST)
)
_CALLED = Prepared(
    _PRODUCT.where(
        or_(
            GiProduct.slug == bindparam("text"),
            GiProduct.id.in_(select(FormerSlug.product_id).where(FormerSlug.slug == bindparam("text"))),
            GiProduct.code == bindparam("code"),
            GiProduct.name == bindparam("text"),
            GiProduct.id.in_(select(ProductName.product_id).where(ProductName.text == bindparam("text"))),
        )
    )
)


def _found(rows: Iterable[Sequence[Any]]) -> tuple[TargetProduct, ...]:
    return tuple(TargetProduct(*row) for row in rows)


_NUMBERS = frozenset(
    {Kind.TRADEMARK, Kind.AGI_CERTIFICATE, Kind.AGI_SPECIFICATION, Kind.ANNOUNCEMENT, Kind.STANDARD}
)


def _by_number(session: Session, kind: Kind, number: str) -> FoundTarget | None:
    protections = set(
        session.scalars(
            select(ProtectionIdentifier.protection_id).where(ProtectionIdentifier.number == number)
        )
    )
    if kind is Kind.STANDARD:
        protections |= set(
            session.scalars(select(StandardReference.protection_id).where(StandardReference.number == number))
        )
    if kind is Kind.ANNOUNCEMENT:
        protections |= _announced(session, number)
    if not protections:
        return None
    products = _products(
        session, GiProduct.id.in_(select(Protection.product_id).where(Protection.id.in_(protections)))
    )
    return FoundTarget(products, is_exact=True, protections=frozenset(protections))


def _announced(session: Session, number: str) -> set[int]:
    """Return the protections that an announcement concerns; without its issuer a number may mean several."""
    serial = number.partition(":")[2]
    is_bare = number.startswith("unknown:")
    matches = (
        Announcement.number.endswith(f":{serial}", autoescape=True)
        if is_bare
        else Announcement.number == number
    )
    announcements = select(Announcement.id).where(matches)
    recognised = select(ProtectionEvent.protection_id).where(
        ProtectionEvent.announcement_id.in_(announcements)
    )
    authorised = (
        select(Authorisation.protection_id)
        .join(AuthorisationEvent, AuthorisationEvent.authorisation_id == Authorisation.id)
        .where(AuthorisationEvent.announcement_id.in_(announcements))
    )
    return set(session.scalars(recognised)) | set(session.scalars(authorised))


def _products(session: Session, matches: ColumnElement[bool]) -> tuple[TargetProduct, ...]:
    return _found(session.execute(_PRODUCT.where(matches)))


def _near(session: Session, text: str) -> tuple[TargetProduct, ...]:
    """Return a few products whose names contain the text, to choose from; never to answer for."""
    if len(text) < 2:  # noqa: PLR2004  (one sign is in half of all names)
        return ()
    contains = ProductName.text.contains(text, autoescape=True)
    return _products(session, GiProduct.id.in_(select(ProductName.product_id).where(contains)))[:_MAX_NEAR]


_TRACKS = Prepared(select(Protection.track).where(Protection.product_id == bindparam("product")))


def tracks_of(session: Session, product_id: int) -> set[Track]:
    """Return the tracks in which a product is protected or was."""
    return {row[0] for row in _TRACKS.rows(session, product=product_id)}
