"""What was published when: the registry's revisions, newest first, with the records that changed in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, false, func, null, select
from sqlalchemy.orm import Session

from service.addresses import path_of
from service.errors import RecordNotFound
from service.register.lookups.sources import sources_by_id
from service.register.models import (
    Announcement,
    Authorisation,
    AuthorisationEvent,
    Brand,
    Category,
    CreditAssessment,
    DemonstrationZone,
    Division,
    Document,
    GiProduct,
    HolidayArrangement,
    Indicator,
    IndicatorValue,
    Inspection,
    InspectionPlan,
    LegalInstrument,
    Organisation,
    ProductionAreaVersion,
    Protection,
    ProtectionEvent,
    RegistryRevision,
    Revision,
    ServicePoint,
    Source,
    TimeHonouredBrand,
    TrademarkRecord,
    ZoneEvent,
)
from service.vocabulary import DraftState, RecordKind, Vocabulary


@dataclass(frozen=True, slots=True)
class ChangedRecord:
    """A record as it is called and found today, and whether it was new then; a withdrawn one keeps only its kind."""

    kind: RecordKind
    is_new: bool
    name: str | None = None
    path: str | None = None
    detail: Vocabulary | None = None
    is_demonstration: bool = False
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Publication:
    """One revision of the registry: when it was published, how many records of each kind, and some of them."""

    number: int
    published_at: datetime
    counts: tuple[tuple[RecordKind, int], ...]
    records: tuple[ChangedRecord, ...]

    @property
    def total(self) -> int:
        """How many records changed in it."""
        return sum(count for _, count in self.counts)


def list_publications(session: Session, *, before: int | None, limit: int, sample: int) -> list[Publication]:
    """Return the newest publications below a number, each with its first records."""
    statement = select(RegistryRevision).order_by(RegistryRevision.number.desc()).limit(limit)
    if before is not None:
        statement = statement.where(RegistryRevision.number < before)
    return _publications(session, session.scalars(statement).all(), 0, sample)


def find_publication(session: Session, number: int, *, start: int, limit: int) -> Publication:
    """Return one publication with its records from `start` on.

    Raises:
        RecordNotFound.
    """
    found = session.get(RegistryRevision, number)
    if found is None:
        raise RecordNotFound("revision", str(number))
    return _publications(session, [found], start, limit)[0]


def _publications(
    session: Session, revisions: Sequence[RegistryRevision], start: int, limit: int
) -> list[Publication]:
    """Return the publications, each with its records from `start` on: as many statements for ten as for one."""
    published = (
        Revision.revision_number.in_([revision.number for revision in revisions]),
        Revision.state == DraftState.PUBLISHED,
    )
    counted = (
        select(Revision.revision_number, Revision.record_kind, func.count())
        .where(*published)
        .group_by(Revision.revision_number, Revision.record_kind)
    )
    counts: dict[int | None, list[tuple[RecordKind, int]]] = {}
    for number, kind, count in session.execute(counted):
        counts.setdefault(number, []).append((kind, count))
    place = func.row_number().over(partition_by=Revision.revision_number, order_by=Revision.id)
    placed = select(
        Revision.id,
        Revision.revision_number,
        Revision.record_kind,
        Revision.record_ulid,
        Revision.base_version,
        place.label("place"),
    )
    shown = placed.where(*published).subquery()
    rows = session.execute(
        select(shown.c.record_kind, shown.c.record_ulid, shown.c.base_version, shown.c.revision_number)
        .where(shown.c.place > start, shown.c.place <= start + limit)
        .order_by(shown.c.id)
    ).all()
    records: dict[int, list[ChangedRecord]] = {}
    for row, record in zip(rows, _records(session, [row[:3] for row in rows]), strict=True):
        records.setdefault(row.revision_number, []).append(record)
    return [
        Publication(
            revision.number,
            revision.published_at,
            tuple(sorted(counts.get(revision.number, ()))),
            tuple(records.get(revision.number, ())),
        )
        for revision in revisions
    ]


def called_now(session: Session, wanted: Sequence[tuple[RecordKind, str]]) -> list[ChangedRecord]:
    """Return how these records are called and found on the public site now, in the order given."""
    return list(_records(session, [(kind, ulid, 1) for kind, ulid in wanted]))


def _records(session: Session, rows: Sequence[Any]) -> Iterator[ChangedRecord]:
    live: dict[str, Any] = {}
    for kind in {kind for kind, _, _ in rows}:
        statement, ulid, _ = _LIVE[kind]
        wanted = [each for own, each, _ in rows if own is kind]
        live |= {row.ulid: row for row in session.execute(statement.where(ulid.in_(wanted)))}
    sources = sources_by_id(session, [row.source_id for row in live.values()])
    for kind, ulid, base_version in rows:
        row = live.get(ulid)
        if row is None:
            yield ChangedRecord(kind, is_new=base_version == 0)
            continue
        page = _LIVE[kind][2]
        path = path_of(page, str(row.key)) if page and row.key else None
        yield ChangedRecord(
            kind,
            is_new=base_version == 0,
            name=row.name,
            path=path,
            detail=row.detail,
            is_demonstration=row.is_demonstration,
            source=sources[row.source_id],
        )


def _named(model: Any, name: Any, page: str | None, key: Any, *, joins: Sequence[Any] = ()) -> _Live:
    """Return how records of a kind are found by ULID: only those that the public may see, with their parents."""
    record = joins[0] if joins and not hasattr(model, "withdrawal") else model
    columns = (
        model.ulid.label("ulid"),
        name.label("name"),
        key.label("key"),
        model.source_id.label("source_id"),
        record.is_demonstration.label("is_demonstration"),
        _DETAILS.get(model, null()).label("detail"),
    )
    statement = select(*columns).select_from(model)
    for parent in joins:
        statement = statement.join(parent)
    if model is Document:
        statement = statement.where(Document.is_open)
    shown = [each.withdrawal.is_(None) for each in (model, *joins) if hasattr(each, "withdrawal")]
    return statement.where(*shown), model.ulid, page


def _unnamed(model: Any) -> _Live:
    """Return that no record of the kind is named to the public: only that something of the kind changed."""
    statement, identifier, page = _named(model, null(), None, null())
    return statement.where(false()), identifier, page


_DETAILS: Final[dict[Any, Any]] = {
    Protection: Protection.track,
    ProtectionEvent: ProtectionEvent.kind,
    AuthorisationEvent: AuthorisationEvent.kind,
}
_Live = tuple[Select[Any], Any, str | None]
_OF_PRODUCT: Final = ("gi_product", GiProduct.slug)
_LIVE: Final[dict[RecordKind, _Live]] = {
    RecordKind.GI_PRODUCT: _named(GiProduct, GiProduct.name, *_OF_PRODUCT),
    RecordKind.ORGANISATION: _named(Organisation, Organisation.name, "organisation", Organisation.uscc),
    RecordKind.TRADEMARK: _named(
        TrademarkRecord, TrademarkRecord.name, "trademark", TrademarkRecord.registration_no
    ),
    RecordKind.BRAND: _named(Brand, Brand.name, "brand", Brand.slug),
    RecordKind.ANNOUNCEMENT: _named(Announcement, Announcement.title, "announcement", Announcement.code),
    RecordKind.SERVICE_POINT: _named(ServicePoint, ServicePoint.name, "service_point", ServicePoint.code),
    RecordKind.PROTECTION: _named(Protection, GiProduct.name, *_OF_PRODUCT, joins=(GiProduct,)),
    RecordKind.PROTECTION_EVENT: _named(
        ProtectionEvent, GiProduct.name, *_OF_PRODUCT, joins=(Protection, GiProduct)
    ),
    RecordKind.PRODUCTION_AREA: _named(
        ProductionAreaVersion, GiProduct.name, *_OF_PRODUCT, joins=(Protection, GiProduct)
    ),
    RecordKind.AUTHORISATION: _named(Authorisation, Authorisation.code, "authorisation", Authorisation.code),
    RecordKind.AUTHORISATION_EVENT: _named(
        AuthorisationEvent, Authorisation.code, "authorisation", Authorisation.code, joins=(Authorisation,)
    ),
    RecordKind.TIME_HONOURED_BRAND: _named(
        TimeHonouredBrand, Brand.name, "brand", Brand.slug, joins=(Brand,)
    ),
    RecordKind.DOCUMENT: _named(Document, Document.title, None, Document.sha256),
    RecordKind.DIVISION: _named(Division, Division.name, "division", Division.slug),
    RecordKind.CATEGORY: _named(Category, Category.name, None, Category.code),
    RecordKind.LEGAL_INSTRUMENT: _named(LegalInstrument, LegalInstrument.name, None, LegalInstrument.code),
    RecordKind.HOLIDAY_ARRANGEMENT: _named(
        HolidayArrangement, HolidayArrangement.title, None, HolidayArrangement.year
    ),
    # Who is graded, inspected or drawn is not told here: the pages of inspections know for how long it is public.
    RecordKind.CREDIT_ASSESSMENT: _unnamed(CreditAssessment),
    RecordKind.INSPECTION_PLAN: _unnamed(InspectionPlan),
    RecordKind.INSPECTION: _unnamed(Inspection),
    RecordKind.DEMONSTRATION_ZONE: _unnamed(DemonstrationZone),
    RecordKind.ZONE_EVENT: _unnamed(ZoneEvent),
    RecordKind.INDICATOR: _named(Indicator, Indicator.name, "indicator", Indicator.code),
    RecordKind.INDICATOR_VALUE: _named(
        IndicatorValue, Indicator.name, "indicator", Indicator.code, joins=(Indicator,)
    ),
}
