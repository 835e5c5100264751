"""Service points, and the indicators of the plan with their values and frozen snapshots."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Float, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.register.models.base import (
    Base,
    CodeColumn,
    DayColumn,
    Identified,
    MomentColumn,
    NameColumn,
    NoteColumn,
    Recorded,
    coded,
)
from service.register.models.organisation import Organisation
from service.register.models.reference import Division, Source
from service.vocabulary import IndicatorNature, ServicePointKind


class ServicePoint(Recorded):
    """A place where the public gets IP services."""

    __tablename__ = "service_point"
    code: Mapped[CodeColumn] = mapped_column(unique=True)
    name: Mapped[NameColumn]
    kind: Mapped[ServicePointKind] = mapped_column(coded(ServicePointKind))
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    division_id: Mapped[int | None] = mapped_column(ForeignKey("division.id"), index=True)
    address: Mapped[NameColumn | None]
    longitude: Mapped[float | None] = mapped_column(Float)
    latitude: Mapped[float | None] = mapped_column(Float)
    hours: Mapped[str | None] = mapped_column(String(200))
    telephone: Mapped[str | None] = mapped_column(String(60))
    services: Mapped[NoteColumn | None]
    opened_on: Mapped[DayColumn | None]
    closed_on: Mapped[DayColumn | None]
    operator: Mapped[Organisation | None] = relationship(lazy="raise")
    division: Mapped[Division | None] = relationship(lazy="raise")
    source: Mapped[Source] = relationship(lazy="raise")
    __table_args__ = (CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name="whole_point"),)


class Indicator(Recorded):
    """An indicator with its formula and, where the plan sets one, its target."""

    __tablename__ = "indicator"
    code: Mapped[CodeColumn] = mapped_column(unique=True)
    name: Mapped[NameColumn]
    name_en: Mapped[NameColumn | None]
    formula: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(String(30))
    nature: Mapped[IndicatorNature] = mapped_column(coded(IndicatorNature))
    target: Mapped[float | None] = mapped_column(Float)
    target_year: Mapped[int | None]
    source: Mapped[Source] = relationship(lazy="raise")


class IndicatorValue(Recorded):
    """A value with numerator and denominator; a missing denominator means no value, never zero."""

    __tablename__ = "indicator_value"
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"), index=True)
    as_of: Mapped[DayColumn]
    value: Mapped[float | None] = mapped_column(Float)
    numerator: Mapped[float | None] = mapped_column(Float)
    denominator: Mapped[float | None] = mapped_column(Float)
    source: Mapped[Source] = relationship(lazy="raise")
    __table_args__ = (
        UniqueConstraint("indicator_id", "as_of"),
        CheckConstraint("denominator IS NULL OR denominator > 0", name="denominator"),
    )


class Snapshot(Identified, Base):
    """The indicators of a day, frozen at a moment; rows are added, never changed or recomputed (trigger)."""

    __tablename__ = "snapshot"
    title: Mapped[NameColumn]
    day: Mapped[DayColumn]
    taken_at: Mapped[MomentColumn]
    taken_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    revision_number: Mapped[int]
    # The very bytes that the hash is of: a database may write the numbers of its JSON in another way.
    content: Mapped[NoteColumn]
    sha256: Mapped[str] = mapped_column(String(64))
