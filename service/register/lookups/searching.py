"""What search hits show: names and states from the database, and exact look-ups for when the engine is away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from search.results import Hit
from service.addresses import path_of
from service.identifiers import Kind, recognise
from service.register.lifecycle import mark_status
from service.register.lookups.standings import protection_on
from service.register.models import (
    Announcement,
    Brand,
    Division,
    GiProduct,
    Organisation,
    ProductName,
    Protection,
    ProtectionEvent,
    ProtectionIdentifier,
    Recorded,
    ServicePoint,
    Source,
    TrademarkRecord,
)
from service.vocabulary import (
    AnnouncementKind,
    BrandKind,
    HomeRelation,
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


_Why: TypeAlias = Mapping[str, tuple[str, str]]  # tier and field of each wanted record, by ULID


def hydrate(session: Session, hits: Sequence[Hit], on: date) -> tuple[Found, ...]:
    """Return the hits in their order as the database has them now; what was withdrawn meanwhile is dropped."""
    wanted: dict[str, dict[str, tuple[str, str]]] = {}
    for hit in hits:
        wanted.setdefault(hit.kind, {})[hit.id] = (hit.tier, hit.field)
    found = {
        record.id: record
        for kind, why in wanted.items()
        if kind in _READERS
        for record in _READERS[RecordKind(kind)](session, why, on)
    }
    return tuple(found[hit.id] for hit in hits if hit.id in found)


# The readers select columns, by statements made once: objects with their parts took four times as long (2026-11).


def _statement(model: type[Recorded], *columns: Any) -> Select[Any]:
    """Return what reads the columns of wanted public records, with what tells whether they are verified."""
    statement = (
        select(model.ulid, *columns, model.is_demonstration, Source.level.label("level"))
        .join(Source, Source.id == model.source_id)
        .where(model.ulid.in_(bindparam("wanted", expanding=True)), model.withdrawal.is_(None))
    )
    division: Any = getattr(model, "division_id", None)
    if division is None:
        return statement
    place = Division.name.label("division_name")
    return statement.outerjoin(Division, Division.id == division).add_columns(place)


def _rows(session: Session, statement: Select[Any], why: _Why) -> Sequence[Any]:
    return session.execute(statement, {"wanted": list(why)}).all()


def _is_verified(*records: Any) -> bool:
    """Whether an official source stands behind each record; fictional ones are labelled as such instead."""
    return all(each.is_demonstration or each.level.is_verified for each in records)


def _products(session: Session, why: _Why, on: date) -> list[Found]:
    rows = _rows(session, _PRODUCT, why)
    rights = _rights(session, [row.id for row in rows])
    return [_product(row, rights.get(row.id, []), why[row.ulid], on) for row in rows]


def _product(row: Any, rights: Sequence[_Right], why: tuple[str, str], on: date) -> Found:
    tracks = tuple((each.row.track, protection_on(each.row.track, each.events, on).state) for each in rights)
    numbers = dict.fromkeys(number for right in rights for number in right.numbers)
    return Found(
        id=row.ulid,
        kind=RecordKind.GI_PRODUCT,
        name=row.name,
        name_en=row.name_en,
        path=path_of("gi_product", row.slug),
        state=_overall(tracks),
        tracks=tracks,
        place=row.place_as_printed or row.division_name,
        numbers=(row.code, *numbers),
        is_demonstration=row.is_demonstration,
        is_verified=_is_verified(row, *(right.row for right in rights)),
        is_home=row.home_relation is not HomeRelation.OUTSIDE,
        tier=why[0],
        field=why[1],
    )


@dataclass(slots=True)
class _Right:
    """A public protection with its events in order and its numbers as printed."""

    row: Any
    events: list[Any] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)


def _rights(session: Session, products: Sequence[int]) -> dict[int, list[_Right]]:
    """Return the public protections of the products, by product."""
    found = {row.id: _Right(row) for row in session.execute(_PROTECTION, {"wanted": products})}
    if found:
        for row in session.execute(_EVENT, {"wanted": list(found)}):
            found[row.protection_id].events.append(row)
        for key, text in session.execute(_NUMBER, {"wanted": list(found)}):
            found[key].numbers.append(text)
    by_product: dict[int, list[_Right]] = {}
    for each in found.values():
        by_product.setdefault(each.row.product_id, []).append(each)
    return by_product


def _overall(tracks: Sequence[tuple[Track, ProtectionState]]) -> ProtectionState | None:
    """Return the state that a list shows first: in force if any right is, else the first right's state."""
    states = [state for _, state in tracks]
    for state in (ProtectionState.IN_FORCE, ProtectionState.IN_GRACE):
        if state in states:
            return state
    return states[0] if states else None


def _organisations(session: Session, why: _Why, on: date) -> list[Found]:
    del on
    return [
        Found(
            id=row.ulid,
            kind=RecordKind.ORGANISATION,
            name=row.name,
            name_en=row.name_en,
            path=path_of("organisation", row.uscc) if row.uscc else path_of("permalink", row.ulid),
            state=row.status if row.status is not OrganisationStatus.UNKNOWN else None,
            place=row.division_name,
            detail=row.kind.zh,
            numbers=(row.uscc,) if row.uscc else (),
            is_demonstration=row.is_demonstration,
            is_verified=_is_verified(row),
            tier=why[row.ulid][0],
            field=why[row.ulid][1],
        )
        for row in _rows(session, _ORGANISATION, why)
    ]


def _trademarks(session: Session, why: _Why, on: date) -> list[Found]:
    return [
        Found(
            id=row.ulid,
            kind=RecordKind.TRADEMARK,
            name=row.name,
            name_en=row.name_en,
            path=path_of("trademark", row.registration_no),
            state=mark_status(row.status, row.term_to, on),
            place=row.division_name,
            detail=row.registrant_name,
            numbers=(row.registration_no,),
            is_demonstration=row.is_demonstration,
            is_verified=_is_verified(row),
            tier=why[row.ulid][0],
            field=why[row.ulid][1],
        )
        for row in _rows(session, _TRADEMARK, why)
    ]


def _brands(session: Session, why: _Why, on: date) -> list[Found]:
    del on
    return [
        Found(
            id=row.ulid,
            kind=RecordKind.BRAND,
            name=row.name,
            name_en=row.name_en,
            path=path_of("brand", row.slug),
            state=_as_state(row.kind),
            detail=row.owner_name,
            is_demonstration=row.is_demonstration,
            is_verified=_is_verified(row),
            tier=why[row.ulid][0],
            field=why[row.ulid][1],
        )
        for row in _rows(session, _BRAND, why)
    ]


def _announcements(session: Session, why: _Why, on: date) -> list[Found]:
    del on
    return [
        Found(
            id=row.ulid,
            kind=RecordKind.ANNOUNCEMENT,
            name=row.title,
            name_en=None,
            path=path_of("announcement", row.code),
            state=_as_state(row.kind),
            detail=row.issuer.zh,
            numbers=(row.number_as_printed,),
            is_demonstration=row.is_demonstration,
            is_verified=_is_verified(row),
            tier=why[row.ulid][0],
            field=why[row.ulid][1],
        )
        for row in _rows(session, _ANNOUNCEMENT, why)
    ]


def _service_points(session: Session, why: _Why, on: date) -> list[Found]:
    del on
    return [
        Found(
            id=row.ulid,
            kind=RecordKind.SERVICE_POINT,
            name=row.name,
            name_en=None,
            path=path_of("service_point", row.code),
            state=_as_state(row.kind),
            place=row.division_name,
            detail=row.address,
            is_demonstration=row.is_demonstration,
            is_verified=_is_verified(row),
            tier=why[row.ulid][0],
            field=why[row.ulid][1],
        )
        for row in _rows(session, _SERVICE_POINT, why)
    ]


def _as_state(kind: BrandKind | AnnouncementKind | ServicePointKind) -> Vocabulary:
    """These records have no legal state; lists show what they are in its place."""
    return kind


_PRODUCT = _statement(
    GiProduct, GiProduct.id, GiProduct.code, GiProduct.slug, GiProduct.name, GiProduct.name_en,
    GiProduct.place_as_printed, GiProduct.home_relation,
)  # fmt: skip
_PROTECTION = (
    select(
        Protection.id, Protection.product_id, Protection.track, Protection.is_demonstration,
        Source.level.label("level"),
    )
    .join(Source, Source.id == Protection.source_id)
    .where(Protection.product_id.in_(bindparam("wanted", expanding=True)), Protection.withdrawal.is_(None))
    .order_by(Protection.id)
)  # fmt: skip
_EVENT = (
    select(
        ProtectionEvent.protection_id, ProtectionEvent.id, ProtectionEvent.kind, ProtectionEvent.happened_on,
        ProtectionEvent.recorded_at, ProtectionEvent.term_to, ProtectionEvent.voided_event_id,
    )
    .where(ProtectionEvent.protection_id.in_(bindparam("wanted", expanding=True)))
    .order_by(ProtectionEvent.sequence)
)  # fmt: skip
_NUMBER = (
    select(ProtectionIdentifier.protection_id, ProtectionIdentifier.as_printed)
    .where(ProtectionIdentifier.protection_id.in_(bindparam("wanted", expanding=True)))
    .order_by(ProtectionIdentifier.id)
)
_ORGANISATION = _statement(
    Organisation,
    Organisation.name,
    Organisation.name_en,
    Organisation.uscc,
    Organisation.status,
    Organisation.kind,
)
_TRADEMARK = _statement(
    TrademarkRecord, TrademarkRecord.name, TrademarkRecord.name_en, TrademarkRecord.registration_no,
    TrademarkRecord.registrant_name, TrademarkRecord.status, TrademarkRecord.term_to,
)  # fmt: skip
_BRAND = _statement(Brand, Brand.slug, Brand.name, Brand.name_en, Brand.kind, Brand.owner_name)
_ANNOUNCEMENT = _statement(
    Announcement, Announcement.code, Announcement.title, Announcement.kind, Announcement.issuer,
    Announcement.number_as_printed,
)  # fmt: skip
_SERVICE_POINT = _statement(
    ServicePoint, ServicePoint.code, ServicePoint.name, ServicePoint.kind, ServicePoint.address
).where(ServicePoint.closed_on.is_(None))

_READERS: dict[str, Callable[[Session, _Why, date], list[Found]]] = {
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
        found += _READERS[kind](session, dict.fromkeys(ids, ("", "")), on) if ids else []
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
