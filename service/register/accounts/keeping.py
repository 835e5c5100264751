"""Keeping accounts: opening, roles, disabling, and what is given anew when somebody is locked out."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from service.errors import DuplicateRecord, FieldNotAllowed, LastAdmin, RecordNotFound, RolesQuarrel
from service.register import rights, sent_twice
from service.register.accounts import passwords, second_factor
from service.register.accounts.sessions import end_all
from service.register.accounts.trail import in_turn, record
from service.register.models import StaffRole, StaffScope, StaffSession, StaffUser
from service.register.rights import Held, held_by
from service.vocabulary import RecordKind, Role, StaffAct

ONE_TIME_LASTS: Final = timedelta(days=7)
_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9.\-]{1,39}")
_SHORTEST_NAME, _LONGEST_NAME, _LONGEST_PERSON = 1, 100, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to be opened; `person` names the human, so that two accounts of one person stay one person."""

    login: str
    display_name: str
    person: str
    roles: Collection[Role]
    kinds: Collection[RecordKind] = ()
    is_demonstration: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """An account as those who keep accounts see it."""

    user: StaffUser
    held: Held
    seen_at: datetime | None

    @property
    def roles(self) -> list[Role]:
        """The roles in the order of their list, also of an account that is not active."""
        return [role for role in Role if role in self.held.roles]

    @property
    def needs_second_factor(self) -> bool:
        """Whether its roles ask for a second factor."""
        return second_factor.is_asked_of(self.held)


def find_staff(session: Session, login: str) -> StaffUser:
    """Return the account with this login.

    Raises:
        RecordNotFound: there is none.
    """
    user = session.scalars(select(StaffUser).where(StaffUser.login == login)).first()
    if user is None:
        raise RecordNotFound("staff_user", login)
    return user


def find_account(session: Session, login: str) -> Account:
    """Return the account with what it holds.

    Raises:
        RecordNotFound: there is none.
    """
    return _accounts(session, [find_staff(session, login)])[0]


def list_accounts(session: Session, *, role: Role | None = None, active: bool | None = None) -> list[Account]:
    """Return the accounts of people by login, those with a role or a state where one is named."""
    statement = select(StaffUser).where(StaffUser.is_system.is_(False)).order_by(StaffUser.login)
    if active is not None:
        statement = statement.where(StaffUser.is_active.is_(active))
    if role is not None:
        having = select(StaffRole.user_id).where(StaffRole.role == role)
        statement = statement.where(StaffUser.id.in_(having))
    return _accounts(session, session.scalars(statement).all())


def _accounts(session: Session, users: Sequence[StaffUser]) -> list[Account]:
    ids = [user.id for user in users]
    roles: dict[int, set[Role]] = {}
    for user_id, role in session.execute(
        select(StaffRole.user_id, StaffRole.role).where(StaffRole.user_id.in_(ids))
    ):
        roles.setdefault(user_id, set()).add(role)
    kinds: dict[int, set[RecordKind]] = {}
    for user_id, kind in session.execute(
        select(StaffScope.user_id, StaffScope.record_kind).where(StaffScope.user_id.in_(ids))
    ):
        kinds.setdefault(user_id, set()).add(kind)
    last = func.max(StaffSession.seen_at, type_=StaffSession.seen_at.type).label("seen_at")
    used = select(StaffSession.user_id, last).where(StaffSession.user_id.in_(ids))
    seen = {row.user_id: row.seen_at for row in session.execute(used.group_by(StaffSession.user_id))}
    return [
        Account(
            user,
            Held(frozenset(roles.get(user.id, ())), frozenset(kinds.get(user.id, ()))),
            seen.get(user.id),
        )
        for user in users
    ]


def add_staff(  # noqa: PLR0913  (an account is these facts)
    session: Session,
    *,
    login: str,
    display_name: str,
    person: str,
    roles: Collection[Role],
    at: datetime,
    is_system: bool = False,
) -> StaffUser:
    """Return a new account that nobody can sign in with: for imports on the command line, and of the system itself."""
    facts = NewAccount(login=login, display_name=display_name, person=person, roles=roles)
    return _add(session, facts, by=None, at=at, is_system=is_system)


def open_account(
    session: Session, facts: NewAccount, *, by: StaffUser | None, at: datetime, form: str | None = None
) -> tuple[StaffUser, str]:
    """Return a new account and its one-time password, which is not kept; `by` is None at the command line.

    `form`: what the form was given when it was opened. The password follows from it and from what it says, so that
    who pressed twice sees it though only the second reply is shown; a form sent again later opens nothing.

    Raises:
        NotPermitted, FieldNotAllowed, DuplicateRecord, RolesQuarrel.
    """
    password = passwords.one_time_password(form, _said(facts, by))
    hashed = passwords.hash_of(password)
    _begin(session, by)
    if form and (known := _just_opened(session, facts.login, password, at)):
        return known, password
    user = _add(session, facts, by=by, at=at)
    user.password_hash, user.one_time_until = hashed, at + ONE_TIME_LASTS
    return user, password


def _said(facts: NewAccount, by: StaffUser | None) -> str:
    named = (facts.login, facts.display_name, facts.person, sorted(facts.roles), sorted(facts.kinds))
    return repr((by.id if by else 0, [str(each) for each in named]))


def _just_opened(session: Session, login: str, password: str, at: datetime) -> StaffUser | None:
    """Return the account that the same form opened some minutes ago, if its first password still stands."""
    known = session.scalar(select(StaffUser).where(StaffUser.login == login))
    if known is None or known.one_time_until is None or at - known.created_at > sent_twice.PRESSED_TWICE:
        return None
    return known if passwords.matches(password, known.password_hash) else None


def _add(
    session: Session, facts: NewAccount, *, by: StaffUser | None, at: datetime, is_system: bool = False
) -> StaffUser:
    _demand_facts(facts)
    if session.scalar(select(StaffUser.id).where(StaffUser.login == facts.login)) is not None:
        raise DuplicateRecord("login", facts.login)
    user = StaffUser(
        login=facts.login,
        display_name=facts.display_name,
        person=facts.person,
        is_system=is_system,
        is_demonstration=facts.is_demonstration,
        created_at=at,
    )
    session.add(user)
    session.flush()  # the roles want the account's key
    _grant(session, user, facts.roles, facts.kinds)
    record(session, "created", user, at=at, by=by, changes=_granted(Held(), facts.roles, facts.kinds))
    return user


def name_faults(login: str, display_name: str, person: str) -> dict[str, str]:
    """Return what is wrong with the names of a new account: the code of the problem by field, all at once."""
    found = {} if _LOGIN.fullmatch(login) else {"login": "bad_login"}
    for field, value, most in (
        ("display_name", display_name, _LONGEST_NAME),
        ("person", person, _LONGEST_PERSON),
    ):
        if not _SHORTEST_NAME <= len(value.strip()) <= most:
            found[field] = "bad_name"
    return found


def _demand_facts(facts: NewAccount) -> None:
    for field, problem in name_faults(facts.login, facts.display_name, facts.person).items():
        raise FieldNotAllowed(field, getattr(facts, field), problem)
    _demand_grantable(facts.login, facts.roles, facts.kinds)


def _demand_grantable(login: str, roles: Collection[Role], kinds: Collection[RecordKind]) -> None:
    if not roles:
        raise FieldNotAllowed("roles", "", "no_role")
    if kinds and Role.PARTNER not in roles:
        raise FieldNotAllowed("kinds", "", "kinds_of_a_partner")
    if shut := rights.quarrel(roles):
        raise RolesQuarrel(login, tuple(sorted(shut)))


def _grant(session: Session, user: StaffUser, roles: Collection[Role], kinds: Collection[RecordKind]) -> None:
    session.execute(delete(StaffRole).where(StaffRole.user_id == user.id))
    session.execute(delete(StaffScope).where(StaffScope.user_id == user.id))
    session.add_all(StaffRole(user_id=user.id, role=role) for role in dict.fromkeys(roles))
    session.add_all(StaffScope(user_id=user.id, record_kind=kind) for kind in dict.fromkeys(kinds))


def _granted(before: Held, roles: Collection[Role], kinds: Collection[RecordKind]) -> Mapping[str, list[Any]]:
    changes: dict[str, list[Any]] = {}
    if before.roles != frozenset(roles):
        changes["roles"] = [sorted(before.roles) or None, sorted(roles)]
    if before.scope != frozenset(kinds):
        changes["kinds"] = [sorted(before.scope) or None, sorted(kinds) or None]
    return changes


def change_roles(
    session: Session,
    user: StaffUser,
    roles: Collection[Role],
    kinds: Collection[RecordKind],
    *,
    by: StaffUser | None,
    at: datetime,
) -> None:
    """Give the account these roles in place of those it has; its sessions are dead.

    Raises:
        NotPermitted, FieldNotAllowed, RolesQuarrel, LastAdmin.
    """
    _begin(session, by)
    _demand_grantable(user.login, roles, kinds)
    if Role.ADMIN not in roles:
        _demand_another_admin(session, user)
    before = _accounts(session, [user])[0].held
    _grant(session, user, roles, kinds)
    _cut_off(session, user)
    record(session, "roles_changed", user, at=at, by=by, changes=_granted(before, roles, kinds))


def set_active(
    session: Session, user: StaffUser, *, active: bool, by: StaffUser | None, at: datetime
) -> None:
    """Disable the account or open it again; its sessions are dead, and so is whatever it might still approve.

    Raises:
        NotPermitted, LastAdmin.
    """
    _begin(session, by)
    if not active:
        _demand_another_admin(session, user)
    user.is_active = active
    _cut_off(session, user)
    record(session, "enabled" if active else "disabled", user, at=at, by=by)


def give_one_time_password(session: Session, user: StaffUser, *, by: StaffUser | None, at: datetime) -> str:
    """Return a password to tell the person, good once within `ONE_TIME_LASTS`; the old one and all sessions are dead.

    Raises:
        NotPermitted.
    """
    password = passwords.one_time_password()
    hashed = passwords.hash_of(password)
    _begin(session, by)
    user.password_hash, user.one_time_until = hashed, at + ONE_TIME_LASTS
    _cut_off(session, user)
    record(session, "password_reset", user, at=at, by=by)
    return password


def reset_second_factor(session: Session, user: StaffUser, *, by: StaffUser | None, at: datetime) -> None:
    """Take the account's second factor and recovery codes away; who needs one sets it up at the next sign-in.

    Raises:
        NotPermitted.
    """
    _begin(session, by)
    user.totp_secret = user.totp_last_step = None
    second_factor.clear_recovery_codes(session, user)
    _cut_off(session, user)
    record(session, "second_factor_reset", user, at=at, by=by)


def end_sessions(session: Session, user: StaffUser, *, by: StaffUser | None, at: datetime) -> None:
    """End every session of the account, which stays open: a computer was left behind, or lost.

    Raises:
        NotPermitted.
    """
    _begin(session, by)
    end_all(session, user)
    record(session, "sessions_ended", user, at=at, by=by)


def _cut_off(session: Session, user: StaffUser) -> None:
    user.access_version += 1
    end_all(session, user)


def _begin(session: Session, by: StaffUser | None) -> None:
    in_turn(session)
    if by is not None:
        rights.demand(session, by, StaffAct.KEEP_ACCOUNTS)


def _demand_another_admin(session: Session, user: StaffUser) -> None:
    if Role.ADMIN not in held_by(session, user.id).roles:
        return
    others = (
        select(func.count())
        .select_from(StaffUser)
        .join(StaffRole, StaffRole.user_id == StaffUser.id)
        .where(StaffRole.role == Role.ADMIN, StaffUser.is_active, StaffUser.id != user.id)
    )
    if not session.scalar(others):
        raise LastAdmin(user.login)


def count_who_can_sign_in(session: Session, *, demo: bool) -> int:
    """Return how many accounts are open and have a password; `demo`: whether demonstration accounts count."""
    statement = (
        select(func.count())
        .select_from(StaffUser)
        .where(StaffUser.is_active, StaffUser.password_hash.is_not(None))
    )
    if not demo:
        statement = statement.where(StaffUser.is_demonstration.is_(False))
    return session.scalar(statement) or 0
