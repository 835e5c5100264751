"""A served site for the browser's tests."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from conftest import NOW
from serving import seeded_settings
from sqlalchemy import update

from service.app import create_app
from service.calendar import FixedClock
from service.register.database import Database
from service.register.models import Division, GiProduct, ServicePoint

HOSTILE = "<img src=q onerror=alert(1)>${alert(2)}`"


@pytest.fixture(scope="session")
def site(registers: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site, served from a seeded register."""
    with _served(registers, tmp_path_factory.mktemp("site")) as address:
        yield address


@pytest.fixture(scope="module")
def poisoned(registers: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site whose products, townships and service points are all named like an attack."""

    def poison(database: Database) -> None:
        with database.writing() as session:
            for model in (GiProduct, Division, ServicePoint):
                session.execute(update(model).values(name=HOSTILE))

    with _served(registers, tmp_path_factory.mktemp("poisoned"), poison) as address:
        yield address


@pytest.fixture(scope="session")
def served(registers: Any) -> Callable[..., AbstractContextManager[tuple[str, Database]]]:
    """Serve a site of one's own in a folder while a block runs: its address, and its register opened beside it.

    `works`: whether it also keeps its index in step.
    """

    @contextmanager
    def serve(folder: Path, *, works: bool = False) -> Iterator[tuple[str, Database]]:
        found: list[str] = []
        note = lambda database: found.append(str(database.url))  # noqa: E731
        with _served(registers, folder, note, works=works) as address:
            database = Database(found[0])
            yield address, database
            database.dispose()

    return serve


@contextmanager
def _served(
    registers: Any, folder: Path, change: Callable[[Database], None] | None = None, *, works: bool = False
) -> Iterator[str]:
    taken = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    clock = FixedClock(NOW)
    settings = seeded_settings(folder, registers, "spatialite", clock, base_url=address, reports_per_hour=100)
    if change:
        database = Database(settings.effective_database_url)
        change(database)
        database.dispose()
    server = uvicorn.Server(uvicorn.Config(create_app(settings, clock, works=works), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield address
    server.should_exit = True
    thread.join(10)
    taken.close()
