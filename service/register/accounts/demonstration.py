"""Accounts for trying the desk: plainly fictional people, fresh passwords each time, dead where DIBIAO_DEMO is off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from service.errors import RecordNotFound
from service.register.accounts import second_factor
from service.register.accounts.keeping import NewAccount, find_staff, give_one_time_password, open_account
from service.register.models import StaffUser
from service.register.rights import Held
from service.vocabulary import Role

_PEOPLE: Final = (
    ("shili-luru", "示例录入员", (Role.EDITOR, Role.IMPORTER)),
    ("shili-shenhe", "示例审核员", (Role.REVIEWER,)),
    ("shili-xiansuo", "示例线索处理员", (Role.LEAD_OFFICER,)),
    ("shili-shenji", "示例审计员", (Role.AUDITOR,)),
    ("shili-guanli", "示例管理员", (Role.ADMIN,)),
)


@dataclass(frozen=True, slots=True)
class Trial:
    """How to sign in with a demonstration account; the secret and the codes are for those with a second factor."""

    login: str
    roles: tuple[Role, ...]
    password: str
    secret: str | None
    codes: tuple[str, ...]


def renew_demonstration(session: Session, at: datetime) -> list[Trial]:
    """Return the demonstration accounts, made where they are missing, with passwords that were never used before."""
    return [_renew(session, login, name, roles, at) for login, name, roles in _PEOPLE]


def _renew(session: Session, login: str, name: str, roles: tuple[Role, ...], at: datetime) -> Trial:
    user, password = _with_password(session, login, name, roles, at)
    user.one_time_until = None  # it is for whoever tries the desk, not for one person
    if not second_factor.is_asked_of(Held(frozenset(roles))):
        return Trial(login, roles, password, None, ())
    user.totp_secret, user.totp_last_step = second_factor.new_secret(), None
    codes = second_factor.new_recovery_codes(session, user)
    return Trial(login, roles, password, user.totp_secret, tuple(codes))


def _with_password(
    session: Session, login: str, name: str, roles: tuple[Role, ...], at: datetime
) -> tuple[StaffUser, str]:
    try:
        user = find_staff(session, login)
    except RecordNotFound:
        made = NewAccount(login=login, display_name=name, person=login, roles=roles, is_demonstration=True)
        return open_account(session, made, by=None, at=at)
    if not user.is_demonstration:
        raise RecordNotFound("staff_user", login)
    return user, give_one_time_password(session, user, by=None, at=at)
