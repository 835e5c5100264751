"""Trying a publication without publishing: what would be refused, draft by draft; nothing of it stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.errors import RegisterError
from service.register.applying import APPLY, Publication
from service.register.editing.publishing import looked_up_ahead
from service.register.models import RegistryState, Revision
from service.register.payloads import PAYLOADS
from service.register.references import References
from service.vocabulary import DraftState


@dataclass(frozen=True, slots=True)
class Refusal:
    """A draft that publishing would refuse, and why."""

    draft: str
    record_kind: str
    record_key: str
    error: RegisterError | IntegrityError


def drafts_of(session: Session, batch_id: int, state: DraftState = DraftState.IN_REVIEW) -> list[Revision]:
    """Return the drafts of a batch in a state, in the order in which they were made."""
    statement = select(Revision).where(Revision.batch_id == batch_id, Revision.state == state)
    return list(session.scalars(statement.order_by(Revision.id)))


def rehearse(session: Session, batch_id: int, at: datetime) -> list[Refusal]:
    """Return the drafts of a batch that publishing would refuse now, each with its reason.

    First all together; only when something is refused, one by one, so that all that is wrong is told at once.
    """
    drafts = drafts_of(session, batch_id)
    return [] if _all_would_pass(session, drafts, at) else _refusals(session, drafts, at)


def _all_would_pass(session: Session, drafts: Sequence[Revision], at: datetime) -> bool:
    trial = session.begin_nested()
    publication = _publication(session, at)
    try:
        for draft in looked_up_ahead(publication.references, drafts):
            _apply(publication, draft)
        session.flush()
    except (RegisterError, IntegrityError):
        return False
    finally:
        trial.rollback()
    return True


def _refusals(session: Session, drafts: Sequence[Revision], at: datetime) -> list[Refusal]:
    trial = session.begin_nested()
    publication = _publication(session, at)
    found = []
    try:
        for draft in drafts:
            # Kept apart from what may be rolled back: its row is remembered for the drafts that follow.
            publication.references.source(PAYLOADS[draft.record_kind].model_validate(draft.payload))
            try:
                with session.begin_nested():
                    _apply(publication, draft)
            except (RegisterError, IntegrityError) as error:
                found.append(Refusal(draft.ulid, draft.record_kind.value, draft.record_key, error))
    finally:
        trial.rollback()
    return found


def _publication(session: Session, at: datetime) -> Publication:
    number = session.scalar(select(RegistryState.revision_number)) or 0
    return Publication(session, number + 1, at, References(session))


def _apply(publication: Publication, draft: Revision) -> None:
    payload = PAYLOADS[draft.record_kind].model_validate(draft.payload)
    APPLY[draft.record_kind](publication, payload, draft.record_ulid, draft.base_version)
