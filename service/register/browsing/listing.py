"""Records of a kind in a list: narrowed, sorted, a page or all of them, and counted as they are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, Select, Subquery, func, literal, select
from sqlalchemy.orm import Session

from service.register.browsing.shelves import SHELVES, Shelf
from service.vocabulary import RecordKind, Withdrawal

NEWEST: Final = "changed"
"""Sorting by the registry revision of the last change."""
_AT_ONCE: Final = 1000

Order: TypeAlias = tuple[ColumnElement[Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What a list is narrowed to and sorted by.

    `q`: a text anywhere in what the shelf searches; `facets`: codes by column; `shown`: public, withdrawn, or both.
    """

    q: str = ""
    facets: Mapping[str, str] = field(default_factory=dict)
    shown: str = ""
    sort: str = NEWEST
    descending: bool = True


@dataclass(frozen=True, slots=True)
class ListedRecord:
    """One record of a list: the values of its shelf's columns, in their order."""

    ulid: str
    values: tuple[Any, ...]
    revision_number: int
    is_demonstration: bool
    withdrawal: Withdrawal | None


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A page of records, and how many the whole list has."""

    total: int
    records: Sequence[ListedRecord]


def list_page(
    session: Session, kind: RecordKind, narrowing: Narrowing, *, start: int, limit: int
) -> RecordPage:
    """Return a page of the list and its size."""
    shelf = SHELVES[kind]
    wanted, order = _conditions(shelf, narrowing), _order(shelf, narrowing)
    if narrowing.q:
        # A text anywhere is no index's matter: rows are looked at once, and counted on the way.
        keys = _matching(session, shelf, wanted, order)
        page = select(shelf.model.id).where(shelf.model.id.in_(keys[start : start + limit])).subquery()
        return RecordPage(len(keys), _read(session, shelf, page, order) if len(keys) > start else [])
    total = session.scalar(select(func.count()).select_from(shelf.model).where(*wanted)) or 0
    page = _page(shelf, wanted, order, start, limit)
    return RecordPage(total, _read(session, shelf, page, order) if total > start else [])


def _matching(
    session: Session, shelf: Shelf, wanted: Sequence[ColumnElement[bool]], order: Order
) -> Sequence[int]:
    return session.scalars(select(shelf.model.id).where(*wanted).order_by(*order)).all()


def all_records(session: Session, kind: RecordKind, narrowing: Narrowing) -> Iterator[ListedRecord]:
    """Yield every record of the list in its order."""
    shelf = SHELVES[kind]
    wanted = _conditions(shelf, narrowing)
    order = _order(shelf, narrowing)
    start = 0
    while found := _read(session, shelf, _page(shelf, wanted, order, start, _AT_ONCE), order):
        yield from found
        start += _AT_ONCE


def _conditions(shelf: Shelf, narrowing: Narrowing) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if narrowing.q and shelf.texts:
        found.append(shelf.texts(narrowing.q))
    for name, (column, vocabulary) in (shelf.facets or {}).items():
        if (code := narrowing.facets.get(name)) in set(vocabulary):
            found.append(column == vocabulary(code))
    if narrowing.shown and not shelf.is_event:
        gone = shelf.model.withdrawal.is_not(None)
        found.append(gone if narrowing.shown == "withdrawn" else ~gone)
    return found


def _page(
    shelf: Shelf, wanted: Sequence[ColumnElement[bool]], order: Order, start: int, limit: int
) -> Subquery:
    """Return the keys of a page, which an index alone can tell; only its own rows are read then."""
    keys = select(shelf.model.id).where(*wanted).order_by(*order)
    return keys.offset(start).limit(limit).subquery()


def _read(session: Session, shelf: Shelf, page: Subquery, order: Order) -> list[ListedRecord]:
    model = shelf.model
    statement: Select[Any] = select(
        model.ulid,
        model.revision_number,
        literal(value=False) if shelf.is_event else model.is_demonstration,
        literal(None) if shelf.is_event else model.withdrawal,
        *shelf.columns.values(),
    ).join(page, page.c.id == model.id)
    for join in shelf.joins:
        statement = statement.join(join.model, join.on)
    return [
        ListedRecord(ulid, tuple(values), number, bool(demo), withdrawal)
        for ulid, number, demo, withdrawal, *values in session.execute(statement.order_by(*order))
    ]


def _order(shelf: Shelf, narrowing: Narrowing) -> Order:
    model = shelf.model
    column = shelf.columns[narrowing.sort] if narrowing.sort in shelf.sorts else model.revision_number
    # One direction for both: an index read backwards serves both.
    return (column.desc(), model.id.desc()) if narrowing.descending else (column.asc(), model.id.asc())
