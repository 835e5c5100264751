"""The editable record of each kind: one model for the form, the spreadsheet row, the stored draft and the API.

A field's title is its Chinese column heading; its name is the English one. Lists stand in one cell, parted by
`；` or a line break. References are made by what people know: a code, a USCC, a number, a name.
"""

from service.register.payloads.authorisations import AuthorisationEventPayload, AuthorisationPayload
from service.register.payloads.base import Payload
from service.register.payloads.brands import BrandPayload, TimeHonouredBrandPayload, TrademarkPayload
from service.register.payloads.organisations import AnnouncementPayload, OrganisationPayload
from service.register.payloads.products import (
    GiProductPayload,
    ProductionAreaPayload,
    ProtectionEventPayload,
    ProtectionPayload,
)
from service.register.payloads.reference import (
    CategoryPayload,
    DivisionPayload,
    DocumentPayload,
    HolidayArrangementPayload,
    LegalInstrumentPayload,
)
from service.register.payloads.services import IndicatorPayload, IndicatorValuePayload, ServicePointPayload
from service.register.payloads.supervision import (
    CreditAssessmentPayload,
    DemonstrationZonePayload,
    InspectionPayload,
    InspectionPlanPayload,
    ZoneEventPayload,
)
from service.vocabulary import RecordKind

PAYLOADS: dict[RecordKind, type[Payload]] = {
    model.kind: model
    for model in (
        DocumentPayload,
        DivisionPayload,
        CategoryPayload,
        LegalInstrumentPayload,
        HolidayArrangementPayload,
        OrganisationPayload,
        AnnouncementPayload,
        GiProductPayload,
        ProtectionPayload,
        ProtectionEventPayload,
        ProductionAreaPayload,
        AuthorisationPayload,
        AuthorisationEventPayload,
        TrademarkPayload,
        BrandPayload,
        TimeHonouredBrandPayload,
        ServicePointPayload,
        IndicatorPayload,
        IndicatorValuePayload,
        CreditAssessmentPayload,
        InspectionPlanPayload,
        InspectionPayload,
        DemonstrationZonePayload,
        ZoneEventPayload,
    )
}
"""The editable model of each kind, in the order in which records can refer to earlier ones."""

__all__ = [
    "PAYLOADS",
    "AnnouncementPayload",
    "AuthorisationEventPayload",
    "AuthorisationPayload",
    "BrandPayload",
    "CategoryPayload",
    "CreditAssessmentPayload",
    "DemonstrationZonePayload",
    "DivisionPayload",
    "DocumentPayload",
    "GiProductPayload",
    "HolidayArrangementPayload",
    "IndicatorPayload",
    "IndicatorValuePayload",
    "InspectionPayload",
    "InspectionPlanPayload",
    "LegalInstrumentPayload",
    "OrganisationPayload",
    "Payload",
    "ProductionAreaPayload",
    "ProtectionEventPayload",
    "ProtectionPayload",
    "ServicePointPayload",
    "TimeHonouredBrandPayload",
    "TrademarkPayload",
    "ZoneEventPayload",
]
