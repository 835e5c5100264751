"""Records that a new one may be already: by name, other name, number or code, published or still a draft."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.identifiers import AnnouncementNumber, IdentifierError, TrademarkNumber, Uscc
from service.register.browsing.finding import OPEN, name_of
from service.register.browsing.shelves import holds
from service.register.models import (
    Announcement,
    Authorisation,
    Brand,
    FormerCode,
    GiProduct,
    Indicator,
    Organisation,
    OrganisationName,
    ProductName,
    Protection,
    ProtectionIdentifier,
    Recorded,
    Revision,
    ServicePoint,
    TrademarkRecord,
)
from service.vocabulary import Issuer, RecordKind

MOST: Final = 8
_SHORTEST: Final = 2
_DRAFTS: Final = 200


@dataclass(frozen=True, slots=True)
class Similar:
    """A record like the one that is typed: by which field, and whether it is only a draft yet (then of that draft)."""

    field: str
    kind: RecordKind
    ulid: str
    name: str
    key: str
    is_draft: bool = False


_Like = Callable[[str], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class _Look:
    """How records of a kind are looked for: the table, what names them, and a condition for each field."""

    model: type[Recorded]
    name: InstrumentedAttribute[Any]
    key: InstrumentedAttribute[Any]
    fields: Mapping[str, _Like]


def _is(column: InstrumentedAttribute[Any]) -> _Like:
    return lambda text: column == text


def _holds(column: InstrumentedAttribute[Any]) -> _Like:
    return lambda text: holds(column, text)


def _product(text: str) -> ColumnElement[bool]:
    other = select(ProductName.product_id).where(holds(ProductName.text, text))
    return _holds(GiProduct.name)(text) | GiProduct.id.in_(other)


def _called(text: str) -> ColumnElement[bool]:
    return (GiProduct.slug == text) | GiProduct.code.in_((text, text.upper()))


def _firm(text: str) -> ColumnElement[bool]:
    other = select(OrganisationName.organisation_id).where(OrganisationName.text == text)
    return _holds(Organisation.name)(text) | Organisation.id.in_(other)


def _firm_by_code(text: str) -> ColumnElement[bool]:
    former = select(FormerCode.organisation_id).where(FormerCode.uscc == text)
    return (Organisation.uscc == text) | Organisation.id.in_(former)


def _announcement(text: str) -> ColumnElement[bool]:
    try:
        number = AnnouncementNumber.parse(text)
    except IdentifierError:
        return Announcement.number_as_printed == text
    same = (Announcement.year == number.year) & (Announcement.serial == number.serial)
    return same & (Announcement.issuer == Issuer(number.issuer)) if number.issuer else same


def _protection(text: str) -> ColumnElement[bool]:
    numbers = select(ProtectionIdentifier.protection_id).where(
        ProtectionIdentifier.as_printed.in_(text.split("\n"))
    )
    return Protection.id.in_(numbers)


_LOOKS: Final[Mapping[RecordKind, _Look]] = {
    RecordKind.GI_PRODUCT: _Look(
        GiProduct,
        GiProduct.name,
        GiProduct.code,
        {"name": _product, "aliases": _product, "code": _is(GiProduct.code), "slug": _called},
    ),
    RecordKind.ORGANISATION: _Look(
        Organisation, Organisation.name, Organisation.uscc, {"uscc": _firm_by_code, "name": _firm}
    ),
    RecordKind.TRADEMARK: _Look(
        TrademarkRecord,
        TrademarkRecord.name,
        TrademarkRecord.registration_no,
        {
            "registration_no": _is(TrademarkRecord.registration_no),
            "name": _is(TrademarkRecord.name),
        },
    ),
    RecordKind.BRAND: _Look(
        Brand, Brand.name, Brand.slug, {"slug": _is(Brand.slug), "name": _holds(Brand.name)}
    ),
    RecordKind.ANNOUNCEMENT: _Look(
        Announcement,
        Announcement.title,
        Announcement.number_as_printed,
        {"number": _announcement, "title": _is(Announcement.title)},
    ),
    RecordKind.SERVICE_POINT: _Look(
        ServicePoint,
        ServicePoint.name,
        ServicePoint.code,
        {"code": _is(ServicePoint.code), "name": _holds(ServicePoint.name)},
    ),
    RecordKind.PROTECTION: _Look(
        Protection, Protection.code, Protection.code, {"code": _is(Protection.code), "numbers": _protection}
    ),
    RecordKind.AUTHORISATION: _Look(
        Authorisation, Authorisation.code, Authorisation.code, {"code": _is(Authorisation.code)}
    ),
    RecordKind.INDICATOR: _Look(
        Indicator, Indicator.name, Indicator.code, {"code": _is(Indicator.code), "name": _is(Indicator.name)}
    ),
}


def looked_at(kind: RecordKind) -> tuple[str, ...]:
    """Return the fields by which records of the kind are compared."""
    return tuple(_LOOKS[kind].fields) if kind in _LOOKS else ()


def similar_to(
    session: Session, kind: RecordKind, typed: Mapping[str, str], *, but: str | None = None
) -> list[Similar]:
    """Return the records that are like what is typed, each once, by the first field that tells; `but` is no match."""
    typed = {name: _as_kept(name, text) for name, text in typed.items()}
    found: dict[str, Similar] = {}
    for each in (*_published(session, kind, typed), *_drafts(session, kind, typed)):
        if each.ulid != but:
            found.setdefault(each.ulid, each)
    return list(found.values())[:MOST]


def _published(session: Session, kind: RecordKind, typed: Mapping[str, str]) -> Iterator[Similar]:
    look = _LOOKS.get(kind)
    if look is None:
        return
    for name, like in look.fields.items():
        for text in _texts(typed.get(name, "")):
            rows = session.execute(
                select(look.model.ulid, look.name, look.key)
                .where(like(text))
                .order_by(look.model.id)
                .limit(MOST)
            )
            yield from (Similar(name, kind, ulid, str(called), str(key or "")) for ulid, called, key in rows)


def _as_kept(name: str, text: str) -> str:
    """Return a number as the register keeps it, however it was typed; what cannot be read stays as it is."""
    normal = _NORMAL_FORMS.get(name)
    try:
        return normal(text) if normal else text
    except IdentifierError:
        return text


_NORMAL_FORMS: Final[Mapping[str, Callable[[str], str]]] = {
    "uscc": lambda text: Uscc.parse_unchecked(text).value,
    "registration_no": lambda text: TrademarkNumber.parse(text).normal_form,
}


def _texts(typed: str) -> list[str]:
    return [line for line in typed.split("\n")[:MOST] if len(line) >= _SHORTEST]


def _drafts(session: Session, kind: RecordKind, typed: Mapping[str, str]) -> Iterator[Similar]:
    """Yield the open drafts of new records that say the same in a field; there are never many."""
    rows = session.execute(
        select(Revision.record_ulid, Revision.record_key, Revision.payload)
        .where(Revision.record_kind == kind, Revision.state.in_(OPEN), Revision.base_version == 0)
        .order_by(Revision.id.desc())
        .limit(_DRAFTS)
    )
    for ulid, key, payload in rows:
        for name in looked_at(kind):
            if typed.get(name) and str(payload.get(name, "")) == typed[name]:
                yield Similar(name, kind, ulid, name_of(payload, key), key, is_draft=True)
                break
