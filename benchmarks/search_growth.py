"""Search as the register grows: build, size, memory and latency, and a plot.

Each size is measured by a process of its own; its peak memory includes the made-up documents themselves.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.search_corpus import documents
from benchmarks.search_queries import questions
from search import Document, Query, open_engine

_SIZES = (1_000, 10_000, 100_000, 1_000_000)
_FACETS = ("kind", "track", "year")
_COLUMNS = (
    "documents",
    "build s",
    "MB",
    "peak RSS MB",
    "p50 ms",
    "p95 ms",
    "1 char p95",
    "2 chars p95",
    "3 chars p95",
)


def run(largest: int, plot: Path) -> list[str]:
    """Return the table of sizes up to the largest as Markdown, and write the plot."""
    rows = []
    for brands in (size for size in _SIZES if size <= largest):
        command = [sys.executable, "-m", "benchmarks.search_growth", "--brands", str(brands)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        rows.append(json.loads(done.stdout))
        print(rows[-1], flush=True)
    plot.write_text(_svg(rows), "utf-8")
    table = [f"| {' | '.join(_COLUMNS)} |", "|" + "---|" * len(_COLUMNS)]
    table += [
        "| " + " | ".join(f"{row[name]:,.{_digits(name)}f}" for name in _COLUMNS) + " |" for row in rows
    ]
    last, before = rows[-1], rows[-2]
    ratio = last["p95 ms"] / before["p95 ms"]
    note = (
        f"p95 at {last['documents']:,} is {ratio:.1f} × that at {before['documents']:,} (goal at 1 M: ≤ 4 ×)."
    )
    skipped = [] if largest >= _SIZES[-1] else [f"Sizes above {largest:,} were not run this time."]
    return [*table, "", note, *skipped, "", f"![growth]({plot.name})"]


def _digits(name: str) -> int:
    return 2 if "p95" in name or "p50" in name else int(name == "build s")


def measure(brands: int) -> dict[str, float]:
    """Return the figures of one size."""
    made = documents(max(brands // 50, 100), brands)
    texts = [one.text for one in questions(made, 7, 20)]
    texts_of = {size: _characters(made, size) for size in (1, 2, 3)}
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine("embedded:", directory=Path(folder), writable=True)
        began = time.perf_counter()
        engine.rebuild(made)
        seconds = time.perf_counter() - began
        count = len(made)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 1e6
        del made

        def p(texts: list[str], share: float) -> float:
            times = sorted(_time_ms(engine, text) for text in texts)
            return times[min(int(len(times) * share), len(times) - 1)]

        p(texts, 0.5)
        found = {
            "documents": count, "build s": seconds, "MB": size, "p50 ms": p(texts, 0.5), "p95 ms": p(texts, 0.95),
            **{f"{n} char{'s' * (n > 1)} p95": p(texts_of[n], 0.95) for n in texts_of},
        }  # fmt: skip
        engine.close()
    return found | {"peak RSS MB": _peak_kb() / 1024}


def _peak_kb() -> float:
    # Not getrusage: what that tells begins with the peak of the process that started this one.
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("VmHWM")))


def _characters(made: list[Document], size: int) -> list[str]:
    return [one.name[:size] for one in made[:: max(len(made) // 300, 1)] if len(one.name) >= size]


def _time_ms(engine: object, text: str) -> float:
    began = time.perf_counter()
    engine.search(Query(text=text, facets=_FACETS))  # type: ignore[attr-defined]
    return (time.perf_counter() - began) * 1e3


_WIDE, _HIGH, _EDGE = 720, 360, 60
_LINES = (("p50 ms", "#1b7837"), ("p95 ms", "#762a83"), ("build s", "#b35806"), ("peak RSS MB", "#2166ac"))
_LOW, _TOP = -1, 4  # powers of ten on the left axis


def _svg(rows: list[dict[str, float]]) -> str:
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" font-family="sans-serif">',
        "<title>Search as the register grows</title><style>text {font-size: 12px}</style>",
        f'<rect width="{_WIDE}" height="{_HIGH}" fill="#fff"/>',
    ]
    for power in range(_LOW, _TOP + 1):
        y = _y(10.0**power)
        parts.append(f'<line x1="{_EDGE}" x2="{_WIDE - 110}" y1="{y:.0f}" y2="{y:.0f}" stroke="#ddd"/>')
        parts.append(f'<text x="{_EDGE - 8}" y="{y + 4:.0f}" text-anchor="end">{10.0**power:g}</text>')
    parts.extend(
        f'<text x="{_x(rows, row):.0f}" y="{_HIGH - 20}" text-anchor="middle">{row["documents"]:,.0f}</text>'
        for row in rows
    )
    for name, colour in _LINES:
        points = " ".join(f"{_x(rows, row):.0f},{_y(row[name]):.0f}" for row in rows)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        end = _y(rows[-1][name])
        parts.append(f'<text x="{_WIDE - 104}" y="{end + 4:.0f}" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _x(rows: list[dict[str, float]], row: dict[str, float]) -> float:
    return _EDGE + rows.index(row) * (_WIDE - 2 * _EDGE - 60) / max(len(rows) - 1, 1)


def _y(value: float) -> float:
    from math import log10

    share = (log10(max(value, 10.0**_LOW)) - _LOW) / (_TOP - _LOW)
    return _HIGH - 50 - share * (_HIGH - 80)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--brands", type=int, required=True)
    print(json.dumps(measure(parser.parse_args().brands)))
