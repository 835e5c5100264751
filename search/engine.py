"""The port between the register and whatever finds things in it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from search.document import Document
from search.query import Query
from search.results import Results, Stats, Suggestion


class SearchUnavailable(Exception):
    """The engine is away, slow or talking nonsense; look things up elsewhere.

    Attributes:
        engine: Name of the engine.
        reason: One word: refused, timeout, busy, open_circuit, bad_answer, bad_status, failed_task,
            not_writable, locked or damaged.
        detail: A code or number for the log; never what the reader typed.
        retry_after_s: Seconds the engine asked us to wait, if it did.
    """

    def __init__(
        self, engine: str, reason: str, detail: str = "", retry_after_s: float | None = None
    ) -> None:
        super().__init__(engine, reason, detail)
        self.engine = engine
        self.reason = reason
        self.detail = detail
        self.retry_after_s = retry_after_s


class Engine(Protocol):
    """Finds records. Every method may raise `SearchUnavailable`; no text ever makes `search` raise."""

    @property
    def name(self) -> str:
        """Return embedded or meilisearch."""

    def search(self, query: Query) -> Results:
        """Return the page of hits that the query asks for."""

    def suggest(self, text: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """Return completions of a text that is still being typed, grouped by kind."""

    def upsert(self, documents: Iterable[Document]) -> None:
        """Add or replace; returns when readers can see the change."""

    def delete(self, ids: Iterable[str]) -> None:
        """Remove; unknown ids are fine; returns when readers can see the change."""

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Build a new index beside the serving one and swap; killed half-way, the old one still serves."""

    def fingerprints(self) -> Mapping[str, str]:
        """Return the fingerprint of every document held, by id, to find drift."""

    def stats(self) -> Stats:
        """Return what the index holds and what it was built with."""

    def close(self) -> None:
        """Let go of files and connections."""


def open_engine(
    url: str,
    *,
    directory: Path,
    search_key: str | None = None,
    indexer_key: str | None = None,
    writable: bool = False,
) -> Engine:
    """Return the engine that a URL names.

    Args:
        url: `embedded:` for the index in `directory`; `http://` or `https://` for a Meilisearch server.
        directory: Where the embedded index lives; created by the first write.
        search_key: Key allowed to search.
        indexer_key: Key allowed to write; never given to a web process.
        writable: Whether this process may write; one process at a time may, on the embedded engine.

    Raises:
        ValueError: the URL names no engine.
    """
    if url == "embedded:":
        from search.embedded import EmbeddedEngine

        return EmbeddedEngine(directory, writable=writable)
    if url.startswith(("http://", "https://")):
        from search.server import ServerEngine

        return ServerEngine(url, search_key=search_key, indexer_key=indexer_key, writable=writable)
    raise ValueError("a search URL is embedded: or http(s)://")
