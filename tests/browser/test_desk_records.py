"""Records at the desk in headless Chromium: what two people bring to the public, and what one of them can stop."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import NOW
from desk_browsing import Desk
from looking import barriers, too_wide, watched
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from staffing import an_officer

from service.register import accounts
from service.register.models import Authorisation, GiProduct, Organisation, StaffUser
from service.vocabulary import RecordKind, Role

pytestmark = pytest.mark.browser

_SEARCHABLE_S = 5.0


@pytest.fixture(scope="module")
def desk(served: Any, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Desk]:
    """A site of its own that keeps its index in step."""
    with served(tmp_path_factory.mktemp("records"), works=True) as (address, database):
        yield Desk(address, database, browser)


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        box = page.locator(f"#{name}")
        if box.evaluate("each => each.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)


def enter_product(desk: Desk, page: Page, name: str, code: str, **more: str) -> str:
    """Enter a product as an officer does, hand it over, and return where its draft stands."""
    page.goto(f"{desk.address}/staff/records/gi_product")
    page.get_by_role("link", name="新登记").click()
    fill(page, code=code, name=name, home_relation="in_district", **more)
    fill(page, source_level="official_document", source="示例公告")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_text("已提交，等另一个人审核。")).to_be_visible()
    return page.url.partition("?")[0]


def publish(page: Page, draft: str) -> None:
    page.goto(draft)
    page.get_by_role("button", name="公布", exact=True).click()
    expect(page.get_by_text("已公布，登记版本")).to_be_visible()


def test_what_one_enters_and_another_publishes_is_found_within_seconds(desk: Desk) -> None:
    editor, reviewer, visitor = desk.seat(Role.EDITOR), desk.seat(Role.REVIEWER, width=390), desk.visitor()
    draft = enter_product(desk, editor, "试验山泉米", "QJ-GI-8801", slug="shiyan-shanquan-mi")
    assert visitor.goto(f"{desk.address}/gi/shiyan-shanquan-mi").status == 404

    reviewer.goto(f"{desk.address}/staff/reviews?mine=1")
    reviewer.get_by_role("link", name="试验山泉米").click()
    expect(reviewer.get_by_text("公众网站会变的页面")).to_be_visible()
    publish(reviewer, draft)
    began = time.monotonic()

    assert visitor.goto(f"{desk.address}/gi/shiyan-shanquan-mi").status == 200
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("试验山泉米")
    while time.monotonic() - began < _SEARCHABLE_S:
        visitor.goto(f"{desk.address}/search?q=试验山泉米")
        if visitor.get_by_role("link", name=re.compile("试验山泉米")).count():
            break
    expect(visitor.get_by_role("link", name=re.compile("试验山泉米")).first).to_be_visible()
    assert time.monotonic() - began < _SEARCHABLE_S


def test_after_a_deregistration_the_very_next_verification_says_so(desk: Desk) -> None:
    editor, visitor = desk.seat(Role.EDITOR), desk.visitor()
    visitor.goto(f"{desk.address}/v/QJ-AU-9001")
    expect(visitor.get_by_role("heading", name=re.compile("公告使用人|可以使用"))).to_be_visible()
    ulid = desk.ulid_of(Authorisation, code="QJ-AU-9001")
    editor.goto(f"{desk.address}/staff/records/authorisation/{ulid}")
    editor.get_by_role("link", name="注销").click()
    fill(editor, ground="voluntary", source="示例申请书", source_level="demonstration")
    editor.get_by_role("button", name="下一步").click()
    expect(editor.get_by_role("heading", name="马上会公开的")).to_be_visible()
    visitor.goto(f"{desk.address}/v/QJ-AU-9001")
    expect(visitor.get_by_role("heading", name=re.compile("公告使用人|可以使用"))).to_be_visible()
    editor.get_by_role("button", name=re.compile("^确认注销")).click()
    expect(editor.get_by_text("已公布，登记版本")).to_be_visible()
    visitor.goto(f"{desk.address}/v/QJ-AU-9001")
    expect(visitor.get_by_text("终止").first).to_be_visible()
    expect(visitor.get_by_role("heading", name=re.compile("公告使用人|可以使用"))).to_have_count(0)


def test_two_editors_at_once_see_what_the_other_wrote(desk: Desk) -> None:
    first, second = desk.seat(Role.EDITOR), desk.seat(Role.EDITOR, width=390)
    draft = enter_product(desk, first, "两人同写的茶", "QJ-GI-8802")
    publish(desk.seat(Role.REVIEWER), draft)
    ulid = desk.ulid_of(GiProduct, code="QJ-GI-8802")
    form = f"{desk.address}/staff/records/gi_product/{ulid}/edit"
    first.goto(form)
    fill(first, description="甲写的说明", draft_note="补说明")
    first.get_by_role("button", name="保存草稿").click()
    first.goto(form)
    second.goto(form)
    fill(first, description="甲又改的说明", name_en="Tea")
    first.get_by_role("button", name="保存草稿").click()
    fill(second, description="乙写的说明", scientific_name="Camellia sinensis")
    second.get_by_role("button", name="保存草稿").click()

    expect(second.get_by_text("您写的都还在")).to_be_visible()
    expect(second.locator("#description")).to_have_value("乙写的说明")
    expect(second.locator("#scientific_name")).to_have_value("Camellia sinensis")
    expect(second.locator("#name_en")).to_have_value("Tea")
    expect(second.get_by_text("甲又改的说明").first).to_be_visible()
    fill(second, description="两人的说明")
    second.get_by_role("button", name="保存草稿").click()
    expect(second.get_by_role("row", name=re.compile("说明.*两人的说明"))).to_be_visible()
    expect(second.get_by_role("row", name=re.compile("英文名.*Tea"))).to_be_visible()


def test_a_draft_comes_back_is_completed_and_goes_again(desk: Desk) -> None:
    editor, reviewer = desk.seat(Role.EDITOR), desk.seat(Role.REVIEWER)
    draft = enter_product(desk, editor, "要退回的蜜", "QJ-GI-8803")
    reviewer.goto(draft)
    fill(reviewer, reason="请补英文名")
    reviewer.get_by_role("button", name="退回修改").click()
    expect(reviewer.get_by_text("已退回给录入的人。")).to_be_visible()

    editor.goto(f"{desk.address}/staff?list=returned")
    expect(editor.get_by_text("请补英文名")).to_be_visible()
    editor.goto(draft)
    expect(editor.get_by_text("请补英文名")).to_be_visible()
    editor.get_by_role("link", name="修改", exact=True).click()
    fill(editor, name_en="Honey")
    editor.get_by_role("button", name="保存草稿").click()
    editor.get_by_role("button", name="提交审核").click()
    publish(reviewer, draft)


def test_a_withdrawn_record_leads_to_the_one_it_was_merged_into(desk: Desk) -> None:
    editor, reviewer, visitor = desk.seat(Role.EDITOR), desk.seat(Role.REVIEWER), desk.visitor()
    publish(reviewer, enter_product(desk, editor, "并走的果", "QJ-GI-8804", slug="bingzou-de-guo"))
    publish(reviewer, enter_product(desk, editor, "留下的果", "QJ-GI-8805", slug="liuxia-de-guo"))
    gone, kept = (desk.ulid_of(GiProduct, code=code) for code in ("QJ-GI-8804", "QJ-GI-8805"))
    editor.goto(f"{desk.address}/staff/records/gi_product/{gone}/edit")
    fill(
        editor, withdrawal="redirect", withdrawal_reason="与另一条重复", redirect=kept, draft_note="重复登记"
    )
    editor.get_by_role("button", name="保存草稿").click()
    expect(editor.get_by_text("公众不再看到这条记录的内容")).to_be_visible()
    editor.get_by_role("button", name="提交审核").click()
    publish(reviewer, editor.url.partition("?")[0])
    visitor.goto(f"{desk.address}/gi/bingzou-de-guo")
    expect(visitor).to_have_url(f"{desk.address}/gi/liuxia-de-guo")


def test_a_reviewer_who_was_disabled_publishes_nothing(desk: Desk) -> None:
    editor, reviewer = desk.seat(Role.EDITOR), desk.seat(Role.REVIEWER)
    draft = enter_product(desk, editor, "停用以后的菌", "QJ-GI-8806")
    reviewer.goto(draft)
    login = re.search(r"名叫(officer-\d+)", reviewer.locator(".gi-desk-header-own").inner_text())[1]
    admin = an_officer(desk.database, Role.ADMIN)
    with desk.database.writing() as session:
        by, user = (accounts.find_staff(session, each) for each in (admin.login, login))
        accounts.set_active(session, user, active=False, by=by, at=NOW)
    reviewer.get_by_role("button", name="公布", exact=True).click()
    expect(reviewer.get_by_role("heading", level=1)).to_have_text("登录")
    with desk.database.reading() as session:
        assert session.scalar(select(GiProduct.id).where(GiProduct.code == "QJ-GI-8806")) is None
        assert not session.scalars(select(StaffUser.is_active).where(StaffUser.login == login)).one()
    publish(desk.seat(Role.REVIEWER), draft)


def test_what_is_typed_outlives_a_lost_page_and_names_a_record_that_is_there_already(desk: Desk) -> None:
    page = desk.seat(Role.EDITOR, scripts=True, width=390)
    page.goto(f"{desk.address}/staff/records/organisation/new")
    with page.expect_response(re.compile("/similar\\?")):
        page.locator("#name").press_sequentially("示例云岭果茶有限公司")
    expect(page.get_by_text("登记里已有相近的：")).to_be_visible()
    fill(page, name="示例没有存完的单位")
    expect(page.get_by_text("已暂存在这台电脑上")).to_be_visible()
    page.reload()
    expect(page.locator("#name")).to_have_value("")
    page.get_by_role("button", name="接着写").click()
    expect(page.locator("#name")).to_have_value("示例没有存完的单位")
    fill(page, source="示例来源", source_level="demonstration")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("示例没有存完的单位")
    page.wait_for_load_state("load")
    page.goto(f"{desk.address}/staff/records/organisation/new")
    expect(page.get_by_role("button", name="接着写")).to_have_count(0)


def test_signing_out_from_any_page_erases_what_the_browser_kept(desk: Desk) -> None:
    page = desk.seat(Role.EDITOR, scripts=True)
    page.goto(f"{desk.address}/staff/records/organisation/new")
    fill(page, name="示例留在这台电脑上的单位")
    expect(page.get_by_text("已暂存在这台电脑上")).to_be_visible()
    page.goto(f"{desk.address}/staff")
    assert page.evaluate("localStorage.length") == 1
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    assert page.evaluate("localStorage.length") == 0


def test_what_was_typed_a_moment_before_signing_out_is_not_kept_after_it(desk: Desk) -> None:
    page = desk.seat(Role.EDITOR, scripts=True)
    page.goto(f"{desk.address}/staff/records/organisation/new")
    # As on a line so slow that the page stands meanwhile.
    page.evaluate("addEventListener('submit', (event) => event.preventDefault())")
    fill(page, name="示例刚写下的单位")
    page.get_by_role("button", name="退出").click()
    page.wait_for_timeout(1500)  # longer than the pause after which what is typed is kept
    assert page.evaluate("localStorage.length") == 0


@pytest.mark.parametrize(
    ("width", "prefix", "look"),
    [
        (1280, "", barriers),
        pytest.param(390, "/en", barriers, marks=pytest.mark.long),
        (320, "/en", too_wide),
    ],
)
def test_no_page_of_records_has_a_barrier_a_foreign_request_or_a_sideways_scroll(
    desk: Desk, width: int, prefix: str, look: Callable[[Page], list[str]]
) -> None:
    firm, permission = (
        desk.ulid_of(Organisation, uscc="93500114MA0TERT081"),
        desk.ulid_of(Authorisation, code="QJ-AU-9002"),
    )
    code = f"QJ-GI-89{width % 100:02d}{len(prefix)}"
    draft = enter_product(desk, desk.seat(Role.EDITOR), f"无障碍{code}", code)
    page = desk.seat(Role.EDITOR, scripts=True, width=width)
    faults = watched(page, desk.address)
    addresses = [
        "/staff/records/trademark?q=示例&sort=name",
        "/staff/records/trademark?q=nothing",
        "/staff/records/gi_product/new",
        "/staff/records/production_area/new",
        f"/staff/records/organisation/{firm}",
        f"/staff/records/organisation/{firm}/edit",
        f"/staff/records/authorisation/{permission}",
        f"/staff/records/authorisation/{permission}/acts/deregistered",
        f"/staff/records/authorisation/{permission}/acts/put_under_correction",
        f"/staff/history/organisation/{firm}",
        f"/staff/history/authorisation/{permission}?on=2026-11-23",
        "/staff/reviews?state=draft",
        "/staff/reviews",
        draft.removeprefix(desk.address),
    ]
    for path in addresses:
        assert page.goto(desk.address + prefix + path).status == 200, path
        faults += look(page)
    page.goto(f"{desk.address}{prefix}/staff/records/{RecordKind.ORGANISATION.value}/new")
    page.locator("#part-save button").click()
    faults += look(page)
    trail = desk.seat(Role.AUDITOR, scripts=True, width=width)
    beside = watched(trail, desk.address)
    assert trail.goto(f"{desk.address}{prefix}/staff/audit").status == 200
    assert faults + beside + look(trail) == []
