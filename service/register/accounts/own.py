"""What people do with their own account: another password, a second factor, the end of a session elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from service.errors import PasswordRefused, RecordNotFound
from service.register.accounts import passwords, second_factor
from service.register.accounts.passwords import Checked
from service.register.accounts.sessions import SignedIn, end_all
from service.register.accounts.signing_in import NewSession, Refusal, renew
from service.register.accounts.trail import in_turn, record
from service.register.models import StaffSession, StaffUser


@dataclass(frozen=True, slots=True)
class ChangeOfPassword:
    """A change whose hashes are computed: the password that was given for it, and the hash of the one wanted."""

    checked: Checked
    hashed: str | None


def prepare_password(user: StaffUser, current: str, wanted: str) -> ChangeOfPassword:
    """Return the change to be made. It takes its time, so no transaction may be open, and no session is needed.

    Raises:
        PasswordRefused: the current one is right, and the new one does not keep the rules.
    """
    checked = passwords.check(current, user.password_hash)
    if not checked.is_right:
        return ChangeOfPassword(checked, None)
    problem = passwords.fault_of(wanted, (user.login, user.display_name, user.person))
    if problem is None and passwords.normalised(current) == passwords.normalised(wanted):
        problem = "password_same"
    if problem is not None:
        raise PasswordRefused(problem)
    return ChangeOfPassword(checked, passwords.hash_of(wanted))


def change_password(
    session: Session, who: SignedIn, change: ChangeOfPassword, *, at: datetime, browser: str
) -> NewSession | Refusal:
    """Return the session that goes on after the change; every other one of the account is dead."""
    in_turn(session)
    user = who.user
    session.refresh(user)  # as it is now that nobody else can change it
    if change.hashed is None or not change.checked.holds_for(user):
        record(session, "password_refused", user, at=at, by=user)
        return Refusal.WRONG_PASSWORD
    user.password_hash, user.one_time_until = change.hashed, None
    session.flush()  # the account is read again below
    record(session, "password_changed", user, at=at, by=user)
    return renew(session, user, at=at, browser=browser)


def begin_second_factor(session: Session, who: SignedIn, checked: Checked, *, at: datetime) -> Refusal | None:
    """Keep a fresh secret beside the session until a code of it is shown; return why not, if not."""
    in_turn(session)
    session.refresh(who.user)  # as it is now that nobody else can change it
    if not checked.holds_for(who.user):
        record(session, "password_refused", who.user, at=at, by=who.user)
        return Refusal.WRONG_PASSWORD
    begun = update(StaffSession).where(StaffSession.id == who.session_id)
    session.execute(begun.values(totp_pending=second_factor.new_secret()))
    record(session, "second_factor_begun", who.user, at=at, by=who.user)
    return None


def confirm_second_factor(
    session: Session, who: SignedIn, code: str, *, at: datetime, browser: str
) -> tuple[NewSession, list[str]] | Refusal:
    """Return the session that goes on and fresh recovery codes, once a code shows that the authenticator works."""
    if who.totp_pending is None:
        return Refusal.NOTHING_BEGUN
    in_turn(session)
    step = second_factor.step_of(who.totp_pending, code, at)
    if step is None:
        record(session, "code_refused", who.user, at=at, by=who.user)
        return Refusal.WRONG_CODE
    who.user.totp_secret, who.user.totp_last_step = who.totp_pending, step
    session.flush()  # the account is read again below
    codes = second_factor.new_recovery_codes(session, who.user)
    record(session, "second_factor_set", who.user, at=at, by=who.user)
    return renew(session, who.user, at=at, browser=browser), codes


def end_session(session: Session, who: SignedIn, ulid: str, *, at: datetime) -> None:
    """End one of the account's own sessions.

    Raises:
        RecordNotFound: the account has no such session (T23).
    """
    in_turn(session)
    mine = (StaffSession.user_id == who.user.id, StaffSession.ulid == ulid)
    if session.scalar(select(StaffSession.id).where(*mine)) is None:
        raise RecordNotFound("staff_session", ulid)
    session.execute(delete(StaffSession).where(*mine))
    record(session, "session_ended", who.user, at=at, by=who.user)


def sign_out_everywhere(session: Session, who: SignedIn, *, at: datetime) -> None:
    """End every session of one's own account, this one among them."""
    in_turn(session)
    end_all(session, who.user)
    record(session, "sessions_ended", who.user, at=at, by=who.user)
