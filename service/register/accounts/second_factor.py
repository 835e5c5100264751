"""The second factor: codes of an authenticator, each accepted once, and recovery codes for when it is lost."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from datetime import datetime
from typing import Final, cast

from pyotp import TOTP, random_base32
from sqlalchemy import CursorResult, delete, or_, update
from sqlalchemy.orm import Session

from service.register.models import StaffRecoveryCode, StaffUser
from service.register.rights import Held
from service.vocabulary import Role

ISSUER: Final = "地标 Dibiao"
ASKED_OF: Final = frozenset({Role.REVIEWER, Role.ADMIN})
"""Roles that need a second factor."""
RECOVERY_CODES: Final = 10
_STEP_S: Final = 30
_WINDOW: Final = 1  # steps before and after, for clocks that differ
_DIGITS: Final = 6
_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_GROUPS: Final = (4, 4)


def is_asked_of(held: Held) -> bool:
    """Return whether what the account holds needs a second factor."""
    return bool(held.roles & ASKED_OF)


def new_secret() -> str:
    """Return a fresh secret for an authenticator, in base 32."""
    return random_base32()


def address_of(secret: str, login: str) -> str:
    """Return the `otpauth:` address that an authenticator reads from a QR code."""
    return TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """Return the time step whose code this is, the present one or a neighbour; None when it is none of theirs."""
    typed = "".join(unicodedata.normalize("NFKC", code).split())
    if len(typed) != _DIGITS or not (typed.isascii() and typed.isdigit()):
        return None
    maker, present = TOTP(secret), int(at.timestamp()) // _STEP_S
    steps = range(present - _WINDOW, present + _WINDOW + 1)
    return next(
        (step for step in steps if hmac.compare_digest(maker.generate_otp(step), typed)),
        None,
    )


def accept(session: Session, user: StaffUser, code: str, at: datetime) -> bool:
    """Return whether the code proves the second factor; it is used up in the same statement (T17, replay)."""
    step = step_of(user.totp_secret, code, at) if user.totp_secret else None
    if step is None:
        return _use_recovery_code(session, user, code, at)
    # One statement: of two requests with one code, one finds the step already taken.
    unused = or_(StaffUser.totp_last_step.is_(None), StaffUser.totp_last_step < step)
    taken = update(StaffUser).where(StaffUser.id == user.id, unused).values(totp_last_step=step)
    return _changed(session, taken)


def _use_recovery_code(session: Session, user: StaffUser, code: str, at: datetime) -> bool:
    used = (
        update(StaffRecoveryCode)
        .where(
            StaffRecoveryCode.user_id == user.id,
            StaffRecoveryCode.code_hash == _hash(code),
            StaffRecoveryCode.used_at.is_(None),
        )
        .values(used_at=at)
    )
    return _changed(session, used)


def _changed(session: Session, statement: object) -> bool:
    result = cast("CursorResult[object]", session.execute(statement))  # type: ignore[call-overload]
    return result.rowcount == 1


def new_recovery_codes(session: Session, user: StaffUser) -> list[str]:
    """Return fresh recovery codes in place of those before; only their hashes are kept."""
    clear_recovery_codes(session, user)
    groups, letters = _GROUPS
    codes = [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(letters)) for _ in range(groups))
        for _ in range(RECOVERY_CODES)
    ]
    session.add_all(StaffRecoveryCode(user_id=user.id, code_hash=_hash(code)) for code in codes)
    return codes


def clear_recovery_codes(session: Session, user: StaffUser) -> None:
    """Take the account's recovery codes away."""
    session.execute(delete(StaffRecoveryCode).where(StaffRecoveryCode.user_id == user.id))


def _hash(code: str) -> str:
    # 80 random bits: a slow hash would protect nothing more.
    plain = "".join(letter for letter in unicodedata.normalize("NFKC", code).upper() if letter.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()
