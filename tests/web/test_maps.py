"""Maps over HTTP: what a page states beside its map, what pictures and data answer, what settings open."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

import pytest
from conftest import NOW
from starlette.testclient import TestClient

from service.app import create_app
from service.calendar import FixedClock
from service.settings import Settings

_MAP = "/gi/shili-yunwuguo/map"
_PICTURES = (
    ("/gi/shili-yunwuguo/outline.svg", "image/svg+xml"),
    ("/gi/shili-yunwuguo/outline.png", "image/png"),
    ("/gi/shili-yunwuguo/map/townships.geojson", "application/geo+json"),
    ("/map/outline.svg", "image/svg+xml"),
    ("/map/outline.png", "image/png"),
    ("/map/areas.geojson", "application/geo+json"),
)


def test_a_product_map_shows_the_area_of_the_day_asked(client):
    today, then = client.get(_MAP), client.get(f"{_MAP}?on=2021-01-01")
    assert "第 2 版，自 2023" in today.text
    assert "第 1 版，自 2020" not in today.text
    assert "第 1 版，自 2020" in then.text
    assert re.search(r"这是 2021\W*年.*的范围", then.text)
    assert 'data-on="2021-01-01"' in then.text


def test_the_day_before_the_first_version_has_no_area(client):
    assert "这一天没有产地范围的记录" in client.get(f"{_MAP}?on=2019-12-31").text


@pytest.mark.parametrize("day", ["2021-13-01", "2021-02-30", "yesterday", "01/02/2021", "'><b>"])
def test_a_day_that_is_none_comes_back_in_its_field_with_the_reason(client, day):
    reply = client.get(_MAP, params={"on": day})
    assert reply.status_code == 422
    assert "日期要写成" in reply.text
    assert 'aria-invalid="true"' in reply.text
    assert f'value="{day}"' in reply.text.replace("&#39;&gt;&lt;b&gt;", "'><b>")


def test_every_right_is_a_layer_of_its_own(client):
    page = client.get("/gi/shili-shuangtujun/map")
    tracks = set(re.findall(r"gi-card-(gi_\w+|agri_gi)", page.text))
    found = re.search(r'src="(/gi/shili-shuangtujun/map/[0-9a-f]+\.js)"', page.text)
    assert found is not None
    layers = set(re.findall(r'"track": "(\w+)"', client.get(found[1]).text))
    assert tracks <= layers


def test_a_script_is_kept_for_ever_and_another_address_is_unknown(client):
    found = re.search(r'src="(/map/[0-9a-f]+\.js)"', client.get("/map").text)
    assert found is not None
    assert client.get(found[1]).headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.get("/map/0123.js").status_code == 404


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize(("path", "kind"), _PICTURES)
def test_a_picture_is_304_until_the_register_changes(client, prefix, path, kind):
    first = client.get(prefix + path)
    assert (first.status_code, first.headers["content-type"].partition(";")[0]) == (200, kind)
    assert client.get(prefix + path).content == first.content
    again = client.get(prefix + path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_pages_name_the_card_that_link_previews_show(client):
    for path, picture in (
        ("/gi/shili-yunwuguo", "/gi/shili-yunwuguo/outline.png"),
        ("/en/gi/shili-yunwuguo/map", "/en/gi/shili-yunwuguo/outline.png"),
        ("/map", "/map/outline.png"),
    ):
        assert f'property="og:image" content="http://127.0.0.1:8000{picture}"' in client.get(path).text
        card = client.get(picture).content
        assert struct.unpack(">II", card[16:24]) == (1200, 630)


def test_the_map_takes_the_filters_of_the_search_and_gives_them_back(client):
    question = "?q=%E7%A4%BA%E4%BE%8B&track=gi_product&state=in_force"
    page = client.get(f"/map{question}")
    assert f'href="/search{question.replace("&", "&amp;")}"' in page.text
    assert f'href="/map{question.replace("&", "&amp;")}"' in client.get(f"/search{question}").text


def test_a_filtered_map_holds_what_the_filter_keeps(client):
    names = {each["properties"]["name"] for each in _features(client, "/map/areas.geojson")}
    kept = _features(client, "/map/areas.geojson?track=agri_gi")
    assert {each["properties"]["track"] for each in kept} == {"agri_gi"}
    found = {each["properties"]["name"] for each in _features(client, "/map/areas.geojson?q=云雾果")}
    assert "示例·云雾果" in found < names
    assert _features(client, "/map/areas.geojson?q=没有这个东西") == []
    assert "没有符合条件的产地范围" in client.get("/map?q=没有这个东西").text


def test_an_area_known_by_its_text_alone_is_a_feature_without_geometry(client):
    found = {each["properties"]["name"]: each for each in _features(client, "/map/areas.geojson")}
    assert found["示例·溪畔米"]["geometry"] is None


def test_named_townships_are_told_from_the_others(client):
    kinds = {
        each["properties"]["name"]: each["properties"]["kind"]
        for each in _features(client, "/gi/shili-yunwuguo/map/townships.geojson?on=2021-01-01")
    }
    assert {name for name, kind in kinds.items() if kind == "named_township"} == {"正阳街道", "城西街道"}


def test_an_area_page_states_sizes_boxes_and_what_changed(client):
    text = client.get("/gi/shili-yunwuguo/areas/2").text
    for said in ("1,563 公顷", "23,445 亩", "15.63 km²", "与所载相差 0.0%", "东经 108°45.2′", "舟白街道"):
        assert said in text
    rows = dict(re.findall(r'<th scope="row">(新划入|划出|未变)</th><td>([\d.]+)</td>', text))
    assert {name: float(size) for name, size in rows.items()} == {"新划入": 7.93, "划出": 0.52, "未变": 7.71}
    assert "difference-gained" in text
    assert "这是第一版" in client.get("/gi/shili-yunwuguo/areas/1").text


def test_a_version_is_found_in_the_track_that_is_named(client):
    assert client.get("/gi/shili-yunwuguo/areas/1?track=gi_product").status_code == 200
    assert client.get("/gi/shili-yunwuguo/areas/1?track=agri_gi").status_code == 404
    assert client.get("/gi/shili-yunwuguo/areas/1?track=none").status_code == 422


def _features(client, path):
    return client.get(path).json()["features"]


@pytest.fixture
def served(registers, tmp_path) -> Iterator[object]:
    """A site with the settings given."""
    url = registers.make("spatialite", "seeded")

    def serve(**more: object) -> TestClient:
        settings = Settings(data_dir=tmp_path, database_url=url, **more)
        return TestClient(
            create_app(settings, FixedClock(NOW), works=False), base_url="http://127.0.0.1:8000"
        )

    return serve


def test_tianditu_opens_the_policy_of_pages_with_maps_and_of_no_other(served):
    client = served(map_tianditu_key="abc123")
    for path in ("/map", "/gi/shili-yunwuguo", _MAP):
        policy = client.get(path).headers["content-security-policy"]
        assert "img-src 'self' https://*.tianditu.gov.cn data:" in policy
        assert "connect-src 'self';" in policy
    assert "tianditu" not in client.get("/").headers["content-security-policy"]
    assert "底图：天地图" in client.get("/map").text


def test_an_approval_number_takes_the_place_of_the_banner(served):
    page = served(map_approval_number="示例审图号（虚构）").get("/map").text
    assert "审图号：示例审图号（虚构）" in page
    assert "gi-map-banner" not in page


def test_without_an_approval_number_every_map_says_that_it_is_a_sketch(client):
    for path in ("/map", _MAP, "/gi/shili-yunwuguo/outline.svg", "/map/outline.svg"):
        assert "示意图，不作为划界依据" in client.get(path).text


@pytest.mark.parametrize("url", ["https://tiles.example.org/{z}", "javascript:{z}{x}{y}"])
def test_tiles_that_are_no_address_stop_the_start(url):
    with pytest.raises(ValueError, match="map_tiles_url"):
        Settings(map_tiles_url=url)


def test_where_areas_pile_up_those_centred_in_the_view_are_drawn_and_all_are_counted(client, monkeypatch):
    from service.web.public import overview

    monkeypatch.setattr(overview, "_FEW", 0)
    monkeypatch.setattr(overview, "_DRAWN_AT_MOST", 1)
    district = client.get("/map/areas.geojson?bbox=108.4,29.0,109.0,29.9&zoom=9&on=1").json()
    assert district["total"] == sum(
        sum(each["properties"]["tracks"].values()) for each in district["features"]
    )
    field = client.get("/map/areas.geojson?bbox=108.76,29.48,108.82,29.52&zoom=13&on=1").json()
    assert [each["properties"]["name"] for each in field["features"]] == ["示例·云雾果"]
    assert field["total"] > 1
