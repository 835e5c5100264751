"""The routes of records, drafts and history at the desk, and for each that changes something how it is reached."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent / "register"))
from factories import a_protection, a_uscc, an_authorisation, an_organisation
from staffing import an_officer, seated

from service.register import editing
from service.vocabulary import Role, StaffAct

NOWHERE = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
_READ, _DRAFT, _STOP = StaffAct.READ_RECORDS, StaffAct.DRAFT, StaffAct.STOP_A_WRONG
ROUTES: dict[tuple[str, str], StaffAct | None] = {
    ("GET", "/staff/records"): _READ,
    ("GET", "/staff/records/{kind}"): _READ,
    ("GET", "/staff/records/{kind}.{form}"): _READ,
    ("GET", "/staff/records/{kind}/new"): _DRAFT,
    ("GET", "/staff/records/{kind}/new/similar"): _DRAFT,
    ("POST", "/staff/records/{kind}/new"): _DRAFT,
    ("GET", "/staff/records/{kind}/{ulid}"): _READ,
    ("POST", "/staff/records/{kind}/{ulid}"): _DRAFT,
    ("GET", "/staff/records/{kind}/{ulid}/edit"): _DRAFT,
    ("GET", "/staff/records/authorisation/{ulid}/acts/{act}"): _STOP,
    ("POST", "/staff/records/authorisation/{ulid}/acts/{act}"): _STOP,
    ("GET", "/staff/areas"): _READ,
    ("GET", "/staff/areas/{code}/{number}"): _DRAFT,
    ("POST", "/staff/areas/{code}/{number}"): _DRAFT,
    ("POST", "/staff/areas/{code}/{number}/checks"): _DRAFT,
    ("GET", "/staff/areas/{code}/{number}/ground.geojson"): _DRAFT,
    ("GET", "/staff/evidence/{sha256}"): _READ,
    ("GET", "/staff/reviews"): _READ,
    ("GET", "/staff/reviews/{draft}"): _READ,
    ("POST", "/staff/reviews/{draft}/submit"): StaffAct.SUBMIT,
    ("POST", "/staff/reviews/{draft}/publish"): StaffAct.PUBLISH,
    ("POST", "/staff/reviews/{draft}/return"): StaffAct.RETURN,
    ("POST", "/staff/reviews/{draft}/reopen"): _DRAFT,
    ("POST", "/staff/reviews/{draft}/discard"): _DRAFT,
    ("GET", "/staff/history/{kind}/{ulid}"): _READ,
    ("GET", "/staff/audit"): StaffAct.READ_AUDIT,
    ("GET", "/staff/audit.{form}"): StaffAct.READ_AUDIT,
}
# A form that only asks: what stands in it is looked at, and nothing is kept.
ASKS = {"/staff/areas/{code}/{number}/checks"}
_FILLED = {
    "{code}": "QJ-PR-0000",
    "{number}": "1",
    "{kind}": "organisation",
    "{form}": "csv",
    "{ulid}": NOWHERE,
    "{entry}": NOWHERE,
    "{receipt}": "XS20261123-222222",
    "{draft}": NOWHERE,
    "{act}": "deregistered",
    "{prefix}": "00000000",
    "{sha256}": "0" * 64,
    "{annex}": NOWHERE,
    "{batch}": NOWHERE,
    "{errand}": NOWHERE,
}


def address_of(pattern: str, login: str = "somebody") -> str:
    """An address of the pattern, of nothing that there is."""
    for name, value in {**_FILLED, "{login}": login}.items():
        pattern = pattern.replace(name, value)
    return pattern


def a_firm(**facts: Any) -> dict[str, Any]:
    """An organisation as it is typed, said to be a new one: others of its name may be there already."""
    return {
        "draft_new": "1",
        "uscc": a_uscc(),
        "name": "示例单位",
        "source": "示例来源",
        "source_level": "official_page",
        **facts,
    }


def drafted(client, database, **facts: Any):
    """Where a draft of a new organisation stands, and who wrote it."""
    seat = seated(client, database, an_officer(database, Role.EDITOR))
    reply = seat.post("/staff/records/organisation/new", a_firm(**facts))
    assert reply.status_code == 303, reply.text[-2000:]
    return reply.headers["location"].partition("?")[0], seat


def edition_of(seat, address: str) -> dict[str, str]:
    """What a step of the draft must say: which edition was looked at."""
    return {"edition": re.search(r'name="edition" value="([\d.]+)"', seat.get(address).text)[1]}


def submitted(client, database, **facts: Any):
    """Where a draft stands that waits for review, and who wrote it."""
    address, seat = drafted(client, database, **facts)
    assert seat.post(f"{address}/submit", edition_of(seat, address)).status_code == 303
    return address, seat


def published(client, database, **facts: Any):
    """The page of a record that two people published, and who wrote it."""
    address, author = submitted(client, database, **facts)
    approver = seated(client, database, an_officer(database, Role.REVIEWER))
    assert approver.post(f"{address}/publish", edition_of(approver, address)).status_code == 303
    return re.search(r"/staff/records/organisation/[0-9A-Z]{26}", author.get(address).text)[0], author


def _new(client, database, admin):
    seat = seated(client, database, an_officer(database, Role.EDITOR))
    return lambda: seat.post("/staff/records/organisation/new", a_firm())


def _change(client, database, admin):
    address, seat = drafted(client, database)
    record = re.search(r"/staff/records/organisation/[0-9A-Z]{26}", seat.get(address).text)[0]
    own = {"draft_draft": address[-26:], "draft_edition": "1", "draft_version": "0"}
    return lambda: seat.post(record, {**a_firm(), **own})


def _submit(client, database, admin):
    address, seat = drafted(client, database)
    return lambda: seat.post(f"{address}/submit", {"edition": "1"})


def _by_reviewer(step: str, **facts: str):
    def arrange(client, database, admin):
        address, _ = submitted(client, database)
        seat = seated(client, database, an_officer(database, Role.REVIEWER))
        return lambda: seat.post(f"{address}/{step}", {"edition": "1", **facts})

    return arrange


def _reopen(client, database, admin):
    address, seat = submitted(client, database)
    return lambda: seat.post(f"{address}/reopen", {"edition": "1"})


def _discard(client, database, admin):
    address, seat = drafted(client, database)
    return lambda: seat.post(f"{address}/discard", {"edition": "1"})


def an_open_authorisation(database) -> str:
    """The permanent identifier of an authorisation that is in force."""
    with database.writing() as session:
        payload = an_authorisation(session, a_protection(session), an_organisation(session))
        return editing.published_bases(session, payload.kind, [payload.key()])[payload.key()].record_ulid


def _stop(client, database, admin):
    ulid = an_open_authorisation(database)
    seat = seated(client, database, an_officer(database, Role.EDITOR))
    typed = {
        "ground": "voluntary",
        "effective_on": "2026-11-20",
        "source": "示例申请书",
        "source_level": "official_document",
        "draft_confirmed": "1",
    }
    return lambda: seat.post(f"/staff/records/authorisation/{ulid}/acts/deregistered", typed)


def _area(client, database, admin):
    with database.writing() as session:
        code = a_protection(session).code
    seat = seated(client, database, an_officer(database, Role.GIS_EDITOR))
    typed = {
        "area_way": "words",
        "text_original": "示例文字",
        "confidence": "low",
        "source": "示例来源",
        "source_level": "official_document",
    }
    return lambda: seat.post(f"/staff/areas/{code}/1", typed)


DEEDS = {
    "/staff/areas/{code}/{number}": _area,
    "/staff/records/{kind}/new": _new,
    "/staff/records/{kind}/{ulid}": _change,
    "/staff/records/authorisation/{ulid}/acts/{act}": _stop,
    "/staff/reviews/{draft}/submit": _submit,
    "/staff/reviews/{draft}/publish": _by_reviewer("publish"),
    "/staff/reviews/{draft}/return": _by_reviewer("return", reason="请补英文名"),
    "/staff/reviews/{draft}/reopen": _reopen,
    "/staff/reviews/{draft}/discard": _discard,
}
