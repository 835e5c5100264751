"""Sessions of browsers: kept in the database, alive only as long as everything they rest on stays as it was."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.orm import Session, contains_eager

from service.register.accounts.second_factor import is_asked_of
from service.register.models import StaffSession, StaffUser
from service.register.rights import Held, held_by

IDLE: Final = timedelta(minutes=30)
ABSOLUTE: Final = timedelta(hours=8)
_TOUCH: Final = timedelta(minutes=1)
_LONGEST_BROWSER: Final = 200
_TOKEN_BYTES: Final = 32


class Duty(StrEnum):
    """What a signed-in person has to do before anything else."""

    PROVE = "prove"
    """Show the second factor."""
    CHOOSE_PASSWORD = "choose_password"  # noqa: S105  (no password)
    """Replace a password that somebody else knows."""
    SET_UP_SECOND_FACTOR = "set_up_second_factor"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who asks, as the database says in this transaction."""

    user: StaffUser
    held: Held
    session_id: int
    session_ulid: str
    seen_at: datetime
    totp_pending: str | None
    duty: Duty | None

    def is_to_be_touched(self, at: datetime) -> bool:
        """Return whether the session's last use should be written down again: once a minute is enough."""
        return at - self.seen_at >= _TOUCH


def open_session(session: Session, user: StaffUser, *, at: datetime, browser: str, is_proven: bool) -> str:
    """Return the value of a cookie for a new session; dead sessions of everybody are swept out."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    session.execute(
        delete(StaffSession).where(
            or_(StaffSession.started_at <= at - ABSOLUTE, StaffSession.seen_at <= at - IDLE)
        )
    )
    session.add(
        StaffSession(
            token_hash=hash_of(token),
            user_id=user.id,
            access_version=user.access_version,
            is_proven=is_proven,
            browser=browser[:_LONGEST_BROWSER],
            started_at=at,
            seen_at=at,
        )
    )
    return token


def hash_of(token: str) -> str:
    """Return what is kept of a cookie's value: whoever reads the database cannot sign in with it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def find_session(session: Session, token: str, *, at: datetime, demo: bool) -> SignedIn | None:
    """Return who holds the cookie, or None: unknown, too old, idle, or resting on what has changed since.

    `demo`: whether demonstration accounts may work here.
    """
    statement = _alive(at).where(StaffSession.token_hash == hash_of(token))
    found = session.scalars(statement.options(contains_eager(StaffSession.user))).first()
    if found is None or (found.user.is_demonstration and not demo):
        return None
    held = held_by(session, found.user_id)
    return SignedIn(
        found.user, held, found.id, found.ulid, found.seen_at, found.totp_pending, _duty(found, held)
    )


def _alive(at: datetime) -> Select[StaffSession]:
    return (
        select(StaffSession)
        .join(StaffUser, StaffUser.id == StaffSession.user_id)
        .where(
            StaffUser.is_active,
            StaffSession.access_version == StaffUser.access_version,
            StaffSession.started_at > at - ABSOLUTE,
            StaffSession.seen_at > at - IDLE,
        )
    )


def _duty(found: StaffSession, held: Held) -> Duty | None:
    if not found.is_proven:
        return Duty.PROVE
    if found.user.one_time_until is not None:
        return Duty.CHOOSE_PASSWORD
    if found.user.totp_secret is None and is_asked_of(held):
        return Duty.SET_UP_SECOND_FACTOR
    return None


def touch(session: Session, who: SignedIn, at: datetime) -> None:
    """Write down that the session was used."""
    session.execute(update(StaffSession).where(StaffSession.id == who.session_id).values(seen_at=at))


def list_sessions(session: Session, user: StaffUser, at: datetime) -> Sequence[StaffSession]:
    """Return the account's living sessions, the newest first."""
    statement = _alive(at).where(StaffSession.user_id == user.id).order_by(StaffSession.id.desc())
    return list(session.scalars(statement))


def end_all(session: Session, user: StaffUser) -> None:
    """End every session of the account, whatever else may still let one live."""
    session.execute(delete(StaffSession).where(StaffSession.user_id == user.id))
