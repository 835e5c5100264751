"""dibiao audit verify: the chain holds, or the command says where it does not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

sys.path.append(str(Path(__file__).parents[1] / "register"))

from factories import a_product

from service.cli import app
from service.settings import get_settings


@pytest.fixture
def database(register, monkeypatch, tmp_path):
    monkeypatch.setenv("DIBIAO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DIBIAO_DATABASE_URL", register.url.render_as_string(hide_password=False))
    get_settings.cache_clear()
    yield register
    get_settings.cache_clear()


def verify():
    return CliRunner().invoke(app, ["audit", "verify"])


def test_an_empty_register_has_nothing_broken(database):
    assert verify().exit_code == 0


def test_a_chain_that_holds_is_told_with_its_length(database):
    with database.writing() as session:
        a_product(session)
    said = verify()
    assert said.exit_code == 0
    assert "5 行" in said.output


def test_a_row_changed_behind_the_register_is_named(database):
    with database.writing() as session:
        a_product(session)
        on_table = "" if database.is_sqlite else " ON audit_event"
        session.execute(text(f"DROP TRIGGER audit_event_no_update{on_table}"))
        session.execute(text("UPDATE audit_event SET reason = 'x' WHERE sequence = 3"))
    said = verify()
    assert said.exit_code == 1
    assert "3" in said.output
