"""Search over HTTP: our API and pages beside datasette on the same rows, in turn, one server a core, one client.

Each candidate is asked the same words, long enough for a trigram index to answer. Requests go one after another
on one kept connection, in rounds of a second; the best and the median round are given, and the worst of all.
"""

import http.client
import itertools
import os
import socket
import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from benchmarks.search_corpus import PRODUCTS, counties, documents
from benchmarks.search_register import fill, flat
from search import open_engine
from service.calendar import SystemClock
from service.identifiers import Kind, recognise
from service.register import indexing

_ROOT = Path(__file__).resolve().parents[1]
_MIN_TRIGRAM = 3
_ROUNDS, _ROUND_S = 8, 1.0
_BARE = """
from fastapi import FastAPI
app = FastAPI()
@app.get("/healthz")
def healthz() -> dict[str, str]:
    return {"status": "ok"}
"""


@dataclass
class Candidate:
    """A way of asking a server, and what was measured of it."""

    name: str
    port: int
    path: Callable[[str], str]
    rates: list[float] = field(default_factory=list)
    times_ms: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        """Return the milliseconds that this share of the requests stayed under."""
        ordered = sorted(self.times_ms)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def run(folder: Path, products: int, brands: int) -> list[str]:
    """Return the table of requests per second and latencies, and the memory of our server, as Markdown."""
    made = documents(products, brands)
    register = fill(f"sqlite:///{folder}/register.sqlite", made)
    engine = open_engine("embedded:", directory=folder / "index", writable=True)
    began = time.perf_counter()
    indexing.rebuild(register, engine, SystemClock())
    rebuilt_s = time.perf_counter() - began
    engine.close()
    register.dispose()
    flat(folder / "flat.db", made)
    texts = _texts()
    with ExitStack() as stack:
        ours = stack.enter_context(_dibiao(folder))
        fresh = stack.enter_context(_dibiao(folder, DIBIAO_PAGE_CACHE_MIB="0"))
        bare = stack.enter_context(_bare(folder))
        peer = stack.enter_context(_datasette(folder))
        candidates = _candidates(ours.port, fresh.port, peer.port)
        _measure(candidates, texts)
        memory = [ours.resident_mb(), bare.resident_mb()]
    rows = [_row(one) for one in candidates]
    return [
        f"{len(made):,} records, {len(texts)} texts; `reindex` from the register took {rebuilt_s:.0f} s.",
        "",
        "| request | req/s best | req/s median (min–max) | p50 ms | p95 ms | kB |",
        "|---|---|---|---|---|---|",
        *rows,
        "",
        *_ratios(candidates),
        f"Resident memory after the run: {memory[0]:.0f} MB, a bare FastAPI app {memory[1]:.0f} MB (P14: ≤ +150 MiB).",
    ]


def _texts() -> list[str]:
    # Words and places of three characters or more, for a trigram index finds nothing shorter; each has thirty
    # hits and more. Nothing that looks like a number: our page sends a pasted code on to its verdict.
    places = [county.name for county in counties()[::40]]
    words = [*PRODUCTS, *PRODUCTS.values(), *places]
    return [word for word in words if len(word) >= _MIN_TRIGRAM and recognise(word).kind is Kind.TEXT]


def _candidates(ours: int, fresh: int, peer: int) -> list[Candidate]:
    table = "/flat/docs{}?_search={}&_size=30&_fts_table=fts&_fts_pk=rowid"
    facets = "&_facet=kind&_facet=year"

    def datasette(kind: str, more: str = "") -> Callable[[str], str]:
        return lambda text: table.format(kind, quote(text)) + more

    return [
        Candidate(
            "ours JSON, 30 hits, 9 facets", ours, lambda text: f"/api/v1/search?limit=30&q={quote(text)}"
        ),
        Candidate("datasette JSON, no facets", peer, datasette(".json", "&_shape=objects")),
        Candidate("datasette JSON, 2 facets", peer, datasette(".json", "&_shape=objects" + facets)),
        Candidate("ours HTML with 9 facets, asked before", ours, lambda text: f"/search?q={quote(text)}"),
        Candidate("ours HTML with 9 facets, made anew", fresh, lambda text: f"/search?q={quote(text)}"),
        Candidate("datasette HTML, 2 facets", peer, datasette("", facets)),
        Candidate("datasette HTML, 2 facets, no suggestions", peer, datasette("", facets + "&_nosuggest=1")),
    ]


def _measure(candidates: list[Candidate], texts: Sequence[str]) -> None:
    for one in candidates:
        _round(one, iter(texts[:40]), 60.0)  # warm
        one.rates.clear()
        one.times_ms.clear()
    endless = [itertools.cycle(texts) for _ in candidates]
    for _ in range(_ROUNDS):
        for one, texts_of in zip(candidates, endless, strict=True):
            _round(one, texts_of, _ROUND_S)


def _round(one: Candidate, texts: Iterator[str], seconds: float) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", one.port, timeout=60)
    began = time.perf_counter()
    count = 0
    for text in texts:
        asked = time.perf_counter()
        connection.request("GET", one.path(text))
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{one.name}: {answer.status} {body[:300]!r}")
        now = time.perf_counter()
        one.times_ms.append((now - asked) * 1e3)
        one.sizes.append(len(body))
        count += 1
        if now - began > seconds:
            break
    one.rates.append(count / (time.perf_counter() - began))
    connection.close()


def _row(one: Candidate) -> str:
    spread = f"{statistics.median(one.rates):.0f} ({min(one.rates):.0f}–{max(one.rates):.0f})"
    times = f"{one.quantile(0.5):.1f} | {one.quantile(0.95):.1f} | {statistics.mean(one.sizes) / 1e3:.0f}"
    return f"| {one.name} | {max(one.rates):.0f} | {spread} | {times} |"


def _ratios(candidates: list[Candidate]) -> list[str]:
    json_ours, json_plain, json_facets, kept, page, html_facets, html_quiet = candidates

    def ratio(ours: Candidate, peer: Candidate) -> str:
        rate = statistics.median(ours.rates) / statistics.median(peer.rates)
        return f"{rate:.1f} × the requests/s, p95 {ours.quantile(0.95) / peer.quantile(0.95):.2f} of it"

    return [
        f"- P4: against datasette JSON without facets {ratio(json_ours, json_plain)};"
        f" with 2 facets {ratio(json_ours, json_facets)} (goal ≥ 4 ×, ≤ 0.25).",
        f"- P5: pages made anew against datasette with 2 facets {ratio(page, html_facets)};"
        f" without its suggestions {ratio(page, html_quiet)} (goals ≥ 12 ×, ≥ 3.5 ×).",
        f"- Pages that were asked for before, within the minute and at the same revision: {ratio(kept, html_facets)};"
        f" {ratio(kept, html_quiet)}.",
        "",
    ]


@dataclass
class Served:
    """A running server."""

    process: subprocess.Popen[bytes]
    port: int

    def resident_mb(self) -> float:
        """Return its resident memory in megabytes."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text("ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


@contextmanager
def _served(command: list[str], port: int, path: str, env: dict[str, str]) -> Iterator[Served]:
    cores = sorted(os.sched_getaffinity(0))

    def pin() -> None:  # servers on one core, the client on another
        os.sched_setaffinity(0, {cores[0]})

    process = subprocess.Popen(
        command, cwd=_ROOT, env=os.environ | env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        preexec_fn=pin,  # noqa: PLW1509
    )  # fmt: skip
    try:
        _wait(process, port, path)
        os.sched_setaffinity(0, {cores[-1]})
        yield Served(process, port)
    finally:
        os.sched_setaffinity(0, set(cores))
        process.terminate()
        process.wait(30)


def _wait(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server does not answer")


def _dibiao(folder: Path, **settings: str) -> AbstractContextManager[Served]:
    port = _free_port()
    env = {
        "DIBIAO_DATA_DIR": str(folder),
        "DIBIAO_DATABASE_URL": f"sqlite:///{folder}/register.sqlite",
        "DIBIAO_BASE_URL": f"http://127.0.0.1:{port}",
        "DIBIAO_LIMITS": "0",
        **settings,
    }
    command = [sys.executable, "-m", "service.cli", "serve", "--port", str(port)]
    return _served(command, port, "/healthz", env)


def _bare(folder: Path) -> AbstractContextManager[Served]:
    (folder / "bare.py").write_text(_BARE, "utf-8")
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", "--app-dir", str(folder), "--port", str(port), "bare:app"]
    return _served(command, port, "/healthz", {})


def _datasette(folder: Path) -> AbstractContextManager[Served]:
    home = folder / "datasette"
    venv.create(home, with_pip=True)
    subprocess.run([home / "bin" / "pip", "install", "--quiet", "datasette"], check=True)
    port = _free_port()
    command = [str(home / "bin" / "datasette"), "serve", str(folder / "flat.db"), "-p", str(port)]
    return _served([*command, "--setting", "sql_time_limit_ms", "20000"], port, "/-/versions.json", {})


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
