"""The worker: drains the outbox into the search index, makes the register's files, erases what may be kept no longer.

A thread of `serve`, or a process of its own.
"""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta

import structlog

from search.engine import Engine, SearchUnavailable
from service.calendar import Clock
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
    """Keeps one index and one folder of files in step with one register until it is told to stop."""

    def __init__(self, database: Database, engine: Engine, clock: Clock, editions: EditionStore) -> None:
        self._database = database
        self._engine = engine
        self._clock = clock
        self._editions = editions
        self._seen: Wanted | None = None
        self._build_at = 0.0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._erased_at: datetime | None = None

    def start(self) -> None:
        """Run in a thread of this process."""
        self._thread = threading.Thread(target=self.run, name="index-worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the batch in hand and stop."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def run(self) -> None:
        """Work until stopped; an engine that is away is tried again, more and more patiently."""
        wait = _IDLE_S
        while not self._stopping.is_set():
            try:
                worked = self._work()
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
