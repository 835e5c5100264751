"""Making drafts public: rows, audit trail, outbox and revision number in one transaction, with two people behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import DuplicateRecord, FourEyes, RegisterError, StaleVersion, SubmissionVoid
from service.register import auditing
from service.register.announcing import announce
from service.register.applying import APPLY, Publication
from service.register.editing import trail
from service.register.editing.bases import (
    changes_between,
    is_one_person_act,
    published_bases,
    published_versions,
)
from service.register.editing.changes import demand_note, note_of
from service.register.editing.drafting import demand_kinds, demand_move, move
from service.register.editing.lone_stops import demand_few
from service.register.models import RegistryRevision, Revision, StaffUser
from service.register.payloads import PAYLOADS, Payload
from service.register.references import References
from service.register.rights import Held, held_by
from service.vocabulary import ChangeWeight, DraftState, RecordKind, StaffAct


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
        FourEyes: who wrote in a draft or handed it over may not approve it, unless the act stops a wrong and is one
            of the few of its day.
        SubmissionVoid: who handed it over may not do so any more.
        NotPermitted, TransitionNotAllowed, StaleVersion, ReferenceNotFound, FieldNotAllowed, DuplicateRecord,
        ChangeNoteMissing.
    """
    state = trail.lock_drafts(session, drafts)
    for draft in drafts:
        demand_move(draft, DraftState.PUBLISHED)
    number = state.revision_number + 1
    publication = Publication(session, number, at, References(session))
    _demand_keys_of_their_own(session, drafts)
    befores = _befores(session, drafts)
    desk = _desk(session, drafts, by)
    demand_few(session, drafts, by, at)
    acts = []
    for done, draft in enumerate(looked_up_ahead(publication.references, drafts), start=1):
        payload = PAYLOADS[draft.record_kind].model_validate(draft.payload)
        _demand_submitted(desk, draft)
        _demand_reviewer(desk, draft, payload, by)
        acts.append(_publish_one(publication, draft, payload, befores.get(draft.record_ulid, {}), by))
        if progress:
            progress(done, len(drafts))
    state.revision_number = number
    session.flush()  # constraints speak here, before the trail is written
    auditing.append(session, state, acts, at=at, actor_id=by.id, revision_number=number)
    session.add(RegistryRevision(number=number, published_at=at, published_by_id=by.id, records=len(acts)))
    announce(publication)
    session.flush()
    return number


def apply_drafts(session: Session, drafts: Sequence[Revision], number: int, at: datetime) -> Publication:
    """Turn drafts into rows of the register under a revision number and return what they touched.

    For a look at what publishing would do; whoever calls it rolls it back.
    """
    publication = Publication(session, number, at, References(session))
    _demand_keys_of_their_own(session, drafts)
    for draft in looked_up_ahead(publication.references, drafts):
        _apply(publication, draft, PAYLOADS[draft.record_kind].model_validate(draft.payload))
    session.flush()  # constraints speak here
    return publication


_NAMED_ORGANISATIONS = ("organisation", "registrant", "applicant", "holder", "manager", "owner")
_REFERRED_TO = frozenset({RecordKind.ORGANISATION, RecordKind.GI_PRODUCT, RecordKind.PROTECTION})


def looked_up_ahead(references: References, drafts: Sequence[Revision]) -> Iterator[Revision]:
    """Yield the drafts in order; what those of a large import name is looked up at once, not row by row.

    That is done when nothing that can be named so is changed by the drafts still to come.
    """
    changing = [place for place, draft in enumerate(drafts) if draft.record_kind in _REFERRED_TO]
    first = changing[-1] + 1 if changing else 0
    for place, draft in enumerate(drafts):
        if place == first:
            payloads = [each.payload for each in drafts[first:]]
            references.prefetch(
                (payload[name] for payload in payloads for name in _NAMED_ORGANISATIONS if payload.get(name)),
                (payload["protection"] for payload in payloads if payload.get("protection")),
            )
        yield draft


def _publish_one(
    publication: Publication, draft: Revision, payload: Payload, before: dict[str, Any], by: StaffUser
) -> auditing.Act:
    change = demand_note(draft, payload, before)
    _apply(publication, draft, payload)
    move(draft, DraftState.PUBLISHED)
    draft.decided_by_id, draft.decided_person, draft.decided_at = by.id, by.person, publication.moment
    draft.revision_number = publication.revision_number
    changes = changes_between(before, draft.payload)
    return auditing.Act(_ACTS[change], draft.record_kind.value, draft.record_ulid, changes, note_of(draft))


_ACTS: Final[Mapping[ChangeWeight, str]] = {
    ChangeWeight.NEW: "created",
    ChangeWeight.MINOR: "changed",
    ChangeWeight.MAJOR: "changed",
    ChangeWeight.CORRECTION: "corrected",
    ChangeWeight.WITHDRAWN: "withdrawn",
    ChangeWeight.RESTORED: "restored",
}


def _apply(publication: Publication, draft: Revision, payload: Payload) -> None:
    ulid = draft.ulid  # read now: an error of the database leaves nothing to read it from
    try:
        APPLY[draft.record_kind](publication, payload, draft.record_ulid, draft.base_version)
    except Exception as error:
        # Which of many drafts was refused is a fact that the caller words; the error itself is unchanged.
        error.draft_ulid = ulid  # type: ignore[attr-defined]
        raise


def _befores(session: Session, drafts: Sequence[Revision]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for kind, changing in _by_kind(draft for draft in drafts if draft.base_version).items():
        bases = published_versions(session, kind, [draft.record_ulid for draft in changing])
        found |= {ulid: base.payload for ulid, base in bases.items()}
    return found


def _demand_keys_of_their_own(session: Session, drafts: Sequence[Revision]) -> None:
    """Refuse a record that another one is already; not every kind has a unique key in the database."""
    for kind, found in _by_kind(drafts).items():
        bases = published_bases(session, kind, [draft.record_key for draft in found])
        for draft in found:
            base = bases.get(draft.record_key)
            if base is None or base.is_voided or base.record_ulid == draft.record_ulid:
                continue
            error: RegisterError = StaleVersion(draft.record_key, 0, base.version)
            if draft.base_version:
                error = DuplicateRecord(PAYLOADS[kind].key_fields[0], draft.record_key)
            error.draft_ulid = draft.ulid  # type: ignore[attr-defined]
            raise error


def _by_kind(drafts: Iterable[Revision]) -> dict[RecordKind, list[Revision]]:
    found: dict[RecordKind, list[Revision]] = {}
    for draft in drafts:
        found.setdefault(draft.record_kind, []).append(draft)
    return found


def _demand_submitted(desk: _Desk, draft: Revision) -> None:
    submitter = draft.submitted_by_id
    if submitter is not None and not desk.submitters[submitter].may(StaffAct.SUBMIT, draft.record_kind):
        raise SubmissionVoid(draft.ulid, draft.submitted_person or "")


def _demand_reviewer(desk: _Desk, draft: Revision, payload: Payload, by: StaffUser) -> None:
    # What the payload says decides, not the draft's flag alone: the payload is what becomes public.
    if draft.needs_two_people or not is_one_person_act(payload):
        demand_kinds(desk.held, StaffAct.PUBLISH, {draft.record_kind}, by)
        if by.person in {draft.submitted_person, *(desk.persons[key] for key in desk.writers[draft.ulid])}:
            raise FourEyes(draft.ulid, by.person)
    else:
        demand_kinds(desk.held, StaffAct.STOP_A_WRONG, {draft.record_kind}, by)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Who stands behind a publication: what the reviewer and the submitters may do now, and who wrote each draft."""

    held: Held
    submitters: Mapping[int, Held]
    writers: Mapping[str, AbstractSet[int]]
    persons: Mapping[int, str]


def _desk(session: Session, drafts: Sequence[Revision], by: StaffUser) -> _Desk:
    """Read the rights and persons afresh, once for the whole publication; the registry is locked by then."""
    writers = trail.writers_of(session, drafts)
    keys = sorted({key for each in writers.values() for key in each})
    rows = session.execute(select(StaffUser.id, StaffUser.person).where(StaffUser.id.in_(keys)))
    submitters = {draft.submitted_by_id for draft in drafts if draft.submitted_by_id is not None}
    return _Desk(
        held_by(session, by.id),
        {key: held_by(session, key) for key in submitters},
        writers,
        {row.id: row.person for row in rows},
    )
