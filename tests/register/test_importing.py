"""Tables in, drafts out: every problem told by line, column and value, in two languages, and all or nothing."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace

import openpyxl
import pytest
from factories import (
    NOW,
    a_product,
    a_protection,
    a_reviewer,
    a_uscc,
    an_announcement,
    an_authorisation,
    an_editor,
    an_organisation,
)
from sqlalchemy import func, select
from typer.testing import CliRunner

from service import cli
from service.errors import ImportRefused
from service.register import accounts, importing, tabular
from service.register.models import Document, GiProduct, ImportBatch, Organisation, Revision
from service.register.payloads import PAYLOADS
from service.settings import get_settings
from service.vocabulary import RecordKind, Role

SOURCED = {"source": "测试", "source_level": "official_page"}


def a_table(folder, rows, name="table.csv", encoding="utf-8"):
    """A csv of these rows (dicts); the first row's keys are the header."""
    header = list(rows[0])
    lines = [header, *[[str(row.get(key, "")) for key in header] for row in rows]]
    path = folder / name
    path.write_text("\n".join(",".join(line) for line in lines) + "\n", encoding=encoding)
    return path


def a_workbook(folder, rows, name="table.xlsx"):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / name)
    book.close()
    return folder / name


@pytest.fixture
def desk(session, tmp_path):
    """An import in progress: whose, when, and where files go."""
    run = importing.Import(session, an_editor(session), NOW, tmp_path / "documents")

    def import_(path, kind=None, *, publish=True):
        report = importing.import_file(run, path, kind)
        if publish:
            importing.publish_report(run, report, by=a_reviewer(session))
        return report

    return SimpleNamespace(session=session, run=run, folder=tmp_path, import_=import_)


def refused(desk, path, kind=None, *, publish=True):
    """The problems for which a file was refused, and nothing of it was kept."""
    before = desk.session.scalar(select(func.count()).select_from(Revision))
    with pytest.raises(ImportRefused) as error:
        desk.import_(path, kind, publish=publish)
    if not publish:
        assert desk.session.scalar(select(func.count()).select_from(Revision)) == before
    return error.value.problems


# ---- what can be read


def test_a_csv_with_english_headings_becomes_records(desk):
    report = desk.import_(a_table(desk.folder, [{"uscc": a_uscc(), "name": "甲公司", **SOURCED}]))
    assert (report.kind, report.rows, report.created) == (RecordKind.ORGANISATION, 1, 1)
    assert desk.session.scalars(select(Organisation.name)).all() == ["甲公司"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_csv_with_chinese_headings_becomes_records(desk, encoding):
    row = {"统一社会信用代码": a_uscc(), "名称": "甲公司", "来源": "测试", "来源级别": "official_page"}
    assert desk.import_(a_table(desk.folder, [row], encoding=encoding)).created == 1


def test_headings_may_be_mixed(desk):
    row = {"统一社会信用代码": a_uscc(), "name": "甲公司", "来源": "测试", "source_level": "official_page"}
    assert desk.import_(a_table(desk.folder, [row])).created == 1


def test_a_workbook_becomes_records(desk):
    rows = [
        ["uscc", "名称", "status_checked_on", "source", "source_level"],
        [a_uscc(), "甲公司", datetime(2026, 6, 30), "测试", "official_page"],  # noqa: DTZ001  (as Excel has it)
    ]
    assert desk.import_(a_workbook(desk.folder, rows)).created == 1
    assert desk.session.scalars(select(Organisation.status_checked_on)).all() == [date(2026, 6, 30)]


def test_whole_numbers_of_a_workbook_stay_whole(desk):
    rows = [
        [
            "registration_no",
            "nice_class",
            "name",
            "mark_type",
            "registrant_name",
            "status",
            "source",
            "source_level",
        ],
        [12422865, 31, "乙", "ordinary", "某人", "registered", "测试", "official_page"],
    ]
    report = desk.import_(a_workbook(desk.folder, rows))
    assert report.drafts[0].record_key == "12422865:31"


def test_empty_rows_are_passed_over_and_lines_still_count_as_people_count(desk):
    path = desk.folder / "table.csv"
    path.write_text(
        f"uscc,name,source,source_level\n,,,\n{a_uscc()},甲公司,测试,official_page\n,,,\n错,乙公司,测试,official_page\n",
        encoding="utf-8",
    )
    (problem,) = refused(desk, path, publish=False)
    assert problem.line == 5


def test_a_cell_may_hold_commas_quotes_and_line_breaks(desk):
    path = desk.folder / "table.csv"
    path.write_text(
        f'uscc,name,source,source_level\n{a_uscc()},"甲""公司"",分店","第一行\n第二行",official_page\n',
        encoding="utf-8",
    )
    desk.import_(path)
    assert desk.session.scalars(select(Organisation.name)).all() == ['甲"公司",分店']


def test_text_comes_in_without_invisible_signs_and_outer_space(desk):
    desk.import_(a_table(desk.folder, [{"uscc": a_uscc(), "name": "\u3000甲\u200b公司 \ufeff", **SOURCED}]))
    assert desk.session.scalars(select(Organisation.name)).all() == ["甲公司"]


def test_a_code_in_full_width_letters_is_kept_in_normal_form(desk):
    code = a_uscc()
    wide = code.translate({ord(sign): ord(sign) + 0xFEE0 for sign in code})
    desk.import_(a_table(desk.folder, [{"uscc": wide, "name": "甲公司", **SOURCED}]))
    assert desk.session.scalars(select(Organisation.uscc)).all() == [code]


@pytest.mark.parametrize("kind", list(PAYLOADS))
def test_every_column_has_a_chinese_heading_of_its_own(kind):
    titles = [field.title for field in PAYLOADS[kind].model_fields.values()]
    assert all(titles)
    assert len(set(titles)) == len(titles)


# ---- what is refused, and how it is told


@pytest.mark.parametrize(
    ("row", "column", "code", "value"),
    [
        ({"uscc": "错误代码", "name": "甲公司"}, "统一社会信用代码 (uscc)", "value_error", "错误代码"),
        ({"uscc": "{uscc}", "name": ""}, "名称 (name)", "missing", ""),
        ({"uscc": "{uscc}", "name": "甲公司", "status": "存续"}, "登记状态 (status)", "enum", "存续"),
        (
            {"uscc": "{uscc}", "name": "甲公司", "status_checked_on": "2026/6/30"},
            "状态核对日期 (status_checked_on)",
            "date_from_datetime_parsing",
            "2026/6/30",
        ),
        ({"uscc": "{uscc}", "name": "甲" * 301}, "名称 (name)", "too_long", "甲" * 80),
        ({"uscc": "{uscc}", "name": "甲\x07公司"}, "名称 (name)", "value_error", "甲\x07公司"),
    ],
)
def test_a_problem_is_told_with_its_line_column_and_value_in_both_languages(desk, row, column, code, value):
    rows = [{**row, **SOURCED}]
    rows[0]["uscc"] = rows[0]["uscc"].format(uscc=a_uscc())
    (problem,) = refused(desk, a_table(desk.folder, rows), publish=False)
    assert (problem.line, problem.column, problem.code, problem.value) == (2, column, code, value)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in problem.zh)
    assert problem.en.isascii()


def test_every_problem_of_every_row_is_told_at_once(desk):
    rows = [
        {"uscc": "错", "name": "", **SOURCED},
        {"uscc": a_uscc(), "name": "好公司", **SOURCED},
        {"uscc": "误", "name": "乙", **SOURCED},
    ]
    problems = refused(desk, a_table(desk.folder, rows), publish=False)
    assert [(problem.line, problem.code) for problem in problems] == [
        (2, "value_error"),
        (2, "missing"),
        (4, "value_error"),
    ]


def test_a_reference_that_is_not_on_record_is_told_at_its_line(desk):
    rows = [
        {
            "code": f"QJ-PR-{n}",
            "product": "没有的产品" if n == 3 else a_product(desk.session).code,
            "track": "gi_product",
            **SOURCED,
        }
        for n in (1, 2, 3)
    ]
    (problem,) = refused(desk, a_table(desk.folder, rows))
    assert (problem.line, problem.column, problem.code, problem.value) == (
        4,
        "product",
        "reference_not_found",
        "没有的产品",
    )


BROKEN_RULES = [
    ("protection_event", {"event": "recognised"}),
    ("protection_event", {"event": "recognised", "happened_on": "2020-01-01", "precision": "unknown"}),
    ("protection_event", {"event": "entry_voided", "happened_on": "2020-01-01"}),
    ("authorisation_event", {"event": "put_under_correction", "effective_on": "2026-01-01"}),
    (
        "authorisation_event",
        {"event": "put_under_correction", "effective_on": "2026-01-01", "deadline_on": "2026-01-01"},
    ),
    ("authorisation_event", {"event": "changed", "effective_on": "2026-01-01", "deadline_on": "2026-02-01"}),
    ("authorisation_event", {"event": "changed", "effective_on": "2026-01-01", "ground": "voluntary"}),
    ("authorisation_event", {"event": "deregistered", "effective_on": "2026-01-01"}),
    (
        "authorisation_event",
        {
            "event": "deregistered",
            "effective_on": "2026-01-01",
            "ground": "voluntary",
            "licence_last_day": "2027-01-01",
        },
    ),
    (
        "authorisation_event",
        {"event": "changed", "effective_on": "2026-01-01", "licence_last_day": "2025-12-30"},
    ),
    ("authorisation", {"effective_on": "2026-01-01", "licence_last_day": "2025-01-01"}),
    ("production_area", {"stated_area": "10"}),
    ("production_area", {"stated_unit": "mu"}),
    ("production_area", {"valid_from": "2026-01-01", "valid_to": "2026-01-01"}),
    ("service_point", {"longitude": "108.7"}),
    ("division", {"latitude": "29.4"}),
    ("division", {"codes": "nbs-2023-500114"}),
    ("division", {"codes": "nbs:1500:500114"}),
    ("division", {"valid_from": "2026-01-01", "valid_to": "2025-01-01"}),
    ("trademark", {"term_first_day": "2026-01-01", "term_last_day": "2025-01-01"}),
    ("trademark", {"status": "expired"}),
    ("authorisation", {"effective_on": "2026-01-01", "licence_last_day": "9999-12-31"}),
    ("protection_event", {"event": "registered", "happened_on": "2020-01-01", "last_day": "9999-12-31"}),
    ("legal_instrument", {"in_force_from": "2026-01-01", "in_force_to": "2025-01-01"}),
]


@pytest.mark.parametrize(("kind", "facts"), BROKEN_RULES)
def test_a_row_that_breaks_a_rule_of_the_register_is_told_at_its_line(desk, kind, facts):
    """Never as an error of the database."""
    session = desk.session
    protection = a_protection(session, begins=date(2019, 1, 1))
    authorisation = an_authorisation(session, protection)
    whole = {
        "protection_event": {"protection": protection.code},
        "authorisation_event": {"authorisation": authorisation.code},
        "authorisation": {
            "code": "QJ-AU-1",
            "protection": protection.code,
            "organisation": an_organisation(session).uscc,
            "basis": "approved_producer",
            "announcement": an_announcement(session).parsed_number().code,
        },
        "production_area": {
            "protection": protection.code,
            "version_no": 1,
            "text_original": "甲",
            "tier": "text_only",
            "confidence": "high",
        },
        "service_point": {"code": "SP-1", "name": "甲", "point_kind": "info_outlet"},
        "division": {"slug": "jia", "name": "甲镇", "division_kind": "town"},
        "trademark": {
            "registration_no": "12345678",
            "nice_class": 31,
            "name": "甲",
            "mark_type": "ordinary",
            "registrant_name": "某",
            "status": "registered",
        },
        "legal_instrument": {"code": "x", "name": "某法", "subject": "某"},
    }[kind]
    (problem,) = refused(desk, a_table(desk.folder, [{**whole, **facts, **SOURCED}]), RecordKind(kind))
    assert problem.line == 2


def test_area_versions_that_overlap_are_refused_in_words(desk):
    protection = a_protection(desk.session)
    area = {
        "protection": protection.code,
        "text_original": "甲",
        "tier": "text_only",
        "confidence": "high",
        **SOURCED,
    }
    problems = refused(desk, a_table(desk.folder, [{"version_no": 1, **area}, {"version_no": 2, **area}]))
    assert problems
    assert all(problem.zh and problem.en for problem in problems)


def test_a_code_that_a_spreadsheet_turned_into_a_number_is_told(desk):
    rows = [
        ["uscc", "name", "source", "source_level"],
        [9.15001140000000e17, "甲公司", "测试", "official_page"],
    ]
    problems = refused(desk, a_workbook(desk.folder, rows), publish=False)
    assert ("number_lost_digits", "uscc", 2) in {
        (problem.code, problem.column, problem.line) for problem in problems
    }


def test_a_code_that_a_spreadsheet_wrote_as_text_in_scientific_form_is_refused(desk):
    assert refused(
        desk, a_table(desk.folder, [{"uscc": "9.15E+17", "name": "甲公司", **SOURCED}]), publish=False
    )


def test_the_same_record_twice_in_a_file_is_told_with_the_first_line(desk):
    code = a_uscc()
    rows = [
        {"uscc": code, "name": "甲公司", **SOURCED},
        {"uscc": a_uscc(), "name": "乙公司", **SOURCED},
        {"uscc": code.lower(), "name": "丙公司", **SOURCED},
    ]
    (problem,) = refused(desk, a_table(desk.folder, rows), publish=False)
    assert (problem.line, problem.code) == (4, "duplicate_row")
    assert "2" in problem.zh


@pytest.mark.parametrize(
    ("header", "kind", "code"),
    [
        ("foo,bar", None, "unknown_columns"),
        ("uscc,name,密码", None, "unknown_columns"),
        ("uscc,name,密码", RecordKind.ORGANISATION, "unknown_column"),
        ("uscc,name,名称", RecordKind.ORGANISATION, "duplicate_column"),
        ("source", None, "unknown_columns"),
        ("", None, "empty_file"),
    ],
)
def test_columns_that_fit_no_kind_are_refused(desk, header, kind, code):
    path = desk.folder / "table.csv"
    path.write_text(header + "\n", encoding="utf-8")
    (problem,) = refused(desk, path, kind, publish=False)
    assert problem.code == code


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("table.csv", "uscc,name\n,甲公司\n".encode("gb18030"), "bad_encoding"),
        ("table.csv", b"uscc,name\nx\x00y,z\n", "bad_characters"),
        ("table.csv", b'uscc,name\n"a"b,c\n', "bad_csv"),
        ("table.csv", b"", "empty_file"),
        ("table.csv", b"a" * (tabular.MAX_BYTES + 1), "too_large"),
        ("table.csv", b"uscc\n" + b"x\n" * (tabular.MAX_ROWS + 1), "too_many_rows"),
        ("table.csv", ",".join(f"c{n}" for n in range(tabular.MAX_COLUMNS + 1)).encode(), "too_many_rows"),
        ("table.xlsx", b"PK no workbook", "not_xlsx"),
        ("table.xls", b"x", "unsupported_type"),
        ("table.exe", b"x", "unsupported_type"),
    ],
)
def test_a_file_that_cannot_be_a_table_is_refused(desk, name, content, code):
    (desk.folder / name).write_bytes(content)
    (problem,) = refused(desk, desk.folder / name, RecordKind.ORGANISATION, publish=False)
    assert problem.code == code


def test_a_file_that_is_not_there_is_told(desk):
    (problem,) = refused(desk, desk.folder / "no.csv", publish=False)
    assert problem.code == "missing_file"


def test_a_row_with_more_cells_than_headings_is_told(desk):
    path = desk.folder / "table.csv"
    path.write_text(
        f"uscc,name,source,source_level\n{a_uscc()},甲公司,测试,official_page,多出\n", encoding="utf-8"
    )
    (problem,) = refused(desk, path, publish=False)
    assert (problem.line, problem.code, problem.value) == (2, "too_many_cells", "多出")


# ---- files named in cells


DOCUMENT = {"title": "某公告", "document_kind": "announcement", "is_open": "true", **SOURCED}


def test_a_document_named_in_a_cell_is_kept_under_its_hash(desk):
    (desk.folder / "a.txt").write_text("公告正文", encoding="utf-8")
    desk.import_(a_table(desk.folder, [{"file": "a.txt", **DOCUMENT}]))
    document = desk.session.scalars(select(Document)).one()
    kept = desk.run.documents_dir / document.sha256[:2] / document.sha256
    assert kept.read_text(encoding="utf-8") == "公告正文"
    assert (document.size, document.media_type) == (12, "text/plain")


@pytest.mark.parametrize(
    "name", ["../secret.txt", "/etc/hostname", "sub/../../secret.txt", "no.txt", ".", "link.txt", "a\x00b"]
)
def test_a_cell_reaches_no_file_outside_of_the_tables_folder(desk, name):
    folder = desk.folder / "tables"
    folder.mkdir()
    (desk.folder / "secret.txt").write_text("秘密", encoding="utf-8")
    (folder / "link.txt").symlink_to(desk.folder / "secret.txt")
    book = a_workbook if "\x00" not in name else None
    if book is None:
        with pytest.raises((OSError, ValueError)):
            tabular.beside(folder / "table.csv", name).read_bytes()
        return
    (problem,) = refused(desk, book(folder, [["file", *DOCUMENT], [name, *DOCUMENT.values()]]), publish=False)
    assert (problem.line, problem.code) == (2, "missing_file")
    assert not desk.run.documents_dir.exists() or not list(desk.run.documents_dir.rglob("*"))


@pytest.mark.parametrize(
    "content", ["no json", "[1, 2]", '{"type": "Point", "coordinates": [108, 29]}', '{"type": "Polygon"}']
)
def test_a_geometry_that_cannot_be_read_is_told_at_its_line(desk, content):
    protection = a_protection(desk.session)
    (desk.folder / "area.geojson").write_text(content, encoding="utf-8")
    area = {
        "protection": protection.code,
        "version_no": 1,
        "text_original": "甲",
        "tier": "drawn",
        "confidence": "high",
        "geometry": "area.geojson",
        **SOURCED,
    }
    problems = refused(desk, a_table(desk.folder, [area]))
    assert [problem.line for problem in problems] == [2]


def test_a_geometry_file_that_is_not_there_is_told_at_its_line(desk):
    protection = a_protection(desk.session)
    area = {
        "protection": protection.code,
        "version_no": 1,
        "text_original": "甲",
        "tier": "drawn",
        "confidence": "high",
        "geometry": "no.geojson",
        **SOURCED,
    }
    (problem,) = refused(desk, a_table(desk.folder, [area]), publish=False)
    assert (problem.line, problem.value) == (2, "no.geojson")


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
