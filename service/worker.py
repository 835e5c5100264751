"""The worker: drains the outbox into the search index, tells receivers of changes, erases contacts when due.

A thread of `serve`, or a process of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from search.engine import Engine, SearchUnavailable
from service.calendar import Clock
from service.courier import Courier
from service.errors import CannotConfirm
from service.register import indexing, leads
from service.register.database import Database

_log = structlog.get_logger(__name__)
_IDLE_S = 0.5
_LONGEST_WAIT_S = 30.0
_ERASE_EVERY = timedelta(hours=1)


class Worker:
    """Keeps one index and the receivers in step with one register until it is told to stop."""

    def __init__(
        self, database: Database, engine: Engine, clock: Clock, courier: Courier | None = None
    ) -> None:
        self._database = database
        self._engine = engine
        self._clock = clock
        self._courier = courier
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._erased_at: datetime | None = None

    def start(self) -> None:
        """Run in threads of this process."""
        self._begin("index-worker", self._work)
        self._begin_courier()

    def stop(self) -> None:
        """Finish what is in hand and stop."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=10)

    def run(self) -> None:
        """Work until stopped."""
        self._begin_courier()
        self._repeat(self._work)

    def _begin_courier(self) -> None:
        # A line of its own: a receiver that keeps us waiting must not hold up the index.
        if self._courier is not None:
            self._begin("courier", self._courier.deliver_next)

    def _begin(self, name: str, work: Callable[[], bool]) -> None:
        thread = threading.Thread(target=self._repeat, args=(work,), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _repeat(self, work: Callable[[], bool]) -> None:
        """Do it until stopped; an engine or a register that is away is tried again, more and more patiently."""
        wait = _IDLE_S
        while not self._stopping.is_set():
            try:
                worked = work()
            except SearchUnavailable as error:
                _log.warning("index_unavailable", engine=error.engine, reason=error.reason)
                wait = min(wait * 2, _LONGEST_WAIT_S)
            except CannotConfirm as error:
                _log.warning("register_unavailable", problem=error.problem)
                wait = min(wait * 2, _LONGEST_WAIT_S)
            except Exception:  # noqa: BLE001
                # The top of the worker: whatever it was, the outbox still says what is to be done.
                _log.exception("worker_failed")
                wait = min(wait * 2, _LONGEST_WAIT_S)
            else:
                wait = 0.0 if worked else _IDLE_S
            self._stopping.wait(wait)

    def _work(self) -> bool:
        self._erase_contacts()
        if not self._engine.stats().is_current:
            # An index of another analysis or none at all: build it from the register.
            indexing.rebuild(self._database, self._engine, self._clock)
            return True
        if indexing.answer_reindex_request(self._database, self._engine, self._clock):
            return True
        return indexing.drain(self._database, self._engine, self._clock) > 0

    def _erase_contacts(self) -> None:
        now = self._clock.now()
        if self._erased_at is not None and now - self._erased_at < _ERASE_EVERY:
            return
        with self._database.writing() as session:
            erased = leads.erase_due(session, now)
        self._erased_at = now
        if erased:
            _log.info("lead_contacts_erased", count=erased)
