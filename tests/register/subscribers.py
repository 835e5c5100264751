"""Receivers of changes for tests: added, told, and what was published for them."""

from __future__ import annotations

import factories
from factories import NOW

from service.courier import Courier
from service.delivering import Poster
from service.register import subscribing
from service.register.lookups.change_feed import START, Followed, list_changes
from service.register.models import Webhook


def courier_on(register, clock, patience_s=1.0) -> Courier:
    poster = Poster(allow_loopback=True, patience_s=patience_s)
    return Courier(register, clock, "http://127.0.0.1:8000", poster)


def add(register, url, followed=None, since=START) -> str:
    with register.writing() as session:
        made = subscribing.add_webhook(session, url, followed or Followed(), since=since, now=NOW)
        return made.ulid


def found(register, ulid) -> Webhook:
    with register.reading() as session:
        webhook = subscribing.find_webhook(session, ulid)
        session.expunge_all()
        return webhook


def drain(courier) -> int:
    count = 0
    while courier.deliver_next():
        count += 1
        assert count < 200
    return count


def published(register, followed=None, since=START) -> list[str]:
    cursors = []
    with register.reading() as session:
        while True:
            stretch = list_changes(session, since, followed or Followed(), 500)
            cursors += [str(each.cursor) for each in stretch.changes]
            since = stretch.next
            if not stretch.has_more:
                return cursors


def marks(register, count) -> None:
    for _ in range(count):
        with register.writing() as session:
            factories.a_trademark(session)
