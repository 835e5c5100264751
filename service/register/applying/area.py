"""Publishing versions of production areas."""

from __future__ import annotations

from sqlalchemy import delete

from service.register.applying.area_checks import demand_answered, findings_of, plan_of
from service.register.applying.product import record_conflicts
from service.register.applying.publication import Publication
from service.register.areas import area_ha
from service.register.models import (
    GiProduct,
    ProductionAreaGeometry,
    ProductionAreaVersion,
    Recorded,
)
from service.register.payloads import ProductionAreaPayload
from service.vocabulary import RecordKind


def apply_area(
    publication: Publication, payload: ProductionAreaPayload, ulid: str, base_version: int
) -> Recorded:
    """Publish a version of an area with the divisions it names and, where it is depicted, its shape.

    Raises:
        AreaNotSound, NoteNeeded: what the checks found.
    """
    plan = plan_of(publication.references, payload)
    demand_answered(payload, findings_of(publication.session, publication.references, payload, plan))
    protection_id, divisions, shape = plan.protection_id, plan.divisions, plan.shape
    values = payload.model_dump(
        include={
            "version_no",
            "valid_from",
            "valid_to",
            "text_original",
            "text_as_of",
            "tier",
            "stated_area",
            "stated_unit",
            "stated_box",
            "stated_limits",
            "confidence",
            "method_note",
            "change_note",
            "override_note",
            "geometry_crs",
            "geometry_datum",
        }
    )
    values |= {
        "protection_id": protection_id,
        "computed_area_ha": area_ha(shape) if shape is not None else None,
    }
    area = publication.upsert(ProductionAreaVersion, payload, ulid, base_version, values)
    publication.hang(area, "divisions", divisions)
    publication.session.flush()  # the narrow geometry table wants the version's key
    if base_version:
        publication.session.execute(
            delete(ProductionAreaGeometry).where(ProductionAreaGeometry.area_id == area.id)
        )
    if shape is not None:
        publication.session.add(ProductionAreaGeometry(area_id=area.id, geometry=shape.element))
    if base_version or payload.conflicts:
        record_conflicts(publication, payload, RecordKind.PRODUCTION_AREA, ulid, payload.conflicts)
    product_id = publication.references.product_of(protection_id)
    publication.touch(RecordKind.GI_PRODUCT, publication.ulid_of(GiProduct, product_id))
    return area
