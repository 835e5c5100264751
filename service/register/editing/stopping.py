"""Stopping a wrong: one person puts an authorisation under correction or deregisters it, public at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service.errors import TransitionNotAllowed
from service.register.editing import trail
from service.register.editing.bases import is_one_person_act, stored
from service.register.editing.lone_stops import is_used_up
from service.register.editing.publishing import apply_drafts, publish
from service.register.models import RegistryState, Revision, StaffUser, new_ulid
from service.register.payloads import AuthorisationEventPayload
from service.register.rights import demand
from service.vocabulary import DraftState, StaffAct


def stop_a_wrong(
    session: Session, payload: AuthorisationEventPayload, *, by: StaffUser, at: datetime
) -> Revision:
    """Publish an event that one person may publish, and return its draft; nobody can hold it up, and nobody hides it.

    Who has stopped as many wrongs alone today as one person may hands it over instead: then a second person, any
    reviewer, makes it public (decision 0023).

    Raises:
        NotPermitted: the member of staff may not.
        TransitionNotAllowed: the event is none of those that stop a wrong.
        As `publish` does: the authorisation's rules are asked there.
    """
    demand(session, by, StaffAct.STOP_A_WRONG, payload.kind)
    if not is_one_person_act(payload):
        raise TransitionNotAllowed(payload.authorisation, "one_person", payload.event.value)
    state = trail.lock_registry(session)  # before it is counted: two windows of one person count as one
    draft = Revision(
        ulid=new_ulid(),
        record_kind=payload.kind,
        record_key=payload.key(),
        record_ulid=new_ulid(),
        base_version=0,
        payload=stored(payload),
        state=DraftState.IN_REVIEW,
        edition=1,
        is_correction=False,
        needs_two_people=is_used_up(session, by.person, at),
        edited_by_id=by.id,
        edited_at=at,
    )
    session.add(draft)
    session.flush()  # its publication reads it
    if draft.needs_two_people:
        _hand_over(session, state, draft, by, at)
    else:
        publish(session, [draft], by=by, at=at)
    return draft


def rehearse(session: Session, payload: AuthorisationEventPayload, *, by: StaffUser, at: datetime) -> None:
    """Try out what `stop_a_wrong` would do and undo it, so that who is shown an act is shown one that can be done.

    The session must be a writing one; nothing stays, in it or in the database.

    Raises:
        As `stop_a_wrong` does.
    """
    trial = session.begin_nested()
    try:
        stop_a_wrong(session, payload, by=by, at=at)
    finally:
        trial.rollback()


def _hand_over(session: Session, state: RegistryState, draft: Revision, by: StaffUser, at: datetime) -> None:
    """Leave the draft to a second person, if it can be published at all: who waits for nothing is told now."""
    draft.submitted_by_id, draft.submitted_person, draft.submitted_at = by.id, by.person, at
    session.flush()  # outside of what is tried and undone
    with session.begin_nested() as trial:
        apply_drafts(session, [draft], state.revision_number + 1, at)
        trial.rollback()
    trail.record(session, state, [trail.DraftAct("submitted", draft)], by=by, at=at)
