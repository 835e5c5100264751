"""The declarative base, the column types that recur, and the columns every record carries."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Any, Final

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    MetaData,
    String,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine
from ulid import ULID

from service.vocabulary import Withdrawal

_OF_TIME: Final = 10
"""So many signs of an identifier tell when it was made; ten bytes by chance follow."""

SRID = 4326
"""Every stored geometry is EPSG:4326, longitude first (decision: CGCS2000 equals it within decimetres)."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept as UTC; SQLite has no time zones, so they are put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC; a moment without a zone is a programming error."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment as aware UTC on every database."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


JsonColumn: TypeEngine[Any] = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def closed(vocabulary: type[StrEnum]) -> Enum:
    """Return a column type that the database itself holds to a closed list (legally decisive lists)."""
    return Enum(
        vocabulary,
        native_enum=False,
        create_constraint=True,
        length=50,
        name=_snake(vocabulary.__name__),
        values_callable=_values,
    )


def coded(vocabulary: type[StrEnum]) -> Enum:
    """Return a column type for a list that grows with use: checked at the edges, not by a constraint."""
    return Enum(vocabulary, native_enum=False, create_constraint=False, length=50, values_callable=_values)


def _values(vocabulary: type[StrEnum]) -> list[str]:
    return [entry.value for entry in vocabulary]


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def new_ulid() -> str:
    """Return a fresh public identifier, sortable by the time it was made."""
    return str(ULID())


def ulid_of_words(form_ulid: str, words: object) -> str:
    """Return the identifier of what a form says that was sent before and says something else now.

    The same words have the same identifier, so that they make one row however often they come.
    """
    digest = sha256(f"{form_ulid} {words!r}".encode("utf-8", "replace")).digest()
    return form_ulid[:_OF_TIME] + str(ULID.from_bytes(bytes(6) + digest[:10]))[_OF_TIME:]


UlidColumn = Annotated[str, mapped_column(String(26), unique=True)]
UsccColumn = Annotated[str, mapped_column(String(18))]
CodeColumn = Annotated[str, mapped_column(String(60))]
NameColumn = Annotated[str, mapped_column(String(300))]
NoteColumn = Annotated[str, mapped_column(Text)]
DayColumn = Annotated[date, mapped_column(Date)]
MomentColumn = Annotated[datetime, mapped_column(UtcDateTime)]


class Base(DeclarativeBase):
    """The register's tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Identified:
    """A row with an internal integer key, which never leaves the database, and a public ULID."""

    id: Mapped[int] = mapped_column(primary_key=True)
    ulid: Mapped[UlidColumn] = mapped_column(default=new_ulid)


class Sourced:
    """A row that states a fact; no fact stands without its source (I-11)."""

    @declared_attr
    def source_id(cls) -> Mapped[int]:  # noqa: N805  (declared_attr hands over the class)
        """The source of the fact."""
        return mapped_column(ForeignKey("source.id"), index=True)


class Recorded(Identified, Sourced, Base):
    """A published record: its version, the registry revision of its last change, and how it left, if it did."""

    __abstract__ = True

    version: Mapped[int] = mapped_column(default=1)
    revision_number: Mapped[int] = mapped_column(index=True)
    recorded_at: Mapped[MomentColumn]
    changed_at: Mapped[MomentColumn]
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    withdrawal: Mapped[Withdrawal | None] = mapped_column(closed(Withdrawal))
    withdrawal_reason: Mapped[NoteColumn | None]
    redirect_ulid: Mapped[str | None] = mapped_column(String(26))

    @property
    def is_public(self) -> bool:
        """Whether the public may see the record."""
        return self.withdrawal is None


def later_than(first: str, second: str, name: str) -> CheckConstraint:
    """Return the constraint that `second`, where present, is after `first` (half-open periods)."""
    return CheckConstraint(f"{second} IS NULL OR {first} IS NULL OR {second} > {first}", name=name)
