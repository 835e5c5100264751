"""Service points with their ledger, and the indicators of the plan with their values and frozen snapshots."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, Text, UniqueConstraint
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
from service.register.models.desk import StaffUser
from service.register.models.organisation import Organisation
from service.register.models.reference import Division, Source
from service.vocabulary import IndicatorNature, ServicePointKind, ServiceTopic, WalkInKind


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


class ServiceLedgerEntry(Identified, Base):
    """One service that a point gave on a day; rows are only ever added (trigger): an entry is replaced by a later one.

    It names an organisation, or what kind of visitor walked in, never a person. An entry that `is_void` replaces one
    that should not have been made, and counts nothing.
    """

    __tablename__ = "service_ledger_entry"
    point_id: Mapped[int] = mapped_column(ForeignKey("service_point.id"))
    day: Mapped[DayColumn]
    topic: Mapped[ServiceTopic] = mapped_column(coded(ServiceTopic))
    organisation_name: Mapped[NameColumn | None]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    """The organisation where it is on the register."""
    walk_in: Mapped[WalkInKind | None] = mapped_column(coded(WalkInKind))
    minutes: Mapped[int]
    result: Mapped[NameColumn]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    entered_at: Mapped[MomentColumn]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("service_ledger_entry.id"), unique=True)
    reason: Mapped[NoteColumn | None]
    is_void: Mapped[bool] = mapped_column(default=False)
    point: Mapped[ServicePoint] = relationship(lazy="raise")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    entered_by: Mapped[StaffUser] = relationship(lazy="raise")
    __table_args__ = (
        CheckConstraint("(organisation_name IS NULL) <> (walk_in IS NULL)", name="one_visitor"),
        CheckConstraint(
            "organisation_id IS NULL OR organisation_name IS NOT NULL", name="named_organisation"
        ),
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        CheckConstraint("(replaces_id IS NULL) = (reason IS NULL)", name="reason"),
        CheckConstraint("NOT is_void OR replaces_id IS NOT NULL", name="void_replaces"),
        Index(None, "day", "id"),
        Index(None, "point_id", "day"),
    )


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
