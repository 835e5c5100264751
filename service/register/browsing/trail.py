"""The audit trail as it is searched: newest first, by what was done, on what, by whom and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from service.calendar import CHINA
from service.register.models import AuditEvent, StaffUser

_AT_ONCE: Final = 1000
MOST_COUNTED: Final = 10_000
"""Counting stops here: the trail has millions of rows, and nobody needs to know how many match."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailQuestion:
    """What is looked for; `since` and `until` are China days, both included; `record` a permanent identifier."""

    act: str = ""
    kind: str = ""
    login: str = ""
    record: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One row of the trail with the name of who acted; nobody's is of the system or of who is not signed in."""

    event: AuditEvent
    actor: str | None


@dataclass(frozen=True, slots=True)
class TrailPage:
    """A page of rows, how many match (`MOST_COUNTED` + 1: more than can be counted), and where the next begins."""

    rows: Sequence[TrailRow]
    total: int
    next: int | None


def search_trail(session: Session, question: TrailQuestion, *, before: int | None, limit: int) -> TrailPage:
    """Return the rows below a sequence number, the newest first."""
    wanted = _conditions(question)
    counted = select(AuditEvent.sequence).where(*wanted).limit(MOST_COUNTED + 1).subquery()
    total = session.scalar(select(func.count()).select_from(counted)) or 0
    rows = _read(session, wanted, before, limit + 1)
    following = rows[limit - 1].event.sequence if len(rows) > limit else None
    return TrailPage(rows[:limit], total, following)


def all_rows(session: Session, question: TrailQuestion) -> Iterator[TrailRow]:
    """Yield every row that matches, the newest first."""
    wanted = _conditions(question)
    before: int | None = None
    while rows := _read(session, wanted, before, _AT_ONCE):
        yield from rows
        before = rows[-1].event.sequence
        session.expunge_all()  # a million rows are read, not held


def _conditions(question: TrailQuestion) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if question.act:
        found.append(AuditEvent.act == question.act)
    if question.kind:
        found.append(AuditEvent.record_kind == question.kind)
    if question.login:
        found.append(AuditEvent.actor_id.in_(select(StaffUser.id).where(StaffUser.login == question.login)))
    if question.record:
        found.append(AuditEvent.record_ulid == question.record)
    if question.since:
        found.append(AuditEvent.at >= _midnight(question.since))
    if question.until:
        found.append(AuditEvent.at < _midnight(question.until + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)


def _read(
    session: Session, wanted: Sequence[ColumnElement[bool]], before: int | None, limit: int
) -> list[TrailRow]:
    statement = select(AuditEvent, StaffUser.display_name).outerjoin(
        StaffUser, StaffUser.id == AuditEvent.actor_id
    )
    if before is not None:
        statement = statement.where(AuditEvent.sequence < before)
    found = session.execute(statement.where(*wanted).order_by(AuditEvent.sequence.desc()).limit(limit))
    return [TrailRow(event, actor) for event, actor in found]
