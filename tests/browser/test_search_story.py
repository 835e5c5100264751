"""Searching as people do it: type, see suggestions, choose, narrow, go back, nothing lost; without scripts too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from looking import barriers, watched
from playwright.sync_api import Browser, Page, Route, expect

pytestmark = pytest.mark.browser

_PLACES = """[...document.querySelectorAll("main *:not([role=listbox], [role=listbox] *)")]
.map(e => [e.tagName, e.offsetLeft, e.offsetTop, e.offsetWidth, e.offsetHeight])"""
_WIDTHS = pytest.mark.parametrize("width", [1280, 390])


@pytest.fixture
def visit(site: str, browser: Browser) -> Iterator[Any]:
    """Opens pages; none may complain in its console, break the policy or ask another host."""
    faults: list[list[str]] = []
    contexts = []

    def open_(path: str = "/", *, width: int = 1280, **options: Any) -> Page:
        contexts.append(browser.new_context(viewport={"width": width, "height": 844}, **options))
        page = contexts[-1].new_page()
        faults.append(watched(page, site))
        page.goto(site + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert [*chain(*faults)] == []


@_WIDTHS
def test_a_visitor_types_chooses_narrows_and_goes_back(visit: Any, width: int) -> None:
    page = visit(width=width)
    _type(page, "猕猴")
    page.get_by_role("option", name="黔江猕猴桃", exact=True).first.click()
    expect(_box(page)).to_have_value("黔江猕猴桃")
    _narrow_and_go_back(page, "黔江猕猴桃", width)


@_WIDTHS
def test_the_same_journey_needs_no_scripts(visit: Any, width: int) -> None:
    page = visit(width=width, java_script_enabled=False)
    assert page.locator("#q").get_attribute("role") is None
    page.locator("#q").fill("猕猴")
    page.get_by_role("button", name="查询").click()
    _narrow_and_go_back(page, "猕猴", width)


def _narrow_and_go_back(page: Page, question: str, width: int) -> None:
    hits = page.locator(".gi-hit h2")
    expect(hits.first).to_contain_text("黔江猕猴桃")
    expect(page.locator("mark.gi-mark").first).to_have_text(question)
    before = hits.all_inner_texts()
    if page.get_by_text("筛选", exact=True).is_visible():
        page.get_by_text("筛选", exact=True).click()
    page.get_by_label("地理标志").first.check()
    page.get_by_role("button", name="按所选条件查看").click()
    expect(page.get_by_role("list", name="已选条件")).to_contain_text("类型：地理标志")
    expect(page.locator("#q")).to_have_value(question)
    assert set(hits.all_inner_texts()) <= set(before)
    hits.first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("黔江猕猴桃")
    page.go_back()
    expect(page.get_by_role("list", name="已选条件")).to_contain_text("类型：地理标志")
    page.go_back()
    expect(page.get_by_role("list", name="已选条件")).to_have_count(0)
    expect(page.locator("#q")).to_have_value(question)
    expect(page.get_by_role("listbox")).to_have_count(0)
    assert hits.all_inner_texts() == before
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_arrows_point_enter_chooses_and_escape_closes(visit: Any) -> None:
    page = visit("/search")
    _type(page, "猕猴")
    options, box = page.get_by_role("option"), _box(page)
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(options.first.get_attribute("id")))
    page.keyboard.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") is None
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("猕猴")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("ArrowUp")
    last = str(options.last.text_content())
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search\?q=."))
    expect(_box(page)).to_have_value(last)


def test_enter_without_a_choice_searches_what_was_typed(visit: Any) -> None:
    page = visit()
    _type(page, "猕猴")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search\?q=."))
    expect(_box(page)).to_have_value("猕猴")


def test_an_input_method_is_left_alone_until_it_is_done(visit: Any) -> None:
    page = visit()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/suggest?" in request.url else None)
    _box(page).focus()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Input.imeSetComposition", {"text": "mi hou", "selectionStart": 6, "selectionEnd": 6})
    page.wait_for_timeout(300)
    assert asked == []
    devtools.send("Input.insertText", {"text": "猕猴"})
    expect(page.get_by_role("listbox")).to_be_visible()
    assert len(asked) == 1


def test_quick_typing_asks_once_and_shows_at_most_eight(visit: Any) -> None:
    page = visit()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/suggest?" in request.url else None)
    _box(page).press_sequentially("qianjiang", delay=20)
    expect(page.get_by_role("listbox")).to_be_visible()
    assert len(asked) == 1
    assert 1 <= page.get_by_role("option").count() <= 8


@_WIDTHS
def test_the_open_list_moves_nothing_and_has_no_barrier(visit: Any, width: int) -> None:
    page = visit("/en/", width=width)
    before = page.evaluate(_PLACES)
    _type(page, "示例")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("group", name="Geographical indication")).to_be_visible()
    assert page.evaluate(_PLACES) == before
    heights = page.get_by_role("option").evaluate_all("all => all.map(e => e.getBoundingClientRect().height)")
    assert min(heights) >= 44
    assert barriers(page) == []


@pytest.mark.parametrize("body", ["<html>", "{}", '{"items": [{"text": "x", "kind": "new", "field": ""}]}'])
def test_an_answer_that_makes_no_sense_shows_no_list(visit: Any, body: str) -> None:
    page = visit()
    page.route("**/api/v1/suggest?*", lambda route: route.fulfill(body=body, content_type="text/plain"))
    with page.expect_response("**/api/v1/suggest?*"):
        _box(page).press_sequentially("猕猴")
    page.wait_for_timeout(100)
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator(".gi-hit h2").first).to_contain_text("黔江猕猴桃")


def test_a_suggestion_is_text_whatever_it_holds(visit: Any) -> None:
    page = visit()
    text = "<img src=q onerror=alert(1)>"

    def answer(route: Route) -> None:
        route.fulfill(json={"items": [{"text": text, "kind": "brand", "field": "name"}]})

    page.route("**/api/v1/suggest?*", answer)
    _type(page, "猕猴")
    expect(page.get_by_role("option")).to_have_text(text)
    assert page.locator("[role=listbox] img").count() == 0


def _box(page: Page) -> Any:
    return page.get_by_role("combobox")


def _type(page: Page, text: str) -> None:
    _box(page).press_sequentially(text)
    expect(page.get_by_role("listbox")).to_be_visible()
    expect(_box(page)).to_have_attribute("aria-expanded", "true")
