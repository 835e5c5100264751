"""Drift: where the index and the register disagree although nothing waits to be indexed, and how it is mended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, or_, select
from sqlalchemy.orm import Session

from search.engine import Engine
from service.calendar import Clock, china_date
from service.register.database import Database
from service.register.editing import lock_registry
from service.register.indexing.building import all_documents, kinds_of
from service.register.indexing.draining import drain
from service.register.models import Outbox, RegistryState
from service.vocabulary import RecordKind


@dataclass(frozen=True, slots=True)
class Drift:
    """Ids of records that the index lacks, should not have, or has otherwise than the register."""

    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    different: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.missing) + len(self.extra) + len(self.different)

    def __iter__(self) -> Iterator[str]:
        yield from (*self.missing, *self.extra, *self.different)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits for the index."""

    pending: int
    oldest_at: datetime | None
    reindexed_at: datetime | None


def backlog(database: Database) -> Backlog:
    """Return how many outbox rows wait, since when, and when the index was last rebuilt."""
    with database.reading() as session:
        statement = select(func.count(), func.min(Outbox.created_at)).where(Outbox.done_at.is_(None))
        pending, oldest_at = session.execute(statement).one()
        state = session.get(RegistryState, 1)
        return Backlog(
            pending=pending, oldest_at=oldest_at, reindexed_at=state.reindexed_at if state else None
        )


def drift(database: Database, engine: Engine, clock: Clock) -> Drift:
    """Return where index and register disagree; records that wait for the index or change meanwhile do not count.

    Raises:
        SearchUnavailable: the engine cannot be read.
    """
    with database.reading() as session:
        newest = session.scalar(select(func.max(Outbox.id))) or 0
        unsettled = _unsettled(session, newest)
    held = engine.fingerprints()
    with database.reading() as session:
        wanted = {one.id: one.fingerprint for one in all_documents(session, china_date(clock.now()))}
        unsettled |= _unsettled(session, newest)
    return _compare(held, wanted, unsettled)


def repair(database: Database, engine: Engine, clock: Clock) -> Drift:
    """Put right what drifted and return what that was.

    Each record goes through the outbox like any change: a publication at the same moment is never overwritten
    by an older look, and where another process owns the index, that one does the work.

    Raises:
        SearchUnavailable: the engine is away or owned by another process; the outbox keeps what is to be done.
    """
    found = drift(database, engine, clock)
    if len(found):
        _look_again_at(database, found, clock)
    while drain(database, engine, clock):
        pass
    return found


def _unsettled(session: Session, newest: int) -> set[str]:
    statement = select(Outbox.record_ulid).where(or_(Outbox.done_at.is_(None), Outbox.id > newest))
    return set(session.scalars(statement))


def _compare(held: Mapping[str, str], wanted: Mapping[str, str], unsettled: set[str]) -> Drift:
    def settled(ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(set(ids) - unsettled))

    return Drift(
        missing=settled(wanted.keys() - held.keys()),
        extra=settled(held.keys() - wanted.keys()),
        different=settled(each for each, seal in wanted.items() if held.get(each, seal) != seal),
    )


def _look_again_at(database: Database, found: Drift, clock: Clock) -> None:
    with database.writing() as session:
        state = lock_registry(session)
        kinds = kinds_of(session, found)
        rows = [
            {
                # A record that the register never had may be looked up under any kind: it is found under none.
                "record_kind": kinds.get(ulid, RecordKind.GI_PRODUCT),
                "record_ulid": ulid,
                "revision_number": state.revision_number,
                "created_at": clock.now(),
                "attempts": 0,
            }
            for ulid in found
        ]
        session.execute(insert(Outbox), rows)
