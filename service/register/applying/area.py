"""Publishing versions of production areas."""

from __future__ import annotations

from sqlalchemy import delete

from service.errors import FieldNotAllowed
from service.register.applying.product import record_conflicts
from service.register.applying.publication import Publication
from service.register.areas import Shape, area_ha, cells_around, geometry_from_geojson
from service.register.models import (
    GiProduct,
    ProductionAreaDivision,
    ProductionAreaGeometry,
    ProductionAreaVersion,
    Recorded,
)
from service.register.payloads import ProductionAreaPayload
from service.vocabulary import AreaTier, DivisionRole, RecordKind


def apply_area(
    publication: Publication, payload: ProductionAreaPayload, ulid: str, base_version: int
) -> Recorded:
    """Publish a version of an area with the divisions it names and, where it is depicted, its shape."""
    _demand_tier(payload)
    protection_id = publication.references.protection("protection", payload.protection)
    divisions = _divisions(publication, payload)
    shape = _shape(publication, payload, divisions)
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


def _shape(
    publication: Publication, payload: ProductionAreaPayload, divisions: list[ProductionAreaDivision]
) -> Shape | None:
    """Return the shape given, or for an approximate area without one: cells around its townships' points."""
    if payload.geometry:
        return geometry_from_geojson(payload.geometry)
    if payload.tier is not AreaTier.APPROXIMATE:
        return None
    named = {row.division_id for row in divisions if row.role is not DivisionRole.EXCLUDED}
    return cells_around(publication.references.township_points(), named)


def _demand_tier(payload: ProductionAreaPayload) -> None:
    """I-6: text only has no geometry; every tier that claims a drawn line has one."""
    if payload.tier is AreaTier.TEXT_ONLY and payload.geometry:
        raise FieldNotAllowed("geometry", "", "tier_is_text_only")
    if payload.tier not in {AreaTier.TEXT_ONLY, AreaTier.APPROXIMATE} and not payload.geometry:
        raise FieldNotAllowed("geometry", "", "required_for_tier")


def _divisions(publication: Publication, payload: ProductionAreaPayload) -> list[ProductionAreaDivision]:
    stated = [(name, DivisionRole.INCLUDED, "divisions") for name in payload.divisions]
    stated += [(name, DivisionRole.PARTIAL, "partial_divisions") for name in payload.partial_divisions]
    stated += [(name, DivisionRole.EXCLUDED, "excluded_divisions") for name in payload.excluded_divisions]
    return [
        ProductionAreaDivision(
            division_id=publication.references.division(field, name),
            position=position,
            role=role,
            name_as_printed=name,
        )
        for position, (name, role, field) in enumerate(stated)
    ]
