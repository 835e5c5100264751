"""Imports that wait for somebody: batches to review, and annexes and batches with problems."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from service.calendar import china_date
from service.identifiers import AnnouncementNumber
from service.register.lookups.batch_hands import without_hand
from service.register.models import (
    AnnexBatch,
    AnnexPreparation,
    ImportBatch,
    Revision,
    StaffUser,
)
from service.register.work_list.shapes import Asker, Found, Item, Narrowed, page
from service.vocabulary import (
    DraftState,
    Issuer,
)


def batches_to_review(session: Session, asker: Asker, narrowed: Narrowed, start: int, limit: int) -> Found:
    """Return the batches that others brought and handed over."""
    del narrowed
    waits = exists().where(
        Revision.batch_id == ImportBatch.id, Revision.state.in_((DraftState.IN_REVIEW, DraftState.DRAFT))
    )
    return _read_batches(session, [waits, *without_hand(asker.user.person)], start, limit)


def _read_batches(session: Session, wanted: Sequence[ColumnElement[bool]], start: int, limit: int) -> Found:
    found = (
        select(ImportBatch, AnnexBatch)
        .join(AnnexBatch, AnnexBatch.batch_id == ImportBatch.id)
        .join(StaffUser, StaffUser.id == ImportBatch.imported_by_id)
        .where(*wanted)
    )
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = session.execute(found.order_by(ImportBatch.id).offset(start).limit(limit)) if limit else ()
    return Found(total, [_batch_item(file, annex) for file, annex in rows])


def _batch_item(file: ImportBatch, annex: AnnexBatch) -> Item:
    return Item(
        kind=annex.issuer,
        name=AnnouncementNumber.parse(annex.number).printed,
        day=china_date(file.imported_at),
        path=f"/staff/imports/batches/{file.ulid}",
        note=annex.undo_reason or annex.override_reason or file.file_name,
    )


def imports_to_mend(session: Session, asker: Asker, narrowed: Narrowed, start: int, limit: int) -> Found:
    """Return one's own imports that cannot be handed over as they are, and batches of which something came back."""
    del narrowed
    unfinished = select(AnnexPreparation).where(
        AnnexPreparation.has_problems,
        AnnexPreparation.batch_id.is_(None),
        AnnexPreparation.begun_by_id == asker.user.id,
    )
    total = session.scalar(select(func.count()).select_from(unfinished.subquery())) or 0
    items = [
        Item(
            kind=Issuer(each.facts["issuer"]),
            name=str(each.facts["number"]),
            day=china_date(each.begun_at),
            path=f"/staff/imports/{each.ulid}",
            note=each.file_name,
        )
        for each in page(session, unfinished.order_by(AnnexPreparation.id), start, limit)
    ]
    came_back = exists().where(Revision.batch_id == ImportBatch.id, Revision.state == DraftState.RETURNED)
    batches = _read_batches(
        session,
        [came_back, ImportBatch.imported_by_id == asker.user.id],
        max(start - total, 0),
        limit - len(items),
    )
    return Found(total + batches.total, [*items, *batches.items])
