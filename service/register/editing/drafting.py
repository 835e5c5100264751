"""A draft on its way: begun, edited, handed over, given back, taken up again, given up."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import (
    DuplicateRecord,
    FieldNotAllowed,
    NotPermitted,
    RecordNotFound,
    RegisterError,
    TransitionNotAllowed,
)
from service.register.applying.area_checks import demand_sound
from service.register.applying.authorisation_checks import demand_after_grants
from service.register.editing import trail
from service.register.editing.bases import (
    EVENTS,
    Base,
    changes_between,
    demand_key_free,
    is_one_person_act,
    published_bases,
    published_payload,
    published_versions,
    stored,
)
from service.register.editing.changes import demand_note
from service.register.editing.merging import conflict
from service.register.lifecycle import DRAFT_MOVES
from service.register.models import Revision, StaffUser, new_ulid
from service.register.payloads import PAYLOADS, Payload
from service.register.rights import Held, demand
from service.vocabulary import DraftState, RecordKind, StaffAct


def save_draft(  # noqa: PLR0913  (a draft begins with these facts)
    session: Session,
    payload: Payload,
    *,
    by: StaffUser,
    at: datetime,
    base: Base | None = None,
    ulid: str | None = None,
    change_note: str | None = None,
    is_correction: bool = False,
) -> Revision:
    """Return a new draft of the record, of the next version of what it starts from; `ulid`: its own identifier.

    Raises:
        NotPermitted: the member of staff may not write drafts.
        FieldNotAllowed: the payload withdraws an event, which is voided and never withdrawn, dates one before the
            grant, or says something twice.
        EditConflict: the record is at a newer version than what the draft starts from.
        DuplicateRecord: another record has its key.
    """
    _demand_drafter(session, [payload], by)
    _demand_nothing_twice(payload)
    draft = _draft_of(payload, base, by, at)
    demand_key_free(session, payload, draft.record_ulid)
    draft.ulid = ulid or draft.ulid
    draft.change_note, draft.is_correction = change_note, is_correction
    _demand_newest(session, [draft])
    demand_after_grants(session, [draft])
    _keep(session, [draft], by, at)
    return draft


def save_drafts(
    session: Session,
    wanted: Sequence[tuple[Payload, Base | None]],
    *,
    by: StaffUser,
    at: datetime,
    change_note: str | None = None,
) -> list[Revision]:
    """Return a new draft for each payload and what it starts from; the note says why of those that change a record.

    Raises as `save_draft` does; whether the records changed meanwhile is asked when the drafts are handed over.
    """
    _demand_drafter(session, [payload for payload, _ in wanted], by)
    drafts = [_draft_of(payload, base, by, at) for payload, base in wanted]
    for draft in drafts:
        draft.change_note = change_note
    _keep(session, drafts, by, at)
    return drafts


def _demand_drafter(session: Session, payloads: Sequence[Payload], by: StaffUser) -> None:
    held = demand(session, by, StaffAct.DRAFT)
    demand_kinds(held, StaffAct.DRAFT, {payload.kind for payload in payloads}, by)


def _keep(session: Session, drafts: Sequence[Revision], by: StaffUser, at: datetime) -> None:
    state = trail.lock_registry(session)
    session.add_all(drafts)
    trail.record(session, state, (trail.DraftAct("drafted", draft) for draft in drafts), by=by, at=at)


def _draft_of(payload: Payload, base: Base | None, by: StaffUser, at: datetime) -> Revision:
    _demand_no_withdrawn_event(payload)
    return Revision(
        ulid=new_ulid(),
        record_kind=payload.kind,
        record_key=payload.key(),
        record_ulid=base.record_ulid if base else new_ulid(),
        base_version=base.version if base else 0,
        payload=stored(payload),
        state=DraftState.DRAFT,
        edition=1,
        is_correction=False,
        needs_two_people=not is_one_person_act(payload),
        edited_by_id=by.id,
        edited_at=at,
    )


def _demand_no_withdrawn_event(payload: Payload) -> None:
    if payload.kind in EVENTS and payload.withdrawal is not None:
        raise FieldNotAllowed("withdrawal", payload.withdrawal.value, "event")


def _demand_nothing_twice(payload: Payload) -> None:
    """Refuse what the database would refuse on publication, where a person can still put it right."""
    if found := payload.twice():
        raise FieldNotAllowed(*found, "twice")


def find_draft(session: Session, ulid: str) -> Revision:
    """Return the draft with this identifier.

    Raises:
        RecordNotFound: there is none.
    """
    draft = session.scalars(select(Revision).where(Revision.ulid == ulid)).one_or_none()
    if draft is None:
        raise RecordNotFound("draft", ulid)
    return draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What somebody typed, and over what: which edition of the draft, which version of the record.

    Who has merged a newer version of the record into their draft says so by its number.
    """

    payload: Payload
    edition: int
    version: int
    change_note: str | None = None
    is_correction: bool = False


def revise(session: Session, draft: Revision, edit: Edit, *, by: StaffUser, at: datetime) -> None:
    """Let the draft say what was typed. One that waited for review waits no longer; one that came back is taken up.

    Raises:
        EditConflict: somebody edited the draft meanwhile, or the record was published anew; nothing is lost: it
            carries every field as it was, as they have it and as it was typed.
        NotPermitted, FieldNotAllowed, TransitionNotAllowed, DuplicateRecord.
    """
    payload = edit.payload
    demand(session, by, StaffAct.DRAFT, draft.record_kind)
    if payload.kind is not draft.record_kind:
        raise FieldNotAllowed("kind", payload.kind.value, "another_kind")
    _demand_no_withdrawn_event(payload)
    _demand_nothing_twice(payload)
    state = trail.lock_drafts(session, [draft])
    _demand_current(session, draft, edit)
    demand_key_free(session, payload, draft.record_ulid)
    if draft.state is not DraftState.DRAFT:
        move(draft, DraftState.DRAFT)
    mine = stored(payload)
    changes = changes_between(draft.payload, mine)
    draft.payload, draft.record_key = mine, payload.key()
    draft.base_version, draft.needs_two_people = edit.version, not is_one_person_act(payload)
    draft.change_note, draft.is_correction = edit.change_note, edit.is_correction
    draft.edition += 1
    draft.edited_by_id, draft.edited_at = by.id, at
    _void_submission(draft)
    demand_after_grants(session, [draft])
    trail.record(session, state, [trail.DraftAct(trail.EDITED, draft, changes)], by=by, at=at)


def _demand_current(session: Session, draft: Revision, edit: Edit) -> None:
    """Refuse what was typed over an older edition of the draft, or over an older version of the record."""
    mine = stored(edit.payload)
    if draft.edition != edit.edition:
        sides = (trail.payload_at(session, draft, edit.edition), draft.payload, mine)
        raise conflict(draft.ulid, edit.edition, draft.edition, sides, draft=draft.ulid)
    newest = published_versions(session, draft.record_kind, [draft.record_ulid]).get(draft.record_ulid)
    found = newest.version if newest is not None else 0
    if found != edit.version:
        base = published_payload(session, draft.record_kind, draft.record_ulid, edit.version)
        theirs = newest.payload if newest is not None else {}
        raise conflict(draft.record_key, edit.version, found, (base, theirs, mine))


def _void_submission(draft: Revision) -> None:
    draft.submitted_by_id = draft.submitted_person = draft.submitted_at = None


def submit(session: Session, drafts: Sequence[Revision], *, by: StaffUser, at: datetime) -> None:
    """Hand drafts over for review.

    Raises:
        NotPermitted: the member of staff may not.
        EditConflict: the record changed since the draft was begun.
        DuplicateRecord: a new record came on record since as another one.
        ChangeNoteMissing: a major change or a correction does not say why.
        AreaNotSound, NoteNeeded, FieldNotAllowed: what the checks of an area found, or an event before its grant;
            publishing asks again.
    """
    held = demand(session, by, StaffAct.SUBMIT)
    demand_kinds(held, StaffAct.SUBMIT, {draft.record_kind for draft in drafts}, by)
    state = trail.lock_drafts(session, drafts)
    befores = _demand_newest(session, drafts)
    demand_sound(session, drafts)
    demand_after_grants(session, drafts)
    for draft in drafts:
        payload = PAYLOADS[draft.record_kind].model_validate(draft.payload)
        demand_note(draft, payload, befores.get(draft.record_ulid, {}))
    for draft in drafts:
        move(draft, DraftState.IN_REVIEW)
        draft.submitted_by_id, draft.submitted_person, draft.submitted_at = by.id, by.person, at
    acts = (trail.DraftAct("submitted", draft, reason=draft.change_note) for draft in drafts)
    trail.record(session, state, acts, by=by, at=at)


def _demand_newest(session: Session, drafts: Sequence[Revision]) -> dict[str, dict[str, Any]]:
    """Return, by record, what is published of the records that the drafts change.

    Raises:
        EditConflict: a record is at another version than its draft starts from.
        DuplicateRecord: a new record is another one already.
    """
    befores: dict[str, dict[str, Any]] = {}
    for kind in {draft.record_kind for draft in drafts}:
        own = [draft for draft in drafts if draft.record_kind is kind]
        changed = [draft for draft in own if draft.base_version]
        newest = published_versions(session, kind, [draft.record_ulid for draft in changed])
        taken = published_bases(session, kind, [draft.record_key for draft in own if not draft.base_version])
        for draft in own:
            holder = taken.get(draft.record_key)
            if holder is not None and not holder.is_voided and holder.record_ulid != draft.record_ulid:
                raise _taken(draft, holder)
            now = newest.get(draft.record_ulid) if draft.base_version else holder
            found = now.version if now is not None and not now.is_voided else 0
            if found != draft.base_version:
                raise _stale(session, draft, now.payload if now else {}, found)
        befores |= {ulid: base.payload for ulid, base in newest.items()}
    return befores


def _taken(draft: Revision, holder: Base) -> RegisterError:
    field = PAYLOADS[draft.record_kind].model_validate(draft.payload).key_field
    error = DuplicateRecord(field, draft.record_key, holder.record_ulid)
    error.draft_ulid = draft.ulid  # type: ignore[attr-defined]
    return error


def _stale(session: Session, draft: Revision, theirs: dict[str, Any], found: int) -> RegisterError:
    base = published_payload(session, draft.record_kind, draft.record_ulid, draft.base_version)
    error = conflict(draft.record_key, draft.base_version, found, (base, theirs, draft.payload))
    error.draft_ulid = draft.ulid  # type: ignore[attr-defined]
    return error


def return_for_changes(
    session: Session, draft: Revision, *, by: StaffUser, at: datetime, reason: str
) -> None:
    """Give a draft back to its author with the reason.

    Raises:
        FieldNotAllowed: without a reason nobody knows what to change.
        NotPermitted, TransitionNotAllowed, StaleVersion.
    """
    demand(session, by, StaffAct.RETURN, draft.record_kind)
    if not reason.strip():
        raise FieldNotAllowed("reason", "", "required")
    state = trail.lock_drafts(session, [draft])
    move(draft, DraftState.RETURNED)
    draft.decided_by_id, draft.decided_person, draft.decided_at = by.id, by.person, at
    draft.return_reason = reason
    trail.record(session, state, [trail.DraftAct("returned", draft, reason=reason)], by=by, at=at)


def reopen(session: Session, draft: Revision, *, by: StaffUser, at: datetime) -> None:
    """Take up a draft that came back, or take back one that waits; the reason it came back for stays with it."""
    demand(session, by, StaffAct.DRAFT, draft.record_kind)
    state = trail.lock_drafts(session, [draft])
    move(draft, DraftState.DRAFT)
    _void_submission(draft)
    trail.record(session, state, [trail.DraftAct("reopened", draft)], by=by, at=at)


def discard(session: Session, draft: Revision, *, by: StaffUser, at: datetime) -> None:
    """Give a draft up; what it said stays on record."""
    demand(session, by, StaffAct.DRAFT, draft.record_kind)
    state = trail.lock_drafts(session, [draft])
    move(draft, DraftState.DISCARDED)
    trail.record(session, state, [trail.DraftAct("discarded", draft)], by=by, at=at)


def demand_kinds(held: Held, act: StaffAct, kinds: AbstractSet[RecordKind], by: StaffUser) -> None:
    """Refuse who may not do the act on each of the kinds.

    Raises:
        NotPermitted: so.
    """
    if not all(held.may(act, kind) for kind in kinds):
        raise NotPermitted(by.login, act)


def move(draft: Revision, wanted: DraftState) -> None:
    """Put the draft into another state.

    Raises:
        TransitionNotAllowed: the table of moves does not know this one.
    """
    demand_move(draft, wanted)
    draft.state = wanted


def demand_move(draft: Revision, wanted: DraftState) -> None:
    """Refuse a draft that cannot go into this state from where it stands.

    Raises:
        TransitionNotAllowed: so.
    """
    if wanted not in DRAFT_MOVES[draft.state]:
        raise TransitionNotAllowed(draft.ulid, draft.state.value, wanted.value)
