"""What happens to accounts, on the audit trail: one row for each act, never a password, a code or a cookie."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from service.register import auditing, editing
from service.register.models import StaffUser

_KIND: Final = "staff_user"
NOBODY: Final = "0" * 26
"""Stands for an account that there is not: what was typed as a login may be a password, so it is not kept."""


def in_turn(session: Session) -> None:
    """Let acts on accounts come one after another: asked before the first change, so that no two block each other."""
    editing.lock_registry(session)


def record(
    session: Session,
    act: str,
    user: StaffUser | None,
    *,
    at: datetime,
    by: StaffUser | None,
    changes: Mapping[str, list[Any]] | None = None,
) -> None:
    """Add one act on an account to the audit chain; `by` is None for the command line and for who is not signed in."""
    made = auditing.Act(act, _KIND, user.ulid if user else NOBODY, dict(changes or {}))
    auditing.append(
        session, editing.lock_registry(session), [made], at=at, actor_id=by.id if by is not None else None
    )
