"""Record → search document, one builder for each searchable kind. Only fields of `search.Document` can leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from search.document import Document
from service.register.lifecycle import (
    ProtectionFact,
    known_protection_facts,
    mark_status,
    protection_standing,
)
from service.register.models import (
    Announcement,
    Authorisation,
    Brand,
    Category,
    Division,
    DivisionCode,
    GiProduct,
    Organisation,
    Protection,
    Recorded,
    ServicePoint,
    TrademarkRecord,
)
from service.vocabulary import SEARCHABLE_KINDS, HomeRelation, NameRole, RecordKind, Track

R = TypeVar("R", bound=Recorded)
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class _Place:
    names: str
    codes: tuple[str, ...]
    longitude: float | None
    latitude: float | None


_NOWHERE = _Place("", (), None, None)


class _Places:
    """Every division with its parents' names and codes, read once for many documents."""

    def __init__(self, session: Session) -> None:
        rows = session.execute(
            select(
                Division.id,
                Division.name,
                Division.slug,
                Division.parent_id,
                Division.longitude,
                Division.latitude,
            )
        ).all()
        self._rows = {row[0]: row for row in rows}
        self._codes: dict[int, list[str]] = {}
        for key, code in session.execute(select(DivisionCode.division_id, DivisionCode.code)):
            self._codes.setdefault(key, []).append(code)

    def __call__(self, key: int | None) -> _Place:
        if key is None or key not in self._rows:
            return _NOWHERE
        line = list(self._line(key))
        names = " ".join(self._rows[each][1] for each in line)
        # The facet speaks of places by slug: one township has different codes in two schemes.
        codes = tuple(self._rows[each][2] for each in line)
        return _Place(names, codes, self._rows[key][4], self._rows[key][5])

    def _line(self, key: int | None) -> Iterator[int]:
        while key is not None and key in self._rows:
            yield key
            key = self._rows[key][3]


def documents_of(session: Session, kind: RecordKind, ulids: Sequence[str], on: date) -> list[Document]:
    """Return the documents of those records that the public may see; the others are to be deleted."""
    model, build = _BUILDERS[kind]
    places = _Places(session)
    statement = _with_parts(model).where(model.ulid.in_(ulids), *_on_view(model))
    return [build(session, record, places, on) for record in session.scalars(statement)]


def _on_view(model: type[Any]) -> list[Any]:
    """Return the conditions under which a record has a place on the site; a closed service point has none."""
    open_only = [model.closed_on.is_(None)] if model is ServicePoint else []
    return [model.withdrawal.is_(None), *open_only]


def all_documents(session: Session, on: date) -> Iterator[Document]:
    """Yield the document of every public record, kind by kind."""
    places = _Places(session)
    for kind in SEARCHABLE_KINDS:
        model, build = _BUILDERS[kind]
        for record in _all(session, model):
            yield build(session, record, places, on)


def brands_upon(session: Session, kind: RecordKind, ulids: Iterable[str]) -> set[str]:
    """Return the brands that stand on these products or trademarks: their documents name them."""
    if kind not in _BRANDS_UPON:
        return set()
    model, relation = _BRANDS_UPON[kind]
    statement = select(Brand.ulid).join(relation).where(model.ulid.in_(sorted(ulids)))
    return set(session.scalars(statement))


def kinds_of(session: Session, ulids: Iterable[str]) -> dict[str, RecordKind]:
    """Return the kind of each record that the register has, public or withdrawn, by its ULID."""
    wanted = sorted(set(ulids))
    return {
        ulid: kind
        for kind in SEARCHABLE_KINDS
        for start in range(0, len(wanted), _CHUNK)
        for ulid in session.scalars(
            select(_BUILDERS[kind][0].ulid).where(_BUILDERS[kind][0].ulid.in_(wanted[start : start + _CHUNK]))
        )
    }


def _all(session: Session, model: type[R]) -> Iterator[R]:
    """Yield every public record in order of its key, a chunk at a time, forgetting those already yielded."""
    last = 0
    while True:
        statement = _with_parts(model).where(*_on_view(model), model.id > last)
        chunk = session.scalars(statement.order_by(model.id).limit(_CHUNK)).all()
        if not chunk:
            return
        last = chunk[-1].id
        yield from chunk
        session.expunge_all()


def _with_parts(model: type[R]) -> Select[R]:
    return select(model).options(*_PARTS.get(model, ()))


_BRANDS_UPON: dict[RecordKind, tuple[type[Any], Any]] = {
    RecordKind.GI_PRODUCT: (GiProduct, Brand.products),
    RecordKind.TRADEMARK: (TrademarkRecord, Brand.trademarks),
}

_PARTS: dict[type[Any], tuple[Any, ...]] = {
    GiProduct: (
        selectinload(GiProduct.names),
        selectinload(GiProduct.protections).selectinload(Protection.identifiers),
        selectinload(GiProduct.protections).selectinload(Protection.parties),
        selectinload(GiProduct.protections).selectinload(Protection.events),
        selectinload(GiProduct.protections).selectinload(Protection.standards),
        selectinload(GiProduct.category),
    ),
    Organisation: (selectinload(Organisation.names), selectinload(Organisation.former_codes)),
    Brand: (selectinload(Brand.trademarks), selectinload(Brand.products)),
}


def _product(session: Session, product: GiProduct, places: _Places, on: date) -> Document:
    place = places(product.division_id)
    protections = [protection for protection in product.protections if protection.is_public]
    states = [_protection_state(protection, on) for protection in protections]
    numbers = [
        text
        for protection in protections
        for identifier in protection.identifiers
        for text in (identifier.number, identifier.as_printed)
    ]
    standards = [standard.number for protection in protections for standard in protection.standards]
    category: Category | None = product.category
    return Document(
        id=product.ulid,
        kind=RecordKind.GI_PRODUCT.value,
        name=product.name,
        version=product.version,
        aliases=tuple(name.text for name in product.names if name.lang == "zh" and name.text != product.name),
        names_en=tuple(name.text for name in product.names if name.role is NameRole.ENGLISH),
        identifiers=tuple(dict.fromkeys((product.code, *numbers, *standards))),
        place=f"{place.names} {product.place_as_printed or ''}".strip(),
        place_codes=place.codes,
        holder=" ".join(
            dict.fromkeys(party.name_as_announced for each in protections for party in each.parties)
        ),
        description=product.description or "",
        tracks=tuple(dict.fromkeys(protection.track.value for protection in protections)),
        states=tuple(dict.fromkeys(states)),
        category=category.code if category else None,
        industry=product.industry.value if product.industry else None,
        nice_classes=tuple(product.nice_classes),
        year=_first_year(protections),
        has_users=_has_users(session, product.id),
        is_home=product.home_relation is not HomeRelation.OUTSIDE,
        is_demonstration=product.is_demonstration,
        longitude=place.longitude,
        latitude=place.latitude,
    )


def _protection_state(protection: Protection, on: date) -> str:
    facts = [
        ProtectionFact(
            event.id, event.kind, event.happened_on, event.recorded_at, event.term_to, event.voided_event_id
        )
        for event in protection.events
    ]
    has_term = protection.track is Track.GI_TRADEMARK
    return protection_standing(known_protection_facts(facts, None), on, has_term=has_term).state.value


def _first_year(protections: Sequence[Protection]) -> int | None:
    days = [event.happened_on for each in protections for event in each.events if event.happened_on]
    return min(days).year if days else None


def _has_users(session: Session, product_id: int) -> bool:
    held = (
        select(Authorisation.id)
        .join(Protection, Protection.id == Authorisation.protection_id)
        .where(Protection.product_id == product_id, Authorisation.withdrawal.is_(None))
    )
    return session.scalar(held.limit(1)) is not None


def _organisation(session: Session, organisation: Organisation, places: _Places, on: date) -> Document:
    del on
    place = places(organisation.division_id)
    codes = [organisation.uscc] if organisation.uscc else []
    codes += [former.uscc for former in organisation.former_codes]
    held = select(Authorisation.id).where(
        Authorisation.organisation_id == organisation.id, Authorisation.withdrawal.is_(None)
    )
    return Document(
        id=organisation.ulid,
        kind=RecordKind.ORGANISATION.value,
        name=organisation.name,
        version=organisation.version,
        aliases=tuple(name.text for name in organisation.names),
        names_en=(organisation.name_en,) if organisation.name_en else (),
        identifiers=tuple(codes),
        place=place.names,
        place_codes=place.codes,
        states=(organisation.status.value,),
        has_users=session.scalar(held.limit(1)) is not None,
        is_demonstration=organisation.is_demonstration,
        longitude=place.longitude,
        latitude=place.latitude,
    )


def _trademark(session: Session, mark: TrademarkRecord, places: _Places, on: date) -> Document:
    del session
    place = places(mark.division_id)
    return Document(
        id=mark.ulid,
        kind=RecordKind.TRADEMARK.value,
        name=mark.name,
        version=mark.version,
        names_en=(mark.name_en,) if mark.name_en else (),
        identifiers=(mark.registration_no,),
        place=place.names,
        place_codes=place.codes,
        holder=mark.registrant_name,
        goods=tuple(part.strip() for part in (mark.goods or "").split("；") if part.strip()),
        states=(mark_status(mark.status, mark.term_to, on).value,),
        nice_classes=(mark.nice_class,) if mark.nice_class else (),
        year=mark.registered_on.year if mark.registered_on else None,
        is_demonstration=mark.is_demonstration,
        longitude=place.longitude,
        latitude=place.latitude,
    )


def _brand(session: Session, brand: Brand, places: _Places, on: date) -> Document:
    del session, places, on
    return Document(
        id=brand.ulid,
        kind=RecordKind.BRAND.value,
        name=brand.name,
        version=brand.version,
        names_en=(brand.name_en,) if brand.name_en else (),
        identifiers=tuple(
            sorted({mark.registration_no for mark in brand.trademarks if mark.withdrawal is None})
        ),
        holder=brand.owner_name or "",
        goods=tuple(sorted(product.name for product in brand.products if product.withdrawal is None)),
        description=brand.description or "",
        is_demonstration=brand.is_demonstration,
    )


def _announcement(session: Session, announcement: Announcement, places: _Places, on: date) -> Document:
    del session, places, on
    serial = announcement.serial or 0
    spelt = f"{announcement.year}年第{serial}号" if announcement.year else f"第{serial}号"
    return Document(
        id=announcement.ulid,
        kind=RecordKind.ANNOUNCEMENT.value,
        name=announcement.title,
        version=announcement.version,
        aliases=(announcement.number_as_printed,),
        identifiers=tuple(
            dict.fromkeys(
                (
                    announcement.number,
                    announcement.code,
                    announcement.number_as_printed,
                    spelt,
                    f"unknown:{serial}",
                )
            )
        ),
        holder=announcement.issuer.zh,
        year=announcement.published_on.year if announcement.published_on else announcement.year,
        is_demonstration=announcement.is_demonstration,
    )


def _service_point(session: Session, point: ServicePoint, places: _Places, on: date) -> Document:
    del session, on
    place = places(point.division_id)
    return Document(
        id=point.ulid,
        kind=RecordKind.SERVICE_POINT.value,
        name=point.name,
        version=point.version,
        identifiers=(point.code,),
        place=place.names,
        place_codes=place.codes,
        description=point.services or "",
        is_demonstration=point.is_demonstration,
        longitude=point.longitude,
        latitude=point.latitude,
    )


_BUILDERS: dict[RecordKind, tuple[type[Any], Callable[[Session, Any, _Places, date], Document]]] = {
    RecordKind.GI_PRODUCT: (GiProduct, _product),
    RecordKind.ORGANISATION: (Organisation, _organisation),
    RecordKind.TRADEMARK: (TrademarkRecord, _trademark),
    RecordKind.BRAND: (Brand, _brand),
    RecordKind.ANNOUNCEMENT: (Announcement, _announcement),
    RecordKind.SERVICE_POINT: (ServicePoint, _service_point),
}
