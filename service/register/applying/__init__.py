"""Turning an approved draft into rows of the register: one function for each kind of record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.register.applying.area import apply_area
from service.register.applying.authorisation import apply_authorisation, apply_authorisation_event
from service.register.applying.brand import apply_brand, apply_time_honoured_brand, apply_trademark
from service.register.applying.organisation import apply_announcement, apply_organisation
from service.register.applying.product import apply_product
from service.register.applying.protection import apply_protection, apply_protection_event
from service.register.applying.publication import Publication
from service.register.applying.reference import (
    apply_category,
    apply_division,
    apply_document,
    apply_holiday_arrangement,
    apply_legal_instrument,
)
from service.register.applying.services import apply_indicator, apply_indicator_value, apply_service_point
from service.register.applying.supervision import (
    apply_credit_assessment,
    apply_demonstration_zone,
    apply_inspection,
    apply_inspection_plan,
    apply_zone_event,
)
from service.vocabulary import RecordKind

APPLY: dict[RecordKind, Callable[[Publication, Any, str, int], Any]] = {
    RecordKind.DOCUMENT: apply_document,
    RecordKind.DIVISION: apply_division,
    RecordKind.CATEGORY: apply_category,
    RecordKind.LEGAL_INSTRUMENT: apply_legal_instrument,
    RecordKind.HOLIDAY_ARRANGEMENT: apply_holiday_arrangement,
    RecordKind.ORGANISATION: apply_organisation,
    RecordKind.ANNOUNCEMENT: apply_announcement,
    RecordKind.GI_PRODUCT: apply_product,
    RecordKind.PROTECTION: apply_protection,
    RecordKind.PROTECTION_EVENT: apply_protection_event,
    RecordKind.PRODUCTION_AREA: apply_area,
    RecordKind.AUTHORISATION: apply_authorisation,
    RecordKind.AUTHORISATION_EVENT: apply_authorisation_event,
    RecordKind.TRADEMARK: apply_trademark,
    RecordKind.BRAND: apply_brand,
    RecordKind.TIME_HONOURED_BRAND: apply_time_honoured_brand,
    RecordKind.SERVICE_POINT: apply_service_point,
    RecordKind.INDICATOR: apply_indicator,
    RecordKind.INDICATOR_VALUE: apply_indicator_value,
    RecordKind.CREDIT_ASSESSMENT: apply_credit_assessment,
    RecordKind.INSPECTION_PLAN: apply_inspection_plan,
    RecordKind.INSPECTION: apply_inspection,
    RecordKind.DEMONSTRATION_ZONE: apply_demonstration_zone,
    RecordKind.ZONE_EVENT: apply_zone_event,
}

__all__ = ["APPLY", "Publication"]
