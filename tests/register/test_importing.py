"""Importing tables: drafts out, published by a second person, at the desk and by the command."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from factories import NOW, a_uscc, an_authorisation
from sqlalchemy import func, select
from table_files import SOURCED, a_table
from typer.testing import CliRunner

from service import cli
from service.errors import ImportRefused
from service.register import accounts
from service.register.models import GiProduct, ImportBatch, Organisation, Revision
from service.settings import get_settings
from service.vocabulary import RecordKind, Role

# ---- what becomes of it


def test_a_changed_row_is_a_draft_of_the_next_version_and_the_others_are_left(desk):
    codes = [a_uscc(), a_uscc()]
    desk.import_(a_table(desk.folder, [{"uscc": code, "name": "甲公司", **SOURCED} for code in codes]))
    report = desk.import_(
        a_table(
            desk.folder,
            [
                {"uscc": codes[0], "name": "甲公司", **SOURCED},
                {"uscc": codes[1], "name": "乙公司", **SOURCED},
            ],
        )
    )
    assert (report.created, report.updated, report.unchanged) == (0, 1, 1)
    assert set(desk.session.execute(select(Organisation.name, Organisation.version)).all()) == {
        ("甲公司", 1),
        ("乙公司", 2),
    }


def test_a_batch_is_kept_with_what_became_of_its_rows(desk):
    desk.import_(a_table(desk.folder, [{"uscc": a_uscc(), "name": f"公司{n}", **SOURCED} for n in range(3)]))
    batch = desk.session.scalars(select(ImportBatch)).one()
    assert (batch.file_name, batch.rows, batch.created, batch.record_kind) == (
        "table.csv",
        3,
        3,
        RecordKind.ORGANISATION,
    )
    assert set(
        desk.session.scalars(select(Revision.batch_id).where(Revision.record_kind == RecordKind.ORGANISATION))
    ) == {batch.id}


def test_importing_makes_drafts_only_until_somebody_publishes(desk):
    desk.import_(a_table(desk.folder, [{"uscc": a_uscc(), "name": "甲公司", **SOURCED}]), publish=False)
    assert desk.session.scalar(select(func.count()).select_from(Organisation)) == 0


# ---- the command


@pytest.fixture
def dibiao(backend, registers, opened, tmp_path, monkeypatch):
    """The command line on a register of its own with two accounts."""
    url = registers.make(backend, "empty")
    monkeypatch.setenv("DIBIAO_DATABASE_URL", url)
    monkeypatch.setenv("DIBIAO_DATA_DIR", str(tmp_path / "data"))
    get_settings.cache_clear()
    database = opened(url)
    with database.writing() as session:
        accounts.add_staff(session, login="lu", display_name="录", person="lu", roles=[Role.EDITOR], at=NOW)
        accounts.add_staff(
            session, login="shen", display_name="审", person="shen", roles=[Role.REVIEWER], at=NOW
        )

    def run(*words):
        return CliRunner().invoke(cli.app, list(words))

    yield SimpleNamespace(run=run, database=database, folder=tmp_path)
    get_settings.cache_clear()


def test_the_command_imports_and_publishes_in_two_names(dibiao):
    path = a_table(
        dibiao.folder,
        [{"code": "QJ-GI-1", "name": "甲", "slug": "jia", "home_relation": "in_district", **SOURCED}],
    )
    done = dibiao.run("import", str(path), "--as", "lu", "--approve-as", "shen")
    assert done.exit_code == 0, done.output
    with dibiao.database.reading() as session:
        assert session.scalars(select(GiProduct.slug)).all() == ["jia"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--as", "lu", "--approve-as", "lu"), "not_permitted"),
        (("--as", "nobody"), "not_found"),
        (("--as", "shen"), "not_permitted"),
    ],
)
def test_the_command_keeps_to_the_two_person_path(dibiao, words, said):
    path = a_table(dibiao.folder, [{"uscc": a_uscc(), "name": "甲公司", **SOURCED}])
    done = dibiao.run("import", str(path), *words)
    assert (done.exit_code, said in done.output) == (1, True), done.output
    with dibiao.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Revision)) == 0


def test_the_command_prints_the_problems_and_keeps_nothing(dibiao):
    path = a_table(
        dibiao.folder,
        [{"uscc": a_uscc(), "name": "甲公司", **SOURCED}, {"uscc": "[/错]", "name": "乙公司", **SOURCED}],
    )
    done = dibiao.run("import", str(path), "--as", "lu", "--approve-as", "shen")
    assert done.exit_code == 1
    assert "[/错]" in done.output  # no value of a file steers the terminal
    assert "nothing imported" in done.output
    with dibiao.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Revision)) == 0


def test_an_event_before_its_grant_is_told_at_its_line(desk):
    authorisation = an_authorisation(desk.session, effective_on=date(2021, 3, 15))
    table = desk.folder / "authorisation_event.csv"
    table.write_text(
        "authorisation,event,effective_on,source,source_level\n"
        f"{authorisation.code},changed,2022-01-01,来源,official_document\n"
        f"{authorisation.code},changed,2015-01-01,来源,official_document\n",
        encoding="utf-8",
    )
    with pytest.raises(ImportRefused) as refused:
        desk.import_(table, RecordKind.AUTHORISATION_EVENT, publish=False)
    (problem,) = refused.value.problems
    assert (problem.line, problem.column) == (3, "effective_on")
    assert problem.zh == "不能早于核准的生效日期"
