"""Areas at the desk in headless Chromium: ticked without scripts, drawn with a mouse, sent as a file."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_browsing import Desk
from looking import barriers, watched
from playwright.sync_api import Browser, Locator, Page, expect

sys.path.append(str(Path(__file__).parents[1] / "register"))
import area_uploads as made

from service.vocabulary import Role

pytestmark = pytest.mark.browser

_FRUIT, _TEA, _RICE, _PEACH = "QJ-PR-9001", "QJ-PR-9002", "QJ-PR-9003", "QJ-PR-0001"


@pytest.fixture(scope="module")
def desk(served: Any, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Desk]:
    """A site of its own."""
    with served(tmp_path_factory.mktemp("areas")) as (address, database):
        yield Desk(address, database, browser)


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        box = page.locator(f"#{name}")
        if box.evaluate("each => each.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)


def publish(page: Page, draft: str) -> None:
    page.goto(draft)
    page.get_by_role("button", name="公布", exact=True).click()
    expect(page.get_by_text("已公布，登记版本")).to_be_visible()


class Chart:
    """The map of the editor, drawn on in shares of its width and height."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.locator("[data-area-map][data-state=ready]").wait_for()
        self.canvas: Locator = page.locator("[data-area-canvas]")
        self.canvas.scroll_into_view_if_needed()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def at(self, x: float, y: float) -> tuple[float, float]:
        box = self.canvas.bounding_box()
        assert box is not None
        return box["x"] + box["width"] * x, box["y"] + box["height"] * y

    def click(self, *spots: tuple[float, float]) -> None:
        for spot in spots:
            self.page.mouse.move(*self.at(*spot), steps=3)
            self.page.mouse.click(*self.at(*spot))

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Drag from one spot to another, and wait until the form knows."""
        before = self.page.locator("[data-area-geometry]").input_value()
        self.page.mouse.move(*self.at(*start))
        self.page.mouse.down()
        self.page.mouse.move(*self.at(*end), steps=5)
        self.page.mouse.up()
        self.page.wait_for_function(
            "text => document.querySelector('[data-area-geometry]').value !== text", arg=before
        )

    @property
    def polygons(self) -> list[Any]:
        """The coordinates in the form's field, one entry for each part."""
        text = self.page.locator("[data-area-geometry]").input_value()
        return [each["geometry"]["coordinates"] for each in json.loads(text)["features"]] if text else []


def test_townships_are_ticked_and_handed_over_without_scripts(desk: Desk) -> None:
    page = desk.seat(Role.GIS_EDITOR, scripts=False, width=390)
    page.goto(f"{desk.address}/staff/areas?tier=none")
    page.get_by_role("row", name=re.compile(_PEACH)).get_by_role("link", name="新的一版").click()
    expect(page.get_by_text("没有点位").first).to_be_visible()
    expect(page.locator("[data-area-map]")).to_be_hidden()
    fill(page, text_original="示例：产地范围为正阳街道、城东街道现辖行政区域。（虚构）", confidence="low")
    page.get_by_role("checkbox", name="正阳街道 全部").check()
    page.get_by_role("checkbox", name="城东街道 全部").check()
    page.get_by_role("button", name="只检查，不保存").click()
    expect(page.get_by_role("heading", name="可以提交")).to_be_visible()
    expect(page.locator("[data-area-look] figure")).to_be_visible()
    expect(page.get_by_role("checkbox", name="正阳街道 全部")).to_be_checked()
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_role("alert")).to_contain_text("来源")
    fill(page, source_level="demonstration", source="示例公告")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_role("heading", name="可以提交")).to_be_visible()
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_text("已提交，等另一个人审核。")).to_be_visible()
    page.context.close()


def draw_with_each_tool(page: Page, chart: Chart) -> None:
    """Leave one part on the map, after every tool was used on it."""
    page.get_by_role("checkbox", name="吸附到邻近的线").uncheck()
    chart.press("画一块")
    chart.click((0.45, 0.35), (0.6, 0.35), (0.6, 0.6), (0.45, 0.6), (0.45, 0.35))
    expect(page.locator("[data-area-look='warn']")).to_be_visible()
    expect(page.locator("[data-area-status]")).to_contain_text("要写明核对说明")
    expect(page.locator("[data-area-look]")).to_contain_text("须说明 计算面积")
    assert len(chart.polygons) == 1

    chart.press("切开")
    chart.click((0.4, 0.5), (0.65, 0.5), (0.65, 0.5))
    assert len(chart.polygons) == 2
    chart.press("删一块")
    chart.click((0.52, 0.57))
    assert len(chart.polygons) == 1
    chart.press("挖去")
    chart.click((0.5, 0.4), (0.55, 0.4), (0.55, 0.46), (0.5, 0.4))
    assert len(chart.polygons[0]) == 2
    chart.press("撤销一步")
    assert len(chart.polygons[0]) == 1
    chart.press("改顶点")
    chart.drag((0.45, 0.35), (0.47, 0.37))
    chart.press("移动")
    chart.drag((0.52, 0.45), (0.55, 0.48))
    chart.press("移动")


def test_what_is_drawn_is_checked_at_once_and_public_after_a_second_person(desk: Desk) -> None:
    page = desk.seat(Role.GIS_EDITOR, scripts=True)
    faults = watched(page, desk.address)
    page.goto(f"{desk.address}/staff/areas/{_TEA}/2")
    page.get_by_role("radio", name="在图上画").check()
    chart = Chart(page)
    draw_with_each_tool(page, chart)
    fill(page, valid_from="2026-11-23", change_note="测试用：范围变更", override_note="测试用：随意勾画")
    expect(page.locator("[data-area-look='good']")).to_be_visible()
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_text("两份一起").first).to_be_visible()
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_text("已提交，等另一个人审核。")).to_be_visible()
    reviewer = desk.seat(Role.REVIEWER, scripts=False)
    reviewer.goto(page.url)
    expect(reviewer.get_by_role("heading", name="与第 1 版相比")).to_be_visible()
    expect(reviewer.locator("[data-area-look] svg pattern").first).to_be_attached()
    publish(reviewer, page.url.partition("?")[0])

    visitor = desk.browser.new_context().new_page()
    visitor.goto(f"{desk.address}/gi/shili-shishangcha/areas/2")
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("第 2 版")
    visitor.goto(f"{desk.address}/gi/shili-shishangcha/map")
    expect(visitor.get_by_text("第 2 版").first).to_be_visible()
    expect(visitor.locator(".leaflet-areas-pane path, .leaflet-pane path").first).to_be_attached()
    # Leaflet warns of a listener that Geoman takes off twice.
    assert [each for each in faults if "wrong listener type" not in each] == []
    for each in (page, reviewer, visitor):
        each.context.close()


def test_a_bad_file_keeps_the_form_and_a_good_one_comes_onto_the_map(desk: Desk) -> None:
    page = desk.seat(Role.GIS_EDITOR, scripts=True)
    page.goto(f"{desk.address}/staff/areas/{_RICE}/1")
    fill(page, method_note="这一句要留着")
    page.get_by_role("radio", name="上传文件").check()
    bow_tie = made.polygon([[108.7, 29.4], [108.8, 29.5], [108.8, 29.4], [108.7, 29.5], [108.7, 29.4]])
    bad = {"name": "产地.geojson", "mimeType": "application/geo+json", "buffer": bow_tie}
    page.locator("#area_file").set_input_files(bad)
    expect(page.locator("[data-area-look='bad']")).to_contain_text("边界自相交")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_role("alert")).to_contain_text("边界自相交")
    expect(page.locator("#method_note")).to_have_value("这一句要留着")
    expect(page.get_by_role("radio", name="上传文件")).to_be_checked()
    good = {**bad, "buffer": made.text(made.POLYGON)}
    page.locator("#area_file").set_input_files(good)
    expect(page.locator("[data-area-read]")).to_contain_text("已读入：1 个图斑")
    expect(page.locator("[data-area-look='warn'], [data-area-look='good']")).to_be_visible()
    chart = Chart(page)
    assert '"MultiPolygon"' in page.locator("[data-area-geometry]").input_value()
    expect(chart.canvas.locator("path[stroke='#0f5f45']")).to_have_count(1)
    page.get_by_role("button", name="保存草稿").click()
    expect(page).to_have_url(re.compile("/staff/reviews/"))
    page.get_by_role("button", name="放弃草稿").click()
    page.context.close()


def test_a_line_splits_a_polygon_only_where_it_passes_through_once(desk: Desk) -> None:
    page = desk.seat(Role.GIS_EDITOR, scripts=True)
    page.goto(f"{desk.address}/staff/areas")
    split = """async ([rings, line]) => (await import("/static/js/area_splitting.js")).split(rings, line)"""
    square = [[0, 0], [4, 0], [4, 4], [0, 4]]
    hole = [[1, 2.5], [1, 3], [1.5, 3], [1.5, 2.5]]

    def area(ring: list[list[float]]) -> float:
        ends = zip(ring, [*ring[1:], ring[0]], strict=True)
        return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in ends)) / 2

    halves = page.evaluate(split, [[square, hole], [[-1, 1], [2, 2], [5, 1]]])
    assert sum(area(half[0]) for half in halves) == pytest.approx(16)
    assert sorted(len(half) for half in halves) == [1, 2]
    notch = page.evaluate(split, [[square], [[-1, 1], [2, 1], [2, 3], [-1, 3]]])
    assert sorted(area(half[0]) for half in notch) == pytest.approx([4, 12])
    for line in ([[-1, 1], [2, 2]], [[5, 5], [9, 9]], [[-1, 2.7], [5, 2.7]], [[1, 1], [2, 2]]):
        assert page.evaluate(split, [[square, hole], line]) is None
    page.context.close()


def test_geoman_is_loaded_by_the_editor_alone(desk: Desk) -> None:
    page = desk.seat(Role.GIS_EDITOR, scripts=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("/staff", "/staff/areas", "/staff/reviews", "/gi/shili-yunwuguo/map"):
        page.goto(desk.address + path)
    assert not [url for url in asked if "geoman" in url]
    page.goto(f"{desk.address}/staff/areas/{_FRUIT}/3")
    assert [url for url in asked if "geoman" in url]
    page.context.close()


@pytest.mark.parametrize(("width", "prefix"), [(1280, ""), pytest.param(390, "/en", marks=pytest.mark.long)])
def test_no_page_of_areas_has_a_barrier_a_foreign_request_or_a_sideways_scroll(
    desk: Desk, width: int, prefix: str
) -> None:
    page = desk.seat(Role.GIS_EDITOR, scripts=True, width=width)
    faults = watched(page, desk.address)
    for path in (
        "/staff/areas",
        "/staff/areas?q=nothing",
        f"/staff/areas/{_FRUIT}/2",
        f"/staff/areas/{_PEACH}/1",
    ):
        assert page.goto(desk.address + prefix + path).status == 200
        if path.count("/") == 4:
            page.locator("input[name=area_way][value=drawing]").check()
            page.locator("[data-area-map][data-state=ready]").wait_for()
        faults += barriers(page)
    page.goto(f"{desk.address}{prefix}/staff/areas/{_TEA}/1")
    page.locator("#text_original").fill("")
    page.locator("input[name=area_way][value=coordinates]").check()
    page.locator("#part-save button").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    faults += barriers(page)
    page.goto(f"{desk.address}{prefix}/staff/areas/{_FRUIT}/2")
    page.locator("#change_note").fill("试")
    page.locator("#part-save button").first.click()
    page.locator("[data-area-look]").wait_for()
    faults += barriers(page)
    assert faults == []
    page.context.close()
