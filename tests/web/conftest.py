"""The site under test, on a seeded register with its own index."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "register"))  # last: its factories, not its conftest

from conftest import NOW
from serving import seeded_settings
from staffing import a_desk
from starlette.testclient import TestClient

from service.app import create_app
from service.calendar import FixedClock
from service.register.database import Database

BASE_URL = "http://127.0.0.1:8000"


@pytest.fixture(scope="session", params=["spatialite", "postgis"])
def client(request, registers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of the site, on each database; errors come as replies, as people get them."""
    clock = FixedClock(NOW)
    settings = seeded_settings(tmp_path_factory.mktemp("site"), registers, request.param, clock)
    app = create_app(settings, clock, works=False)
    with TestClient(app, base_url=BASE_URL, raise_server_exceptions=False) as made:
        yield made


@pytest.fixture(scope="module")
def desk(registers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Database]]:
    """The desk's site on a seeded register, and that register as the site holds it; some ask it on each database."""
    with a_desk(registers, tmp_path_factory.mktemp("desk")) as desk:
        yield desk
