"""A product with its rights, areas and users, and the areas as map features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from service.errors import RecordNotFound
from service.register.areas import geojson_of
from service.register.lifecycle import ProtectionStanding
from service.register.lookups.addressing import follow_slug, on_view
from service.register.lookups.finding import AuthorisationView, authorisation_views
from service.register.lookups.standings import protection_on
from service.register.models import (
    Authorisation,
    Brand,
    Conflict,
    GiProduct,
    ProductionAreaDivision,
    ProductionAreaGeometry,
    ProductionAreaVersion,
    Protection,
    ProtectionEvent,
    brand_product,
)
from service.vocabulary import RecordKind, Track

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class AreaView:
    """An area version with its shape as GeoJSON (CRS84) and the contradictions its sources hold."""

    area: ProductionAreaVersion
    geometry: dict[str, Any] | None
    conflicts: tuple[Conflict, ...]
    is_current: bool


@dataclass(frozen=True, slots=True)
class ProtectionView:
    """A right with its state on the day, its areas (newest first) and its users."""

    protection: Protection
    standing: ProtectionStanding
    areas: tuple[AreaView, ...]
    authorisations: tuple[AuthorisationView, ...]

    @property
    def current_area(self) -> AreaView | None:
        """The area version valid on the day asked about."""
        return next((area for area in self.areas if area.is_current), None)


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product as its page shows it."""

    product: GiProduct
    protections: tuple[ProtectionView, ...]
    brands: tuple[Brand, ...]
    conflicts: tuple[Conflict, ...]


def find_product(session: Session, slug: str, on: date, known_on: date | None = None) -> ProductView:
    """Return the product with this slug as it stands on the day, seen from `known_on` (default: that day).

    A past day must be seen from today, as a verdict sees it: a mark whose grace passed unrenewed had expired.

    Raises:
        RecordNotFound, RecordGone, RecordMoved.
    """
    statement = select(GiProduct).where(GiProduct.slug == slug).options(*_PRODUCT_PARTS)
    found = session.scalar(statement)
    if found is None:
        follow_slug(session, slug)
    product = on_view(found, "gi_product", slug)
    protections = [protection for protection in product.protections if protection.is_public]
    ids = [protection.id for protection in protections]
    areas, users = _areas(session, ids, on), _users(session, ids, on)
    views = tuple(
        ProtectionView(
            protection,
            protection_on(protection.track, protection.events, on, known_on),
            tuple(areas.get(protection.id, ())),
            tuple(users.get(protection.id, ())),
        )
        for protection in protections
    )
    return ProductView(product, views, _brands(session, product), _conflicts(session, [product.ulid]))


_PRODUCT_PARTS = (
    selectinload(GiProduct.names),
    selectinload(GiProduct.category),
    selectinload(GiProduct.division),
    selectinload(GiProduct.source),
    selectinload(GiProduct.protections).options(
        selectinload(Protection.identifiers),
        selectinload(Protection.parties),
        selectinload(Protection.traits),
        selectinload(Protection.standards),
        selectinload(Protection.rules),
        selectinload(Protection.instrument),
        selectinload(Protection.source),
        selectinload(Protection.events).options(
            selectinload(ProtectionEvent.announcement), selectinload(ProtectionEvent.source)
        ),
    ),
)


def _areas(session: Session, protection_ids: Sequence[int], on: date) -> dict[int, list[AreaView]]:
    statement = (
        select(ProductionAreaVersion, ProductionAreaGeometry.geometry)
        .outerjoin(ProductionAreaGeometry, ProductionAreaGeometry.area_id == ProductionAreaVersion.id)
        .where(
            ProductionAreaVersion.protection_id.in_(protection_ids),
            ProductionAreaVersion.withdrawal.is_(None),
        )
        .options(*_AREA_PARTS)
        .order_by(ProductionAreaVersion.version_no.desc())
    )
    rows = session.execute(statement).all()
    conflicts = _conflicts(session, [area.ulid for area, _ in rows])
    found: dict[int, list[AreaView]] = {}
    for area, geometry in rows:
        own = tuple(conflict for conflict in conflicts if conflict.record_ulid == area.ulid)
        view = AreaView(area, geojson_of(geometry), own, is_valid_on(area, on))
        found.setdefault(area.protection_id, []).append(view)
    return found


_AREA_PARTS = (
    selectinload(ProductionAreaVersion.divisions).selectinload(ProductionAreaDivision.division),
    selectinload(ProductionAreaVersion.source),
)


def is_valid_on(area: ProductionAreaVersion, on: date) -> bool:
    """Return whether the day lies in the version's half-open period; an open end or start is unlimited."""
    has_begun = area.valid_from is None or area.valid_from <= on
    return has_begun and (area.valid_to is None or on < area.valid_to)


def _users(session: Session, protection_ids: Sequence[int], on: date) -> dict[int, list[AuthorisationView]]:
    found: dict[int, list[AuthorisationView]] = {}
    for view in authorisation_views(session, Authorisation.protection_id.in_(protection_ids), on):
        found.setdefault(view.authorisation.protection_id, []).append(view)
    return found


def _brands(session: Session, product: GiProduct) -> tuple[Brand, ...]:
    statement = (
        select(Brand)
        .join(brand_product, brand_product.c.brand_id == Brand.id)
        .where(brand_product.c.product_id == product.id, Brand.withdrawal.is_(None))
        .options(selectinload(Brand.trademarks))
        .order_by(Brand.id)
    )
    return tuple(session.scalars(statement))


def _conflicts(session: Session, ulids: Sequence[str]) -> tuple[Conflict, ...]:
    statement = select(Conflict).where(
        Conflict.record_kind.in_((RecordKind.GI_PRODUCT, RecordKind.PRODUCTION_AREA)),
        Conflict.record_ulid.in_(ulids),
        Conflict.resolved_on.is_(None),
    )
    return tuple(session.scalars(statement.order_by(Conflict.id)))


def find_area(
    session: Session, slug: str, version_no: int, on: date, track: Track | None = None
) -> tuple[ProductView, ProtectionView, AreaView]:
    """Return the product's area version with this number, in this track if one is named.

    Each right counts its versions for itself; without a track the first right that has the number counts.

    Raises:
        RecordNotFound, RecordGone, RecordMoved.
    """
    view = find_product(session, slug, on)
    for protection in view.protections:
        if track is not None and protection.protection.track is not track:
            continue
        for area in protection.areas:
            if area.area.version_no == version_no:
                return view, protection, area
    raise RecordNotFound("production_area", f"{slug}/{version_no}")


def slugs_of(session: Session, ulids: Sequence[str]) -> set[str]:
    """Return the slugs of the products with these ULIDs, as many as there are."""
    found: set[str] = set()
    for start in range(0, len(ulids), _AT_ONCE):  # a statement holds only so many values
        wanted = ulids[start : start + _AT_ONCE]
        found.update(session.scalars(select(GiProduct.slug).where(GiProduct.ulid.in_(wanted))))
    return found
