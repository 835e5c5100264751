"""The routes of random inspections at the desk, and for each that changes something how it is reached."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from factories import NOW, a_protection, an_authorisation, an_editor, an_organisation, published
from staffing import an_officer, seated

from service.register import editing
from service.register.inspecting import Announced, freeze_population
from service.vocabulary import Role, StaffAct

_READ = StaffAct.SEE_INSPECTIONS
ROUTES: dict[tuple[str, str], StaffAct | None] = {
    ("GET", "/staff/inspections"): _READ,
    ("GET", "/staff/inspections/{ulid}"): _READ,
    ("POST", "/staff/inspections/{ulid}/draws"): StaffAct.FREEZE_DRAW,
    ("GET", "/staff/inspections/draws/{draw}"): _READ,
    ("GET", "/staff/inspections/draws/{draw}.{form}"): _READ,
    ("POST", "/staff/inspections/draws/{draw}/draw"): StaffAct.DRAW,
    ("POST", "/staff/inspections/draws/{draw}/abandon"): StaffAct.DRAW,
}
ANNOUNCED = {
    "value_source": "示例彩票第 2026140 期开奖号码",
    "value_on": "2026-11-24",
    "digits": "6",
    "published_from": "2026-12-20",
}


def a_plan(database: Any, firms: int = 4, **facts: Any) -> str:
    """The permanent identifier of a published plan, with so many firms that can be drawn."""
    with database.writing() as session:
        protection = a_protection(session)
        for _ in range(firms):
            an_authorisation(session, protection, an_organisation(session))
        plan = {
            "code": f"CC-{protection.code}",
            "title": f"抽查计划 {protection.code}",
            "year": 2026,
            "scope": "专用标志的使用",
            "product": protection.product,
            "ratios": ["未评级=50"],
            "inspectors": ["01", "02", "03"],
        }
        payload = published(session, "inspection_plan", **{**plan, **facts})
        return editing.published_bases(session, payload.kind, [payload.key()])[payload.key()].record_ulid


def a_draw(database: Any) -> str:
    """The address of a draw whose population was frozen three days ago; the day of its value has come."""
    plan = a_plan(database)
    announced = Announced("示例彩票第 2026140 期开奖号码", date(2026, 11, 21), 6, date(2026, 12, 20))
    with database.writing() as session:
        at = NOW - timedelta(days=3)
        frozen = freeze_population(session, plan, announced, by=an_editor(session), at=at)
        return f"/staff/inspections/draws/{frozen.ulid}"


def _freeze(client: Any, database: Any, admin: Any) -> Any:
    plan = a_plan(database)
    seat = seated(client, database, an_officer(database, Role.EDITOR))
    return lambda: seat.post(f"/staff/inspections/{plan}/draws", ANNOUNCED)


def _by_reviewer(step: str, **facts: str) -> Any:
    def arrange(client: Any, database: Any, admin: Any) -> Any:
        address = a_draw(database)
        seat = seated(client, database, an_officer(database, Role.REVIEWER))
        return lambda: seat.post(f"{address}/{step}", facts)

    return arrange


DEEDS = {
    "/staff/inspections/{ulid}/draws": _freeze,
    "/staff/inspections/draws/{draw}/draw": _by_reviewer("draw", value="031122", again="03 11 22"),
    "/staff/inspections/draws/{draw}/abandon": _by_reviewer("abandon", reason="当期停售"),
}
