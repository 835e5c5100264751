"""What grows here, as people ask it: by coordinates and by township without scripts, by their own position with."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


def test_a_grower_types_coordinates_from_a_paper_without_scripts(site: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(f"{site}/where")
    expect(page.get_by_role("button", name="用我的位置")).to_be_hidden()
    page.get_by_label("坐标", exact=True).fill("东经108°30′～108°56′")
    page.get_by_role("button", name="查这里").click()
    expect(page.locator("#position-fault")).to_contain_text("像是一个范围")
    expect(page.get_by_label("坐标", exact=True)).to_have_value("东经108°30′～108°56′")
    page.get_by_label("坐标", exact=True).fill("北纬29°19′25″，东经108°36′14″")
    page.get_by_role("button", name="查这里").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("图形不能判断")
    expect(page.locator("main")).to_contain_text("图上边界为示意，请以公告文字和现场核验为准")
    expect(page.get_by_role("link", name="黔江羊肚菌")).to_be_visible()
    expect(page.locator("main svg[role=img]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    context.close()


def test_a_grower_chooses_a_township_in_english_without_scripts(site: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/en/where")
    page.get_by_label("Township").select_option("qianjiang-shihui")
    page.get_by_role("button", name="Look up this township").click()
    expect(page.get_by_role("heading", level=2, name="Named in the announced text")).to_be_visible()
    expect(page.locator("main")).to_contain_text("The announced text lists this township.")
    page.get_by_label("Township").select_option("qianjiang-chengdong")
    page.get_by_role("button", name="Look up this township").click()
    expect(page.locator("main")).to_contain_text("No point on record")
    expect(page.locator("main svg[role=img]")).to_have_count(0)
    context.close()


def test_a_visitor_asks_about_where_they_stand(site: str, browser: Browser) -> None:
    context = browser.new_context(
        viewport=PHONE,
        geolocation={"longitude": 108.603953, "latitude": 29.323631},
        permissions=["geolocation"],
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}/where")
    expect(page.locator("main")).to_contain_text("位置只发给本站")
    page.get_by_role("button", name="用我的位置").click()
    expect(page.get_by_role("link", name="黔江羊肚菌")).to_be_visible()
    assert re.search(r"q=108\.60395%2C\+29\.32363", page.url)
    assert all(url.startswith(site) for url in asked)
    context.close()


def test_a_visitor_who_says_no_is_told_what_else_to_do(site: str, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"{site}/where")
    page.get_by_role("button", name="用我的位置").click()
    expect(page.get_by_role("status")).to_contain_text("选乡镇")
    expect(page.get_by_role("button", name="用我的位置")).to_be_enabled()
    context.close()
