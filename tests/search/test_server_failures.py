"""When the server is away, slow or talks nonsense: a quick, named refusal, and recovery by itself."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from search import Document, Query, SearchUnavailable, server, server_gateway
from search.server import ServerEngine
from search.server_breaker import Breaker
from tests.search.documents import a_document, the_register
from tests.search.standin import INDEXER_KEY, SEARCH_KEY, Standin


def an_engine(url: str, *, writable: bool = True, **keys: str | None) -> ServerEngine:
    chosen = {"search_key": SEARCH_KEY, "indexer_key": INDEXER_KEY} | keys
    return ServerEngine(url, writable=writable, **chosen)


@pytest.fixture
def engine(standin: Standin) -> ServerEngine:
    made = an_engine(standin.url)
    made.rebuild(the_register())
    yield made
    made.close()


def refusal(call: Callable[[], object]) -> tuple[str, float]:
    """Return the reason of a refusal and the seconds it took."""
    began = time.monotonic()
    with pytest.raises(SearchUnavailable) as refused:
        call()
    return refused.value.reason, time.monotonic() - began


class TestAnswersWithinASecond:
    @pytest.mark.parametrize(
        ("mischief", "reason"),
        [
            ("hang", "timeout"),
            ("drip", "timeout"),
            ("drop", "refused"),
            ("html", "bad_answer"),
            ("schema", "bad_answer"),
            ("500", "bad_status"),
            ("502", "bad_status"),
            ("busy", "bad_status"),
        ],
    )
    def test_every_kind_of_failure_is_named_and_quick(self, engine, standin, mischief, reason) -> None:
        standin.mischief = mischief
        named, seconds = refusal(lambda: engine.search(Query(text="猕猴桃")))
        assert (named, seconds < 1.0) == (reason, True)

    def test_a_closed_port_is_refused(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}"
        engine = an_engine(url)
        assert refusal(lambda: engine.search(Query(text="猕猴桃")))[0] == "refused"
        assert refusal(lambda: engine.suggest("猕"))[0] == "refused"
        engine.close()

    def test_a_wrong_key_is_named_by_its_code(self, standin) -> None:
        engine = an_engine(standin.url, search_key="wrong")
        with pytest.raises(SearchUnavailable) as refused:
            engine.search(Query(text="猕猴桃"))
        assert (refused.value.reason, refused.value.detail) == ("bad_status", "invalid_api_key")
        engine.close()


class TestRecovery:
    def test_a_read_is_tried_a_second_time_and_not_a_third(self, engine, standin) -> None:
        standin.mischief = "500"
        before = len(standin.requests)
        refusal(lambda: engine.search(Query(text="猕猴桃")))
        assert len(standin.requests) - before == 2

    def test_after_repeated_failures_the_server_is_left_alone_then_tried_again(self, engine, standin) -> None:
        standin.mischief = "500"
        while refusal(lambda: engine.search(Query(text="猕猴桃")))[0] != "open_circuit":
            pass
        before = len(standin.requests)
        reason, seconds = refusal(lambda: engine.search(Query(text="猕猴桃")))
        assert (reason, len(standin.requests), seconds < 0.05) == ("open_circuit", before, True)
        standin.mischief = ""
        time.sleep(2.1)
        assert engine.search(Query(text="黔江猕猴桃")).hits[0].id == "KIWI"

    def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(self, engine, standin) -> None:
        standin.mischief = "busy"
        with pytest.raises(SearchUnavailable) as refused:
            engine.search(Query(text="猕猴桃"))
        assert refused.value.retry_after_s == 1.0
        standin.mischief = ""
        assert refusal(lambda: engine.search(Query(text="猕猴桃")))[0] == "open_circuit"
        time.sleep(1.1)
        assert engine.search(Query(text="黔江猕猴桃")).hits[0].id == "KIWI"

    def test_only_one_caller_tries_a_resting_server(self) -> None:
        now = [0.0]
        breaker = Breaker(lambda: now[0])
        for _ in range(5):
            breaker.failed()
        assert not breaker.allows()
        now[0] = 2.1
        assert [breaker.allows(), breaker.allows()] == [True, False]
        breaker.failed()
        assert not breaker.allows()
        now[0] = 5.0
        assert breaker.allows()
        breaker.succeeded()
        assert [breaker.allows(), breaker.allows()] == [True, True]


class TestWriting:
    def test_a_failed_task_is_a_failure_although_the_server_said_202(self, engine, standin) -> None:
        standin.fail_tasks_with = "invalid_document_fields"
        with pytest.raises(SearchUnavailable) as refused:
            engine.upsert([a_document("黔江魔芋")])
        assert (refused.value.reason, refused.value.detail) == ("failed_task", "invalid_document_fields")

    def test_upsert_returns_only_when_the_task_is_done(self, engine, standin) -> None:
        standin.task_delay_s = 0.3
        engine.upsert([a_document("黔江魔芋", id="NEW")])
        assert [hit.id for hit in engine.search(Query(text="魔芋")).hits] == ["NEW"]

    def test_a_rebuild_of_which_a_task_fails_leaves_the_old_index_serving(self, engine, standin) -> None:
        standin.fail_tasks_with = "internal"
        assert refusal(lambda: engine.rebuild([a_document("新")]))[0] == "failed_task"
        standin.fail_tasks_with = ""
        assert engine.stats().documents == 10
        engine.rebuild([a_document("新", id="NEW")])
        assert (engine.stats().documents, set(standin.indexes)) == (1, {"registry"})

    def test_what_a_killed_rebuild_left_behind_is_replaced(self, engine, standin) -> None:
        def killed() -> Iterator[Document]:
            yield from (a_document(f"名{n}") for n in range(1_500))
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            engine.rebuild(killed())
        assert set(standin.indexes) == {"registry", "registry_next"}
        assert engine.stats().documents == 10
        an_engine(standin.url).rebuild(the_register()[:3])
        assert (engine.stats().documents, set(standin.indexes)) == (3, {"registry"})

    def test_a_key_that_may_not_read_the_swaps_task_is_enough(self, engine, standin) -> None:
        standin.hide_global_tasks = True
        engine.rebuild([a_document("新", id="NEW")])
        assert list(engine.fingerprints()) == ["NEW"]

    def test_documents_made_for_other_settings_are_invisible_until_a_rebuild(self, engine, standin) -> None:
        for held in standin.indexes["registry"]["documents"].values():
            held["settings"] = "0ld"
        assert engine.search(Query(text="黔江猕猴桃")).total == 0
        stats = engine.stats()
        assert (stats.settings_hash, stats.documents, stats.is_current) == ("0ld", 0, False)
        assert engine.fingerprints() == {}
        an_engine(standin.url).upsert([a_document("黔江魔芋", id="NEW")])
        assert (list(engine.fingerprints()), engine.stats().is_current) == (["NEW"], True)

    def test_the_web_process_needs_no_indexer_key(self, engine, standin) -> None:
        reader = an_engine(standin.url, writable=False, indexer_key=None)
        assert reader.search(Query(text="黔江猕猴桃")).hits[0].id == "KIWI"
        assert reader.stats().documents == 10
        assert refusal(lambda: reader.upsert([a_document()]))[0] == "not_writable"
        reader.close()


class TestConnections:
    def test_a_thread_keeps_its_connection(self, engine, standin) -> None:
        engine.search(Query(text="猕猴桃"))
        before = standin.connections
        for _ in range(20):
            engine.search(Query(text="猕猴桃"))
        assert standin.connections == before

    def test_many_threads_share_an_engine_without_mixing_headers(self, engine, monkeypatch) -> None:
        # Eight threads on a busy machine may wait longer than a reader of the site is made to.
        monkeypatch.setattr(server, "_READ_S", 30)
        monkeypatch.setattr(server_gateway, "_SLOT_WAIT_S", 30)
        found: list[str] = []
        faults: list[Exception] = []

        def ask() -> None:
            try:
                for _ in range(5):
                    found.append(engine.search(Query(text="黔江猕猴桃")).hits[0].id)
                    engine.upsert([a_document("黔江魔芋", id="X")])
            except Exception as fault:  # noqa: BLE001 - carried to the asserting thread
                faults.append(fault)

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == []
        assert found == ["KIWI"] * 40
