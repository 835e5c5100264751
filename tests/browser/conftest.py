"""A served site for the browser's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from serving import served as served_site
from sqlalchemy import update

from service.calendar import Clock
from service.register.database import Database
from service.register.models import Division, GiProduct, ServicePoint

HOSTILE = "<img src=q onerror=alert(1)>${alert(2)}`"


@pytest.fixture(scope="session")
def site(registers: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site, served from a seeded register."""
    with served_site(registers, tmp_path_factory.mktemp("site")) as address:
        yield address


@pytest.fixture(scope="module")
def poisoned(registers: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site whose products, townships and service points are all named like an attack."""

    def poison(database: Database) -> None:
        with database.writing() as session:
            for model in (GiProduct, Division, ServicePoint):
                session.execute(update(model).values(name=HOSTILE))

    with served_site(registers, tmp_path_factory.mktemp("poisoned"), poison) as address:
        yield address


@pytest.fixture(scope="session")
def served(registers: Any) -> Callable[..., AbstractContextManager[tuple[str, Database]]]:
    """Serve a site of one's own in a folder while a block runs: its address, and its register opened beside it.

    `works`: whether it also keeps its index in step. `clock`: what it goes by, instead of one that stands still.
    """

    @contextmanager
    def serve(
        folder: Path, *, works: bool = False, clock: Clock | None = None
    ) -> Iterator[tuple[str, Database]]:
        found: list[str] = []
        note = lambda database: found.append(str(database.url))  # noqa: E731
        with served_site(registers, folder, note, works=works, clock=clock) as address:
            database = Database(found[0])
            yield address, database
            database.dispose()

    return serve
