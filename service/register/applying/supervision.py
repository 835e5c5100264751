"""Publishing credit grades, inspection plans and inspections, and the demonstration zone."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, insert, or_, select

from service.errors import FieldNotAllowed, TransitionNotAllowed
from service.register.applying.publication import Publication
from service.register.lifecycle import ZONE_MOVES, ZoneFact, zone_standing
from service.register.models import (
    CreditAssessment,
    DemonstrationZone,
    Inspection,
    InspectionPlan,
    Recorded,
    ZoneEvent,
    zone_product,
)
from service.register.payloads import (
    CreditAssessmentPayload,
    DemonstrationZonePayload,
    InspectionPayload,
    InspectionPlanPayload,
    ZoneEventPayload,
)


def apply_credit_assessment(
    publication: Publication, payload: CreditAssessmentPayload, ulid: str, base_version: int
) -> Recorded:
    """Publish a grade; a body has one grade under a scheme at a time."""
    organisation = publication.references.organisation("organisation", payload.organisation)
    values = payload.model_dump(include={"scheme", "grade", "valid_from", "valid_to"})
    if payload.withdrawal is None:
        end = date.max if payload.valid_to is None else payload.valid_to
        other = select(CreditAssessment.id).where(
            CreditAssessment.organisation_id == organisation,
            CreditAssessment.scheme == payload.scheme,
            CreditAssessment.ulid != ulid,
            CreditAssessment.withdrawal.is_(None),
            CreditAssessment.valid_from < end,
            or_(CreditAssessment.valid_to.is_(None), CreditAssessment.valid_to > payload.valid_from),
        )
        if publication.session.scalars(other).first() is not None:
            raise FieldNotAllowed("valid_from", payload.valid_from.isoformat(), "overlaps")
    return publication.upsert(
        CreditAssessment, payload, ulid, base_version, {**values, "organisation_id": organisation}
    )


def apply_inspection_plan(
    publication: Publication, payload: InspectionPlanPayload, ulid: str, base_version: int
) -> Recorded:
    """Publish a plan of random inspection; draws that were frozen before keep what they froze."""
    product = publication.references.product("product", payload.product) if payload.product else None
    values = payload.model_dump(include={"code", "title", "year", "scope", "credit_scheme"})
    values |= {
        "product_id": product,
        "ratios": [list(each) for each in payload.parsed_ratios()],
        "inspectors": list(payload.inspectors),
        "checklist": list(payload.checklist),
    }
    return publication.upsert(InspectionPlan, payload, ulid, base_version, values)


def apply_inspection(
    publication: Publication, payload: InspectionPayload, ulid: str, base_version: int
) -> Recorded:
    """Publish what an inspection found; the public sees it from its day on, for its term."""
    references = publication.references
    own = {
        *("code", "inspected_on", "outcome", "findings", "ordered_on", "order_working_days"),
        *("corrected_on", "published_from", "publication_term"),
    }
    values = payload.model_dump(include=own) | {
        "plan_id": references.inspection_plan("plan", payload.plan) if payload.plan else None,
        "organisation_id": references.organisation("organisation", payload.organisation),
        "inspectors": list(payload.inspectors),
        "answers": list(payload.answers),
    }
    return publication.upsert(Inspection, payload, ulid, base_version, values)


def apply_demonstration_zone(
    publication: Publication, payload: DemonstrationZonePayload, ulid: str, base_version: int
) -> Recorded:
    """Publish a demonstration zone with its products."""
    products = dict.fromkeys(publication.references.product("products", each) for each in payload.products)
    values = payload.model_dump(include={"code", "name", "name_en", "note"})
    zone = publication.upsert(DemonstrationZone, payload, ulid, base_version, values)
    publication.session.flush()  # its key is wanted by the links
    publication.session.execute(delete(zone_product).where(zone_product.c.zone_id == zone.id))
    publication.session.execute(
        insert(zone_product), [{"zone_id": zone.id, "product_id": each} for each in products]
    )
    return zone


def apply_zone_event(
    publication: Publication, payload: ZoneEventPayload, ulid: str, base_version: int
) -> Recorded:
    """Publish an event of a zone; one that changes its state must be a move from where the zone stood that day."""
    zone_id = publication.references.zone("zone", payload.zone)
    if payload.withdrawal is None and payload.event in ZONE_MOVES:
        others = select(ZoneEvent).where(
            ZoneEvent.zone_id == zone_id, ZoneEvent.ulid != ulid, ZoneEvent.withdrawal.is_(None)
        )
        facts = [
            ZoneFact(each.id, each.kind, each.happened_on) for each in publication.session.scalars(others)
        ]
        before = zone_standing(facts, payload.happened_on).state
        if before not in ZONE_MOVES[payload.event]:
            raise TransitionNotAllowed(payload.zone, before.value, payload.event.value)
    values = payload.model_dump(include={"happened_on", "condition", "year", "note"})
    values |= {"zone_id": zone_id, "kind": payload.event}
    return publication.upsert(ZoneEvent, payload, ulid, base_version, values)
