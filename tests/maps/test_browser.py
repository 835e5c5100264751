"""The interactive map in headless Chromium, under the site's policy, on a desk and on a phone."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from looking import barriers
from playwright.sync_api import expect

from maps import Area, Count, Notice, Place, Tier
from maps.features import area_collection, count_collection, place_collection
from maps.outline import outline_svg
from maps.page import Layer, LayerStyle

pytestmark = pytest.mark.browser

_HOSTILE = "<img src=q onerror=alert(1)>${alert(2)}`"
_INSIDE = "黑溪镇"


@pytest.fixture
def layers() -> list[Layer]:
    """The layers of a product map, lowest first."""
    return [
        Layer(
            key="outline",
            label_key="layer.outline",
            url="/data/outline",
            style=LayerStyle.OUTLINE,
            interactive=False,
        ),
        Layer(key="product", label_key="track.gi_product", url="/data/product", style=LayerStyle.AREAS),
        Layer(key="mark", label_key="track.gi_trademark", url="/data/mark", style=LayerStyle.AREAS),
        Layer(
            key="towns",
            label_key="layer.townships",
            url="/data/towns",
            style=LayerStyle.TOWNSHIPS,
            interactive=False,
        ),
        Layer(key="sites", label_key="layer.user_sites", url="/data/sites", style=LayerStyle.SITES),
    ]


@pytest.fixture
def published(  # noqa: PLR0917  fixtures are asked for by name
    site: Any,
    layers: list[Layer],
    outline: dict[str, Any],
    townships: list[Place],
    an_area: Callable[..., Area],
    notice: Notice,
) -> Callable[..., str]:
    """Publish a map of the given areas and return its address; the base layer may come late."""

    def publish(*areas: Area, outline_delay: float = 0, fallback: str = "", lang: str = "zh-CN") -> str:
        ground = {"type": "Feature", "geometry": outline, "properties": {}}
        shown = areas or (an_area(["石会镇", "黑溪镇", "黄溪镇", "白石镇"], url="/gi/qian-jiang-mi-hou-tao"),)
        site.add_json("/data/outline", ground, delay=outline_delay)
        site.add_json("/data/product", area_collection(a for a in shown if a.track != "gi_trademark"))
        site.add_json("/data/mark", area_collection(a for a in shown if a.track == "gi_trademark"))
        site.add_json("/data/towns", place_collection(townships))
        firms = [
            _firm("示例合作社甲", 108.72, 29.52),
            _firm("示例合作社乙", 108.725, 29.521),
            _firm("示例站", 108.80, 29.2),
        ]
        site.add_json("/data/sites", place_collection(firms))
        return site.add_map(layers, notice, lang, fallback)

    return publish


def _firm(name: str, longitude: float, latitude: float) -> Place:
    return Place(name=name, longitude=longitude, latitude=latitude, kind="user_site")


def _opened(watched: Any, address: str) -> Any:
    watched.page.goto(address)
    watched.page.wait_for_selector("html[data-map=loaded]")
    return watched.page


def _shot(page: Any, name: str) -> None:
    """Keep a picture when a folder is named for it: people look at maps, assertions cannot."""
    if folder := os.environ.get("MAP_PICTURES"):
        page.wait_for_timeout(400)
        page.screenshot(path=Path(folder) / f"{name}-{page.viewport_size['width']}.png", full_page=True)


def _click_at(page: Any, longitude: float, latitude: float) -> None:
    page.evaluate("map_areas.setView([29.45, 108.72], 10, {animate: false})")
    box = page.locator(".folium-map").bounding_box()
    at = page.evaluate(f"map_areas.latLngToContainerPoint([{latitude}, {longitude}])")
    page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])


def test_a_map_needs_nobody_else_and_breaks_no_policy(watched, published) -> None:
    page = _opened(watched, published())
    expect(page.locator(".gi-map-banner")).to_have_text("示意图，不作为划界依据")
    expect(page.locator("[data-map-legend]")).to_contain_text("大致位置（示意）")
    _shot(page, "open")
    assert watched.faults == []


def test_a_hostile_name_is_shown_as_text(watched, published, an_area) -> None:
    page = _opened(watched, published(an_area(name=_HOSTILE, url="javascript:alert(3)")))
    expect(page.locator("[data-map-areas] button span")).to_have_text(_HOSTILE)
    page.locator("[data-map-areas] button").click()
    expect(page.locator("[data-map-panel] h3")).to_have_text(_HOSTILE)
    assert page.locator("[data-map-panel] a, .gi-map img").count() == 0
    _shot(page, "hostile")
    assert watched.faults == []


def test_a_click_finds_the_area_although_the_base_layer_came_last(watched, published, townships) -> None:
    page = _opened(watched, published(outline_delay=0.8))
    inside = next(place for place in townships if place.name == _INSIDE)
    _click_at(page, inside.longitude, inside.latitude)
    expect(page.locator("[data-map-panel] h3")).to_have_text("黔江猕猴桃")
    expect(page.locator("[data-map-panel] a")).to_have_attribute("href", "/gi/qian-jiang-mi-hou-tao")
    _shot(page, "clicked")
    assert watched.faults == []


def test_a_click_names_every_area_that_covers_the_place(watched, published, an_area, townships) -> None:
    both = an_area(), an_area(id="02", name="示例商标产区", track="gi_trademark", tier=Tier.DRAWN)
    page = _opened(watched, published(*both))
    inside = next(place for place in townships if place.name == _INSIDE)
    _click_at(page, inside.longitude, inside.latitude)
    expect(page.locator("[data-map-panel] h3")).to_have_text(["黔江猕猴桃", "示例商标产区"])
    _shot(page, "both")


def test_a_place_outside_every_area_is_answered_too(watched, published) -> None:
    page = _opened(watched, published())
    _click_at(page, 108.84, 29.2)
    expect(page.locator("[data-map-panel]")).to_contain_text("此处没有已登记的产区")


def test_an_area_is_reached_and_left_by_keyboard(watched, published) -> None:
    page = _opened(watched, published())
    page.locator("[data-map-areas] button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-map-panel]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-map-panel]")).to_be_hidden()
    expect(page.locator("[data-map-areas] button")).to_be_focused()


def test_an_area_without_geometry_is_listed_and_explained(watched, published, an_area) -> None:
    page = _opened(watched, published(an_area(tier=Tier.TEXT_ONLY, geometry=None)))
    page.locator("[data-map-areas] button").click()
    expect(page.locator("[data-map-panel]")).to_contain_text("未绘图，以公告文字为准")


def test_a_layer_that_fails_is_announced_and_the_others_stay(watched, published, site) -> None:
    address = published()
    del site.answers["/data/mark"]
    watched.page.goto(address)
    watched.page.wait_for_selector("html[data-map=error]")
    expect(watched.page.locator("[data-map-status]")).to_contain_text("部分地图数据未能载入")
    expect(watched.page.locator("[data-map-areas] button")).to_have_count(1)


def test_a_layer_can_be_switched_off(watched, published) -> None:
    page = _opened(watched, published())
    page.get_by_label("地理标志产品").uncheck()
    expect(page.locator(".leaflet-areas-pane path")).to_have_count(0)


def test_areas_too_many_to_draw_are_counted_and_zooming_asks_again(watched, site, notice, outline) -> None:
    site.add_json("/data/outline", {"type": "Feature", "geometry": outline, "properties": {}})
    many = Count(
        longitude=108.7,
        latitude=29.5,
        tracks={"gi_product": 300, "agri_gi": 4},
        bounds=(108.6, 29.4, 108.8, 29.6),
    )
    site.add_json("/data/view", {**count_collection([many]), "total": 304})
    both = [("areas", LayerStyle.AREAS, "gi_product"), ("counts", LayerStyle.COUNTS, "")]
    layers = [
        Layer(key=key, label_key="layer.areas", url="/data/view", style=style, track=track, by_view=True)
        for key, style, track in both
    ]
    page = watched.page
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if "/data/view" in r.url else None)
    _opened(watched, site.add_map(layers, notice))
    expect(page.locator(".gi-map-count b")).to_have_text("300")  # of the tracks that this map shows
    expect(page.locator("[data-map-note]")).to_contain_text("304")
    assert len(asked) == 1
    assert "bbox=" in asked[0]
    page.locator(".gi-map-count-mark").focus()
    with page.expect_request("**/data/view*"):
        page.keyboard.press("Enter")
    assert len(set(asked)) == 2
    assert watched.faults == []


def test_names_on_the_map_do_not_touch(watched, published) -> None:
    page = _opened(watched, published())
    boxes = page.evaluate(
        "[...document.querySelectorAll('.gi-map-name:not(.gi-map-name-hidden)')]"
        ".map(e => ({...e.getBoundingClientRect().toJSON(), name: e.textContent}))"
    )
    assert len(boxes) >= 10
    pairs = [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :]]
    assert [pair for pair in pairs if _touch(*pair)] == []


def test_no_name_is_cut_by_the_edge_and_a_long_one_takes_several_lines(watched, published, an_area) -> None:
    name = "Demonstration East Gully Red Fruit (fictional)"
    page = _opened(watched, published(an_area(name=name), lang="en"))
    names, cut = page.evaluate(
        "(() => { const map = document.querySelector('.folium-map').getBoundingClientRect();"
        " const boxes = [...document.querySelectorAll('.gi-map-name:not(.gi-map-name-hidden)')]"
        ".map(e => [e.textContent, e.getBoundingClientRect()]);"
        " return [boxes, boxes.filter(([, at]) => at.left < map.right && at.right > map.left"
        " && (at.left < map.left || at.right > map.right))]; })()"
    )
    assert cut == []
    found = [box for text, box in names if text.startswith(name)]
    if page.viewport_size["width"] > 600:  # a phone has no room for it beside the area
        assert found[0]["height"] > 50


def test_an_approximate_area_has_no_edge_and_is_hatched(watched, published) -> None:
    page = _opened(watched, published())
    path = page.locator(".leaflet-areas-pane path").first
    expect(path).to_have_attribute("stroke", "none")
    expect(path).to_have_attribute("fill", "url(#gi-map-hatch-gi_product)")


def test_the_still_picture_stands_where_scripts_do_not_run(
    browser, published, outline, an_area, notice
) -> None:
    svg = outline_svg([an_area()], outline=outline, title="产区", description="", notice=notice)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(published(fallback=svg))
    expect(page.locator("[data-map-fallback] svg")).to_be_visible()
    expect(page.locator(".gi-map-stage")).to_be_hidden()
    context.close()


def test_an_open_map_passes_axe(watched, published) -> None:
    page = _opened(watched, published())
    page.locator("[data-map-areas] button").click()
    assert barriers(page) == []


def _touch(a: dict[str, float], b: dict[str, float]) -> bool:
    across = a["left"] < b["right"] and b["left"] < a["right"]
    return across and a["top"] < b["bottom"] and b["top"] < a["bottom"]
