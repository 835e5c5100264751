"""How the public site answers while the worker applies a batch of 20,000 rows, against the same site in quiet.

`./run bench meanwhile` drafts the batch, serves the site with its worker, and asks for a verification and the home page
at a steady rate: first in quiet, then from the moment the batch is to be applied until it is. A question counts from
the moment it was due, so that one which had to wait for another is not hidden.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles

import typer
import uvicorn

from benchmarks import importing, round_robin
from search.engine import open_engine
from service.app import create_app
from service.calendar import SystemClock
from service.register import accounts, annexes, indexing
from service.register.annexes.intake import intake_of
from service.register.database import Database
from service.register.sent_tables import annexes as reading
from service.settings import Settings
from service.vocabulary import ErrandKind, Role

_EVERY_S = 0.05
_WARM_S = 30
_PAGES = {"a verification": "/verify?code=93500114MA0TERT081&target=shili-yunwuguo", "the home page": "/"}
app = typer.Typer(add_completion=False)


@app.callback(invoke_without_command=True)
def run(context: typer.Context, rows: int = 20_000, quiet_s: int = 20) -> None:
    """Measure and write the table."""
    if context.invoked_subcommand is not None:
        return
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), limits=False)
        database, batch = _drafted(settings, rows)
        port = round_robin.free_port()
        command = [sys.executable, "-m", "benchmarks.meanwhile", "serve", str(port), folder]
        address = f"http://127.0.0.1:{port}"
        with round_robin.serving(command, f"{address}/healthz"):
            warm = time.monotonic() + _WARM_S  # it makes its files first
            _asked(address, lambda: time.monotonic() < warm)
            deadline = time.monotonic() + quiet_s
            quiet = _asked(address, lambda: time.monotonic() < deadline)
            errand = _ask(database, batch)
            began = time.monotonic()
            busy = _asked(address, lambda: _is_waiting(database))
            taken = time.monotonic() - began
        with database.reading() as session:
            state = annexes.find_batch(session, batch).state
        database.dispose()
    print(errand, state)
    head = f"`./run bench meanwhile --rows {rows} --quiet-s {quiet_s}`; the batch took {taken:.0f} s"
    table = _table(quiet, busy)
    print(table)
    round_robin.write_section("meanwhile", f"{head}\n\n{table}")


@app.command()
def serve(port: int, folder: Path) -> None:
    """Serve the site with its worker."""
    settings = Settings(data_dir=folder, limits=False, base_url=f"http://127.0.0.1:{port}")
    uvicorn.run(create_app(settings), port=port, log_level="error")


def _drafted(settings: Settings, rows: int) -> tuple[Database, str]:
    """Return a register on which a batch of so many rows waits for review, and the batch."""
    importing.make_register(settings.data_dir / "register.sqlite")
    database, clock = Database(settings.effective_database_url), SystemClock()
    content = importing.annex_of(rows).encode()
    # Read here, not confined: what is measured comes later, and a busy machine may take longer than is allowed.
    intake = intake_of(reading.read(content, {"name": "annex.csv"}), content, "annex.csv")
    choices = [annexes.choice_of(*annexes.suggest(table)) for table in intake.tables]
    with database.writing() as session:
        accounts.add_staff(
            session, login="shen", display_name="申", person="shen", roles=[Role.REVIEWER], at=clock.now()
        )
        by = accounts.find_staff(session, "li")
        desk = annexes.Desk(session, by, clock.now(), settings.documents_dir)
        batch = annexes.draft_batch(desk, content, intake, choices, importing.FACTS, override_reason="示例")
        if batch is None:
            raise RuntimeError("nothing was drafted")
        ulid = batch.ulid
    engine = open_engine(settings.search_url, directory=settings.index_dir, writable=True)
    indexing.rebuild(database, engine, clock)
    engine.close()
    return database, ulid


def _ask(database: Database, batch: str) -> str:
    with database.writing() as session:
        desk = annexes.Desk(session, accounts.find_staff(session, "shen"), SystemClock().now(), Path())
        found = annexes.find_batch(session, batch)
        editions = annexes.editions_of(session, found)
        return annexes.errands.ask(desk, ErrandKind.APPLY, found.file, editions=editions).ulid


def _is_waiting(database: Database) -> bool:
    with database.reading() as session:
        return annexes.errands.next_errand(session) is not None


def _asked(address: str, goes_on: Callable[[], bool]) -> dict[str, list[float]]:
    """Return the milliseconds of every answer by page, each page asked for at a steady rate of its own."""
    found: dict[str, list[float]] = {name: [] for name in _PAGES}
    stopped = threading.Event()

    def load(name: str, path: str) -> None:
        due = time.monotonic()
        while not stopped.is_set():
            with urllib.request.urlopen(address + path, timeout=60) as reply:  # noqa: S310  (our own server)
                reply.read()
            found[name].append(1000 * (time.monotonic() - due))
            due += _EVERY_S
            time.sleep(max(due - time.monotonic(), 0))

    threads = [threading.Thread(target=load, args=page, daemon=True) for page in _PAGES.items()]
    for thread in threads:
        thread.start()
    while goes_on() and all(thread.is_alive() for thread in threads):
        time.sleep(0.25)
    stopped.set()
    for thread in threads:
        thread.join(60)
    return found


def _table(quiet: dict[str, list[float]], busy: dict[str, list[float]]) -> str:
    lines = [
        "| public page | answers | p95 in quiet, ms | p95 meanwhile, ms | ratio | slowest meanwhile, ms |",
        "|---|---|---|---|---|---|",
    ]
    for name in _PAGES:
        before, during = (quantiles(each[name], n=20)[-1] for each in (quiet, busy))
        lines.append(
            f"| {name} | {len(busy[name])} | {before:.1f} | {during:.1f} | {during / before:.1f} |"
            f" {max(busy[name]):.0f} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    app()
