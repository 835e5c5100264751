"""The site under test, on a seeded register with its own index."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "register"))  # last: its factories, not its conftest

from conftest import NOW
from plain_facts import tables_of
from serving import seeded_settings
from staffing import MovingClock, Seat, a_desk, an_officer, seated
from starlette.testclient import TestClient

from service.app import create_app
from service.calendar import FixedClock
from service.register.database import Database
from service.vocabulary import Role

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


@pytest.fixture
def artist(desk) -> Seat:
    """Somebody who draws areas, at the desk."""
    return seated(*desk, an_officer(desk[1], Role.GIS_EDITOR))


@pytest.fixture
def reviewer(desk) -> Seat:
    """Somebody who publishes what others entered, at the desk."""
    return seated(*desk, an_officer(desk[1], Role.REVIEWER))


@pytest.fixture
def editor(desk) -> Seat:
    """Somebody who enters records, at the desk."""
    return seated(*desk, an_officer(desk[1], Role.EDITOR))


@pytest.fixture(scope="module")
def people(desk) -> dict[Role, Seat]:
    """One of each role that leads and reference data are about, at the desk."""
    roles = (Role.LEAD_OFFICER, Role.AUDITOR, Role.EDITOR, Role.REVIEWER)
    return {role: seated(*desk, an_officer(desk[1], role)) for role in roles}


@pytest.fixture(scope="module", params=["spatialite", "postgis"])
def named_desk(request, registers, tmp_path_factory: pytest.TempPathFactory):
    """The desk under a name of its own, on each database: client, register, clock."""
    folder, clock = tmp_path_factory.mktemp("desk"), MovingClock()
    named = {"base_url": "https://dibiao.example", "allowed_hosts": ("dibiao.example", "testserver")}
    with a_desk(registers, folder, request.param, "empty", clock=clock, **named) as desk:
        yield *desk, clock


@pytest.fixture
def site(named_desk):
    """The desk under a name of its own, its clock at its beginning."""
    named_desk[2].moment = NOW
    return named_desk


@pytest.fixture(scope="module")
def tables(client) -> dict[str, list[dict]]:
    """The rows of every table, as its JSON Lines file has them."""
    return tables_of(client)
