"""The Meilisearch engine: reads with the search key, writes with the indexer key."""

import time
from collections.abc import Iterable, Mapping

from search.document import Document
from search.engine import SearchUnavailable
from search.query import Query
from search.results import Results, Stats, Suggestion
from search.server_breaker import Breaker
from search.server_gateway import Gateway
from search.server_read import ServerReader
from search.server_settings import SETTINGS_HASH
from search.server_write import ServerWriter

_READ_S = 0.8  # with the database's own look-ups the reader has an answer within a second


class ServerEngine:
    """A Meilisearch server. Documents made for other settings are invisible until a rebuild."""

    name = "meilisearch"

    def __init__(
        self, url: str, *, search_key: str | None, indexer_key: str | None, writable: bool = False
    ) -> None:
        self._breaker = Breaker()
        self._searching = Gateway(url, search_key or indexer_key, self._breaker)
        self._indexing = Gateway(url, indexer_key, self._breaker) if indexer_key else None
        self._reader = ServerReader(self._searching)
        self._writer = ServerWriter(self._indexing) if self._indexing and writable else None

    def search(self, query: Query) -> Results:
        """Return the page of hits that the query asks for."""
        return self._reader.search(query, _deadline())

    def suggest(self, text: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """Return completions of a text that is still being typed, grouped by kind."""
        return self._reader.suggest(text, limit, _deadline())

    def upsert(self, documents: Iterable[Document]) -> None:
        """Add or replace; returns when the server's task has succeeded."""
        self._may_write().apply({document.id: document for document in documents})

    def delete(self, ids: Iterable[str]) -> None:
        """Remove; returns when the server's task has succeeded."""
        self._may_write().apply(dict.fromkeys(ids))

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Build an index beside the serving one and swap them when every task has succeeded."""
        self._may_write().rebuild(documents)

    def fingerprints(self) -> Mapping[str, str]:
        """Return the fingerprint of every document held for the present settings, by id."""
        if self._indexing is None:
            raise SearchUnavailable(self.name, "not_writable", "indexer key")
        return ServerWriter(self._indexing).fingerprints()

    def stats(self) -> Stats:
        """Return what the index holds, by the hashes its documents carry."""
        held = self._reader.settings_held(_deadline())
        return Stats(
            engine=self.name,
            settings_hash=SETTINGS_HASH if SETTINGS_HASH in held else next(iter(held), ""),
            documents=held.get(SETTINGS_HASH, 0),
            is_current=set(held) == {SETTINGS_HASH},
        )

    def close(self) -> None:
        """Close the connections."""
        self._searching.close()
        if self._indexing:
            self._indexing.close()

    def _may_write(self) -> ServerWriter:
        if self._writer is None:
            raise SearchUnavailable(self.name, "not_writable")
        return self._writer


def _deadline() -> float:
    return time.monotonic() + _READ_S
