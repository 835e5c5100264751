"""What a version of an area would be: its ground, what the checks find, what it changes and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from geoalchemy2.shape import to_shape
from pydantic import ValidationError
from shapely.geometry import MultiPolygon, Point, shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import Finding, RegisterError
from service.register.applying.area_checks import findings_of, plan_of
from service.register.areas import Shape, area_ha, geojson_of_shape
from service.register.comparing import Comparison, compare
from service.register.lookups.finding import AUTHORISATIONS_OF_PROTECTIONS, authorisation_views
from service.register.models import (
    Division,
    GiProduct,
    Organisation,
    ProductionAreaDivision,
    ProductionAreaGeometry,
    ProductionAreaVersion,
    Protection,
    Revision,
)
from service.register.payloads import ProductionAreaPayload
from service.register.references import References
from service.vocabulary import AreaTier, DivisionRole, RecordKind, Severity, Track


@dataclass(frozen=True, slots=True)
class Published:
    """The published version that a draft is compared with, and its ground if it is drawn."""

    area: ProductionAreaVersion
    ground: MultiPolygon | None


@dataclass(frozen=True, slots=True)
class User:
    """An authorised user and the township on record, if there is one."""

    name: str
    uscc: str | None
    township: str | None


@dataclass(frozen=True, slots=True)
class Users:
    """The users of a right who may be touched by lost ground: the register holds townships, not positions.

    `touched`: the text names their township no more, or its point lies in the lost ground. `unknown`: no township
    of theirs is on record, or it has no point. `total`: all who may use the mark on the day.
    """

    total: int
    touched: tuple[User, ...]
    unknown: tuple[User, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """A version of an area as it would be published."""

    payload: ProductionAreaPayload
    ground: Shape | None
    findings: tuple[Finding, ...]
    before: Published | None
    change: Comparison | None
    users: Users

    @property
    def hectares(self) -> float | None:
        """Its size on the ellipsoid."""
        return area_ha(self.ground) if self.ground is not None else None

    @property
    def stated_ha(self) -> float | None:
        """The size that the announcement states, in hectares."""
        unit = self.payload.stated_unit
        return (self.payload.stated_area or 0.0) * unit.hectares if unit is not None else None

    @property
    def gravest(self) -> Severity | None:
        """The gravest finding that nothing answers for; None where none is left."""
        if any(each.severity is Severity.ERROR for each in self.findings):
            return Severity.ERROR
        is_open = any(each.severity is Severity.NOTE for each in self.findings)
        return Severity.NOTE if is_open and not self.payload.override_note else None

    @property
    def is_sketch(self) -> bool:
        """Whether one of the two grounds compared only says "about here"."""
        tiers = {self.payload.tier, *((self.before.area.tier,) if self.before else ())}
        return AreaTier.APPROXIMATE in tiers


@dataclass(frozen=True, slots=True)
class DraftOutlook:
    """What a draft of a version would be, and of which product's right."""

    outlook: Outlook
    product_name: str
    track: Track


def outlook_of_draft(session: Session, draft: Revision, on: date) -> DraftOutlook | None:
    """Return what a draft of an area would be; None of any other draft, and where nobody can say."""
    if draft.record_kind is not RecordKind.PRODUCTION_AREA:
        return None
    row = session.execute(
        select(Protection.track, GiProduct.name)
        .join(GiProduct, GiProduct.id == Protection.product_id)
        .where(Protection.code == draft.payload.get("protection"))
    ).one_or_none()
    if row is None:
        return None
    try:
        payload = ProductionAreaPayload.model_validate(draft.payload)
        return DraftOutlook(outlook(session, payload, on), row.name, row.track)
    except (RegisterError, ValidationError):
        return None


def outlook(session: Session, payload: ProductionAreaPayload, on: date) -> Outlook:
    """Return what the version would be, against the version that it follows or replaces.

    Raises:
        ReferenceNotFound, FieldNotAllowed: it names what is not on the register, or its tier asks for a geometry.
    """
    references = References(session)
    plan = plan_of(references, payload)
    findings = findings_of(session, references, payload, plan)
    before = _before(session, plan.protection_id, payload.version_no)
    change = None
    if before is not None and before.ground is not None and plan.shape is not None:
        change = compare(geojson_of_shape(Shape.of(before.ground)), geojson_of_shape(plan.shape))
    named = {row.division_id for row in plan.divisions if row.role is not DivisionRole.EXCLUDED}
    dropped = _named(session, before) - named if before is not None else frozenset()
    lost = shape(change.lost.geometry) if change is not None and change.lost.geometry is not None else None
    users = _users(session, plan.protection_id, on, lost, dropped)
    return Outlook(payload, plan.shape, tuple(findings), before, change, users)


def _before(session: Session, protection_id: int, version_no: int) -> Published | None:
    """Return the version of this number as it is published, else the last one before it."""
    area = ProductionAreaVersion
    row = session.execute(
        select(area, ProductionAreaGeometry.geometry)
        .outerjoin(ProductionAreaGeometry, ProductionAreaGeometry.area_id == area.id)
        .where(area.protection_id == protection_id, area.version_no <= version_no, area.withdrawal.is_(None))
        .order_by(area.version_no.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    found, geometry = row
    return Published(found, to_shape(geometry) if geometry is not None else None)  # type: ignore[arg-type]


def _named(session: Session, before: Published) -> AbstractSet[int]:
    rows = select(ProductionAreaDivision.division_id).where(
        ProductionAreaDivision.area_id == before.area.id,
        ProductionAreaDivision.role != DivisionRole.EXCLUDED,
    )
    return set(session.scalars(rows))


def _users(
    session: Session, protection_id: int, on: date, lost: BaseGeometry | None, dropped: AbstractSet[int]
) -> Users:
    views = authorisation_views(session, AUTHORISATIONS_OF_PROTECTIONS, [protection_id], on)
    organisations = list(
        {
            view.authorisation.organisation.id: view.authorisation.organisation
            for view in views
            if view.standing.is_in_effect
        }.values()
    )
    if not dropped and lost is None:
        return Users(len(organisations), (), ())
    places = _places(session, organisations)
    touched = [
        each for each in organisations if _is_touched(places.get(each.division_id or 0), lost, dropped)
    ]
    unknown = [
        each
        for each in organisations
        if each not in touched
        and ((place := places.get(each.division_id or 0)) is None or place.longitude is None)
    ]
    return Users(
        len(organisations),
        tuple(_user(each, places) for each in touched),
        tuple(_user(each, places) for each in unknown),
    )


def _places(session: Session, organisations: Sequence[Organisation]) -> dict[int, Division]:
    keys = {each.division_id for each in organisations if each.division_id is not None}
    return {each.id: each for each in session.scalars(select(Division).where(Division.id.in_(keys)))}


def _is_touched(place: Division | None, lost: BaseGeometry | None, dropped: AbstractSet[int]) -> bool:
    if place is None:
        return False
    if place.id in dropped:
        return True
    if lost is None or place.longitude is None or place.latitude is None:
        return False
    return bool(lost.covers(Point(place.longitude, place.latitude)))


def _user(organisation: Organisation, places: dict[int, Division]) -> User:
    place = places.get(organisation.division_id or 0)
    return User(organisation.name, organisation.uscc, place.name if place is not None else None)
