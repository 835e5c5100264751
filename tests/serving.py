"""The site as tests serve it: a seeded register with its index and its kept documents."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from conftest import NOW

from search.engine import open_engine
from service.app import create_app
from service.calendar import Clock, FixedClock
from service.proving import add_key
from service.register import indexing
from service.register.database import Database
from service.settings import Settings


def seeded_settings(folder: Path, registers: Any, backend: str, clock: Clock, **more: Any) -> Settings:
    """Return the settings of a site on a seeded register of its own, indexed, in the folder."""
    add_key(folder / "keys.json", clock.now())
    more = {"signing_key_file": folder / "keys.json", **more}
    more = {"limits": False, **more}
    settings = Settings(data_dir=folder, database_url=registers.make(backend, "seeded"), **more)
    (folder / "documents").symlink_to(registers.documents(backend, "seeded"))
    database = Database(settings.effective_database_url)
    engine = open_engine("embedded:", directory=settings.index_dir, writable=True)
    indexing.rebuild(database, engine, clock)
    engine.close()
    database.dispose()
    return settings


@contextmanager
def served(
    registers: Any,
    folder: Path,
    change: Callable[[Database], None] | None = None,
    *,
    works: bool = False,
    clock: Clock | None = None,
) -> Iterator[str]:
    """Serve a seeded site on a free port; yield its address. `works`: whether it keeps its index in step.

    `clock`: what it goes by, instead of one that stands still.
    """
    taken = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    clock = clock or FixedClock(NOW)
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
