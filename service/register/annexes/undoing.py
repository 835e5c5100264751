"""Undoing a batch: the drafts that restore what the public saw before, for a second person to apply.

Nothing is erased. Events are voided by later entries, records that the batch made are withdrawn with the reason,
records that it changed get their earlier content back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.calendar import china_date
from service.errors import UndoRefused, UploadRefused
from service.register import editing
from service.register.annexes.depending import dependents_of
from service.register.annexes.desk import Batch, Desk, find_batch
from service.register.annexes.drafting import save_records
from service.register.annexes.previewing import Place
from service.register.annexes.rehearsing import drafts_of
from service.register.models import AnnexBatch, AuthorisationEvent, ImportBatch, Revision
from service.register.payloads import PAYLOADS, AuthorisationEventPayload, Payload
from service.register.rights import demand
from service.vocabulary import (
    AuthorisationEventKind,
    BatchState,
    DraftState,
    RecordKind,
    RowAction,
    StaffAct,
    Withdrawal,
)

_SOURCE = ("source", "source_level", "source_url", "source_locator", "source_document", "is_demonstration")
_APPLIED = frozenset({BatchState.APPLIED, BatchState.PARTLY_APPLIED})
_CHUNK = 500


def draft_undo(desk: Desk, ulid: str, reason: str) -> ImportBatch:
    """Return a batch in review that undoes another: when it is applied, the public sees what it saw before (I-14).

    Raises:
        UploadRefused: not_applied, already_undone.
        UndoRefused: later entries rest on the batch; all are named.
        NotPermitted: the member of staff may not.
    """
    demand(desk.session, desk.by, StaffAct.IMPORT)
    editing.lock_registry(desk.session)  # nothing may come to rest on it between the look and the draft
    batch = find_batch(desk.session, ulid)
    _demand_applied(desk.session, batch)
    found = dependents_of(desk.session, batch.file.id)
    if found:
        raise UndoRefused(ulid, found)
    why = f"撤销导入批次 {ulid}：{reason.strip()}"
    records, bases = _restored(desk, drafts_of(desk.session, batch.file.id, DraftState.PUBLISHED), why)
    undo = _batch(desk, batch, len(records), reason.strip())
    save_records(desk, undo.id, records, bases, note=why, backwards=True)
    return undo


def _demand_applied(session: Session, batch: Batch) -> None:
    if batch.state is BatchState.UNDONE:
        raise UploadRefused("already_undone")
    if batch.state not in _APPLIED or batch.annex.undoes_id is not None:
        raise UploadRefused("not_applied", batch.state.zh)
    undoing = session.scalars(
        select(ImportBatch.ulid)
        .join(AnnexBatch, AnnexBatch.batch_id == ImportBatch.id)
        .where(AnnexBatch.undoes_id == batch.file.id)
    )
    if any(find_batch(session, ulid).state is BatchState.IN_REVIEW for ulid in undoing):
        raise UploadRefused("already_undone")


def _restored(
    desk: Desk, drafts: Sequence[Revision], why: str
) -> tuple[dict[Place, Payload], dict[Place, editing.Base]]:
    """Return each record as it was before the batch, with what it starts from."""
    records: dict[Place, Payload] = {}
    bases: dict[Place, editing.Base] = {}
    events = _event_places(desk.session, drafts)
    earlier = _earlier(desk.session, drafts)
    for draft in drafts:
        if draft.record_kind is RecordKind.AUTHORISATION_EVENT:
            code, sequence = events[draft.record_ulid]
            _add(records, _void(desk, draft, code, sequence, why))
            continue
        if draft.record_kind is RecordKind.AUTHORISATION and not draft.base_version:
            _add(records, _void(desk, draft, str(draft.payload["code"]), 1, why))
        before = earlier.get(draft.record_ulid)
        gone = {**draft.payload, "withdrawal": Withdrawal.GONE, "withdrawal_reason": why}
        payload = PAYLOADS[draft.record_kind].model_validate(before or gone)
        place = _add(records, payload)
        bases[place] = editing.Base(draft.record_ulid, draft.base_version + 1, draft.payload)
    return records, bases


def _add(records: dict[Place, Payload], payload: Payload) -> Place:
    place = payload.kind, payload.key()
    records[place] = payload
    return place


def _void(desk: Desk, draft: Revision, code: str, sequence: int, why: str) -> Payload:
    sourced = {name: draft.payload[name] for name in _SOURCE if name in draft.payload}
    return AuthorisationEventPayload.model_validate(
        {
            **sourced,
            "authorisation": code,
            "event": AuthorisationEventKind.ENTRY_VOIDED,
            "effective_on": china_date(desk.at),
            "voided_sequence": sequence,
            "note": why,
        }
    )


def _event_places(session: Session, drafts: Sequence[Revision]) -> dict[str, tuple[str, int]]:
    """Return, by identifier, the authorisation and the sequence number of each event that the batch added."""
    by_ulid = {
        draft.record_ulid: str(draft.payload["authorisation"])
        for draft in drafts
        if draft.record_kind is RecordKind.AUTHORISATION_EVENT
    }
    ulids = list(by_ulid)
    found: dict[str, tuple[str, int]] = {}
    for start in range(0, len(ulids), _CHUNK):
        rows = select(AuthorisationEvent.ulid, AuthorisationEvent.sequence).where(
            AuthorisationEvent.ulid.in_(ulids[start : start + _CHUNK])
        )
        found |= {ulid: (by_ulid[ulid], sequence) for ulid, sequence in session.execute(rows)}
    return found


def _earlier(session: Session, drafts: Sequence[Revision]) -> dict[str, dict[str, Any]]:
    """Return the payload that each changed record had before the batch, by the record's identifier."""
    changed = {draft.record_ulid: draft.base_version for draft in drafts if draft.base_version}
    ulids = list(changed)
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(ulids), _CHUNK):
        rows = select(Revision.record_ulid, Revision.base_version, Revision.payload).where(
            Revision.record_ulid.in_(ulids[start : start + _CHUNK]), Revision.state == DraftState.PUBLISHED
        )
        found |= {
            ulid: payload for ulid, version, payload in session.execute(rows) if version == changed[ulid] - 1
        }
    return found


def _batch(desk: Desk, undone: Batch, records: int, reason: str) -> ImportBatch:
    batch = ImportBatch(
        file_name=undone.file.file_name,
        sha256=undone.file.sha256,
        record_kind=RecordKind.AUTHORISATION,
        rows=undone.file.rows,
        created=0,
        updated=records,
        unchanged=0,
        imported_by_id=desk.by.id,
        imported_at=desk.at,
    )
    desk.session.add(batch)
    desk.session.flush()  # what belongs to it carries its key
    annex = undone.annex
    desk.session.add(
        AnnexBatch(
            batch_id=batch.id,
            undoes_id=undone.file.id,
            undo_reason=reason,
            issuer=annex.issuer,
            number=annex.number,
            declared_organisations=annex.declared_organisations,
            declared_products=annex.declared_products,
            found_rows=annex.found_rows,
            found_organisations=annex.found_organisations,
            found_products=annex.found_products,
            actions={RowAction.UPDATE.value: records},
            tables=[],
        )
    )
    return batch
