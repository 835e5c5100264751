"""Reading tables and the files that their cells name: every spelling that people send becomes the same record."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from factories import a_protection, a_uscc
from sqlalchemy import select
from table_files import SOURCED, a_table, a_workbook, refused

from service.register import tabular
from service.register.models import Document, Organisation
from service.register.payloads import PAYLOADS
from service.vocabulary import RecordKind

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
