"""Pages of the desk: bounded statements, hostile words as words, odd addresses, errors in the desk's own frame."""

from __future__ import annotations

import re

import pytest
from factories import counted_statements
from sqlalchemy import update
from staffing import HOSTILE, MovingClock, an_officer, elsewhere, seated
from starlette.testclient import TestClient

from service.app import create_app
from service.register.models import StaffUser
from service.settings import Settings
from service.vocabulary import Role


@pytest.fixture
def admin(desk):
    return seated(*desk, an_officer(desk[1], Role.ADMIN))


@pytest.mark.parametrize(
    ("address", "most"),
    [("/staff", 21), ("/staff?list=stale", 23), ("/staff/users", 7), ("/staff/account", 4)],
)
def test_a_page_costs_the_same_few_statements_however_much_it_lists(desk, admin, address, most):
    client, database = desk
    counts = []
    for _ in range(2):
        with counted_statements(database) as found:
            assert admin.get(address).status_code == 200
        counts.append(len(found))
        for _ in range(5):
            seated(client, database, an_officer(database, Role.EDITOR))
    assert counts[0] == counts[1] <= most, found


def test_who_presses_twice_to_open_an_account_still_sees_its_password(admin):
    form = re.search(r'name="form" value="([^"]+)"', admin.get("/staff/users/new").text)[1]
    typed = {"form": form, "login": "twice", "display_name": "两次", "person": "twice", "roles": ["editor"]}
    replies = [admin.post("/staff/users", typed) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [200, 200]
    told = [re.findall(r"[2-9a-z]{5}(?:-[2-9a-z]{5}){3}", reply.text) for reply in replies]
    assert told[0] == told[1] != []
    assert "这个登录名已经有人用了" in admin.post("/staff/users", {**typed, "person": "another"}).text


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_hostile_name_is_only_ever_text(desk, prefix):
    client, database = desk
    officer = an_officer(database, Role.ADMIN, login=f"hostile{len(prefix)}")
    with database.writing() as session:
        session.execute(
            update(StaffUser)
            .where(StaffUser.id == officer.id)
            .values(display_name=HOSTILE, person=HOSTILE[:60])
        )
    seat = seated(client, database, officer)
    for address in ("/staff", "/staff/account", "/staff/users", f"/staff/users/{officer.login}"):
        page = seat.get(prefix + address).text
        assert "<script>alert" not in page
        assert "<svg onload" not in page
        assert "&lt;script&gt;" in page
    typed = {"login": HOSTILE, "display_name": HOSTILE, "person": HOSTILE, "roles": [HOSTILE]}
    refused = seat.post(f"{prefix}/staff/users", typed)
    assert refused.status_code == 422
    empty = seat.post(f"{prefix}/staff/users", {})
    for name in ("login", "display_name", "person", "roles"):  # everything that is wrong, at once
        assert f'id="{name}-fault"' in empty.text
    assert "<script>alert" not in refused.text


@pytest.mark.parametrize(
    "address",
    [
        "/staff?page=0",
        "/staff?page=x",
        "/staff?page=10001",
        "/staff?list=nothing&kind=nothing&within=nothing",
        "/staff?list=" + "x" * 61,
        "/staff?list=index&compare=1",
        "/staff?list=marks&within=-1&page=9999",
        "/staff/users?role=nothing&state=nothing",
        "/staff/users/nobody",
        "/staff/users/" + "x" * 61,
        "/staff/users/%F0%9F%A5%9D",
        "/staff/users/new?x=1",
        "/staff/nowhere",
        "/staff/login?next=" + "x" * 2001,
    ],
)
def test_an_odd_address_is_answered(admin, address):
    assert admin.get(address).status_code in {200, 303, 404, 422}


@pytest.mark.parametrize(
    ("prefix", "words"), [("", "您的账号没有这项权限"), ("/en", "Your account may not do this")]
)
def test_an_error_stands_in_the_frame_of_the_desk(desk, prefix, words):
    seat = seated(*desk, an_officer(desk[1], Role.EDITOR))
    reply = seat.get(f"{prefix}/staff/users")
    assert reply.status_code == 403
    assert words in reply.text
    assert 'class="gi-desk-header"' in reply.text
    assert reply.headers["cache-control"] == "no-store"


def test_nothing_of_the_desk_is_kept_anywhere(desk, admin):
    for address in ("/staff", "/staff/login", "/staff/nowhere", "/en/staff/users"):
        reply = admin.get(address)
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["referrer-policy"] == "no-referrer"
        assert reply.headers["x-robots-tag"] == "noindex"
        assert "etag" not in reply.headers


def test_no_two_pages_carry_the_same_token(admin):
    found = {re.search(r'name="csrf" value="([^"]+)"', admin.get("/staff").text)[1] for _ in range(5)}
    assert len(found) == 5


def test_the_desk_fails_closed_when_the_register_is_away(tmp_path):
    settings = Settings(data_dir=tmp_path, database_url="postgresql+psycopg://nobody@127.0.0.1:9/none")
    app = create_app(settings, MovingClock(), works=False)
    with TestClient(app, "http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        assert client.get("/staff", headers={"cookie": "sid=x"}).status_code == 503
        form = {"login": "a", "password": "b"}
        own = {"sec-fetch-site": "same-origin"}
        assert elsewhere(client).post("/staff/login", data=form, headers=own).status_code == 503
