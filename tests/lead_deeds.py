"""The routes of leads, ledger and reference data, and for each that changes something how it is reached."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent / "register"))
from factories import published
from staffing import an_officer, seated

from service.register import leads
from service.register.models import new_ulid
from service.vocabulary import LeadChannel, LeadKind, Role, StaffAct

_READ, _HANDLE = StaffAct.READ_RECORDS, StaffAct.HANDLE_LEAD
_SEE, _KEEP = StaffAct.SEE_LEDGER, StaffAct.KEEP_LEDGER
ROUTES: dict[tuple[str, str], StaffAct | None] = {
    ("GET", "/staff/leads"): StaffAct.SEE_LEADS,
    ("GET", "/staff/leads.{form}"): StaffAct.SEE_LEADS,
    ("GET", "/staff/leads/new"): _HANDLE,
    ("POST", "/staff/leads/new"): _HANDLE,
    ("GET", "/staff/leads/{receipt}"): StaffAct.SEE_LEADS,
    ("POST", "/staff/leads/{receipt}/contact"): StaffAct.READ_LEAD,
    ("POST", "/staff/leads/{receipt}/contact/erasure"): _HANDLE,
    ("GET", "/staff/leads/{receipt}/acts/{act}"): _HANDLE,
    ("POST", "/staff/leads/{receipt}/acts/{act}"): _HANDLE,
    ("GET", "/staff/ledger"): _SEE,
    ("GET", "/staff/ledger.{form}"): _SEE,
    ("GET", "/staff/ledger/months"): _SEE,
    ("GET", "/staff/ledger/new"): _KEEP,
    ("POST", "/staff/ledger/new"): _KEEP,
    ("GET", "/staff/ledger/{entry}"): _SEE,
    ("GET", "/staff/ledger/{entry}/correction"): _KEEP,
    ("POST", "/staff/ledger/{entry}/correction"): _KEEP,
    ("POST", "/staff/ledger/{entry}/void"): _KEEP,
    ("GET", "/staff/reference"): _READ,
    ("GET", "/staff/reference/holidays"): _READ,
    ("GET", "/staff/reference/instruments"): _READ,
    ("GET", "/staff/reference/vocabularies"): _READ,
}
ENTRY = {
    "channel": "telephone",
    "received_on": "2026-11-20",
    "kind": "report",
    "description": "集市上的包装没有印代码",
}
SERVICE = {
    "day": "2026-11-20",
    "topic": "training",
    "walk_in": "person",
    "minutes": "30",
    "result": "当场答复",
}


def a_lead(database: Any, kind: LeadKind = LeadKind.COMPLAINT, *, day: int = 20, **facts: Any) -> str:
    """The receipt of a lead that came in November 2026, of somebody with a name."""
    report = leads.Report(
        **{
            "form_ulid": new_ulid(),
            "kind": kind,
            "channel": LeadChannel.WEB,
            "description": "集市上的包装没有印代码",
            "checked": {},
            "contact": leads.Contact("示例张三", "023-0000000"),
            **facts,
        }
    )
    with database.writing() as session:
        now = datetime(2026, 11, day, 4, tzinfo=UTC)
        return leads.receive(session, report, now=now, keep_days=180).receipt


def a_point(database: Any, code: str, **facts: Any) -> str:
    """The code of a service point that is open."""
    with database.writing() as session:
        made = {"name": "示例指导站", "point_kind": "guidance_station", **facts}
        published(session, "service_point", code=code, **made)
    return code


def an_entry(client: Any, database: Any, code: str) -> tuple[str, Any]:
    """Where an entry of a new point stands, and who made it."""
    point = a_point(database, code)
    seat = seated(client, database, an_officer(database, Role.EDITOR))
    reply = seat.post("/staff/ledger/new", {"point": point, **SERVICE})
    assert reply.status_code == 303, reply.text[-2000:]
    return reply.headers["location"].partition("?")[0], seat


def _read(client, database, admin):
    receipt = a_lead(database)
    seat = seated(client, database, an_officer(database, Role.LEAD_OFFICER))
    return lambda: seat.post(f"/staff/leads/{receipt}/contact")


def _erase(client, database, admin):
    receipt = a_lead(database)
    seat = seated(client, database, an_officer(database, Role.LEAD_OFFICER))
    return lambda: seat.post(f"/staff/leads/{receipt}/contact/erasure")


def _enter_lead(client, database, admin):
    seat = seated(client, database, an_officer(database, Role.LEAD_OFFICER))
    return lambda: seat.post("/staff/leads/new", ENTRY)


def _accept(client, database, admin):
    receipt = a_lead(database)
    seat = seated(client, database, an_officer(database, Role.LEAD_OFFICER))
    typed = {"happened_on": "2026-11-23", "seen": "0"}
    return lambda: seat.post(f"/staff/leads/{receipt}/acts/accepted", typed)


def _enter(client, database, admin):
    point = a_point(database, "DEED-1")
    seat = seated(client, database, an_officer(database, Role.EDITOR))
    return lambda: seat.post("/staff/ledger/new", {"point": point, **SERVICE})


def _correct(client, database, admin):
    address, seat = an_entry(client, database, "DEED-2")
    typed = {**SERVICE, "point": "DEED-2", "minutes": "45", "reason": "写错了"}
    return lambda: seat.post(f"{address}/correction", typed)


def _void(client, database, admin):
    address, seat = an_entry(client, database, "DEED-3")
    return lambda: seat.post(f"{address}/void", {"reason": "没有这回事"})


DEEDS = {
    "/staff/leads/new": _enter_lead,
    "/staff/leads/{receipt}/contact": _read,
    "/staff/leads/{receipt}/contact/erasure": _erase,
    "/staff/leads/{receipt}/acts/{act}": _accept,
    "/staff/ledger/new": _enter,
    "/staff/ledger/{entry}/correction": _correct,
    "/staff/ledger/{entry}/void": _void,
}
