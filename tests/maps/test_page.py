"""The interactive map as values: same bytes, nothing inline, nothing foreign, no registry text in it."""

import re
import subprocess
import sys

import pytest

from maps import Notice
from maps.features import area_collection, place_collection
from maps.page import STATIC, Basemap, Layer, LayerStyle, View, marked, product_map, static_address
from maps.view import tianditu

_VIEW = View(bounds=(108.4, 29.0, 109.0, 29.9))


def _layer(**facts: object) -> Layer:
    usual = {"key": "areas", "label_key": "layer.areas", "url": "/data/areas", "style": LayerStyle.AREAS}
    return Layer(**{**usual, **facts})  # type: ignore[arg-type]


def test_the_script_does_not_depend_on_the_process() -> None:
    program = (
        "from maps import Notice; from maps.page import *\n"
        "n = Notice(banner='b', approval_number=None, attribution='c')\n"
        "one = Layer(key='a', label_key='layer.areas', url='/a', style=LayerStyle.SITES)\n"
        "print(product_map([one], view=View(bounds=(108, 29, 109, 30)), notice=n))"
    )
    runs = {
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout for _ in "ab"
    }
    assert len(runs) == 1


def test_everything_comes_from_this_site_and_nothing_is_inline(notice: Notice) -> None:
    page = product_map([_layer(), _layer(key="sites", style=LayerStyle.SITES)], view=_VIEW, notice=notice)
    assert all(url.startswith("/static/") for url in (*page.stylesheets, *page.scripts, *page.modules))
    assert not re.search(r"<(script|style|link|meta)\b|\s(style|on\w+)=", page.html)
    assert "://" not in page.script
    assert page.scripts[0].startswith("/static/vendor/leaflet/")


def test_cluster_files_are_linked_only_where_points_are_clustered(notice: Notice) -> None:
    plain = product_map([_layer()], view=_VIEW, notice=notice)
    assert not [url for url in plain.scripts if "cluster" in url]


def test_another_map_has_another_hash(notice: Notice) -> None:
    hashes = {product_map([_layer(url=url)], view=_VIEW, notice=notice).content_hash for url in ("/a", "/b")}
    assert len(hashes) == 2


@pytest.mark.parametrize(
    "url",
    [
        "https://other.example/a",
        "//other.example/a",
        "/\\other.example",
        "javascript:alert(1)",
        "/a`b",
        "",
        "/a b",
    ],
)
def test_a_layer_from_elsewhere_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"areas"):
        _layer(url=url)


@pytest.mark.parametrize("key", ["A", "1a", "a;b", "a-b", "", "a" * 60])
def test_a_layer_key_that_is_no_identifier_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match=r"/data/areas"):
        _layer(key=key)


def test_registry_text_cannot_name_a_layer() -> None:
    with pytest.raises(KeyError):
        _layer(label_key="黔江猕猴桃")


def test_the_notice_is_escaped() -> None:
    hostile = Notice(banner="<b>", approval_number="<i>", attribution="${x}<script>")
    html = product_map([_layer()], view=_VIEW, notice=hostile).html
    assert "&lt;b&gt;" in html
    assert "&lt;i&gt;" in html
    assert "<script" not in html


def test_chinese_is_marked_on_a_page_in_another_language() -> None:
    said = "Drawn by 示例·测绘院 &amp; others (第四九八号)."
    assert marked(said, "zh-CN") == said
    name, number = (f'<span lang="zh-CN">{each}</span>' for each in ("示例·测绘院", "第四九八号"))
    assert marked(said, "en") == f"Drawn by {name} &amp; others ({number})."
    notice = Notice(banner="Sketch", approval_number=None, attribution="<b>城东街道</b>: no point on record.")
    html = product_map([_layer()], view=_VIEW, notice=notice, lang="en").html
    assert '&lt;b&gt;<span lang="zh-CN">城东街道</span>&lt;/b&gt;: no point on record.' in html


def test_an_area_without_geometry_stays_a_feature(an_area, townships) -> None:
    found = area_collection([an_area(geometry=None)])["features"]
    assert [feature["geometry"] for feature in found] == [None]
    assert len(place_collection(townships)["features"]) == 28


def test_the_script_of_ours_writes_no_markup() -> None:
    scripts = [path.read_text(encoding="utf-8") for path in STATIC.glob("*.js")]
    assert len(scripts) > 1
    wrong = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function"
    assert not [script for script in scripts if re.search(wrong, script)]


def test_drawing_a_map_is_what_loads_folium() -> None:
    program = (
        "import sys, maps, maps.page, maps.outline; print('folium' in sys.modules, 'fastapi' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert run.stdout.split() == ["False", "False"]


def test_the_day_stands_in_the_document_and_not_in_the_script(notice: Notice) -> None:
    today, then = (
        product_map([_layer()], view=View(bounds=_VIEW.bounds, on=on), notice=notice)
        for on in ("", "2020-01-31")
    )
    assert today.content_hash == then.content_hash
    assert 'data-on="2020-01-31"' in then.html


def test_our_files_are_found_below_an_address_made_of_their_content(notice: Notice) -> None:
    page = product_map([_layer()], view=_VIEW, notice=notice)
    assert page.modules == (f"{static_address()}/map.js",)
    assert re.fullmatch(r"/static/maps/[0-9a-f]{16}", static_address())


def test_tiles_are_in_the_script_only_where_there_is_a_basemap(notice: Notice) -> None:
    plain = product_map([_layer()], view=_VIEW, notice=notice)
    tiled = product_map([_layer()], view=View(bounds=_VIEW.bounds, basemap=tianditu("abc123")), notice=notice)
    assert "tianditu" not in plain.script + plain.html
    assert "LAYER=vec" in tiled.script
    assert "LAYER=cva" in tiled.script
    assert "底图：天地图" in tiled.html


def test_the_policy_is_opened_for_the_hosts_of_the_tiles_only() -> None:
    assert tianditu("abc123").origins == ("https://*.tianditu.gov.cn",)
    own = Basemap(patterns=("https://tiles.example.org:8443/{z}/{x}/{y}.png",))
    assert own.origins == ("https://tiles.example.org:8443",)
    assert Basemap(patterns=("/tiles/{z}/{x}/{y}.png",)).origins == ()


@pytest.mark.parametrize(
    "pattern",
    [
        "https://tiles.example.org/{z}/{x}.png",
        "javascript:alert({z}{x}{y})",
        "https://user@example.org/{z}/{x}/{y}",
        "https://example.org; script-src */{z}/{x}/{y}",
        "https://{x}.example.org/{z}/{y}",
        "https://{s}/{z}/{x}/{y}",
        "//example.org/{z}/{x}/{y}",
        "ftp://example.org/{z}/{x}/{y}",
    ],
)
def test_a_pattern_that_is_no_address_of_tiles_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=re.escape(pattern)):
        Basemap(patterns=(pattern,))


@pytest.mark.parametrize("key", ["", "a b", "a&b=c", "a;b", "钥匙"])
def test_a_key_that_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="map_tianditu_key"):
        tianditu(key)
