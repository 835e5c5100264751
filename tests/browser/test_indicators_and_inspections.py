"""Figures that stay as they were frozen, and a draw that a stranger runs again, in headless Chromium."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import NOW
from desk_browsing import Desk
from independent_draw import draw_again
from looking import barriers, watched
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect

sys.path.append(str(Path(__file__).parents[1] / "register"))

from factories import an_editor, published

from service.register import editing
from service.register.database import Database
from service.register.inspecting import Announced, freeze_population
from service.vocabulary import Role

pytestmark = pytest.mark.browser

_FICTIONAL = {"is_demonstration": True, "source": "示例数据，为演示而虚构", "source_level": "demonstration"}
Site = tuple[str, Database, str, str]


def _record_of(session: Any, payload: Any) -> str:
    return editing.published_bases(session, payload.kind, [payload.key()])[payload.key()].record_ulid


@pytest.fixture(scope="module")
def site(served: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own with a frozen population of the fictional users of the mark, and a fictional zone."""
    with served(tmp_path_factory.mktemp("figures")) as (address, database):
        today = date(2026, 11, 23)
        with database.writing() as session:
            plan = published(
                session,
                "inspection_plan",
                **_FICTIONAL,
                code="SHILI-CC-2026",
                title="示例：2026 年双随机抽查",
                year=2026,
                scope="示例：专用标志的使用（虚构）",
                ratios=["未评级=50"],
                inspectors=["示例证号 01", "示例证号 02", "示例证号 03"],
            )
            announced = Announced("示例彩票（虚构）", today - timedelta(days=2), 14, today)
            at = NOW - timedelta(days=5)
            plan_ulid = _record_of(session, plan)
            draw = freeze_population(session, plan_ulid, announced, by=an_editor(session), at=at)
            zone = published(
                session,
                "demonstration_zone",
                **_FICTIONAL,
                code="SHILI-SFQ-01",
                name="示例云雾果保护示范区",
                products=["shili-yunwuguo"],
            )
            facts = {"zone": zone.code, "event": "preparation_approved", "happened_on": date(2024, 9, 10)}
            published(session, "zone_event", **_FICTIONAL, **facts)
            paths = f"/staff/inspections/draws/{draw.ulid}", f"/staff/zone/{_record_of(session, zone)}"
        yield address, database, *paths


def test_an_officer_freezes_the_year_and_takes_the_table_to_the_meeting(site: Site, browser: Browser) -> None:
    page = Desk(site[0], site[1], browser).seat(Role.INDICATOR_OFFICER)
    page.goto(f"{site[0]}/staff/indicators")
    expect(page.locator("#tm_per_10k_entities")).to_contain_text("分母缺失，不能计算")
    page.get_by_label("快照名称").fill("2026 年联席会议")
    page.get_by_role("button", name="冻结快照").click()
    expect(page.get_by_role("status")).to_contain_text("已冻结")
    sha256 = page.locator("dd.gi-code").inner_text()
    with page.expect_download() as told:
        page.get_by_role("link", name="JSON").click()
    assert hashlib.sha256(Path(told.value.path()).read_bytes()).hexdigest() == sha256
    with page.expect_download() as told:
        page.get_by_role("link", name="XLSX").click()
    book = load_workbook(io.BytesIO(Path(told.value.path()).read_bytes()), read_only=True)
    figures = {row[0].value: row[2].value for row in book["data"].iter_rows(min_row=2)}
    shown = page.locator("#gi_count .gi-figures-number strong").inner_text()
    assert figures["gi_count"] == int(shown)
    assert figures["tm_per_10k_entities"] is None
    page.get_by_role("button", name="比较").click()
    expect(page.get_by_role("row", name="地理标志数量")).to_contain_text("不变")
    page.context.close()
    visitor = browser.new_page()
    visitor.goto(f"{site[0]}/indicators")
    expect(visitor.get_by_text("2026 年联席会议")).to_be_visible()
    expect(visitor.get_by_text(sha256)).to_be_visible()
    visitor.close()


def test_a_stranger_runs_a_draw_again_from_what_is_published(site: Site, browser: Browser) -> None:
    """A reviewer draws with the public value; somebody who knows nothing of us comes to the same firms."""
    address, database, draw, _ = site
    officer = Desk(address, database, browser).seat(Role.REVIEWER)
    officer.goto(address + draw)
    officer.get_by_label("公开数值").fill("03 08 11 15 22 27 + 09")
    officer.get_by_label("再输一遍").fill("03 08 11 15 22 27 + 90")
    officer.get_by_role("button", name="抽取").click()
    expect(officer.get_by_role("alert")).to_contain_text("两遍不一样")
    officer.get_by_label("再输一遍").fill("03081115222709")
    officer.get_by_role("button", name="抽取").click()
    expect(officer.get_by_role("status")).to_contain_text("已抽取")
    officer.context.close()

    stranger = browser.new_page()
    stranger.goto(f"{address}/inspections")
    stranger.get_by_role("link", name="示例：2026 年双随机抽查").click()
    announced = stranger.locator("dd.gi-code").first.inner_text()
    with stranger.expect_download() as told:
        stranger.get_by_role("link", name="下载 JSON").click()
    text = Path(told.value.path()).read_text(encoding="utf-8")
    file = json.loads(text)
    assert hashlib.sha256(file["population"].encode()).hexdigest() == announced
    names = {
        one["id"]: one["name"]
        for group in json.loads(file["population"])["strata"]
        for one in group["candidates"]
    }
    drawn = [names[each["id"]] for each in draw_again(text)]
    assert len(drawn) == -(-len(names) // 2)
    assert stranger.locator("table").last.locator("tbody th").all_inner_texts() == drawn
    stranger.close()


@pytest.mark.parametrize(("width", "prefix"), [(1280, ""), pytest.param(390, "/en", marks=pytest.mark.long)])
def test_no_page_of_figures_or_inspections_has_a_barrier_or_a_sideways_scroll(
    site: Site, browser: Browser, width: int, prefix: str
) -> None:
    address, database, draw, zone = site
    desk = Desk(address, database, browser)
    page = desk.seat(Role.INDICATOR_OFFICER, Role.EDITOR, scripts=True, width=width)
    faults = watched(page, address)
    page.goto(f"{address}{prefix}/staff/indicators")
    page.locator("#title").fill("示例")
    page.locator("main form button").last.click()
    snapshot = page.url.removeprefix(address + prefix).partition("?")[0]
    page.goto(f"{address}{prefix}/staff/inspections")
    plan = str(page.locator("main table a").first.get_attribute("href")).removeprefix(prefix)
    for path in (
        *("/staff/indicators", "/staff/indicators?day=x", snapshot, f"{snapshot}/compare"),
        *("/staff/inspections", plan, draw, "/staff/zone", zone),
        *("/inspections", draw.removeprefix("/staff")),
    ):
        page.goto(address + prefix + path)
        faults += barriers(page)
    page.context.close()
    assert faults == []
