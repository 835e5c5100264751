"""A history of verifications and deregistrations, many at once, and the check that none was answered by the past.

Readers are processes that ask the whole application (its ASGI interface, no sockets in between); writers are
processes that deregister as one person does at the desk. All note when each act began and ended, by the one
monotonic clock of the machine. Afterwards no read that began after a deregistration was acknowledged may say
`authorised`, nor carry an older revision. Source: security notes 2.2 (checker, I4, I5).

Run as a program it is one of those processes: `read` or `write`, told what to do by a line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import mmap
import os
import random
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson

from service.calendar import SystemClock, china_date
from service.register import accounts, editing
from service.register.database import Database
from service.register.payloads import PAYLOADS
from service.vocabulary import RecordKind, Role

ROOT = Path(__file__).resolve().parents[1]
SOURCE: Final = {"source": "历史核查", "source_level": "official_document"}
_AUTHORISED, _ENDED, _OTHER = 1, 2, 3
_NEAR: Final = 30
"""Readers ask mostly about firms that are being deregistered: so many before and behind the writers."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a history is made; `flaw` breaks it on purpose: `cache` keeps answers a second, `no_commit` forgets some."""

    url: str
    firms: int
    seconds: float
    patience: float = 0
    """So much longer it may last where the machine is slow, until every firm is deregistered."""
    readers: int = 2
    tasks: int = 4
    writers: int = 1
    flaw: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """What was seen: reads (firm, began, ended, answer, revision) and ends (firm, began, acknowledged, revision)."""

    reads: list[tuple[int, int, int, int, int]]
    ends: list[tuple[int, int, int, int]]
    seconds: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the check found; `met` are reads that began before an acknowledgement and ended after the act began."""

    reads: int
    deregistrations: int
    authorised: int
    ended: int
    met: int
    stale: int
    backwards: int

    @property
    def violations(self) -> int:
        """Answers that the past gave."""
        return self.stale + self.backwards


def firm_code(number: int) -> str:
    """Return the number of the authorisation of a firm."""
    return f"QJ-AU-{number:07d}"


def fill(database: Database, firms: int) -> None:
    """Grant one authorisation to each of so many firms."""
    from factories import a_protection, a_reviewer, a_uscc, an_announcement, an_editor

    now = datetime.now(UTC)
    with database.writing() as session:
        editor, reviewer = an_editor(session), a_reviewer(session)
        facts = {
            "protection": a_protection(session).code,
            "announcement": an_announcement(session).parsed_number().code,
            "basis": "approved_producer",
            "effective_on": "2020-01-01",
        }
        codes = [a_uscc() for _ in range(firms)]
        organisations = [
            _payload("organisation", uscc=code, name=f"核查示例{n}") for n, code in enumerate(codes)
        ]
        grants = [
            _payload("authorisation", code=firm_code(n), organisation=code, **facts)
            for n, code in enumerate(codes)
        ]
        for payloads in (organisations, grants):
            drafts = editing.save_drafts(session, [(each, None) for each in payloads], by=editor, at=now)
            editing.submit(session, drafts, by=editor, at=now)
            editing.publish(session, drafts, by=reviewer, at=now)
        for writer in range(8):
            accounts.add_staff(
                session,
                login=f"zhu-xiao-{writer}",
                display_name="注销",
                person=f"zhu-xiao-{writer}",
                roles=[Role.EDITOR],
                at=now,
            )


def _payload(kind: str, **facts: Any) -> Any:
    return PAYLOADS[RecordKind(kind)].model_validate({**SOURCE, **facts})


def make(plan: Plan) -> History:
    """Run readers and writers side by side and return what they saw."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "progress").write_bytes(bytes(8 * (plan.writers + 1)))
        roles = [("write", n) for n in range(plan.writers)] + [("read", n) for n in range(plan.readers)]
        running = [
            stack.enter_context(_process(role, {**asdict(plan), "number": n, "folder": str(folder)}))
            for role, n in roles
        ]
        for each in running:
            if each.stdout is None or each.stdin is None or not each.stdout.readline():
                raise RuntimeError("a process did not start")
        for each in running:
            if each.stdin is not None:
                each.stdin.write(b"go\n")
                each.stdin.flush()
        for each in running:
            if each.wait(timeout=plan.seconds + plan.patience + 120):
                raise RuntimeError("a process failed")
        return _gathered(folder, roles, plan.seconds)


@contextmanager
def _process(role: str, told: dict[str, Any]) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, str(Path(__file__)), role, json.dumps(told)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
    try:
        yield running
    finally:
        running.kill()
        running.wait()
        for stream in (running.stdin, running.stdout):
            if stream is not None:
                stream.close()


def _gathered(folder: Path, roles: Sequence[tuple[str, int]], seconds: float) -> History:
    reads: list[tuple[int, int, int, int, int]] = []
    ends: list[tuple[int, int, int, int]] = []
    for role, number in roles:
        kept: array[int] = array("q")
        kept.frombytes((folder / f"{role}-{number}").read_bytes())
        if role == "read":
            reads += zip(*(kept[n::5] for n in range(5)), strict=True)  # type: ignore[arg-type]
        else:
            ends += zip(*(kept[n::4] for n in range(4)), strict=True)  # type: ignore[arg-type]
    return History(reads, ends, seconds)


def judge(history: History) -> Judgement:
    """Return what the check finds in a history."""
    began = {firm: start for firm, start, _, _ in history.ends}
    acknowledged = {firm: (end, revision) for firm, _, end, revision in history.ends}
    stale = backwards = met = 0
    newest = _newest_at(history.ends)
    for firm, start, end, answer, revision in sorted(history.reads, key=lambda read: read[1]):
        done, _ = acknowledged.get(firm, (None, 0))
        if done is not None and done <= start and answer == _AUTHORISED:
            stale += 1
        if revision < newest(start):
            backwards += 1
        if done is not None and start < done and end > began[firm]:
            met += 1
    answers = [read[3] for read in history.reads]
    return Judgement(
        len(history.reads),
        len(history.ends),
        answers.count(_AUTHORISED),
        answers.count(_ENDED),
        met,
        stale,
        backwards,
    )


def _newest_at(ends: Sequence[tuple[int, int, int, int]]) -> Callable[[int], int]:
    """Return what tells the newest revision acknowledged by a moment; asked in the order of time."""
    waiting = sorted(((end, revision) for _, _, end, revision in ends), reverse=True)
    newest = 0

    def at(moment: int) -> int:
        nonlocal newest
        while waiting and waiting[-1][0] <= moment:
            newest = max(newest, waiting.pop()[1])
        return newest

    return at


# ---- the processes


def _begin() -> None:
    """Tell that all is ready, and wait until everybody is."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()


def _progress(told: dict[str, Any]) -> memoryview:
    with (Path(told["folder"]) / "progress").open("r+b") as file:
        return memoryview(mmap.mmap(file.fileno(), 0)).cast("q")


def write(told: dict[str, Any]) -> None:
    """Deregister firm after firm, each in a transaction of its own, until the time is up."""
    database, number = Database(told["url"]), told["number"]
    progress, kept = _progress(told), array("q")
    firms = range(number, told["firms"], told["writers"])
    _begin()
    began = time.monotonic()
    # Spread over the whole time, so that reads and ends meet all along.
    pause = told["seconds"] / max(len(firms), 1)
    for place, firm in enumerate(firms):
        if time.monotonic() >= began + told["seconds"] + told["patience"]:
            break
        time.sleep(max(0.0, began + pause * place - time.monotonic()))
        forgets = told["flaw"] == "no_commit" and place % 20 == 7
        start = time.monotonic_ns()
        revision = _deregister(database, firm, f"zhu-xiao-{number}", forgets=forgets)
        kept.extend([firm, start, time.monotonic_ns(), revision])
        progress[number] = firm
    progress[-1] = 1  # the readers may stop, once their time is over
    (Path(told["folder"]) / f"write-{number}").write_bytes(kept.tobytes())


def _deregister(database: Database, firm: int, login: str, *, forgets: bool) -> int:
    now = datetime.now(UTC)
    payload = _payload(
        "authorisation_event",
        authorisation=firm_code(firm),
        event="deregistered",
        effective_on=china_date(now),
        ground="voluntary",
    )
    with database.writing() as session:
        by = accounts.find_staff(session, login)
        draft = editing.save_draft(session, payload, by=by, at=now)
        editing.submit(session, [draft], by=by, at=now)
        # By a second person: one alone stops only a few in a day (decision 0023).
        second = accounts.find_staff(session, "shen-he")
        revision = editing.publish(session, [draft], by=second, at=now)
        if forgets:
            session.rollback()  # and yet the caller is told that it is done
    return revision


def read(told: dict[str, Any]) -> None:
    """Ask the application about firm after firm, several questions at once, until the time is up."""
    from service.app import create_app
    from service.settings import Settings

    folder = Path(told["folder"])
    settings = Settings(database_url=told["url"], data_dir=folder / f"data-{told['number']}", limits=False)
    app = create_app(settings, SystemClock(), works=False)  # no index: verifying does not look at one (I6)
    if told["flaw"] == "cache":
        app = _Cache(app)
    kept: array[int] = array("q")
    asyncio.run(_ask_all(app, told, kept))
    (folder / f"read-{told['number']}").write_bytes(kept.tobytes())


async def _ask_all(app: Any, told: dict[str, Any], kept: array[int]) -> None:
    await _ask(app, 0)  # whatever is made at the first question is made now
    progress = _progress(told)
    _begin()
    until = time.monotonic() + told["seconds"]
    at_last = until + told["patience"]

    async def go_on(seed: int) -> None:
        chance = random.Random(seed)
        while (now := time.monotonic()) < until or (now < at_last and not progress[-1]):
            firm = _which(chance, progress, told["firms"])
            start = time.monotonic_ns()
            answer, revision = await _ask(app, firm)
            kept.extend([firm, start, time.monotonic_ns(), answer, revision])
            await asyncio.sleep(0)

    await asyncio.gather(*(go_on(told["number"] * 100 + n) for n in range(told["tasks"])))


def _which(chance: random.Random, progress: memoryview, firms: int) -> int:
    if chance.random() < 0.1:
        return chance.randrange(firms)
    front = progress[chance.randrange(len(progress) - 1)]
    return min(max(front + chance.randint(-_NEAR, _NEAR), 0), firms - 1)


async def _ask(app: Any, firm: int) -> tuple[int, int]:
    """Return the answer about a firm and the revision that it carries."""
    path = "/api/v1/verify"
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": f"code={firm_code(firm)}".encode(),
        "headers": [(b"host", b"127.0.0.1")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    status, body = 0, b""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status, body
        status = message.get("status", status)
        body += message.get("body", b"")

    await app(scope, receive, send)
    if status != 200:
        return _OTHER, 2**62  # not confirmed: no answer from the past
    answer = orjson.loads(body)
    known = {"authorised": _AUTHORISED, "ended": _ENDED}
    return known.get(answer["verdict"], _OTHER), answer["data_version"]


class _Cache:
    """The flaw that must be caught: an answer kept for a second."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._kept: dict[bytes, tuple[float, list[dict[str, Any]]]] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        made, messages = self._kept.get(scope["query_string"], (0.0, []))
        if not messages or time.monotonic() - made > 1:
            messages = []

            async def keep(message: dict[str, Any]) -> None:
                messages.append(message)

            await self._app(scope, receive, keep)
            self._kept[scope["query_string"]] = time.monotonic(), messages
        for message in messages:
            await send(message)


if __name__ == "__main__":
    {"read": read, "write": write}[sys.argv[1]](json.loads(sys.argv[2]))
