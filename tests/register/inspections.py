"""Inspections for tests: plans, users, grades, results, and a population that is frozen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from factories import NOW, TODAY, a_protection, an_authorisation, an_editor, an_organisation, published
from sqlalchemy import select

from service.calendar import CHINA
from service.register import editing
from service.register.inspecting import Announced, freeze_population
from service.register.models import InspectionDraw

TOMORROW = TODAY + timedelta(days=1)
ANNOUNCED = Announced("示例彩票第 2026140 期开奖号码", TOMORROW, 14, date(2026, 12, 20))
A_DOCUMENT = "0" * 64


def a_plan(session, **facts):
    defaults = {
        "code": f"CC-{len(session.scalars(select(InspectionDraw)).all())}-{id(facts)}",
        "title": "2026 年专用标志使用抽查",
        "year": 2026,
        "scope": "专用标志使用人",
        "ratios": ["未评级=30"],
        "inspectors": ["01", "02", "03"],
    }
    payload = published(session, "inspection_plan", **{**defaults, **facts})
    return editing.published_bases(session, payload.kind, [payload.key()])[payload.key()].record_ulid


def users(session, count, protection=None):
    protection = protection or a_protection(session)
    firms = [an_organisation(session) for _ in range(count)]
    for firm in firms:
        an_authorisation(session, protection, firm)
    return firms


def a_grade(session, firm, grade, **facts):
    defaults = {"scheme": "示例信用分类", "valid_from": date(2026, 1, 1), "source_document": A_DOCUMENT}
    return published(
        session, "credit_assessment", organisation=firm.uscc, grade=grade, **{**defaults, **facts}
    )


def an_inspection(session, firm, **facts):
    defaults = {
        "code": f"JC-{firm.uscc}",
        "inspected_on": date(2026, 11, 20),
        "inspectors": ["01", "02"],
        "outcome": "no_problem",
    }
    return published(session, "inspection", organisation=firm.uscc, **{**defaults, **facts})


def frozen(session, plan=None, announced=ANNOUNCED):
    return freeze_population(session, plan or a_plan(session), announced, by=an_editor(session), at=NOW)


def midnight(day):
    """The moment at which a day begins in China."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA).astimezone(UTC)
