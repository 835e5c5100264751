"""A served site for the browser's tests."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from conftest import NOW
from serving import seeded_settings

from service.app import create_app
from service.calendar import FixedClock


@pytest.fixture(scope="session")
def site(registers: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site, served from a seeded register."""
    taken = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    clock = FixedClock(NOW)
    folder = tmp_path_factory.mktemp("site")
    settings = seeded_settings(folder, registers, "spatialite", clock, base_url=address, reports_per_hour=100)
    server = uvicorn.Server(uvicorn.Config(create_app(settings, clock, works=False), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield address
    server.should_exit = True
    thread.join(10)
    taken.close()
