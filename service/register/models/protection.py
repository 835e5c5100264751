"""Protections: one right of one product in one track, with numbers, parties, events, rules and standards."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.register.models.announcement import Announcement
from service.register.models.base import (
    Base,
    CodeColumn,
    DayColumn,
    Identified,
    MomentColumn,
    NameColumn,
    NoteColumn,
    Recorded,
    Sourced,
    closed,
    coded,
    later_than,
)
from service.register.models.reference import LegalInstrument, Source
from service.vocabulary import (
    DatePrecision,
    IdentifierScheme,
    PartyRole,
    ProtectionEventKind,
    Track,
)


class Protection(Recorded):
    """A right over a product's name. It stores no state: the state on a day follows from its events (I-3)."""

    __tablename__ = "protection"
    code: Mapped[CodeColumn] = mapped_column(unique=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("gi_product.id"), index=True)
    track: Mapped[Track] = mapped_column(closed(Track))
    instrument_id: Mapped[int | None] = mapped_column(ForeignKey("legal_instrument.id"))
    requirements: Mapped[NoteColumn | None]
    identifiers: Mapped[list[ProtectionIdentifier]] = relationship(
        lazy="raise", order_by="ProtectionIdentifier.id"
    )
    parties: Mapped[list[Party]] = relationship(lazy="raise", order_by="Party.id")
    events: Mapped[list[ProtectionEvent]] = relationship(lazy="raise", order_by="ProtectionEvent.sequence")
    traits: Mapped[list[QualityTrait]] = relationship(lazy="raise", order_by="QualityTrait.id")
    standards: Mapped[list[StandardReference]] = relationship(lazy="raise", order_by="StandardReference.id")
    rules: Mapped[list[UseRules]] = relationship(lazy="raise", order_by="UseRules.id")
    instrument: Mapped[LegalInstrument | None] = relationship(lazy="raise")
    source: Mapped[Source] = relationship(lazy="raise")
    __table_args__ = (UniqueConstraint("product_id", "track", "code"),)


class ProtectionIdentifier(Sourced, Base):
    """A number of a protection, as printed and in normal form; unique per scheme and class (I-9)."""

    __tablename__ = "protection_identifier"
    id: Mapped[int] = mapped_column(primary_key=True)
    protection_id: Mapped[int] = mapped_column(ForeignKey("protection.id"), index=True)
    scheme: Mapped[IdentifierScheme] = mapped_column(coded(IdentifierScheme))
    as_printed: Mapped[str] = mapped_column(String(100))
    number: Mapped[CodeColumn] = mapped_column(index=True)
    nice_class: Mapped[int] = mapped_column(default=0)
    # One announcement recognises many products at once, so its number is not a key of one protection.
    is_shared: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        UniqueConstraint("protection_id", "scheme", "number", "nice_class"),
        Index(
            "uq_protection_identifier_own_number",
            "scheme",
            "number",
            "nice_class",
            unique=True,
            sqlite_where=text("NOT is_shared"),
            postgresql_where=text("NOT is_shared"),
        ),
    )


class Party(Sourced, Base):
    """A body in its role for a protection, over time; the name stays as announced."""

    __tablename__ = "party"
    id: Mapped[int] = mapped_column(primary_key=True)
    protection_id: Mapped[int] = mapped_column(ForeignKey("protection.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[PartyRole] = mapped_column(coded(PartyRole))
    name_as_announced: Mapped[NameColumn]
    valid_from: Mapped[DayColumn | None]
    valid_to: Mapped[DayColumn | None]
    __table_args__ = (later_than("valid_from", "valid_to", "validity"),)

    @classmethod
    def is_of(cls, organisation_id: Any, name: Any) -> ColumnElement[bool]:
        """Return the condition that a party is this organisation: by link, or by name where no link was made."""
        by_name = and_(cls.organisation_id.is_(None), cls.name_as_announced == name)
        return or_(cls.organisation_id == organisation_id, by_name)


class ProtectionEvent(Sourced, Identified, Base):
    """Something that happened to a protection; rows are added, never changed (trigger)."""

    __tablename__ = "protection_event"
    protection_id: Mapped[int] = mapped_column(ForeignKey("protection.id"), index=True)
    sequence: Mapped[int]
    kind: Mapped[ProtectionEventKind] = mapped_column(closed(ProtectionEventKind))
    happened_on: Mapped[DayColumn | None]
    precision: Mapped[DatePrecision] = mapped_column(closed(DatePrecision))
    announcement_id: Mapped[int | None] = mapped_column(ForeignKey("announcement.id"))
    note: Mapped[NoteColumn | None]
    term_to: Mapped[DayColumn | None]
    voided_event_id: Mapped[int | None] = mapped_column(ForeignKey("protection_event.id"))
    revision_number: Mapped[int]
    recorded_at: Mapped[MomentColumn]
    announcement: Mapped[Announcement | None] = relationship(lazy="raise")
    source: Mapped[Source] = relationship(lazy="raise")
    __table_args__ = (
        UniqueConstraint("protection_id", "sequence"),
        CheckConstraint("(happened_on IS NULL) = (precision = 'unknown')", name="known_date"),
        CheckConstraint("(kind = 'entry_voided') = (voided_event_id IS NOT NULL)", name="voids"),
        # An end of a right is never published without an announcement behind it (domain reference 7.2).
        CheckConstraint("kind <> 'revoked' OR announcement_id IS NOT NULL", name="revoked_by_announcement"),
    )


class QualityTrait(Sourced, Base):
    """A quality requirement with its unit; the text is always kept as printed."""

    __tablename__ = "quality_trait"
    id: Mapped[int] = mapped_column(primary_key=True)
    protection_id: Mapped[int] = mapped_column(ForeignKey("protection.id"), index=True)
    name: Mapped[NameColumn]
    text: Mapped[NoteColumn]
    minimum: Mapped[float | None] = mapped_column(Float)
    maximum: Mapped[float | None] = mapped_column(Float)
    unit: Mapped[str | None] = mapped_column(String(30))


class StandardReference(Sourced, Base):
    """A standard that a protected product follows."""

    __tablename__ = "standard_reference"
    id: Mapped[int] = mapped_column(primary_key=True)
    protection_id: Mapped[int] = mapped_column(ForeignKey("protection.id"), index=True)
    number: Mapped[CodeColumn] = mapped_column(index=True)
    title: Mapped[NameColumn | None]
    __table_args__ = (UniqueConstraint("protection_id", "number"),)


class UseRules(Sourced, Base):
    """Use management rules of a GI mark, over time."""

    __tablename__ = "use_rules"
    id: Mapped[int] = mapped_column(primary_key=True)
    protection_id: Mapped[int] = mapped_column(ForeignKey("protection.id"), index=True)
    text: Mapped[NoteColumn]
    document_sha256: Mapped[str | None] = mapped_column(String(64))
    valid_from: Mapped[DayColumn | None]
    valid_to: Mapped[DayColumn | None]
    __table_args__ = (later_than("valid_from", "valid_to", "validity"),)
