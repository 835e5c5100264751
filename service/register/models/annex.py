"""Annexes of announcements: prepared, drafted as batches, each row as read, errands, and what headings meant before."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.register.models.base import (
    Base,
    CodeColumn,
    Identified,
    JsonColumn,
    MomentColumn,
    NameColumn,
    NoteColumn,
    coded,
)
from service.vocabulary import AnnexField, AnnexKind, ErrandKind, Issuer, RowAction


class AnnexBatch(Identified, Base):
    """A batch that came from an announcement's annex, or that undoes one; its state follows from its drafts."""

    __tablename__ = "annex_batch"
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"), unique=True)
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    issuer: Mapped[Issuer] = mapped_column(coded(Issuer))
    number: Mapped[CodeColumn]
    declared_organisations: Mapped[int | None]
    declared_products: Mapped[int | None]
    found_rows: Mapped[int]
    found_organisations: Mapped[int]
    found_products: Mapped[int]
    # I-17: what was found is what was declared, or somebody says why not.
    override_reason: Mapped[NoteColumn | None]
    actions: Mapped[dict[str, int]] = mapped_column(JsonColumn)
    tables: Mapped[list[dict[str, Any]]] = mapped_column(JsonColumn)
    undo_reason: Mapped[NoteColumn | None]
    __table_args__ = (
        CheckConstraint("(undoes_id IS NULL) = (undo_reason IS NULL)", name="undo_has_its_reason"),
    )


class AnnouncedRow:
    """One announced row as it was read, and what it would do."""

    id: Mapped[int] = mapped_column(primary_key=True)
    table_number: Mapped[int]
    line: Mapped[int]
    cells: Mapped[list[str]] = mapped_column(JsonColumn)
    action: Mapped[RowAction] = mapped_column(coded(RowAction))
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JsonColumn)
    target: Mapped[str | None] = mapped_column(Text)


class AnnexRow(AnnouncedRow, Base):
    """A row of a batch, with the drafts that came of it."""

    __tablename__ = "annex_row"
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    drafts: Mapped[list[str]] = mapped_column(JsonColumn)
    __table_args__ = (Index(None, "batch_id", "table_number", "line"),)


class RememberedHeading(Base):
    """What a heading of an issuer's tables was last said to mean; nothing is a column that is not read."""

    __tablename__ = "remembered_heading"
    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[Issuer] = mapped_column(coded(Issuer))
    annex_kind: Mapped[AnnexKind] = mapped_column(coded(AnnexKind))
    heading: Mapped[str] = mapped_column(String(100))
    field: Mapped[AnnexField | None] = mapped_column(coded(AnnexField))
    remembered_at: Mapped[MomentColumn]
    remembered_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    __table_args__ = (UniqueConstraint("issuer", "annex_kind", "heading"),)


class AnnexPreparation(Identified, Base):
    """An annex that somebody prepares to import: what was stated of it, how it is read, how it looked last.

    `tables` holds what the reader found, without the rows, which are read again from the kept file. It is open
    until it became a batch or was given up.
    """

    __tablename__ = "annex_preparation"
    file_name: Mapped[NameColumn]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    encoding: Mapped[str] = mapped_column(String(20))
    tables: Mapped[list[dict[str, Any]]] = mapped_column(JsonColumn)
    warnings: Mapped[list[list[str]]] = mapped_column(JsonColumn)
    facts: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    choices: Mapped[list[dict[str, Any] | None]] = mapped_column(JsonColumn)
    preview: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)
    has_problems: Mapped[bool] = mapped_column(default=False)
    begun_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    begun_at: Mapped[MomentColumn]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), unique=True)
    given_up_at: Mapped[MomentColumn | None]


class PreviewedRow(AnnouncedRow, Base):
    """A row of an annex that is being prepared, as it looked when it was last previewed."""

    __tablename__ = "previewed_row"
    preparation_id: Mapped[int] = mapped_column(ForeignKey("annex_preparation.id"))
    __table_args__ = (Index(None, "preparation_id", "table_number", "line"),)


class AnnexErrand(Identified, Base):
    """Something long that a person asked for, which the worker does in their name.

    It is done in one transaction with the note that it is done; `refusal` says why the register would not. `editions`:
    of a batch that is to be applied, which editions of its drafts were looked at; `put_off`: how often the register
    could not be written.
    """

    __tablename__ = "annex_errand"
    kind: Mapped[ErrandKind] = mapped_column(coded(ErrandKind))
    preparation_id: Mapped[int | None] = mapped_column(ForeignKey("annex_preparation.id"), index=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    only_valid: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[NoteColumn | None]
    editions: Mapped[str | None] = mapped_column(String(64))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    asked_at: Mapped[MomentColumn]
    crashes: Mapped[int] = mapped_column(default=0)
    put_off: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[MomentColumn | None] = mapped_column(index=True)
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)
    result: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)
    __table_args__ = (
        CheckConstraint("(preparation_id IS NULL) <> (batch_id IS NULL)", name="about_one_thing"),
    )
