"""What a map or a list says of an area version, read column by column: no record is built for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from geoalchemy2.shape import to_shape
from shapely.geometry import MultiPolygon
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from service.register.lifecycle import ProtectionFact, known_protection_facts
from service.register.models import (
    Category,
    GiProduct,
    ProductionAreaGeometry,
    ProductionAreaVersion,
    Protection,
    ProtectionEvent,
    Source,
)
from service.register.spatial import bbox_hits, bounds_of
from service.vocabulary import AreaTier, Track, VerificationLevel

Box = tuple[float, float, float, float]
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A published version of a production area. `key` names its content for ever: record and version."""

    id: int
    ulid: str
    version: int
    protection_id: int
    version_no: int
    valid_from: date | None
    valid_to: date | None
    tier: AreaTier
    computed_area_ha: float | None
    source_level: VerificationLevel
    is_demonstration: bool
    track: Track
    product: str
    name: str
    name_en: str | None
    category: str | None
    has_shape: bool

    @property
    def key(self) -> tuple[str, int]:
        """The record and its version; what it depicts never changes without a new version."""
        return self.ulid, self.version

    def is_valid_on(self, day: date) -> bool:
        """Return whether the day lies in the version's half-open period; an open end is unlimited."""
        has_begun = self.valid_from is None or self.valid_from <= day
        return has_begun and (self.valid_to is None or day < self.valid_to)

    @property
    def is_about_here(self) -> bool:
        """Whether the shape only says "about here" and its edge is no boundary."""
        return self.tier is AreaTier.APPROXIMATE


_VISIBLE = (
    GiProduct.withdrawal.is_(None),
    Protection.withdrawal.is_(None),
    ProductionAreaVersion.withdrawal.is_(None),
)


def read_rows(session: Session, *conditions: ColumnElement[bool]) -> list[AreaRow]:
    """Return the published area versions that meet the conditions, in the order of the register."""
    return [AreaRow(*row) for row in session.execute(rows_statement(*conditions))]


def rows_statement(*conditions: ColumnElement[bool]) -> Any:
    """Return the statement behind `read_rows`; a test looks at its plan."""
    return (
        select(
            ProductionAreaVersion.id,
            ProductionAreaVersion.ulid,
            ProductionAreaVersion.version,
            ProductionAreaVersion.protection_id,
            ProductionAreaVersion.version_no,
            ProductionAreaVersion.valid_from,
            ProductionAreaVersion.valid_to,
            ProductionAreaVersion.tier,
            ProductionAreaVersion.computed_area_ha,
            Source.level,
            ProductionAreaVersion.is_demonstration,
            Protection.track,
            GiProduct.slug,
            GiProduct.name,
            GiProduct.name_en,
            Category.code,
            ProductionAreaGeometry.id.is_not(None),
        )
        .join(Protection, Protection.id == ProductionAreaVersion.protection_id)
        .join(GiProduct, GiProduct.id == Protection.product_id)
        .join(Source, Source.id == ProductionAreaVersion.source_id)
        .outerjoin(Category, Category.id == GiProduct.category_id)
        .outerjoin(ProductionAreaGeometry, ProductionAreaGeometry.area_id == ProductionAreaVersion.id)
        .where(*_VISIBLE, *conditions)
        .order_by(ProductionAreaVersion.id)
    )


def in_box(box: Box) -> ColumnElement[bool]:
    """Return the condition that a version's shape touches the box, so written that the spatial index leads."""
    near = select(ProductionAreaGeometry.area_id).where(bbox_hits(ProductionAreaGeometry.geometry, *box))
    return ProductionAreaVersion.id.in_(near)


def count_rows(session: Session) -> int:
    """Return how many area versions there are, withdrawn ones included."""
    return session.scalar(select(func.count()).select_from(ProductionAreaVersion)) or 0


def read_facts(session: Session, rows: Iterable[AreaRow]) -> dict[int, list[ProtectionFact]]:
    """Return the events that decide the state of the rows' protections."""
    found: dict[int, list[ProtectionFact]] = {row.protection_id: [] for row in rows}
    for ids in _batches(found):
        statement = (
            select(
                ProtectionEvent.protection_id,
                ProtectionEvent.id,
                ProtectionEvent.kind,
                ProtectionEvent.happened_on,
                ProtectionEvent.recorded_at,
                ProtectionEvent.term_to,
                ProtectionEvent.voided_event_id,
            )
            .where(ProtectionEvent.protection_id.in_(ids))
            .order_by(ProtectionEvent.protection_id, ProtectionEvent.sequence)
        )
        for row in session.execute(statement):
            found[row[0]].append(ProtectionFact(*row[1:]))
    return {key: known_protection_facts(facts, None) for key, facts in found.items()}


def read_bounds(session: Session, ids: Iterable[int]) -> dict[int, Box]:
    """Return the boxes of the shapes of these area versions, by their key: degrees, CRS84."""
    found: dict[int, Box] = {}
    column = ProductionAreaGeometry.geometry
    for batch in _batches(ids):
        statement = select(ProductionAreaGeometry.area_id, *bounds_of(column)).where(
            ProductionAreaGeometry.area_id.in_(batch)
        )
        found |= {row[0]: (row[1], row[2], row[3], row[4]) for row in session.execute(statement)}
    return found


def read_shapes(session: Session, ids: Iterable[int]) -> Iterator[tuple[int, MultiPolygon]]:
    """Yield the shapes of these area versions with their key."""
    for batch in _batches(ids):
        statement = select(ProductionAreaGeometry.area_id, ProductionAreaGeometry.geometry).where(
            ProductionAreaGeometry.area_id.in_(batch)
        )
        for area_id, element in session.execute(statement):
            polygons: Any = to_shape(element)
            yield area_id, polygons


def _batches(ids: Iterable[int]) -> Iterator[Sequence[int]]:
    """Yield the keys in parts that fit into one statement on every database."""
    waiting = iter(sorted(set(ids)))
    while batch := list(islice(waiting, _AT_ONCE)):
        yield batch
