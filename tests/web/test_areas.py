"""Areas over HTTP: GeoJSON as the standards ask, unchanged answers as 304, and nothing stale after an edit."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import shapely
from conftest import NOW
from httpx2 import Headers
from serving import seeded_settings
from shapely.geometry import shape
from starlette.testclient import TestClient

sys.path.append(str(Path(__file__).parents[1] / "register"))
from factories import SQUARE, TODAY, a_product, a_protection, a_protection_event, an_area

from service.app import create_app
from service.calendar import FixedClock
from service.register.database import Database

HOSTILE = "<img src=q onerror=alert(1)>${alert(2)}`"
LISTS = (
    "/api/v1/areas",
    "/api/v1/areas?zoom=9",
    "/api/v1/gi/shili-yunwuguo/areas",
    "/api/v1/areas/at?lon=108.6&lat=29.32",
)


@pytest.mark.parametrize("url", LISTS)
def test_an_unchanged_answer_is_304_and_says_so_for_every_coding(client, url):
    first = client.get(url)
    assert first.status_code == 200
    assert first.headers["content-type"] == "application/geo+json"
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["vary"] == "Accept-Encoding"
    again = client.get(url, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = client.get(url, headers={"if-none-match": '"other", W/"1-0"'})
    assert other.status_code == 200


@pytest.mark.parametrize(("accepted", "coding"), [("br", "br"), ("gzip", "gzip"), ("identity", None)])
def test_each_coding_holds_the_same_collection(client, accepted, coding):
    plain = client.get("/api/v1/areas", headers={"accept-encoding": "identity"})
    found = client.get("/api/v1/areas", headers={"accept-encoding": accepted})
    assert found.headers.get("content-encoding") == coding
    assert found.json() == plain.json()
    assert int(found.headers["content-length"]) <= len(plain.content)


def test_a_zoom_takes_vertices_out_and_full_precision_keeps_them(client):
    def vertices(query):
        features = client.get(f"/api/v1/areas{query}").json()["features"]
        shapes = [shape(each["geometry"]) for each in features if each["geometry"]]
        assert all(each.is_valid and not each.is_empty for each in shapes)
        return len(shapes), len(shapely.get_coordinates(shapes))

    kept, whole = vertices("")
    assert vertices("?zoom=9&precision=full") == (kept, whole) == vertices("?zoom=19")
    assert vertices("?zoom=7")[0] == kept
    assert vertices("?zoom=7")[1] < whole


def test_filters_and_days_are_those_of_the_search_page(client):
    def found(query):
        return client.get(f"/api/v1/areas?{query}").json()["features"]

    everything = found("")
    tracks = {each["properties"]["track"] for each in everything}
    assert sum(len(found(f"track={track}")) for track in tracks) == len(everything)
    assert found("&".join(f"track={track}" for track in tracks)) == everything
    some = everything[0]["properties"]
    assert {each["properties"]["product"] for each in found(f"product={some['product']}")} == {
        some["product"]
    }
    assert all(
        each["properties"]["category"] == some["category"] for each in found(f"category={some['category']}")
    )
    assert found("category=no-such-category") == []
    assert len(found("on=1950-01-01")) < len(everything)


def test_every_version_of_a_product_is_told_and_a_day_picks_its_own(client):
    every = client.get("/api/v1/gi/shili-yunwuguo/areas").json()["features"]
    today = client.get("/api/v1/gi/shili-yunwuguo/areas?on=2026-11-23").json()["features"]
    assert [each["id"] for each in every if each["properties"]["is_current"]] == [
        each["id"] for each in today
    ]
    assert client.get("/api/v1/gi/nope/areas").status_code == 404


def test_swapped_corners_are_explained_in_both_languages(client):
    for box in ("109,29,108,30", "108,30,109,29", "29.2,108.5,29.8,109.0", "170,1,-170,2"):
        problem = client.get(f"/api/v1/areas?bbox={box}").json()
        assert problem["code"] == "bbox_order"
        assert "minLon,minLat,maxLon,maxLat" in problem["detail"]


def test_the_state_in_an_answer_is_that_of_the_register(client):
    for feature in client.get("/api/v1/areas").json()["features"]:
        own = feature["properties"]
        record = client.get(f"/api/v1/gi/{own['product']}").json()
        states = {each["track"]["code"]: each["state"]["code"] for each in record["protections"]}
        assert own["state"] == states[own["track"]]


# ---- with edits


@pytest.fixture(params=["spatialite", "postgis"])
def site(request, registers, tmp_path):
    """A client of a site of the test's own and its register."""
    clock = FixedClock(NOW)
    settings = seeded_settings(tmp_path, registers, request.param, clock)
    database = Database(settings.effective_database_url)
    with TestClient(create_app(settings, clock, works=False), base_url="http://127.0.0.1:8000") as made:
        yield made, database
    database.dispose()


AT = "/api/v1/areas/at?lon=108.75&lat=29.45&within=2000"
INSIDE = "/api/v1/areas?bbox=108.74,29.44,108.76,29.46&zoom=10"


def test_every_edit_is_in_the_very_next_answer(site):
    client, database = site
    tags = {url: client.get(url).headers["etag"] for url in (AT, INSIDE)}

    def names(url):
        reply = client.get(url, headers={"if-none-match": tags[url]})
        assert reply.status_code == 200
        tags[url] = reply.headers["etag"]
        assert client.get(url, headers=Headers({"if-none-match": tags[url]})).status_code == 304
        return {each["properties"]["name"]: each["properties"]["state"] for each in reply.json()["features"]}

    with database.writing() as session:
        protection = a_protection(session, a_product(session, name=HOSTILE, slug="hostile"))
        an_area(session, protection, tier="drawn", geometry=SQUARE)
    for url in (AT, INSIDE):
        assert names(url)[HOSTILE] == "in_force"
    with database.writing() as session:
        a_protection_event(session, protection, event="revoked", happened_on=TODAY)
    for url in (AT, INSIDE):
        assert names(url)[HOSTILE] == "revoked"
    page = client.get("/where?lon=108.75&lat=29.45").text
    assert "<img src=q" not in page
    assert "&lt;img src=q onerror=alert(1)&gt;" in page


def test_the_answer_says_how_near_the_border_is_and_what_decides(site):
    client, database = site
    with database.writing() as session:
        an_area(session, a_protection(session), tier="drawn", geometry=SQUARE)
        an_area(session, a_protection(session), tier="approximate", geometry=SQUARE)
    collection = client.get(AT).json()
    assert "请以公告文字和现场核验为准" in collection["note"]
    found = {
        each["properties"]["relation"]: each["properties"]
        for each in collection["features"]
        if "测试" in each["properties"]["name"]
    }
    assert found["inside"]["distance_to_boundary_m"] > 4000
    assert "请以公告文字和现场核验为准" in found["inside"]["note"]
    assert found["about_here"]["distance_to_boundary_m"] is None
    outside = client.get("/api/v1/areas/at?lon=108.81&lat=29.45&within=2000").json()["features"]
    (near,) = [each["properties"] for each in outside if "测试" in each["properties"]["name"]]
    assert near["relation"] == "nearby"
    assert near["distance_to_boundary_m"] == pytest.approx(-970, abs=5)


def test_a_position_is_in_no_log_line(client, capfd):
    for url in ("/where?q=29.3236,108.604", "/where?lon=108.604&lat=29.3236", "/where?q=108.604x", AT):
        client.get(url)
    said = "".join(capfd.readouterr())
    assert "108.604" not in said
    assert "108.75" not in said


def test_a_day_and_a_township_are_asked_about_on_the_page(client):
    page = client.get("/where?place=qianjiang-shihui&on=2026-11-01").text
    assert "公告文字列有这个乡镇、街道。" in page
    assert "2026年11月1日" in page
    assert "没有点位资料，只按公告文字回答" in client.get("/where?place=qianjiang-chengdong").text
    assert client.get("/where?place=qianjiang-chengdong").text.count("没有点位，只查文字") == 2
