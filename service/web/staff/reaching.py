"""Which kinds of record are open to who asks, what is not open does not exist for them; which have a public page."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from service.errors import RecordGone, RecordNotFound
from service.register.lookups import find_by_ulid
from service.register.lookups.changed_details import CHANGING, details_of
from service.vocabulary import RecordKind
from service.web.staff.desk import Desk
from service.web.staff.typed import kind_of


def open_kind(desk: Desk, name: str) -> RecordKind:
    """Return the kind with this code.

    Raises:
        RecordNotFound: there is none, or the route's act is not open to who asks on such records.
    """
    kind = kind_of(name)
    if not desk.who.held.may(desk.demand.act, kind):
        raise RecordNotFound("kind", name)
    return kind


def open_kinds(desk: Desk) -> list[RecordKind]:
    """Return the kinds on which the route's act is open to who asks."""
    return [kind for kind in RecordKind if desk.who.held.may(desk.demand.act, kind)]


_SHOWN: Final = frozenset({RecordKind.BRAND, RecordKind.ANNOUNCEMENT, RecordKind.DIVISION})


def has_public_page(session: Session, kind: RecordKind, ulid: str) -> bool:
    """Return whether the permanent link of a published record leads to a page, as most kinds have none of their own."""
    if kind in CHANGING:  # by its own kind alone: the link would look for it among all of them
        found = details_of(session, kind, [ulid]).get(ulid)
        return found is not None and found.path is not None and not found.is_withheld
    if kind not in _SHOWN:
        return False
    try:
        find_by_ulid(session, ulid)
    except RecordGone:
        return False
    return True
