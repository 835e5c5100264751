"""P10: lists of the staff desk beside sqladmin's lists of the same tables, with many trademarks and a long trail.

`./run bench desk` fills a register of its own once, serves it, and loads both in turn; its tables go into
benchmarks/README.md. Ours is the whole desk: a session and its rights are read for each request.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn
from sqlalchemy import func, insert, select, text, update

from benchmarks import round_robin
from benchmarks.round_robin import Candidate
from seed import load
from service.calendar import SystemClock
from service.errors import RecordNotFound
from service.register import accounts, migrating
from service.register.accounts.sessions import open_session
from service.register.database import Database
from service.register.models import AuditEvent, RegistryState, TrademarkRecord
from service.settings import Settings
from service.vocabulary import MarkStatus, Role

FOLDER = Path(__file__).resolve().parents[1] / "var" / "bench" / "desk"
_AT_ONCE = 20_000
_PAGES = {
    "trademarks of a status, by name": (
        "/staff/records/trademark?status=registered&sort=name",
        "/admin/mark/list?status=registered&sortBy=name&sort=asc",
    ),
    "trademarks, all, as they come": ("/staff/records/trademark", "/admin/mark/list"),
    "trademarks, page 2,000 by name": (
        "/staff/records/trademark?sort=name&page=2000",
        "/admin/mark/list?sortBy=name&sort=asc&page=2000",
    ),
    "trademarks with a text anywhere": (
        "/staff/records/trademark?q=12345",
        "/admin/mark/list?search=12345",
    ),
    "the audit trail": ("/staff/audit", "/admin/audit/list"),
}
app = typer.Typer(add_completion=False)


@app.callback(invoke_without_command=True)
def run(
    context: typer.Context,
    marks: Annotated[int, typer.Option()] = 100_000,
    audit_rows: Annotated[int, typer.Option()] = 1_000_000,
    rounds: Annotated[int, typer.Option()] = 5,
    seconds: Annotated[int, typer.Option()] = 2,
) -> None:
    """Measure and write the tables."""
    if context.invoked_subcommand is not None:
        return
    settings = Settings(data_dir=FOLDER)
    database = Database(settings.effective_database_url)
    token = _filled(database, marks, audit_rows)
    cookie = f"Cookie: sid={token}"
    parts = [
        f"`./run bench desk --marks {marks} --audit-rows {audit_rows} --rounds {rounds} --seconds {seconds}`"
    ]
    with ExitStack() as stack:
        ours, peer = round_robin.free_port(), round_robin.free_port()
        pid = stack.enter_context(
            round_robin.serving(
                [sys.executable, "-m", "benchmarks.desk", "serve", str(ours)],
                f"http://127.0.0.1:{ours}/healthz",
            )
        )
        peer_pid = stack.enter_context(
            round_robin.serving(
                [
                    str(_environment()),
                    str(Path(__file__).with_name("desk_peer.py")),
                    str(database.url.database),
                    str(peer),
                ],
                f"http://127.0.0.1:{peer}/admin/",
            )
        )
        for name, (own, theirs) in _PAGES.items():
            candidates = [
                Candidate("sqladmin", f"http://127.0.0.1:{peer}{theirs}", peer_pid),
                Candidate("Dibiao", f"http://127.0.0.1:{ours}{own}", pid, (cookie,)),
            ]
            results = round_robin.measure(candidates, connections=1, rounds=rounds, seconds=seconds)
            parts.append(f"#### {name}\n\n{round_robin.table(results)}")
            print(parts[-1])
    database.dispose()
    round_robin.write_section("desk", "\n\n".join(parts))


@app.command()
def serve(port: int) -> None:
    """Serve the whole application; another process would keep the index."""
    from service.app import create_app

    settings = Settings(data_dir=FOLDER, base_url=f"http://127.0.0.1:{port}")
    uvicorn.run(create_app(settings, works=False), port=port, log_level="error")


def _filled(database: Database, marks: int, audit_rows: int) -> str:
    """Fill the register where it has less, and return the cookie of an auditor who signed in now."""
    migrating.migrate(database)
    with database.reading() as session:
        is_empty = session.scalar(select(func.count()).select_from(RegistryState)) == 0
    if is_empty:
        load.load(database, SystemClock(), FOLDER / "documents", demonstration=True)
    _add_marks(database, marks)
    _add_rows(database, audit_rows)
    now = SystemClock().now()
    with database.writing() as session:
        try:
            user = accounts.find_staff(session, "bench")
        except RecordNotFound:
            made = accounts.NewAccount(
                login="bench", display_name="量", person="bench", roles=(Role.AUDITOR,)
            )
            user, _ = accounts.open_account(session, made, by=None, at=now)
        user.one_time_until = None
        session.flush()
        return open_session(session, user, at=now, browser="bench", is_proven=True)


def _add_marks(database: Database, marks: int) -> None:
    states = [MarkStatus.REGISTERED, MarkStatus.APPLIED, MarkStatus.CANCELLED, MarkStatus.PUBLISHED]
    with database.writing() as session:
        have = session.scalar(select(func.count()).select_from(TrademarkRecord)) or 0
        like = dict(session.execute(select(TrademarkRecord.__table__).limit(1)).mappings().one())
        del like["id"]

        def row(number: int) -> dict[str, Any]:
            return like | {
                "ulid": f"01ARZ3NDEKTSV4RRFF{number:08d}",
                "registration_no": f"7{number:07d}",
                "name": f"示例商标{number * 7919 % 100_003}",
                "registrant_name": f"示例注册人{number % 997}",
                "status": states[number % len(states)],
                "revision_number": 1 + number // 500,
            }

        for chunk in _chunks(have, marks):
            session.execute(insert(TrademarkRecord), [row(number) for number in chunk])
        session.execute(text("ANALYZE"))


def _add_rows(database: Database, audit_rows: int) -> None:
    """Add rows to the trail; they are not chained, since nothing here follows the chain."""
    acts = ("drafted", "edited", "submitted", "created", "changed")
    with database.writing() as session:
        last = session.scalar(select(func.max(AuditEvent.sequence))) or 0
        for chunk in _chunks(last, audit_rows):
            rows = [
                {
                    "sequence": number + 1,
                    "at": datetime.fromtimestamp(1_700_000_000 + number, UTC),
                    "actor_id": 1,
                    "act": acts[number % len(acts)],
                    "record_kind": "trademark",
                    "record_ulid": f"01ARZ3NDEKTSV4RRFF{number % 100_000:08d}",
                    "changes": {},
                    "previous_hash": "0" * 64,
                    "hash": f"{number:064x}",
                }
                for number in chunk
            ]
            session.execute(insert(AuditEvent), rows)
        session.execute(update(RegistryState).values(audit_sequence=max(last, audit_rows)))


def _chunks(first: int, last: int) -> Iterator[range]:
    for start in range(first, last, _AT_ONCE):
        yield range(start, min(start + _AT_ONCE, last))


def _environment() -> Path:
    """Return the interpreter of sqladmin's own environment, made at the first run."""
    folder = FOLDER / "sqladmin"
    python = folder / "bin" / "python"
    if not python.is_file():
        venv.create(folder, with_pip=True)
        packages = ("sqladmin==0.32.0", "uvicorn", "sqlalchemy[asyncio]")
        subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=True)
    return python


if __name__ == "__main__":
    app()
