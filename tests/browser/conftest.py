"""A served site and a headless Chromium for the browser's tests."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from conftest import NOW, missing
from playwright.sync_api import Browser, sync_playwright
from serving import seeded_settings

from service.app import create_app
from service.calendar import FixedClock

_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def site(registers: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site, served from a seeded register."""
    taken = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    clock = FixedClock(NOW)
    folder = tmp_path_factory.mktemp("site")
    settings = seeded_settings(folder, registers, "spatialite", clock, base_url=address)
    server = uvicorn.Server(uvicorn.Config(create_app(settings, clock, works=False), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield address
    server.should_exit = True
    thread.join(10)
    taken.close()


# Closed after each file: two synchronous Playwrights cannot be open in one process, and the maps have theirs.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        missing("Chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=_FLAGS)
        yield opened
        opened.close()
