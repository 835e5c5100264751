"""Stopping a wrong: one person puts an authorisation under correction or deregisters it, public at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service.errors import TransitionNotAllowed
from service.register.editing.bases import is_one_person_act, stored
from service.register.editing.publishing import publish
from service.register.models import Revision, StaffUser, new_ulid
from service.register.payloads import AuthorisationEventPayload
from service.register.rights import demand
from service.vocabulary import DraftState, StaffAct


def stop_a_wrong(
    session: Session, payload: AuthorisationEventPayload, *, by: StaffUser, at: datetime
) -> Revision:
    """Publish an event that one person may publish, and return its draft; nobody can hold it up, and nobody hides it.

    Raises:
        NotPermitted: the member of staff may not.
        TransitionNotAllowed: the event is none of those that stop a wrong.
        As `publish` does: the authorisation's rules are asked there.
    """
    demand(session, by, StaffAct.STOP_A_WRONG, payload.kind)
    if not is_one_person_act(payload):
        raise TransitionNotAllowed(payload.authorisation, "one_person", payload.event.value)
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
        needs_two_people=False,
        edited_by_id=by.id,
        edited_at=at,
    )
    session.add(draft)
    session.flush()  # its publication reads it
    publish(session, [draft], by=by, at=at)
    return draft
