"""Publishing service points and indicators."""

from __future__ import annotations

from service.register.applying.publication import Publication
from service.register.models import Indicator, IndicatorValue, Recorded, ServicePoint
from service.register.payloads import IndicatorPayload, IndicatorValuePayload, ServicePointPayload
from service.vocabulary import RecordKind


def apply_service_point(
    publication: Publication, payload: ServicePointPayload, ulid: str, base_version: int
) -> Recorded:
    """Publish a service point."""
    references = publication.references
    values = payload.model_dump(
        include={
            "code",
            "name",
            "address",
            "longitude",
            "latitude",
            "hours",
            "telephone",
            "services",
            "opened_on",
            "closed_on",
        }
    )
    values |= {
        "kind": payload.point_kind,
        "operator_id": references.organisation_or_none("operator", payload.operator),
        "division_id": references.division("division", payload.division) if payload.division else None,
    }
    point = publication.upsert(ServicePoint, payload, ulid, base_version, values)
    publication.touch(RecordKind.SERVICE_POINT, ulid)
    return point


def apply_indicator(
    publication: Publication, payload: IndicatorPayload, ulid: str, base_version: int
) -> Recorded:
    """Publish an indicator."""
    values = payload.model_dump(
        include={"code", "name", "name_en", "formula", "unit", "nature", "target", "target_year"}
    )
    return publication.upsert(Indicator, payload, ulid, base_version, values)


def apply_indicator_value(
    publication: Publication, payload: IndicatorValuePayload, ulid: str, base_version: int
) -> Recorded:
    """Publish a value of an indicator."""
    indicator_id = publication.references.indicator("indicator", payload.indicator)
    values = payload.model_dump(include={"as_of", "value", "numerator", "denominator"})
    return publication.upsert(
        IndicatorValue, payload, ulid, base_version, {**values, "indicator_id": indicator_id}
    )
