"""What makes the register accountable: its revision number, the audit chain, the outbox."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service.register.models.base import Base, JsonColumn, MomentColumn, NoteColumn, coded
from service.vocabulary import ChangeAct, ChangeKind, RecordKind


class RegistryState(Base):
    """One row: the registry's revision number and the end of the audit chain."""

    __tablename__ = "registry_state"
    id: Mapped[int] = mapped_column(primary_key=True)
    revision_number: Mapped[int]
    audit_sequence: Mapped[int]
    audit_hash: Mapped[str] = mapped_column(String(64))
    reindex_wanted_at: Mapped[MomentColumn | None]
    reindexed_at: Mapped[MomentColumn | None]
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)


class RegistryRevision(Base):
    """One published change of the registry: everything that carries its number became public together."""

    __tablename__ = "registry_revision"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    published_at: Mapped[MomentColumn]
    published_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    records: Mapped[int]


class AuditEvent(Base):
    """One act on one record; rows are added, never changed (trigger), each chained to the one before (I-12)."""

    __tablename__ = "audit_event"
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[MomentColumn]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    act: Mapped[str] = mapped_column(String(40))
    record_kind: Mapped[str] = mapped_column(String(50))
    record_ulid: Mapped[str] = mapped_column(String(26))
    revision_number: Mapped[int | None]
    changes: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    reason: Mapped[NoteColumn | None]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    __table_args__ = (
        Index(None, "record_kind", "record_ulid"),
        # The trail is read newest first, all of it, by who did it or by what was done.
        Index(None, "at"),
        Index(None, "actor_id", "at"),
        Index(None, "act", "at"),
    )


class PublishedChange(Base):
    """One published draft of a kind that others follow, with what it is filtered by; rows are only ever added.

    The order is (revision_number, revision_id). Revision numbers are given out under a lock that is held until
    the commit, so whoever reads one has seen all before it.
    """

    __tablename__ = "published_change"
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), primary_key=True, autoincrement=False)
    revision_number: Mapped[int]
    kind: Mapped[ChangeKind] = mapped_column(coded(ChangeKind))
    act: Mapped[ChangeAct] = mapped_column(coded(ChangeAct))
    record_kind: Mapped[RecordKind] = mapped_column(coded(RecordKind))
    record_ulid: Mapped[str] = mapped_column(String(26))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("gi_product.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    __table_args__ = (
        Index(None, "revision_number", "revision_id"),
        Index(None, "kind", "revision_number", "revision_id"),
        Index(None, "product_id", "revision_number", "revision_id"),
        Index(None, "organisation_id", "revision_number", "revision_id"),
    )


class Outbox(Base):
    """An entry says "look at this record again": written with the change, drained into the index by the worker."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    record_kind: Mapped[RecordKind] = mapped_column(coded(RecordKind))
    record_ulid: Mapped[str] = mapped_column(String(26))
    revision_number: Mapped[int]
    created_at: Mapped[MomentColumn]
    attempts: Mapped[int] = mapped_column(default=0)
    last_problem: Mapped[str | None] = mapped_column(String(300))
    done_at: Mapped[MomentColumn | None]
    __table_args__ = (Index(None, "done_at", "id"),)
