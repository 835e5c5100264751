"""Questions about areas: in this box, at this point, naming this township, of this product."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.register.locating.holding import AreaIndex, Areas
from service.register.locating.measuring import Ground, box_around, covering, distances_m
from service.register.locating.reading import AreaRow, Box
from service.register.lookups.addressing import follow_slug, on_view
from service.register.models import GiProduct, ProductionAreaDivision
from service.vocabulary import DivisionRole, PointRelation, Track


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which areas are wanted; what is empty does not limit."""

    tracks: AbstractSet[Track] = frozenset()
    categories: AbstractSet[str] = frozenset()
    products: AbstractSet[str] = frozenset()

    def takes(self, row: AreaRow) -> bool:
        """Return whether the row is wanted."""
        return (
            (not self.tracks or row.track in self.tracks)
            and (not self.categories or row.category in self.categories)
            and (not self.products or row.product in self.products)
        )


EVERYTHING = Wanted()


def areas_in(
    session: Session, index: AreaIndex, on: date, box: Box | None = None, wanted: Wanted = EVERYTHING
) -> tuple[Areas, list[AreaRow]]:
    """Return the areas valid on the day, in a box those whose own box touches it; overlaps are legal.

    Areas without a shape are among them unless a box is asked for.
    """
    areas = index.areas(session, box)
    rows = areas.rows if box is None else areas.touching(box)
    return areas, [row for row in rows if row.is_valid_on(on) and wanted.takes(row)]


def areas_of_product(
    session: Session, index: AreaIndex, slug: str, on: date | None = None
) -> tuple[Areas, list[AreaRow]]:
    """Return every version of the product's areas, or those valid on the day; newest last.

    Raises:
        RecordNotFound, RecordGone, RecordMoved.
    """
    product = session.scalar(select(GiProduct).where(GiProduct.slug == slug))
    if product is None:
        follow_slug(session, slug)
    on_view(session, product, "gi_product", slug)
    areas = index.areas(session)
    rows = [row for row in areas.rows if row.product == slug and (on is None or row.is_valid_on(on))]
    return areas, rows


@dataclass(frozen=True, slots=True)
class Located:
    """An area beside a point: what they are to each other, and the distance to the border drawn.

    `distance_m` is positive inside and negative outside; None where the shape says no more than "about here"
    or where only the text was looked at. `role` is set where the text names the township asked about.
    """

    row: AreaRow
    relation: PointRelation
    distance_m: float | None = None
    role: DivisionRole | None = None


def areas_at(
    session: Session, index: AreaIndex, point: tuple[float, float], on: date, within_m: float = 0
) -> tuple[Areas, list[Located]]:
    """Return the areas that cover the point (longitude, latitude) on the day, deepest first.

    Those within the distance come after them, nearest first. An approximate shape is never a verdict: where
    it covers the point it is "about here", and it is not among those nearby.
    """
    box = box_around(*point, within_m) if within_m else (*point, *point)
    areas = index.areas(session, box)
    rows = [row for row in areas.touching(box) if row.is_valid_on(on)]
    found = _beside(rows, index.grounds(session, rows), point, within_m)
    return areas, sorted(found, key=_nearness)


def _beside(
    rows: Sequence[AreaRow], grounds: Sequence[Ground], point: tuple[float, float], within_m: float
) -> Iterator[Located]:
    measured: list[tuple[AreaRow, Ground, bool]] = []
    for row, ground, is_inside in zip(rows, grounds, covering(grounds, *point), strict=True):
        if not row.is_about_here and (is_inside or within_m):
            measured.append((row, ground, is_inside))
        elif is_inside:
            yield Located(row, PointRelation.ABOUT_HERE)
    distances = distances_m([ground for _, ground, _ in measured], *point)
    for (row, _, is_inside), metres in zip(measured, distances, strict=True):
        if is_inside:
            yield Located(row, PointRelation.INSIDE, metres)
        elif metres <= within_m:
            yield Located(row, PointRelation.NEARBY, -metres)


_ORDER = (PointRelation.NAMED, PointRelation.INSIDE, PointRelation.ABOUT_HERE, PointRelation.NEARBY)


def _nearness(located: Located) -> tuple[int, float, int]:
    return _ORDER.index(located.relation), -(located.distance_m or 0.0), located.row.id


def areas_naming(
    session: Session, index: AreaIndex, division_id: int, on: date
) -> tuple[Areas, list[Located]]:
    """Return the areas whose announced text names the township, on the day: the text is the law."""
    named = dict(
        session.execute(
            select(ProductionAreaDivision.area_id, ProductionAreaDivision.role).where(
                ProductionAreaDivision.division_id == division_id
            )
        ).all()
    )
    areas = index.areas(session)
    found = [
        Located(row, PointRelation.NAMED, None, named[row.id])
        for row in areas.rows
        if row.id in named and row.is_valid_on(on)
    ]
    return areas, found
