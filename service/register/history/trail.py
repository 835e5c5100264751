"""The audit trail as auditors search it: by record, person, act and period, the newest first, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select, tuple_
from sqlalchemy.orm import Session

from service.errors import BadCursor
from service.register.editing.trail import DRAFT
from service.register.models import AuditEvent, Revision, StaffUser
from service.vocabulary import RecordKind


@dataclass(frozen=True, slots=True)
class TrailQuery:
    """What is looked for; what is not said does not limit. The period is half-open.

    A record's rows are those of its publications and of every draft of it.
    """

    record: tuple[RecordKind, str] | None = None
    subject: tuple[str, str] | None = None
    """Anything that is no record, by what the trail calls it and its identifier: an account, a lead."""
    actor: str | None = None
    """A login."""
    act: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One act: who did what to which record, when and why; a draft's rows name the record it is of."""

    sequence: int
    at: datetime
    actor: str | None
    act: str
    kind: str
    ulid: str
    record: tuple[RecordKind, str] | None
    revision_number: int | None
    changes: dict[str, list[Any]]
    reason: str | None


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Rows, and the number of the last one where older ones follow: the next page is `before` it."""

    rows: tuple[TrailRow, ...]
    next: int | None


MOST_ROWS: Final = 200


def search_trail(
    session: Session, query: TrailQuery, *, before: int | None = None, limit: int = 50
) -> TrailPage:
    """Return a page of the trail, the newest rows first; it stays where it is while rows are added.

    Raises:
        BadCursor: there is no row of that number to go on from.
    """
    limit = min(limit, MOST_ROWS)
    conditions = _conditions(session, query)
    if before is not None:
        conditions.append(tuple_(AuditEvent.at, AuditEvent.sequence) < _place(session, before))
    statement = (
        select(AuditEvent, StaffUser.login)
        .outerjoin(StaffUser, StaffUser.id == AuditEvent.actor_id)
        .where(*conditions)
        .order_by(AuditEvent.at.desc(), AuditEvent.sequence.desc())
        .limit(limit + 1)
    )
    found = session.execute(statement).all()
    drafts = _drafts(session, [event.record_ulid for event, _ in found if event.record_kind == DRAFT])
    rows = tuple(_row(event, login, drafts) for event, login in found[:limit])
    return TrailPage(rows, rows[-1].sequence if len(found) > limit else None)


def _conditions(session: Session, query: TrailQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.record is not None:
        found.append(_of_record(session, *query.record))
    if query.subject is not None:
        kind, ulid = query.subject
        found.append(and_(AuditEvent.record_kind == kind, AuditEvent.record_ulid == ulid))
    if query.actor is not None:
        actor = select(StaffUser.id).where(StaffUser.login == query.actor).scalar_subquery()
        found.append(AuditEvent.actor_id == actor)
    if query.act is not None:
        found.append(AuditEvent.act == query.act)
    if query.since is not None:
        found.append(AuditEvent.at >= query.since)
    if query.until is not None:
        found.append(AuditEvent.at < query.until)
    return found


def _of_record(session: Session, kind: RecordKind, ulid: str) -> ColumnElement[bool]:
    drafts = session.scalars(
        select(Revision.ulid).where(Revision.record_kind == kind, Revision.record_ulid == ulid)
    ).all()
    subjects = [(kind.value, ulid), *((DRAFT, draft) for draft in drafts)]
    # Each pair said in full: so SQLite finds the rows by their index, whatever the order asked for.
    return or_(
        *(and_(AuditEvent.record_kind == kind_, AuditEvent.record_ulid == ulid_) for kind_, ulid_ in subjects)
    )


def _place(session: Session, sequence: int) -> Any:
    is_number = 0 < sequence < 2**31  # as large as the column: PostgreSQL does not even compare a larger one
    at = session.scalar(select(AuditEvent.at).where(AuditEvent.sequence == sequence)) if is_number else None
    if at is None:
        raise BadCursor
    return tuple_(at, sequence, types=(AuditEvent.at.type, AuditEvent.sequence.type))


def _drafts(session: Session, ulids: list[str]) -> dict[str, tuple[RecordKind, str]]:
    statement = select(Revision.ulid, Revision.record_kind, Revision.record_ulid).where(
        Revision.ulid.in_(ulids)
    )
    rows = session.execute(statement) if ulids else ()
    return {ulid: (kind, record) for ulid, kind, record in rows}


_KINDS: Final = frozenset(kind.value for kind in RecordKind)


def _row(event: AuditEvent, login: str | None, drafts: dict[str, tuple[RecordKind, str]]) -> TrailRow:
    record = drafts.get(event.record_ulid) if event.record_kind == DRAFT else None
    if event.record_kind in _KINDS:
        record = RecordKind(event.record_kind), event.record_ulid
    return TrailRow(
        event.sequence,
        event.at,
        login,
        event.act,
        event.record_kind,
        event.record_ulid,
        record,
        event.revision_number,
        event.changes,
        event.reason,
    )
