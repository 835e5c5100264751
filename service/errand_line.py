"""The line of errands: each is done by a process of its own, so that the site goes on answering while it works.

Twenty thousand rows keep an interpreter busy for minutes. A process of its own takes no turn away from the threads
that answer; it is less urgent than they are, may be killed, and leaves nothing half done (`annexes/doing.py`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from service.calendar import Clock, SystemClock
from service.errors import CannotConfirm
from service.logs import configure_logs
from service.register import annexes
from service.register.database import Database
from service.settings import Settings

_log = structlog.get_logger(__name__)
_ROOT: Final = Path(__file__).resolve().parent.parent
_LESS_URGENT: Final = 5
_NOT_NOW: Final = 75
_LONGEST_S: Final = 3600
_TELL_EVERY_S: Final = 0.25


class ErrandLine:
    """Has the errands of one register done, one after another."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopping = False

    def do_next(self) -> bool:
        """Have the next errand done, of those put off least the oldest; return whether there was one.

        Raises:
            CannotConfirm: the register could not be reached or written; the errand waits, and others go before it.
        """
        with self._database.reading() as session:
            ulid = annexes.errands.next_errand(session)
        if ulid is None or self._is_stopping:
            return False
        code = self._run(ulid)
        if self._is_stopping:
            return False
        if code == _NOT_NOW:
            # A register that is away altogether cannot take this note either, and is no fault of the errand.
            with self._database.writing() as session:
                annexes.errands.note_put_off(session, ulid, at=self._clock.now())
            raise CannotConfirm("an errand could not write")
        if code:
            _log.warning("errand_crashed", errand=ulid, code=code)
            with self._database.writing() as session:
                annexes.errands.note_crash(session, ulid, at=self._clock.now())
        return True

    def stop(self) -> None:
        """End the process at work: what it did is undone, and its errand waits for the next start."""
        self._is_stopping = True
        if self._process is not None:
            self._process.kill()

    def _run(self, ulid: str) -> int:
        progress = progress_file(self._settings, ulid)
        progress.parent.mkdir(parents=True, exist_ok=True)
        task = {
            "errand": ulid,
            "database_url": self._settings.effective_database_url,
            "documents_dir": str(self._settings.documents_dir.resolve()),
            "progress": str(progress.resolve()),
            "ahead_s": (self._clock.now() - SystemClock().now()).total_seconds(),
        }
        with subprocess.Popen(
            [sys.executable, "-P", "-s", "-m", "service.errand_line"],
            stdin=subprocess.PIPE,  # an address may hold a password, which no list of processes may show
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
        ) as process:
            self._process = process
            if self._is_stopping:  # just now
                process.kill()
            try:
                process.communicate(json.dumps(task).encode(), timeout=_LONGEST_S)
            except subprocess.TimeoutExpired:
                process.kill()  # counted as a crash: one that hangs must not hold up those behind it
        self._process = None
        progress.unlink(missing_ok=True)
        return process.returncode


def progress_file(settings: Settings, ulid: str) -> Path:
    """Return where the process that does an errand writes how far it is; a sign for people, never a state."""
    return settings.data_dir / "errands" / ulid


def progress_of(settings: Settings, ulid: str) -> tuple[int, int] | None:
    """Return how many of how many things of an errand are done; None while nobody can say."""
    try:
        done, total = map(int, progress_file(settings, ulid).read_text(encoding="ascii").split())
    except (OSError, ValueError):
        return None
    return done, total


# ---- in the process of its own


def main() -> None:
    """Do the errand that standard input names."""
    os.nice(_LESS_URGENT)
    configure_logs()
    task = json.load(sys.stdin)
    database = Database(task["database_url"])
    doer = annexes.Doer(
        database,
        _AheadClock(timedelta(seconds=task["ahead_s"])),
        Path(task["documents_dir"]),
        _Teller(Path(task["progress"])),
    )
    try:
        doer.do(task["errand"])
    except CannotConfirm as error:
        _log.warning("register_unavailable", problem=error.problem)
        sys.exit(_NOT_NOW)
    finally:
        database.dispose()


@dataclass(frozen=True, slots=True)
class _AheadClock:
    """The clock of who has the errand done: the host's, so much ahead of it or behind."""

    ahead: timedelta

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return SystemClock().now() + self.ahead


class _Teller:
    """Writes how far an errand is, some times a second."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._aside = file.with_suffix(".new")
        self._told_at = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._told_at < _TELL_EVERY_S:
            return
        self._told_at = now
        with suppress(OSError):  # a full disk must not stop the work
            self._aside.write_text(f"{done} {total}", encoding="ascii")
            self._aside.replace(self._file)


if __name__ == "__main__":
    main()
