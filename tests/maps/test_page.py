"""The interactive map as values: same bytes, nothing inline, nothing foreign, no registry text in it."""

import re
import subprocess
import sys

import pytest

from maps import Notice
from maps.features import area_collection, place_collection
from maps.page import STATIC, Layer, LayerStyle, View, product_map

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
