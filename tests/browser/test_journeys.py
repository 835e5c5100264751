"""The journeys of a shopper, a cooperative and a journalist: at a desk, on a phone, and on a phone without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from looking import barriers
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

_DESK = {"viewport": {"width": 1280, "height": 844}}
_PHONE = {"viewport": {"width": 390, "height": 844}}
_FIRM = "示例青杠果业专业合作社"
_CODE = "93500114MA0TERT081"


@pytest.fixture(
    params=[_DESK, _PHONE, {**_PHONE, "java_script_enabled": False}],
    ids=["desk", "phone", "phone without scripts"],
)
def page(request: pytest.FixtureRequest, site: str, browser: Browser) -> Iterator[Page]:
    """A visitor on the home page; nothing they open may fail or complain."""
    context = browser.new_context(**request.param)
    faults: list[str] = []
    made = context.new_page()
    made.on("pageerror", lambda error: faults.append(str(error)))
    made.on("response", lambda reply: faults.append(reply.url) if reply.status >= 500 else None)
    made.on("request", lambda asked: None if asked.url.startswith(site) else faults.append(asked.url))
    made.goto(site)
    yield made
    context.close()
    assert faults == []


def test_a_shopper_checks_a_pack_reads_the_evidence_and_reports_what_is_wrong(page: Page) -> None:
    page.locator("#q").fill("91500114MA0TERT087")
    page.get_by_role("button", name="查询").click()
    expect(_title(page)).to_have_text("请选择产品")
    page.get_by_role("link", name=re.compile("示例·石上茶")).first.click()
    expect(_title(page)).to_have_text("可以使用专用标志")
    expect(page.locator(".gi-verdict-card")).to_contain_text("核验时间")
    page.get_by_role("link", name="公告文件").first.scroll_into_view_if_needed()
    page.locator(".gi-verdict-card").get_by_role("link", name=re.compile("^第")).first.click()
    expect(page.get_by_role("heading", name="文件")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="怎么看包装").first.click()
    expect(page.get_by_role("heading", name="包装上应该有什么")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="举报或投诉").click()
    expect(page.get_by_role("region", name="随线索附上的核验结果")).to_contain_text("示例·石上茶")
    expect(page.locator("#code")).to_have_value("91500114MA0TERT087")
    _report(page)


def _report(page: Page) -> None:
    page.get_by_role("radio", name=re.compile("^投诉")).check()
    page.locator("#description").fill("买来的茶叶与包装上写的产地不符，希望退货。")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert")).to_contain_text("投诉要写姓名和电话")
    expect(page.locator("#description")).to_have_value("买来的茶叶与包装上写的产地不符，希望退货。")
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(page.locator("#name")).to_be_focused()
    page.get_by_role("radio", name=re.compile("^举报")).check()
    page.get_by_role("button", name="提交").click()
    expect(_title(page)).to_have_text("已收到")
    expect(page.get_by_text(re.compile(r"^XS\d{8}-"))).to_be_visible()
    expect(page.get_by_text("不晚于 2026年12月14日")).to_be_visible()


def test_a_cooperative_finds_itself_its_states_and_what_to_do_next(page: Page) -> None:
    page.locator("#q").fill("青杠果业")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name=_FIRM).first.click()
    expect(_title(page)).to_have_text(_FIRM)
    users = page.get_by_role("region", name="可以在哪些产品上用专用标志")
    expect(users).to_contain_text("有效")
    users.get_by_role("link", name="QJ-AU-9002").click()
    expiry = page.get_by_role("region", name="是否到期")
    expect(expiry).to_contain_text("没有固定有效期")
    expect(expiry.get_by_role("listitem")).to_have_count(6)
    page.get_by_role("link", name="报告这一页的错误").click()
    expect(page.get_by_text("/authorisations/QJ-AU-9002")).to_be_visible()
    page.go_back()
    page.get_by_role("contentinfo").get_by_role("link", name="服务网点").click()
    expect(page.locator(".gi-card").first).to_contain_text("时间")


def test_a_journalist_counts_cites_and_sees_what_changed(page: Page) -> None:
    page.goto(f"{page.url}search?kind=gi_product&q=示例")
    said = re.search(r"\d+", page.get_by_role("status").inner_text())
    assert said is not None
    assert page.locator(".gi-hit").count() == int(said[0])
    page.locator(".gi-hit h2 a").first.click()
    expect(page.locator(".gi-record-foot-citation")).to_contain_text("版本")
    foot = page.get_by_role("contentinfo").last
    foot.get_by_role("link", name="方法与局限").click()
    expect(page.get_by_role("heading", name="先说局限")).to_be_visible()
    foot.get_by_role("link", name="登记更新").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("登记版本")
    page.get_by_role("heading", level=2).first.get_by_role("link").click()
    expect(_title(page)).to_contain_text("登记版本")
    foot.get_by_role("link", name="指标与目标").click()
    expect(page.get_by_text("分母缺失，不能计算").first).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(_title(page)).to_have_text("Indicators and targets")


def _title(page: Page) -> Any:
    return page.get_by_role("heading", level=1)


def test_a_pack_is_verified_and_reported_with_the_keyboard_alone(site: str, browser: Browser) -> None:
    context = browser.new_context(**_DESK)
    page = context.new_page()
    page.goto(site)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    _tab_to(page, "#code")
    page.keyboard.type(_CODE)
    page.keyboard.press("Enter")
    expect(_title(page)).to_have_text("可以使用专用标志")
    _tab_to(page, 'a[href*="/report?"]')
    page.keyboard.press("Enter")
    expect(_title(page)).to_have_text("举报、投诉、纠错")
    _tab_to(page, 'input[name="kind"]')
    page.keyboard.press("Space")
    _tab_to(page, "#description")
    page.keyboard.type("包装上的标志颜色不对，像是自己印的。")
    _tab_to(page, 'main button[type="submit"]')
    page.keyboard.press("Enter")
    expect(_title(page)).to_have_text("已收到")
    context.close()


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, and see that the focus shows."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", selector
            return
    raise AssertionError(f"{selector} cannot be reached with the Tab key")


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_form_with_faults_and_its_receipt_have_no_barrier(site: str, browser: Browser, prefix: str) -> None:
    context = browser.new_context(**_PHONE)
    page = context.new_page()
    page.goto(f"{site}{prefix}/report?kind=complaint&code={_CODE}")
    submit = page.locator('main button[type="submit"]')
    submit.click()
    expect(page.get_by_role("alert")).to_be_visible()
    found = barriers(page)
    page.locator("#description").fill("买来的水果与包装上写的产地不符。")
    page.locator("#name").fill("张三")
    page.locator("#telephone").fill("023-1234567")
    submit.click()
    page.wait_for_url("**/report/XS*")
    found += barriers(page)
    context.close()
    assert found == []
