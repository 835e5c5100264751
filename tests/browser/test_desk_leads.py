"""Leads at the desk in headless Chromium, without scripts: a complaint's life over the National Day holiday."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from desk_browsing import Desk
from lead_deeds import SERVICE
from looking import barriers, too_wide, watched
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from staffing import MovingClock, an_officer

from service.register import accounts, leads
from service.register import service_point_ledger as ledger
from service.register.models import ServicePoint
from service.vocabulary import LeadChannel, LeadKind, Role, ServiceTopic, WalkInKind
from service.vocabulary import LeadEventKind as K

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def desk(served: Any, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Desk]:
    """A site of its own that stands on Thursday 24 September 2026, the day before a holiday."""
    clock = MovingClock(datetime(2026, 9, 24, 2, 0, tzinfo=UTC))
    with served(tmp_path_factory.mktemp("leads"), clock=clock) as (address, database):
        yield Desk(address, database, browser, clock)


def act(page: Page, name: str, **fields: str) -> None:
    """Do something about the lead whose page is open."""
    page.get_by_role("link", name=name, exact=True).click()
    for field, value in fields.items():
        page.locator(f"#{field}").fill(value)
    page.get_by_role("button", name=re.compile("^登记：")).click()
    expect(page.get_by_role("status")).to_contain_text("已登记")


def complain(desk: Desk) -> tuple[Page, str]:
    """Bring a complaint as a visitor does, and return their receipt, open and by its number."""
    visitor = desk.browser.new_context(java_script_enabled=False).new_page()
    visitor.goto(f"{desk.address}/report?kind=complaint&code=93500114MA0TERT081&target=shili-shishangcha")
    for field, value in {
        "description": "在集市买的茶，包装上印着专用标志，商家不肯退。",
        "name": "示例张三",
        "telephone": "023-0000000",
    }.items():
        visitor.locator(f"#{field}").fill(value)
    visitor.get_by_role("button", name="提交").click()
    return visitor, visitor.locator(".gi-receipt-number strong").inner_text()


def test_a_complaint_lives_through_the_holiday_with_its_deadlines(desk: Desk) -> None:
    visitor, receipt = complain(desk)
    # Seven working days: 28, 29 and 30 September, 8, 9 and 10 October (a worked Saturday), 12 October.
    expect(visitor.get_by_text("不晚于 2026年10月12日")).to_be_visible()
    expect(visitor.get_by_text("现在的状态：已收到")).to_be_visible()

    desk.clock.forward(days=6)  # Wednesday 30 September, the last day before National Day
    officer = desk.seat(Role.LEAD_OFFICER)
    officer.goto(f"{desk.address}/staff/leads")
    row = officer.get_by_role("row", name=re.compile(receipt))
    expect(row).to_contain_text("还剩 4 个工作日")
    expect(row).to_contain_text("2026年10月12日")
    officer.locator("#due").select_option("3")
    officer.get_by_role("button", name="筛选").click()
    expect(officer.get_by_role("row", name=re.compile(receipt))).to_have_count(0)
    officer.locator("#due").select_option("5")
    officer.get_by_role("button", name="筛选").click()
    officer.get_by_role("link", name=receipt).click()
    expect(officer.get_by_text("商家不肯退")).to_be_visible()
    expect(officer.get_by_role("link", name="示例·石上茶")).to_be_visible()
    expect(officer.get_by_text("示例张三")).to_have_count(0)
    officer.get_by_role("button", name="看联系人（记入审计）").click()
    expect(officer.get_by_text("示例张三")).to_be_visible()
    officer.goto(f"{desk.address}/staff/leads/{receipt}/acts/settled")
    expect(officer.get_by_role("alert")).to_contain_text("现在不能办这一步")
    officer.get_by_role("link", name="看这条线索").click()
    act(officer, "受理")
    # 45 working days from 30 September, the holiday left out and the worked Saturday counted in.
    expect(officer.get_by_text("不晚于 2026年12月8日")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_text("现在的状态：已受理")).to_be_visible()

    desk.clock.forward(days=12)  # Monday 12 October
    officer = desk.seat(Role.LEAD_OFFICER, width=390)
    officer.goto(f"{desk.address}/staff/leads/{receipt}")
    act(officer, "开始调解")
    act(officer, "调解中发现违法线索", note="库房里有没有产地的散装货，包装上印着专用标志。")
    officer.get_by_role("link", name=re.compile("^XS20261012-")).click()
    expect(officer.get_by_role("heading", level=1)).to_have_text(re.compile("^XS20261012-"))
    expect(officer.get_by_text("核查并决定是否立案").first).to_be_visible()
    expect(officer.get_by_text("没有联系方式")).to_be_visible()
    officer.get_by_role("link", name=receipt).click()
    act(officer, "达成调解协议")
    act(officer, "办结")
    expect(officer.get_by_role("link", name="备注")).to_be_visible()
    expect(officer.get_by_text("已经办完")).to_be_visible()
    officer.goto(f"{desk.address}/staff/leads")
    expect(officer.get_by_role("link", name=receipt)).to_have_count(0)
    officer.goto(f"{desk.address}/staff/leads?state=done")
    expect(officer.get_by_role("link", name=receipt)).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_text("现在的状态：已办结")).to_be_visible()


def test_a_service_is_entered_and_put_right_at_the_desk(desk: Desk) -> None:
    editor = desk.seat(Role.EDITOR, width=390)
    editor.goto(f"{desk.address}/staff/ledger")
    editor.get_by_role("link", name="记一条").click()
    for field in ("point", "topic", "walk_in"):
        editor.locator(f"#{field}").select_option(index=1)
    editor.locator("#minutes").fill("3O")
    editor.locator("#result").fill(SERVICE["result"])
    editor.get_by_role("button", name="记入台账").click()
    expect(editor.get_by_role("alert")).to_contain_text("1 到 1440")
    editor.locator("#minutes").fill("30")
    editor.get_by_role("button", name="记入台账").click()
    expect(editor.get_by_role("status")).to_contain_text("已记入台账")
    editor.get_by_role("link", name="更正", exact=True).click()
    editor.locator("#minutes").fill("45")
    editor.locator("#reason").fill("分钟写错了")
    editor.get_by_role("button", name="登记更正").click()
    expect(editor.get_by_role("heading", name="原来的一条")).to_be_visible()
    editor.goto(f"{desk.address}/staff/ledger")
    expect(editor.get_by_role("cell", name="分钟：45")).to_be_visible()
    expect(editor.get_by_text("更正过").first).to_be_visible()


@pytest.fixture(scope="module")
def worked(desk: Desk) -> tuple[str, str]:
    """A lead with a few events, and an entry that was corrected: what the pages have most to show of."""
    officer, editor = an_officer(desk.database, Role.LEAD_OFFICER), an_officer(desk.database, Role.EDITOR)
    now = desk.clock.now()
    report = leads.Report(
        form_ulid="01ARZ3NDEKTSV4RRFFQ69G5AXE",
        kind=LeadKind.REPORT,
        channel=LeadChannel.WEB,
        description="集市上的包装没有印代码，" * 8,
        checked={"code": "93500114MA0TERT081", "target": "shili-shishangcha", "on": ""},
        contact=leads.Contact("示例张三", "023-0000000"),
    )
    with desk.database.writing() as session:
        by, keeper = (accounts.find_staff(session, each.login) for each in (officer, editor))
        receipt = leads.receive(session, report, now=now, keep_days=180).receipt
        today = now.date()
        for seen, kind in enumerate((K.NOTED, K.VERIFIED, K.VOIDED, K.VERIFIED, K.FILED)):
            handling = leads.Handling(act=kind, happened_on=today, seen=seen, note="示例：" + "说明" * 30)
            leads.handle(session, receipt, handling, by=by, at=now)
        point = session.scalars(select(ServicePoint.code).where(ServicePoint.closed_on.is_(None))).first()
        service = ledger.Service(
            point=str(point),
            day=today,
            topic=ServiceTopic.TRAINING,
            minutes=30,
            result="当场答复",
            walk_in=WalkInKind.PERSON,
        )
        entry = ledger.enter(session, service, by=keeper, at=now)
        entry = ledger.correct(session, entry.ulid, service, "示例原因", by=keeper, at=now)
        return receipt, entry.ulid


@pytest.mark.parametrize(
    ("width", "prefix", "look"),
    [
        (1280, "", barriers),
        pytest.param(390, "/en", barriers, marks=pytest.mark.long),
        (320, "/en", too_wide),
    ],
)
def test_no_page_of_leads_and_ledger_has_a_barrier_a_foreign_request_or_a_sideways_scroll(
    desk: Desk, worked: tuple[str, str], width: int, prefix: str, look: Callable[[Page], list[str]]
) -> None:
    receipt, entry = worked
    page = desk.seat(Role.LEAD_OFFICER, Role.EDITOR, width=width, scripts=True)
    faults = watched(page, desk.address)
    for path in (
        "/staff/leads",
        "/staff/leads?due=overdue&state=done",
        "/staff/leads/new",
        f"/staff/leads/{receipt}?done=entered",
        f"/staff/leads/{receipt}?done=filed",
        f"/staff/leads/{receipt}/acts/told",
        f"/staff/leads/{receipt}/acts/verified",
        "/staff/ledger",
        "/staff/ledger?since=x",
        "/staff/ledger/new",
        "/staff/ledger/months",
        f"/staff/ledger/{entry}",
        f"/staff/ledger/{entry}/correction",
        "/staff/reference/holidays",
        "/staff/reference/holidays?year=2027",
        "/staff/reference/instruments",
        "/staff/reference/vocabularies",
        "/staff/records/holiday_arrangement/new",
    ):
        assert page.goto(desk.address + prefix + path).status in {200, 409, 422}
        faults += look(page)
    page.goto(f"{desk.address}{prefix}/staff/leads/{receipt}/acts/told")
    page.locator("main form button").click()
    faults += look(page)
    page.context.close()
    assert faults == []
