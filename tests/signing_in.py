"""Signing in for tests: the form, the code, the cookie that comes back, and what the trail says of it."""

from __future__ import annotations

import re

from sqlalchemy import select
from staffing import OWN, PASSWORD, Seat, an_officer, elsewhere

from service.register.models import AuditEvent
from service.vocabulary import Role


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
