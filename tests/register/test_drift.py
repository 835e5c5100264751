"""The index in step with the register: drift mended, kills and other processes survived, changes seen soon."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from factories import NOW, a_draft, a_payload, a_product, a_reviewer, a_trademark, an_organisation, published
from typer.testing import CliRunner

from search import Document, Engine, Query, SearchUnavailable, open_engine
from search.embedded import EmbeddedEngine
from service import cli
from service.calendar import SystemClock, china_date
from service.register import editing, indexing
from service.register.database import Database
from service.register.open_data import EditionStore
from service.settings import get_settings
from service.worker import Worker
from tests.search import standin_contract
from tests.search.standin import INDEXER_KEY, SEARCH_KEY, Standin

_ROOT = Path(__file__).resolve().parents[2]
MakeEngine = Callable[[], Engine]


@pytest.fixture
def standin() -> Iterator[Standin]:
    if not standin_contract.is_present():
        absent = "the Meilisearch contract (../shared/meilisearch) is absent"
        pytest.fail(absent) if os.environ.get("CI") == "true" else pytest.skip(absent)
    server = Standin()
    yield server
    server.close()


@pytest.fixture(params=["embedded", "meilisearch"])
def make_engine(request, tmp_path) -> Iterator[MakeEngine]:
    """Return a maker of writing engines that all look at one index."""
    opened: list[Engine] = []
    arguments = {"url": "embedded:", "directory": tmp_path / "index"}
    if request.param == "meilisearch":
        server = request.getfixturevalue("standin")
        keys = {"search_key": SEARCH_KEY, "indexer_key": INDEXER_KEY}
        arguments = {"url": server.url, "directory": tmp_path, **keys}

    def make() -> Engine:
        opened.append(open_engine(**arguments, writable=True))
        return opened[-1]

    yield make
    for engine in opened:
        engine.close()


@pytest.fixture
def engine(make_engine) -> Engine:
    return make_engine()


@pytest.fixture
def embedded(tmp_path) -> Iterator[Engine]:
    engine = open_engine("embedded:", directory=tmp_path / "index", writable=True)
    yield engine
    engine.close()


def drained(database: Database, engine: Engine, clock) -> None:
    while indexing.drain(database, engine, clock):
        pass


def changed(session, kind: str, **facts) -> None:
    """Publish the next version of a record."""
    editing.publish(session, [a_draft(session, a_payload(kind, **facts))], by=a_reviewer(session), at=NOW)


def first(engine: Engine, text: str) -> str:
    hits = engine.search(Query(text=text)).hits
    return hits[0].id if hits else ""


def ulid_of(database: Database, clock, name: str) -> str:
    return next(one.id for one in everything(database, clock) if one.name == name)


def everything(database: Database, clock) -> list[Document]:
    with database.reading() as session:
        return list(indexing.all_documents(session, china_date(clock.now())))


def held_as(document: Document, **facts) -> Document:
    values = {name: getattr(document, name) for name in Document.__slots__}
    return Document(**{**values, **facts})


class TestDrift:
    def test_none_is_invented_after_a_rebuild(self, seeded, embedded, clock) -> None:
        indexing.rebuild(seeded, embedded, clock)
        assert list(indexing.drift(seeded, embedded, clock)) == []

    def test_none_is_invented_after_changes_that_reach_into_other_records(
        self, register, engine, clock
    ) -> None:
        with register.writing() as session:
            product = a_product(session, name="黔江脆红李")
            mark = a_trademark(session)
            brand = {"slug": "shan", "name": "山里", "brand_kind": "enterprise"}
            stands_on = {"trademarks": (mark.registration_no,), "products": (product.code,)}
            published(session, "brand", **brand, **stands_on)
        indexing.rebuild(register, engine, clock)
        with register.writing() as session:
            facts = {"code": product.code, "slug": product.slug, "home_relation": "in_district"}
            changed(session, "gi_product", name="黔江晚熟脆红李", **facts)
        drained(register, engine, clock)
        assert list(indexing.drift(register, engine, clock)) == []

    @pytest.mark.parametrize("kind", ["missing", "extra", "different", "all"])
    def test_each_kind_is_found_and_mended(self, register, engine, clock, kind) -> None:
        with register.writing() as session:
            for name in ("黔江猕猴桃", "黔江地牯牛", "黔江羊肚菌"):
                a_product(session, name=name)
        indexing.rebuild(register, engine, clock)
        lost, other, _ = everything(register, clock)
        stranger = Document(id="01KARSTRANGER0000000000000", kind="brand", name="无名", version=1)
        wanted = indexing.Drift(
            missing=(lost.id,) if kind in {"missing", "all"} else (),
            extra=(stranger.id,) if kind in {"extra", "all"} else (),
            different=(other.id,) if kind in {"different", "all"} else (),
        )
        engine.delete(wanted.missing)
        engine.upsert([stranger] if wanted.extra else [])
        engine.upsert([held_as(other, name="黔江旧名")] if wanted.different else [])
        assert indexing.drift(register, engine, clock) == wanted
        assert indexing.repair(register, engine, clock) == wanted
        assert indexing.drift(register, engine, clock) == indexing.Drift()
        assert engine.fingerprints() == {one.id: one.fingerprint for one in everything(register, clock)}

    def test_a_withdrawn_record_left_in_the_index_is_extra_and_goes(self, register, engine, clock) -> None:
        facts = {
            "code": "QJ-GI-9001",
            "name": "黔江猕猴桃",
            "slug": "mihoutao",
            "home_relation": "in_district",
        }
        with register.writing() as session:
            a_product(session, **facts)
        indexing.rebuild(register, engine, clock)
        (held,) = everything(register, clock)
        with register.writing() as session:
            changed(session, "gi_product", **facts, withdrawal="gone", withdrawal_reason="录入有误")
        drained(register, engine, clock)
        engine.upsert([held])
        assert indexing.repair(register, engine, clock).extra == (held.id,)
        assert first(engine, "黔江猕猴桃") == ""

    def test_what_waits_for_the_index_has_not_drifted(self, register, engine, clock) -> None:
        indexing.rebuild(register, engine, clock)
        with register.writing() as session:
            a_product(session)
        assert list(indexing.drift(register, engine, clock)) == []
        assert indexing.backlog(register).pending == 1
        assert indexing.backlog(register).oldest_at == NOW

    def test_what_is_published_and_indexed_during_the_check_has_not_drifted(
        self, register, tmp_path, clock
    ) -> None:
        class Interrupted(EmbeddedEngine):
            def fingerprints(self):
                held = super().fingerprints()
                with register.writing() as session:
                    a_product(session, name="黔江猕猴桃")
                drained(register, self, clock)
                return held

        engine = Interrupted(tmp_path / "index", writable=True)
        indexing.rebuild(register, engine, clock)
        assert list(indexing.drift(register, engine, clock)) == []
        engine.close()

    def test_where_another_process_owns_the_index_that_one_mends_it(
        self, register, embedded, tmp_path, clock
    ) -> None:
        with register.writing() as session:
            a_product(session, name="黔江猕猴桃")
        indexing.rebuild(register, embedded, clock)
        embedded.delete([ulid_of(register, clock, "黔江猕猴桃")])
        other = open_engine("embedded:", directory=tmp_path / "index", writable=True)
        with pytest.raises(SearchUnavailable) as refused:
            indexing.repair(register, other, clock)
        assert refused.value.reason == "locked"
        drained(register, embedded, clock)
        assert first(embedded, "黔江猕猴桃") == ulid_of(register, clock, "黔江猕猴桃")


class TestRebuildBesideOtherProcesses:
    def test_what_others_publish_and_withdraw_meanwhile_is_caught_up(
        self, register, make_engine, opened, clock
    ) -> None:
        gone = {
            "code": "QJ-GI-9001",
            "name": "黔江羊肚菌",
            "slug": "yangdujun",
            "home_relation": "in_district",
        }
        with register.writing() as session:
            a_product(session, **gone)
            a_product(session, name="黔江地牯牛")
        engine = make_engine()
        indexing.rebuild(register, engine, clock)
        other = opened(register.url.render_as_string(hide_password=False))

        def meanwhile(done: int) -> None:
            if done == 2:  # both have been read for the new index
                with other.writing() as session:
                    a_product(session, name="黔江猕猴桃")
                    facts = {"withdrawal": "gone", "withdrawal_reason": "录入有误"}
                    changed(session, "gi_product", **gone, **facts)
                if (
                    engine.name == "meilisearch"
                ):  # there several processes may write: this one, into the old index
                    drained(other, make_engine(), clock)

        indexing.rebuild(register, engine, clock, meanwhile)
        drained(register, engine, clock)
        assert first(engine, "黔江猕猴桃") == ulid_of(register, clock, "黔江猕猴桃")
        assert first(engine, "黔江羊肚菌") == ""
        assert indexing.backlog(register).pending == 0
        assert list(indexing.drift(register, engine, clock)) == []


def a_child(code: str, *arguments: str) -> subprocess.Popen[str]:
    common = """
        import sys, time
        from pathlib import Path
        from search.embedded import EmbeddedEngine
        from service.calendar import SystemClock
        from service.register import indexing
        from service.register.database import Database

        database, directory = Database(sys.argv[1]), Path(sys.argv[2])

        def wait_to_be_killed():
            print("now", flush=True)
            time.sleep(60)
    """
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(common) + textwrap.dedent(code), *arguments],
        cwd=_ROOT,
        env=os.environ | {"PYTHONPATH": str(_ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def kill_when_ready(child: subprocess.Popen[str]) -> None:
    assert child.stdout.readline() == "now\n"
    child.send_signal(signal.SIGKILL)
    child.communicate()


_REBUILD = """
    engine = EmbeddedEngine(directory, writable=True)
    indexing.rebuild(database, engine, SystemClock(), lambda done: wait_to_be_killed() if done == 2 else None)
"""
_DRAIN = """
    class Interrupted(EmbeddedEngine):
        def upsert(self, documents):
            if sys.argv[3] == "after":
                super().upsert(documents)
            wait_to_be_killed()

    indexing.drain(database, Interrupted(directory, writable=True), SystemClock())
"""


class TestKills:
    @pytest.mark.long
    def test_killed_in_a_reindex_the_old_index_serves_and_nothing_waits_longer(
        self, register, embedded, tmp_path, clock
    ) -> None:
        with register.writing() as session:
            for name in ("黔江猕猴桃", "黔江地牯牛", "黔江羊肚菌"):
                a_product(session, name=name)
        indexing.rebuild(register, embedded, clock)
        with register.writing() as session:
            a_product(session, name="黔江脆红李")
        embedded.close()
        url = register.url.render_as_string(hide_password=False)
        kill_when_ready(a_child(_REBUILD, url, str(tmp_path / "index")))
        assert first(embedded, "黔江羊肚菌") == ulid_of(register, clock, "黔江羊肚菌")
        assert indexing.backlog(register).pending == 1
        drained(register, embedded, clock)
        assert first(embedded, "黔江脆红李") == ulid_of(register, clock, "黔江脆红李")
        assert indexing.rebuild(register, embedded, clock) == 4

    @pytest.mark.parametrize("moment", ["before", "after"])
    def test_killed_in_a_drain_the_rows_are_drained_again(
        self, register, embedded, tmp_path, clock, moment
    ) -> None:
        indexing.rebuild(register, embedded, clock)
        with register.writing() as session:
            a_product(session, name="黔江猕猴桃")
            an_organisation(session, name="黔江区武陵山珍食品有限公司")
        embedded.close()
        url = register.url.render_as_string(hide_password=False)
        kill_when_ready(a_child(_DRAIN, url, str(tmp_path / "index"), moment))
        assert indexing.backlog(register).pending == 2
        assert indexing.drain(register, embedded, clock) == 2
        assert first(embedded, "黔江猕猴桃") == ulid_of(register, clock, "黔江猕猴桃")
        assert first(embedded, "武陵山珍") == ulid_of(register, clock, "黔江区武陵山珍食品有限公司")
        assert list(indexing.drift(register, embedded, clock)) == []


def test_what_is_published_is_found_within_five_seconds(register, engine, tmp_path) -> None:
    clock = SystemClock()
    indexing.rebuild(register, engine, clock)
    worker = Worker(register, engine, clock, EditionStore(register, tmp_path / "editions", "", "", ""))
    worker.start()
    try:
        with register.writing() as session:
            a_product(session, name="黔江猕猴桃")
        began = time.monotonic()
        while not first(engine, "黔江猕猴桃") and time.monotonic() - began < 15:
            time.sleep(0.02)
        assert time.monotonic() - began < 5
    finally:
        worker.stop()


class TestCommandLine:
    @pytest.fixture
    def settings(self, registers, opened, tmp_path, monkeypatch) -> Iterator[Database]:
        url = registers.make("spatialite", "empty")
        monkeypatch.setenv("DIBIAO_DATA_DIR", str(tmp_path))
        monkeypatch.setenv("DIBIAO_DATABASE_URL", url)
        get_settings.cache_clear()
        yield opened(url)
        get_settings.cache_clear()

    def run(self, *arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(cli.app, ["search", *arguments])
        return done.exit_code, done.output

    def test_status_tells_of_a_missing_index_a_drifted_one_and_a_sound_one(self, settings) -> None:
        with settings.writing() as session:
            a_product(session, name="黔江猕猴桃")
        code, said = self.run("status")
        assert (code, "reindex" in said) == (1, True)
        engine = open_engine("embedded:", directory=get_settings().index_dir, writable=True)
        indexing.rebuild(settings, engine, SystemClock())
        code, said = self.run("status")
        assert (code, "embedded" in said, engine.stats().settings_hash in said) == (0, True, True)
        engine.upsert([Document(id="01KARSTRANGER0000000000000", kind="brand", name="无名", version=1)])
        engine.close()
        assert self.run("status")[0] == 1
        code, said = self.run("repair")
        assert (code, "1" in said) == (0, True)
        assert self.run("status")[0] == 0

    def test_repair_beside_a_running_worker_leaves_the_work_to_it(self, settings) -> None:
        engine = open_engine("embedded:", directory=get_settings().index_dir, writable=True)
        indexing.rebuild(settings, engine, SystemClock())
        engine.upsert([Document(id="01KARSTRANGER0000000000000", kind="brand", name="无名", version=1)])
        code, said = self.run("repair")
        assert (code, "worker" in said) == (0, True)
        drained(settings, engine, SystemClock())
        assert engine.stats().documents == 0
        engine.close()
