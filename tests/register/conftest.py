"""What the register's tests share: the seed opened once for reading, and the factories on the path."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.append(str(Path(__file__).parent))  # last: other folders have a conftest of their own

from factories import NOW, a_reviewer, an_account, an_editor
from sqlalchemy.orm import Session

from service.register import importing
from service.register.database import Database
from service.register.models import StaffUser
from service.vocabulary import Role


@pytest.fixture(scope="session")
def _shared() -> Iterator[dict[tuple[str, str], Database]]:
    opened: dict[tuple[str, str], Database] = {}
    yield opened
    for database in opened.values():
        database.dispose()


def _shared_register(shared, registers, backend: str, content: str) -> Database:
    if (backend, content) not in shared:
        shared[backend, content] = Database(registers.make(backend, content))
    return shared[backend, content]


@pytest.fixture
def seed(backend, registers, _shared) -> Database:
    """The first data with the demonstration, shared by tests that only read, on each database."""
    return _shared_register(_shared, registers, backend, "seeded")


@pytest.fixture
def session(backend, registers, _shared) -> Iterator[Session]:
    """A writing session on an empty register, on each database; what the test wrote is rolled back."""
    with Session(_shared_register(_shared, registers, backend, "empty").write_engine) as session:
        yield session
        session.rollback()


@pytest.fixture
def desk(session, tmp_path) -> SimpleNamespace:
    """An import in progress: whose, when, and where files go."""
    run = importing.Import(session, an_editor(session), NOW, tmp_path / "documents")

    def import_(path, kind=None, *, publish=True):
        report = importing.import_file(run, path, kind)
        if publish:
            importing.publish_report(run, report, by=a_reviewer(session))
        return report

    return SimpleNamespace(session=session, run=run, folder=tmp_path, import_=import_)


@pytest.fixture
def officer(session) -> StaffUser:
    """Somebody who handles leads."""
    return an_account(session, "xian-suo", Role.LEAD_OFFICER)
