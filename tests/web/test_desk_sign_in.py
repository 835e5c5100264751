"""Signing in: what is told, what is counted, what the cookie is, and when a session is dead."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from limits.errors import StorageError
from pyotp import TOTP
from sqlalchemy import delete, select, text, update
from staffing import NOW, OWN, PASSWORD, SECRET, MovingClock, Seat, a_desk, an_officer, elsewhere, seated
from starlette.testclient import TestClient

from service.app import create_app
from service.register import accounts, auditing
from service.register.accounts import passwords
from service.register.database import Database
from service.register.models import AuditEvent, StaffRecoveryCode, StaffRole, StaffSession, StaffUser
from service.settings import Settings
from service.vocabulary import Role
from service.web.limiting import Counted, Limits

_NEW = "渡口的船夫唱着一支旧歌谣"


@pytest.fixture(scope="module", params=["spatialite", "postgis"])
def made(request, registers, tmp_path_factory):
    folder, clock = tmp_path_factory.mktemp("desk"), MovingClock()
    named = {"base_url": "https://dibiao.example", "allowed_hosts": ("dibiao.example", "testserver")}
    with a_desk(registers, folder, request.param, "empty", clock=clock, **named) as desk:
        yield *desk, clock


@pytest.fixture
def site(made):
    """The site, and its clock at its beginning."""
    made[2].moment = NOW
    return made


def sign_in(client, login: str, password: str = PASSWORD, **more):
    data = {"login": login, "password": password, **more.pop("data", {})}
    return client.post("/staff/login", data=data, headers=more.pop("headers", OWN), follow_redirects=False)


def cookie_of(reply) -> str:
    found = re.match(r"(?:__Host-)?sid=([^;]+)", reply.headers["set-cookie"])
    assert found
    return found[1]


def acts(database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEvent.act).order_by(AuditEvent.sequence)))


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


# ---- the second factor


def send_code(seat, code: str):
    csrf = re.search(r'name="csrf" value="([^"]+)"', seat.get("/staff/login/code").text)
    return seat.post(
        "/staff/login/code", {"code": code, "next": "/staff/account"}, csrf=csrf[1] if csrf else ""
    )


def half_way(site):
    client, database, _ = site
    officer = an_officer(database, Role.REVIEWER, password=PASSWORD)
    reply = sign_in(elsewhere(client), officer.login)
    assert reply.status_code == 303
    return officer, Seat(client, cookie_of(reply))


def test_a_password_alone_opens_nothing_where_there_is_a_second_factor(site):
    _, seat = half_way(site)
    for address in ("/staff", "/staff/account", "/staff/account/password", "/staff/components"):
        reply = seat.get(address)
        assert reply.status_code == 303
        assert reply.headers["location"].startswith("/staff/login/code?next=")
    # Signing out is always open.
    csrf = re.search(r'name="csrf" value="([^"]+)"', seat.get("/staff/login/code").text)[1]
    assert seat.post("/staff/logout", csrf=csrf).status_code == 303
    assert seat.get("/staff/login/code").headers["location"].startswith("/staff/login?")


def test_the_second_factor_opens_a_session_of_another_name(site):
    _, seat = half_way(site)
    reply = send_code(seat, TOTP(SECRET).at(NOW))
    assert (reply.status_code, reply.headers["location"]) == (303, "/staff/account")
    token = cookie_of(reply)
    assert token != seat.token
    assert Seat(seat.client, token).get("/staff").status_code == 200
    assert seat.get("/staff").headers["location"].startswith("/staff/login?")


def test_a_code_is_accepted_once_and_none_of_an_earlier_step_after_it(site):
    officer, first = half_way(site)
    code, earlier = TOTP(SECRET).at(NOW), TOTP(SECRET).at(NOW - timedelta(seconds=30))
    assert send_code(first, code).status_code == 303
    for replayed in (code, earlier):
        again = Seat(first.client, cookie_of(sign_in(elsewhere(first.client), officer.login)))
        assert send_code(again, replayed).status_code == 401
    assert send_code(again, TOTP(SECRET).at(NOW + timedelta(seconds=30))).status_code == 303


@pytest.mark.parametrize("off", [-90, -60, 60, 90])
def test_a_code_of_another_minute_is_none(site, off):
    _, seat = half_way(site)
    assert send_code(seat, TOTP(SECRET).at(NOW + timedelta(seconds=off))).status_code == 401


@pytest.mark.parametrize("code", ["", "12345", "1234567", "١٢٣٤٥٦", "abcdef", "x" * 40])
def test_what_is_no_code_is_refused(site, code):
    _, seat = half_way(site)
    assert send_code(seat, code).status_code == 401


def test_a_recovery_code_stands_in_once(site):
    _, database, _ = site
    officer, seat = half_way(site)
    with database.writing() as session:
        user = accounts.find_staff(session, officer.login)
        codes = accounts.second_factor.new_recovery_codes(session, user)
    assert send_code(seat, codes[0].lower().replace("-", " ")).status_code == 303
    again = Seat(seat.client, cookie_of(sign_in(elsewhere(seat.client), officer.login)))
    assert send_code(again, codes[0]).status_code == 401
    with database.reading() as session:
        kept = session.scalars(select(StaffRecoveryCode.code_hash)).all()
    assert not set(codes) & set(kept)


def test_who_needs_a_second_factor_sets_it_up_before_anything_else(site):
    client, database, _ = site
    officer = an_officer(database, Role.REVIEWER, password=PASSWORD)
    with database.writing() as session:
        accounts.find_staff(session, officer.login).totp_secret = None
    seat = Seat(client, cookie_of(sign_in(elsewhere(client), officer.login)))
    assert seat.get("/staff").headers["location"] == "/staff/account/second-factor"
    csrf = re.search(r'name="csrf" value="([^"]+)"', seat.get("/staff/account/second-factor").text)[1]
    assert seat.post("/staff/account/second-factor", {"current": "wrong"}, csrf=csrf).status_code == 422
    assert seat.post("/staff/account/second-factor", {"current": PASSWORD}, csrf=csrf).status_code == 303
    secret = re.search(r">([A-Z2-7]{32})<", seat.get("/staff/account/second-factor").text)[1]
    wrong = seat.post("/staff/account/second-factor/confirm", {"code": "000000"}, csrf=csrf)
    assert wrong.status_code == 422
    done = seat.post("/staff/account/second-factor/confirm", {"code": TOTP(secret).at(NOW)}, csrf=csrf)
    assert done.status_code == 200
    assert len(set(re.findall(r">((?:[2-9A-Z]{4}-){3}[2-9A-Z]{4})<", done.text))) == 10
    assert Seat(client, cookie_of(done)).get("/staff").status_code == 200
    assert seat.get("/staff").headers["location"].startswith("/staff/login?")


# ---- when a session is dead


@pytest.fixture
def editor(site):
    officer = an_officer(site[1], Role.EDITOR, password=PASSWORD)
    return officer, seated(site[0], site[1], officer)


def is_dead(seat) -> bool:
    reply = seat.get("/staff/account")
    return reply.status_code == 303 and reply.headers["location"].startswith("/staff/login?")


def test_a_session_ends_after_half_an_hour_without_use_and_after_eight_hours_of_it(site, editor):
    _, _, clock = site
    _, seat = editor
    for _ in range(16):
        clock.forward(minutes=29)
        assert not is_dead(seat)
    clock.forward(minutes=16)
    assert is_dead(seat)


def test_an_idle_session_is_dead(site, editor):
    site[2].forward(minutes=30)
    assert is_dead(editor[1])


def test_signing_out_ends_the_session_on_the_server(editor):
    _, seat = editor
    reply = seat.post("/staff/logout")
    assert reply.headers["location"] == "/staff/login"
    assert 'sid="";' in reply.headers["set-cookie"]
    assert is_dead(seat)


@pytest.mark.parametrize(
    "change",
    [
        lambda session, user: accounts.set_active(session, user, active=False, by=None, at=NOW),
        lambda session, user: accounts.change_roles(session, user, [Role.IMPORTER], [], by=None, at=NOW),
        lambda session, user: accounts.give_one_time_password(session, user, by=None, at=NOW),
        lambda session, user: accounts.reset_second_factor(session, user, by=None, at=NOW),
        # By hand, past the register: the flag and the version are read on every request.
        lambda session, user: session.execute(
            update(StaffUser).where(StaffUser.id == user.id).values(is_active=False)
        ),
        lambda session, user: session.execute(
            update(StaffUser).where(StaffUser.id == user.id).values(access_version=99)
        ),
    ],
)
def test_a_session_dies_with_what_it_rests_on(site, editor, change):
    officer, seat = editor
    assert not is_dead(seat)
    with site[1].writing() as session:
        change(session, accounts.find_staff(session, officer.login))
    assert is_dead(seat)


def test_a_role_that_is_gone_is_gone_in_the_same_request(site, editor):
    officer, seat = editor
    with site[1].writing() as session:
        session.execute(delete(StaffRole).where(StaffRole.user_id == officer.id))
    assert seat.get("/staff").status_code == 403


def test_changing_the_password_kills_every_other_session_and_renames_this_one(site, editor):
    client, database, _ = site
    officer, seat = editor
    other = seated(client, database, officer)
    form = {"current": PASSWORD, "wanted": _NEW, "again": _NEW}
    reply = seat.post("/staff/account/password", form)
    assert reply.status_code == 303
    assert is_dead(other)
    assert is_dead(seat)
    assert not is_dead(Seat(client, cookie_of(reply)))
    assert sign_in(elsewhere(client), officer.login).status_code == 401
    assert sign_in(elsewhere(client), officer.login, _NEW).status_code == 303


def test_a_one_time_password_opens_only_the_page_to_replace_it_and_dies_by_itself(site):
    client, database, clock = site
    made = accounts.NewAccount(login="xin-lai", display_name="新来", person="x", roles=[Role.EDITOR])
    with database.writing() as session:
        found = session.scalars(select(StaffUser).where(StaffUser.login == "xin-lai")).first()
        if found:
            password = accounts.give_one_time_password(session, found, by=None, at=NOW)
        else:
            _, password = accounts.open_account(session, made, by=None, at=NOW)
    seat = Seat(client, cookie_of(sign_in(elsewhere(client), "xin-lai", password)))
    assert seat.get("/staff").headers["location"] == "/staff/account/password"
    assert seat.get("/staff/account").headers["location"] == "/staff/account/password"
    clock.forward(days=7)
    assert sign_in(elsewhere(client), "xin-lai", password).status_code == 401


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ("short words", "wanted"),
        ("x" * 129, "wanted"),
        ("password1234", "wanted"),
        ("Admin@123456", "wanted"),
        ("qianjiang2026", "wanted"),
        ("woaini1314520", "wanted"),
        (PASSWORD, "wanted"),
        ("tab\tin the middle of it", "wanted"),
    ],
)
def test_a_new_password_keeps_the_rules(editor, wanted, field):
    officer, seat = editor
    form = {"current": PASSWORD, "wanted": wanted, "again": wanted}
    reply = seat.post("/staff/account/password", form)
    assert reply.status_code == 422
    assert f'id="{field}-fault"' in reply.text
    own = f"xxx {officer.login} yyy 12"
    reply = seat.post("/staff/account/password", {**form, "wanted": own, "again": own})
    assert reply.status_code == 422
    assert not is_dead(seat)


def test_one_ends_ones_own_sessions_and_nobody_elses(site, editor):
    client, database, _ = site
    officer, seat = editor
    other, stranger = (
        seated(client, database, officer),
        seated(client, database, an_officer(database, Role.EDITOR)),
    )
    with database.reading() as session:
        ulids = session.scalars(select(StaffSession.ulid).order_by(StaffSession.id.desc()).limit(2)).all()
    assert seat.post("/staff/account/sessions", {"session": ulids[0]}).status_code == 404
    assert not is_dead(stranger)
    assert seat.post("/staff/account/sessions", {"session": ulids[1]}).status_code == 303
    assert is_dead(other)


@pytest.mark.parametrize(
    "cookie", ["sid=", "sid=x", "sid=" + "x" * 5000, "sid=\xff", ";;;=", "sid=../../etc"]
)
def test_a_cookie_of_nobody_is_nobody(site, cookie):
    reply = site[0].get("/staff", headers={"cookie": cookie.encode("latin-1")}, follow_redirects=False)
    assert reply.status_code == 303


def test_demonstration_accounts_sign_in_only_where_demonstration_is_on(registers, tmp_path):
    for demo, status in ((True, 303), (False, 401)):
        url = registers.make("spatialite", "empty")
        settings = Settings(data_dir=tmp_path, database_url=url, demo=demo)
        database = Database(url)
        officer = an_officer(database, Role.EDITOR, password=PASSWORD, is_demonstration=True)
        with TestClient(create_app(settings, MovingClock(), works=False), "http://127.0.0.1:8000") as client:
            assert sign_in(client, officer.login).status_code == status
            assert is_dead(seated(client, database, officer)) is not demo
        database.dispose()


def test_public_pages_set_no_cookie_for_who_is_signed_in(editor):
    for address in ("/", "/search", "/verify", "/en/help", "/api/v1/gi"):
        assert "set-cookie" not in editor[1].get(address).headers


def test_the_trail_of_accounts_holds(site):
    before = len(acts(site[1]))
    officer, seat = half_way(site)
    assert sign_in(elsewhere(seat.client), officer.login, "不是这个口令不是这个").status_code == 401
    assert send_code(seat, "000000").status_code == 401
    assert send_code(seat, TOTP(SECRET).at(NOW)).status_code == 303
    made = acts(site[1])[before:]
    assert made[-4:] == ["password_accepted", "sign_in_refused", "code_refused", "signed_in"]
    with site[1].reading() as session:
        assert list(auditing.broken_links(session)) == []
