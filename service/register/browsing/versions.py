"""What the public was shown of a record, version by version, and who stood behind each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from service.calendar import china_date
from service.errors import RecordNotFound
from service.register import editing
from service.register.browsing.finding import DeskDraft, draft_of, drafts_with_people
from service.register.models import Revision
from service.vocabulary import ChangeKind, DraftState, RecordKind


@dataclass(frozen=True, slots=True)
class Version:
    """One published version of a record, what it replaced, and what kind of change it was."""

    number: int
    published: DeskDraft
    before: Mapping[str, Any]
    change: ChangeKind

    @property
    def day(self) -> date:
        """The China day on which it became public."""
        moment = self.published.draft.decided_at
        assert moment is not None  # noqa: S101  (published)
        return china_date(moment)


def versions_of(session: Session, kind: RecordKind, ulid: str) -> Sequence[Version]:
    """Return the versions of a record, the newest first.

    Raises:
        RecordNotFound: nothing of it was ever published.
    """
    wanted = (
        Revision.record_kind == kind,
        Revision.record_ulid == ulid,
        Revision.state == DraftState.PUBLISHED,
    )
    rows = session.execute(drafts_with_people().where(*wanted).order_by(Revision.base_version, Revision.id))
    found: list[Version] = []
    before: Mapping[str, Any] = {}
    for each in map(draft_of, rows):
        draft = each.draft
        change = editing.change_kind(kind, dict(before), draft.payload, is_correction=draft.is_correction)
        found.append(Version(draft.base_version + 1, each, before, change))
        before = draft.payload
    if not found:
        raise RecordNotFound(kind.value, ulid)
    return found[::-1]


def shown_on(versions: Sequence[Version], day: date) -> Version | None:
    """Return the version that was public at the end of the China day, or None before the first."""
    return next((each for each in versions if each.day <= day), None)
