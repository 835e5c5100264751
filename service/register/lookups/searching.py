"""What search hits show: names and states from the database, and exact look-ups for when the engine is away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from search.results import Hit
from service.addresses import path_of
from service.identifiers import Kind, recognise
from service.register.lifecycle import mark_status
from service.register.lookups.standings import protection_on
from service.register.models import (
    Announcement,
    Brand,
    GiProduct,
    Organisation,
    ProductName,
    Protection,
    ProtectionIdentifier,
    ServicePoint,
    TrademarkRecord,
)
from service.vocabulary import (
    AnnouncementKind,
    BrandKind,
    HomeRelation,
    MarkStatus,
    OrganisationStatus,
    ProtectionState,
    RecordKind,
    ServicePointKind,
    Track,
    Vocabulary,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A hit as people see it; every word of it is read from the database."""

    id: str
    kind: RecordKind
    name: str
    name_en: str | None
    path: str
    state: Vocabulary | None
    tracks: tuple[tuple[Track, ProtectionState], ...] = ()
    place: str | None = None
    detail: str | None = None
    numbers: tuple[str, ...] = ()
    is_demonstration: bool = False
    is_home: bool = True
    is_verified: bool = True
    tier: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAnswer:
    """A page of hits with figures over all of them, and who found them."""

    hits: tuple[Found, ...]
    total: int
    total_is_exact: bool
    facets: Mapping[str, Sequence[tuple[str, int]]]
    tier: str
    engine: str
    suggestion: str | None
    data_version: int


def hydrate(session: Session, hits: Sequence[Hit], on: date) -> tuple[Found, ...]:
    """Return the hits in their order as the database has them now; what was withdrawn meanwhile is dropped."""
    wanted: dict[str, list[str]] = {}
    for hit in hits:
        wanted.setdefault(hit.kind, []).append(hit.id)
    found = {
        record.id: record
        for kind, ids in wanted.items()
        if kind in _READERS
        for record in _READERS[RecordKind(kind)](session, ids, on)
    }
    return tuple(_with_match(found[hit.id], hit) for hit in hits if hit.id in found)


def _with_match(record: Found, hit: Hit) -> Found:
    return replace(record, tier=hit.tier, field=hit.field)


def _products(session: Session, ids: Sequence[str], on: date) -> list[Found]:
    statement = (
        select(GiProduct)
        .where(GiProduct.ulid.in_(ids), GiProduct.withdrawal.is_(None))
        .options(
            selectinload(GiProduct.division),
            joinedload(GiProduct.source),
            selectinload(GiProduct.protections).options(
                joinedload(Protection.source),
                selectinload(Protection.events),
                selectinload(Protection.identifiers),
            ),
        )
    )
    return [_product(product, on) for product in session.scalars(statement)]


def _product(product: GiProduct, on: date) -> Found:
    protections = [protection for protection in product.protections if protection.is_public]
    tracks = tuple((each.track, protection_on(each.track, each.events, on).state) for each in protections)
    numbers = tuple(
        dict.fromkeys(number.as_printed for protection in protections for number in protection.identifiers)
    )
    return Found(
        id=product.ulid,
        kind=RecordKind.GI_PRODUCT,
        name=product.name,
        name_en=product.name_en,
        path=path_of("gi_product", product.slug),
        state=_overall(tracks),
        tracks=tracks,
        place=product.place_as_printed or (product.division.name if product.division else None),
        numbers=(product.code, *numbers),
        is_demonstration=product.is_demonstration,
        is_verified=_is_verified(product, *protections),
        is_home=product.home_relation is not HomeRelation.OUTSIDE,
    )


def _is_verified(*records: Any) -> bool:
    """Whether an official source stands behind each record; fictional ones are labelled as such instead."""
    return all(each.is_demonstration or each.source.level.is_verified for each in records)


def _overall(tracks: Sequence[tuple[Track, ProtectionState]]) -> ProtectionState | None:
    """Return the state that a list shows first: in force if any right is, else the first right's state."""
    states = [state for _, state in tracks]
    for state in (ProtectionState.IN_FORCE, ProtectionState.IN_GRACE):
        if state in states:
            return state
    return states[0] if states else None


def _organisations(session: Session, ids: Sequence[str], on: date) -> list[Found]:
    del on
    statement = (
        select(Organisation)
        .where(Organisation.ulid.in_(ids), Organisation.withdrawal.is_(None))
        .options(selectinload(Organisation.division), joinedload(Organisation.source))
    )
    return [
        Found(
            id=each.ulid,
            kind=RecordKind.ORGANISATION,
            name=each.name,
            name_en=each.name_en,
            path=path_of("organisation", each.uscc) if each.uscc else path_of("permalink", each.ulid),
            state=each.status if each.status is not OrganisationStatus.UNKNOWN else None,
            place=each.division.name if each.division else None,
            detail=each.kind.zh,
            numbers=(each.uscc,) if each.uscc else (),
            is_demonstration=each.is_demonstration,
            is_verified=_is_verified(each),
        )
        for each in session.scalars(statement)
    ]


def _trademarks(session: Session, ids: Sequence[str], on: date) -> list[Found]:
    statement = (
        select(TrademarkRecord)
        .where(TrademarkRecord.ulid.in_(ids), TrademarkRecord.withdrawal.is_(None))
        .options(selectinload(TrademarkRecord.division), joinedload(TrademarkRecord.source))
    )
    return [
        _trademark(mark, mark_status(mark.status, mark.term_to, on)) for mark in session.scalars(statement)
    ]


def _trademark(mark: TrademarkRecord, status: MarkStatus) -> Found:
    return Found(
        id=mark.ulid,
        kind=RecordKind.TRADEMARK,
        name=mark.name,
        name_en=mark.name_en,
        path=path_of("trademark", mark.registration_no),
        state=status,
        place=mark.division.name if mark.division else None,
        detail=mark.registrant_name,
        numbers=(mark.registration_no,),
        is_demonstration=mark.is_demonstration,
        is_verified=_is_verified(mark),
    )


def _brands(session: Session, ids: Sequence[str], on: date) -> list[Found]:
    del on
    statement = (
        select(Brand).where(Brand.ulid.in_(ids), Brand.withdrawal.is_(None)).options(joinedload(Brand.source))
    )
    return [
        Found(
            id=each.ulid,
            kind=RecordKind.BRAND,
            name=each.name,
            name_en=each.name_en,
            path=path_of("brand", each.slug),
            state=_as_state(each.kind),
            detail=each.owner_name,
            is_demonstration=each.is_demonstration,
            is_verified=_is_verified(each),
        )
        for each in session.scalars(statement)
    ]


def _announcements(session: Session, ids: Sequence[str], on: date) -> list[Found]:
    del on
    statement = (
        select(Announcement)
        .where(Announcement.ulid.in_(ids), Announcement.withdrawal.is_(None))
        .options(joinedload(Announcement.source))
    )
    return [
        Found(
            id=each.ulid,
            kind=RecordKind.ANNOUNCEMENT,
            name=each.title,
            name_en=None,
            path=path_of("announcement", each.code),
            state=_as_state(each.kind),
            detail=each.issuer.zh,
            numbers=(each.number_as_printed,),
            is_demonstration=each.is_demonstration,
            is_verified=_is_verified(each),
        )
        for each in session.scalars(statement)
    ]


def _service_points(session: Session, ids: Sequence[str], on: date) -> list[Found]:
    del on
    statement = (
        select(ServicePoint)
        .where(ServicePoint.ulid.in_(ids), ServicePoint.withdrawal.is_(None))
        .options(selectinload(ServicePoint.division), joinedload(ServicePoint.source))
    )
    return [
        Found(
            id=each.ulid,
            kind=RecordKind.SERVICE_POINT,
            name=each.name,
            name_en=None,
            path=path_of("service_point", each.code),
            state=_as_state(each.kind),
            place=each.division.name if each.division else None,
            detail=each.address,
            is_demonstration=each.is_demonstration,
            is_verified=_is_verified(each),
        )
        for each in session.scalars(statement)
    ]


def _as_state(kind: BrandKind | AnnouncementKind | ServicePointKind) -> Vocabulary:
    """These records have no legal state; lists show what they are in its place."""
    return kind


_READERS: dict[str, Callable[[Session, Sequence[str], date], list[Found]]] = {
    RecordKind.GI_PRODUCT: _products,
    RecordKind.ORGANISATION: _organisations,
    RecordKind.TRADEMARK: _trademarks,
    RecordKind.BRAND: _brands,
    RecordKind.ANNOUNCEMENT: _announcements,
    RecordKind.SERVICE_POINT: _service_points,
}


def look_up_exactly(session: Session, text: str, on: date, limit: int) -> tuple[Found, ...]:
    """Return records with this very number, or whose name begins so: what the database finds by itself."""
    recognised = recognise(text)
    if recognised.problem is not None and not recognised.value:
        return ()
    statements = _by_number(recognised.value) if recognised.kind is not Kind.TEXT else _by_name(text.strip())
    found: list[Found] = []
    for kind, statement in statements:
        ids = list(session.scalars(statement.limit(limit)))
        found += _READERS[kind](session, ids, on) if ids else []
    return tuple(found[:limit])


def _by_number(number: str) -> list[tuple[RecordKind, Any]]:
    with_number = select(ProtectionIdentifier.protection_id).where(ProtectionIdentifier.number == number)
    products = select(Protection.product_id).where(Protection.id.in_(with_number))
    return [
        (
            RecordKind.GI_PRODUCT,
            select(GiProduct.ulid).where(or_(GiProduct.id.in_(products), GiProduct.code == number)),
        ),
        (RecordKind.ORGANISATION, select(Organisation.ulid).where(Organisation.uscc == number)),
        (RecordKind.TRADEMARK, select(TrademarkRecord.ulid).where(TrademarkRecord.registration_no == number)),
        (
            RecordKind.ANNOUNCEMENT,
            select(Announcement.ulid).where(
                or_(
                    Announcement.number == number,
                    Announcement.number.endswith(number.replace("unknown", ""), autoescape=True),
                )
            ),
        ),
    ]


def _by_name(text: str) -> list[tuple[RecordKind, Any]]:
    named = select(ProductName.product_id).where(ProductName.text.startswith(text, autoescape=True))
    return [
        (RecordKind.GI_PRODUCT, select(GiProduct.ulid).where(GiProduct.id.in_(named)).order_by(GiProduct.id)),
        *(
            (kind, select(model.ulid).where(model.name.startswith(text, autoescape=True)).order_by(model.id))
            for kind, model in (
                (RecordKind.ORGANISATION, Organisation),
                (RecordKind.TRADEMARK, TrademarkRecord),
                (RecordKind.BRAND, Brand),
            )
        ),
    ]
