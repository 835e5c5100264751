"""Who may do what: the one table of roles and acts, asked by the register and by every page of the desk.

What an account may do is read in the transaction that does it; nothing of it is kept from an earlier moment.
Source: domain reference 4.4 (roles), decision 0016.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import NotPermitted
from service.register.models import StaffRole, StaffScope, StaffUser
from service.vocabulary import RecordKind, Role, StaffAct

_ALL: Final = frozenset(Role)
_DRAFTERS: Final = frozenset(
    {Role.EDITOR, Role.IMPORTER, Role.GIS_EDITOR, Role.INDICATOR_OFFICER, Role.PARTNER}
)

RIGHTS: Final[Mapping[StaffAct, frozenset[Role]]] = {
    StaffAct.KEEP_OWN_ACCOUNT: _ALL,
    StaffAct.SEE_DESK: _ALL,
    StaffAct.READ_RECORDS: _ALL,
    StaffAct.DRAFT: _DRAFTERS,
    StaffAct.SUBMIT: _DRAFTERS,
    StaffAct.RETURN: frozenset({Role.REVIEWER}),
    StaffAct.PUBLISH: frozenset({Role.REVIEWER}),
    StaffAct.STOP_A_WRONG: frozenset({Role.EDITOR, Role.IMPORTER, Role.REVIEWER}),
    StaffAct.IMPORT: frozenset({Role.IMPORTER}),
    StaffAct.SEE_IMPORTS: _ALL - {Role.GIS_EDITOR, Role.INDICATOR_OFFICER},
    StaffAct.FREEZE_SNAPSHOT: frozenset({Role.INDICATOR_OFFICER}),
    # Whom an inspection is planned for is no business of those who are limited to other kinds of record.
    StaffAct.SEE_INSPECTIONS: _ALL - {Role.GIS_EDITOR, Role.INDICATOR_OFFICER, Role.PARTNER},
    StaffAct.FREEZE_DRAW: frozenset({Role.EDITOR}),
    StaffAct.DRAW: frozenset({Role.REVIEWER}),
    StaffAct.SEE_LEADS: frozenset({Role.LEAD_OFFICER, Role.AUDITOR}),
    StaffAct.READ_LEAD: frozenset({Role.LEAD_OFFICER}),
    StaffAct.SEE_ALERTS: frozenset({Role.REVIEWER, Role.AUDITOR}),
    StaffAct.HANDLE_LEAD: frozenset({Role.LEAD_OFFICER}),
    StaffAct.SEE_LEDGER: frozenset(
        {Role.EDITOR, Role.REVIEWER, Role.INDICATOR_OFFICER, Role.AUDITOR, Role.PARTNER}
    ),
    StaffAct.KEEP_LEDGER: frozenset({Role.EDITOR, Role.PARTNER}),
    StaffAct.READ_AUDIT: frozenset({Role.AUDITOR, Role.ADMIN}),
    StaffAct.SEE_ACCOUNTS: frozenset({Role.AUDITOR, Role.ADMIN}),
    StaffAct.KEEP_ACCOUNTS: frozenset({Role.ADMIN}),
    StaffAct.SEE_KEYS: frozenset({Role.AUDITOR, Role.ADMIN}),
    StaffAct.KEEP_KEYS: frozenset({Role.ADMIN}),
}
"""The roles that each act is open to; an act that is not named here is open to nobody."""

_DECIDES: Final = frozenset(
    {
        StaffAct.DRAFT,
        StaffAct.SUBMIT,
        StaffAct.RETURN,
        StaffAct.PUBLISH,
        StaffAct.STOP_A_WRONG,
        StaffAct.IMPORT,
        StaffAct.HANDLE_LEAD,
        StaffAct.KEEP_LEDGER,
        StaffAct.FREEZE_SNAPSHOT,
        StaffAct.FREEZE_DRAW,
        StaffAct.DRAW,
    }
)

CLOSED: Final[Mapping[Role, frozenset[StaffAct]]] = {
    Role.ADMIN: _DECIDES,
    Role.AUDITOR: _DECIDES | {StaffAct.KEEP_ACCOUNTS, StaffAct.KEEP_KEYS, StaffAct.READ_LEAD},
}
"""What a role shuts out whatever other roles stand beside it: who gives rights or examines does not decide."""

KINDS: Final[Mapping[Role, frozenset[RecordKind]]] = {
    Role.GIS_EDITOR: frozenset({RecordKind.PRODUCTION_AREA}),
    Role.INDICATOR_OFFICER: frozenset(
        {
            RecordKind.INDICATOR,
            RecordKind.INDICATOR_VALUE,
            RecordKind.DEMONSTRATION_ZONE,
            RecordKind.ZONE_EVENT,
        }
    ),
}
"""The kinds of record to which a role is limited; a partner's are said for each account."""

_PARTNERS: Final[Mapping[StaffAct, RecordKind]] = {
    StaffAct.SEE_IMPORTS: RecordKind.AUTHORISATION,  # what an announcement's annex brings
    StaffAct.SEE_LEDGER: RecordKind.SERVICE_POINT,
    StaffAct.KEEP_LEDGER: RecordKind.SERVICE_POINT,
}
"""Acts that a partner agency has only where this kind of record is among its own."""


@dataclass(frozen=True, slots=True)
class Held:
    """What an account holds: its roles and, as a partner agency, its kinds of record."""

    roles: frozenset[Role] = frozenset()
    scope: frozenset[RecordKind] = frozenset()
    acts: frozenset[StaffAct] = field(init=False)
    """The acts that are open to it, on some kind of record at least."""

    def __post_init__(self) -> None:
        opened = {
            act for act, roles in RIGHTS.items() if any(self._opens(role, act) for role in roles & self.roles)
        }
        object.__setattr__(self, "acts", frozenset(opened - _shut(self.roles)))

    def may(self, act: StaffAct, kind: RecordKind | None = None) -> bool:
        """Return whether the act is open to it, on this kind of record where one is named."""
        if act not in self.acts:
            return False
        return kind is None or any(self._covers(role, kind) for role in self.roles & RIGHTS[act])

    def _opens(self, role: Role, act: StaffAct) -> bool:
        needed = _PARTNERS.get(act) if role is Role.PARTNER else None
        return needed is None or needed in self.scope

    def _covers(self, role: Role, kind: RecordKind) -> bool:
        limited = self.scope if role is Role.PARTNER else KINDS.get(role)
        return limited is None or kind in limited


def quarrel(roles: Iterable[Role]) -> frozenset[StaffAct]:
    """Return the acts that one of the roles opens and another shuts: such roles belong to different people."""
    held = frozenset(roles)
    opened = {act for act, openers in RIGHTS.items() if openers & held}
    return frozenset(opened & _shut(held))


def _shut(roles: Iterable[Role]) -> frozenset[StaffAct]:
    return frozenset(act for role in roles for act in CLOSED.get(role, ()))


def held_by(session: Session, user_id: int) -> Held:
    """Return what the account holds in this transaction; nothing when it is not active."""
    active = (StaffUser.id == user_id, StaffUser.is_active)
    roles = frozenset(
        session.scalars(
            select(StaffRole.role).join(StaffUser, StaffUser.id == StaffRole.user_id).where(*active)
        )
    )
    if Role.PARTNER not in roles:
        return Held(roles)
    return Held(
        roles,
        frozenset(session.scalars(select(StaffScope.record_kind).where(StaffScope.user_id == user_id))),
    )


def demand(session: Session, user: StaffUser, act: StaffAct, kind: RecordKind | None = None) -> Held:
    """Return what the account holds, if the act is open to it, on this kind of record where one is named.

    Raises:
        NotPermitted: it is not, or the account is not active.
    """
    held = held_by(session, user.id)
    if not held.may(act, kind):
        raise NotPermitted(user.login, act)
    return held
