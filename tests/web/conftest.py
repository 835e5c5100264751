"""The site under test, on a seeded register with its own index."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import NOW
from starlette.testclient import TestClient

from search.engine import open_engine
from service.app import create_app
from service.calendar import FixedClock
from service.register import indexing
from service.register.database import Database
from service.settings import Settings

BASE_URL = "http://127.0.0.1:8000"


@pytest.fixture(scope="session", params=["spatialite", "postgis"])
def client(request, registers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of the site, on each database; errors come as replies, as people get them."""
    folder = tmp_path_factory.mktemp("site")
    settings = Settings(data_dir=folder, database_url=registers.make(request.param, "seeded"))
    (folder / "documents").symlink_to(registers.documents(request.param, "seeded"))
    _index(settings)
    app = create_app(settings, FixedClock(NOW), works=False)
    with TestClient(app, base_url=BASE_URL, raise_server_exceptions=False) as made:
        yield made


def _index(settings: Settings) -> None:
    database = Database(settings.effective_database_url)
    engine = open_engine("embedded:", directory=settings.index_dir, writable=True)
    indexing.rebuild(database, engine, FixedClock(NOW))
    engine.close()
    database.dispose()
