"""Annexes of announcements as batches: what was stated and found, each row, and what headings meant before."""

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
    NoteColumn,
    coded,
)
from service.vocabulary import AnnexField, AnnexKind, Issuer, RowAction


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


class AnnexRow(Base):
    """One announced row as it was read, and what it would do."""

    __tablename__ = "annex_row"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    table_number: Mapped[int]
    line: Mapped[int]
    cells: Mapped[list[str]] = mapped_column(JsonColumn)
    action: Mapped[RowAction] = mapped_column(coded(RowAction))
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JsonColumn)
    target: Mapped[str | None] = mapped_column(Text)
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
