"""Pages over HTTP: home, results, product and verdict beside a bare page of the same bytes and beside datasette.

`./run bench site` serves the first data from both databases, takes the four pages, starts for each a bare Starlette
route and a raw ASGI application with the same bytes, a Jinja2 template that renders them from constants, and datasette
on the same tables; all are loaded in turn. It gives P2 (kept pages, and 304) and P3 (pages made anew), and writes
its tables into benchmarks/README.md.
"""

from __future__ import annotations

import html
import re
import sqlite3
import statistics
import subprocess
import sys
import urllib.request
import venv
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from sqlalchemy import func, select
from starlette.types import ASGIApp

from benchmarks import round_robin
from benchmarks.round_robin import Candidate, Result
from search.engine import open_engine
from seed import load
from service.calendar import SystemClock
from service.register import indexing, migrating
from service.register.database import Database
from service.register.models import GiProduct

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "bench" / "site"
PAGES = {
    "home": "/",
    "product": "/gi/shili-yunwuguo",
    "results": "/search?q=%E7%A4%BA%E4%BE%8B",
    "verdict": "/verify?code=93500114MA0TERT081&target=shili-yunwuguo",
}
KEPT = ("home", "product")
# What datasette shows of the same tables: its own start page, a table with a filter and two facets, and rows.
PEERS = {
    "home": "/",
    "product": "/plain/gi_product/29",
    "results": "/plain/gi_product?name__contains=%E7%A4%BA%E4%BE%8B&_size=20&_facet=home_relation&_facet=industry",
    "verdict": "/plain/authorisation/2",
}
TABLES = ("gi_product", "protection", "organisation", "authorisation", "trademark_record", "announcement")
app = typer.Typer(add_completion=False)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    port: int
    pid: int

    def asked(self, label: str, path: str, *headers: str) -> Candidate:
        """Return the candidate that asks it for a path."""
        return Candidate(label, f"http://127.0.0.1:{self.port}{path}", self.pid, headers)


@app.command()
def run(
    *,
    rounds: int = 7,
    seconds: int = 1,
    quick: Annotated[bool, typer.Option(help="Two rounds at 8 connections, to see that it works.")] = False,
    postgis: Annotated[bool, typer.Option(help="Also measure PostGIS.")] = True,
    write: Annotated[bool, typer.Option(help="Write benchmarks/README.md.")] = True,
) -> None:
    """Measure and print the tables."""
    rounds, every = (2, (8,)) if quick else (rounds, (1, 8))
    parts = [f"`./run bench site --rounds {rounds} --seconds {seconds}`"]
    with ExitStack() as stack:
        servers = _servers(stack, with_postgis=postgis)
        for name in PAGES:
            candidates = _candidates(servers, name)
            for connections in every:
                results = round_robin.measure(
                    candidates, connections=connections, rounds=rounds, seconds=seconds
                )
                many = f"{connections} connection{'s' * (connections > 1)}"
                parts += [f"**{name}**, {many}", round_robin.table(results), *_ratios(results)]
                print("\n\n".join(parts[-2 - len(_ratios(results)) :]), "\n")
    if write:
        round_robin.write_section("site", "\n\n".join(parts))


def _servers(stack: ExitStack, *, with_postgis: bool) -> dict[str, Server]:
    url = _filled(f"sqlite:///{FOLDER / 'register.sqlite'}")
    found = {
        "warm": _start(stack, "serve-ours", url, "32"),
        "cold": _start(stack, "serve-ours", url, "0"),
    }
    if with_postgis:
        found["postgis"] = _start(stack, "serve-ours", _filled(_postgis(stack)), "32")
    for name, path in PAGES.items():
        body = round_robin.read(f"http://127.0.0.1:{found['warm'].port}{path}")
        (FOLDER / f"{name}.html").write_bytes(body)
    for kind in ("starlette", "raw", "jinja"):
        found[kind] = _start(stack, f"serve-{kind}")
    found["datasette"] = _datasette(stack)
    return found


def _candidates(servers: dict[str, Server], name: str) -> list[Candidate]:
    path = PAGES[name]
    found = [
        servers["starlette"].asked("bare Starlette page", f"/{name}"),
        servers["raw"].asked("raw ASGI", f"/{name}"),
        servers["jinja"].asked("Jinja2 from constants", f"/{name}"),
    ]
    if name in KEPT:
        tag = _tag(servers["warm"], path)
        found += [
            servers["warm"].asked("Dibiao, kept", path),
            servers["warm"].asked("Dibiao, kept, 304", path, f"If-None-Match: {tag}"),
            servers["warm"].asked("Dibiao, kept, compressed (br)", path, "Accept-Encoding: br"),
        ]
        if "postgis" in servers:
            found.append(servers["postgis"].asked("Dibiao, kept, PostGIS", path))
        found.append(servers["cold"].asked("Dibiao, made anew", path))
    else:
        found.append(servers["warm"].asked("Dibiao", path))
    return [*found, servers["datasette"].asked("datasette", PEERS[name])]


def _ratios(results: Sequence[Result]) -> list[str]:
    """Return what the goals ask: medians of the ratios within each round."""
    named = {each.label: each for each in results}

    def ratio(ours: str, other: str) -> str:
        pairs = zip(named[ours].rounds, named[other].rounds, strict=True)
        each = [one.requests_per_s / two.requests_per_s for one, two in pairs]
        return f"{statistics.median(each):.2f} ({min(each):.2f}–{max(each):.2f})"

    lines = []
    if "Dibiao, kept" in named:
        lines.append(f"- P2: kept against raw ASGI {ratio('Dibiao, kept', 'raw ASGI')} (goal ≥ 0.7).")
        lines.append(f"- P2: as 304 against raw ASGI {ratio('Dibiao, kept, 304', 'raw ASGI')} (goal ≥ 1.2).")
        if "Dibiao, kept, PostGIS" in named:
            lines.append(f"- P2: PostGIS {ratio('Dibiao, kept, PostGIS', 'raw ASGI')} (goal ≥ 0.3).")
        cold = ratio("Dibiao, made anew", "Jinja2 from constants")
        lines.append(f"- P3: made anew against Jinja2 from constants {cold} (goal ≥ 0.5).")
        lines.append(f"- Made anew against datasette {ratio('Dibiao, made anew', 'datasette')}.")
        lines.append(f"- Kept against datasette {ratio('Dibiao, kept', 'datasette')}.")
    else:
        lines.append(f"- Against Jinja2 from constants {ratio('Dibiao', 'Jinja2 from constants')}.")
        lines.append(f"- Against datasette {ratio('Dibiao', 'datasette')}.")
    return ["\n".join(lines)]


def _tag(server: Server, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=20) as reply:
        return str(reply.headers["etag"])


def _start(stack: ExitStack, command: str, *more: str) -> Server:
    port = round_robin.free_port()
    line = [sys.executable, "-m", "benchmarks.site", command, str(port), *more]
    return Server(port, stack.enter_context(round_robin.serving(line, f"http://127.0.0.1:{port}/home")))


def _filled(url: str) -> str:
    FOLDER.mkdir(parents=True, exist_ok=True)
    database = Database(url)
    migrating.migrate(database)
    with database.reading() as session:
        is_empty = session.scalar(select(func.count()).select_from(GiProduct)) == 0
    if is_empty:
        load.load(database, SystemClock(), FOLDER / "documents", demonstration=True)
    engine = open_engine("embedded:", directory=FOLDER / "index", writable=True)
    indexing.rebuild(database, engine, SystemClock())
    engine.close()
    database.dispose()
    return url


def _postgis(stack: ExitStack) -> str:
    sys.path.insert(0, str(ROOT / "tests"))
    import postgres

    server = stack.enter_context(postgres.cluster())
    with psycopg.connect(f"{server.replace('+psycopg', '')}postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE site")
    return f"{server}site"


def _datasette(stack: ExitStack) -> Server:
    """Serve the plain tables of the same register; datasette has an environment of its own."""
    home = FOLDER / "datasette"
    if not (home / "bin" / "datasette").is_file():
        venv.create(home, with_pip=True)
        subprocess.run([home / "bin" / "pip", "install", "--quiet", "datasette"], check=True)
    plain = FOLDER / "plain.db"
    plain.unlink(missing_ok=True)
    source = sqlite3.connect(f"file:{FOLDER / 'register.sqlite'}?mode=ro", uri=True)
    target = sqlite3.connect(plain)
    for table in TABLES:
        target.execute(source.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0])
        rows = source.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608  (our own names)
        target.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)  # noqa: S608
    target.commit()
    source.close()
    target.close()
    port = round_robin.free_port()
    command = [str(home / "bin" / "datasette"), "serve", str(plain), "-p", str(port)]
    pid = stack.enter_context(round_robin.serving(command, f"http://127.0.0.1:{port}/-/versions.json"))
    return Server(port, pid)


@app.command()
def serve_ours(port: int, database_url: str, page_cache_mib: int) -> None:
    """Serve the whole application; another process would keep the index."""
    from service.app import create_app
    from service.settings import Settings

    settings = Settings(
        database_url=database_url,
        data_dir=FOLDER,
        page_cache_mib=page_cache_mib,
        base_url=f"http://127.0.0.1:{port}",
        limits=False,
    )
    _serve(create_app(settings, works=False), port)


@app.command()
def serve_starlette(port: int) -> None:
    """Serve the same bytes from bare routes."""
    from starlette.applications import Starlette
    from starlette.responses import HTMLResponse
    from starlette.routing import Route

    def route(name: str) -> Route:
        body = (FOLDER / f"{name}.html").read_bytes()

        async def page(_request: Any) -> HTMLResponse:
            return HTMLResponse(body)

        return Route(f"/{name}", page)

    _serve(Starlette(routes=[route(name) for name in PAGES]), port)


@app.command()
def serve_raw(port: int) -> None:
    """Serve the same bytes with nothing in between."""
    bodies = {f"/{name}": (FOLDER / f"{name}.html").read_bytes() for name in PAGES}

    async def raw(scope: Any, _receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = bodies[scope["path"]]
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    _serve(raw, port, lifespan="off")


@app.command()
def serve_jinja(port: int) -> None:
    """Render the same bytes with Jinja2: every text of the page is a value that is looked up and escaped."""
    from jinja2 import Environment
    from starlette.applications import Starlette
    from starlette.responses import HTMLResponse
    from starlette.routing import Route

    environment = Environment(autoescape=True)

    def route(name: str) -> Route:
        page = (FOLDER / f"{name}.html").read_text(encoding="utf-8")
        values: list[str] = []

        def place(found: re.Match[str]) -> str:
            values.append(html.unescape(found[1]))
            return f">{{{{ v[{len(values) - 1}] }}}}<"

        template = environment.from_string(re.sub(r">([^<{]+)<", place, page))
        made = len(template.render(v=values).encode())
        if abs(made - len(page.encode())) > len(page.encode()) / 50:
            raise RuntimeError(f"{name}: {made} bytes instead of {len(page.encode())}")

        def answer(_request: Any) -> HTMLResponse:
            return HTMLResponse(template.render(v=values))

        return Route(f"/{name}", answer)

    _serve(Starlette(routes=[route(name) for name in PAGES]), port)


def _serve(served: ASGIApp, port: int, *, lifespan: Any = "auto") -> None:
    import uvicorn

    uvicorn.run(served, port=port, log_level="warning", server_header=False, lifespan=lifespan)


if __name__ == "__main__":
    if len(sys.argv) < 2 or not sys.argv[1].startswith("serve-"):
        sys.argv.insert(1, "run")
    app()
