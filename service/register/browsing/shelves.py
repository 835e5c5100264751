"""How each kind of record stands in a list at the desk: its columns, what is searched, what it is narrowed by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute

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
    OrganisationName,
    ProductionAreaVersion,
    ProductName,
    Protection,
    ProtectionEvent,
    ServicePoint,
    TimeHonouredBrand,
    TrademarkRecord,
    ZoneEvent,
)
from service.vocabulary import (
    AnnouncementKind,
    AreaTier,
    AuthorisationBasis,
    AuthorisationEventKind,
    BrandKind,
    DivisionKind,
    DocumentKind,
    HomeRelation,
    Industry,
    InspectionOutcome,
    Issuer,
    MarkStatus,
    MarkType,
    OrganisationKind,
    OrganisationStatus,
    ProtectionEventKind,
    RecordKind,
    ServicePointKind,
    TimeHonouredLevel,
    Track,
    Vocabulary,
    ZoneEventKind,
)

Attribute = InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class Join:
    """Another table that a list reads a name from."""

    model: Any
    on: ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Shelf:
    """A kind of record in a list.

    `columns`: by the name of the payload's field, the first being what people call the record. `sorts`: those
    that the list can be sorted by, each with an index or on a small table. `facets`: columns of closed lists.
    `texts`: conditions on a text that is searched for anywhere in them.
    """

    model: Any
    columns: Mapping[str, Attribute]
    sorts: tuple[str, ...] = ()
    facets: Mapping[str, tuple[Attribute, type[Vocabulary]]] | None = None
    texts: Callable[[str], ColumnElement[bool]] | None = None
    joins: tuple[Join, ...] = ()

    @property
    def is_event(self) -> bool:
        """Whether its rows are only ever added: they are neither withdrawn nor marked."""
        return not hasattr(self.model, "withdrawal")


def holds(column: Attribute, text: str) -> ColumnElement[bool]:
    """Return the condition that a column holds the text anywhere, as typed or in capitals, in which codes are written.

    Lower case on both sides would cost a scan of 100,000 names three times as much (2026-11).
    """
    return or_(*(column.contains(each, autoescape=True) for each in dict.fromkeys((text, text.upper()))))


def _within(*columns: Attribute) -> Callable[[str], ColumnElement[bool]]:
    return lambda text: or_(*(holds(column, text) for column in columns))


def _named_firm(text: str) -> ColumnElement[bool]:
    firms = select(Organisation.id).where(
        or_(holds(Organisation.name, text), Organisation.uscc == text.upper())
    )
    return or_(holds(Authorisation.code, text), Authorisation.organisation_id.in_(firms))


def named_product(text: str) -> ColumnElement[bool]:
    """Return the condition that a product bears the text in its code or in one of its names."""
    names = select(ProductName.product_id).where(holds(ProductName.text, text))
    return or_(_within(GiProduct.name, GiProduct.code)(text), GiProduct.id.in_(names))


def _named_organisation(text: str) -> ColumnElement[bool]:
    names = select(OrganisationName.organisation_id).where(holds(OrganisationName.text, text))
    return or_(_within(Organisation.name, Organisation.uscc)(text), Organisation.id.in_(names))


def _coded_protection(text: str) -> Select[int]:
    return select(Protection.id).where(holds(Protection.code, text))


SHELVES: Final[Mapping[RecordKind, Shelf]] = {
    RecordKind.GI_PRODUCT: Shelf(
        GiProduct,
        {
            "name": GiProduct.name,
            "code": GiProduct.code,
            "industry": GiProduct.industry,
            "home_relation": GiProduct.home_relation,
        },
        ("name", "code"),
        {
            "industry": (GiProduct.industry, Industry),
            "home_relation": (GiProduct.home_relation, HomeRelation),
        },
        named_product,
    ),
    RecordKind.ORGANISATION: Shelf(
        Organisation,
        {
            "name": Organisation.name,
            "uscc": Organisation.uscc,
            "organisation_kind": Organisation.kind,
            "status": Organisation.status,
        },
        ("name",),
        {
            "organisation_kind": (Organisation.kind, OrganisationKind),
            "status": (Organisation.status, OrganisationStatus),
        },
        _named_organisation,
    ),
    RecordKind.TRADEMARK: Shelf(
        TrademarkRecord,
        {
            "name": TrademarkRecord.name,
            "registration_no": TrademarkRecord.registration_no,
            "nice_class": TrademarkRecord.nice_class,
            "registrant_name": TrademarkRecord.registrant_name,
            "mark_type": TrademarkRecord.mark_type,
            "status": TrademarkRecord.status,
        },
        ("name", "registration_no"),
        {
            "status": (TrademarkRecord.status, MarkStatus),
            "mark_type": (TrademarkRecord.mark_type, MarkType),
        },
        _within(TrademarkRecord.name, TrademarkRecord.registration_no, TrademarkRecord.registrant_name),
    ),
    RecordKind.BRAND: Shelf(
        Brand,
        {
            "name": Brand.name,
            "slug": Brand.slug,
            "brand_kind": Brand.kind,
            "owner_name": Brand.owner_name,
        },
        ("name", "slug"),
        {"brand_kind": (Brand.kind, BrandKind)},
        _within(Brand.name, Brand.slug, Brand.owner_name),
    ),
    RecordKind.ANNOUNCEMENT: Shelf(
        Announcement,
        {
            "title": Announcement.title,
            "number": Announcement.number_as_printed,
            "issuer": Announcement.issuer,
            "announcement_kind": Announcement.kind,
            "published_on": Announcement.published_on,
        },
        ("title",),
        {
            "issuer": (Announcement.issuer, Issuer),
            "announcement_kind": (Announcement.kind, AnnouncementKind),
        },
        _within(Announcement.title, Announcement.number_as_printed, Announcement.code),
    ),
    RecordKind.SERVICE_POINT: Shelf(
        ServicePoint,
        {
            "name": ServicePoint.name,
            "code": ServicePoint.code,
            "point_kind": ServicePoint.kind,
            "address": ServicePoint.address,
        },
        ("name", "code"),
        {"point_kind": (ServicePoint.kind, ServicePointKind)},
        _within(ServicePoint.name, ServicePoint.code, ServicePoint.address),
    ),
    RecordKind.PROTECTION: Shelf(
        Protection,
        {"code": Protection.code, "product": GiProduct.name, "track": Protection.track},
        ("code",),
        {"track": (Protection.track, Track)},
        lambda text: or_(
            holds(Protection.code, text),
            Protection.product_id.in_(select(GiProduct.id).where(named_product(text))),
        ),
        (Join(GiProduct, GiProduct.id == Protection.product_id),),
    ),
    RecordKind.PROTECTION_EVENT: Shelf(
        ProtectionEvent,
        {
            "protection": Protection.code,
            "event": ProtectionEvent.kind,
            "happened_on": ProtectionEvent.happened_on,
        },
        facets={"event": (ProtectionEvent.kind, ProtectionEventKind)},
        texts=lambda text: ProtectionEvent.protection_id.in_(_coded_protection(text)),
        joins=(Join(Protection, Protection.id == ProtectionEvent.protection_id),),
    ),
    RecordKind.PRODUCTION_AREA: Shelf(
        ProductionAreaVersion,
        {
            "protection": Protection.code,
            "version_no": ProductionAreaVersion.version_no,
            "tier": ProductionAreaVersion.tier,
            "valid_from": ProductionAreaVersion.valid_from,
        },
        facets={"tier": (ProductionAreaVersion.tier, AreaTier)},
        texts=lambda text: ProductionAreaVersion.protection_id.in_(_coded_protection(text)),
        joins=(Join(Protection, Protection.id == ProductionAreaVersion.protection_id),),
    ),
    RecordKind.AUTHORISATION: Shelf(
        Authorisation,
        {
            "code": Authorisation.code,
            "organisation": Organisation.name,
            "uscc": Organisation.uscc,
            "basis": Authorisation.basis,
        },
        ("code",),
        {"basis": (Authorisation.basis, AuthorisationBasis)},
        _named_firm,
        (Join(Organisation, Organisation.id == Authorisation.organisation_id),),
    ),
    RecordKind.AUTHORISATION_EVENT: Shelf(
        AuthorisationEvent,
        {
            "authorisation": Authorisation.code,
            "event": AuthorisationEvent.kind,
            "effective_on": AuthorisationEvent.effective_on,
            "ground": AuthorisationEvent.ground,
        },
        facets={"event": (AuthorisationEvent.kind, AuthorisationEventKind)},
        texts=lambda text: AuthorisationEvent.authorisation_id.in_(
            select(Authorisation.id).where(_named_firm(text))
        ),
        joins=(Join(Authorisation, Authorisation.id == AuthorisationEvent.authorisation_id),),
    ),
    RecordKind.TIME_HONOURED_BRAND: Shelf(
        TimeHonouredBrand,
        {
            "brand": Brand.name,
            "level": TimeHonouredBrand.level,
            "recognised_on": TimeHonouredBrand.recognised_on,
        },
        facets={"level": (TimeHonouredBrand.level, TimeHonouredLevel)},
        texts=lambda text: TimeHonouredBrand.brand_id.in_(select(Brand.id).where(holds(Brand.name, text))),
        joins=(Join(Brand, Brand.id == TimeHonouredBrand.brand_id),),
    ),
    RecordKind.DOCUMENT: Shelf(
        Document,
        {"title": Document.title, "document_kind": Document.kind, "published_on": Document.published_on},
        facets={"document_kind": (Document.kind, DocumentKind)},
        texts=_within(Document.title, Document.sha256),
    ),
    RecordKind.DIVISION: Shelf(
        Division,
        {"name": Division.name, "slug": Division.slug, "division_kind": Division.kind},
        ("name", "slug"),
        {"division_kind": (Division.kind, DivisionKind)},
        _within(Division.name, Division.slug),
    ),
    RecordKind.CATEGORY: Shelf(
        Category,
        {"name": Category.name, "code": Category.code, "scheme": Category.scheme},
        ("name", "code"),
        texts=_within(Category.name, Category.code),
    ),
    RecordKind.LEGAL_INSTRUMENT: Shelf(
        LegalInstrument,
        {
            "name": LegalInstrument.name,
            "code": LegalInstrument.code,
            "in_force_from": LegalInstrument.in_force_from,
        },
        ("name", "code"),
        texts=_within(LegalInstrument.name, LegalInstrument.code),
    ),
    RecordKind.INDICATOR: Shelf(
        Indicator,
        {"name": Indicator.name, "code": Indicator.code, "unit": Indicator.unit},
        ("name", "code"),
        texts=_within(Indicator.name, Indicator.code),
    ),
    RecordKind.INDICATOR_VALUE: Shelf(
        IndicatorValue,
        {"indicator": Indicator.name, "as_of": IndicatorValue.as_of, "value": IndicatorValue.value},
        texts=lambda text: IndicatorValue.indicator_id.in_(
            select(Indicator.id).where(_within(Indicator.name, Indicator.code)(text))
        ),
        joins=(Join(Indicator, Indicator.id == IndicatorValue.indicator_id),),
    ),
    RecordKind.CREDIT_ASSESSMENT: Shelf(
        CreditAssessment,
        {
            "organisation": Organisation.name,
            "scheme": CreditAssessment.scheme,
            "grade": CreditAssessment.grade,
            "valid_from": CreditAssessment.valid_from,
            "valid_to": CreditAssessment.valid_to,
        },
        texts=lambda text: CreditAssessment.organisation_id.in_(
            select(Organisation.id).where(_named_organisation(text))
        ),
        joins=(Join(Organisation, Organisation.id == CreditAssessment.organisation_id),),
    ),
    RecordKind.INSPECTION_PLAN: Shelf(
        InspectionPlan,
        {"title": InspectionPlan.title, "code": InspectionPlan.code, "year": InspectionPlan.year},
        ("title", "code", "year"),
        texts=_within(InspectionPlan.title, InspectionPlan.code),
    ),
    RecordKind.INSPECTION: Shelf(
        Inspection,
        {
            "code": Inspection.code,
            "organisation": Organisation.name,
            "inspected_on": Inspection.inspected_on,
            "outcome": Inspection.outcome,
            "corrected_on": Inspection.corrected_on,
        },
        ("code", "inspected_on"),
        {"outcome": (Inspection.outcome, InspectionOutcome)},
        lambda text: or_(
            holds(Inspection.code, text),
            Inspection.organisation_id.in_(select(Organisation.id).where(_named_organisation(text))),
        ),
        (Join(Organisation, Organisation.id == Inspection.organisation_id),),
    ),
    RecordKind.DEMONSTRATION_ZONE: Shelf(
        DemonstrationZone,
        {"name": DemonstrationZone.name, "code": DemonstrationZone.code},
        ("name", "code"),
        texts=_within(DemonstrationZone.name, DemonstrationZone.code),
    ),
    RecordKind.ZONE_EVENT: Shelf(
        ZoneEvent,
        {
            "zone": DemonstrationZone.name,
            "event": ZoneEvent.kind,
            "happened_on": ZoneEvent.happened_on,
            "condition": ZoneEvent.condition,
        },
        facets={"event": (ZoneEvent.kind, ZoneEventKind)},
        texts=lambda text: ZoneEvent.zone_id.in_(
            select(DemonstrationZone.id).where(holds(DemonstrationZone.name, text))
        ),
        joins=(Join(DemonstrationZone, DemonstrationZone.id == ZoneEvent.zone_id),),
    ),
    RecordKind.HOLIDAY_ARRANGEMENT: Shelf(
        HolidayArrangement,
        {"title": HolidayArrangement.title, "year": HolidayArrangement.year},
        ("year",),
        texts=_within(HolidayArrangement.title),
    ),
}
"""Every kind of record once; a test keeps it so."""
