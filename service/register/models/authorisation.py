"""Authorisations to use the special mark, as append-only events."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
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
    later_than,
)
from service.register.models.organisation import Organisation
from service.register.models.protection import Protection
from service.register.models.reference import Source
from service.vocabulary import AuthorisationBasis, AuthorisationEventKind, DeregistrationGround


class Authorisation(Recorded):
    """One firm's permission for one protection. What it is worth on a day follows from its events alone."""

    __tablename__ = "authorisation"
    code: Mapped[CodeColumn] = mapped_column(unique=True)
    protection_id: Mapped[int] = mapped_column(ForeignKey("protection.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    basis: Mapped[AuthorisationBasis] = mapped_column(closed(AuthorisationBasis))
    announced_row: Mapped[int | None]
    protection: Mapped[Protection] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")
    events: Mapped[list[AuthorisationEvent]] = relationship(
        lazy="raise", order_by="AuthorisationEvent.sequence"
    )
    source: Mapped[Source] = relationship(lazy="raise")


class AuthorisationEvent(Sourced, Identified, Base):
    """Something that happened to an authorisation: when it takes effect, when it was recorded, and the source.

    Rows are added, never changed (trigger). A wrong entry is voided by a later one, and both stay visible.
    """

    __tablename__ = "authorisation_event"
    authorisation_id: Mapped[int] = mapped_column(ForeignKey("authorisation.id"))
    sequence: Mapped[int]
    kind: Mapped[AuthorisationEventKind] = mapped_column(closed(AuthorisationEventKind))
    effective_on: Mapped[DayColumn]
    announcement_id: Mapped[int | None] = mapped_column(ForeignKey("announcement.id"), index=True)
    ground: Mapped[DeregistrationGround | None] = mapped_column(closed(DeregistrationGround))
    deadline_on: Mapped[DayColumn | None]
    licence_to: Mapped[DayColumn | None]
    approved_name: Mapped[NameColumn | None]
    approved_address: Mapped[NameColumn | None]
    approved_representative: Mapped[str | None] = mapped_column(String(100))
    approved_trademark: Mapped[NameColumn | None]
    note: Mapped[NoteColumn | None]
    voided_event_id: Mapped[int | None] = mapped_column(ForeignKey("authorisation_event.id"))
    revision_number: Mapped[int]
    recorded_at: Mapped[MomentColumn]
    announcement: Mapped[Announcement | None] = relationship(lazy="raise")
    source: Mapped[Source] = relationship(lazy="raise")
    __table_args__ = (
        UniqueConstraint("authorisation_id", "sequence"),
        Index(None, "authorisation_id"),
        # I-1 and I-20: nothing is ever granted without an announcement that people can open.
        CheckConstraint("kind <> 'granted' OR announcement_id IS NOT NULL", name="granted_by_announcement"),
        CheckConstraint("(kind = 'deregistered') = (ground IS NOT NULL)", name="ground"),
        CheckConstraint("(kind = 'put_under_correction') = (deadline_on IS NOT NULL)", name="deadline"),
        CheckConstraint("(kind = 'entry_voided') = (voided_event_id IS NOT NULL)", name="voids"),
        CheckConstraint("licence_to IS NULL OR kind IN ('granted', 'changed')", name="licence"),
        later_than("effective_on", "deadline_on", "deadline_after"),
        later_than("effective_on", "licence_to", "licence_after"),
    )
