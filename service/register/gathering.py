"""Records with their parts as plain read-only objects: one prepared statement for each kind of part."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, RelationshipDirection, Session

from service.register.models import Base
from service.register.prepared import Prepared, is_among, json_of


class Record:
    """A row of a model with the model's names; a part that was not gathered is an AttributeError."""

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: what was read is not changed."""
        raise AttributeError(name)


@lru_cache(maxsize=128)
def _record_type(model: type[Base]) -> tuple[type[Record], tuple[str, ...], tuple[Any, ...]]:
    """Return the records of a model, and the names and columns they are read by."""
    properties = {
        name: value
        for each in model.__mro__
        for name, value in vars(each).items()
        if isinstance(value, property)
    }
    names = tuple(each.key for each in model.__mapper__.column_attrs)
    columns = tuple(getattr(model, name) for name in names)
    return type(model.__name__, (Record,), properties), names, columns


class Rows:
    """What reads rows of a model, in this order, with `extra` columns beside them."""

    def __init__(
        self,
        model: type[Base],
        *where: Any,
        extra: Sequence[Any] = (),
        joins: Any = None,
        order: Sequence[Any] = (),
        most: int | None = None,
    ) -> None:
        self.model = model
        _, self.names, columns = _record_type(model)
        statement: Select[Any] = select(*columns, *extra).where(*where)
        if joins is not None:
            statement = statement.select_from(joins)
        self.prepared = Prepared(statement.order_by(*order).limit(most))


class Part:
    """A relationship that is gathered: who holds it, and what reads it for many holders at once."""

    def __init__(self, attribute: InstrumentedAttribute[Any]) -> None:
        found: Any = attribute.property
        self.name = found.key
        self.holder: type[Base] = found.parent.class_
        self.target: type[Base] = found.mapper.class_
        self.is_one = found.direction is RelationshipDirection.MANYTOONE
        if self.is_one:
            (column,) = found.local_columns
            self.key = found.parent.get_property_by_column(column).key
            return
        keys: BindParameter[str] = bindparam("keys")
        secondary = found.secondary
        if secondary is None:
            (column,) = found.remote_side
            joins = None
        else:
            column = found.synchronize_pairs[0][1]
            joins = self.target.__table__.join(secondary)
        order = found.order_by or (self.target.__mapper__.primary_key[0],)
        self.rows = Rows(self.target, is_among(column, keys), extra=(column,), joins=joins, order=order)


class Parts:
    """The relationships that are gathered for each kind of record, wherever it stands."""

    def __init__(self, *attributes: Any) -> None:
        self.of: dict[type[Base], list[Part]] = {}
        for attribute in attributes:
            part = Part(attribute)
            self.of.setdefault(part.holder, []).append(part)


@lru_cache(maxsize=128)
def by_key(model: type[Base]) -> Rows:
    """Return what reads the rows of a model by `keys`, a JSON list of its own keys."""
    return Rows(model, is_among(model.__mapper__.primary_key[0], bindparam("keys")))


class Gathered:
    """What one answer has read: every record once. Roots are read first, then `fill` reads all parts."""

    def __init__(self, session: Session, parts: Parts) -> None:
        self._session = session
        self._parts = parts
        self._known: dict[type[Base], dict[int, Any]] = {}
        self._many: list[tuple[Part, list[Any]]] = []
        self._one: list[tuple[Part, list[Any]]] = []

    def read(self, rows: Rows, **values: str | int) -> list[Any]:
        """Return the records of the rows, in their order."""
        return [record for record, *_ in self.read_with(rows, **values)]

    def read_with(self, rows: Rows, **values: str | int) -> list[tuple[Any, ...]]:
        """Return the records of the rows, each with the extra columns beside it."""
        kind, names, _ = _record_type(rows.model)
        known, width = self._known.setdefault(rows.model, {}), len(names)
        found: list[tuple[Any, ...]] = []
        new: list[Any] = []
        for row in rows.prepared.rows(self._session, **values):
            facts = dict(zip(names, row, strict=False))
            record = known.get(facts["id"])
            if record is None:
                record = known[facts["id"]] = kind()
                record.__dict__.update(facts)
                new.append(record)
            found.append((record, *row[width:]))
        for part in self._parts.of.get(rows.model, ()) if new else ():
            (self._one if part.is_one else self._many).append((part, new))
        return found

    def fill(self) -> None:
        """Read the parts of everything read so far, and theirs: lists first, then what records point to."""
        while self._many or self._one:
            while self._many:
                self._fill_lists(*self._many.pop())
            waiting, self._one = self._one, []
            for target in dict.fromkeys(part.target for part, _ in waiting):
                self._fill_one(target, [each for each in waiting if each[0].target is target])

    def _fill_lists(self, part: Part, holders: Sequence[Any]) -> None:
        lists: dict[int, list[Any]] = {holder.id: [] for holder in holders}
        for record, key in self.read_with(part.rows, keys=json_of(lists)):
            lists[key].append(record)
        for holder in holders:
            holder.__dict__[part.name] = lists[holder.id]

    def _fill_one(self, target: type[Base], waiting: Sequence[tuple[Part, list[Any]]]) -> None:
        known = self._known.setdefault(target, {})
        wanted = {getattr(holder, part.key) for part, holders in waiting for holder in holders}
        missing = sorted(wanted - known.keys() - {None})
        if missing:
            self.read(by_key(target), keys=json_of(missing))
        for part, holders in waiting:
            for holder in holders:
                key = getattr(holder, part.key)
                holder.__dict__[part.name] = None if key is None else known[key]
