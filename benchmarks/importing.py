"""P11: 20,000 announced rows to drafts in review, against a Core bulk insert of the same rows of the database.

`./run bench importing` makes a csv of fictional firms, then in turn lets a fresh process read, preview and draft it,
and another one insert the very rows that came of it with SQLAlchemy Core, each on a fresh register. It prints the
medians, their ratio, and how much memory the importing process grew by.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import insert, select

from benchmarks import round_robin
from seed import load
from service.calendar import SystemClock
from service.identifiers import organisation_check_character, uscc_check_character
from service.register import accounts, annexes, migrating
from service.register.database import Database
from service.register.models import AnnexRow, ImportBatch, Revision
from service.vocabulary import Issuer, Role

ROOT = Path(__file__).resolve().parents[1]
FACTS = annexes.Facts(
    Issuer.DEMONSTRATION, "2026年第901号", "示例机关公告2026年第901号（虚构）", date(2026, 10, 1)
)
app = typer.Typer(add_completion=False)


@app.callback(invoke_without_command=True)
def run(
    context: typer.Context,
    *,
    rows: int = 20_000,
    rounds: int = 5,
    write: Annotated[bool, typer.Option(help="Write benchmarks/README.md.")] = True,
) -> None:
    """Measure and print the table."""
    if context.invoked_subcommand is not None:
        return
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "annex.csv").write_text(annex_of(rows), encoding="utf-8")
        make_register(place / "empty.sqlite")
        ours = [_in_a_process("ours", place)]
        shutil.copy(place / "ours.sqlite", place / "filled.sqlite")
        core = [_in_a_process("core", place)]
        for _ in range(rounds - 1):
            ours.append(_in_a_process("ours", place))
            core.append(_in_a_process("core", place))
    table = _table(ours, core)
    print(table)
    if write:
        head = f"`./run bench importing --rows {rows} --rounds {rounds}`"
        round_robin.write_section("importing", f"{head}\n\n{table}")


def _table(ours: list[dict[str, float]], core: list[dict[str, float]]) -> str:
    lines = ["| what | seconds, median (least–most) | memory grown, MiB |", "|---|---|---|"]
    for label, found in (("read, preview, draft", ours), ("Core bulk insert of the same rows", core)):
        taken = [each["seconds"] for each in found]
        spread = f"{statistics.median(taken):.1f} ({min(taken):.1f}–{max(taken):.1f})"
        lines.append(f"| {label} | {spread} | {max(each['grown_mib'] for each in found):.0f} |")
    ratio = statistics.median(each["seconds"] for each in ours) / statistics.median(
        each["seconds"] for each in core
    )
    return "\n".join([*lines, f"| ratio (goal ≤ 12; memory ≤ +200) | {ratio:.1f} | |"])


def annex_of(rows: int) -> str:
    """Return the csv of an announcement of so many fictional firms."""
    lines = ["序号,产品名称,企业名称,统一社会信用代码,地址,法定代表人,核准商标"]
    for number in range(1, rows + 1):
        body = f"TER{number:05d}"
        seventeen = f"91500114{body}{organisation_check_character(body)}"
        code = seventeen + uscc_check_character(seventeen)
        lines.append(
            f"{number},示例·云雾果,示例批量第{number}公司,{code},示例村{number}组（虚构）,示例人,示例牌{number}"
        )
    return "\n".join(lines)


def make_register(path: Path) -> None:
    """Make a register with the first data and somebody who imports, `li`."""
    database = Database(f"sqlite:///{path}")
    migrating.migrate(database)
    clock = SystemClock()
    load.load(database, clock, path.parent / "documents", demonstration=True)
    with database.writing() as session:
        accounts.add_staff(
            session, login="li", display_name="李", person="li", roles=[Role.IMPORTER], at=clock.now()
        )
    database.dispose()


def _in_a_process(what: str, place: Path) -> dict[str, float]:
    shutil.copy(place / "empty.sqlite", place / f"{what}.sqlite")
    for left in place.glob(f"{what}.sqlite-*"):
        left.unlink()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.importing", "one", what, str(place)],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


@app.command()
def one(what: str, place: Path) -> None:
    """Do one of the two in this process and print what it took."""
    database = Database(f"sqlite:///{place / what}.sqlite")
    rows = _rows_of(place / "filled.sqlite") if what == "core" else {}
    before = _now_mib()
    began = time.perf_counter()
    if what == "core":
        _insert(database, rows)
    else:
        _import(database, place)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    database.dispose()
    print(json.dumps({"seconds": seconds, "grown_mib": max(peak - before, 0)}))


def _now_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _import(database: Database, place: Path) -> None:
    content = (place / "annex.csv").read_bytes()
    intake = annexes.take_in(content, "annex.csv")
    choices = [annexes.choice_of(*annexes.suggest(table)) for table in intake.tables]
    with database.writing() as session:
        by = accounts.find_staff(session, "li")
        desk = annexes.Desk(session, by, SystemClock().now(), place / "documents")
        annexes.draft_batch(desk, content, intake, choices, FACTS, override_reason="示例")


def _rows_of(filled: Path) -> dict[str, list[dict[str, Any]]]:
    """Return what an import wrote."""
    database = Database(f"sqlite:///{filled}")
    with database.reading() as session:
        batch = session.scalar(select(ImportBatch.id).order_by(ImportBatch.id.desc()).limit(1))
        found = {}
        for table in _TABLES:
            key = table.c.id if table.name == "import_batch" else table.c.batch_id
            rows = session.execute(select(table).where(key == batch)).mappings()
            found[table.name] = [dict(row) for row in rows]
    database.dispose()
    return found


_TABLES: tuple[Any, ...] = (ImportBatch.__table__, Revision.__table__, AnnexRow.__table__)


def _insert(database: Database, rows: dict[str, list[dict[str, Any]]]) -> None:
    with database.writing() as session:
        for table in _TABLES:
            session.execute(insert(table), rows[table.name])


if __name__ == "__main__":
    app()
