"""Drafts in a list: those that wait for a second person, and those that anybody may want to look up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from service.register.browsing.finding import DeskDraft, draft_of, drafts_with_people
from service.register.models import Revision, StaffUser
from service.vocabulary import DraftState, RecordKind

LISTED: Final = (DraftState.IN_REVIEW, DraftState.RETURNED, DraftState.DRAFT, DraftState.DISCARDED)
"""The states by which drafts can be listed; published ones stand in the history of their record."""


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A page of drafts, and how many the whole list has."""

    total: int
    drafts: Sequence[DeskDraft]


def list_drafts(
    session: Session,
    *,
    kinds: Sequence[RecordKind],
    state: DraftState,
    apart_from: StaffUser | None,
    start: int,
    limit: int,
) -> DraftPage:
    """Return a page of the drafts of these kinds in a state, the longest waiting first.

    `apart_from`: leave out what this person handed over or wrote, by whichever of their accounts.
    """
    wanted: list[ColumnElement[bool]] = [Revision.record_kind.in_(kinds), Revision.state == state]
    if apart_from is not None:
        own_accounts = select(StaffUser.id).where(StaffUser.person == apart_from.person)
        wanted += [
            func.coalesce(Revision.submitted_person, "") != apart_from.person,
            Revision.edited_by_id.not_in(own_accounts),
        ]
    total = session.scalar(select(func.count()).select_from(Revision).where(*wanted)) or 0
    statement = drafts_with_people().where(*wanted).order_by(Revision.id).offset(start).limit(limit)
    return DraftPage(total, [draft_of(row) for row in session.execute(statement)])
