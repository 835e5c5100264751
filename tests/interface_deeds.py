"""The routes of keys and receivers at the desk, and for each that changes something how it is reached."""

from __future__ import annotations

from typing import Any

from staffing import NOW

from service.register import accounts, keys, subscribing
from service.register.lookups.change_feed import Followed
from service.vocabulary import ApiScope, Role, StaffAct

_SEE, _KEEP = StaffAct.SEE_KEYS, StaffAct.KEEP_KEYS
ROUTES: dict[tuple[str, str], StaffAct | None] = {
    ("GET", "/staff/keys"): _SEE,
    ("POST", "/staff/keys"): _KEEP,
    ("GET", "/staff/keys/new"): _KEEP,
    ("GET", "/staff/keys/{prefix}"): _SEE,
    ("POST", "/staff/keys/{prefix}/revoke"): _KEEP,
    ("GET", "/staff/webhooks"): _SEE,
    ("POST", "/staff/webhooks"): _KEEP,
    ("GET", "/staff/webhooks/new"): _KEEP,
    ("GET", "/staff/webhooks/{ulid}"): _SEE,
    ("POST", "/staff/webhooks/{ulid}/test"): _KEEP,
    ("POST", "/staff/webhooks/{ulid}/state"): _KEEP,
    ("POST", "/staff/webhooks/{ulid}/remove"): _KEEP,
}
# An address of the documentation net: looked up without a name server, and never public.
NOWHERE = "https://192.0.2.1/hook"
PUBLIC = "https://93.184.215.14/hook"
"""A public address that is only ever looked at here: nothing is sent to it."""


def a_key(database, holder: str = "示例平台") -> str:
    """The prefix of a fresh key."""
    with database.writing() as session:
        admin = next(each for each in accounts.list_accounts(session, role=Role.ADMIN) if each.user.is_active)
        return keys.issue(session, holder, [ApiScope.READ], by=admin.user, at=NOW)[0].prefix


def a_webhook(database, url: str = NOWHERE) -> str:
    """The identifier of a fresh receiver."""
    with database.writing() as session:
        return subscribing.add_webhook(session, url, Followed(), since=None, now=NOW).ulid


def _issue(client, database, admin):
    return lambda: admin.post("/staff/keys", {"holder": "示例平台", "scopes": ["verify"]})


def _revoke(client, database, admin):
    prefix = a_key(database)
    return lambda: admin.post(f"/staff/keys/{prefix}/revoke", {"reason": "不再使用"})


def _add(client, database, admin):
    return lambda: admin.post("/staff/webhooks", {"url": PUBLIC, "kinds": ["trademark"]})


def _on_webhook(action: str, **facts: Any):
    def arrange(client, database, admin):
        ulid = a_webhook(database)
        return lambda: admin.post(f"/staff/webhooks/{ulid}/{action}", facts)

    return arrange


DEEDS = {
    "/staff/keys": _issue,
    "/staff/keys/{prefix}/revoke": _revoke,
    "/staff/webhooks": _add,
    "/staff/webhooks/{ulid}/test": _on_webhook("test"),
    "/staff/webhooks/{ulid}/state": _on_webhook("state", state="paused"),
    "/staff/webhooks/{ulid}/remove": _on_webhook("remove"),
}
