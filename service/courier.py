"""The courier: takes the next message for a receiver and writes down what came of it."""

from __future__ import annotations

from typing import Any

import orjson
import structlog

from service.calendar import CHINA, Clock
from service.delivering import Poster
from service.register import subscribing
from service.register.database import Database
from service.register.models import StaffUser
from service.settings import Settings

_log = structlog.get_logger(__name__)


class Courier:
    """Delivers changes to the receivers of one register; each in its own order, one at a time."""

    def __init__(self, database: Database, clock: Clock, issuer: str, poster: Poster) -> None:
        self._database = database
        self._clock = clock
        self._issuer = issuer
        self._poster = poster

    def deliver_next(self) -> bool:
        """Deliver one message, if any is due; return whether there may be more to do.

        No transaction is open while the receiver is spoken to. Should this process end meanwhile, the message
        is sent again later: at least once.
        """
        with self._database.reading() as session:
            if not subscribing.is_due(session, self._clock.now()):
                return False
        with self._database.writing() as session:
            message = subscribing.claim(session, self._clock.now())
        if message is None:
            return False
        problem = self._post(message.url, message.secret, message.name, "register.changed", message.content)
        with self._database.writing() as session:
            was_given_up = subscribing.note_delivery(session, message, problem, self._clock.now())
        if was_given_up:
            _log.error("webhook_given_up", webhook=message.webhook_ulid, problem=problem)
        elif problem:
            _log.warning("webhook_failed", webhook=message.webhook_ulid, problem=problem)
        return True

    def test(self, ulid: str, *, by: StaffUser | None = None) -> str | None:
        """Send a receiver a message without changes; return why it was not taken, or None. It goes on the trail.

        Raises:
            RecordNotFound, NotPermitted.
        """
        now = self._clock.now()
        with self._database.reading() as session:
            found = subscribing.find_webhook(session, ulid)
            url, secret = found.url, found.secret
        problem = self._post(url, secret, f"{ulid}-ping-{int(now.timestamp())}", "register.ping", {})
        with self._database.writing() as session:
            subscribing.note_test(session, ulid, problem, now=now, by=by)
        return problem

    def _post(self, url: str, secret: str, name: str, kind: str, content: Any) -> str | None:
        now = self._clock.now()
        said = {"type": kind, "timestamp": now.astimezone(CHINA), "issuer": self._issuer, "data": content}
        return self._poster.post(url, secret, name, orjson.dumps(said), now)


def courier_of(settings: Settings, database: Database, clock: Clock) -> Courier:
    """Return what tells the receivers of changes, as the settings want it."""
    poster = Poster(allow_loopback=settings.webhooks_allow_loopback)
    return Courier(database, clock, settings.base_url.rstrip("/"), poster)
