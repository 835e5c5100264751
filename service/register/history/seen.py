"""A record as the public saw it at the end of a day: from what was published by then, not from what is known now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.calendar import CHINA
from service.errors import RecordNotFound
from service.register.history.versions import published_drafts
from service.register.lifecycle import AuthorisationStanding, ProtectionStanding
from service.register.lookups.standings import authorisation_in_effect, authorisation_on, protection_on
from service.register.models import (
    Authorisation,
    AuthorisationEvent,
    Organisation,
    Protection,
    ProtectionEvent,
)
from service.vocabulary import (
    AuthorisationEventKind,
    OrganisationStatus,
    ProtectionEventKind,
    RecordKind,
    Withdrawal,
)


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """Something that was on record by then: what, when it took effect, when it was recorded, whether it was voided."""

    kind: AuthorisationEventKind | ProtectionEventKind
    happened_on: date | None
    recorded_at: datetime
    is_voided: bool


@dataclass(frozen=True, slots=True)
class SeenRecord:
    """What was public of a record, or how it was withdrawn; a right comes with its events and its state."""

    kind: RecordKind
    version: int
    published_at: datetime
    payload: dict[str, Any]
    withdrawal: Withdrawal | None
    events: tuple[SeenEvent, ...] = ()
    standing: AuthorisationStanding | ProtectionStanding | None = None


def seen_on(session: Session, kind: RecordKind, ulid: str, on: date) -> SeenRecord:
    """Return the record as it stood at the end of a China day.

    Raises:
        RecordNotFound: it was not public yet.
    """
    until = _end_of(on)
    payload, version, published_at = _said(session, kind, ulid, until)
    withdrawal = payload.get("withdrawal")
    events, standing = _right(session, kind, ulid, on, until)
    return SeenRecord(
        kind,
        version,
        published_at,
        payload,
        Withdrawal(withdrawal) if withdrawal else None,
        tuple(_seen(events)),
        standing,
    )


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), CHINA)


def _said(
    session: Session, kind: RecordKind, ulid: str, until: datetime
) -> tuple[dict[str, Any], int, datetime]:
    for draft in reversed(published_drafts(session, kind, ulid)):
        if draft.decided_at is not None and draft.decided_at < until:
            return draft.payload, draft.base_version + 1, draft.decided_at
    raise RecordNotFound(kind.value, ulid)


_Events = Sequence[AuthorisationEvent] | Sequence[ProtectionEvent]


def _right(
    session: Session, kind: RecordKind, ulid: str, on: date, until: datetime
) -> tuple[_Events, AuthorisationStanding | ProtectionStanding | None]:
    """Return the events of a right that were on record, and what it was worth then; nothing of other records."""
    if kind is RecordKind.PROTECTION:
        right = session.scalars(select(Protection).where(Protection.ulid == ulid)).one()
        known = _protection_events(session, right.id, until)
        return known, protection_on(right.track, known, on)
    if kind is not RecordKind.AUTHORISATION:
        return (), None
    permission = session.scalars(select(Authorisation).where(Authorisation.ulid == ulid)).one()
    protection = session.get_one(Protection, permission.protection_id)
    events = session.scalars(
        select(AuthorisationEvent)
        .where(AuthorisationEvent.authorisation_id == permission.id, AuthorisationEvent.recorded_at < until)
        .order_by(AuthorisationEvent.sequence)
    ).all()
    protected = protection_on(protection.track, _protection_events(session, protection.id, until), on)
    holder = _holder(session, permission.organisation_id, until)
    return events, authorisation_in_effect(authorisation_on(events, on), protected, holder, on)


def _protection_events(session: Session, protection_id: int, until: datetime) -> Sequence[ProtectionEvent]:
    return session.scalars(
        select(ProtectionEvent)
        .where(ProtectionEvent.protection_id == protection_id, ProtectionEvent.recorded_at < until)
        .order_by(ProtectionEvent.sequence)
    ).all()


def _holder(session: Session, organisation_id: int, until: datetime) -> Organisation:
    """Return the holder with the status that was on record; of no session, for reading only."""
    ulid = session.scalars(select(Organisation.ulid).where(Organisation.id == organisation_id)).one()
    said, _, _ = _said(session, RecordKind.ORGANISATION, ulid, until)
    checked = said.get("status_checked_on")
    return Organisation(
        status=OrganisationStatus(said.get("status", OrganisationStatus.UNKNOWN)),
        status_checked_on=date.fromisoformat(checked) if checked else None,
    )


def _seen(events: _Events) -> list[SeenEvent]:
    voided = {event.voided_event_id for event in events}
    return [
        SeenEvent(
            event.kind,
            event.effective_on if isinstance(event, AuthorisationEvent) else event.happened_on,
            event.recorded_at,
            event.id in voided,
        )
        for event in events
    ]
