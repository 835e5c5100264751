"""Saving, submitting, returning and publishing drafts: every published fact comes this way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from service.errors import (
    FieldNotAllowed,
    FourEyes,
    NotPermitted,
    RecordNotFound,
    StaleVersion,
    TransitionNotAllowed,
)
from service.register import auditing
from service.register.applying import APPLY, Publication
from service.register.applying.area_checks import demand_sound
from service.register.lifecycle import DRAFT_MOVES, ONE_PERSON_EVENTS
from service.register.models import (
    AuthorisationEvent,
    Outbox,
    ProtectionEvent,
    RegistryRevision,
    RegistryState,
    Revision,
    StaffRole,
    StaffUser,
    new_ulid,
)
from service.register.payloads import (
    PAYLOADS,
    AuthorisationEventPayload,
    Payload,
)
from service.register.references import References
from service.vocabulary import DraftState, RecordKind, Role

_DRAFTERS = frozenset({Role.EDITOR, Role.IMPORTER})
_Event = AuthorisationEvent | ProtectionEvent
_EVENTS: dict[RecordKind, type[_Event]] = {
    RecordKind.PROTECTION_EVENT: ProtectionEvent,
    RecordKind.AUTHORISATION_EVENT: AuthorisationEvent,
}


@dataclass(frozen=True, slots=True)
class Base:
    """What a draft starts from: the record's last published draft, if it has one."""

    record_ulid: str
    version: int
    payload: dict[str, Any]
    is_voided: bool = False


def save_draft(
    session: Session,
    payload: Payload,
    *,
    by: StaffUser,
    at: datetime,
    base: Base | None = None,
    batch_id: int | None = None,
) -> Revision:
    """Return a new draft of the record, of the next version of what it starts from.

    Raises:
        NotPermitted: the member of staff may not write drafts.
        FieldNotAllowed: the payload withdraws an event; events are voided, never withdrawn.
    """
    (draft,) = save_drafts(session, [(payload, base)], by=by, at=at)
    draft.batch_id = batch_id
    return draft


def save_drafts(
    session: Session, wanted: Sequence[tuple[Payload, Base | None]], *, by: StaffUser, at: datetime
) -> list[Revision]:
    """Return a new draft for each payload and what it starts from; the author's roles are read once for all.

    Raises as `save_draft` does.
    """
    demand_role(session, by, _DRAFTERS, "draft")
    drafts = [_draft_of(payload, base, by, at) for payload, base in wanted]
    session.add_all(drafts)
    return drafts


def _draft_of(payload: Payload, base: Base | None, by: StaffUser, at: datetime) -> Revision:
    if payload.kind in _EVENTS and payload.withdrawal is not None:
        raise FieldNotAllowed("withdrawal", payload.withdrawal.value, "event")
    return Revision(
        ulid=new_ulid(),
        record_kind=payload.kind,
        record_key=payload.key(),
        record_ulid=base.record_ulid if base else new_ulid(),
        base_version=base.version if base else 0,
        payload=stored(payload),
        state=DraftState.DRAFT,
        needs_two_people=not is_one_person_act(payload),
        edited_by_id=by.id,
        edited_at=at,
    )


def stored(payload: Payload) -> dict[str, Any]:
    """Return the payload as it is kept: plain JSON, without fields that say nothing."""
    return payload.model_dump(mode="json", exclude_defaults=True)


def is_one_person_act(payload: Payload) -> bool:
    """Return whether one person may publish this: putting under correction and deregistering stop a wrong."""
    return isinstance(payload, AuthorisationEventPayload) and payload.event in ONE_PERSON_EVENTS


def submit(session: Session, drafts: Sequence[Revision], *, by: StaffUser, at: datetime) -> None:
    """Hand drafts over for review.

    Raises:
        NotPermitted: the member of staff may not.
        AreaNotSound, NoteNeeded, FieldNotAllowed: what the checks of an area found; publishing runs them again.
    """
    demand_role(session, by, _DRAFTERS, "submit")
    demand_sound(session, drafts)
    for draft in drafts:
        _move(draft, DraftState.IN_REVIEW)
        draft.submitted_by_id, draft.submitted_person, draft.submitted_at = by.id, by.person, at


def return_for_changes(
    session: Session, draft: Revision, *, by: StaffUser, at: datetime, reason: str
) -> None:
    """Give a draft back to its author with the reason."""
    demand_role(session, by, frozenset({Role.REVIEWER}), "return")
    _move(draft, DraftState.RETURNED)
    draft.decided_by_id, draft.decided_person, draft.decided_at = by.id, by.person, at
    draft.return_reason = reason
    act = auditing.Act("returned", draft.record_kind.value, draft.record_ulid, {}, reason)
    auditing.append(session, lock_registry(session), [act], at=at, actor_id=by.id)


def publish(
    session: Session,
    drafts: Sequence[Revision],
    *,
    by: StaffUser,
    at: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Make the drafts public together and return the registry's new revision number.

    Rows, audit trail, outbox and revision number are one transaction: all of it happens or none. `progress` is
    told how many of how many drafts are done.

    Raises:
        FourEyes: the person who submitted may not approve, unless the act stops a wrong.
        NotPermitted, TransitionNotAllowed, StaleVersion, ReferenceNotFound, FieldNotAllowed, DuplicateRecord.
    """
    state = lock_registry(session)
    number = state.revision_number + 1
    publication = Publication(session, number, at, _references(session, drafts))
    acts = []
    _demand_new(session, drafts)
    desk = _desk(session, drafts, by)
    for done, draft in enumerate(drafts, start=1):
        payload = PAYLOADS[draft.record_kind].model_validate(draft.payload)
        _demand_reviewer(desk, draft, payload, by)
        acts.append(_publish_one(publication, draft, payload, by))
        if progress:
            progress(done, len(drafts))
    state.revision_number = number
    session.flush()  # constraints speak here, before the trail is written
    auditing.append(session, state, acts, at=at, actor_id=by.id, revision_number=number)
    session.add(RegistryRevision(number=number, published_at=at, published_by_id=by.id, records=len(acts)))
    _write_outbox(publication)
    session.flush()
    return number


_NAMED_ORGANISATIONS = ("organisation", "registrant", "applicant", "holder", "manager", "owner")
_REFERRED_TO = frozenset({RecordKind.ORGANISATION, RecordKind.GI_PRODUCT, RecordKind.PROTECTION})


def _references(session: Session, drafts: Sequence[Revision]) -> References:
    """Return the look-ups of a publication; those of a large import are made at once, not row by row."""
    references = References(session)
    if _REFERRED_TO.isdisjoint(draft.record_kind for draft in drafts):
        payloads = [draft.payload for draft in drafts]
        references.prefetch(
            (payload[name] for payload in payloads for name in _NAMED_ORGANISATIONS if payload.get(name)),
            (payload["protection"] for payload in payloads if payload.get("protection")),
        )
    return references


def _publish_one(publication: Publication, draft: Revision, payload: Payload, by: StaffUser) -> auditing.Act:
    try:
        APPLY[draft.record_kind](publication, payload, draft.record_ulid, draft.base_version)
    except Exception as error:
        # Which of many drafts was refused is a fact that the caller words; the error itself is unchanged.
        error.draft_ulid = draft.ulid  # type: ignore[attr-defined]
        raise
    before = _published_before(publication.session, draft)
    _move(draft, DraftState.PUBLISHED)
    draft.decided_by_id, draft.decided_person, draft.decided_at = by.id, by.person, publication.moment
    draft.revision_number = publication.revision_number
    act = "created" if draft.base_version == 0 else "changed"
    return auditing.Act(
        act, draft.record_kind.value, draft.record_ulid, _changes(before, draft.payload), draft.change_note
    )


def _demand_new(session: Session, drafts: Sequence[Revision]) -> None:
    """Refuse a draft of a new record that another draft has made meanwhile; not every kind has a unique key."""
    new: dict[RecordKind, list[Revision]] = {}
    for draft in drafts:
        if draft.base_version == 0:
            new.setdefault(draft.record_kind, []).append(draft)
    for kind, found in new.items():
        bases = published_bases(session, kind, [draft.record_key for draft in found])
        for draft in found:
            if draft.record_key in bases and not bases[draft.record_key].is_voided:
                error = StaleVersion(draft.record_key, 0, bases[draft.record_key].version)
                error.draft_ulid = draft.ulid  # type: ignore[attr-defined]
                raise error


def _demand_reviewer(desk: _Desk, draft: Revision, payload: Payload, by: StaffUser) -> None:
    # What the payload says decides, not the draft's flag alone: the payload is what becomes public.
    if draft.needs_two_people or not is_one_person_act(payload):
        _demand_one_of(desk.held, by, frozenset({Role.REVIEWER}), "publish")
        if by.person in {draft.submitted_person, desk.persons.get(draft.edited_by_id)}:
            raise FourEyes(draft.ulid, by.person)
    else:
        _demand_one_of(desk.held, by, _DRAFTERS | {Role.REVIEWER}, "publish")


@dataclass(frozen=True, slots=True)
class _Desk:
    """Who stands behind a publication: the reviewer's roles and the persons who wrote the drafts, by account."""

    held: AbstractSet[Role]
    persons: Mapping[int, str]


def _desk(session: Session, drafts: Sequence[Revision], by: StaffUser) -> _Desk:
    """Read the roles and persons afresh, once for the whole publication."""
    writers = {draft.edited_by_id for draft in drafts}
    rows = session.execute(select(StaffUser.id, StaffUser.person).where(StaffUser.id.in_(sorted(writers))))
    return _Desk(_roles_of(session, by), {row.id: row.person for row in rows})


def _published_before(session: Session, draft: Revision) -> dict[str, Any]:
    if draft.base_version == 0:
        return {}
    return published_bases(session, draft.record_kind, [draft.record_key])[draft.record_key].payload


def _changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    names = sorted(before.keys() | after.keys())
    return {
        name: [before.get(name), after.get(name)] for name in names if before.get(name) != after.get(name)
    }


def published_bases(session: Session, kind: RecordKind, keys: Sequence[str]) -> dict[str, Base]:
    """Return, by key, the last published draft of each record that has one; voided events are marked."""
    found: dict[str, Base] = {}
    for chunk in _chunks(keys, 500):
        statement = (
            select(Revision.record_key, Revision.record_ulid, Revision.base_version, Revision.payload)
            .where(
                Revision.record_kind == kind,
                Revision.record_key.in_(chunk),
                Revision.state == DraftState.PUBLISHED,
            )
            .order_by(Revision.id)
        )
        for key, ulid, base_version, payload in session.execute(statement):
            found[key] = Base(ulid, base_version + 1, payload)
    if kind in _EVENTS:
        voided = _voided(session, _EVENTS[kind], [base.record_ulid for base in found.values()])
        found = {key: replace(base, is_voided=base.record_ulid in voided) for key, base in found.items()}
    return found


def _voided(session: Session, model: type[_Event], ulids: Sequence[str]) -> set[str]:
    voids = select(model.voided_event_id).where(model.voided_event_id.is_not(None))
    statement = select(model.ulid).where(model.id.in_(voids))
    return {
        ulid
        for chunk in _chunks(ulids, 500)
        for ulid in session.scalars(statement.where(model.ulid.in_(chunk)))
    }


def _chunks(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _write_outbox(publication: Publication) -> None:
    rows = [
        {
            "record_kind": kind,
            "record_ulid": ulid,
            "revision_number": publication.revision_number,
            "created_at": publication.moment,
            "attempts": 0,
        }
        for kind, ulid in sorted(publication.touched)
    ]
    if rows:
        publication.session.execute(insert(Outbox), rows)


def _move(draft: Revision, wanted: DraftState) -> None:
    if wanted not in DRAFT_MOVES[draft.state]:
        raise TransitionNotAllowed(draft.ulid, draft.state.value, wanted.value)
    draft.state = wanted


def lock_registry(session: Session) -> RegistryState:
    """Return the registry's one row, locked until the transaction ends: publications come one after another."""
    state = session.scalars(select(RegistryState).where(RegistryState.id == 1).with_for_update()).first()
    if state is None:
        state = RegistryState(id=1, revision_number=0, audit_sequence=0, audit_hash=auditing.GENESIS)
        session.add(state)
        session.flush()
    return state


def demand_role(session: Session, user: StaffUser, roles: frozenset[Role], act: str) -> None:
    """Refuse a member of staff who is not active or holds none of the roles; roles are read afresh each time.

    Raises:
        NotPermitted: so.
    """
    _demand_one_of(_roles_of(session, user), user, roles, act)


def _roles_of(session: Session, user: StaffUser) -> set[Role]:
    """Return the roles that the account holds in this transaction; none when it is not active."""
    held = select(StaffRole.role).join(StaffUser, StaffUser.id == StaffRole.user_id)
    return set(session.scalars(held.where(StaffUser.id == user.id, StaffUser.is_active)))


def _demand_one_of(held: AbstractSet[Role], user: StaffUser, roles: frozenset[Role], act: str) -> None:
    if not held & roles:
        raise NotPermitted(user.login, act)


def find_staff(session: Session, login: str) -> StaffUser:
    """Return the account with this login.

    Raises:
        RecordNotFound: there is none.
    """
    user = session.scalars(select(StaffUser).where(StaffUser.login == login)).first()
    if user is None:
        raise RecordNotFound("staff_user", login)
    return user


def add_staff(  # noqa: PLR0913  (an account is these facts)
    session: Session,
    *,
    login: str,
    display_name: str,
    person: str,
    roles: Sequence[Role],
    at: datetime,
    is_system: bool = False,
) -> StaffUser:
    """Return a new account; `person` names the human, so that two accounts of one person stay one person."""
    user = StaffUser(
        login=login, display_name=display_name, person=person, is_system=is_system, created_at=at
    )
    session.add(user)
    session.flush()  # the roles want the account's key
    session.add_all(StaffRole(user_id=user.id, role=role) for role in dict.fromkeys(roles))
    act = auditing.Act("created", "staff_user", user.ulid, {"roles": [None, [role.value for role in roles]]})
    auditing.append(session, lock_registry(session), [act], at=at, actor_id=None)
    return user
