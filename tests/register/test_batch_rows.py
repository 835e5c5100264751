"""The rows of batches: what comes out of tables, workbooks and JSON."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime

import orjson
import pytest
from openpyxl import Workbook

from service.errors import BatchRefused
from service.register.batches import MAX_LINES, MAX_ROWS, rows_of_json, rows_of_table

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
    assert [row.number for row in batch.rows] == [1, 3]


@pytest.mark.parametrize(
    ("content", "numbers"),
    [
        ("code\nC\n\nD\n", [1, 3]),
        ("\n\ncode,on\n,\nC\n , \n\n\nD,\n\n", [2, 3, 6]),
        ("C\n\nD\n", [1, 3]),
        ("\nC\nD\n", [2, 3]),
        ('code,x\nC,"one\ntwo"\n\nD\n', [1, 3]),
    ],
)
def test_a_row_has_the_number_of_its_line_empty_ones_counted(content, numbers):
    for sent in (content, content.replace("\n", "\r\n")):
        assert [row.number for row in rows_of_table(sent.encode()).rows] == numbers


def test_a_row_of_a_workbook_has_the_number_of_its_line_too():
    lines = ((None,), ("code", "on"), (GOOD,), (None, None), (None, ""), (GOOD, "2023-08-15"))
    assert [row.number for row in rows_of_table(a_workbook(*lines)).rows] == [1, 4]


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
        (b"code\n" + b"\n" * MAX_LINES + b"x\n", "batch_size"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(content, problem):
    assert refusal(rows_of_table, content) == problem


def test_ten_thousand_rows_are_a_batch():
    assert len(rows_of_table(b"code\n" + b"x\n" * MAX_ROWS).rows) == MAX_ROWS
    assert len(rows_of_table(b"x\n" * MAX_ROWS).rows) == MAX_ROWS
    assert rows_of_table(b"code\n" + b"\n" * (MAX_LINES - 1) + b"x\n\n").rows[0].number == MAX_LINES


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


def test_a_formula_without_its_value_is_a_problem_of_its_row():
    batch = rows_of_table(
        a_workbook(
            ("代码", "产品", "购买日期", "备注"),
            (GOOD, "", "=TODAY()"),
            (GOOD, '=IF(A2<>"",B2&"果",B2)', ""),
            ("=A2",),
            (GOOD, "", "2023-08-15", "=1+1"),
            ("=A2", "", "#N/A"),
        )
    )
    assert cells(batch) == [
        (GOOD, "", "=TODAY()"),
        (GOOD, '=IF(A2<>"",B2&"果",B2)', ""),
        ("=A2", "", ""),
        (GOOD, "", "2023-08-15"),
        ("=A2", "", "#N/A"),
    ]
    assert [row.problem for row in batch.rows] == [*["formula_or_error"] * 3, None, "formula_or_error"]


def a_sheet(cells: str) -> bytes:
    """A workbook whose only sheet is written by hand, as other programs write theirs."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(a_workbook(("x",)))) as made,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in made.namelist():
            content = made.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = re.sub(rb"<sheetData>.*</sheetData>", cells.encode(), content, flags=re.DOTALL)
            archive.writestr(name, content)
    return out.getvalue()


def test_what_a_formula_was_saved_with_is_read_and_an_error_is_not_nothing():
    batch = rows_of_table(
        a_sheet(
            '<sheetData><row r="1"><c r="C1" t="str"><f>"代码"</f><v>代码</v></c><c r="D1" t="inlineStr"><is><t>日期'
            '</t></is></c></row><row r="3"><c r="C3" t="str"><f>"x"</f><v>x</v></c><c r="D3" t="e">'
            "<v>#N/A</v></c></row>"
            '<row r="4"><c r="C4" t="str"><f t="shared" si="0"/><v>y</v></c><c r="D4" t="str">'
            '<f>""</f><v></v></c></row>'
            '<row r="5"><c r="C5"><f t="shared" si="0"/></c><c r="D5" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
            '<row r="6"><c r="B6"><f>A2</f><v/></c></row></sheetData>'
        )
    )
    assert cells(batch) == [("x", "", "#N/A"), ("y", "", ""), ("=", "", "#DIV/0!"), ("", "", "")]
    assert [row.problem for row in batch.rows] == ["formula_or_error", None, "formula_or_error", None]


@pytest.mark.parametrize(
    ("sheet", "problem"),
    [
        ("<sheetData><row><c><f>A2</f></c></row></sheetData>", "formula_or_error"),
        ('<sheetData><row r="1"><c r="ZZ1"><f>A2</f></c></row></sheetData>', "batch_columns"),
        ('<sheetData><row r="1"><c r="A999999"><f>A2</f></c></row></sheetData>', "batch_size"),
        ("<sheetData></sheetData><!DOCTYPE x>", "not_xlsx"),
    ],
)
def test_a_formula_that_stands_nowhere_or_far_away_refuses_the_workbook(sheet, problem):
    assert refusal(rows_of_table, a_sheet(sheet)) == problem


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
        {"code": GOOD, "on": "=TODAY()"},
    ]
    problems = [row.problem for row in rows_of_json(orjson.dumps({"rows": rows})).rows]
    assert problems == [
        *["bad_row"] * 4,
        "unknown_field",
        "number_lost_digits",
        None,
        "bad_row",
        "formula_or_error",
    ]


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
