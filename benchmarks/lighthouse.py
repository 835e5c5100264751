"""Lighthouse on the four pages that people meet first, as a phone on a slow network sees them.

`./run bench lighthouse` serves the first data, asks Lighthouse (mobile profile) for its four categories and the
figures behind them, writes the table into benchmarks/README.md, and fails when a category is below 95.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks import round_robin
from benchmarks.round_robin import free_port
from seed import load
from service.calendar import SystemClock
from service.register import indexing, migrating
from service.register.database import Database

ROOT = Path(__file__).resolve().parents[1]
TOOL = ROOT / "var/tools/lighthouse/node_modules/lighthouse/cli/index.js"
NODE = ROOT / "var/tools/node/bin/node"
PAGES = {
    "home": "/",
    "results": "/search?q=%E9%BB%94%E6%B1%9F",
    "product": "/gi/shili-yunwuguo",
    "verdict": "/verify?code=93500114MA0TERT081&target=shili-yunwuguo",
}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST = 95
# A verdict is for one asker and one moment and must not be indexed; nor is a page of results. Lighthouse takes
# that for a fault of the page.
INTENDED = {("verdict", "is-crawlable"), ("results", "is-crawlable")}
app = typer.Typer(add_completion=False)


@app.command()
def run(*, write: Annotated[bool, typer.Option(help="Write benchmarks/README.md.")] = True) -> None:
    """Measure and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "benchmarks.lighthouse", "serve", folder, str(port)]
        with round_robin.serving(command, f"{base}/help"):
            reports = {name: _report(base + path, Path(folder)) for name, path in PAGES.items()}
    text = _table(reports)
    print(text)
    for name, report in reports.items():
        for found in _faults(name, report):
            print(f"{name}: {found}")
    if write:
        round_robin.write_section("lighthouse", text)
    low = [
        (name, each)
        for name, report in reports.items()
        for each in CATEGORIES
        if _score(name, report, each) < LEAST
    ]
    if low:
        raise SystemExit(f"below {LEAST}: {low}")


def _report(url: str, folder: Path) -> dict[str, Any]:
    browser = round_robin.chromium()
    out = folder / "report.json"
    flags = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"
    subprocess.run(
        [
            str(NODE),
            str(TOOL),
            url,
            "--quiet",
            "--output=json",
            f"--output-path={out}",
            f"--chrome-flags={flags}",
        ],
        check=True,
        env={**os.environ, "CHROME_PATH": browser, "LIGHTHOUSE_SKIP_TELEMETRY": "1"},
    )
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


def _score(name: str, report: dict[str, Any], category: str) -> int:
    """Return the category's score of 100, with what is intended left out of the weighing."""
    audits, weighed = report["audits"], []
    for each in report["categories"][category]["auditRefs"]:
        score = audits[each["id"]]["score"]
        if each["weight"] and score is not None and (name, each["id"]) not in INTENDED:
            weighed.append((each["weight"], score))
    return round(
        100 * sum(weight * score for weight, score in weighed) / sum(weight for weight, _ in weighed)
    )


def _faults(name: str, report: dict[str, Any]) -> list[str]:
    """Return what Lighthouse would have otherwise."""
    weighed = {
        each["id"]
        for category in CATEGORIES
        for each in report["categories"][category]["auditRefs"]
        if each["weight"]
    }
    return [
        f"{key}: {audit['title']} ({audit['score']}) {json.dumps(audit.get('details', {}).get('items', []))[:400]}"
        for key, audit in report["audits"].items()
        if key in weighed
        and audit["score"] is not None
        and audit["score"] < 1
        and (name, key) not in INTENDED
    ]


def _table(reports: dict[str, dict[str, Any]]) -> str:
    lines = [
        "`./run bench lighthouse`\n",
        "| page | " + " | ".join(CATEGORIES) + " | first paint | largest paint | blocking | shift | bytes |",
        "|---|" + "---:|" * (len(CATEGORIES) + 5),
    ]
    for name, report in reports.items():
        audits = report["audits"]
        scores = [f"**{_score(name, report, each)}**" for each in CATEGORIES]
        figures = [
            f"{audits['first-contentful-paint']['numericValue'] / 1000:.1f} s",
            f"{audits['largest-contentful-paint']['numericValue'] / 1000:.1f} s",
            f"{audits['total-blocking-time']['numericValue']:.0f} ms",
            f"{audits['cumulative-layout-shift']['numericValue']:.3f}",
            f"{audits['total-byte-weight']['numericValue'] / 1000:.0f} kB",
        ]
        lines.append("| " + " | ".join([name, *scores, *figures]) + " |")
    return "\n".join(lines)


@app.command()
def serve(folder: Path, port: int) -> None:
    """Serve the first data with its demonstration."""
    import uvicorn

    from search.engine import open_engine
    from service.app import create_app
    from service.settings import Settings

    settings = Settings(data_dir=folder, database_url="", base_url=f"http://127.0.0.1:{port}", limits=False)
    database = Database(settings.effective_database_url)
    migrating.migrate(database)
    load.load(database, SystemClock(), settings.documents_dir, demonstration=True)
    engine = open_engine("embedded:", directory=settings.index_dir, writable=True)
    indexing.rebuild(database, engine, SystemClock())
    engine.close()
    database.dispose()
    uvicorn.run(create_app(settings, works=False), port=port, log_level="warning", server_header=False)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] != "serve":
        sys.argv.insert(1, "run")
    app()
