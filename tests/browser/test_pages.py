"""The pages in headless Chromium: the shopper's journey without scripts, axe on every page, no fault in the console."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from looking import barriers, too_wide, watched
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

_PAGES = (
    "/",
    "/search?q=黔江",
    "/search?kind=gi_product&track=gi_trademark",
    "/search?q=没有这个东西",
    "/gi/qianjiang-yangdujun",
    "/gi/qianjiang-diguniu",
    "/gi/shili-yunwuguo",
    "/gi/qianjiang-yangdujun/map",
    "/gi/shili-yunwuguo/areas/1",
    "/map",
    "/where",
    "/where?q=108.1-108.9",
    "/where?lon=108.60395&lat=29.32363",
    "/where?place=qianjiang-shihui",
    "/organisations/93500114MA0TERT081",
    "/authorisations/QJ-AU-9002",
    "/trademarks/90000001",
    "/brands/shili-laoyao",
    "/places/qianjiang",
    "/service-points",
    "/indicators",
    "/help",
    "/method",
    "/verify",
    "/verify/proof",
    "/verify?code=93500114MA0TERT081&target=shili-yunwuguo",
    "/verify?code=91500114MA0TERT087",
    "/verify?code=91500114MA0TERT32P&target=shili-yunwuguo",
    "/verify?code=Y1500114MJTERT0017",
    "/verify?code=93500114MA0TERTO82",
    "/gi/nothing",
    "/report",
    "/report?code=93500114MA0TERT081&target=shili-yunwuguo",
    "/changes",
    "/changes/1",
    "/announcements/demonstration-498",
    "/developers",
    "/privacy",
    "/accessibility",
)


def test_a_shopper_finds_the_product_and_verifies_its_pack_without_scripts(
    site: str, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(site)
    page.get_by_label("查产品、单位、代码或编号").fill("云雾果")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name="示例·云雾果").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("示例·云雾果")
    page.locator("main").get_by_label("包装上的统一社会信用代码").fill("93500114ma0tert081")
    page.get_by_role("button", name="核验").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("可以使用专用标志")
    expect(page.locator("article")).to_contain_text("第四九八号")
    page.get_by_label("日期").fill("2021-03-01")
    page.get_by_role("button", name="核验").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("使用核准尚未生效")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Not yet effective")
    context.close()


def test_a_shopper_narrows_the_results_without_scripts(site: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{site}/search?q=示例")
    page.get_by_text("筛选").click()
    page.get_by_label("商标 ").first.check()
    page.get_by_role("button", name="按所选条件查看").click()
    expect(page.get_by_role("list", name="已选条件")).to_contain_text("类型：商标")
    page.get_by_role("link", name="全部去掉").click()
    expect(page.get_by_role("list", name="已选条件")).to_have_count(0)
    context.close()


# 320 px is also what a window of 640 px shows at 200 %, and one of 1280 px at 400 % (WCAG 1.4.10).
@pytest.mark.parametrize(
    ("width", "prefix", "look"),
    [
        (1280, "", barriers),
        pytest.param(390, "/en", barriers, marks=pytest.mark.long),
        pytest.param(320, "", too_wide, marks=pytest.mark.long),
        (320, "/en", too_wide),
    ],
)
def test_no_page_has_a_barrier_breaks_the_policy_asks_others_or_scrolls_sideways(
    site: str, browser: Browser, width: int, prefix: str, look: Callable[[Page], list[str]]
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()
    faults = watched(page, site)
    for path in _PAGES:
        page.goto(site + prefix + path)
        if path.endswith("/map"):
            page.wait_for_selector("html[data-map=loaded]")
        faults += look(page)
    context.close()
    assert faults == []


def test_what_a_thumb_must_hit_is_large_enough(site: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    small = []
    for path in (
        "/",
        "/search?q=黔江",
        "/gi/shili-yunwuguo",
        "/verify?code=91500114MA0TERT087",
        "/report",
        "/changes",
    ):
        page.goto(site + path)
        small += page.eval_on_selector_all(
            "main button, main input:not([type=hidden], [type=checkbox], [type=radio]), nav a, main summary,"
            " .gi-choice-list a, .gi-field-choice",
            "found => found.filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 43.5)"
            ".map(e => e.outerHTML.slice(0, 100))",
        )
    context.close()
    assert small == []


def test_a_printed_verdict_is_the_card_alone(site: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{site}/verify?code=93500114MA0TERT081&target=shili-yunwuguo")
    page.emulate_media(media="print")
    expect(page.locator("article")).to_be_visible()
    expect(page.locator("aside")).to_be_hidden()
    expect(page.locator("nav").first).to_be_hidden()
    page.close()
