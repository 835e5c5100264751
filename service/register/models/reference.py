"""Reference data: sources, kept documents, divisions with their codes, categories, legal instruments."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.register.models.base import (
    Base,
    CodeColumn,
    DayColumn,
    Identified,
    JsonColumn,
    MomentColumn,
    NameColumn,
    NoteColumn,
    Recorded,
    Sourced,
    closed,
    coded,
    later_than,
)
from service.vocabulary import (
    CodeScheme,
    DivisionKind,
    DocumentKind,
    Issuer,
    NameRole,
    RecordKind,
    VerificationLevel,
)


class Source(Base):
    """Where a fact comes from: citation, level, and the place in the document; equal sources are one row."""

    __tablename__ = "source"
    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    level: Mapped[VerificationLevel] = mapped_column(closed(VerificationLevel))
    citation: Mapped[NoteColumn]
    url: Mapped[str | None] = mapped_column(Text)
    locator: Mapped[str | None] = mapped_column(String(300))
    document_sha256: Mapped[str | None] = mapped_column(String(64))
    checked_on: Mapped[DayColumn | None]


class Document(Recorded):
    """A kept file, addressed by the SHA-256 of its bytes."""

    __tablename__ = "document"
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100))
    title: Mapped[NameColumn]
    kind: Mapped[DocumentKind] = mapped_column(coded(DocumentKind))
    issuer: Mapped[Issuer | None] = mapped_column(coded(Issuer))
    document_number: Mapped[CodeColumn | None]
    published_on: Mapped[DayColumn | None]
    url: Mapped[str | None] = mapped_column(Text)
    licence_note: Mapped[NoteColumn | None]
    is_open: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (CheckConstraint("length(sha256) = 64", name="sha256_length"),)


class Division(Recorded):
    """An administrative division over the time it exists; its codes depend on scheme and year."""

    __tablename__ = "division"
    slug: Mapped[CodeColumn] = mapped_column(unique=True)
    name: Mapped[NameColumn] = mapped_column(index=True)
    kind: Mapped[DivisionKind] = mapped_column(closed(DivisionKind))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("division.id"), index=True)
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("division.id"))
    valid_from: Mapped[DayColumn | None]
    valid_to: Mapped[DayColumn | None]
    longitude: Mapped[float | None] = mapped_column(Float)
    latitude: Mapped[float | None] = mapped_column(Float)
    point_source: Mapped[str | None] = mapped_column(String(200))
    codes: Mapped[list[DivisionCode]] = relationship(lazy="raise", order_by="DivisionCode.id")
    aliases: Mapped[list[DivisionAlias]] = relationship(lazy="raise", order_by="DivisionAlias.id")
    parent: Mapped[Division | None] = relationship(
        lazy="raise", remote_side="Division.id", foreign_keys="Division.parent_id"
    )
    __table_args__ = (
        later_than("valid_from", "valid_to", "validity"),
        CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name="whole_point"),
    )


class DivisionCode(Base):
    """A division's code in one scheme over a span of years; one code can mean different places in two schemes."""

    __tablename__ = "division_code"
    id: Mapped[int] = mapped_column(primary_key=True)
    division_id: Mapped[int] = mapped_column(ForeignKey("division.id"), index=True)
    scheme: Mapped[CodeScheme] = mapped_column(closed(CodeScheme))
    year: Mapped[int]
    code: Mapped[str] = mapped_column(String(12))
    __table_args__ = (
        UniqueConstraint("scheme", "year", "code"),
        UniqueConstraint("division_id", "scheme", "year"),
        CheckConstraint("year BETWEEN 1949 AND 2100", name="year"),
    )


class DivisionAlias(Sourced, Base):
    """Another name of a division: former, short, or in pinyin."""

    __tablename__ = "division_alias"
    id: Mapped[int] = mapped_column(primary_key=True)
    division_id: Mapped[int] = mapped_column(ForeignKey("division.id"), index=True)
    text: Mapped[NameColumn] = mapped_column(index=True)
    role: Mapped[NameRole] = mapped_column(coded(NameRole))
    __table_args__ = (UniqueConstraint("division_id", "text"),)


class Category(Recorded):
    """A product category of one scheme; the code strings of GB/T 43583 wait for the standard's text."""

    __tablename__ = "category"
    scheme: Mapped[str] = mapped_column(String(40))
    code: Mapped[CodeColumn]
    name: Mapped[NameColumn]
    name_en: Mapped[NameColumn | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    is_code_official: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (UniqueConstraint("scheme", "code"),)


class LegalInstrument(Recorded):
    """A law or rule over the time it is in force, so that a change of law is data."""

    __tablename__ = "legal_instrument"
    code: Mapped[CodeColumn] = mapped_column(unique=True)
    name: Mapped[NameColumn]
    name_en: Mapped[NameColumn | None]
    number: Mapped[NameColumn | None]
    in_force_from: Mapped[DayColumn | None]
    in_force_to: Mapped[DayColumn | None]
    subject: Mapped[NoteColumn]
    opposition_months: Mapped[int | None]
    term_years: Mapped[int | None]
    grace_months: Mapped[int | None]
    source: Mapped[Source] = relationship(lazy="raise")
    __table_args__ = (later_than("in_force_from", "in_force_to", "in_force"),)


class HolidayArrangement(Recorded):
    """A year's days of rest and worked weekend days, whole or not there: half a year would give wrong deadlines."""

    __tablename__ = "holiday_arrangement"
    year: Mapped[int] = mapped_column(unique=True)
    title: Mapped[NameColumn]
    number: Mapped[NameColumn | None]
    rest_days: Mapped[list[str]] = mapped_column(JsonColumn)
    worked_days: Mapped[list[str]] = mapped_column(JsonColumn)
    source: Mapped[Source] = relationship(lazy="raise")


class Conflict(Sourced, Identified, Base):
    """A contradiction found in the sources of a record, kept and shown, not smoothed over."""

    __tablename__ = "conflict"
    record_kind: Mapped[RecordKind] = mapped_column(coded(RecordKind))
    record_ulid: Mapped[str] = mapped_column(String(26))
    statement: Mapped[NoteColumn]
    recorded_at: Mapped[MomentColumn]
    resolved_on: Mapped[DayColumn | None]
    resolution: Mapped[NoteColumn | None]
    __table_args__ = (Index(None, "record_kind", "record_ulid"),)
