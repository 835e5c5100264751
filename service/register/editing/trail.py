"""One writer at a time, and one row of the audit trail for each act on a draft."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import StaleVersion
from service.register import auditing
from service.register.editing.bases import chunks
from service.register.models import AuditEvent, RegistryState, Revision, StaffUser

DRAFT: Final = "draft"
"""What the trail calls a draft; its rows carry the draft's own identifier, those of a publication the record's."""
EDITED: Final = "edited"


def lock_registry(session: Session) -> RegistryState:
    """Return the registry's one row, locked until the transaction ends: publications come one after another."""
    state = session.scalars(select(RegistryState).where(RegistryState.id == 1).with_for_update()).first()
    if state is None:
        state = RegistryState(id=1, revision_number=0, audit_sequence=0, audit_hash=auditing.GENESIS)
        session.add(state)
        session.flush()
    return state


def lock_drafts(session: Session, drafts: Sequence[Revision]) -> RegistryState:
    """Return the locked registry, the drafts being what they were when they were read.

    They were read before the lock was ours: on PostgreSQL somebody may have edited or decided them since.

    Raises:
        StaleVersion: so.
    """
    state = lock_registry(session)
    session.flush()  # what this very transaction did to the drafts is no surprise
    known = {draft.ulid: draft for draft in drafts}
    columns = select(Revision.ulid, Revision.edition, Revision.state)
    for chunk in chunks(list(known)):
        for ulid, edition, now in session.execute(columns.where(Revision.ulid.in_(chunk))):
            if (edition, now) != (known[ulid].edition, known[ulid].state):
                raise StaleVersion(ulid, known[ulid].edition, edition)
    return state


@dataclass(frozen=True, slots=True)
class DraftAct:
    """What was done to a draft: the act, the fields it changed, and why."""

    act: str
    draft: Revision
    changes: dict[str, list[Any]] | None = None
    reason: str | None = None


def record(
    session: Session, state: RegistryState, acts: Iterable[DraftAct], *, by: StaffUser, at: datetime
) -> None:
    """Add one row for each act to the audit trail."""
    rows = [auditing.Act(each.act, DRAFT, each.draft.ulid, each.changes or {}, each.reason) for each in acts]
    auditing.append(session, state, rows, at=at, actor_id=by.id)


def payload_at(session: Session, draft: Revision, edition: int) -> dict[str, Any]:
    """Return what a draft said at an earlier edition: its edits of the trail undone, the latest first."""
    payload = dict(draft.payload)
    edits = (
        select(AuditEvent.changes)
        .where(
            AuditEvent.record_kind == DRAFT, AuditEvent.record_ulid == draft.ulid, AuditEvent.act == EDITED
        )
        .order_by(AuditEvent.sequence.desc())
        .limit(max(draft.edition - edition, 0))
    )
    for changes in session.scalars(edits):
        for name, (before, _) in changes.items():
            payload[name] = before
    return {name: value for name, value in payload.items() if value is not None}


def writers_of(session: Session, drafts: Sequence[Revision]) -> dict[str, set[int]]:
    """Return, by draft, the accounts that ever wrote in it: whoever did cannot be the second pair of eyes."""
    found = {draft.ulid: {draft.edited_by_id} for draft in drafts}
    edited = [draft.ulid for draft in drafts if draft.edition > 1]
    for chunk in chunks(edited):
        statement = select(AuditEvent.record_ulid, AuditEvent.actor_id).where(
            AuditEvent.record_kind == DRAFT, AuditEvent.record_ulid.in_(chunk), AuditEvent.act.in_(_WRITING)
        )
        for ulid, actor in session.execute(statement):
            if actor is not None:
                found[ulid].add(actor)
    return found


_WRITING: Final = ("drafted", EDITED)
