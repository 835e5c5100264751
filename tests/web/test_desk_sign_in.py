"""Signing in: what is told, what is counted, and what the cookie is."""

from __future__ import annotations

import re

import pytest
from limits.errors import StorageError
from pyotp import TOTP
from signing_in import acts, cookie_of, send_code, sign_in
from sqlalchemy import text
from staffing import NOW, OWN, PASSWORD, SECRET, Seat, an_officer, elsewhere, seated
from starlette.testclient import TestClient

from service.register import accounts
from service.register.accounts import passwords
from service.vocabulary import Role
from service.web.limiting import Counted, Limits

# ---- the cookie


def test_over_tls_the_cookie_is_bound_to_the_host_and_never_leaves_tls(site):
    client, database, _ = site
    login = an_officer(database, Role.EDITOR, password=PASSWORD).login
    over_tls = TestClient(client.app, "https://dibiao.example", client=("203.0.113.250", 1))
    reply = sign_in(over_tls, login)
    assert reply.status_code == 303
    value, *attributes = reply.headers["set-cookie"].split("; ")
    assert re.fullmatch(r"__Host-sid=[A-Za-z0-9_-]{43}", value)
    assert {each.lower() for each in attributes} == {"secure", "httponly", "samesite=lax", "path=/"}
    assert over_tls.get("/staff", headers={"cookie": value}).status_code == 200
    # A cookie that plain HTTP could have set counts for nothing here.
    plain = value.removeprefix("__Host-")
    over_tls.cookies.clear()
    assert over_tls.get("/staff", headers={"cookie": plain}, follow_redirects=False).status_code == 303


def test_on_loopback_the_cookie_has_another_name_and_needs_no_tls(site):
    client, database, _ = site
    login = an_officer(database, Role.EDITOR, password=PASSWORD).login
    value, *attributes = sign_in(elsewhere(client), login).headers["set-cookie"].split("; ")
    assert re.fullmatch(r"sid=[A-Za-z0-9_-]{43}", value)
    assert {each.lower() for each in attributes} == {"httponly", "samesite=lax", "path=/"}


def test_plain_http_elsewhere_is_refused_before_any_password_is_looked_at(site):
    client, database, _ = site
    login = an_officer(database, Role.EDITOR, password=PASSWORD).login
    plain = TestClient(client.app, "http://dibiao.example", raise_server_exceptions=False)
    before = acts(database)
    for reply in (plain.get("/staff/login"), plain.get("/staff"), sign_in(plain, login)):
        assert reply.status_code == 403
        assert "https" in reply.text
        assert "set-cookie" not in reply.headers
    assert acts(database) == before


def test_the_database_holds_no_cookie(site):
    client, database, _ = site
    token = cookie_of(sign_in(elsewhere(client), an_officer(database, Role.EDITOR, password=PASSWORD).login))
    with database.reading() as session:
        rows = session.execute(text("SELECT * FROM staff_session")).all()
    assert not any(token in str(row) for row in rows)


# ---- what is told


def test_unknown_disabled_system_and_wrong_are_one_answer_and_one_hash(site, monkeypatch):
    client, database, _ = site
    right = an_officer(database, Role.EDITOR, password=PASSWORD).login
    closed = an_officer(database, Role.EDITOR, password=PASSWORD).login
    with database.writing() as session:
        user = accounts.find_staff(session, closed)
        accounts.set_active(session, user, active=False, by=None, at=NOW)
        accounts.add_staff(
            session, login=f"s-{right}", display_name="系统", person="s", roles=[Role.IMPORTER], at=NOW
        )
    hashed = []
    hasher = passwords._hasher()
    real = hasher.verify
    passwords._nobodys_hash()
    monkeypatch.setattr(hasher, "verify", lambda *args: hashed.append(1) or real(*args))
    answers = set()
    for login, password in (
        (right, "wrong"),
        ("nobody-at-all", PASSWORD),
        (closed, PASSWORD),
        (f"s-{right}", PASSWORD),
        ("x" * 500, PASSWORD),
        ("名字", "x" * 5000),
    ):
        hashed.clear()
        reply = sign_in(elsewhere(client), login, password)
        assert (reply.status_code, len(hashed)) == (401, 1), login
        assert "set-cookie" not in reply.headers
        answers.add(re.search(r'id="login-fault">([^<]+)<', reply.text)[1])
    assert len(answers) == 1


def test_what_was_typed_as_a_login_is_nowhere_on_the_trail(site):
    client, database, _ = site
    sign_in(elsewhere(client), "hunter2-my-password", "x")
    with database.reading() as session:
        rows = session.execute(text("SELECT * FROM audit_event")).all()
    assert not any("hunter2" in str(row) for row in rows)


@pytest.mark.parametrize("password", ["a\x00b", "\x1b[31m"])
def test_a_password_that_no_keyboard_types_is_refused(site, password):
    assert sign_in(elsewhere(site[0]), "somebody", password).status_code == 422


def test_a_login_is_folded_and_a_password_is_composed_the_same_from_every_keyboard(site):
    client, database, _ = site
    login = an_officer(database, Role.EDITOR, password="caf\u00e9 au lait 七只鸭子").login
    typed = login.upper().replace("O", "\uff2f")
    assert sign_in(elsewhere(client), f" {typed} ", "cafe\u0301 au lait 七只鸭子").status_code == 303


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("/staff/users?role=admin", "/staff/users?role=admin"),
        ("/staff", "/staff"),
        ("//evil.example", "/staff"),
        ("https:evil.example", "/staff"),
        ("https://evil.example/staff", "/staff"),
        ("/\\evil.example", "/staff"),
        ("javascript:alert(1)", "/staff"),
        ("/staff/../gi", "/staff"),
        ("/staffing", "/staff"),
        ("/staff?x=\r\nset-cookie: a=b", "/staff"),
        ("/staff/" + "x" * 600, "/staff"),
    ],
)
def test_one_is_led_on_to_a_page_of_the_desk_only(site, asked, led_to):
    client, database, _ = site
    login = an_officer(database, Role.EDITOR, password=PASSWORD).login
    reply = sign_in(elsewhere(client), login, data={"next": asked})
    assert (reply.status_code, reply.headers["location"]) == (303, led_to)


def test_a_form_is_a_form_and_its_fields_are_ours(site):
    client = elsewhere(site[0])
    assert client.post("/staff/login", json={"login": "a"}, headers=OWN).status_code == 415
    assert sign_in(client, "a", data={"role": "admin"}).status_code == 422
    seat = seated(site[0], site[1], an_officer(site[1], Role.ADMIN))
    assert seat.post("/staff/users", {"login": "a-b", "is_admin": "1"}).status_code == 422
    assert seat._ask("POST", "/staff/users", json={"csrf": seat.csrf()}).status_code == 415


# ---- how often


def test_the_eleventh_try_in_five_minutes_waits_even_with_the_right_password(site):
    client, database, _ = site
    login = an_officer(database, Role.EDITOR, password=PASSWORD).login
    for _ in range(10):
        assert sign_in(elsewhere(client), login, "wrong").status_code == 401
    reply = sign_in(elsewhere(client), login)
    assert reply.status_code == 429
    assert 0 < int(reply.headers["retry-after"]) <= 300
    assert "分钟" in reply.text
    assert PASSWORD not in reply.text


def test_tries_are_counted_by_line_whatever_the_login(site):
    line = elsewhere(site[0])
    replies = [sign_in(line, f"nobody-{number}", "x").status_code for number in range(11)]
    assert replies == [401] * 10 + [429]


def test_the_sixth_code_in_five_minutes_waits(site):
    client, database, _ = site
    login = an_officer(database, Role.REVIEWER, password=PASSWORD).login
    seat = Seat(client, cookie_of(sign_in(elsewhere(client), login)))
    replies = [send_code(seat, "000000").status_code for _ in range(5)]
    assert replies == [401] * 5
    assert send_code(seat, TOTP(SECRET).at(NOW)).status_code == 429


def test_a_store_of_counts_that_is_away_leaves_this_process_to_count(monkeypatch):
    limits = Limits("memory://")

    def away(*_args):
        raise StorageError(ConnectionError())

    monkeypatch.setattr(limits._moving, "hit", away)
    counts = (Counted("sign-in", "3/minute", "a"), Counted("sign-in", "3/minute", "b"))
    waits = [limits.wait_for_all(counts) for _ in range(4)]
    assert waits[:3] == [0, 0, 0]
    assert waits[3] > 0
