"""A reading session kept open sees each moment anew, holds nobody up, and is made anew when its connection is gone."""

from __future__ import annotations

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from service.errors import BadIdentifier, CannotConfirm
from service.register.models import RegistryState
from service.register.verification.reading import data_version


@pytest.fixture
def database(backend, registers, opened):
    return opened(registers.make(backend, "seeded"))


@pytest.fixture
def on_sqlite(registers, opened):
    return opened(registers.make("spatialite", "seeded"))


@pytest.fixture
def on_postgis(registers, opened):
    return opened(registers.make("postgis", "seeded"))


def _advance(database) -> None:
    with database.writing() as session:
        session.execute(update(RegistryState).values(revision_number=RegistryState.revision_number + 1))


def _seen(database) -> int:
    with database.glancing() as session:
        return data_version(session)


def test_what_is_committed_is_in_the_very_next_glance(database):
    before = _seen(database)
    for step in range(1, 20):
        _advance(database)
        assert _seen(database) == before + step


def test_one_glance_is_one_moment(database):
    with database.glancing() as session:
        before = data_version(session)
        _advance(database)
        assert session.scalar(text("SELECT revision_number FROM registry_state")) == before


def test_a_refused_question_leaves_the_reader_as_it_was(database):
    with pytest.raises(BadIdentifier), database.glancing():
        raise BadIdentifier("bad_number")
    before = _seen(database)
    _advance(database)
    assert _seen(database) == before + 1


def test_a_glance_that_rests_holds_no_old_moment(on_sqlite):
    _seen(on_sqlite)
    _advance(on_sqlite)
    with on_sqlite.write_engine.connect() as connection:
        connection.rollback()
        busy, log, moved = connection.connection.driver_connection.execute(
            "PRAGMA wal_checkpoint(TRUNCATE)"
        ).fetchone()
    assert (busy, log, moved) == (0, 0, 0)


def test_a_lost_connection_is_replaced(on_postgis):
    before = _seen(on_postgis)
    with on_postgis.writing() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    with pytest.raises(CannotConfirm):
        _seen(on_postgis)
    assert _seen(on_postgis) == before


def test_a_glance_cannot_write(database):
    before = _seen(database)
    with pytest.raises((DBAPIError, CannotConfirm)), database.glancing() as session:
        session.execute(update(RegistryState).values(revision_number=before + 1))
    assert _seen(database) == before


def test_who_finds_no_reader_free_is_told_so_at_once(on_sqlite):
    with on_sqlite.glancing(), pytest.raises(CannotConfirm), on_sqlite.glancing():
        pass
    assert _seen(on_sqlite) >= 0
