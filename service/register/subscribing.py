"""Webhooks: who is told of changes, what they are told next, and what came of it."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from service.errors import BadCursor, RecordNotFound
from service.register import auditing, editing, rights
from service.register.lookups.change_documents import change_document
from service.register.lookups.change_feed import Cursor, Followed, list_changes
from service.register.models import GiProduct, Organisation, RegistryState, StaffUser, Webhook
from service.vocabulary import ChangeKind, StaffAct, WebhookState

AUDITED_AS: Final = "webhook"
"""What the trail calls a receiver."""
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
    session: Session,
    url: str,
    followed: Followed,
    *,
    since: Cursor | None,
    now: datetime,
    by: StaffUser | None = None,
) -> Webhook:
    """Return a new receiver, told of everything after the cursor, or of what comes from now on.

    `by`, here and below: who does it at the desk; None for the command line.

    Raises:
        BadCursor: the cursor lies ahead of the register.
        NotPermitted.
    """
    state = _begin(session, by)
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
    _record(session, _act("webhook_added", webhook, url=[None, url]), now, by)
    return webhook


def _begin(session: Session, by: StaffUser | None) -> RegistryState:
    """Return the locked registry: acts on receivers come one after another, and each is on the trail."""
    state = editing.lock_registry(session)
    if by is not None:
        rights.demand(session, by, StaffAct.KEEP_KEYS)
    return state


def _record(session: Session, act: auditing.Act, at: datetime, by: StaffUser | None) -> None:
    actor = by.id if by is not None else None
    auditing.append(session, editing.lock_registry(session), [act], at=at, actor_id=actor)


def _act(act: str, webhook: Webhook, reason: str | None = None, **changes: list[Any]) -> auditing.Act:
    return auditing.Act(act, AUDITED_AS, webhook.ulid, changes, reason)


def find_webhook(session: Session, ulid: str, *, to_change: bool = False) -> Webhook:
    """Return the receiver; `to_change`: held until the transaction ends, against a delivery that is written down.

    Raises:
        RecordNotFound.
    """
    statement = select(Webhook).where(Webhook.ulid == ulid)
    found = session.scalars(statement.with_for_update() if to_change else statement).first()
    if found is None:
        raise RecordNotFound(AUDITED_AS, ulid)
    return found


@dataclass(frozen=True, slots=True)
class Subscription:
    """A receiver as people look at it: how it stands, and in words what it is narrowed to."""

    webhook: Webhook
    product: str | None
    organisation: str | None

    @property
    def state(self) -> WebhookState:
        """How it stands."""
        return state_of(self.webhook)

    @property
    def kinds(self) -> tuple[ChangeKind, ...]:
        """What it follows; none named is everything."""
        return tuple(ChangeKind(each) for each in self.webhook.kinds)

    @property
    def told(self) -> Cursor:
        """Up to where it has been told."""
        return Cursor(self.webhook.told_revision, self.webhook.told_position)


_SUBSCRIBED: Final = (
    select(Webhook, GiProduct.name, Organisation.name)
    .outerjoin(GiProduct, GiProduct.id == Webhook.product_id)
    .outerjoin(Organisation, Organisation.id == Webhook.organisation_id)
    .order_by(Webhook.id)
)


def list_subscriptions(session: Session) -> list[Subscription]:
    """Return the receivers in the order in which they were added."""
    return [Subscription(*row) for row in session.execute(_SUBSCRIBED)]


def find_subscription(session: Session, ulid: str) -> Subscription:
    """Return the receiver as people look at it.

    Raises:
        RecordNotFound.
    """
    row = session.execute(_SUBSCRIBED.where(Webhook.ulid == ulid)).first()
    if row is None:
        raise RecordNotFound(AUDITED_AS, ulid)
    return Subscription(*row)


def state_of(webhook: Webhook) -> WebhookState:
    """Return how a receiver stands.

    One that was given up has its failures on record; who pauses one clears them.
    """
    if webhook.disabled_at is not None:
        return WebhookState.GIVEN_UP if webhook.attempts else WebhookState.PAUSED
    if webhook.attempts:
        return WebhookState.FAILING
    return WebhookState.WELL if webhook.delivered_at else WebhookState.NEW


def remove_webhook(session: Session, ulid: str, *, now: datetime, by: StaffUser | None = None) -> None:
    """Take a receiver off; it is told nothing more.

    Raises:
        RecordNotFound, NotPermitted.
    """
    _begin(session, by)
    webhook = find_webhook(session, ulid, to_change=True)
    _record(session, _act("webhook_removed", webhook, url=[webhook.url, None]), now, by)
    session.delete(webhook)


def pause_webhook(session: Session, ulid: str, *, now: datetime, by: StaffUser | None = None) -> None:
    """Tell a receiver nothing until it is resumed; it then goes on from where it stands.

    Raises:
        RecordNotFound, NotPermitted.
    """
    _begin(session, by)
    webhook = find_webhook(session, ulid, to_change=True)
    if state_of(webhook) is not WebhookState.PAUSED:
        webhook.disabled_at, webhook.failing_since, webhook.attempts = now, None, 0
        _record(session, _act("webhook_paused", webhook), now, by)


def resume_webhook(session: Session, ulid: str, *, now: datetime, by: StaffUser | None = None) -> None:
    """Tell a receiver again that was paused, given up or is being waited for, from where it stands.

    Raises:
        RecordNotFound, NotPermitted.
    """
    _begin(session, by)
    webhook = find_webhook(session, ulid, to_change=True)
    webhook.disabled_at, webhook.failing_since, webhook.attempts = None, None, 0
    webhook.next_attempt_at = now
    _record(session, _act("webhook_resumed", webhook), now, by)


def note_test(
    session: Session, ulid: str, problem: str | None, *, now: datetime, by: StaffUser | None = None
) -> None:
    """Write down that a message without changes was sent, and why it was not taken, if it was not.

    Raises:
        RecordNotFound, NotPermitted.
    """
    _begin(session, by)
    _record(session, _act("webhook_tested", find_webhook(session, ulid), problem), now, by)


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
    if problem is not None and state_of(webhook) is WebhookState.PAUSED:
        return False  # paused while it was spoken to: nobody waits for it
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
