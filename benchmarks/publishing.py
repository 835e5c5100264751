"""From the commit of a publication to the public page and to a search that finds it, with the embedded engine.

`./run bench publishing` serves a register of its own with its worker, on SpatiaLite and on PostGIS, publishes new firms
one after another as two people do, and asks page and search until both show the firm.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import psycopg
import typer
import uvicorn

from benchmarks import round_robin
from seed import load
from service.calendar import SystemClock
from service.register import editing, migrating
from service.register.database import Database
from service.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
_PATIENCE_S = 30.0
_PAUSE_S = 0.001
app = typer.Typer(add_completion=False)


@app.callback(invoke_without_command=True)
def run(
    context: typer.Context,
    *,
    publications: Annotated[int, typer.Option(help="Firms to publish on each database.")] = 200,
    write: Annotated[bool, typer.Option(help="Write benchmarks/README.md.")] = True,
) -> None:
    """Measure, print the table and write it."""
    if context.invoked_subcommand is not None:
        return
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "register")]
    lines = [
        f"`./run bench publishing --publications {publications}`\n",
        "| database | visible | median ms | p95 ms | p99 ms | most ms |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for label, opened in (("embedded", _embedded), ("PostGIS", _postgis)):
        with tempfile.TemporaryDirectory() as folder, opened(folder) as url:
            page, search = _measured(url, folder, publications)
        for what, spans in (("on its page", page), ("in search", search)):
            figures = " | ".join(f"{1000 * each:.1f}" for each in _figures(spans))
            lines.append(f"| {label} | {what} | {figures} |")
            print(lines[-1], flush=True)
    if write:
        round_robin.write_section("publishing", "\n".join(lines))


@app.command()
def serve(url: str, folder: str, port: int) -> None:
    """Serve the whole application, its worker within it."""
    from service.app import create_app

    base = f"http://127.0.0.1:{port}"
    settings = Settings(data_dir=Path(folder), database_url=url, base_url=base, limits=False)
    uvicorn.run(create_app(settings), port=port, log_level="error")


def _measured(url: str, folder: str, publications: int) -> tuple[list[float], list[float]]:
    """Return the seconds from each commit to the page and to the search that show what was published."""
    database = Database(url)
    migrating.migrate(database)
    load.load(database, SystemClock(), Path(folder) / "documents", demonstration=True)
    port = round_robin.free_port()
    command = [sys.executable, "-m", "benchmarks.publishing", "serve", url, folder, str(port)]
    page: list[float] = []
    search: list[float] = []
    with round_robin.serving(command, f"http://127.0.0.1:{port}/healthz", wait_s=180):
        site = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
        _wait(lambda: _ask(site, "/api/v1/search?q=%E7%A4%BA%E4%BE%8B")[0] == 200)
        for number in range(publications):
            name = f"示例测速{number:04d}有限公司"
            path = f"/organisations/{_publish(database, name)}"
            published = time.perf_counter()
            _wait(partial(_shows, site, path, name))
            page.append(time.perf_counter() - published)
            _wait(partial(_finds, site, path, name))
            search.append(time.perf_counter() - published)
        site.close()
    database.dispose()
    return page, search


def _publish(database: Database, name: str) -> str:
    """Publish a new firm as two people do, and return its code once that is committed."""
    from factories import a_draft, a_payload, a_reviewer, a_uscc

    now = SystemClock().now()
    with database.writing() as session:
        payload = a_payload("organisation", uscc=a_uscc(), name=name)
        draft = a_draft(session, payload, at=now)
        editing.publish(session, [draft], by=a_reviewer(session), at=now)
        return str(payload.uscc)


def _shows(site: HTTPConnection, path: str, name: str) -> bool:
    status, body = _ask(site, path)
    return status == 200 and name.encode() in body


def _finds(site: HTTPConnection, path: str, name: str) -> bool:
    _, body = _ask(site, f"/api/v1/search?q={quote(name)}")
    # By its address: a firm that is not in the index yet is in no answer, whatever others are like it.
    return any(hit["url"].endswith(path) for hit in json.loads(body)["hits"])


def _ask(site: HTTPConnection, path: str) -> tuple[int, bytes]:
    site.request("GET", path)
    reply = site.getresponse()
    return reply.status, reply.read()


def _wait(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE_S
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError("what was published did not show")
        time.sleep(_PAUSE_S)


def _figures(spans: list[float]) -> tuple[float, float, float, float]:
    ordered = sorted(spans)
    median, p95, p99 = (ordered[min(len(ordered) - 1, int(len(ordered) * q))] for q in (0.5, 0.95, 0.99))
    return median, p95, p99, ordered[-1]


@contextmanager
def _embedded(folder: str) -> Iterator[str]:
    yield f"sqlite:///{folder}/register.sqlite"


@contextmanager
def _postgis(_folder: str) -> Iterator[str]:
    import postgres

    with postgres.cluster() as server:
        with psycopg.connect(f"{server.replace('+psycopg', '')}postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE publishing")
        yield f"{server}publishing"


if __name__ == "__main__":
    app()
