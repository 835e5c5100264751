# ruff: noqa: S608 - the peers' queries are made of constants
"""How good and how fast is search? One run: our embedded engine and peers on the same questions.

    ./run bench search                 102,000 documents, five seeds, peers beside it
    ./run bench search --growth        1 k, 10 k, 100 k, 1 M documents: build, size, latency

Right means the intended record, or one that the typed text describes no worse (benchmarks/search_queries.py).
The seeds were not used while building. Times are in process, one thread, three facets, no hydration.
"""

import argparse
import resource
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.search_corpus import documents
from benchmarks.search_queries import Question, questions
from search import Document, Query, open_engine

SEEDS = (101, 102, 103, 104, 105)
_FACETS = ("kind", "track", "year")
Ask = Callable[[str], list[str]]


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


def embedded(made: list[Document], folder: Path) -> tuple[Ask, float, float]:
    """Return how to ask our engine, the seconds its build took, and its size in megabytes."""
    engine = open_engine("embedded:", directory=folder, writable=True)
    began = time.perf_counter()
    engine.rebuild(made)
    seconds = time.perf_counter() - began
    engine.search(Query(text="暖"))

    def ask(text: str) -> list[str]:
        return [hit.id for hit in engine.search(Query(text=text, facets=_FACETS)).hits]

    return ask, seconds, megabytes(folder)


def trigram(made: list[Document], folder: Path) -> tuple[Ask, float, float]:
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

    return ask, seconds, megabytes(folder)


def like(made: list[Document], folder: Path) -> tuple[Ask, float, float]:
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

    return ask, seconds, megabytes(folder)


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


def compare(products: int, brands: int, each: int, seeds: tuple[int, ...]) -> None:
    """Print one table of engines and one of kinds of question."""
    made = documents(products, brands)
    by_id = {one.id: one for one in made}
    asked = [question for seed in seeds for question in questions(made, seed, each)]
    print(
        f"{len(made):,} documents, {len(asked):,} questions of {len({q.kind for q in asked})} kinds, seeds {seeds}\n"
    )
    print(
        "| engine | build s | MB | hit@1 | hit@10 | p50 ms | p95 ms | p99 ms |\n|---|---|---|---|---|---|---|---|"
    )
    ours = None
    for name, build in (("embedded", embedded), ("FTS5 trigram, raw", trigram), ("LIKE, raw", like)):
        with tempfile.TemporaryDirectory() as folder:
            ask, seconds, size = build(made, Path(folder))
            sample = asked if build is not like else asked[::10]
            figures = measure(ask, sample, by_id)
        ours = ours or figures
        rates = f"{figures.rate('first'):.3f} | {figures.rate('ten'):.3f}"
        times = " | ".join(f"{figures.quantile(share):.2f}" for share in (0.5, 0.95, 0.99))
        print(f"| {name} | {seconds:.1f} | {size:.0f} | {rates} | {times} |", flush=True)
    print("\n| kind | n | hit@1 | hit@10 |\n|---|---|---|---|")
    for kind, rows in ours.first.items():
        print(f"| {kind} | {len(rows)} | {ours.rate('first', kind):.3f} | {ours.rate('ten', kind):.3f} |")


def growth(largest: int) -> None:
    """Print build time, size, memory and latency for growing registers."""
    print("| documents | build s | MB | p50 ms | p95 ms | peak RSS MB |\n|---|---|---|---|---|---|")
    for brands in (size for size in (1_000, 10_000, 100_000, 1_000_000) if size <= largest):
        made = documents(brands // 50, brands)
        by_id = {one.id: one for one in made}
        asked = list(questions(made, 7, 20))
        with tempfile.TemporaryDirectory() as folder:
            ask, seconds, size = embedded(made, Path(folder))
            figures = measure(ask, asked, by_id)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        times = f"{figures.quantile(0.5):.2f} | {figures.quantile(0.95):.2f}"
        print(f"| {len(made):,} | {seconds:.1f} | {size:.0f} | {times} | {peak:.0f} |", flush=True)


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--each", type=int, default=40, help="questions of a kind and seed")
    parser.add_argument("--brands", type=int, default=100_000)
    parser.add_argument("--largest", type=int, default=1_000_000, help="where --growth stops")
    chosen = parser.parse_args()
    growth(chosen.largest) if chosen.growth else compare(2_000, chosen.brands, chosen.each, SEEDS)


if __name__ == "__main__":
    main()
