"""Kept pages: as quick as bytes, and never older than the register."""

from __future__ import annotations

import asyncio
import gzip
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import psycopg
import pytest
from conftest import NOW
from sqlalchemy import make_url, text
from staffing import MovingClock
from starlette.testclient import TestClient
from walking import innermost

from search.engine import SearchUnavailable, open_engine
from service.app import create_app
from service.calendar import FixedClock
from service.register import indexing
from service.register.database import Database
from service.register.watching import watch
from service.settings import Settings
from service.web.page_cache import KEPT, RESULTS, PageCache
from service.web.public import router

sys.path.insert(0, str(Path(__file__).parents[1] / "register"))
import factories

_PRODUCT = "/gi/shili-yunwuguo"
_NOVEMBER = '<th scope="row">2026年11月</th>'


@pytest.fixture
def settings(backend, registers, tmp_path) -> Settings:
    return Settings(data_dir=tmp_path, database_url=registers.make(backend, "seeded"))


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def site(settings, clock) -> Iterator[TestClient]:
    with TestClient(
        create_app(settings, clock, works=False), "http://127.0.0.1:8000", raise_server_exceptions=False
    ) as made:
        yield made


def _rename(settings: Settings, name: str) -> None:
    """Publish as the register does: what changes and the revision number in one transaction."""
    database = Database(settings.effective_database_url)
    with database.writing() as session:
        session.execute(
            text("UPDATE gi_product SET name = :name WHERE slug = 'shili-yunwuguo'"), {"name": name}
        )
        session.execute(text("UPDATE registry_state SET revision_number = revision_number + 1"))
    database.dispose()


def test_an_edit_is_visible_on_the_very_next_request(site, settings):
    for number in range(20):
        site.get(_PRODUCT)  # kept now
        _rename(settings, f"改名{number}")
        for path in (_PRODUCT, f"/en{_PRODUCT}", "/"):
            reply = site.get(path)
            assert reply.status_code == 200
        assert f"改名{number}" in site.get(_PRODUCT).text


def test_an_edit_by_another_process_is_visible_on_the_very_next_request(site, settings):
    script = (
        "import sys; from sqlalchemy import text; from service.register.database import Database\n"
        "database = Database(sys.argv[1])\n"
        "with database.writing() as session:\n"
        "    session.execute(text(\"UPDATE gi_product SET name = '他处改名' WHERE slug = 'shili-yunwuguo'\"))\n"
        "    session.execute(text('UPDATE registry_state SET revision_number = revision_number + 1'))\n"
    )
    before = site.get(_PRODUCT)
    assert "他处改名" not in before.text
    subprocess.run(
        [sys.executable, "-c", script, settings.effective_database_url],
        check=True,
        cwd=Path(__file__).parents[2],
    )
    after = site.get(_PRODUCT, headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    assert "他处改名" in after.text


def test_a_publication_by_two_people_is_visible_on_the_very_next_request(site, settings):
    site.get("/")
    database = Database(settings.effective_database_url)
    with database.writing() as session:
        made = factories.an_organisation(session)
    database.dispose()
    assert made.name in site.get(f"/organisations/{made.uscc}").text


def test_the_day_in_china_ends_what_is_kept(site, clock):
    clock.moment = datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)  # a second before midnight in China
    first = site.get(_PRODUCT)
    assert "2026年11月23日" in first.text
    clock.moment = datetime(2026, 11, 23, 16, 0, 0, tzinfo=UTC)
    second = site.get(_PRODUCT, headers={"if-none-match": first.headers["etag"]})
    assert second.status_code == 200
    assert "2026年11月24日" in second.text


def test_what_the_client_has_is_not_sent_again(site):
    for encoding, reads in (("br", brotli.decompress), ("gzip", gzip.decompress), ("identity", bytes)):
        with site.stream("GET", _PRODUCT, headers={"accept-encoding": encoding}) as whole:
            raw = b"".join(whole.iter_raw())
        assert whole.headers.get("content-encoding", "identity") == encoding
        assert whole.headers["vary"] == "Accept-Encoding"
        assert whole.headers["cache-control"] == "public, no-cache"
        assert int(whole.headers["content-length"]) == len(raw)
        assert b"</html>" in reads(raw)
        asked = {"accept-encoding": encoding, "if-none-match": f'W/"x", {whole.headers["etag"]}'}
        unchanged = site.get(_PRODUCT, headers=asked)
        assert unchanged.status_code == 304
        assert unchanged.content == b""
        assert unchanged.headers["etag"] == whole.headers["etag"]
        assert unchanged.headers["vary"] == "Accept-Encoding"
    assert site.get(_PRODUCT, headers={"if-none-match": '"other"'}).status_code == 200


def test_each_language_and_form_is_kept_apart(site):
    for _ in range(2):
        assert site.get("/help").headers["content-language"] == "zh-CN"
        assert site.get("/en/help").headers["content-language"] == "en"
        assert site.head("/help").content == b""
        assert site.get("/help").text.endswith("</html>")


def test_every_answer_has_its_own_number(site):
    assert len({site.get("/help").headers["x-request-id"] for _ in range(3)}) == 3


def test_results_are_kept_for_a_minute_while_the_index_has_taken_in_the_register(site, settings, clock):
    database = Database(settings.effective_database_url)

    def drained(moment: str | None) -> None:
        with database.writing() as session:
            session.execute(text("UPDATE outbox SET done_at = :moment"), {"moment": moment})

    drained(None)
    assert "etag" not in site.get("/search?q=mihoutao").headers
    drained("2026-11-23 04:00:00")
    for path in ("/search?q=mihoutao", "/en/search", "/map?track=agri_gi"):
        kept = site.get(path)
        assert site.get(path, headers={"if-none-match": kept.headers["etag"]}).status_code == 304, path
    engine = open_engine("embedded:", directory=settings.index_dir, writable=True)
    indexing.rebuild(database, engine, clock)
    engine.close()
    assert "/gi/qianjiang-mihoutao" not in site.get("/search?q=mihoutao").text
    clock.moment += timedelta(minutes=1)
    assert "/gi/qianjiang-mihoutao" in site.get("/search?q=mihoutao").text
    database.dispose()


def test_results_made_without_the_engine_are_not_kept(site, settings, monkeypatch):
    def away(_query):
        raise SearchUnavailable("embedded", "damaged")

    monkeypatch.setattr(innermost(site.app).state.services.engine, "search", away)
    database = Database(settings.effective_database_url)
    with database.writing() as session:
        session.execute(text("UPDATE outbox SET done_at = '2026-11-23 04:00:00'"))
    database.dispose()
    for path in ("/search?q=mihoutao", "/map", "/map?q=mihoutao"):
        assert site.get(path).headers["cache-control"] == "no-store", path


def test_errors_verdicts_searches_and_known_readers_are_not_kept(site):
    for path in (
        "/gi/nothing",
        "/verify?code=93500114MA0TERT081",
        "/v/QJ-AU-9001",
        "/search?q=93500114MA0TERT081",
    ):
        assert "etag" not in site.get(path).headers, path
    assert site.get("/gi/nothing").headers["cache-control"] == "no-store"
    for header in ({"cookie": "sid=1"}, {"authorization": "Bearer x"}):
        assert "etag" not in site.get("/help", headers=header).headers
    assert "etag" not in site.get("/help?from=wechat").headers


def test_what_was_counted_in_the_last_minutes_of_a_month_is_shown_once_it_is_written(site, settings, clock):
    clock.moment = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)  # a minute before December in China
    site.get("/verify?code=93500114MA0TERT081")
    clock.moment += timedelta(minutes=1)
    assert _NOVEMBER not in site.get("/data").text
    services = innermost(site.app).state.services
    services.tally.write(services.database)
    assert _NOVEMBER in site.get("/data").text


def test_without_the_register_nothing_kept_is_sent(site, settings):
    assert site.get(_PRODUCT).status_code == 200
    url = make_url(settings.effective_database_url)
    if url.get_backend_name() == "sqlite":
        database = Database(settings.effective_database_url)
        with database.writing() as session:
            session.execute(text("ALTER TABLE registry_state RENAME TO away"))
            session.execute(text("ALTER TABLE gi_product RENAME TO away_too"))
        database.dispose()
    else:
        server = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {url.database} WITH (FORCE)")  # type: ignore[arg-type]
    for _ in range(3):
        reply = site.get(_PRODUCT)
        assert reply.status_code == 503
        assert "示例·云雾果" not in reply.text
        assert reply.headers["cache-control"] == "no-store"


def _in_a_loop_of_its_own(work) -> None:
    """Run in another thread: the browser of other tests keeps a loop in this one."""
    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, work).result()


class _Counted:
    """An application that counts how often it is asked."""

    def __init__(self, size: int) -> None:
        self.asked = 0
        self._body = b"x" * size

    async def __call__(self, scope, receive, send) -> None:
        self.asked += 1
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]}
        )
        await send({"type": "http.response.body", "body": self._body})


def test_a_kept_page_is_made_once_and_memory_is_bounded(seeded):
    app, watching = _Counted(100_000), watch(seeded)
    cache = PageCache(app, watch=watching, clock=FixedClock(NOW), most_bytes=1_000_000)

    async def ask(path: str) -> None:
        async def send(message) -> None:
            assert message

        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
        await cache(scope, None, send)

    async def run() -> None:
        for _ in range(5):
            await ask("/help")
        assert app.asked == 1
        for number in range(200):
            await ask(f"/gi/product-{number}")
            assert cache._pages._weight <= 500_000
        assert len(cache._pages._pages) == 2
        await ask("/gi/product-199")
        assert app.asked == 201
        await watching.close()

    _in_a_loop_of_its_own(run())


def test_many_requests_at_once_are_each_told_the_newest_revision(seeded):
    """A request may share a question with others, but never one that was sent before it came."""
    watching = watch(seeded)

    def publish() -> int:
        with seeded.writing() as session:
            session.execute(text("UPDATE registry_state SET revision_number = revision_number + 1"))
            return session.scalar(text("SELECT revision_number FROM registry_state"))

    async def run() -> None:
        for _ in range(10):
            waiting = [asyncio.create_task(watching.standing()) for _ in range(8)]
            await asyncio.sleep(0)
            committed = await asyncio.to_thread(publish)
            later = await asyncio.gather(*(watching.standing() for _ in range(8)))
            assert {each.revision for each in later} == {committed}
            assert {each.revision for each in await asyncio.gather(*waiting)} <= {committed - 1, committed}
        await watching.close()

    _in_a_loop_of_its_own(run())


_NEVER_KEPT = re.compile(
    r"/(?:search\..*|verify.*|v/.*|r/.*|files/.*|report.*|where.*|data(?:/.*)?|suggest.*|assets/.*|static-data/.*|map/.*"
    r"|changes\.atom|indicators|inspections.*|opensearch\.xml|site\.webmanifest|en|gi/[^/]+/map/.*"
    r"|gi/[^/]+/outline\.png)"
)


def test_every_page_is_either_kept_or_named_as_never_kept():
    paths = {route.path for route in _routes(router)}
    assert paths
    for path in paths:
        example = re.sub(r"\{(?:version_no|number)\}", "1", path)
        example = re.sub(r"\{\w+\}", "x", example)
        kept, never = KEPT.fullmatch(example) or RESULTS.fullmatch(example), _NEVER_KEPT.fullmatch(example)
        assert bool(kept) != bool(never), path


def _routes(found):
    for route in found.routes:
        inner = getattr(route, "original_router", None) or getattr(route, "router", None)
        if inner is not None and not hasattr(route, "path"):
            yield from _routes(inner)
        elif hasattr(route, "endpoint"):
            yield route
