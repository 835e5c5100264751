"""All areas of a day for one map: who they belong to and where they lie, without their shapes, and shapes by need."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from service.register.areas import thinned
from service.register.models import (
    Category,
    GiProduct,
    ProductionAreaGeometry,
    ProductionAreaVersion,
    Protection,
    Source,
)
from service.register.spatial import corners_of
from service.vocabulary import AreaTier, Track, VerificationLevel

Box = tuple[float, float, float, float]
_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area of the day as a list names it; `box` is west, south, east, north, None without a shape."""

    box: Box | None
    ulid: str
    slug: str
    name: str
    name_en: str | None
    is_demonstration: bool
    track: Track
    tier: AreaTier
    version_no: int
    level: VerificationLevel


def area_rows(
    session: Session,
    on: date,
    *,
    products: Collection[str] | None = None,
    tracks: Collection[str] = (),
    categories: Collection[str] = (),
) -> list[AreaRow]:
    """Return the areas valid on the day, oldest record first.

    Args:
        session: a read transaction.
        on: the day in China.
        products: ULIDs of the products asked about; None: all.
        tracks: codes of the rights asked about; none: all.
        categories: codes of the categories asked about; none: all.
    """
    statement = (
        select(
            ProductionAreaVersion.ulid,
            GiProduct.slug,
            GiProduct.name,
            GiProduct.name_en,
            GiProduct.is_demonstration,
            Protection.track,
            ProductionAreaVersion.tier,
            ProductionAreaVersion.version_no,
            Source.level,
            *corners_of(ProductionAreaGeometry.geometry),
        )
        .join(Protection, Protection.id == ProductionAreaVersion.protection_id)
        .join(GiProduct, GiProduct.id == Protection.product_id)
        .join(Source, Source.id == ProductionAreaVersion.source_id)
        .outerjoin(ProductionAreaGeometry, ProductionAreaGeometry.area_id == ProductionAreaVersion.id)
        .where(*_valid_on(on))
        .order_by(ProductionAreaVersion.id)
    )
    if tracks:
        statement = statement.where(Protection.track.in_(_known_tracks(tracks)))
    if categories:
        statement = statement.join(Category, Category.id == GiProduct.category_id).where(
            Category.code.in_(categories)
        )
    if products is None:
        return _rows(session, statement)
    wanted = list(products)
    return [
        row
        for start in range(0, len(wanted), _AT_A_TIME)  # a statement holds only so many values
        for row in _rows(session, statement.where(GiProduct.ulid.in_(wanted[start : start + _AT_A_TIME])))
    ]


def shapes_of(session: Session, ulids: Collection[str], tolerance: float = 0.0) -> dict[str, dict[str, Any]]:
    """Return the shapes of these areas as GeoJSON (CRS84) by ULID; those without a shape are left out.

    `tolerance`, in degrees, is how far a drawn line may stray from the registered one; each ring stays closed
    and valid.
    """
    statement = (
        select(ProductionAreaVersion.ulid, ProductionAreaGeometry.geometry)
        .join(ProductionAreaGeometry, ProductionAreaGeometry.area_id == ProductionAreaVersion.id)
        .where(ProductionAreaVersion.ulid.in_(list(ulids)))
    )
    return {ulid: thinned(geometry, tolerance) for ulid, geometry in session.execute(statement)}


def _valid_on(on: date) -> tuple[ColumnElement[bool], ...]:
    return (
        GiProduct.withdrawal.is_(None),
        Protection.withdrawal.is_(None),
        ProductionAreaVersion.withdrawal.is_(None),
        (ProductionAreaVersion.valid_from.is_(None)) | (ProductionAreaVersion.valid_from <= on),
        (ProductionAreaVersion.valid_to.is_(None)) | (ProductionAreaVersion.valid_to > on),
    )


def _rows(session: Session, statement: Any) -> list[AreaRow]:
    return [_row(row) for row in session.execute(statement)]


def _row(row: Any) -> AreaRow:
    *facts, west, south, east, north = row
    return AreaRow(None if west is None else (west, south, east, north), *facts)


def _known_tracks(codes: Collection[str]) -> list[Track]:
    known = {track.value: track for track in Track}
    return [known[code] for code in codes if code in known]
