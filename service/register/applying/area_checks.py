"""The checks of an area's draft, the same when it is handed over and when it is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geoalchemy2.shape import to_shape
from shapely.geometry import MultiPolygon
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import (
    AreaNotSound,
    FieldNotAllowed,
    Finding,
    NoteNeeded,
    ReferenceNotFound,
    RegisterError,
)
from service.register.areas import Shape, cells_around, district_shape, geometry_from_geojson
from service.register.models import (
    GiProduct,
    ProductionAreaDivision,
    ProductionAreaGeometry,
    ProductionAreaVersion,
    Revision,
)
from service.register.payloads import ProductionAreaPayload
from service.register.references import References
from service.register.surveying.checking import Candidate, by_severity, check, check_words
from service.settings import get_settings
from service.vocabulary import AreaTier, DivisionRole, HomeRelation, RecordKind, Severity


@dataclass(frozen=True, slots=True)
class Plan:
    """What an area's draft comes to: its right, the divisions it names, its shape if it is depicted."""

    protection_id: int
    divisions: list[ProductionAreaDivision]
    shape: Shape | None


def demand_sound(session: Session, drafts: Sequence[Revision]) -> None:
    """Refuse areas among the drafts that the checks do not let pass; the error carries the draft's identifier.

    Raises:
        AreaNotSound, NoteNeeded, FieldNotAllowed: what the checks of an area found.
    """
    references = References(session)
    for draft in drafts:
        if draft.record_kind is not RecordKind.PRODUCTION_AREA:
            continue
        payload = ProductionAreaPayload.model_validate(draft.payload)
        try:
            plan = plan_of(references, payload)
            demand_answered(payload, findings_of(session, references, payload, plan))
        except ReferenceNotFound:
            continue  # what it names may wait for review itself; publishing asks again
        except RegisterError as error:
            error.draft_ulid = draft.ulid  # type: ignore[attr-defined]
            raise


def plan_of(references: References, payload: ProductionAreaPayload) -> Plan:
    """Return what the draft comes to.

    Raises:
        ReferenceNotFound, FieldNotAllowed: it names what is not on the register, or its geometry is not sound.
    """
    _demand_tier(payload)
    protection_id = references.protection("protection", payload.protection)
    divisions = _divisions(references, payload)
    return Plan(protection_id, divisions, _shape(references, payload, divisions))


def findings_of(
    session: Session, references: References, payload: ProductionAreaPayload, plan: Plan
) -> list[Finding]:
    """Return what the checks find of the draft: of its words always, of its shape if it has one.

    Nothing of a draft that withdraws its record.
    """
    if payload.withdrawal is not None:
        return []
    ticked = {row.division_id: row.name_as_printed for row in plan.divisions}
    words = check_words(payload.text_original, references.townships(), ticked)
    if plan.shape is None:
        return words
    unit = payload.stated_unit
    candidate = Candidate(
        area=plan.shape.polygons,
        tier=payload.tier,
        outline=district_shape(get_settings().map_outline_file),
        is_cross_district=_is_cross_district(session, references.product_of(plan.protection_id)),
        stated_ha=(payload.stated_area or 0.0) * unit.hectares if unit is not None else None,
        stated_box=payload.stated_box,
        towns=references.townships(),
        roles={row.division_id: row.role for row in plan.divisions},
        before=_before(session, payload, plan.protection_id),
    )
    return by_severity([*check(candidate), *words])


def demand_answered(payload: ProductionAreaPayload, findings: Sequence[Finding]) -> None:
    """Refuse an area with errors, and one with findings that no note answers.

    Raises:
        AreaNotSound, NoteNeeded: so.
    """
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        raise AreaNotSound(payload.key(), errors)
    open_ = [finding for finding in findings if finding.severity is Severity.NOTE]
    if open_ and not payload.override_note:
        raise NoteNeeded(payload.key(), open_)


def _is_cross_district(session: Session, product_id: int) -> bool:
    relation = session.scalar(select(GiProduct.home_relation).where(GiProduct.id == product_id))
    return relation is not HomeRelation.IN_DISTRICT


def _before(session: Session, payload: ProductionAreaPayload, protection_id: int) -> MultiPolygon | None:
    """Return the drawn shape that this one follows: that of the same version as it stands, or of the one before."""
    if payload.tier is AreaTier.APPROXIMATE:
        return None
    found = session.scalars(
        select(ProductionAreaGeometry.geometry)
        .join(ProductionAreaVersion, ProductionAreaVersion.id == ProductionAreaGeometry.area_id)
        .where(
            ProductionAreaVersion.protection_id == protection_id,
            ProductionAreaVersion.version_no <= payload.version_no,
            ProductionAreaVersion.tier != AreaTier.APPROXIMATE,
            ProductionAreaVersion.withdrawal.is_(None),
        )
        .order_by(ProductionAreaVersion.version_no.desc())
        .limit(1)
    ).first()
    return to_shape(found) if found is not None else None  # type: ignore[return-value]  # the column is one


def _shape(
    references: References, payload: ProductionAreaPayload, divisions: Sequence[ProductionAreaDivision]
) -> Shape | None:
    """Return the shape given, or for an approximate area without one: cells around its townships' points."""
    if payload.geometry:
        return geometry_from_geojson(payload.geometry)
    if payload.tier is not AreaTier.APPROXIMATE:
        return None
    named = {row.division_id for row in divisions if row.role is not DivisionRole.EXCLUDED}
    return cells_around(references.township_points(), named)


def _demand_tier(payload: ProductionAreaPayload) -> None:
    """I-6: text only has no geometry; every tier that claims a drawn line has one."""
    if payload.tier is AreaTier.TEXT_ONLY and payload.geometry:
        raise FieldNotAllowed("geometry", "", "tier_is_text_only")
    if payload.tier not in {AreaTier.TEXT_ONLY, AreaTier.APPROXIMATE} and not payload.geometry:
        raise FieldNotAllowed("geometry", "", "required_for_tier")


def _divisions(references: References, payload: ProductionAreaPayload) -> list[ProductionAreaDivision]:
    stated = [(name, DivisionRole.INCLUDED, "divisions") for name in payload.divisions]
    stated += [(name, DivisionRole.PARTIAL, "partial_divisions") for name in payload.partial_divisions]
    stated += [(name, DivisionRole.EXCLUDED, "excluded_divisions") for name in payload.excluded_divisions]
    return [
        ProductionAreaDivision(
            division_id=references.division(field, name),
            position=position,
            role=role,
            name_as_printed=name,
        )
        for position, (name, role, field) in enumerate(stated)
    ]
