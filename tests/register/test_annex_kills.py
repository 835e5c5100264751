"""A process killed while it does the errand of applying a batch leaves all of it or nothing (T33, X31)."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from annex_desk import WHY, Office
from factories import NOW
from sqlalchemy import func, select

from service.register import auditing
from service.register.models import AnnexErrand, Authorisation, Organisation, Outbox, RegistryState, Revision
from service.vocabulary import DraftState, ErrandKind

HERE = Path(__file__).parent
DRAFTS = 96


class Killer:
    """Lets errands be done by processes of their own, and kills these after so many seconds."""

    def __init__(self, process) -> None:
        self._process = process

    def do(self, url, errand, folder, seconds=None):
        """Return how the process ended (0 when it was done), and after how many seconds."""
        task = {"url": url, "errand": errand, "at": NOW.isoformat(), "folder": str(folder)}
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        child = int(self._process.stdout.readline())
        began = time.monotonic()
        if seconds is not None:
            time.sleep(seconds)
            with suppress(ProcessLookupError):  # it was done already
                os.kill(child, signal.SIGKILL)
        status = int(self._process.stdout.readline())
        return status, time.monotonic() - began


@contextmanager
def a_killer():
    process = subprocess.Popen(
        [sys.executable, str(HERE / "applying_child.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
    )
    try:
        yield Killer(process)
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


def figures(database):
    """What a publication changes, as numbers."""
    with database.reading() as session:
        counted = [
            session.scalar(select(func.count()).select_from(model))
            for model in (Organisation, Authorisation, Outbox)
        ]
        published = session.scalar(
            select(func.count()).where(Revision.state == DraftState.PUBLISHED, Revision.batch_id.is_not(None))
        )
        state = session.get_one(RegistryState, 1)
        assert list(auditing.broken_links(session)) == []
        return (*counted, published, state.revision_number, state.audit_sequence)


def is_done(database, errand):
    with database.reading() as session:
        return (
            session.scalars(select(AnnexErrand.ended_at).where(AnnexErrand.ulid == errand)).one() is not None
        )


@pytest.mark.timeout(900)
@pytest.mark.parametrize("kills", [5, pytest.param(30, marks=pytest.mark.long)])
def test_a_batch_is_applied_whole_or_not_at_all(backend, registers, opened, tmp_path, kills):
    chance = random.Random(901)

    def a_waiting_batch():
        url = registers.make(backend, "seeded")
        office = Office(opened(url), tmp_path)
        ulid = office.draft("48-declared-47-rows.xlsx", override_reason=WHY)
        errand = office.ask(ErrandKind.APPLY, ulid)
        return url, office.database, errand, figures(office.database)

    with a_killer() as killer:
        url, database, errand, before = a_waiting_batch()
        status, whole_s = killer.do(url, errand, tmp_path)
        after = figures(database)
        assert (status, after[3] - before[3]) == (0, DRAFTS)
        url, database, errand, before = a_waiting_batch()
        whole = tuple(now - then for now, then in zip(after, before, strict=True))
        killed = 0
        for _ in range(kills):
            status, _ = killer.do(url, errand, tmp_path, seconds=chance.uniform(0, whole_s))
            found = tuple(now - then for now, then in zip(figures(database), before, strict=True))
            assert is_done(database, errand) == any(found)
            assert found in {whole, (0,) * len(whole)}
            killed += status == signal.SIGKILL and not any(found)
            if any(found):
                url, database, errand, before = a_waiting_batch()
        assert killed > kills // 3, "too few were killed at work to show anything"
        status, _ = killer.do(url, errand, tmp_path)
        assert status == 0
        assert figures(database)[3] - before[3] == DRAFTS
