import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search import Engine, open_engine, server, server_gateway
from tests.search import standin_contract
from tests.search.documents import the_register
from tests.search.standin import INDEXER_KEY, SEARCH_KEY, Standin


@pytest.fixture
def standin() -> Iterator[Standin]:
    """Return a stand-in for a Meilisearch server that must never have seen a message against the contract."""
    if not standin_contract.is_present():
        missing = (
            "the Meilisearch contract (../shared/meilisearch) is absent: the server engine is NOT tested"
        )
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    server = Standin()
    yield server
    server.close()
    assert server.broken == []


@pytest.fixture
def meilisearch_arguments(request) -> dict[str, str]:
    """Return where the server is: a real one when the environment names it, else the stand-in."""
    url = os.environ.get("DIBIAO_SEARCH_URL", "")
    if url.startswith("http"):
        keys = {
            "search_key": os.environ["DIBIAO_SEARCH_KEY"],
            "indexer_key": os.environ["DIBIAO_INDEXER_KEY"],
        }
        _remove_indexes(url, keys["indexer_key"])
        return {"url": url, **keys}
    server = request.getfixturevalue("standin")
    return {"url": server.url, "search_key": SEARCH_KEY, "indexer_key": INDEXER_KEY}


@pytest.fixture(params=["embedded", "meilisearch"])
def make_engine(request, tmp_path: Path, monkeypatch) -> Iterator[Callable[..., Engine]]:
    """Return a maker of engines that all look at one index, and wait for it on the busiest machine."""
    monkeypatch.setattr(server, "_READ_S", 30)
    monkeypatch.setattr(server_gateway, "_SLOT_WAIT_S", 30)
    opened: list[Engine] = []
    if request.param == "embedded":
        arguments = {"url": "embedded:", "directory": tmp_path / "index"}
    else:
        arguments = {"directory": tmp_path} | request.getfixturevalue("meilisearch_arguments")

    def make(*, writable: bool = False) -> Engine:
        opened.append(open_engine(**arguments, writable=writable))
        return opened[-1]

    yield make
    for engine in opened:
        engine.close()


@pytest.fixture
def engine(make_engine) -> Engine:
    return make_engine(writable=True)


@pytest.fixture
def register(engine) -> Engine:
    engine.rebuild(the_register())
    return engine


def _remove_indexes(url: str, key: str) -> None:
    from meilisearch import Client

    client = Client(url, key)
    for uid in ("registry", "registry_next"):
        client.wait_for_task(client.delete_index(uid).task_uid)
