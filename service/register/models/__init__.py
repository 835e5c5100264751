"""The tables of the register."""

from service.register.models.annex import (
    AnnexBatch,
    AnnexErrand,
    AnnexPreparation,
    AnnexRow,
    PreviewedRow,
    RememberedHeading,
)
from service.register.models.announcement import Announcement, AnnouncementDocument
from service.register.models.area import (
    ProductionAreaDivision,
    ProductionAreaGeometry,
    ProductionAreaVersion,
)
from service.register.models.authorisation import Authorisation, AuthorisationEvent
from service.register.models.base import SRID, Base, Recorded, new_ulid
from service.register.models.brand import (
    Brand,
    TimeHonouredBrand,
    TrademarkRecord,
    brand_product,
    brand_trademark,
)
from service.register.models.desk import (
    ImportBatch,
    Revision,
    StaffRecoveryCode,
    StaffRole,
    StaffScope,
    StaffSession,
    StaffUser,
)
from service.register.models.lead import Lead, LeadContact
from service.register.models.ledger import (
    AuditEvent,
    Outbox,
    PublishedChange,
    RegistryRevision,
    RegistryState,
)
from service.register.models.organisation import FormerCode, Organisation, OrganisationName
from service.register.models.product import FormerSlug, GiProduct, ProductName
from service.register.models.protection import (
    Party,
    Protection,
    ProtectionEvent,
    ProtectionIdentifier,
    QualityTrait,
    StandardReference,
    UseRules,
)
from service.register.models.reference import (
    Category,
    Conflict,
    Division,
    DivisionAlias,
    DivisionCode,
    Document,
    HolidayArrangement,
    LegalInstrument,
    Source,
)
from service.register.models.services import Indicator, IndicatorValue, ServicePoint, Snapshot
from service.register.models.usage import ApiKey, ApiKeyUse, VerificationCount, VerificationMonth
from service.register.models.webhook import Webhook

__all__ = [
    "SRID",
    "AnnexBatch",
    "AnnexErrand",
    "AnnexPreparation",
    "AnnexRow",
    "Announcement",
    "AnnouncementDocument",
    "ApiKey",
    "ApiKeyUse",
    "AuditEvent",
    "Authorisation",
    "AuthorisationEvent",
    "Base",
    "Brand",
    "Category",
    "Conflict",
    "Division",
    "DivisionAlias",
    "DivisionCode",
    "Document",
    "FormerCode",
    "FormerSlug",
    "GiProduct",
    "HolidayArrangement",
    "ImportBatch",
    "Indicator",
    "IndicatorValue",
    "Lead",
    "LeadContact",
    "LegalInstrument",
    "Organisation",
    "OrganisationName",
    "Outbox",
    "Party",
    "PreviewedRow",
    "ProductName",
    "ProductionAreaDivision",
    "ProductionAreaGeometry",
    "ProductionAreaVersion",
    "Protection",
    "ProtectionEvent",
    "ProtectionIdentifier",
    "PublishedChange",
    "QualityTrait",
    "Recorded",
    "RegistryRevision",
    "RegistryState",
    "RememberedHeading",
    "Revision",
    "ServicePoint",
    "Snapshot",
    "Source",
    "StaffRecoveryCode",
    "StaffRole",
    "StaffScope",
    "StaffSession",
    "StaffUser",
    "StandardReference",
    "TimeHonouredBrand",
    "TrademarkRecord",
    "UseRules",
    "VerificationCount",
    "VerificationMonth",
    "Webhook",
    "brand_product",
    "brand_trademark",
    "new_ulid",
]
