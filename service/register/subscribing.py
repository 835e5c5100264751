"""Webhooks: who is told of changes, what they are told next, and what came of it."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from service.errors import BadCursor, RecordNotFound
from service.register import auditing, editing
from service.register.lookups.change_documents import change_document
from service.register.lookups.change_feed import Cursor, Followed, list_changes
from service.register.models import RegistryState, Webhook
from service.vocabulary import ChangeKind

MOST_CHANGES: Final = 100
"""Changes in one message."""

_LEASE: Final = timedelta(minutes=2)  # longer than any delivery takes: then somebody else tries
_GIVE_UP_AFTER: Final = timedelta(days=5)
_GONE: Final = "410"
# Seconds until the next attempt; the last one is repeated until it is given up.
_PATIENCE: Final = (5, 60, 300, 1800, 7200, 18_000, 36_000, 86_400)
_PREFIX: Final = "whsec_"


@dataclass(frozen=True, slots=True)
class Message:
    """One delivery to be made: what is said to whom; its name stays the same however often it is tried."""

    webhook_ulid: str
    url: str
    secret: str
    name: str
    until: Cursor
    content: Mapping[str, Any]


def add_webhook(
    session: Session, url: str, followed: Followed, *, since: Cursor | None, now: datetime
) -> Webhook:
    """Return a new receiver, told of everything after the cursor, or of what comes from now on.

    Raises:
        BadCursor: the cursor lies ahead of the register.
    """
    state = editing.lock_registry(session)
    told = since or Cursor(state.revision_number)
    if told.revision > state.revision_number:
        raise BadCursor
    webhook = Webhook(
        url=url,
        secret=_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode(),
        kinds=[each.value for each in followed.kinds],
        product_id=followed.product_id,
        organisation_id=followed.organisation_id,
        created_at=now,
        told_revision=told.revision,
        told_position=told.position,
        next_attempt_at=now,
    )
    session.add(webhook)
    session.flush()  # the audit row names it
    act = auditing.Act("webhook_added", "webhook", webhook.ulid, {"url": [None, url]})
    auditing.append(session, state, [act], at=now, actor_id=None)
    return webhook


def list_webhooks(session: Session) -> Sequence[Webhook]:
    """Return the receivers in the order in which they were added."""
    return session.scalars(select(Webhook).order_by(Webhook.id)).all()


def find_webhook(session: Session, ulid: str) -> Webhook:
    """Return the receiver.

    Raises:
        RecordNotFound.
    """
    found = session.scalars(select(Webhook).where(Webhook.ulid == ulid)).first()
    if found is None:
        raise RecordNotFound("webhook", ulid)
    return found


def remove_webhook(session: Session, ulid: str, *, now: datetime) -> None:
    """Take a receiver off; it is told nothing more.

    Raises:
        RecordNotFound.
    """
    state = editing.lock_registry(session)
    webhook = find_webhook(session, ulid)
    act = auditing.Act("webhook_removed", "webhook", webhook.ulid, {"url": [webhook.url, None]})
    auditing.append(session, state, [act], at=now, actor_id=None)
    session.delete(webhook)


def resume_webhook(session: Session, ulid: str, *, now: datetime) -> None:
    """Tell a receiver again that was given up, from where it stands.

    Raises:
        RecordNotFound.
    """
    webhook = find_webhook(session, ulid)
    webhook.disabled_at, webhook.failing_since, webhook.attempts = None, None, 0
    webhook.next_attempt_at = now


def is_due(session: Session, now: datetime) -> bool:
    """Return whether any receiver waits; a look that locks nobody."""
    return session.scalar(select(Webhook.id).where(*_due(now)).limit(1)) is not None


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    version = select(RegistryState.revision_number).scalar_subquery()
    behind = Webhook.told_revision < version
    # A place within a revision is never its end: there may be more after it.
    within = Webhook.told_position < Cursor(0).position
    waits = or_(Webhook.until_revision.is_not(None), behind, within)
    return (Webhook.disabled_at.is_(None), Webhook.next_attempt_at <= now, waits)


def claim(session: Session, now: datetime) -> Message | None:
    """Return the next message and hold it for a while against other workers; None where nobody is to be told now.

    Receivers who follow nothing of what was published since are moved on here.
    """
    statement = select(Webhook).where(*_due(now)).order_by(Webhook.next_attempt_at, Webhook.id)
    for webhook in session.scalars(statement.with_for_update()):
        message = _message(session, webhook)
        if message is not None:
            webhook.next_attempt_at = now + _LEASE
            return message
    return None


def _message(session: Session, webhook: Webhook) -> Message | None:
    told = Cursor(webhook.told_revision, webhook.told_position)
    followed = Followed(
        tuple(ChangeKind(each) for each in webhook.kinds), webhook.product_id, webhook.organisation_id
    )
    while True:
        found = list_changes(session, told, followed, MOST_CHANGES)
        until = _until(webhook) or found.next
        # An attempt that is repeated says what the first one said, not what was published meanwhile.
        items = tuple(each for each in found.changes if each.cursor <= until)
        if items:
            break
        _move(webhook, until)
        told = until
        if not found.has_more and until == found.next:
            return None
    webhook.until_revision, webhook.until_position = until
    return Message(
        webhook.ulid,
        webhook.url,
        webhook.secret,
        f"{webhook.ulid}-{until.revision}-{until.position}",
        until,
        {
            "items": [change_document(each) for each in items],
            "next": str(until),
            "data_version": found.data_version,
        },
    )


def _until(webhook: Webhook) -> Cursor | None:
    if webhook.until_revision is None or webhook.until_position is None:
        return None
    return Cursor(webhook.until_revision, webhook.until_position)


def _move(webhook: Webhook, told: Cursor) -> None:
    webhook.told_revision, webhook.told_position = told
    webhook.until_revision = webhook.until_position = None


def note_delivery(session: Session, message: Message, problem: str | None, now: datetime) -> bool:
    """Write down what came of a delivery; return whether the receiver was given up for it.

    `problem` is None where the message was taken. A receiver that says it is gone (410), or has taken nothing for
    five days, is told nothing more until somebody resumes it.
    """
    found = select(Webhook).where(Webhook.ulid == message.webhook_ulid).with_for_update()
    webhook = session.scalars(found).first()
    if webhook is None or _until(webhook) != message.until:
        return False  # removed, or somebody else has delivered it meanwhile
    if problem is None:
        _move(webhook, message.until)
        webhook.attempts, webhook.failing_since, webhook.last_problem = 0, None, None
        webhook.delivered_at = webhook.next_attempt_at = now
        return False
    webhook.failing_since = webhook.failing_since or now
    wait = _PATIENCE[min(webhook.attempts, len(_PATIENCE) - 1)]
    webhook.attempts += 1
    webhook.last_problem = problem
    webhook.next_attempt_at = now + timedelta(seconds=wait)
    if problem == _GONE or now - webhook.failing_since >= _GIVE_UP_AFTER:
        webhook.disabled_at = now
    return webhook.disabled_at is not None
