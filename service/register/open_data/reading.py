"""The rows of the open data: every record, also those withdrawn, as far as each may be shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.register.areas import geojson_of
from service.register.models import (
    Authorisation,
    GiProduct,
    ProductionAreaGeometry,
    ProductionAreaVersion,
    Protection,
    Recorded,
    RegistryRevision,
)
from service.register.open_data.columns import Context, Dataset, Value
from service.vocabulary import Vocabulary, Withdrawal

_BATCH: Final = 500
_EVEN_WITHHELD: Final = frozenset({"id", "record_state"})


@dataclass(frozen=True, slots=True)
class Row:
    """One record with its parents, its geometry, and how it left the public site, if it did."""

    record: Any
    owners: tuple[Any, ...] = ()
    geometry: dict[str, Any] | None = None

    @property
    def withdrawal(self) -> Withdrawal | None:
        """How the record, or one it hangs on, was withdrawn; what the law withholds comes first."""
        found = {each.withdrawal for each in (self.record, *self.owners) if each.withdrawal is not None}
        if Withdrawal.WITHHELD in found:
            return Withdrawal.WITHHELD
        return next((each for each in Withdrawal if each in found), None)


def rows_of(session: Session, dataset: Dataset, *, shapes: bool = False) -> Iterator[Row]:
    """Yield every row, also of withdrawn records, in the order of the records' identifiers, in batches.

    `shapes`: whether areas come with their geometry.
    """
    statement: Any = select(dataset.model)
    ways = {
        Protection: (GiProduct,),
        Authorisation: (GiProduct,),
        ProductionAreaVersion: (Protection, GiProduct),
    }.get(dataset.model, ())
    if dataset.model is Authorisation:
        statement = statement.join(Protection, Protection.id == Authorisation.protection_id)
    if dataset.model is ProductionAreaVersion:
        statement = statement.join(Protection, Protection.id == ProductionAreaVersion.protection_id)
    if ways:
        statement = statement.join(GiProduct, GiProduct.id == Protection.product_id).add_columns(*ways)
    if shapes and dataset.model is ProductionAreaVersion:
        statement = statement.outerjoin(
            ProductionAreaGeometry, ProductionAreaGeometry.area_id == ProductionAreaVersion.id
        ).add_columns(ProductionAreaGeometry.geometry)
    ordered = statement.options(*dataset.parts).order_by(dataset.model.ulid)
    for found in session.execute(ordered, execution_options={"yield_per": _BATCH}):
        record, *owners = found
        geometry = geojson_of(owners.pop()) if len(owners) > len(ways) else None
        yield Row(record, (*dataset.owners(record), *owners), geometry)


def values_of(dataset: Dataset, row: Row, context: Context) -> list[Value]:
    """Return a row's values in the order of the columns; a withdrawn record keeps what lasts, a withheld one less."""
    left = row.withdrawal
    if left is Withdrawal.WITHHELD:
        return [
            plain(each.read(row, context)) if each.name in _EVEN_WITHHELD else None
            for each in dataset.columns
        ]
    return [
        plain(each.read(row, context)) if left is None or each.lasts else None for each in dataset.columns
    ]


def plain(value: Value | Vocabulary) -> Value:
    """Return a value as files hold it."""
    return value.value if isinstance(value, Vocabulary) else value


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows a table has, and how many of them are of withdrawn records."""

    rows: int
    withdrawn: int


def size_of(session: Session, dataset: Dataset) -> Size:
    """Return how many rows the table has now."""
    model: type[Recorded] = dataset.model
    rows, public = session.execute(
        select(func.count(), func.count().filter(model.withdrawal.is_(None))).select_from(model)
    ).one()
    return Size(rows, rows - public)


def latest_versions(session: Session, limit: int) -> Sequence[RegistryRevision]:
    """Return the registry's latest revisions, newest first."""
    return session.scalars(
        select(RegistryRevision).order_by(RegistryRevision.number.desc()).limit(limit)
    ).all()
