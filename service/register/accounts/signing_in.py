"""Signing in and out: a password, then the second factor where there is one, each step a session of its own."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from service.register.accounts import passwords, second_factor
from service.register.accounts.sessions import SignedIn, open_session
from service.register.accounts.trail import in_turn, record
from service.register.database import Database
from service.register.models import StaffSession, StaffUser


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that was just opened: the value of its cookie, and whether the second factor is still to come."""

    token: str
    is_proven: bool = True


class Refusal(StrEnum):
    """Why somebody was not let in; the reasons that only an insider may know are one."""

    WRONG = "sign_in_wrong"
    WRONG_CODE = "code_wrong"
    WRONG_PASSWORD = "password_wrong"  # noqa: S105  (the code of a sentence)
    NOTHING_BEGUN = "nothing_begun"


def login_of(typed: str) -> str:
    """Return the login as it is kept: NFKC, lower case, without space around it."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


def sign_in(
    database: Database, login: str, password: str, *, at: datetime, browser: str, demo: bool
) -> NewSession | Refusal:
    """Return a new session, or the one refusal there is: the same answer and the same work whatever was wrong.

    The hash is computed while no transaction is open. What came of it is on the audit trail either way.
    """
    with database.reading() as session:
        named = StaffUser.login == login_of(login)
        kept = session.scalar(select(StaffUser.password_hash).where(named))
    checked = passwords.check(password, kept)
    with database.writing() as session:
        in_turn(session)
        user = session.scalars(select(StaffUser).where(named)).first()
        if user is None or not checked.holds_for(user) or not _is_open(user, at, demo=demo):
            record(session, "sign_in_refused", user, at=at, by=None)
            return Refusal.WRONG
        is_proven = user.totp_secret is None
        token = open_session(session, user, at=at, browser=browser, is_proven=is_proven)
        record(session, "signed_in" if is_proven else "password_accepted", user, at=at, by=user)
        return NewSession(token, is_proven)


def _is_open(user: StaffUser, at: datetime, *, demo: bool) -> bool:
    is_usable = user.is_active and not user.is_system and (demo or not user.is_demonstration)
    return is_usable and (user.one_time_until is None or at < user.one_time_until)


def prove(session: Session, who: SignedIn, code: str, *, at: datetime, browser: str) -> NewSession | Refusal:
    """Return a new session, with a new identifier, for one whose holder showed the second factor."""
    in_turn(session)
    if not second_factor.accept(session, who.user, code, at):
        record(session, "code_refused", who.user, at=at, by=None)
        return Refusal.WRONG_CODE
    session.execute(delete(StaffSession).where(StaffSession.id == who.session_id))
    token = open_session(session, who.user, at=at, browser=browser, is_proven=True)
    record(session, "signed_in", who.user, at=at, by=who.user)
    return NewSession(token)


def sign_out(session: Session, who: SignedIn, *, at: datetime) -> None:
    """End the session; its cookie is worth nothing from then on."""
    in_turn(session)
    session.execute(delete(StaffSession).where(StaffSession.id == who.session_id))
    record(session, "signed_out", who.user, at=at, by=who.user)


def renew(session: Session, user: StaffUser, *, at: datetime, browser: str) -> NewSession:
    """Return the one session that goes on after what sessions rest on has changed; all others are dead."""
    session.execute(
        update(StaffUser)
        .where(StaffUser.id == user.id)
        .values(access_version=StaffUser.access_version + 1)
        .execution_options(synchronize_session=False)
    )
    session.refresh(user)
    session.execute(delete(StaffSession).where(StaffSession.user_id == user.id))
    return NewSession(open_session(session, user, at=at, browser=browser, is_proven=True))
