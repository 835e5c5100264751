"""The worker: drains the outbox into the search index, makes the register's files, tells receivers of changes.

It also has the errands done that were asked for at the desk, and erases what may be kept no longer.

A thread of `serve`, or a process of its own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from search.engine import Engine, SearchUnavailable
from service.calendar import Clock
from service.courier import Courier
from service.errand_line import ErrandLine
from service.errors import CannotConfirm
from service.register import indexing, leads, tallying
from service.register.database import Database
from service.register.open_data import EditionStore, Wanted

_log = structlog.get_logger(__name__)
_IDLE_S = 0.5
_LONGEST_WAIT_S = 30.0
_ERASE_EVERY = timedelta(hours=1)
_QUIET_S = 5.0
_AFTER_A_FULL_DISK_S = 300.0


class _Superseded(Exception):
    """The register moved on, or we are to stop: the files being made are given up, the index comes first."""


class Worker:
    """Keeps one index, one folder of files and the receivers in step with one register until it is told to stop."""

    def __init__(
        self,
        database: Database,
        engine: Engine,
        clock: Clock,
        editions: EditionStore,
        courier: Courier | None = None,
        *,
        errands: ErrandLine | None = None,
    ) -> None:
        self._database = database
        self._engine = engine
        self._clock = clock
        self._editions = editions
        self._seen: Wanted | None = None
        self._build_at = 0.0
        self._courier = courier
        self._errands = errands
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._erased_at: datetime | None = None

    def start(self) -> None:
        """Run in threads of this process."""
        self._begin("index-worker", self._work)
        self._begin_lines()

    def stop(self) -> None:
        """Finish what is in hand and stop."""
        self._stopping.set()
        if self._errands is not None:
            self._errands.stop()
        for thread in self._threads:
            thread.join(timeout=10)

    def run(self) -> None:
        """Work until stopped."""
        self._begin_lines()
        self._repeat(self._work)

    def _begin_lines(self) -> None:
        # Lines of their own: neither a receiver that keeps us waiting nor a long import may hold up the index.
        if self._courier is not None:
            self._begin("courier", self._courier.deliver_next)
        if self._errands is not None:
            self._begin("errands", self._errands.do_next)

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
                wait = _longer(wait)
            except CannotConfirm as error:
                _log.warning("register_unavailable", problem=error.problem)
                wait = _longer(wait)
            except Exception:  # noqa: BLE001
                # The top of the worker: whatever it was, the outbox still says what is to be done.
                _log.exception("worker_failed")
                wait = _longer(wait)
            else:
                wait = 0.0 if worked else _IDLE_S
            self._stopping.wait(wait)

    def _work(self) -> bool:
        self._erase()
        if not self._engine.stats().is_current:
            # An index of another analysis or none at all: build it from the register.
            indexing.rebuild(self._database, self._engine, self._clock)
            return True
        if indexing.answer_reindex_request(self._database, self._engine, self._clock):
            return True
        if indexing.drain(self._database, self._engine, self._clock) > 0:
            return True
        return self._make_files()

    def _make_files(self) -> bool:
        """Build the edition of a register that has stood still for some seconds; return whether one was built."""
        wanted = self._wanted()
        if wanted != self._seen:
            self._seen, self._build_at = wanted, time.monotonic() + _QUIET_S
        if time.monotonic() < self._build_at or self._editions.find(wanted) is not None:
            return False
        try:
            return self._editions.build(self._clock.now(), self._demand_stillness) is not None
        except _Superseded:
            return True
        except OSError as error:  # a full disk must not keep the index waiting
            self._build_at = time.monotonic() + _AFTER_A_FULL_DISK_S
            _log.warning("files_not_made", reason=type(error).__name__)
            return False

    def _wanted(self) -> Wanted:
        with self._database.reading() as session:
            return self._editions.wanted(session, self._clock.now())

    def _demand_stillness(self) -> None:
        if self._stopping.is_set() or self._wanted() != self._seen:
            raise _Superseded

    def _erase(self) -> None:
        now = self._clock.now()
        if self._erased_at is not None and now - self._erased_at < _ERASE_EVERY:
            return
        with self._database.writing() as session:
            contacts, counts = leads.erase_due(session, now), tallying.erase_old(session, now)
        self._erased_at = now
        if contacts:
            _log.info("lead_contacts_erased", count=contacts)
        if counts:
            _log.info("verification_counts_erased", count=counts)


def _longer(wait: float) -> float:
    """Return how long to wait after one more failure; after work that went well the waiting begins anew."""
    return min(max(wait, _IDLE_S) * 2, _LONGEST_WAIT_S)
