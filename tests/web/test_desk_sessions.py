"""Sessions of the desk: what each rests on, and when it is dead."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from signing_in import cookie_of, sign_in
from sqlalchemy import delete, select, update
from staffing import NOW, PASSWORD, MovingClock, Seat, an_officer, elsewhere, seated
from starlette.testclient import TestClient

from service.app import create_app
from service.register import accounts
from service.register.database import Database
from service.register.models import StaffRole, StaffSession, StaffUser
from service.settings import Settings
from service.vocabulary import Role

_NEW = "渡口的船夫唱着一支旧歌谣"


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


@pytest.mark.parametrize(
    ("sent_to", "back_to"),
    [
        ("/staff/records/organisation/new", "/staff/records/organisation/new"),
        ("/staff/leads/new", "/staff/leads/new"),
        ("/staff/imports/01JAAAAAAAAAAAAAAAAAAAAAAA/draft", "/staff"),  # no page stands there
    ],
)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_who_sends_a_form_too_late_is_told_that_nothing_was_kept(site, editor, sent_to, back_to, prefix):
    seat = editor[1]
    seat.csrf()  # the page was opened in time
    site[2].forward(minutes=31)
    late = seat.post(f"{prefix}{sent_to}", {"name": "示例单位"})
    assert late.status_code == 303
    assert late.headers["location"] == f"{prefix}/staff/login?{urlencode({'next': back_to, 'lost': '1'})}"
    told = seat.get(late.headers["location"]).text
    assert ("what you sent was not saved" if prefix else "刚才提交的内容没有保存") in told
    assert f'name="next" value="{back_to}"' in told
    words = ("没有保存", "was not saved")
    assert not any(word in seat.get(f"{prefix}/staff/login").text for word in words)
    assert "lost" not in seat.post("/staff/logout").headers["location"]


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
