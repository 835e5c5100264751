"""What drafts start from: the published versions of records, and payloads as they are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import DuplicateRecord
from service.register.lifecycle import ONE_PERSON_EVENTS
from service.register.models import AuthorisationEvent, ProtectionEvent, Revision
from service.register.payloads import AuthorisationEventPayload, Payload
from service.vocabulary import DraftState, RecordKind

_Event = AuthorisationEvent | ProtectionEvent
EVENTS: Final[dict[RecordKind, type[_Event]]] = {
    RecordKind.PROTECTION_EVENT: ProtectionEvent,
    RecordKind.AUTHORISATION_EVENT: AuthorisationEvent,
}
"""The kinds that are only ever added to, with their tables."""


@dataclass(frozen=True, slots=True)
class Base:
    """What a draft starts from: the record's last published draft, if it has one."""

    record_ulid: str
    version: int
    payload: dict[str, Any]
    is_voided: bool = False


def stored(payload: Payload) -> dict[str, Any]:
    """Return the payload as it is kept: plain JSON, without fields that say nothing."""
    return payload.model_dump(mode="json", exclude_defaults=True)


def is_one_person_act(payload: Payload) -> bool:
    """Return whether one person may publish this: putting under correction and deregistering stop a wrong."""
    return isinstance(payload, AuthorisationEventPayload) and payload.event in ONE_PERSON_EVENTS


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the fields of two kept payloads that differ, each with its old and new value."""
    names = sorted(before.keys() | after.keys())
    return {
        name: [before.get(name), after.get(name)] for name in names if before.get(name) != after.get(name)
    }


def published_bases(session: Session, kind: RecordKind, keys: Sequence[str]) -> dict[str, Base]:
    """Return, by key, the last published draft of each record that has one; voided events are marked."""
    found: dict[str, Base] = {}
    for chunk in chunks(keys):
        statement = _PUBLISHED.where(Revision.record_kind == kind, Revision.record_key.in_(chunk))
        for row in session.execute(statement):
            found[row.record_key] = Base(row.record_ulid, row.base_version + 1, row.payload)
    if kind in EVENTS:
        voided = _voided(session, EVENTS[kind], [base.record_ulid for base in found.values()])
        found = {key: replace(base, is_voided=base.record_ulid in voided) for key, base in found.items()}
    return found


def demand_key_free(session: Session, payload: Payload, record_ulid: str) -> None:
    """Refuse what another record is already; an event that was voided may be entered again.

    Raises:
        DuplicateRecord: so; it names the other record.
    """
    base = published_bases(session, payload.kind, [payload.key()]).get(payload.key())
    if base is not None and not base.is_voided and base.record_ulid != record_ulid:
        raise DuplicateRecord(payload.key_field, payload.key(), base.record_ulid)


def published_versions(session: Session, kind: RecordKind, ulids: Sequence[str]) -> dict[str, Base]:
    """Return, by permanent identifier, the newest published version of each record that has one."""
    found: dict[str, Base] = {}
    for chunk in chunks(ulids):
        statement = _PUBLISHED.where(Revision.record_kind == kind, Revision.record_ulid.in_(chunk))
        for row in session.execute(statement):
            found[row.record_ulid] = Base(row.record_ulid, row.base_version + 1, row.payload)
    return found


def published_payload(session: Session, kind: RecordKind, ulid: str, version: int) -> dict[str, Any]:
    """Return what a version of a record said; nothing for version 0, from which new records start."""
    statement = _PUBLISHED.where(
        Revision.record_kind == kind, Revision.record_ulid == ulid, Revision.base_version == version - 1
    )
    row = session.execute(statement).one_or_none() if version else None
    return row.payload if row is not None else {}


_PUBLISHED: Final = (
    select(Revision.record_key, Revision.record_ulid, Revision.base_version, Revision.payload)
    .where(Revision.state == DraftState.PUBLISHED)
    .order_by(Revision.id)
)


def _voided(session: Session, model: type[_Event], ulids: Sequence[str]) -> set[str]:
    voids = select(model.voided_event_id).where(model.voided_event_id.is_not(None))
    statement = select(model.ulid).where(model.id.in_(voids))
    return {
        ulid for chunk in chunks(ulids) for ulid in session.scalars(statement.where(model.ulid.in_(chunk)))
    }


def chunks(items: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    """Yield the items in parts that fit into one statement."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
