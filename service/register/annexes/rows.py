"""The rows of an annex as they are looked at: those of a preview and those of a batch, by table and by action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.register.models import AnnexPreparation, AnnexRow, ImportBatch, PreviewedRow
from service.vocabulary import RowAction


@dataclass(frozen=True, slots=True)
class RowPage:
    """A page of rows, and how many of them there are."""

    total: int
    rows: Sequence[PreviewedRow | AnnexRow]


def rows_of(
    session: Session,
    of: AnnexPreparation | ImportBatch,
    *,
    table: int,
    action: RowAction | None,
    start: int,
    limit: int,
) -> RowPage:
    """Return rows of one table in the order of their lines, those of one action where one is named."""
    model: Any = AnnexRow if isinstance(of, ImportBatch) else PreviewedRow
    owner = AnnexRow.batch_id if isinstance(of, ImportBatch) else PreviewedRow.preparation_id
    wanted = [owner == of.id, model.table_number == table, *([model.action == action] if action else [])]
    total = session.scalar(select(func.count()).select_from(model).where(*wanted)) or 0
    rows = session.scalars(
        select(model).where(*wanted).order_by(model.line, model.id).offset(start).limit(limit)
    )
    return RowPage(total, rows.all())


def count_rows(session: Session, of: AnnexPreparation | ImportBatch) -> dict[tuple[int, RowAction], int]:
    """Return how many rows of each table have each action."""
    model: Any = AnnexRow if isinstance(of, ImportBatch) else PreviewedRow
    owner = AnnexRow.batch_id if isinstance(of, ImportBatch) else PreviewedRow.preparation_id
    statement = (
        select(model.table_number, model.action, func.count())
        .where(owner == of.id)
        .group_by(model.table_number, model.action)
    )
    return {(table, action): number for table, action, number in session.execute(statement)}
