"""Who does what with a batch, and when; and the batches as they are found again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from service.errors import RecordNotFound, UploadRefused
from service.identifiers import AnnouncementNumber
from service.register.models import AnnexBatch, ImportBatch, Revision, StaffUser
from service.vocabulary import BatchState, DraftState, Issuer

Progress = Callable[[int, int], None]
_Wanted = Select[ImportBatch, AnnexBatch, StaffUser]


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
    by: StaffUser
    undone_by: str | None = None
    last_undo: str | None = None
    """The batch that undoes it or was to undo it, whether or not it was applied."""

    @property
    def printed_number(self) -> str:
        """The announcement's number as it is printed."""
        return AnnouncementNumber.parse(self.annex.number).printed


@dataclass(frozen=True, slots=True)
class BatchPage:
    """A page of a list of batches, and how many the whole list has."""

    total: int
    batches: Sequence[Batch]


def list_batches(
    session: Session, *, issuer: Issuer | None = None, q: str = "", start: int = 0, limit: int = 50
) -> BatchPage:
    """Return batches of annexes, newest first; `q` is part of a number or of a file's name."""
    wanted = _batches_and_annexes()
    if issuer is not None:
        wanted = wanted.where(AnnexBatch.issuer == issuer)
    if q:
        wanted = wanted.where(
            or_(
                AnnexBatch.number.contains(q, autoescape=True),
                ImportBatch.file_name.contains(q, autoescape=True),
            )
        )
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    shown = wanted.order_by(ImportBatch.id.desc()).offset(start).limit(limit)
    return BatchPage(total, _batches(session, shown))


def _batches_and_annexes() -> _Wanted:
    return (
        select(ImportBatch, AnnexBatch, StaffUser)
        .join(AnnexBatch, AnnexBatch.batch_id == ImportBatch.id)
        .join(StaffUser, StaffUser.id == ImportBatch.imported_by_id)
    )


def find_batch(session: Session, ulid: str) -> Batch:
    """Return the batch with this identifier.

    Raises:
        RecordNotFound: there is none.
    """
    found = _batches(session, _batches_and_annexes().where(ImportBatch.ulid == ulid))
    if not found:
        raise RecordNotFound("import_batch", ulid)
    return found[0]


def batch_of(session: Session, draft: Revision) -> str | None:
    """Return the identifier of the annex's batch that a draft belongs to, if it does to one."""
    return session.scalar(
        select(ImportBatch.ulid)
        .join(AnnexBatch, AnnexBatch.batch_id == ImportBatch.id)
        .where(ImportBatch.id == draft.batch_id)
    )


def demand_single(session: Session, drafts: Sequence[Revision]) -> None:
    """Refuse a draft of a batch where drafts are decided one by one.

    What one row brings stands in several drafts, and undoing a batch is undoing all of it: one of them decided
    alone leaves half a row, or half of what was undone, on the register. Whoever may write drafts of its kind may
    still take it back, and then the batch waits for it.

    It is for the desk's page of one draft to ask this. `editing.publish` lies below and publishes batches as well;
    the command line decides drafts of areas alone, and no annex brings an area.

    Raises:
        UploadRefused: part_of_batch.
    """
    if any(batch_of(session, draft) is not None for draft in drafts):
        raise UploadRefused("part_of_batch")


def batches_of(session: Session, sha256: str) -> list[Batch]:
    """Return the batches that came of this very file and stand or wait, the newest first."""
    wanted = _batches_and_annexes().where(ImportBatch.sha256 == sha256, AnnexBatch.undoes_id.is_(None))
    found = _batches(session, wanted.order_by(ImportBatch.id.desc()))
    return [batch for batch in found if batch.state not in {BatchState.RETURNED, BatchState.UNDONE}]


def waiting_for(session: Session, sha256: str) -> list[Batch]:
    """Return the batches of this very file that wait for review."""
    return [batch for batch in batches_of(session, sha256) if batch.state is BatchState.IN_REVIEW]


def _batches(session: Session, wanted: _Wanted) -> list[Batch]:
    rows = session.execute(wanted).all()
    ids = [file.id for file, _, _ in rows]
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
    for file, annex, by in rows:
        batch_id, ulid = undone.get(file.id, (0, None))
        is_undone = set(counts.get(batch_id, {})) == {DraftState.PUBLISHED}
        drafts = counts.get(file.id, {})
        state = BatchState.UNDONE if is_undone else _state(drafts)
        found.append(Batch(file, annex, state, drafts, by, ulid if is_undone else None, ulid))
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
