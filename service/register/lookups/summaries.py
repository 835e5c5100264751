"""What the home page and the lists tell of the whole register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, selectinload

from service.register.models import (
    Announcement,
    Authorisation,
    Brand,
    GiProduct,
    Indicator,
    IndicatorValue,
    Organisation,
    Recorded,
    ServicePoint,
    Snapshot,
    TrademarkRecord,
)
from service.register.prepared import Prepared
from service.vocabulary import HomeRelation


@dataclass(frozen=True, slots=True)
class Counts:
    """How many public records there are; products elsewhere and fictional records of any kind count apart."""

    products: int
    products_outside: int
    organisations: int
    authorisations: int
    trademarks: int
    brands: int
    announcements: int
    demonstration: int


def _count(model: type[Recorded], *conditions: ColumnElement[bool], fictional: bool = False) -> Any:
    is_counted = model.is_demonstration if fictional else ~model.is_demonstration
    statement = select(func.count()).select_from(model)
    return statement.where(model.withdrawal.is_(None), is_counted, *conditions).scalar_subquery()


_KINDS: Final = (GiProduct, Organisation, Authorisation, TrademarkRecord, Brand, Announcement)
_OUTSIDE: Final = GiProduct.home_relation == HomeRelation.OUTSIDE
_COUNTS: Final = Prepared(
    select(
        _count(GiProduct, ~_OUTSIDE),
        _count(GiProduct, _OUTSIDE),
        *(_count(kind) for kind in _KINDS[1:]),
        *(_count(kind, fictional=True) for kind in _KINDS),
    )
)


def registry_counts(session: Session) -> Counts:
    """Return the numbers of public records; nothing fictional is counted among the real ones."""
    (found,) = _COUNTS.rows(session)
    real = 1 + len(_KINDS)
    numbers: list[int] = [*found[:real], sum(found[real:])]
    return Counts(*numbers)


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """An indicator with its values, oldest first."""

    indicator: Indicator
    values: tuple[IndicatorValue, ...] = ()

    @property
    def value(self) -> IndicatorValue | None:
        """The newest value, or None where none can be given."""
        return self.values[-1] if self.values else None


def indicator_rows(session: Session) -> list[IndicatorRow]:
    """Return the indicators with their values."""
    indicators = session.scalars(
        select(Indicator)
        .where(Indicator.withdrawal.is_(None))
        .options(selectinload(Indicator.source))
        .order_by(Indicator.id)
    ).all()
    values: dict[int, list[IndicatorValue]] = {}
    statement = (
        select(IndicatorValue).where(IndicatorValue.withdrawal.is_(None)).order_by(IndicatorValue.as_of)
    )
    for value in session.scalars(statement):
        values.setdefault(value.indicator_id, []).append(value)
    return [IndicatorRow(indicator, tuple(values.get(indicator.id, ()))) for indicator in indicators]


def snapshots(session: Session) -> list[Snapshot]:
    """Return the frozen snapshots of the indicators, newest first."""
    return list(session.scalars(select(Snapshot).order_by(Snapshot.taken_at.desc(), Snapshot.id.desc())))


@dataclass(frozen=True, slots=True)
class Change:
    """A record that changed lately."""

    product: GiProduct
    changed_at: datetime


def recent_changes(session: Session, limit: int = 5) -> list[Change]:
    """Return the products that changed last, newest first."""
    statement = (
        select(GiProduct)
        .where(GiProduct.withdrawal.is_(None), GiProduct.home_relation != HomeRelation.OUTSIDE)
        .order_by(GiProduct.changed_at.desc(), GiProduct.id.desc())
        .limit(limit)
    )
    return [Change(product, product.changed_at) for product in session.scalars(statement)]


def service_points(session: Session) -> list[ServicePoint]:
    """Return the open service points."""
    statement = (
        select(ServicePoint)
        .where(ServicePoint.withdrawal.is_(None), ServicePoint.closed_on.is_(None))
        .options(selectinload(ServicePoint.division), selectinload(ServicePoint.source))
        .order_by(ServicePoint.code)
    )
    return list(session.scalars(statement))
