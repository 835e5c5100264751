"""What the form of a record becomes that is typed over no draft: one draft, however often the form is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.register.editing import trail
from service.register.editing.bases import Base, published_payload, stored
from service.register.editing.drafting import save_draft
from service.register.editing.merging import conflict
from service.register.models import Revision, StaffUser, new_ulid, ulid_of_words
from service.register.payloads import Payload
from service.register.rights import demand
from service.vocabulary import DraftState, RecordKind, StaffAct


@dataclass(frozen=True, slots=True, kw_only=True)
class SentForm:
    """What was typed, over which version of which record, if there is one, and why.

    `form_ulid`: what the form was given when it was opened, and the identifier of its draft.
    """

    payload: Payload
    form_ulid: str | None = None
    base: Base | None = None
    change_note: str | None = None
    is_correction: bool = False

    def is_said_by(self, draft: Revision) -> bool:
        """Return whether the draft says just this."""
        said = (draft.payload, draft.change_note, draft.is_correction)
        return said == (stored(self.payload), self.change_note, self.is_correction)


def keep_form(session: Session, sent: SentForm, *, by: StaffUser, at: datetime) -> Revision:
    """Return the draft that the form makes, or made when it was sent before; other words make another draft.

    Raises:
        EditConflict: who sends it has an open draft of the record that says something else; it names that draft.
        As `save_draft` does.
    """
    kind = sent.payload.kind
    demand(session, by, StaffAct.DRAFT, kind)
    trail.lock_registry(session)  # one at a time, so that a form sent twice meets the first
    ulid = sent.form_ulid or new_ulid()
    known = _draft(session, ulid)
    if known is not None and not _is_of(known, sent, by):
        words = (by.id, sorted(stored(sent.payload).items()), sent.change_note, sent.is_correction)
        ulid = ulid_of_words(ulid, words)
        known = _draft(session, ulid)
    own = known or _open_draft(session, kind, sent.base, by)
    if own is not None and (own is known or sent.is_said_by(own)):
        return own
    if own is not None and sent.base is not None:
        base = published_payload(session, kind, sent.base.record_ulid, sent.base.version)
        sides = (base, own.payload, stored(sent.payload))
        raise conflict(own.ulid, 0, own.edition, sides, draft=own.ulid)
    return save_draft(
        session,
        sent.payload,
        by=by,
        at=at,
        base=sent.base,
        ulid=ulid,
        change_note=sent.change_note,
        is_correction=sent.is_correction,
    )


def is_sent(session: Session, form_ulid: str) -> bool:
    """Return whether the form made a draft already."""
    return _draft(session, form_ulid) is not None


def _is_of(draft: Revision, sent: SentForm, by: StaffUser) -> bool:
    return draft.edited_by_id == by.id and draft.record_kind is sent.payload.kind and sent.is_said_by(draft)


def _draft(session: Session, ulid: str) -> Revision | None:
    return session.scalar(select(Revision).where(Revision.ulid == ulid))


def _open_draft(session: Session, kind: RecordKind, base: Base | None, by: StaffUser) -> Revision | None:
    """Return the newest draft of the record that the author may still write in without taking it back."""
    if base is None:
        return None
    return session.scalars(
        select(Revision)
        .where(
            Revision.record_kind == kind,
            Revision.record_ulid == base.record_ulid,
            Revision.edited_by_id == by.id,
            Revision.state.in_((DraftState.DRAFT, DraftState.RETURNED)),
        )
        .order_by(Revision.id.desc())
    ).first()
