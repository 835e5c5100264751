"""What all tests share: registers on both databases, the seed, a clock that stands still, a client."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psycopg
import pytest
from playwright.sync_api import Browser, sync_playwright
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import make_url

sys.path.insert(0, str(Path(__file__).parent))

import postgres

from seed import load
from service.app import settle
from service.calendar import FixedClock
from service.register import migrating
from service.register.accounts import passwords
from service.register.database import Database

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
BACKENDS = ("spatialite", "postgis")
# The first does nothing but pages; the others run a whole browser's windows beside them and take half as long again.
_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_configure() -> None:
    """Let nothing of the developer's own settings reach the tests."""
    for name in [name for name in os.environ if name.startswith("DIBIAO_") and "SEARCH" not in name]:
        del os.environ[name]
    # The same argon2id with less work: many tests open accounts, one asks what the real one costs
    # (register/test_accounts.py).
    quick = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    passwords._hasher = lambda: quick


# What stands on the register is the same code on both databases. In the fast lane it is asked on one of them, the
# register itself and these few on both; `./run test --all` asks everything on both.
_ON_ONE: Final = (
    "register/test_annex",
    "register/test_anomalies",
    "register/test_answers_of_the_past",
    "register/test_area_outlook",
    "register/test_batches",
    "register/test_desk_machine",
    "register/test_drift",
    "register/test_history",
    "register/test_indicators",
    "register/test_inspecting",
    "register/test_lead",
    "register/test_lone_stops",
    "register/test_page_reads",
    "register/test_reading_tables",
    "register/test_refusing_",
    "register/test_review",
    "register/test_service_point_ledger",
    "register/test_verdict_table",
    "register/test_work_list",
    "register/test_zones",
    "seed/",
    "service/test_cli_areas",
    "web/",
)
_ON_BOTH: Final = (
    "web/test_api",
    "web/test_consistency",
    "web/test_batches",
    "web/test_bad_inputs",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the second database of what is asked on one into the long lane."""
    here = Path(__file__).parent
    for item in items:
        name = item.path.relative_to(here).as_posix()
        if name.startswith(_ON_ONE) and not name.startswith(_ON_BOTH) and "postgis" in item.name:
            item.add_marker(pytest.mark.long)


def pytest_collection_finish() -> None:
    """Collect as the server does: without going through modules and tests again and again (a tenth of all time)."""
    settle()


def missing(what: str) -> None:
    """Skip loudly where a tool is missing; in CI that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing; in CI nothing may be skipped")
    pytest.skip(f"{what} is missing")


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at noon of 2026-11-23 in China."""
    return FixedClock(NOW)


class Registers:
    """Makes registers: migrated once per backend and content, then copied, since copying is quick."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self._cluster: str | None = None
        self._templates: dict[tuple[str, str], str] = {}
        self._count = 0

    def make(self, backend: str, content: str) -> str:
        """Return the address of a fresh register: `empty`, `seeded`."""
        template = self._templates.get((backend, content))
        if template is None:
            template = self._templates[backend, content] = self._template(backend, content)
        self._count += 1
        return self._copy(template, f"r{self._count}")

    def documents(self, backend: str, content: str) -> Path:
        """Return the folder of the kept documents of such registers."""
        return self._folder / f"{backend}-{content}-documents"

    def _template(self, backend: str, content: str) -> str:
        name = f"template_{content}"
        url = self._new(backend, name)
        database = Database(url)
        migrating.migrate(database)
        if content == "seeded":
            load.load(database, FixedClock(NOW), self.documents(backend, content), demonstration=True)
        database.dispose()
        return url

    def _new(self, backend: str, name: str) -> str:
        if backend == "spatialite":
            return f"sqlite:///{self._folder / name}.sqlite"
        self._execute(f"CREATE DATABASE {name}")
        return f"{self._server()}{name}"

    def _copy(self, template: str, name: str) -> str:
        url = make_url(template)
        if url.get_backend_name() == "sqlite":
            target = self._folder / f"{name}.sqlite"
            shutil.copy(str(url.database), target)
            return f"sqlite:///{target}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {url.database} STRATEGY FILE_COPY")
        return f"{self._server()}{name}"

    def _server(self) -> str:
        if self._cluster is None:
            if postgres.binaries() is None:
                missing("PostgreSQL with PostGIS")
            self._cluster = self._stack.enter_context(postgres.cluster())
        return self._cluster

    def _execute(self, statement: str) -> None:
        address = self._server().replace("+psycopg", "") + "postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def close(self) -> None:
        """Stop the cluster, if one was started."""
        self._stack.close()


@pytest.fixture(scope="session")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registers]:
    """The maker of registers of this test process."""
    made = Registers(tmp_path_factory.mktemp("registers"))
    yield made
    made.close()


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Both databases, one after the other."""
    return str(request.param)


@pytest.fixture
def opened() -> Iterator[Callable[[str], Database]]:
    """Open databases that are closed after the test."""
    with ExitStack() as stack:

        def open_(url: str) -> Database:
            database = Database(url)
            stack.callback(database.dispose)
            return database

        yield open_


@pytest.fixture
def register(backend: str, registers: Registers, opened: Callable[[str], Database]) -> Database:
    """An empty register of the test's own, on each database."""
    return opened(registers.make(backend, "empty"))


@pytest.fixture
def seeded(backend: str, registers: Registers, opened: Callable[[str], Database]) -> Database:
    """A register of the test's own with the first data and the demonstration, on each database."""
    return opened(registers.make(backend, "seeded"))


@pytest.fixture
def out_of_the_browsers_loop() -> Iterator[None]:
    """Deliveries run a loop of their own, as in the worker's thread; the shared browser keeps one in this thread."""
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(running)


# One for the whole process: two synchronous Playwrights cannot be open at a time.
@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium that asks nobody anything by itself."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None:
        missing("Chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=_QUIET)
        yield opened
        opened.close()
