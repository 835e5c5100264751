# ruff: noqa: S608 - the peers' queries are made of constants
"""How good and how fast is search? One run: our embedded engine and peers on the same questions.

    ./run bench search                        all parts; writes benchmarks/README.md and search_growth.svg
    ./run bench search --part relevance       102,000 documents, five seeds, peers beside it
    ./run bench search --part http            the same rows over HTTP, datasette beside it
    ./run bench search --part growth          1 k to 1 M documents: build, size, memory, latency

Right means the intended record, or one that the typed text describes no worse (benchmarks/search_queries.py).
The seeds were not used while building. Times of the first part are in process, one thread, three facets,
without hydration. Peers get no analysis of ours, by design.
"""

import argparse
import os
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psycopg

from benchmarks import search_growth, search_http
from benchmarks.search_corpus import documents
from benchmarks.search_queries import Question, questions
from search import Document, Query, open_engine
from tests.postgres import cluster

SEEDS = (101, 102, 103, 104, 105)
_FACETS = ("kind", "track", "year")
_HERE = Path(__file__).resolve().parent
_BEGIN, _END = "<!-- search:begin -->", "<!-- search:end -->"
_TITLES = {
    "relevance": "Search: relevance and time in process",
    "http": "Search over HTTP",
    "growth": "Search as the register grows",
}
Ask = Callable[[str], list[str]]
Built = tuple[Ask, float, float]  # how to ask, seconds of the build, megabytes


@dataclass
class Figures:
    """What one engine reached."""

    first: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    ten: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    times_ms: list[float] = field(default_factory=list)

    def rate(self, which: str, kind: str | None = None) -> float:
        """Return the share of right answers, of all questions or of one kind."""
        table: dict[str, list[bool]] = getattr(self, which)
        rows = table[kind] if kind else [one for row in table.values() for one in row]
        return sum(rows) / max(len(rows), 1)

    def quantile(self, share: float) -> float:
        """Return the milliseconds that this share of the questions stayed under."""
        ordered = sorted(self.times_ms)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def measure(ask: Ask, asked: Iterable[Question], by_id: dict[str, Document]) -> Figures:
    figures = Figures()
    for question in asked:
        began = time.perf_counter()
        ids = ask(question.text)
        figures.times_ms.append((time.perf_counter() - began) * 1e3)
        right = [question.right(by_id[one]) for one in ids[:10]]
        figures.first[question.kind].append(any(right[:1]))
        figures.ten[question.kind].append(any(right))
    return figures


@contextmanager
def embedded(made: list[Document], folder: Path) -> Iterator[Built]:
    """Return how to ask our engine, the seconds its build took, and its size in megabytes."""
    engine = open_engine("embedded:", directory=folder, writable=True)
    began = time.perf_counter()
    engine.rebuild(made)
    seconds = time.perf_counter() - began
    engine.search(Query(text="暖"))

    def ask(text: str) -> list[str]:
        return [hit.id for hit in engine.search(Query(text=text, facets=_FACETS)).hits]

    yield ask, seconds, megabytes(folder)


@contextmanager
def trigram(made: list[Document], folder: Path) -> Iterator[Built]:
    """Return how to ask SQLite's trigram index over the plain fields, without our analysis, by design."""
    path = folder / "fts.db"
    base = sqlite3.connect(path)
    began = time.perf_counter()
    base.execute("create table doc(id text, kind text, track text, year int)")
    base.execute(
        "create virtual table fts using fts5(name, en, ids, place, holder, goods, about, tokenize='trigram')"
    )
    base.executemany("insert into doc values (?,?,?,?)", ((d.id, d.kind, d.tracks[0], d.year) for d in made))
    base.executemany("insert into fts values (?,?,?,?,?,?,?)", map(_plain, made))
    base.commit()
    base.execute("analyze")
    seconds = time.perf_counter() - began

    def ask(text: str) -> list[str]:
        match = " ".join('"' + word.replace('"', '""') + '"' for word in text.split())
        found = "select rowid r, rank k from fts where fts match ?"
        rows = base.execute(
            f"select id from ({found}) join doc on doc.rowid=r order by k limit 20", [match]
        ).fetchall()
        for name in _FACETS:
            base.execute(
                f"select {name}, count(*) from ({found}) join doc on doc.rowid=r group by 1", [match]
            ).fetchall()
        return [one for (one,) in rows]

    yield ask, seconds, megabytes(folder)


@contextmanager
def like(made: list[Document], folder: Path) -> Iterator[Built]:
    """Return how to ask a plain table with LIKE, as most registers do."""
    base = sqlite3.connect(folder / "like.db")
    began = time.perf_counter()
    base.execute("create table doc(id text, all_text text)")
    base.executemany("insert into doc values (?,?)", ((d.id, " ".join(_plain(d))) for d in made))
    base.commit()
    seconds = time.perf_counter() - began

    def ask(text: str) -> list[str]:
        wanted = " and ".join(["all_text like ?"] * len(text.split()))
        words = [f"%{word}%" for word in text.split()]
        return [one for (one,) in base.execute(f"select id from doc where {wanted} limit 20", words)]

    yield ask, seconds, megabytes(folder)


@contextmanager
def pg_trgm(made: list[Document], _folder: Path) -> Iterator[Built]:
    """Return how to ask PostgreSQL with pg_trgm over the plain text, on a cluster of its own."""
    with cluster() as server:
        address = server.replace("+psycopg", "") + "postgres"
        with psycopg.connect(address, autocommit=True) as base:
            began = time.perf_counter()
            base.execute("create extension pg_trgm")
            base.execute(
                "create table doc(id text, name text, kind text, track text, year int, all_text text)"
            )
            with base.cursor().copy("copy doc from stdin") as copy:
                for one in made:
                    copy.write_row(
                        (one.id, one.name, one.kind, one.tracks[0], one.year, " ".join(_plain(one)))
                    )
            base.execute("create index on doc using gin (all_text gin_trgm_ops)")
            base.execute("vacuum analyze doc")
            seconds = time.perf_counter() - began
            row = base.execute("select pg_total_relation_size('doc')").fetchone()

            def ask(text: str) -> list[str]:
                words = [f"%{word}%" for word in text.split()]
                wanted = " and ".join(["all_text ilike %s"] * len(words)) or "true"
                ranked = f"select id from doc where {wanted} order by similarity(name, %s) desc limit 20"
                found = base.execute(ranked, [*words, text]).fetchall()
                for name in _FACETS:
                    base.execute(
                        f"select {name}, count(*) from doc where {wanted} group by 1", words
                    ).fetchall()
                return [one for (one,) in found]

            yield ask, seconds, (row[0] if row else 0) / 1e6


def _plain(one: Document) -> tuple[str, ...]:
    texts = (one.names_en, one.identifiers)
    return (
        one.name,
        *(" ".join(text) for text in texts),
        one.place,
        one.holder,
        " ".join(one.goods),
        one.description,
    )


def megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


_PEERS = (
    ("embedded", embedded, 1),
    ("SQLite FTS5 trigram, raw", trigram, 5),
    ("PostgreSQL pg_trgm, raw", pg_trgm, 20),
    ("SQLite LIKE, raw", like, 20),
)


def relevance(products: int, brands: int, each: int, seeds: tuple[int, ...]) -> list[str]:
    """Return one table of engines and one of kinds of question, as Markdown."""
    made = documents(products, brands)
    by_id = {one.id: one for one in made}
    asked = [question for seed in seeds for question in questions(made, seed, each)]
    kinds = len({question.kind for question in asked})
    lines = [
        f"{len(made):,} documents, {len(asked):,} questions of {kinds} kinds, seeds {seeds}; peers a part of them.",
        "",
        "| engine | questions | build s | MB | hit@1 | hit@10 | p50 ms | p95 ms | p99 ms |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    all_figures = []
    for name, build, step in _PEERS:
        with tempfile.TemporaryDirectory() as folder, build(made, Path(folder)) as (ask, seconds, size):
            figures = measure(ask, asked[::step], by_id)
        all_figures.append(figures)
        rates = f"{figures.rate('first'):.3f} | {figures.rate('ten'):.3f}"
        times = " | ".join(f"{figures.quantile(share):.2f}" for share in (0.5, 0.95, 0.99))
        lines.append(f"| {name} | {len(figures.times_ms)} | {seconds:.1f} | {size:.0f} | {rates} | {times} |")
        print(lines[-1], flush=True)
    lines += ["", "| kind | n | hit@1 | hit@10 |", "|---|---|---|---|"]
    ours = all_figures[0]
    for kind, rows in ours.first.items():
        rates = f"{ours.rate('first', kind):.3f} | {ours.rate('ten', kind):.3f}"
        lines.append(f"| {kind} | {len(rows)} | {rates} |")
    return lines


def http(products: int, brands: int) -> list[str]:
    """Return the tables of the HTTP part."""
    with tempfile.TemporaryDirectory() as folder:
        return search_http.run(Path(folder), products, brands)


def growth(largest: int) -> list[str]:
    """Return the table of growing registers, each measured by a process of its own, and write the plot."""
    return search_growth.run(largest, _HERE / "search_growth.svg")


def publish(parts: dict[str, list[str]]) -> None:
    """Write the parts into the README, each between markers of its own: a part that did not run stays."""
    path = _HERE / "README.md"
    text = path.read_text("utf-8") if path.is_file() else "# Benchmarks\n"
    if _BEGIN not in text:
        text = f"{text.rstrip()}\n\n{_BEGIN}\n## Search\n{_END}\n"
    before, rest = text.split(_BEGIN, 1)
    ours, after = rest.split(_END, 1)
    for name, lines in parts.items():
        begin, end = f"<!-- search-{name}:begin -->", f"<!-- search-{name}:end -->"
        if begin not in ours:
            ours = f"{ours.rstrip()}\n\n{begin}\n{end}\n"
        head, tail = ours.split(begin, 1)[0], ours.split(end, 1)[1]
        ours = f"{head}{begin}\n" + "\n".join(lines) + f"\n{end}{tail}"
    path.write_text(f"{before}{_BEGIN}{ours}{_END}{after}", "utf-8")


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--part", choices=("relevance", "http", "growth"), action="append")
    parser.add_argument("--each", type=int, default=40, help="questions of a kind and seed")
    parser.add_argument("--brands", type=int, default=100_000)
    parser.add_argument("--largest", type=int, default=1_000_000, help="where the growth part stops")
    parser.add_argument("--dry", action="store_true", help="print only, write nothing")
    chosen = parser.parse_args()
    made = {}
    for part in chosen.part or ("relevance", "http", "growth"):
        before = os.getloadavg()[0]
        lines = {
            "relevance": lambda: relevance(2_000, chosen.brands, chosen.each, SEEDS),
            "http": lambda: http(2_000, chosen.brands),
            "growth": lambda: growth(chosen.largest),
        }[part]()
        load = f"Load before {before:.1f}, after {os.getloadavg()[0]:.1f}, on {os.cpu_count()} cores."
        made[part] = [f"### {_TITLES[part]}", "", f"`./run bench search --part {part}`. {load}", "", *lines]
        print("\n".join(made[part]), flush=True)
        if not chosen.dry:
            publish({part: made[part]})


if __name__ == "__main__":
    main()
