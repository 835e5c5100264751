"""Which kinds of record are open to who asks, what is not open does not exist for them; which have a public page."""

from __future__ import annotations

from sqlalchemy.orm import Session

from service.errors import RecordGone, RecordNotFound
from service.register.lookups import page_of
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


def has_public_page(session: Session, kind: RecordKind, ulid: str) -> bool:
    """Return whether the permanent link of a published record leads to a page, as most kinds have none of their own."""
    try:
        return page_of(session, kind, ulid) is not None
    except RecordGone:
        return False
