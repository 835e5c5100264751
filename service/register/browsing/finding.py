"""One record with what is published of it and the drafts that wait to change it; one draft with its people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from service.errors import RecordNotFound
from service.register.models import Revision, StaffUser
from service.vocabulary import DraftState, RecordKind

OPEN: Final = (DraftState.DRAFT, DraftState.IN_REVIEW, DraftState.RETURNED)
"""The states of a draft that may still change its record."""


@dataclass(frozen=True, slots=True)
class DeskDraft:
    """A draft and the names of who wrote it (and the person behind it), handed it over and decided about it."""

    draft: Revision
    editor: str
    person: str
    submitter: str | None
    decider: str | None

    @property
    def name(self) -> str:
        """What people call its record."""
        return name_of(self.draft.payload, self.draft.record_key)


@dataclass(frozen=True, slots=True)
class DeskRecord:
    """A record: its last published version, if it has one, and its open drafts, the newest first."""

    kind: RecordKind
    ulid: str
    published: Revision | None
    drafts: tuple[DeskDraft, ...]

    @property
    def newest(self) -> Revision:
        """The last published version, or the draft of a record that is not published yet."""
        return self.published or self.drafts[0].draft

    @property
    def name(self) -> str:
        """What people call it."""
        return name_of(self.newest.payload, self.newest.record_key)

    @property
    def version(self) -> int:
        """The number of the published version; 0 before the first."""
        return self.published.base_version + 1 if self.published else 0


def name_of(payload: Mapping[str, Any], key: str) -> str:
    """Return what people call the record that a payload describes."""
    return str(payload.get("name") or payload.get("title") or key)


def find_record(session: Session, kind: RecordKind, ulid: str) -> DeskRecord:
    """Return the record with this permanent identifier.

    Raises:
        RecordNotFound: nothing of it was ever published, and no draft of it is open.
    """
    own = (Revision.record_kind == kind, Revision.record_ulid == ulid)
    published = session.scalars(
        select(Revision)
        .where(*own, Revision.state == DraftState.PUBLISHED)
        .order_by(Revision.id.desc())
        .limit(1)
    ).first()
    statement = drafts_with_people().where(*own, Revision.state.in_(OPEN)).order_by(Revision.id.desc())
    drafts = tuple(draft_of(row) for row in session.execute(statement))
    if published is None and not drafts:
        raise RecordNotFound(kind.value, ulid)
    return DeskRecord(kind, ulid, published, drafts)


def find_desk_draft(session: Session, ulid: str) -> DeskDraft:
    """Return the draft with this identifier, in whatever state.

    Raises:
        RecordNotFound: there is none.
    """
    row = session.execute(drafts_with_people().where(Revision.ulid == ulid)).one_or_none()
    if row is None:
        raise RecordNotFound("draft", ulid)
    return draft_of(row)


def draft_of(row: Row[Revision, str, str, str, str]) -> DeskDraft:
    """Return a row of `drafts_with_people` as a draft; whom an outer join did not find has no name."""
    draft, editor, person, submitter, decider = row
    return DeskDraft(draft, editor, person, submitter, decider)


def drafts_with_people() -> Select[Revision, str, str, str, str]:
    """Return the statement that reads drafts with the names of their people."""
    editor, submitter, decider = aliased(StaffUser), aliased(StaffUser), aliased(StaffUser)
    return (
        select(Revision, editor.display_name, editor.person, submitter.display_name, decider.display_name)
        .join(editor, editor.id == Revision.edited_by_id)
        .outerjoin(submitter, submitter.id == Revision.submitted_by_id)
        .outerjoin(decider, decider.id == Revision.decided_by_id)
    )
