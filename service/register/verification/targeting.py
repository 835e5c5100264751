"""Which product a person means: by slug, code, number or name; never a guess."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam, literal_column, select, union_all
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
from service.register.prepared import Prepared, is_among, json_of
from service.vocabulary import HomeRelation, Track

_MAX_NEAR = 5
_MAX_EXACT = 50
_MAX_TARGET = 300


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


def find_target(
    session: Session, text: str, named: Mapping[str, tuple[TargetProduct, ...]] | None = None
) -> FoundTarget:
    """Return what the text means; `named`: what `products_named` found for it and others together.

    Raises:
        BadIdentifier: the text is too long, or must not be processed.
    """
    cleaned = clean_target(text)
    recognised = recognise(cleaned)
    if len(cleaned) > _MAX_TARGET:
        raise BadIdentifier("target_too_long")
    if recognised.problem is not None and recognised.problem.code in {"bad_characters", "looks_like_id"}:
        raise BadIdentifier(recognised.problem.code)
    if recognised.kind in _NUMBERS:
        by_number = _by_number(session, recognised.kind, recognised.value)
        if by_number is not None:
            return by_number
    exact = (named if named is not None else products_named(session, [cleaned])).get(cleaned, ())
    if exact:
        return FoundTarget(exact, is_exact=True)
    return FoundTarget(_near(session, cleaned), is_exact=False)


def clean_target(text: str) -> str:
    """Return a target as it is looked up."""
    return unicodedata.normalize("NFC", text).strip()


_PRODUCT = (GiProduct.id, GiProduct.slug, GiProduct.name, GiProduct.home_relation, GiProduct.place_as_printed)


def _called(key: Any, *joined: Any, is_code: bool = False) -> Any:
    statement = select(*_PRODUCT, key, literal_column("1" if is_code else "0"))
    for other, condition in joined:
        statement = statement.join(other, condition)
    texts: BindParameter[str] = bindparam("codes" if is_code else "texts")
    return statement.where(is_among(key, texts), GiProduct.withdrawal.is_(None))


_NAMED = Prepared(
    union_all(
        _called(GiProduct.slug),
        _called(GiProduct.name),
        _called(GiProduct.code, is_code=True),
        _called(FormerSlug.slug, (FormerSlug, FormerSlug.product_id == GiProduct.id)),
        _called(ProductName.text, (ProductName, ProductName.product_id == GiProduct.id)),
    )
)


def products_named(session: Session, texts: Collection[str]) -> Mapping[str, tuple[TargetProduct, ...]]:
    """Return the products that each text is the slug, a former slug, the code or a name of, in their order."""
    spelt: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        spelt[text.upper()].append(text)
    found: dict[str, dict[int, TargetProduct]] = defaultdict(dict)
    for *row, key, is_code in _NAMED.rows(session, texts=json_of(texts), codes=json_of(spelt)):
        product = TargetProduct(*row)
        for text in spelt[key] if is_code else (key,):
            found[text][product.id] = product
    return {
        text: tuple(products[number] for number in sorted(products)[:_MAX_EXACT])
        for text, products in found.items()
    }


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
    statement = (
        select(*_PRODUCT)
        .where(matches, GiProduct.withdrawal.is_(None))
        .order_by(GiProduct.id)
        .limit(_MAX_EXACT)
    )
    return tuple(TargetProduct(*row) for row in session.execute(statement))


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
