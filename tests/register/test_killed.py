"""A process killed with SIGKILL while it publishes: each publication is there whole, or not at all."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from service.register import auditing
from service.register.models import AuditEvent, GiProduct, Outbox, RegistryRevision, RegistryState, Revision

ROOT = Path(__file__).resolve().parents[2]
EACH = 3
ENDLESS = """
import sys
sys.path[:0] = [{root!r}, {folder!r}]
from factories import a_draft, a_payload, a_reviewer, NOW
from service.register import editing
from service.register.database import Database
register = Database({url!r})
for n in range(10**6):
    with register.writing() as session:
        drafts = [
            a_draft(session, a_payload("gi_product", code=key, slug=key.lower(), name="J", home_relation="in_district"))
            for key in (f"P{{n}}-{{k}}-{{sys.argv[1]}}" for k in range({each}))
        ]
        number = editing.publish(session, drafts, by=a_reviewer(session), at=NOW)
    print(number, flush=True)
"""


def killed(database, rounds: int) -> None:
    """Let processes publish and kill each at a moment of its own; look at what they left after every one."""
    url = database.url.render_as_string(hide_password=False)
    script = ENDLESS.format(root=str(ROOT), folder=str(Path(__file__).parent), url=url, each=EACH)
    moments = random.Random(20261123)
    for round_ in range(rounds):
        running = subprocess.Popen(
            [sys.executable, "-c", script, str(round_)], stdout=subprocess.PIPE, text=True
        )
        acknowledged = [running.stdout.readline() for _ in range(2)]
        time.sleep(moments.uniform(0, 0.1))
        os.kill(running.pid, signal.SIGKILL)
        acknowledged += running.stdout.readlines()
        running.wait()
        running.stdout.close()
        whole(database, max(int(line) for line in acknowledged if line.endswith("\n")))


def whole(database, acknowledged: int) -> None:
    _until_the_server_noticed(database)
    with database.reading() as session:
        number = session.scalar(select(RegistryState.revision_number))
        # All that was acknowledged is there, and one more at most, whose acknowledgement was not written any more.
        assert acknowledged <= number <= acknowledged + 1

        def count(model, *conditions):
            return session.scalar(select(func.count()).select_from(model).where(*conditions))

        published = Revision.revision_number.is_not(None)
        counts = {
            count(GiProduct),
            count(Outbox),
            count(Revision),
            count(Revision, published),
            count(AuditEvent, AuditEvent.revision_number.is_not(None)),
            count(AuditEvent, AuditEvent.act == "drafted"),
        }
        assert counts == {EACH * number}
        assert session.scalars(
            select(RegistryRevision.number).order_by(RegistryRevision.number)
        ).all() == list(range(1, number + 1))
        assert list(auditing.broken_links(session)) == []


def _until_the_server_noticed(database) -> None:
    """Wait until the killed process's connection is gone: a server may still be committing what it was told."""
    if database.is_sqlite:
        return
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND state IS NOT NULL AND query NOT LIKE '%pg_stat_activity%' AND state <> 'idle'"
    )
    for _ in range(100):
        with database.reading() as session:
            if not session.scalar(others):
                return
        time.sleep(0.05)
    raise AssertionError("the connection of a killed process stays")


@pytest.mark.timeout(180)
def test_a_process_killed_while_publishing_leaves_whole_publications_only(register):
    killed(register, 3)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_thirty_killed_processes_leave_whole_publications_only(register):
    killed(register, 30)
