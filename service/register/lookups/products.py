"""A product with its rights, areas and users, and the areas as map features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, join, outerjoin

from service.errors import RecordNotFound
from service.register.areas import geojson_of
from service.register.gathering import Gathered, Parts, Rows
from service.register.lifecycle import ProtectionStanding
from service.register.lookups.addressing import follow_slug, on_view
from service.register.lookups.finding import (
    AUTHORISATION_PARTS,
    AUTHORISATIONS_OF_PROTECTIONS,
    AuthorisationView,
    authorisations_in,
)
from service.register.lookups.standings import protection_on
from service.register.models import (
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
from service.register.prepared import is_among, json_of
from service.vocabulary import RecordKind, Track

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class AreaView:
    """An area version with its shape as stored and the contradictions its sources hold."""

    area: ProductionAreaVersion
    shape: WKBElement | None
    conflicts: tuple[Conflict, ...]
    is_current: bool

    @property
    def geometry(self) -> dict[str, Any] | None:
        """The shape as GeoJSON (CRS84), made when it is asked for: most readers only want the text."""
        return geojson_of(self.shape)


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
    gathered = Gathered(session, _PARTS)
    (found, *_) = gathered.read(_BY_SLUG, slug=slug) or [None]
    if found is None:
        follow_slug(session, slug)
    product = on_view(session, found, "gi_product", slug)
    rights = gathered.read(_RIGHTS, product=product.id)
    keys = json_of(right.id for right in rights)
    depicted = gathered.read_with(_AREAS, protections=keys)
    users = authorisations_in(gathered, AUTHORISATIONS_OF_PROTECTIONS, keys)
    brands = tuple(gathered.read(_BRANDS, product=product.id))
    gathered.fill()
    conflicts = _conflicts(gathered, [product.ulid, *(area.ulid for area, _ in depicted)])
    areas = _areas(depicted, conflicts, on)
    by_right: dict[int, list[AuthorisationView]] = {}
    for user in users.views(on):
        by_right.setdefault(user.authorisation.protection_id, []).append(user)
    views = tuple(
        ProtectionView(
            protection,
            protection_on(protection.track, protection.events, on, known_on),
            tuple(areas.get(protection.id, ())),
            tuple(by_right.get(protection.id, ())),
        )
        for protection in rights
    )
    return ProductView(product, views, brands, _of(conflicts, product.ulid))


_PARTS = Parts(
    *AUTHORISATION_PARTS,
    GiProduct.names,
    GiProduct.category,
    GiProduct.division,
    GiProduct.source,
    Protection.identifiers,
    Protection.parties,
    Protection.traits,
    Protection.standards,
    Protection.rules,
    Protection.instrument,
    Protection.source,
    ProtectionEvent.announcement,
    ProtectionEvent.source,
    ProductionAreaVersion.divisions,
    ProductionAreaVersion.source,
    ProductionAreaDivision.division,
)
_BY_SLUG = Rows(GiProduct, GiProduct.slug == bindparam("slug"))
_RIGHTS = Rows(
    Protection,
    Protection.product_id == bindparam("product"),
    Protection.withdrawal.is_(None),
    order=(Protection.id,),
)
_AREAS = Rows(
    ProductionAreaVersion,
    is_among(ProductionAreaVersion.protection_id, bindparam("protections")),
    ProductionAreaVersion.withdrawal.is_(None),
    extra=(ProductionAreaGeometry.geometry,),
    joins=outerjoin(
        ProductionAreaVersion,
        ProductionAreaGeometry,
        ProductionAreaGeometry.area_id == ProductionAreaVersion.id,
    ),
    order=(ProductionAreaVersion.version_no.desc(),),
)
_BRANDS = Rows(
    Brand,
    brand_product.c.product_id == bindparam("product"),
    Brand.withdrawal.is_(None),
    joins=join(Brand, brand_product, brand_product.c.brand_id == Brand.id),
    order=(Brand.id,),
)
_CONFLICTS = Rows(
    Conflict,
    or_(Conflict.record_kind == RecordKind.GI_PRODUCT, Conflict.record_kind == RecordKind.PRODUCTION_AREA),
    is_among(Conflict.record_ulid, bindparam("records")),
    Conflict.resolved_on.is_(None),
    order=(Conflict.id,),
)


def _areas(
    depicted: Sequence[tuple[Any, ...]], conflicts: Sequence[Conflict], on: date
) -> dict[int, list[AreaView]]:
    found: dict[int, list[AreaView]] = {}
    for area, element in depicted:
        view = AreaView(area, element, _of(conflicts, area.ulid), is_valid_on(area, on))
        found.setdefault(area.protection_id, []).append(view)
    return found


def _conflicts(gathered: Gathered, ulids: Sequence[str]) -> list[Conflict]:
    return gathered.read(_CONFLICTS, records=json_of(ulids))


def _of(conflicts: Sequence[Conflict], ulid: str) -> tuple[Conflict, ...]:
    return tuple(conflict for conflict in conflicts if conflict.record_ulid == ulid)


def is_valid_on(area: ProductionAreaVersion, on: date) -> bool:
    """Return whether the day lies in the version's half-open period; an open end or start is unlimited."""
    has_begun = area.valid_from is None or area.valid_from <= on
    return has_begun and (area.valid_to is None or on < area.valid_to)


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
