"""Draining the outbox into the index, and rebuilding the index while changes keep flowing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from search.document import Document
from search.engine import Engine, SearchUnavailable
from service.calendar import Clock, china_date
from service.register.database import Database
from service.register.editing import lock_registry
from service.register.indexing.building import all_documents, brands_upon, documents_of
from service.register.models import Outbox, RegistryState
from service.vocabulary import RecordKind

_BATCH = 500


@dataclass(frozen=True, slots=True)
class _Entry:
    id: int
    kind: RecordKind
    ulid: str


def pending(database: Database) -> int:
    """Return how many outbox rows wait for the index."""
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Outbox).where(Outbox.done_at.is_(None))) or 0


def drain(database: Database, engine: Engine, clock: Clock) -> int:
    """Bring the index up to date with a batch of outbox rows and return how many there were.

    A row says "look at this record again", and the record is read afresh: order, repeats and crashes do not
    matter. Rows are marked done only after the engine shows the change.

    Raises:
        SearchUnavailable: the engine is away; the rows stay, with one more attempt on each.
    """
    entries = _waiting(database)
    if not entries:
        return 0
    try:
        _look_again(database, engine, entries, clock)
    except SearchUnavailable as error:
        _mark(database, entries, problem=error.reason)
        raise
    _mark(database, entries, done_at=clock.now())
    return len(entries)


def _waiting(database: Database) -> list[_Entry]:
    with database.reading() as session:
        statement = (
            select(Outbox.id, Outbox.record_kind, Outbox.record_ulid)
            .where(Outbox.done_at.is_(None))
            .order_by(Outbox.id)
            .limit(_BATCH)
        )
        return [_Entry(*row) for row in session.execute(statement)]


def _look_again(database: Database, engine: Engine, entries: Sequence[_Entry], clock: Clock) -> None:
    wanted: dict[RecordKind, set[str]] = {}
    for entry in entries:
        wanted.setdefault(entry.kind, set()).add(entry.ulid)
    found: list[Document] = []
    with database.reading() as session:
        upon = [brands_upon(session, kind, ulids) for kind, ulids in wanted.items()]
        wanted.setdefault(RecordKind.BRAND, set()).update(*upon)
        for kind, ulids in wanted.items():
            found += documents_of(session, kind, sorted(ulids), china_date(clock.now()))
    shown = {document.id for document in found}
    gone = {entry.ulid for entry in entries} - shown
    if gone:
        engine.delete(sorted(gone))
    if found:
        engine.upsert(found)


def _mark(
    database: Database,
    entries: Sequence[_Entry],
    *,
    done_at: datetime | None = None,
    problem: str | None = None,
) -> None:
    ids = [entry.id for entry in entries]
    with database.writing() as session:
        session.execute(
            update(Outbox)
            .where(Outbox.id.in_(ids))
            .values(done_at=done_at, attempts=Outbox.attempts + 1, last_problem=problem)
        )


def rebuild(
    database: Database, engine: Engine, clock: Clock, progress: Callable[[int], None] | None = None
) -> int:
    """Build the index anew from the database, swap it in, and return how many documents it holds.

    What was published while it was built is looked at again afterwards, so nothing is missed.
    """
    count = 0

    def counted(documents: Iterator[Document]) -> Iterator[Document]:
        nonlocal count
        for document in documents:
            count += 1
            if progress:
                progress(count)
            yield document

    with database.reading() as session:
        before = session.scalar(select(func.max(Outbox.id))) or 0
        engine.rebuild(counted(all_documents(session, china_date(clock.now()))))
    now = clock.now()
    with database.writing() as session:
        session.execute(
            update(Outbox).where(Outbox.id <= before, Outbox.done_at.is_(None)).values(done_at=now)
        )
        # Rows drained while the new index was being built went into the old one.
        session.execute(update(Outbox).where(Outbox.id > before).values(done_at=None))
        lock_registry(session).reindexed_at = now
    return count


def ask_for_reindex(database: Database, clock: Clock) -> datetime:
    """Ask the process that owns the index to rebuild it; returns the moment of asking."""
    now = clock.now()
    with database.writing() as session:
        lock_registry(session).reindex_wanted_at = now
    return now


def answer_reindex_request(database: Database, engine: Engine, clock: Clock) -> bool:
    """Rebuild the index if somebody asked since the last rebuild; return whether that was so."""
    with database.reading() as session:
        state = session.get(RegistryState, 1)
        wanted = state.reindex_wanted_at if state else None
        done = state.reindexed_at if state else None
    if wanted is None or (done is not None and done >= wanted):
        return False
    rebuild(database, engine, clock)
    return True
