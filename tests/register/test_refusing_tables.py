"""Refusing tables: every problem told by line, column and value, in two languages, and all or nothing."""

from __future__ import annotations

from datetime import date

import pytest
from factories import a_product, a_protection, a_uscc, an_announcement, an_authorisation, an_organisation
from table_files import SOURCED, a_table, a_workbook, refused

from service.register import tabular
from service.vocabulary import RecordKind


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
