"""The second factor: a password alone opens nothing, a code is taken once, and who owes one sets it up."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from pyotp import TOTP
from signing_in import acts, cookie_of, half_way, send_code, sign_in
from sqlalchemy import select
from staffing import NOW, PASSWORD, SECRET, Seat, an_officer, elsewhere

from service.register import accounts, auditing
from service.register.models import StaffRecoveryCode
from service.vocabulary import Role

# ---- the second factor


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
