"""Readers of the change feed for tests: all that follows a cursor, in short steps."""

from __future__ import annotations

from service.register.lookups.change_feed import START, Followed, list_changes


def follow(session, since=START, followed=None, limit=3):
    """Everything after the cursor, as a reader with short steps collects it, and where they stand then."""
    followed = followed or Followed()
    found = []
    while True:
        stretch = list_changes(session, since, followed, limit)
        found += stretch.changes
        assert stretch.next >= since
        since = stretch.next
        if not stretch.has_more:
            return found, since


def keys(changes):
    return [(each.cursor, each.record_ulid) for each in changes]
