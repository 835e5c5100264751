"""Every version of a record: what changed, who wrote, handed over and approved it, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import RecordNotFound
from service.register.editing.bases import changes_between
from service.register.editing.changes import change_kind, note_of
from service.register.history.differences import FieldChange, StatedSource, differences, source_of
from service.register.models import Revision, StaffUser
from service.vocabulary import ChangeWeight, DraftState, RecordKind


@dataclass(frozen=True, slots=True)
class Version:
    """One published version of a record; people are named as their accounts are today."""

    number: int
    change: ChangeWeight
    changes: tuple[FieldChange, ...]
    note: str | None
    revision_number: int
    published_at: datetime
    edited_by: str
    submitted_by: str
    approved_by: str
    payload: dict[str, Any]


def versions_of(session: Session, kind: RecordKind, ulid: str) -> list[Version]:
    """Return the published versions of a record, the newest first.

    Raises:
        RecordNotFound: nothing was ever published of it.
    """
    drafts = published_drafts(session, kind, ulid)
    if not drafts:
        raise RecordNotFound(kind.value, ulid)
    people = _people(session, drafts)
    found: list[Version] = []
    before: dict[str, Any] = {}
    sources: dict[str, StatedSource] = {}
    for draft in drafts:
        found.append(_version(draft, before, sources, people))
        sources = sources_after(sources, before, draft.payload)
        before = draft.payload
    return found[::-1]


def published_drafts(session: Session, kind: RecordKind, ulid: str) -> list[Revision]:
    """Return the drafts of a record that were published, the first one first."""
    statement = select(Revision).where(
        Revision.record_kind == kind, Revision.record_ulid == ulid, Revision.state == DraftState.PUBLISHED
    )
    return list(session.scalars(statement.order_by(Revision.id)))


def sources_after(
    sources: dict[str, StatedSource], before: dict[str, Any], after: dict[str, Any]
) -> dict[str, StatedSource]:
    """Return the source that each field stands on after a version: its own where it changed, else the earlier one."""
    changed, own = changes_between(before, after), source_of(after)
    return {name: own if name in changed else sources.get(name, own) for name in after}


def _version(
    draft: Revision, before: dict[str, Any], sources: dict[str, StatedSource], people: dict[int | None, str]
) -> Version:
    if draft.decided_at is None or draft.revision_number is None:
        raise AssertionError("a published draft was decided")  # a constraint of the database says so
    return Version(
        draft.base_version + 1,
        change_kind(draft.record_kind, before, draft.payload, is_correction=draft.is_correction),
        differences(draft.record_kind, before, draft.payload, sources),
        note_of(draft),
        draft.revision_number,
        draft.decided_at,
        people[draft.edited_by_id],
        people.get(draft.submitted_by_id, ""),
        people.get(draft.decided_by_id, ""),
        draft.payload,
    )


def _people(session: Session, drafts: list[Revision]) -> dict[int | None, str]:
    keys = {key for each in drafts for key in (each.edited_by_id, each.submitted_by_id, each.decided_by_id)}
    rows = session.execute(
        select(StaffUser.id, StaffUser.display_name).where(
            StaffUser.id.in_(sorted(key for key in keys if key))
        )
    )
    return {row.id: row.display_name for row in rows}
