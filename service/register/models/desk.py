"""The staff desk: people and their roles, drafts under two-person control, import batches."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.register.models.base import (
    Base,
    Identified,
    JsonColumn,
    MomentColumn,
    NameColumn,
    NoteColumn,
    closed,
    coded,
)
from service.vocabulary import DraftState, RecordKind, Role


class StaffUser(Identified, Base):
    """An account. `person` names the human behind it: two accounts of one person are still one person."""

    __tablename__ = "staff_user"
    login: Mapped[str] = mapped_column(String(60), unique=True)
    display_name: Mapped[NameColumn]
    person: Mapped[str] = mapped_column(String(60))
    is_system: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    password_hash: Mapped[str | None] = mapped_column(Text)
    one_time_until: Mapped[MomentColumn | None]
    """Until when a password that somebody else knows may be used, once, to choose one's own; None: it is one's own."""
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)
    """The time step of the last code that was accepted: no code is accepted twice."""
    access_version: Mapped[int] = mapped_column(default=1)
    """Rises with password, roles, second factor and state of the account; sessions of an older one are dead."""
    created_at: Mapped[MomentColumn]
    roles: Mapped[list[StaffRole]] = relationship(lazy="raise")


class StaffRole(Base):
    """A role that an account holds."""

    __tablename__ = "staff_role"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), index=True)
    role: Mapped[Role] = mapped_column(coded(Role))
    __table_args__ = (UniqueConstraint("user_id", "role"),)


class StaffScope(Base):
    """A kind of record that a partner agency's account is limited to."""

    __tablename__ = "staff_scope"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    record_kind: Mapped[RecordKind] = mapped_column(coded(RecordKind))
    __table_args__ = (UniqueConstraint("user_id", "record_kind"),)


class StaffRecoveryCode(Base):
    """A code that stands in once for the second factor; only its hash is kept."""

    __tablename__ = "staff_recovery_code"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[MomentColumn | None]


class StaffSession(Identified, Base):
    """One browser that signed in; its cookie's value is kept only as a hash."""

    __tablename__ = "staff_session"
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), index=True)
    access_version: Mapped[int]
    is_proven: Mapped[bool]
    """Whether all that the account asks for was shown; until then only the second factor can be."""
    totp_pending: Mapped[str | None] = mapped_column(String(64))
    """The secret of an authenticator that is being set up."""
    browser: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[MomentColumn]
    seen_at: Mapped[MomentColumn]
    user: Mapped[StaffUser] = relationship(lazy="raise")


class ImportBatch(Identified, Base):
    """One imported file and what became of its rows."""

    __tablename__ = "import_batch"
    file_name: Mapped[NameColumn]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    record_kind: Mapped[RecordKind] = mapped_column(coded(RecordKind))
    rows: Mapped[int]
    created: Mapped[int]
    updated: Mapped[int]
    unchanged: Mapped[int]
    imported_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    imported_at: Mapped[MomentColumn]


class Revision(Identified, Base):
    """A draft of one record, from its first word to its publication.

    Two people stand behind every publication but those acts that stop a wrong; the constraints below hold
    even against a program that forgets to ask (I-9 of the security notes).
    """

    __tablename__ = "revision"
    record_kind: Mapped[RecordKind] = mapped_column(coded(RecordKind))
    record_key: Mapped[str] = mapped_column(String(400))
    record_ulid: Mapped[str] = mapped_column(String(26))
    base_version: Mapped[int] = mapped_column(default=0)
    payload: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    state: Mapped[DraftState] = mapped_column(closed(DraftState))
    edition: Mapped[int] = mapped_column(default=1)
    """Rises with every edit: what was typed over an older edition is refused, and nobody approves an unseen one."""
    change_note: Mapped[NoteColumn | None]
    is_correction: Mapped[bool] = mapped_column(default=False)
    """Whether it puts right what was written wrongly here, nothing having changed in the world."""
    needs_two_people: Mapped[bool] = mapped_column(default=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    edited_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    edited_at: Mapped[MomentColumn]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    submitted_person: Mapped[str | None] = mapped_column(String(60))
    submitted_at: Mapped[MomentColumn | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    decided_person: Mapped[str | None] = mapped_column(String(60))
    decided_at: Mapped[MomentColumn | None]
    return_reason: Mapped[NoteColumn | None]
    revision_number: Mapped[int | None]
    __table_args__ = (
        CheckConstraint(
            "NOT needs_two_people OR state <> 'published' OR (submitted_by_id IS NOT NULL"
            " AND decided_by_id IS NOT NULL AND submitted_by_id <> decided_by_id"
            " AND submitted_person IS NOT NULL AND decided_person IS NOT NULL"
            " AND submitted_person <> decided_person)",
            name="four_eyes",
        ),
        CheckConstraint(
            "needs_two_people OR record_kind = 'authorisation_event'",
            name="one_person_acts",
        ),
        CheckConstraint("(state = 'published') = (revision_number IS NOT NULL)", name="published_revision"),
        CheckConstraint("state <> 'returned' OR return_reason IS NOT NULL", name="return_reason"),
        Index(None, "record_kind", "record_ulid"),
        Index(None, "record_kind", "record_key"),
        Index(None, "state"),
        Index(None, "revision_number"),
        # How many one person decided today is asked at each act that stops a wrong (decision 0023).
        Index(None, "decided_at"),
    )
