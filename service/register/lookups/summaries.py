"""What the home page and the lists tell of the whole register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from service.register.gathering import Gathered, Parts, Rows
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


_PARTS: Final = Parts(Indicator.source, ServicePoint.division, ServicePoint.source)
_INDICATORS: Final = Rows(Indicator, Indicator.withdrawal.is_(None), order=(Indicator.id,))
_VALUES: Final = Rows(IndicatorValue, IndicatorValue.withdrawal.is_(None), order=(IndicatorValue.as_of,))


def indicator_rows(session: Session) -> list[IndicatorRow]:
    """Return the indicators with their values."""
    gathered = Gathered(session, _PARTS)
    indicators = gathered.read(_INDICATORS)
    values: dict[int, list[IndicatorValue]] = {}
    for value in gathered.read(_VALUES):
        values.setdefault(value.indicator_id, []).append(value)
    gathered.fill()
    return [IndicatorRow(indicator, tuple(values.get(indicator.id, ()))) for indicator in indicators]


@dataclass(frozen=True, slots=True)
class Change:
    """A record that changed lately."""

    product: GiProduct
    changed_at: datetime


_LATELY: Final = 30
_CHANGED: Final = Rows(
    GiProduct,
    GiProduct.withdrawal.is_(None),
    ~_OUTSIDE,
    order=(GiProduct.changed_at.desc(), GiProduct.id.desc()),
    most=_LATELY,
)


def recent_changes(session: Session) -> list[Change]:
    """Return the thirty products that changed last, newest first."""
    found = Gathered(session, Parts()).read(_CHANGED)
    return [Change(product, product.changed_at) for product in found]


_POINTS: Final = Rows(
    ServicePoint,
    ServicePoint.withdrawal.is_(None),
    ServicePoint.closed_on.is_(None),
    order=(ServicePoint.code,),
)


def service_points(session: Session) -> list[ServicePoint]:
    """Return the open service points."""
    gathered = Gathered(session, _PARTS)
    found = gathered.read(_POINTS)
    gathered.fill()
    return found
