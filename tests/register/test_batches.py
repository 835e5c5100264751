"""Batches: what rows come out of JSON and tables, and that each is answered as it would be alone."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime, timedelta

import orjson
import pytest
from conftest import NOW
from factories import counted_statements
from openpyxl import Workbook
from sqlalchemy import select

from service.errors import BadDay, BadIdentifier, BatchRefused
from service.register.batches import MAX_ROWS, Row, answers, rows_of_json, rows_of_table
from service.register.models import Authorisation, FormerCode, GiProduct, Organisation
from service.register.verification import verify

GOOD = "93500114MA0TERT081"
CHINESE = "代码,产品,日期\n93500114MA0TERT081,示例·云雾果,2023-08-15\n"


def cells(batch):
    return [(row.code, row.target, row.on) for row in batch.rows]


def refusal(read, content: bytes) -> str:
    with pytest.raises(BatchRefused) as caught:
        read(content)
    return caught.value.problem


def a_workbook(*lines) -> bytes:
    book = Workbook()
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# ---- tables


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_table_is_read_in_the_encodings_that_spreadsheets_write(encoding):
    assert cells(rows_of_table(CHINESE.encode(encoding))) == [(GOOD, "示例·云雾果", "2023-08-15")]


@pytest.mark.parametrize("separator", [",", "\t", ";", "，"])
def test_a_table_is_read_whatever_stands_between_its_columns(separator):
    text = CHINESE.replace(",", separator).replace("\n", "\r\n")
    assert cells(rows_of_table(text.encode())) == [(GOOD, "示例·云雾果", "2023-08-15")]


def test_a_list_without_headings_is_code_product_day():
    batch = rows_of_table(f"{GOOD}\n\n{GOOD},云雾果,2023-01-01\n".encode())
    assert cells(batch) == [(GOOD, "", ""), (GOOD, "云雾果", "2023-01-01")]
    assert [row.number for row in batch.rows] == [1, 2]


def test_other_columns_are_not_read_and_are_told():
    batch = rows_of_table("店铺,USCC,备注,on\n甲店,93500114MA0TERT081,x,2023-01-01\n".encode())
    assert cells(batch) == [(GOOD, "", "2023-01-01")]
    assert batch.ignored == ("店铺", "备注")


@pytest.mark.parametrize(
    "heading",
    [
        "购买日期",
        "购买日",
        "出厂日期",
        "生产日期",
        "购买或出厂日期",
        "Purchase Date",
        "purchase_date",
        " 日期 ",
    ],
)
def test_the_day_is_read_under_the_headings_that_sellers_use(heading):
    batch = rows_of_table(f"代码,产品,{heading}\n{GOOD},云雾果,2023-08-15\n".encode())
    assert cells(batch) == [(GOOD, "云雾果", "2023-08-15")]
    assert batch.ignored == ()
    assert cells(rows_of_table(a_workbook(("代码", heading), (GOOD, date(2023, 8, 15))))) == [
        (GOOD, "", "2023-08-15")
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty_file"),
        (b" \r\n\r\n", "empty_file"),
        ("产品,日期\n云雾果,2023-01-01\n".encode(), "batch_columns"),
        (b"code,uscc\na,b\n", "batch_columns"),
        ("代码,购买日期,生产日期\nx,2023-01-01,2022-01-01\n".encode(), "batch_columns"),
        (b"a,b,c,d\n", "batch_columns"),
        (b"code\n", "batch_size"),
        (b'code\n"a', "bad_table"),
        (b"code\n\x00\n", "batch_encoding"),
        (b"\xef\xbb\xbfcode\n\xff\xff\n", "batch_encoding"),
        (b"\xff\xfec", "batch_encoding"),
        (b"code\n\x81\n", "batch_encoding"),
        (b"PK\x03\x04 no archive", "not_xlsx"),
        (b"code\n" + b"x\n" * (MAX_ROWS + 1), "batch_size"),
        (b"x\n" * (MAX_ROWS + 1), "batch_size"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(content, problem):
    assert refusal(rows_of_table, content) == problem


def test_ten_thousand_rows_are_a_batch():
    assert len(rows_of_table(b"code\n" + b"x\n" * MAX_ROWS).rows) == MAX_ROWS
    assert len(rows_of_table(b"x\n" * MAX_ROWS).rows) == MAX_ROWS


def test_a_workbook_is_read_and_its_damaged_numbers_are_noticed():
    batch = rows_of_table(
        a_workbook(
            ("代码", "产品", "日期"),
            (GOOD, 90000001, date(2023, 8, 15)),
            (915001147339669123, None, datetime(2023, 8, 15)),  # noqa: DTZ001  (as spreadsheets have them)
            (None, None, None),
            (True, "x" * 400, ""),
        )
    )
    assert cells(batch)[0] == (GOOD, "90000001", "2023-08-15")
    assert [row.problem for row in batch.rows] == [None, "number_lost_digits", "cell_too_long"]
    assert batch.rows[1].on == "2023-08-15"


def test_a_workbook_that_swells_is_refused_before_it_is_read():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (60 * 1024 * 1024))
    assert refusal(rows_of_table, out.getvalue()) == "too_large_unpacked"
    assert refusal(rows_of_table, a_workbook(("code",), *[(GOOD,)] * (MAX_ROWS + 1))) == "batch_size"
    assert refusal(rows_of_table, a_workbook(("code", *["x"] * 70))) == "batch_columns"


# ---- JSON


def test_json_rows_are_objects_or_codes():
    batch = rows_of_json(orjson.dumps({"rows": [{"code": GOOD, "target": None, "on": "2023-01-01"}, GOOD]}))
    assert cells(batch) == [(GOOD, "", "2023-01-01"), (GOOD, "", "")]


def test_a_row_of_json_that_is_none_has_its_problem():
    rows = [
        1,
        None,
        [],
        {"code": {}},
        {"code": GOOD, "taget": "x"},
        {"code": 915001147339669123},
        {},
        {"code": True},
    ]
    problems = [row.problem for row in rows_of_json(orjson.dumps({"rows": rows})).rows]
    assert problems == [*["bad_row"] * 4, "unknown_field", "number_lost_digits", None, "bad_row"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{", "json_syntax"),
        (b"", "json_syntax"),
        (b"[" * 100_000, "json_syntax"),
        (b'{"rows": [NaN]}', "json_syntax"),
        (b"[]", "bad_batch"),
        (b'{"rows": {}}', "bad_batch"),
        (b'{"rows": ["x"], "on": "2023-01-01"}', "bad_batch"),
        (b'{"rows": []}', "batch_size"),
        (b'{"rows": [' + b"1," * MAX_ROWS + b"1]}", "batch_size"),
    ],
)
def test_json_that_is_no_batch_is_refused(content, problem):
    assert refusal(rows_of_json, content) == problem


# ---- answers


def found(database, *rows, known_at=None, from_row=1):
    made = [
        Row(number, *row) if isinstance(row, tuple) else Row(number, row)
        for number, row in enumerate(rows, 1)
    ]
    with database.reading() as session:
        return list(answers(session, made, known_at, from_row=from_row, now=NOW))


def test_bad_rows_have_their_problem_and_stop_nothing(seed):
    rows = (
        "9.15E+17",
        "915001140000000000",
        "93500114MA0TERT082",
        "150102880730303",
        "",
        "云雾果",
        "1101011990010112\u0663",
        (GOOD, "", "2023-02-30"),
        (GOOD, "", "2200-01-01"),
        (GOOD, "x" * 301),
        GOOD,
    )
    answered = found(seed, *rows)
    assert [each.problem for each in answered] == [
        *(
            "number_lost_digits",
            "number_lost_digits",
            "uscc_checksum",
            "legacy_15",
            "missing_code",
            "bad_number",
        ),
        *("uscc_charset", "bad_date", "bad_date", "target_too_long", None),
    ]
    assert [each.row.number for each in answered] == list(range(1, 12))
    assert answered[-1].verdict is not None
    assert [each.verdict for each in answered[:-1]] == [None] * 10


def test_targets_are_found_together_as_alone(seed):
    targets = (
        "QJ-GI-9001",
        "qj-gi-9001",
        "shili-yunwuguo",
        "SHILI-YUNWUGUO",
        "示例红果",
        " 示例·云雾果 ",
        "x\x00",
        "云雾",
    )
    with seed.reading() as session:
        rows = [Row(number, GOOD, target) for number, target in enumerate(targets, 1)]
        answered = list(answers(session, rows, now=NOW))
        assert [each.verdict or each.problem for each in answered] == [
            alone(session, row, None, None) for row in rows
        ]
    assert [each.verdict.outcome.value if each.verdict else each.problem for each in answered] == [
        *("authorised", "authorised", "authorised", "ambiguous", "ambiguous", "authorised"),
        *("bad_characters", "ambiguous"),
    ]


def test_what_was_put_right_in_a_code_is_told(seed):
    answered = found(
        seed,
        "９３５００１１４MA0TERT081",
        "9350 0114-MA0TERT081",
        "93500114ma0tert081",
        GOOD,
        "\u200b" + GOOD,
    )
    assert [[each.value for each in answer.spellings] for answer in answered] == [
        ["full_width"],
        ["separators"],
        ["lower_case"],
        [],
        ["separators"],
    ]
    assert len({answer.verdict for answer in answered}) == 1


def test_repeated_rows_are_answered_each_and_decided_once(seed):
    answered = found(seed, GOOD, "nonsense", (GOOD, "云雾果"), "93500114ma0tert081", "nonsense", GOOD)
    assert [each.same_as for each in answered] == [None, None, None, 1, None, 1]
    assert answered[3].verdict is answered[0].verdict is answered[5].verdict


def test_a_persons_number_is_never_sent_back(seed):
    person = "11010519491231002X"
    answered = found(seed, person, (GOOD, f"张三 {person}"), ("x\x07", "y"))
    assert [each.problem for each in answered] == ["looks_like_id", "looks_like_id", "bad_characters"]
    assert [(each.row.code, each.row.target) for each in answered] == [("", ""), (GOOD, ""), ("", "y")]


def test_going_on_from_a_row_gives_the_rest_of_the_same(seed):
    rows = [GOOD, "x", (GOOD, "shili-shishangcha"), GOOD, "x", "91500114MA0TERT32P"]
    assert found(seed, *rows, from_row=4) == found(seed, *rows)[3:]


def test_a_moment_still_to_come_is_refused_for_the_whole_batch(seed):
    with pytest.raises(BadDay):
        found(seed, GOOD, known_at=NOW + timedelta(seconds=1))


@pytest.mark.parametrize("known_at", [None, NOW, datetime(2026, 1, 1, tzinfo=UTC)])
def test_each_row_is_answered_as_it_would_be_alone(seed, known_at):
    """Every code of the first data with every product and every kind of target, on days around its events."""
    days = ("", "2020-05-31", "2023-08-14", "2026-11-24", "2033-08-01")
    with seed.reading() as session:
        codes = [
            *session.scalars(select(Organisation.uscc).where(Organisation.uscc.is_not(None))),
            *session.scalars(select(FormerCode.uscc)),
            *session.scalars(select(Authorisation.code)),
            "Y1500114MJTERT0017",
            "93500114MA0TERT082",
        ]
        targets = [
            "",
            *session.scalars(select(GiProduct.slug).where(GiProduct.is_demonstration)),
            "qianjiang-mihoutao",
            "示例红果",
            "没有的产品",
            "90000001",
            "QJ-GI-9001",
        ]
        rows = [
            Row(0, code, target, days[(one + other) % len(days)])
            for one, code in enumerate(codes)
            for other, target in enumerate(targets)
        ]
        assert len(rows) > 900
        outcomes = set()
        for answer in answers(session, rows, known_at, now=NOW):
            row = answer.row
            day = date.fromisoformat(row.on) if row.on else None
            assert (answer.verdict or answer.problem) == alone(session, row, day, known_at), row
            outcomes |= {answer.verdict.outcome} if answer.verdict else set()
    assert len(outcomes) >= (9 if known_at in {None, NOW} else 2)  # all was recorded on the day of the tests


def alone(session, row, day, known_at):
    try:
        return verify(session, row.code, row.target or None, day, known_at, now=NOW)
    except BadIdentifier as error:
        return error.problem


def test_the_number_of_statements_does_not_follow_the_number_of_firms(seed):
    with seed.reading() as session:
        codes = list(session.scalars(select(Organisation.uscc).where(Organisation.uscc.is_not(None))))
        assert len(codes) > 15
        made = [Row(number, code, "shili-yunwuguo") for number, code in enumerate(codes, 1)]
        with counted_statements(session) as statements:
            assert len(list(answers(session, made, now=NOW))) == len(codes)
    assert len(statements) <= 12
