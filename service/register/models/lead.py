"""What people report: the lead with the facts that were checked, what was done about it, and apart who the person is.

No row here is published, indexed, exported or read by a public route (decision 0011).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
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
    coded,
)
from service.register.models.desk import StaffUser
from service.vocabulary import LeadChannel, LeadEventKind, LeadKind, LeadState, MisuseKind, RefusalGround


class Lead(Identified, Base):
    """A report, a complaint or an error, as it was brought; `form_ulid` makes a form sent twice one lead.

    `state` is what its events make of it, kept for the lists; events alone change it. `received_on`: the day it came,
    from which the periods of the law run; `received_at`: the moment it was taken in here, later where an officer
    entered what came by another way than the site. `channel_number`: the number it has there, which is erased with the
    contact.
    """

    __tablename__ = "lead"
    receipt: Mapped[str] = mapped_column(String(20), unique=True)
    form_ulid: Mapped[str] = mapped_column(String(26), unique=True)
    kind: Mapped[LeadKind] = mapped_column(coded(LeadKind))
    channel: Mapped[LeadChannel] = mapped_column(coded(LeadChannel))
    channel_number: Mapped[CodeColumn | None]
    misuse: Mapped[MisuseKind | None] = mapped_column(coded(MisuseKind))
    state: Mapped[LeadState] = mapped_column(coded(LeadState), default=LeadState.RECEIVED)
    description: Mapped[NoteColumn]
    place: Mapped[NameColumn | None]
    about: Mapped[NameColumn | None]
    seen_on: Mapped[DayColumn | None]
    checked: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    received_at: Mapped[MomentColumn]
    received_on: Mapped[DayColumn]
    contact: Mapped[LeadContact | None] = relationship(lazy="raise")
    __table_args__ = (Index(None, "state", "received_on"),)


class LeadEvent(Identified, Base):
    """Something done about a lead on a day, by a person; rows are only ever added (trigger), a mistake is voided."""

    __tablename__ = "lead_event"
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"), index=True)
    kind: Mapped[LeadEventKind] = mapped_column(coded(LeadEventKind))
    happened_on: Mapped[DayColumn]
    recorded_at: Mapped[MomentColumn]
    by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    ground: Mapped[RefusalGround | None] = mapped_column(coded(RefusalGround))
    body: Mapped[NameColumn | None]
    """The other body that a lead was routed to."""
    note: Mapped[NoteColumn | None]
    opened_id: Mapped[int | None] = mapped_column(ForeignKey("lead.id"), unique=True)
    """The report that was opened when a breach was found in the mediation of a complaint."""
    voids_id: Mapped[int | None] = mapped_column(ForeignKey("lead_event.id"), unique=True)
    by: Mapped[StaffUser] = relationship(lazy="raise")
    __table_args__ = (
        CheckConstraint("(kind = 'refused') = (ground IS NOT NULL)", name="ground"),
        CheckConstraint("(kind = 'routed') = (body IS NOT NULL)", name="body"),
        CheckConstraint("(kind = 'breach_found') = (opened_id IS NOT NULL)", name="opened"),
        CheckConstraint("(kind = 'voided') = (voids_id IS NOT NULL)", name="voids"),
    )


class LeadContact(Base):
    """Who brought a lead and how to answer; read under a role, each reading on record, erased on its day.

    A lead with a number elsewhere has a row even where nobody said who they are: the number goes on its day, too.
    """

    __tablename__ = "lead_contact"
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"), primary_key=True)
    name: Mapped[NameColumn | None]
    telephone: Mapped[str | None] = mapped_column(String(60))
    email: Mapped[NameColumn | None]
    erase_on: Mapped[DayColumn] = mapped_column(index=True)
