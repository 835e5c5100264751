"""A served site for the browser's tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from serving import served
from sqlalchemy import update

from service.register.database import Database
from service.register.models import Division, GiProduct, ServicePoint

HOSTILE = "<img src=q onerror=alert(1)>${alert(2)}`"


@pytest.fixture(scope="session")
def site(registers: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site, served from a seeded register."""
    with served(registers, tmp_path_factory.mktemp("site")) as address:
        yield address


@pytest.fixture(scope="module")
def poisoned(registers: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site whose products, townships and service points are all named like an attack."""

    def poison(database: Database) -> None:
        with database.writing() as session:
            for model in (GiProduct, Division, ServicePoint):
                session.execute(update(model).values(name=HOSTILE))

    with served(registers, tmp_path_factory.mktemp("poisoned"), poison) as address:
        yield address
