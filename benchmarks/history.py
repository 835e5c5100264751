"""Reads and deregistrations side by side for a minute: how many there were, and that none was answered by the past.

`./run bench history` grants authorisations on each database, lets readers ask the whole application while a writer
deregisters firm after firm, checks the history (tests/history_checking.py), and does the same with two programs that
are wrong on purpose, which the check must catch. It writes the table into benchmarks/README.md.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer

from benchmarks import round_robin
from service.register import migrating
from service.register.database import Database

ROOT = Path(__file__).resolve().parents[1]
app = typer.Typer(add_completion=False)
FLAWS = {"": "as it is", "cache": "an answer kept for a second", "no_commit": "a commit left out"}


@app.command()
def run(
    *,
    firms: Annotated[int, typer.Option(help="Authorisations to deregister, spread over the time.")] = 3_000,
    seconds: float = 60,
    readers: Annotated[int, typer.Option(help="Processes that ask.")] = 2,
    write: Annotated[bool, typer.Option(help="Write benchmarks/README.md.")] = True,
) -> None:
    """Make the histories, check them and print the table."""
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "register")]
    import history_checking

    head = f"`./run bench history --firms {firms} --seconds {seconds:g} --readers {readers}`\n"
    rows = [
        "| database | program | reads | deregistrations | reads that met one | answered by the past |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for label, opened in (("embedded", _embedded), ("PostGIS", _postgis)):
        for flaw, words in FLAWS.items():
            few, short = (firms, seconds) if not flaw else (firms // 10, seconds / 10)
            with opened() as url:
                _fill(history_checking, url, few)
                plan = history_checking.Plan(url, few, short, readers=readers, flaw=flaw)
                found = history_checking.judge(history_checking.make(plan))
            rows.append(
                f"| {label} | {words}, {short:g} s | {found.reads:,} | {found.deregistrations:,} | {found.met:,} |"
                f" {found.violations:,} |"
            )
            print(rows[-1], flush=True)
            if bool(found.violations) is not bool(flaw):
                raise typer.Exit(code=1)
    if write:
        round_robin.write_section("history", "\n".join([head, *rows]))


def _fill(checking: Any, url: str, firms: int) -> None:
    database = Database(url)
    migrating.migrate(database)
    checking.fill(database, firms)
    database.dispose()


@contextmanager
def _embedded() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/history.sqlite"


@contextmanager
def _postgis() -> Iterator[str]:
    import postgres

    with postgres.cluster() as server:
        with psycopg.connect(f"{server.replace('+psycopg', '')}postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE history")
        yield f"{server}history"


if __name__ == "__main__":
    app()
