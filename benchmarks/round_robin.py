"""Measuring servers side by side: one after the other in short rounds, so that a slow hour slows them all.

Servers run on one core and the load (wrk) on another. A figure by itself does not carry over to another
machine or hour; the ratio between two candidates of one run does.
"""

from __future__ import annotations

import math
import os
import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SERVER_CORE, LOAD_CORE = "0", "1"
_MICROSECONDS = 1e6
# wrk prints no 95th percentile by itself, but tells it to a script.
_TELL = """
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("TOLD %d %d %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(95), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""


def chromium() -> str:
    """Return the path of the browser that pages are measured in: a whole one first, as people have it.

    Raises:
        RuntimeError: none is installed.
    """
    found = next(
        filter(
            None,
            map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")),
        ),
        None,
    )
    if found is None:
        raise RuntimeError("Chromium is missing")
    return found


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is measured: a label, an address, and the process that answers it."""

    label: str
    url: str
    pid: int
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Round:
    """One round of one candidate; latencies in milliseconds, processor time in µs for each request."""

    requests_per_s: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    cpu_us: float
    errors: int


@dataclass(slots=True)
class Result:
    """All rounds of one candidate, and their ratios to the first candidate's in the same rounds."""

    label: str
    rounds: list[Round] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)

    @property
    def best(self) -> float:
        """The most requests per second of any round."""
        return max(each.requests_per_s for each in self.rounds)

    def median(self, name: str) -> float:
        """The median over the rounds of one figure."""
        return statistics.median(getattr(each, name) for each in self.rounds)


def measure(candidates: Sequence[Candidate], *, connections: int, rounds: int, seconds: int) -> list[Result]:
    """Return the results of visiting each candidate once in every round; the first one is the baseline."""
    results = [Result(candidate.label) for candidate in candidates]
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "tell.lua"
        script.write_text(_TELL)
        for candidate in candidates:
            _load(candidate, connections, 1, script)
        for _ in range(rounds):
            for candidate, result in zip(candidates, results, strict=True):
                result.rounds.append(_load(candidate, connections, seconds, script))
                baseline = (
                    results[0].rounds[-1].requests_per_s or math.nan
                )  # a baseline that answered nothing
                result.ratios.append(result.rounds[-1].requests_per_s / baseline)
    return results


def _load(candidate: Candidate, connections: int, seconds: int, script: Path) -> Round:
    command = [
        "taskset",
        "-c",
        LOAD_CORE,
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{seconds}s",
        "--timeout",
        "20s",
    ]
    before = _cpu_ns(candidate.pid)
    done = subprocess.run(
        [*command, "-s", str(script), *(f"-H{each}" for each in candidate.headers), candidate.url],
        capture_output=True,
        text=True,
        check=True,
    )
    spent = _cpu_ns(candidate.pid) - before
    told = re.search(r"TOLD (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", done.stdout)
    if told is None:
        raise RuntimeError(done.stdout + done.stderr)
    count, duration, p50, p95, p99, errors = map(int, told.groups())
    return Round(
        requests_per_s=count / duration * _MICROSECONDS,
        p50_ms=p50 / 1000,
        p95_ms=p95 / 1000,
        p99_ms=p99 / 1000,
        cpu_us=spent / 1000 / max(count, 1),
        errors=errors,
    )


def _cpu_ns(pid: int) -> int:
    """Return the processor time that all threads of a process have used."""
    used = 0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            used += int(task.read_text().split()[0])
        except OSError:
            continue  # the thread has just ended
    return used


@contextmanager
def serving(command: Sequence[str], url: str, *, wait_s: float = 60) -> Iterator[int]:
    """Run a server on its core while the block lasts; yield its process id once it answers.

    Raises:
        RuntimeError: it did not come up; the end of what it printed is told.
    """
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(["taskset", "-c", SERVER_CORE, *command], stdout=log, stderr=log)
        try:
            _await(process, url, wait_s)
            yield process.pid
        except TimeoutError as error:
            log.seek(0)
            raise RuntimeError(log.read()[-3000:]) from error
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await(process: subprocess.Popen[bytes], url: str, wait_s: float) -> None:
    until = time.monotonic() + wait_s
    while time.monotonic() < until and process.poll() is None:
        try:
            read(url)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def read(url: str) -> bytes:
    """Return the body of an answer."""
    with urllib.request.urlopen(url, timeout=20) as reply:  # noqa: S310  (our own servers)
        body: bytes = reply.read()
        return body


HEADINGS = (
    "| candidate | best req/s | median req/s | p50 ms | p95 ms | p99 ms | CPU µs/req | ratio, median (least–most) |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|"
)


def table(results: Sequence[Result]) -> str:
    """Return the results as a Markdown table, ratios to the first row."""
    return "\n".join([HEADINGS, *map(_row, results)])


def _row(result: Result) -> str:
    ratio = statistics.median(result.ratios)
    errors = sum(each.errors for each in result.rounds)
    cells = (
        result.label + (f" (**{errors} errors**)" if errors else ""),
        f"{result.best:,.0f}",
        f"{result.median('requests_per_s'):,.0f}",
        f"{result.median('p50_ms'):.2f}",
        f"{result.median('p95_ms'):.2f}",
        f"{result.median('p99_ms'):.2f}",
        f"{result.median('cpu_us'):.0f}",
        f"**{ratio:.2f}** ({min(result.ratios):.2f}–{max(result.ratios):.2f})",
    )
    return f"| {' | '.join(cells)} |"


README = Path(__file__).parent / "README.md"


def write_section(name: str, text: str) -> None:
    """Put the text between the marks of this name in benchmarks/README.md."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    whole = README.read_text(encoding="utf-8")
    before, _, rest = whole.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise LookupError(f"no marks for {name}")
    aside = README.with_suffix(f".{os.getpid()}")
    aside.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")
    aside.replace(README)
