"""When the register cannot be read, nothing is confirmed: 503, never a guess (I3)."""

from __future__ import annotations

import pytest
from conftest import NOW
from starlette.testclient import TestClient

from service.app import create_app
from service.calendar import FixedClock
from service.settings import Settings


@pytest.fixture(
    params=["sqlite:///{folder}/not-migrated.sqlite", "postgresql+psycopg://nobody@127.0.0.1:9/none"]
)
def broken(request, tmp_path):
    """A site whose register has no tables, or is not there at all."""
    url = request.param.format(folder=tmp_path)
    app = create_app(Settings(data_dir=tmp_path, database_url=url), FixedClock(NOW), works=False)
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(
    "address",
    ["/api/v1/verify?code=93500114MA0TERT081", "/api/v1/gi", "/api/v1/search?q=a", "/readyz"],
)
def test_programs_are_told_that_nothing_can_be_confirmed(broken, address):
    reply = broken.get(address)
    assert reply.status_code == 503
    assert reply.json()["code"] == "cannot_confirm"
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["retry-after"] == "30"
    assert "authorised" not in reply.text


def test_people_are_told_not_to_rely_on_it(broken):
    for address in ("/verify?code=93500114MA0TERT081", "/v/QJ-AU-9001"):
        reply = broken.get(address)
        assert reply.status_code == 503
        assert "暂时无法核验" in reply.text
        assert reply.headers["cache-control"] == "no-store"


def test_no_page_or_file_is_made_of_nothing(broken):
    for address in (
        "/",
        "/gi/shili-yunwuguo",
        "/data",
        "/data/brands.csv",
        "/search.csv?q=a",
        "/sitemap.xml",
    ):
        reply = broken.get(address)
        assert reply.status_code == 503, address
        assert reply.headers["cache-control"] == "no-store"
        assert "etag" not in reply.headers


def test_a_report_that_cannot_be_kept_comes_back_whole(broken):
    words = "集市上的包装没有印代码，只有品牌。"
    reply = broken.post(
        "/report", data={"kind": "report", "description": words}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert reply.status_code == 503
    assert reply.headers["retry-after"] == "30"
    assert words in reply.text
    assert "12315" in reply.text


def test_the_process_itself_stays_alive(broken):
    broken.get("/api/v1/verify?code=93500114MA0TERT081")
    assert broken.get("/healthz").status_code == 200
