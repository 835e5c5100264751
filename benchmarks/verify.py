"""P1: verifying one firm over HTTP, fresh from the database, against a bare route with the same bytes.

`./run bench verify` fills a register of 20,000 firms (kept in var/bench for SpatiaLite, in a cluster of its own
for PostGIS), starts all servers on one core, loads them in turn from the other, and writes the table into
benchmarks/README.md.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Literal

import orjson
import psycopg
import typer
from starlette.types import ASGIApp

from benchmarks import round_robin
from benchmarks.round_robin import Candidate
from seed.synthetic import Sizes, Step, fill
from seed.synthetic.permissions import History, Permissions, code_of, history_of
from service.calendar import SystemClock
from service.register import migrating
from service.register.database import Database

ROOT = Path(__file__).resolve().parents[1]
CONNECTIONS = (1, 8)
Handler = Literal["def", "async"]
app = typer.Typer(add_completion=False)


@app.command()
def run(
    *,
    organisations: int = 20_000,
    products: int = 2_000,
    rounds: int = 8,
    seconds: int = 1,
    postgis: Annotated[bool, typer.Option(help="Also measure PostGIS.")] = True,
    write: Annotated[bool, typer.Option(help="Write benchmarks/README.md.")] = True,
) -> None:
    """Measure and print the tables."""
    sizes = Sizes(products=products, organisations=organisations, trademarks=0, areas=0)
    with ExitStack() as stack:
        candidates = _candidates(stack, sizes, with_postgis=postgis)
        parts = []
        for connections in CONNECTIONS:
            results = round_robin.measure(candidates, connections=connections, rounds=rounds, seconds=seconds)
            parts.append(f"{connections} connection{'s' * (connections > 1)}\n\n{round_robin.table(results)}")
            print(parts[-1], "\n")
    if write:
        head = (
            f"`./run bench verify --organisations {organisations} --products {products} --rounds {rounds}"
            f" --seconds {seconds}`\n"
        )
        round_robin.write_section("verify", "\n\n".join([head, *parts]))


def _candidates(stack: ExitStack, sizes: Sizes, *, with_postgis: bool) -> list[Candidate]:
    """Start every server; the first candidate is the baseline."""
    code, slug = _question(sizes)
    query = f"/api/v1/verify?code={code}"
    embedded = _ours(stack, _embedded(sizes), query)
    body = round_robin.read(embedded.url)
    _demand_whole(body)
    kept = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "body.json"
    kept.write_bytes(body)
    bare = [_bare(stack, kept, query, handler) for handler in ("def", "async")]
    found = [bare[0], embedded, _with_target(embedded, slug), bare[1]]
    if with_postgis:
        served = _ours(stack, stack.enter_context(_postgis(sizes)), query, "PostGIS")
        found[3:3] = [served, _with_target(served, slug)]
    return found


def _question(sizes: Sizes) -> tuple[str, str]:
    """Return the code and the product of a firm with one authorisation in force, far into the register."""
    for grant in reversed(Permissions(sizes).grants):
        if history_of(grant.organisation) is History.CORRECTED:
            return code_of(grant.organisation), f"shili-{grant.product:06d}"
    raise LookupError("too small a register")


def _demand_whole(body: bytes) -> None:
    """Refuse to measure a thin answer: it must be an authorised one with its facts and evidence."""
    answer = orjson.loads(body)
    whole = (
        answer["verdict"] == "authorised"
        and len(answer["facts"]) > 1
        and answer["evidence"][0]["document_sha256"]
    )
    if not whole:
        raise RuntimeError(body.decode())


def _embedded(sizes: Sizes) -> str:
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"verify-{sizes.organisations}-{sizes.products}.sqlite"
    url = f"sqlite:///{folder / name}"
    _fill(url, sizes)
    return url


@contextmanager
def _postgis(sizes: Sizes) -> Iterator[str]:
    sys.path.insert(0, str(ROOT / "tests"))
    import postgres

    with postgres.cluster() as server:
        with psycopg.connect(f"{server.replace('+psycopg', '')}postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE bench")
        _fill(f"{server}bench", sizes)
        yield f"{server}bench"


def _fill(url: str, sizes: Sizes) -> None:
    database = Database(url)
    migrating.migrate(database)
    fill(database, SystemClock(), ROOT / "var" / "bench" / "documents", sizes, progress=_tell)
    with database.write_engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    database.dispose()


def _tell(step: Step) -> None:
    print(
        f"\r{step.kind.value:>20} {step.done:>7,} / {step.count:,}",
        end="\n" if step.done == step.count else "",
    )


def _ours(stack: ExitStack, database_url: str, query: str, label: str = "embedded") -> Candidate:
    port = round_robin.free_port()
    command = [sys.executable, "-m", "benchmarks.verify", "serve-ours", database_url, str(port)]
    url = f"http://127.0.0.1:{port}{query}"
    return Candidate(f"Dibiao, {label}", url, stack.enter_context(round_robin.serving(command, url)))


def _with_target(served: Candidate, slug: str) -> Candidate:
    return Candidate(f"{served.label}, product named", f"{served.url}&target={slug}", served.pid)


def _bare(stack: ExitStack, body: Path, query: str, handler: str) -> Candidate:
    port = round_robin.free_port()
    command = [sys.executable, "-m", "benchmarks.verify", "serve-bare", str(body), str(port), handler]
    url = f"http://127.0.0.1:{port}{query}"
    pid = stack.enter_context(round_robin.serving(command, url))
    return Candidate(f"bare FastAPI route, `{handler} def`".replace("def def", "def"), url, pid)


@app.command()
def serve_ours(database_url: str, port: int) -> None:
    """Serve the whole application on a filled register."""
    from service.app import create_app, settle
    from service.settings import Settings

    # Another process keeps the index, as `dibiao worker` does; verifying does not look at it.
    settings = Settings(database_url=database_url, data_dir=ROOT / "var" / "bench", limits=False)
    served = create_app(settings, works=False)
    settle()
    _serve(served, port)


@app.command()
def serve_bare(body: Path, port: int, handler: Handler) -> None:
    """Serve the same bytes from a route with the same typed parameters and nothing behind it."""
    from fastapi import FastAPI, Response

    from service.web.api.verdicts import Code, TargetText
    from service.web.parameters import Day, Moment

    content = body.read_bytes()
    bare = FastAPI()

    def answer(code: Code, target: TargetText = None, on: Day = None, known_at: Moment = None) -> Response:
        del code, target, on, known_at
        return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})

    async def answer_async(
        code: Code, target: TargetText = None, on: Day = None, known_at: Moment = None
    ) -> Response:
        return answer(code, target, on, known_at)

    # The annotations are local names, which FastAPI cannot look up from text.
    annotations = {"code": Code, "target": TargetText, "on": Day, "known_at": Moment, "return": Response}
    answer.__annotations__ = answer_async.__annotations__ = annotations
    bare.get("/api/v1/verify")(answer if handler == "def" else answer_async)
    _serve(bare, port)


def _serve(served: ASGIApp, port: int) -> None:
    import uvicorn

    uvicorn.run(served, port=port, log_level="warning", server_header=False)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in {"serve-ours", "serve-bare"}:  # the measuring is the default
        sys.argv.insert(1, "run")
    app()
