"""Who does what with a batch, and when; and the batches as they are found again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from service.errors import RecordNotFound
from service.register.models import AnnexBatch, ImportBatch, Revision, StaffUser
from service.vocabulary import BatchState, DraftState

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Desk:
    """One member of staff at work on batches: the transaction, the moment, where files are kept, and who watches."""

    session: Session
    by: StaffUser
    at: datetime
    documents_dir: Path
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch with its state: what was imported, and what was stated of it."""

    file: ImportBatch
    annex: AnnexBatch
    state: BatchState
    drafts: dict[DraftState, int]
    undone_by: str | None = None


def list_batches(session: Session, limit: int = 50) -> list[Batch]:
    """Return the latest batches of annexes, newest first."""
    rows = session.execute(
        select(ImportBatch, AnnexBatch)
        .join(AnnexBatch, AnnexBatch.batch_id == ImportBatch.id)
        .order_by(ImportBatch.id.desc())
        .limit(limit)
    ).all()
    return _batches(session, [(file, annex) for file, annex in rows])


def find_batch(session: Session, ulid: str) -> Batch:
    """Return the batch with this identifier.

    Raises:
        RecordNotFound: there is none.
    """
    row = session.execute(
        select(ImportBatch, AnnexBatch)
        .join(AnnexBatch, AnnexBatch.batch_id == ImportBatch.id)
        .where(ImportBatch.ulid == ulid)
    ).one_or_none()
    if row is None:
        raise RecordNotFound("import_batch", ulid)
    return _batches(session, [(row[0], row[1])])[0]


def waiting_for(session: Session, sha256: str) -> list[Batch]:
    """Return the batches of this very file that wait for review."""
    rows = session.execute(
        select(ImportBatch, AnnexBatch)
        .join(AnnexBatch, AnnexBatch.batch_id == ImportBatch.id)
        .where(ImportBatch.sha256 == sha256)
    ).all()
    found = _batches(session, [(file, annex) for file, annex in rows])
    return [batch for batch in found if batch.state is BatchState.IN_REVIEW]


def _batches(session: Session, rows: Sequence[tuple[ImportBatch, AnnexBatch]]) -> list[Batch]:
    ids = [file.id for file, _ in rows]
    undoing = aliased(ImportBatch)
    undone = {
        original: (batch_id, ulid)
        for original, batch_id, ulid in session.execute(
            select(AnnexBatch.undoes_id, AnnexBatch.batch_id, undoing.ulid)
            .join(undoing, undoing.id == AnnexBatch.batch_id)
            .where(AnnexBatch.undoes_id.in_(ids))
            .order_by(AnnexBatch.id)
        )
    }
    counts = _counts(session, [*ids, *(batch_id for batch_id, _ in undone.values())])
    found = []
    for file, annex in rows:
        batch_id, ulid = undone.get(file.id, (0, None))
        is_undone = set(counts.get(batch_id, {})) == {DraftState.PUBLISHED}
        drafts = counts.get(file.id, {})
        state = BatchState.UNDONE if is_undone else _state(drafts)
        found.append(Batch(file, annex, state, drafts, ulid if is_undone else None))
    return found


def _counts(session: Session, ids: Sequence[int]) -> dict[int, dict[DraftState, int]]:
    counted: dict[int, dict[DraftState, int]] = {}
    rows = (
        select(Revision.batch_id, Revision.state, func.count())
        .where(Revision.batch_id.in_(ids))
        .group_by(Revision.batch_id, Revision.state)
    )
    for batch_id, state, number in session.execute(rows):
        counted.setdefault(batch_id or 0, {})[state] = number
    return counted


def _state(drafts: dict[DraftState, int]) -> BatchState:
    states = set(drafts)
    if states & {DraftState.IN_REVIEW, DraftState.DRAFT}:
        return BatchState.IN_REVIEW
    if states == {DraftState.PUBLISHED}:
        return BatchState.APPLIED
    return BatchState.PARTLY_APPLIED if DraftState.PUBLISHED in states else BatchState.RETURNED
