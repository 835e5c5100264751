"""Every route of the desk by every method and every role: what is not in this table fails."""

from __future__ import annotations

import re
from typing import Any

import import_deeds
import indicator_deeds
import inspection_deeds
import interface_deeds
import lead_deeds
import pytest
import record_deeds
from pyotp import TOTP
from record_deeds import address_of
from sqlalchemy import func, select
from staffing import NOW, PASSWORD, SECRET, Seat, a_desk, an_officer, elsewhere, seated
from starlette.testclient import TestClient
from walking import routes

from service.register import accounts
from service.register.accounts.sessions import open_session
from service.register.database import Database
from service.register.models import AuditEvent
from service.register.rights import CLOSED, KINDS, RIGHTS, Held, quarrel
from service.vocabulary import RecordKind, Role, StaffAct
from service.web.staff.desk import demand_of
from service.web.templating import STATIC

_OWN = StaffAct.KEEP_OWN_ACCOUNT
# A route that changes something must also stand in `_DEEDS` below.
ROUTES: dict[tuple[str, str], StaffAct | None] = {
    ("GET", "/staff"): StaffAct.SEE_DESK,
    ("GET", "/staff/login"): None,
    ("POST", "/staff/login"): None,
    ("GET", "/staff/login/code"): _OWN,
    ("POST", "/staff/login/code"): _OWN,
    ("POST", "/staff/logout"): _OWN,
    ("GET", "/staff/account"): _OWN,
    ("GET", "/staff/account/password"): _OWN,
    ("POST", "/staff/account/password"): _OWN,
    ("GET", "/staff/account/second-factor"): _OWN,
    ("POST", "/staff/account/second-factor"): _OWN,
    ("POST", "/staff/account/second-factor/confirm"): _OWN,
    ("POST", "/staff/account/sessions"): _OWN,
    ("POST", "/staff/account/sessions/end"): _OWN,
    ("GET", "/staff/components"): StaffAct.SEE_DESK,
    ("GET", "/staff/users"): StaffAct.SEE_ACCOUNTS,
    ("POST", "/staff/users"): StaffAct.KEEP_ACCOUNTS,
    ("GET", "/staff/users/new"): StaffAct.KEEP_ACCOUNTS,
    ("GET", "/staff/users/{login}"): StaffAct.SEE_ACCOUNTS,
    ("POST", "/staff/users/{login}/roles"): StaffAct.KEEP_ACCOUNTS,
    ("POST", "/staff/users/{login}/state"): StaffAct.KEEP_ACCOUNTS,
    ("POST", "/staff/users/{login}/password"): StaffAct.KEEP_ACCOUNTS,
    ("POST", "/staff/users/{login}/second-factor"): StaffAct.KEEP_ACCOUNTS,
    ("POST", "/staff/users/{login}/sessions"): StaffAct.KEEP_ACCOUNTS,
    **interface_deeds.ROUTES,
    **record_deeds.ROUTES,
    **lead_deeds.ROUTES,
    **indicator_deeds.ROUTES,
    **inspection_deeds.ROUTES,
    **import_deeds.ROUTES,
}
_ENDS_SESSION = {("POST", "/staff/logout"), ("POST", "/staff/account/sessions/end")}
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_IS_STAFF = re.compile(r"(?:/en)?/staff(?:/.*)?")


@pytest.fixture(scope="module", params=["spatialite", "postgis"])
def desk(request, registers, tmp_path_factory):
    """The site on an empty register of its own, and that register."""
    with a_desk(registers, tmp_path_factory.mktemp("desk"), request.param, "empty") as desk:
        yield desk


@pytest.fixture(scope="module")
def officers(desk):
    """One account for each role."""
    kinds = (RecordKind.ORGANISATION,)
    return {role: an_officer(desk[1], role, kinds=kinds if role is Role.PARTNER else ()) for role in Role}


def _staff_routes(client: TestClient) -> dict[tuple[str, str], list[Any]]:
    found: dict[tuple[str, str], list[Any]] = {}
    for pattern, route in routes(client.app):
        if _IS_STAFF.fullmatch(pattern):
            for method in route.methods:
                found.setdefault((method, pattern.removeprefix("/en")), []).append(route)
    return found


def test_every_staff_route_is_in_the_table_and_demands_its_act(desk):
    found = _staff_routes(desk[0])
    assert found.keys() == ROUTES.keys()
    for key, standing in found.items():
        assert len(standing) == 2, f"{key} stands in one language only"
        for route in standing:
            demand = demand_of(route.dependant)
            assert (demand.act if demand else None) == ROUTES[key], key
            assert demand is None or demand.writes == (key[0] != "GET"), key


# Both languages demand the same (above); that English refuses as Chinese does is asked by every role in `--all`.
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("prefix", ["", pytest.param("/en", marks=pytest.mark.long)])
def test_a_role_reaches_what_its_acts_open_and_nothing_else(desk, officers, role, prefix):
    client, database = desk
    target = an_officer(database, Role.EDITOR)
    seat = seated(client, database, officers[role])
    for (method, pattern), act in ROUTES.items():
        address = prefix + address_of(pattern, target.login)
        reply = seat.get(address) if method == "GET" else seat.post(address)
        is_let_in = act is None or Held(frozenset({role})).may(act)
        assert (reply.status_code != 403) == is_let_in, (method, address, reply.status_code)
        assert reply.status_code < 500
        if is_let_in and act is not None:
            assert not reply.headers.get("location", "").startswith("/staff/login?"), (method, address)
        if (method, pattern) in _ENDS_SESSION:
            seat = seated(client, database, officers[role])


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_nobody_reaches_anything_without_signing_in(desk, prefix):
    client, _ = desk
    for (method, pattern), act in ROUTES.items():
        address = prefix + address_of(pattern)
        seat = Seat(client)
        reply = seat.get(address) if method == "GET" else seat.post(address, csrf="x")
        if act is not None:
            assert reply.status_code == 303, (method, address)
            assert reply.headers["location"].startswith(f"{prefix}/staff/login?next=")
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_a_method_that_is_not_in_the_table_is_refused(desk, officers, role):
    client, database = desk
    seat = seated(client, database, officers[role])
    for pattern in {pattern for _, pattern in ROUTES}:
        for method in _METHODS:
            if (method, pattern) not in ROUTES:
                address = address_of(pattern)
                assert seat._ask(method, address).status_code == 405, (method, address)


# ---- what changes something says so once


def _audited(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def _sign_in(client, database, admin):
    officer = an_officer(database, Role.EDITOR, password=PASSWORD)
    return lambda: Seat(elsewhere(client)).post(
        "/staff/login", {"login": officer.login, "password": PASSWORD}, csrf=""
    )


def _prove(client, database, admin):
    officer = an_officer(database, Role.REVIEWER)
    with database.writing() as session:
        fresh = accounts.find_staff(session, officer.login)
        token = open_session(session, fresh, at=NOW, browser="", is_proven=False)
    seat = Seat(client, token)
    csrf = re.search(r'name="csrf" value="([^"]+)"', seat.get("/staff/login/code").text)[1]
    return lambda: seat.post("/staff/login/code", {"code": TOTP(SECRET).at(NOW)}, csrf=csrf)


def _own(client, database):
    return seated(client, database, an_officer(database, Role.EDITOR, password=PASSWORD))


def _new_password(client, database, admin):
    seat, wanted = _own(client, database), "渡口的船夫唱着一支旧歌谣"
    facts = {"current": PASSWORD, "wanted": wanted, "again": wanted}
    return lambda: seat.post("/staff/account/password", facts)


def _begin(client, database, admin):
    seat = _own(client, database)
    return lambda: seat.post("/staff/account/second-factor", {"current": PASSWORD})


def _confirm(client, database, admin):
    seat = _own(client, database)
    seat.post("/staff/account/second-factor", {"current": PASSWORD})
    secret = re.search(
        r'class="gi-secret"[^>]*>([A-Z2-7]{32})<', seat.get("/staff/account/second-factor").text
    )[1]
    return lambda: seat.post("/staff/account/second-factor/confirm", {"code": TOTP(secret).at(NOW)})


def _end_other(client, database, admin):
    officer = an_officer(database, Role.EDITOR)
    seated(client, database, officer)
    seat = seated(client, database, officer)
    ulid = re.search(r'name="session" value="([^"]+)"', seat.get("/staff/account").text)[1]
    return lambda: seat.post("/staff/account/sessions", {"session": ulid})


def _end_all(client, database, admin):
    seat = seated(client, database, an_officer(database, Role.EDITOR))
    return lambda: seat.post("/staff/account/sessions/end")


def _sign_out(client, database, admin):
    seat = seated(client, database, an_officer(database, Role.EDITOR))
    return lambda: seat.post("/staff/logout")


def _new_user(client, database, admin):
    facts = {"login": "xin-ren", "display_name": "新人", "person": "007", "roles": ["editor"]}
    return lambda: admin.post("/staff/users", facts)


def _on_user(action: str, **facts: Any):
    def arrange(client, database, admin):
        login = an_officer(database, Role.EDITOR).login
        return lambda: admin.post(f"/staff/users/{login}/{action}", facts)

    return arrange


_DEEDS = {
    "/staff/login": _sign_in,
    "/staff/login/code": _prove,
    "/staff/logout": _sign_out,
    "/staff/account/password": _new_password,
    "/staff/account/second-factor": _begin,
    "/staff/account/second-factor/confirm": _confirm,
    "/staff/account/sessions": _end_other,
    "/staff/account/sessions/end": _end_all,
    "/staff/users": _new_user,
    "/staff/users/{login}/roles": _on_user("roles", roles=["reviewer"]),
    "/staff/users/{login}/state": _on_user("state", state="disabled"),
    "/staff/users/{login}/password": _on_user("password"),
    "/staff/users/{login}/second-factor": _on_user("second-factor"),
    "/staff/users/{login}/sessions": _on_user("sessions"),
    **interface_deeds.DEEDS,
    **record_deeds.DEEDS,
    **lead_deeds.DEEDS,
    **indicator_deeds.DEEDS,
    **inspection_deeds.DEEDS,
    **import_deeds.DEEDS,
}


def test_every_route_that_changes_something_has_its_deed():
    assert _DEEDS.keys() | record_deeds.ASKS == {pattern for method, pattern in ROUTES if method != "GET"}
    assert not _DEEDS.keys() & record_deeds.ASKS


@pytest.mark.parametrize("pattern", _DEEDS)
def test_one_deed_is_exactly_one_row_of_the_audit_trail(desk, officers, pattern):
    client, database = desk
    admin = seated(client, database, officers[Role.ADMIN])
    deed = _DEEDS[pattern](client, database, admin)
    before = _audited(database)
    reply = deed()
    assert reply.status_code in {200, 303}, reply.text[-2000:]
    assert _audited(database) == before + 1


@pytest.mark.parametrize("pattern", [*_DEEDS, *record_deeds.ASKS])
def test_a_form_of_another_site_or_session_changes_nothing(desk, officers, pattern):
    client, database = desk
    address = address_of(pattern, an_officer(database, Role.EDITOR).login)
    seat = seated(client, database, officers[Role.ADMIN])
    other = seated(client, database, an_officer(database, Role.ADMIN))
    before = _audited(database)
    foreign = {"sec-fetch-site": "cross-site"}
    by_origin = {"sec-fetch-site": "", "origin": "https://evil.example"}
    assert seat.post(address, headers=foreign).status_code == 403
    assert seat.post(address, headers=by_origin).status_code == 403
    if ROUTES["POST", pattern] is not None:
        for csrf in ("", "x", "0" * 24 + "." + "0" * 64, other.csrf(), "\u4e2d.\u6587"):
            assert seat.post(address, csrf=csrf).status_code == 403, csrf
    assert _audited(database) == before


def test_one_macro_alone_writes_forms_that_change_something():
    for path in (STATIC.parent / "templates").rglob("*.html"):
        of_the_desk = path.parent.name == "staff" or path.stem.startswith("desk")
        if of_the_desk:
            assert 'method="post"' not in path.read_text(encoding="utf-8"), path.name


# ---- the table itself


def test_every_act_has_its_roles_and_every_role_its_acts():
    assert RIGHTS.keys() == set(StaffAct)
    assert all(Held(frozenset({role})).acts for role in Role)


def test_an_administrator_and_an_auditor_decide_nothing_whatever_else_they_hold():
    everything = Held(frozenset(Role), frozenset(RecordKind))
    for act in (StaffAct.DRAFT, StaffAct.SUBMIT, StaffAct.RETURN, StaffAct.PUBLISH, StaffAct.STOP_A_WRONG):
        assert not everything.may(act)
        assert act in CLOSED[Role.ADMIN] & CLOSED[Role.AUDITOR]
    assert StaffAct.PUBLISH in quarrel({Role.ADMIN, Role.REVIEWER})
    assert not quarrel({Role.EDITOR, Role.REVIEWER})
    assert not quarrel({Role.PARTNER})


def test_an_auditor_reads_everything_but_who_brought_a_lead_and_changes_nothing():
    assert Held(frozenset({Role.AUDITOR})).acts == {
        StaffAct.KEEP_OWN_ACCOUNT,
        StaffAct.SEE_DESK,
        StaffAct.READ_RECORDS,
        StaffAct.SEE_IMPORTS,
        StaffAct.SEE_INSPECTIONS,
        StaffAct.SEE_LEADS,
        StaffAct.SEE_ALERTS,
        StaffAct.SEE_LEDGER,
        StaffAct.READ_AUDIT,
        StaffAct.SEE_ACCOUNTS,
        StaffAct.SEE_KEYS,
    }


@pytest.mark.parametrize("kind", RecordKind)
def test_a_partner_has_the_ledger_and_the_imports_where_they_are_about_its_records(kind):
    partner = Held(frozenset({Role.PARTNER}), frozenset({kind}))
    of_points = {StaffAct.SEE_LEDGER, StaffAct.KEEP_LEDGER}
    assert of_points & partner.acts == (of_points if kind is RecordKind.SERVICE_POINT else set())
    assert (StaffAct.SEE_IMPORTS in partner.acts) == (kind is RecordKind.AUTHORISATION)
    # Another role opens them all the same.
    assert of_points < Held(frozenset({Role.PARTNER, Role.EDITOR}), frozenset({kind})).acts


@pytest.mark.parametrize("kind", RecordKind)
def test_who_is_limited_to_kinds_of_record_drafts_no_other(kind):
    for role, kinds in KINDS.items():
        assert Held(frozenset({role})).may(StaffAct.DRAFT, kind) == (kind in kinds)
    partner = Held(frozenset({Role.PARTNER}), frozenset({RecordKind.ORGANISATION}))
    assert partner.may(StaffAct.DRAFT, kind) == (kind is RecordKind.ORGANISATION)
    assert not Held(frozenset({Role.PARTNER})).may(StaffAct.DRAFT, kind)
    assert Held(frozenset({Role.GIS_EDITOR, Role.EDITOR})).may(StaffAct.DRAFT, kind)
