"""The in-process engine: a tantivy index in a folder, read by many processes and written by one."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Query as Q  # noqa: N817 - search.query.Query is the other one

from search.document import Document
from search.embedded_read import Reader
from search.embedded_schema import SETTINGS_HASH, key_of, prepared, row, schema
from search.embedded_store import Store, settings_hash_of
from search.engine import SearchUnavailable
from search.query import Query
from search.results import Results, Stats, Suggestion

_WRITER_HEAP = 32_000_000


class EmbeddedEngine:
    """An index in `directory`. No folder, or one of another version, is an empty index."""

    name = "embedded"

    def __init__(self, directory: Path, *, writable: bool = False) -> None:
        self._store = Store(directory)
        self._writable = writable
        self._opening = threading.Lock()
        self._writing = threading.RLock()
        self._stamp: tuple[int, ...] | None = None
        self._reader: Reader | None = None
        self._writer: Any = None
        self._held = ExitStack()
        self._is_locked = False
        self._while_building: list[tuple[str, Document | None]] | None = None

    def search(self, query: Query) -> Results:
        """Return the page of hits that the query asks for."""
        with _named_errors():
            return self._current_reader().search(query)

    def suggest(self, text: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """Return completions of a text that is still being typed, grouped by kind."""
        with _named_errors():
            return self._current_reader().suggest(text, limit)

    def upsert(self, documents: Iterable[Document]) -> None:
        """Add or replace; returns when readers of every process see the change."""
        self._apply([(document.id, document) for document in documents])

    def delete(self, ids: Iterable[str]) -> None:
        """Remove; unknown ids are fine; returns when readers of every process see the change."""
        self._apply([(identity, None) for identity in ids])

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Build a new generation beside the serving one and swap.

        Changes made meanwhile through this engine are carried over; killed half-way, the old one serves.
        """
        with self._writing:
            self._take_lock()
            self._while_building = []
        folder = None
        try:
            folder = self._store.build(documents)
            self._swap(folder)
        except BaseException:
            if folder:
                self._store.discard(folder)
            raise
        finally:
            self._while_building = None

    def fingerprints(self) -> Mapping[str, str]:
        """Return the fingerprint of every document held, by id."""
        with _named_errors():
            return {shown.id: shown.fingerprint for shown in self._current_reader().everything()}

    def stats(self) -> Stats:
        """Return what the index holds; a stale one holds nothing and says so."""
        found = settings_hash_of(self._store.current())
        return Stats(
            engine=self.name,
            settings_hash=found,
            documents=self._current_reader().count(),
            is_current=found == SETTINGS_HASH,
        )

    def close(self) -> None:
        """Let go of the writer, the lock and the files."""
        with self._writing:
            self._drop_writer()
            self._held.close()
            self._is_locked = False
        self._reader, self._stamp = None, None

    def _current_reader(self) -> Reader:
        stamp = self._store.stamp()
        reader = self._reader
        if reader is not None and stamp == self._stamp:
            return reader
        with self._opening:
            try:
                reader = _open(self._store.current())
            except SearchUnavailable:
                if stamp == self._store.stamp():
                    raise
                stamp = self._store.stamp()  # another process has swapped in between: look once more
                reader = _open(self._store.current())
            self._reader, self._stamp = reader, stamp
        return reader

    def _apply(self, changes: list[tuple[str, Document | None]]) -> None:
        if not changes:
            return
        with self._writing:
            self._take_lock()
            if self._while_building is not None:
                self._while_building.extend(changes)
            writer = self._open_writer()
            if writer is not None:
                _write(writer, changes)

    def _swap(self, folder: Path) -> None:
        with self._writing:
            if self._while_building:
                writer = prepared(tantivy.Index.open(str(folder))).writer(_WRITER_HEAP, 1)
                _write(writer, self._while_building)
                writer.wait_merging_threads()
            self._drop_writer()
            self._store.serve(folder)

    def _open_writer(self) -> Any:
        if self._writer is not None:
            return self._writer
        folder = self._store.current()
        if settings_hash_of(folder) != SETTINGS_HASH:
            if self._while_building is not None:
                return None  # the change goes into the index that is being built
            folder = self._store.build(())
            self._store.serve(folder)
        self._writer = prepared(tantivy.Index.open(str(folder))).writer(_WRITER_HEAP, 1)
        return self._writer

    def _drop_writer(self) -> None:
        if self._writer is not None:
            self._writer.wait_merging_threads()
            self._writer = None

    def _take_lock(self) -> None:
        if not self._writable:
            raise SearchUnavailable(self.name, "not_writable")
        if not self._is_locked:
            self._held.enter_context(self._store.lock())
            self._is_locked = True


def _open(folder: Path | None) -> Reader:
    if folder is None or settings_hash_of(folder) != SETTINGS_HASH:
        return Reader(prepared(tantivy.Index(schema())))
    with _named_errors():
        return Reader(prepared(tantivy.Index.open(str(folder))))


@contextmanager
def _named_errors() -> Iterator[None]:
    # tantivy says ValueError for everything, and OSError for files that are gone
    try:
        yield
    except (ValueError, OSError) as error:
        raise SearchUnavailable("embedded", "damaged", type(error).__name__) from error


def _write(writer: Any, changes: list[tuple[str, Document | None]]) -> None:
    shape = schema()
    for identity, document in dict(changes).items():  # of two changes to one record the later one counts
        writer.delete_documents_by_query(Q.term_query(shape, "key", key_of(identity)))
        if document is not None:
            writer.add_document(row(document))
    writer.commit()
