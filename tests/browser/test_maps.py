"""Maps as people use them: look, filter, point, ask, choose a day, print; by keyboard, on a phone, without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from looking import barriers, watched
from playwright.sync_api import Browser, Page, Route, expect

pytestmark = pytest.mark.browser

_INSIDE = (108.774, 29.505)  # in the fictional area of 示例·云雾果
_MAP = "/gi/shili-yunwuguo/map"
_HOSTILE = "<img src=q onerror=alert(1)>${alert(2)}`"
_WIDTHS = pytest.mark.parametrize("width", [1280, 390])


@pytest.fixture
def visit(site: str, browser: Browser) -> Iterator[Any]:
    """Opens pages; none may complain in its console, break the policy or ask another host."""
    faults: list[list[str]] = []
    contexts = []

    def open_(path: str, *, width: int = 1280, height: int = 844, **options: Any) -> Page:
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **options))
        page = contexts[-1].new_page()
        faults.append(watched(page, site))
        page.goto(site + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert [*chain(*faults)] == []


def _loaded(page: Page) -> Page:
    page.wait_for_selector("html[data-map=loaded]")
    return page


def _ask_at(page: Page, place: tuple[float, float]) -> None:
    longitude, latitude = place
    page.evaluate(f"map_areas.setView([{latitude}, {longitude}], 11, {{animate: false}})")
    page.locator(".folium-map").click()


def _panel(page: Page) -> Any:
    return page.locator("[data-map-panel]")


@_WIDTHS
def test_a_reader_points_at_a_place_although_the_ground_comes_late(visit: Any, site: str, width: int) -> None:
    page = visit("/help", width=width)

    def late(route: Route) -> None:
        page.wait_for_timeout(500)
        route.continue_()

    page.route("**/static-data/outline.geojson", late)
    page.goto(f"{site}/map")
    _ask_at(_loaded(page), _INSIDE)
    expect(_panel(page).locator("h3").first).to_have_text("示例·云雾果")
    expect(_panel(page)).to_contain_text("位置距图上边界约")
    expect(_panel(page)).to_contain_text("图上边界为示意，请以公告文字和现场核验为准")
    _panel(page).get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("第 2 版")


@_WIDTHS
def test_filters_stand_in_the_address_and_lead_to_the_results_and_back(visit: Any, width: int) -> None:
    page = _loaded(visit("/map", width=width))
    page.get_by_text("筛选", exact=True).click()
    page.get_by_label("农产品地理标志").first.check()
    page.get_by_role("button", name="按所选条件查看").click()
    page.wait_for_url("**/map?track=agri_gi")
    _loaded(page)
    rows = page.locator("[data-map-areas] button")
    expect(rows.first).to_contain_text("农产品地理标志")
    assert all("农产品地理标志" in row for row in rows.all_inner_texts())
    page.get_by_role("link", name="在检索结果中查看").click()
    expect(page.get_by_role("list", name="已选条件")).to_contain_text("农产品地理标志")
    page.get_by_role("link", name="在地图上查看产地").click()
    page.wait_for_url("**/map?track=agri_gi")


def test_what_is_pointed_at_in_the_list_stands_out_on_the_map(visit: Any) -> None:
    page = _loaded(visit("/map"))
    row = page.locator("[data-map-areas] button", has_text="示例·云雾果")
    before = page.locator(".gi-map-back").count()
    row.hover()
    assert before == 0
    assert page.locator(".gi-map-back").count() == page.locator(".leaflet-areas-pane path").count() - 1
    page.mouse.move(5, 5)
    expect(page.locator(".gi-map-back")).to_have_count(0)
    page.locator(".leaflet-areas-pane path").last.dispatch_event("mouseover")
    expect(page.locator("[data-map-areas] button.gi-map-pointed")).to_have_count(1)


@pytest.mark.parametrize(("prefix", "switch"), [("", "按资料绘制"), ("/en", "drawn from records")])
def test_everything_is_done_by_keyboard(visit: Any, prefix: str, switch: str) -> None:
    page = _loaded(visit(f"{prefix}/map"))
    chart = page.locator(".folium-map")
    chart.focus()
    page.evaluate(f"map_areas.setView([{_INSIDE[1]}, {_INSIDE[0]}], 11, {{animate: false}})")
    page.keyboard.press("Enter")
    expect(_panel(page)).to_be_focused()
    expect(_panel(page).locator("h3").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(_panel(page)).to_be_hidden()
    expect(chart).to_be_focused()
    drawn = page.locator(".leaflet-areas-pane path").count()
    box = page.get_by_label(switch).first
    box.focus()
    page.keyboard.press("Space")
    assert page.locator(".leaflet-areas-pane path").count() < drawn
    expect(box).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator(".leaflet-areas-pane path")).to_have_count(drawn)
    row = page.locator("[data-map-areas] button").first
    row.focus()
    page.keyboard.press("Enter")
    expect(_panel(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(row).to_be_focused()


@_WIDTHS
def test_another_day_is_shown_in_place_and_the_way_back_works(visit: Any, width: int) -> None:
    page = _loaded(visit(_MAP, width=width))
    page.evaluate("window.stayed = true")
    shape = page.locator(".leaflet-areas-pane path")
    now = shape.first.get_attribute("d")
    page.get_by_label("看哪一天的范围").fill("2021-01-01")
    page.get_by_role("button", name="查看", exact=True).click()
    expect(page.locator("[data-map-record]")).to_contain_text("第 1 版")
    page.wait_for_url("**/map?on=2021-01-01")
    expect(shape.first).not_to_have_attribute("d", str(now))
    expect(page.locator(".gi-map-name-named:not(.gi-map-name-hidden)")).to_have_count(2)
    page.go_back()
    expect(page.locator("[data-map-record]")).to_contain_text("第 2 版")
    expect(shape.first).to_have_attribute("d", str(now))
    assert page.evaluate("window.stayed")


@_WIDTHS
def test_without_scripts_the_picture_the_days_and_the_texts_are_there(visit: Any, width: int) -> None:
    page = visit(_MAP, width=width, java_script_enabled=False)
    picture = page.locator("[data-map-fallback] img")
    expect(picture).to_be_visible()
    assert (picture.bounding_box() or {})["height"] > 200
    expect(page.locator(".gi-map-stage")).to_be_hidden()
    page.get_by_label("看哪一天的范围").fill("2021-01-01")
    page.get_by_role("button", name="查看", exact=True).click()
    expect(page.locator("[data-map-record]")).to_contain_text("第 1 版")
    expect(picture).to_have_attribute("src", "/gi/shili-yunwuguo/outline.svg?on=2021-01-01")
    page.goto(page.url.replace("2021-01-01", "then"))
    expect(page.get_by_role("alert")).to_contain_text("日期要写成")


def test_the_product_page_loads_its_map_only_when_it_is_seen(visit: Any) -> None:
    page = visit("/gi/shili-yunwuguo", width=390, height=400)  # the picture lies below what is seen at first
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    assert page.locator("[data-map-embed]").bounding_box()["y"] > 400
    page.wait_for_timeout(300)
    assert page.locator("[data-map-frame]").count() == 0
    page.locator("[data-map-embed]").scroll_into_view_if_needed()
    _loaded(page)
    assert any(url.endswith("/map") for url in asked)
    expect(page.locator("[data-map-areas] button")).to_have_count(1)
    _ask_at(page, _INSIDE)
    expect(_panel(page).locator("h3").first).to_have_text("示例·云雾果")


def test_the_product_page_keeps_its_picture_without_scripts(visit: Any) -> None:
    page = visit("/gi/shili-yunwuguo", java_script_enabled=False)
    page.locator("[data-map-embed]").scroll_into_view_if_needed()
    expect(page.locator("[data-map-embed] img")).to_be_visible()


def test_my_position_is_asked_for_only_when_pressed_and_sent_nowhere(visit: Any) -> None:
    longitude, latitude = _INSIDE
    position = {"longitude": longitude, "latitude": latitude}
    page = _loaded(visit(_MAP, geolocation=position, permissions=["geolocation"]))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="我的位置").click()
    expect(_panel(page).locator("h3")).to_have_text("示例·云雾果")
    expect(_panel(page)).to_contain_text("不发送")
    assert asked == []


def test_a_position_that_is_refused_is_said_and_nothing_else_happens(visit: Any) -> None:
    page = _loaded(visit(_MAP, permissions=[]))
    page.get_by_role("button", name="我的位置").click()
    expect(page.locator("[data-map-status]")).to_contain_text("没有取得位置")


def test_on_paper_the_picture_and_the_texts_stand_without_controls(visit: Any) -> None:
    page = _loaded(visit(_MAP))
    page.emulate_media(media="print")
    expect(page.locator("[data-map-fallback] img")).to_be_visible()
    expect(page.locator("[data-map-record]")).to_be_visible()
    for control in (".gi-map-stage", ".gi-map-side", "[data-map-versions]", ".leaflet-control-zoom"):
        expect(page.locator(control)).to_be_hidden()


def test_full_screen_takes_the_legend_along(visit: Any) -> None:
    page = _loaded(visit("/map"))
    page.get_by_role("button", name="全屏查看").click()
    expect(page.locator("[data-map-frame]:fullscreen")).to_be_visible()
    expect(page.locator("[data-map-legend]")).to_be_visible()
    page.get_by_role("button", name="退出全屏").click()
    expect(page.locator(":fullscreen")).to_have_count(0)


@pytest.mark.parametrize(("path", "width"), [("/map", 390), ("/en/gi/shili-yunwuguo/map", 1280)])
def test_a_map_with_its_panel_open_has_no_barrier(visit: Any, path: str, width: int) -> None:
    page = _loaded(visit(path, width=width))
    _ask_at(page, _INSIDE)
    expect(_panel(page).locator("h3").first).to_be_visible()
    assert barriers(page) == []
    small = page.locator(".gi-map button, .gi-map label, .leaflet-bar a").evaluate_all(
        "all => all.filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 43.5)"
        ".map(e => e.outerHTML.slice(0, 80))"
    )
    assert small == []


def test_the_page_of_a_version_shows_what_it_changed(visit: Any) -> None:
    page = visit("/en/gi/shili-yunwuguo/areas/2", width=390, java_script_enabled=False)
    pictures = page.locator("figure svg[role=img]")
    expect(pictures).to_have_count(2)
    expect(page.get_by_role("img", name=re.compile("What changed"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Gained"))).to_contain_text("7.93")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_name_like_an_attack_is_text_on_every_map(poisoned: str, browser: Browser, prefix: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 844})
    page = context.new_page()
    faults = watched(page, poisoned)
    page.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
    for path in ("/map", _MAP):
        page.goto(f"{poisoned}{prefix}{path}")
        _loaded(page)
        page.get_by_label(re.compile("服务点|Service points")).check()
        if not prefix:
            expect(page.locator("[data-map-areas] button").first).to_contain_text(_HOSTILE)
            expect(page.locator(".gi-map-area-name b").first).to_have_text(_HOSTILE)
        _ask_at(page, _INSIDE)
        expect(_panel(page).locator("h3").first).to_be_visible()
        page.locator(".gi-map-site").first.dispatch_event("click")
        expect(_panel(page).locator("h3")).to_have_text(_HOSTILE)
        assert page.locator(".gi-map-stage img, .gi-map-side img").count() == 0
    for path in ("/gi/shili-yunwuguo/areas/2", "/gi/shili-yunwuguo"):
        page.goto(f"{poisoned}{prefix}{path}")
        page.mouse.wheel(0, 2000)
        page.wait_for_timeout(300)
        assert page.locator("img[src=q]").count() == 0
    page.goto(f"{poisoned}{prefix}/gi/shili-yunwuguo/outline.svg")
    assert _HOSTILE in page.locator("svg").inner_html().replace("&lt;", "<").replace("&gt;", ">")
    context.close()
    assert faults == []
