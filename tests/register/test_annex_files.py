"""Hostile and messy files: each with its answer, within its time and memory. Source: security.md 3.4, T09, T10."""

from __future__ import annotations

import io
import os
import threading
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
from annex_desk import FOLDER, code

from service.errors import UploadRefused
from service.register import annexes
from service.register.annexes.intake import declared_in
from service.register.sent_tables import annexes as reading

HEADER = ["序号", "企业名称", "统一社会信用代码", "产品名称"]
ROW = [1, "示例果茶有限公司", code(1), "示例·云雾果"]
_TYPES = "[Content_Types].xml"
_SHEET = "xl/worksheets/sheet1.xml"


def workbook(*rows, **more):
    book = openpyxl.Workbook()
    for row in rows or (HEADER, ROW):
        book.active.append(row)
    if "touch" in more:
        more["touch"](book)
    made = io.BytesIO()
    book.save(made)
    book.close()
    return made.getvalue()


def repacked(content, *, without=(), replaced=None, added=None):
    """The workbook with parts left out, replaced or added."""
    replaced = replaced or {}
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in without:
                new.writestr(name, replaced.get(name, old.read(name)))
        for name, part in (added or {}).items():
            new.writestr(name, part)
    return made.getvalue()


def sheet_of(cells):
    return (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{cells}</sheetData></worksheet>"
    )


def two_million_cells():
    return repacked(
        workbook(), replaced={_SHEET: sheet_of("<row>" + "<c><v>1</v></c>" * 2_000_000 + "</row>")}
    )


def two_hundred_megabytes():
    return repacked(workbook(), replaced={_SHEET: sheet_of(" " * 200 * 1024 * 1024)})


def far_cell():
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return repacked(workbook(), replaced={_SHEET: sheet_of(far)})


def with_entities(declaration):
    part = sheet_of("<row><c t='inlineStr'><is><t>&lol;</t></is></c></row>")
    return repacked(workbook(), replaced={_SHEET: part.replace("?>", f"?>{declaration}", 1)})


LAUGHS = '<!DOCTYPE z [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>'
OUTSIDE = '<!DOCTYPE z [<!ENTITY lol SYSTEM "file:///etc/hostname">]>'
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 100
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

FILES = {
    "an xlsm": ("a.xlsm", workbook, "unsupported_type"),
    "an xlsb": ("a.xlsb", workbook, "unsupported_type"),
    "a png named xlsx": ("a.xlsx", lambda: PNG, "unsupported_type"),
    "a png named csv": ("a.csv", lambda: PNG, "unsupported_type"),
    "an xlsx named csv": ("a.csv", workbook, "unsupported_type"),
    "an xlsx named xls": ("a.xls", workbook, "unsupported_type"),
    "an xls named xlsx": ("a.xlsx", (FOLDER / "old.xls").read_bytes, "unsupported_type"),
    "a zip without content types": ("a.xlsx", lambda: repacked(workbook(), without={_TYPES}), "not_xlsx"),
    "half a zip": ("a.xlsx", lambda: workbook()[:-200], "bad_archive"),
    "a broken xls": ("a.xls", lambda: OLE + b"\x00" * 4096, "not_xlsx"),
    "two million cells": ("a.xlsx", two_million_cells, "too_many_cells"),
    "200 MB in 200 KB": ("a.xlsx", two_hundred_megabytes, "too_large_unpacked"),
    "a cell at the end of the sheet": ("a.xlsx", far_cell, "too_many_rows"),
    "entities that laugh": ("a.xlsx", lambda: with_entities(LAUGHS), "entities_forbidden"),
    "an entity that reads a file": ("a.xlsx", lambda: with_entities(OUTSIDE), "entities_forbidden"),
    "a link to another file": (
        "a.xlsx",
        lambda: repacked(workbook(), added={"xl/externalLinks/externalLink1.xml": "<ddeLink/>"}),
        "external_link",
    ),
    "a macro": ("a.xlsx", lambda: repacked(workbook(), added={"xl/vbaProject.bin": "x"}), "macro"),
    "a macro in an xls": (
        "a.xls",
        lambda: (FOLDER / "old.xls").read_bytes() + "_VBA_PROJECT".encode("utf-16-le"),
        "macro",
    ),
    "a part that leads outside": (
        "a.xlsx",
        lambda: repacked(workbook(), added={"../x.xml": ""}),
        "path_outside",
    ),
    "two hundred and one parts": (
        "a.xlsx",
        lambda: repacked(workbook(), added={f"xl/x{n}.xml": "<a/>" for n in range(201)}),
        "too_many_members",
    ),
    "20,001 rows": (
        "a.csv",
        ("企业名称,产品名称\n" + "示例,云雾果\n" * 20_001).encode,
        "too_many_rows",
    ),
    "61 columns": ("a.csv", lambda: ",".join(["企业名称"] * 61).encode(), "too_many_columns"),
    "more than 5 MiB": ("a.csv", lambda: b"a" * (5 * 1024 * 1024 + 1), "too_large"),
    "no header": ("a.csv", "甲,乙\n1,2\n".encode, "no_header"),
    "nothing": ("a.csv", lambda: b"", "no_header"),
    "GBK that nobody declared": ("a.csv", (FOLDER / "gbk.csv").read_bytes, "bad_encoding"),
    "UTF-16 that nobody declared": ("a.csv", lambda: "企业名称,产品\n".encode("utf-16"), "bad_encoding"),
    "NUL characters": ("a.csv", "企业名称,产品\n\x00,b\n".encode, "bad_characters"),
    "a field of 1 MB": ("a.csv", f"企业名称,产品名称\n{'a' * 1_000_000},b\n".encode, "bad_csv"),
    "an unclosed quote": ("a.csv", '企业名称,产品名称\n"甲,乙\n'.encode, "bad_csv"),
    "semicolons": ("a.csv", "企业名称;产品名称\n甲;乙\n".encode, "delimiter"),
    "tabs": ("a.csv", "企业名称\t产品名称\n甲\t乙\n".encode, "delimiter"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_taken_is_refused_by_name(name):
    file, make, problem = FILES[name]
    content = make()
    began = time.monotonic()
    with pytest.raises(UploadRefused) as refused:
        annexes.take_in(content, file)
    assert refused.value.problem == problem
    assert "/etc" not in str(vars(refused.value))
    # Three seconds are the goal on a quiet machine; here others are at work too.
    assert time.monotonic() - began < 10
    zh, en = annexes.refusal_words(refused.value)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in zh)
    assert en.isascii() or name == "half a zip"


@pytest.mark.parametrize("name", ["two million cells", "200 MB in 200 KB", "a cell at the end of the sheet"])
def test_a_bomb_grows_nobodys_memory(name):
    """The one who asked holds the file and nothing more; the child ends."""
    file, make, _ = FILES[name]
    content = make()
    before = resident()
    with pytest.raises(UploadRefused):
        annexes.take_in(content, file)
    assert resident() - before < 20 * 1024 * 1024
    assert threading.active_count() < 20


def resident():
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_a_csv_fault_is_told_with_its_line():
    with pytest.raises(UploadRefused) as refused:
        annexes.take_in('企业名称,产品名称\n甲,乙\n"丙,丁\n'.encode(), "a.csv")
    assert refused.value.place == "line 3"


@pytest.mark.parametrize(("encoding", "hint"), [("gb18030", "gb18030"), ("utf-16", "utf-16")])
def test_an_encoding_is_suggested_and_taken_once_it_is_declared(encoding, hint):
    content = "企业名称,产品名称\n示例鑫犇有限公司,示例·云雾果\n".encode(encoding)
    with pytest.raises(UploadRefused) as refused:
        annexes.take_in(content, "a.csv")
    assert refused.value.hint == hint
    (table,) = annexes.take_in(content, "a.csv", encoding).tables
    assert table.rows == ((2, ("示例鑫犇有限公司", "示例·云雾果")),)


def test_formulas_and_error_values_are_told_by_cell_and_never_read_as_empty():
    (table,) = annexes.take_in(
        workbook(HEADER, [1, "示例", "=1+1", "示例"], [2, "示例", '=HYPERLINK("http://x")', "示例"]), "a.xlsx"
    ).tables
    assert table.faults == {(2, 2): "formula_not_allowed", (3, 2): "formula_not_allowed"}

    def fault(book):
        cell = book.active["C2"]
        cell.value, cell.data_type = "#N/A", "e"

    (table,) = annexes.take_in(workbook(touch=fault), "a.xlsx").tables
    assert table.faults == {(2, 2): "error_value"}


def test_text_that_looks_like_a_formula_is_text():
    content = '企业名称,产品名称\n"=HYPERLINK(""http://x"")",@SUM(1)\n'.encode()
    (table,) = annexes.take_in(content, "a.csv").tables
    assert table.rows[0][1] == ('=HYPERLINK("http://x")', "@SUM(1)")


def test_a_cell_of_forty_thousand_characters_is_told_at_its_cell():
    (table,) = annexes.take_in(workbook(HEADER, [1, "长" * 32_000, code(1), "示例"]), "a.xlsx").tables
    assert table.faults == {(2, 1): "too_long"}


def test_numbers_that_lost_digits_and_days_that_never_were_are_told():
    def days(book):
        book.active["B2"].value = 60
        book.active["B2"].number_format = "yyyy-mm-dd"

    (table,) = annexes.take_in(
        workbook(HEADER, [1, 2, 9.15001140000000e17, "示例"], touch=days), "a.xlsx"
    ).tables
    assert table.faults == {(2, 1): "bad_date", (2, 2): "number_lost_digits"}


def test_hidden_rows_sheets_and_merged_cells_are_warned_of():
    def hide(book):
        book.active.row_dimensions[2].hidden = True
        book.active.merge_cells("A2:A3")
        book.create_sheet("旧").sheet_state = "hidden"

    intake = annexes.take_in(workbook(HEADER, ROW, ROW, touch=hide), "a.xlsx")
    assert {warning for warning, _ in intake.warnings} == {"hidden_rows", "merged_cells", "hidden_sheet"}


@pytest.mark.parametrize("times", [1, 20_000])
def test_a_sheet_merged_whole_costs_little(times):
    with zipfile.ZipFile(io.BytesIO(workbook(HEADER, ROW))) as book:
        sheet = book.read(_SHEET).decode()
    merged = "<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * times + "</mergeCells>"
    content = repacked(
        workbook(HEADER, ROW), replaced={_SHEET: sheet.replace("</sheetData>", f"</sheetData>{merged}")}
    )
    began = time.monotonic()
    with pytest.raises(UploadRefused) as refused:
        annexes.take_in(content, "a.xlsx")
    assert refused.value.problem == "no_header"  # every cell says what the first one says
    assert time.monotonic() - began < 10


def test_reordered_columns_are_read_alike():
    there = annexes.take_in(workbook(HEADER, ROW), "a.xlsx").tables[0]
    back = annexes.take_in(workbook(HEADER[::-1], ROW[::-1]), "a.xlsx").tables[0]
    fields = [each.field for each in annexes.suggest(there)[1]]
    assert [each.field for each in annexes.suggest(back)[1]] == fields[::-1]


def test_a_table_pasted_with_bars_or_wide_gaps_is_read():
    text = "| 企业名称 | 产品名称 |\n| 示例甲 | 示例·云雾果 |\n示例乙   示例·云雾果\n".encode()
    (table,) = annexes.take_in(text, annexes.PASTED).tables
    assert [cells for _, cells in table.rows] == [("示例甲", "示例·云雾果"), ("示例乙", "示例·云雾果")]


@pytest.mark.parametrize(
    ("text", "firms", "products"),
    [
        ("附件1 48家核准使用专用标志企业名单", 48, None),
        ("核准24个产品的48家企业", 48, 24),
        ("共四十八家，二十四个地理标志产品", 48, 24),
        ("百家争鸣", None, None),
        ("附件1 名单", None, None),
    ],
)
def test_counts_are_read_out_of_titles(text, firms, products):
    found = declared_in([text])
    assert (found.firms, found.products) == (firms, products)


def test_the_old_workbook_is_read_like_the_new():
    answer = reading.read((FOLDER / "old.xls").read_bytes(), {"name": "old.xls"})
    (table,) = answer["tables"]
    assert [cells[3] for _, cells in table["rows"]] == ["示例·云雾果"] * 4
    assert answer["warnings"] == [("merged_cells", "附件1")]
