"""What people report: the lead with the facts that were checked, and apart from it who the person is.

No row here is published, indexed, exported or read by a public route (decision 0011).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.register.models.base import (
    Base,
    DayColumn,
    Identified,
    JsonColumn,
    MomentColumn,
    NameColumn,
    NoteColumn,
    coded,
)
from service.vocabulary import LeadKind, LeadState, MisuseKind


class Lead(Identified, Base):
    """A report, a complaint or an error, as it was brought; `form_ulid` makes a form sent twice one lead."""

    __tablename__ = "lead"
    receipt: Mapped[str] = mapped_column(String(20), unique=True)
    form_ulid: Mapped[str] = mapped_column(String(26), unique=True)
    kind: Mapped[LeadKind] = mapped_column(coded(LeadKind))
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


class LeadContact(Base):
    """Who brought a lead and how to answer; read under a role, each reading on record, erased on its day."""

    __tablename__ = "lead_contact"
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"), primary_key=True)
    name: Mapped[NameColumn | None]
    telephone: Mapped[str | None] = mapped_column(String(60))
    email: Mapped[NameColumn | None]
    erase_on: Mapped[DayColumn] = mapped_column(index=True)
