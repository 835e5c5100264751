"""Lists that stay in order while the register changes: by ULID, with cursors that only their own list takes."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from service.errors import BadCursor
from service.register.models import Recorded

R = TypeVar("R", bound=Recorded)


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """One page of a list: its records, the cursor of the next page, and how many there are in all."""

    items: tuple[R, ...]
    next: str | None
    total: int


def list_records(  # noqa: PLR0913  (a list is these facts)
    session: Session,
    model: type[R],
    *,
    limit: int,
    cursor: str | None,
    filters: Sequence[ColumnElement[bool]] = (),
    name: str,
    parts: Sequence[Any] = (),
) -> Page[R]:
    """Return a page of the public records of a kind in the order in which they were made.

    `name` tells this list from others (kind and filters); a cursor of another list is refused.

    Raises:
        BadCursor: the cursor is not one that this list gave out.
    """
    conditions = [model.withdrawal.is_(None), *filters]
    total = session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0
    after = _read_cursor(name, cursor) if cursor else ""
    statement = select(model).where(*conditions, model.ulid > after).order_by(model.ulid).limit(limit + 1)
    found = session.scalars(statement.options(*parts)).all()
    items = tuple(found[:limit])
    following = _write_cursor(name, items[-1].ulid) if len(found) > limit else None
    return Page(items, following, total)


def _write_cursor(name: str, ulid: str) -> str:
    return base64.urlsafe_b64encode(f"{ulid}{_seal(name, ulid)}".encode()).decode().rstrip("=")


def _read_cursor(name: str, cursor: str) -> str:
    try:
        plain = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode(
            "ascii"
        )
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise BadCursor from error
    ulid, seal = plain[:26], plain[26:]
    if seal != _seal(name, ulid) or _write_cursor(name, ulid) != cursor:
        raise BadCursor
    return ulid


def _seal(name: str, ulid: str) -> str:
    """Tie a cursor to its list; it guards against mix-ups, not against people: the list is public."""
    return hashlib.sha256(f"{name}\n{ulid}".encode()).hexdigest()[:12]
