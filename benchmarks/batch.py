"""P9: a batch of 10,000 rows over HTTP, CSV in and CSV out, against one hand-written statement with the same look-ups.

`./run bench batch` fills the register of `./run bench verify`, starts the application on one core, and in turn asks
it for the batch and runs the statement in a process of its own on the same core. The statement fetches its rows as
the driver gives them; nothing is decided, worded or written. It writes the table into benchmarks/README.md.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from benchmarks import round_robin
from benchmarks.verify import _embedded, _postgis
from seed.synthetic import Sizes
from seed.synthetic.permissions import Permissions, code_of
from service.register.database import Database

app = typer.Typer(add_completion=False)
_SHORT = 1_000

_SELECT = """
SELECT asked.key, w.id, w.slug, w.name, w.home_relation,
  o.id, o.uscc, o.name, o.status, o.status_checked_on, o.recorded_at, o.withdrawal, o.is_demonstration,
  a.code, a.withdrawal, a.protection_id, p.track, p.withdrawal,
  g.id, g.slug, g.name, g.home_relation, g.place_as_printed, g.withdrawal,
  e.id, e.kind, e.effective_on, e.recorded_at, e.ground, e.licence_to, e.voided_event_id, e.deadline_on,
  n.code, n.number_as_printed, n.issuer, n.published_on, s.locator, s.level,
  (SELECT d.sha256 FROM document d JOIN announcement_document ad ON ad.document_id = d.id
    WHERE ad.announcement_id = n.id AND d.is_open ORDER BY ad.position LIMIT 1),
  pe.id, pe.kind, pe.happened_on, pe.recorded_at, pe.term_to, pe.voided_event_id,
  pn.code, pn.number_as_printed, pn.issuer, pn.published_on, ps.locator, ps.level,
  (SELECT d.sha256 FROM document d JOIN announcement_document ad ON ad.document_id = d.id
    WHERE ad.announcement_id = pn.id AND d.is_open ORDER BY ad.position LIMIT 1)
FROM {asked}
LEFT JOIN gi_product w ON w.slug = asked.slug
LEFT JOIN organisation o ON o.id = coalesce(
  (SELECT c.id FROM organisation c WHERE c.uscc = asked.code ORDER BY c.uscc_state DESC, c.id DESC LIMIT 1),
  (SELECT f.organisation_id FROM former_code f WHERE f.uscc = asked.code ORDER BY f.organisation_id LIMIT 1))
LEFT JOIN authorisation a ON a.organisation_id = o.id
LEFT JOIN protection p ON p.id = a.protection_id
LEFT JOIN gi_product g ON g.id = p.product_id
LEFT JOIN authorisation_event e ON e.authorisation_id = a.id
LEFT JOIN source s ON s.id = e.source_id
LEFT JOIN announcement n ON n.id = e.announcement_id
LEFT JOIN protection_event pe ON pe.protection_id = p.id
LEFT JOIN source ps ON ps.id = pe.source_id
LEFT JOIN announcement pn ON pn.id = pe.announcement_id
ORDER BY asked.key, a.id, e.sequence, pe.sequence
"""
_ASKED = {
    "sqlite": "(SELECT key, json_extract(value, '$[0]') AS code, json_extract(value, '$[1]') AS slug"
    " FROM json_each(?)) AS asked",
    "postgresql": "unnest(%s::text[], %s::text[]) WITH ORDINALITY AS asked(code, slug, key)",
}
Question = tuple[str, str]


@dataclass(slots=True)
class Measured:
    """The seconds of each round of the statement and of the batch, and the server's memory after short and long."""

    label: str
    statement_s: list[float] = field(default_factory=list)
    batch_s: list[float] = field(default_factory=list)
    short_mib: float = 0
    long_mib: float = 0

    @property
    def ratios(self) -> list[float]:
        """The batch in units of the statement, round by round."""
        return [ours / theirs for ours, theirs in zip(self.batch_s, self.statement_s, strict=True)]


@app.command()
def run(
    *,
    organisations: int = 20_000,
    products: int = 2_000,
    rows: int = 10_000,
    rounds: int = 8,
    postgis: Annotated[bool, typer.Option(help="Also measure PostGIS.")] = True,
    write: Annotated[bool, typer.Option(help="Write benchmarks/README.md.")] = True,
) -> None:
    """Measure and print the table."""
    os.sched_setaffinity(0, {int(round_robin.SERVER_CORE)})
    sizes = Sizes(products=products, organisations=organisations, trademarks=0, areas=0)
    results = []
    with ExitStack() as stack:
        urls = {"embedded": _embedded(sizes)}
        if postgis:
            urls["PostGIS"] = stack.enter_context(_postgis(sizes))
        for label, url in urls.items():
            for kind, questions in _questions(sizes, rows).items():
                results.append(_measure(f"{label}, {kind}", url, questions, rounds))
                print(_row(results[-1]))
    text = "\n".join([HEADINGS, *map(_row, results)])
    print(text)
    if write:
        command = (
            f"`./run bench batch --organisations {organisations} --products {products} --rows {rows}"
            f" --rounds {rounds}`"
        )
        round_robin.write_section("batch", f"{command}\n\n{text}")


def _questions(sizes: Sizes, rows: int) -> dict[str, list[Question]]:
    """Return the rows: every second firm alone, and every firm with the product of its first authorisation."""
    alone = [(code_of(number % sizes.organisations), "") for number in range(0, 2 * rows, 2)]
    named = [
        (code_of(grant.organisation), f"shili-{grant.product:06d}") for grant in Permissions(sizes).grants
    ]
    return {"codes alone": alone, "product named": named[:rows]}


def _measure(label: str, url: str, questions: list[Question], rounds: int) -> Measured:
    measured = Measured(label)
    database = Database(url)
    statement = _statement(database)
    port = round_robin.free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "benchmarks.verify", "serve-ours", url, str(port)]
    with round_robin.serving(command, f"{address}/healthz") as pid:
        for _ in range(3):
            _demand_whole(_post(address, questions[:_SHORT]), len(questions[:_SHORT]))
        measured.short_mib = _peak_mib(pid)
        _post(address, questions)
        statement(questions)
        for _ in range(rounds):
            measured.statement_s.append(_seconds(lambda: statement(questions)))
            measured.batch_s.append(
                _seconds(lambda: _demand_whole(_post(address, questions), len(questions)))
            )
        measured.long_mib = _peak_mib(pid)
    database.dispose()
    return measured


def _statement(database: Database) -> Callable[[list[Question]], int]:
    """Return what runs the one statement as the driver runs it, and returns how many rows there were."""
    connection: Any = database.held_connection()
    kind = "sqlite" if database.is_sqlite else "postgresql"
    sql = _SELECT.format(asked=_ASKED[kind])

    def run_it(questions: list[Question]) -> int:
        values: tuple[Any, ...] = (orjson.dumps(questions).decode(),)
        if kind == "postgresql":
            values = ([code for code, _ in questions], [slug for _, slug in questions])
        return len(connection.execute(sql, values).fetchall())

    return run_it


def _post(address: str, questions: list[Question]) -> bytes:
    body = "code,target\n" + "".join(f"{code},{slug}\n" for code, slug in questions)
    request = urllib.request.Request(  # noqa: S310  (our own server)
        f"{address}/api/v1/verify/batch?format=csv", body.encode(), {"Content-Type": "text/csv"}
    )
    with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310
        content: bytes = reply.read()
        return content


def _demand_whole(table: bytes, rows: int) -> None:
    """Refuse to measure a thin answer."""
    if table.count(b"\r\n") != rows + 1 or table.count(b",authorised,") < rows // 4:
        raise RuntimeError(table[:2000].decode())


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _peak_mib(pid: int) -> float:
    """Return the most memory that a process ever held."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


HEADINGS = (
    "| register, rows | statement ms, best | batch ms, best | ratio of the best | of the rounds, median (least–most) |"
    " peak MiB after 1,000 rows | after all |\n|---|---:|---:|---:|---:|---:|---:|"
)


def _row(measured: Measured) -> str:
    ours, theirs = min(measured.batch_s), min(measured.statement_s)
    ratios = measured.ratios
    return (
        f"| {measured.label} | {theirs * 1000:.0f} | {ours * 1000:.0f} | **{ours / theirs:.2f}** |"
        f" {statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f}) |"
        f" {measured.short_mib:.0f} | {measured.long_mib:.0f} |"
    )


if __name__ == "__main__":
    app()
