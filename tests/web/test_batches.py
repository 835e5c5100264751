"""Batches over HTTP: what comes back line by line, as a table, on a page, and after a cut."""

from __future__ import annotations

import csv
import http.client
import io
import json
import re
import socket
import threading
import time
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import uvicorn
from conftest import NOW
from openpyxl import Workbook, load_workbook
from serving import seeded_settings

from service.app import create_app
from service.calendar import FixedClock
from service.register.batches import MAX_ROWS
from service.web.batching import COLUMNS, UPLOADS

BATCH = "/api/v1/verify/batch"
GOOD = "93500114MA0TERT081"
CSV = {"content-type": "text/csv"}
OWN = {"sec-fetch-site": "same-origin"}
FORM_OF_PARTS = "multipart/form-data; boundary=x"
DOCS = Path(__file__).parents[2] / "docs" / "api.md"


def documented():
    """The address of one demonstration for each verdict and reason."""
    table = (
        DOCS.read_text(encoding="utf-8").split("<!-- verdicts:begin -->")[1].split("<!-- verdicts:end -->")[0]
    )
    return re.findall(r"`(/api/v1/verify\?[^`]+)`", table)


def rows_of(addresses):
    asked = [parse_qs(urlsplit(address).query) for address in addresses]
    return [{name: values[0] for name, values in each.items()} for each in asked]


def lines_of(reply):
    head, *rows = [json.loads(line) for line in reply.text.splitlines()]
    return head["batch"], rows


def table_of(reply):
    return list(csv.DictReader(io.StringIO(reply.content.decode("utf-8-sig"))))


def test_each_row_holds_the_very_answer_of_the_single_call(client):
    addresses = documented()
    assert len(addresses) == 28
    reply = client.post(BATCH, json={"rows": rows_of(addresses)})
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "application/x-ndjson"
    assert reply.headers["cache-control"] == "no-store"
    head, rows = lines_of(reply)
    assert [row["answer"] for row in rows] == [client.get(address).json() for address in addresses]
    assert [row["row"] for row in rows] == list(range(1, 29))
    assert sum(head["counts"].values()) == head["rows"] == 28
    assert len(head["counts"]) == 10
    assert str(head["data_version"]) == reply.headers["x-data-version"]


def test_the_table_says_the_same_as_the_lines(client):
    sent = {"rows": [*rows_of(documented()), "9.15E+17", {"code": "９３５00114MA0TERT081"}]}
    _, rows = lines_of(client.post(BATCH, json=sent))
    reply = client.post(f"{BATCH}?format=csv", json=sent)
    assert reply.headers["content-type"].startswith("text/csv")
    table = table_of(reply)
    assert len(table) == len(rows) == 30
    for line, row in zip(table, rows, strict=True):
        answer = row["answer"] or {"verdict": "", "reason_code": row["problem"]["code"], "target": None}
        assert (line["verdict"], line["reason"]) == (answer["verdict"], answer["reason_code"])
        assert line["product"] == (answer["target"] or {"name": ""})["name"]
        assert (line["code"], line["row"]) == (row["code"], str(row["row"]))
        assert line["data_version"] == reply.headers["x-data-version"]
    assert table[-2]["reason"] == "number_lost_digits"
    assert "全角" in table[-1]["remarks"]
    assert table[0]["authorisation"] == "QJ-AU-9002"
    assert table[0]["granted_on"] == "2021-03-15"


def test_known_at_is_asked_for_all_rows(client):
    before = client.post(f"{BATCH}?known_at=2026-11-01T00:00:00%2B08:00", json={"rows": [GOOD]})
    head, rows = lines_of(before)
    assert rows[0]["answer"]["verdict"] == "not_on_record"
    assert head["known_at"] == "2026-11-01T00:00:00+08:00"
    assert client.post(f"{BATCH}?known_at=2027-01-01T00:00:00Z", json={"rows": [GOOD]}).status_code == 422


@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        ("", "*/*", "application/x-ndjson"),
        ("", "text/csv", "text/csv"),
        ("", "text/csv;q=0.9, application/x-ndjson", "text/csv"),
        ("", "application/x-ndjson, text/csv", "application/x-ndjson"),
        ("?format=ndjson", "text/csv", "application/x-ndjson"),
        ("?format=csv", "application/x-ndjson", "text/csv"),
    ],
)
def test_the_kind_of_answer_is_asked_for(client, query, accept, kind):
    reply = client.post(BATCH + query, json={"rows": [GOOD]}, headers={"accept": accept})
    assert reply.headers["content-type"].partition(";")[0] == kind


def test_gbk_and_excel_files_are_taken(client):
    reply = client.post(BATCH, content=f"代码,产品,店\n{GOOD},示例·云雾果,甲\n".encode("gbk"), headers=CSV)
    head, rows = lines_of(reply)
    assert head["ignored_columns"] == ["店"]
    assert rows[0]["answer"]["verdict"] == "authorised"


def test_a_table_tells_the_columns_that_were_not_read(client):
    sent = f'代码,店铺,"a,b"\n{GOOD},甲,x\n{GOOD},乙,x\n'.encode()
    reply = client.post(f"{BATCH}?format=csv", content=sent, headers=CSV)
    assert [unquote(name) for name in reply.headers["x-ignored-columns"].split(", ")] == ["店铺", "a,b"]
    assert "X-Ignored-Columns" in reply.headers["access-control-expose-headers"]
    first, second = [line["remarks"] for line in table_of(reply)]
    assert "没有读这些列：店铺、a,b" in first
    assert "没有读" not in second
    lines = client.post(BATCH, content=sent, headers=CSV)
    assert lines.headers["x-ignored-columns"] == reply.headers["x-ignored-columns"]
    assert "x-ignored-columns" not in client.post(BATCH, json={"rows": [GOOD]}).headers
    page = {"rows": (None, ""), "file": ("x.csv", sent), "wanted": (None, "csv")}
    english = table_of(client.post("/en/verify/batch", files=page, headers=OWN))
    assert "columns not read: 店铺, a,b" in english[0]["remarks"]


def test_many_long_headings_do_not_swell_the_header(client):
    headings = ",".join(f"店铺的名称{number:02}号" for number in range(59))
    reply = client.post(BATCH, content=f"代码,{headings}\n{GOOD}\n".encode(), headers=CSV)
    told = reply.headers["x-ignored-columns"]
    assert len(told) <= 2010
    assert unquote(told).startswith("店铺的名称00号, 店铺的名称01号")
    assert told.endswith(", ...")


@pytest.mark.parametrize(
    ("query", "kind", "content", "problem"),
    [
        ("", "text/csv", b"", (422, "empty_file")),
        ("", "text/csv", b"code\n", (422, "batch_size")),
        ("", "text/csv", b"code\n" + b"x\n" * (MAX_ROWS + 1), (422, "batch_size")),
        ("", "text/csv", b"\xff\xff\xff", (422, "batch_encoding")),
        ("", "application/json", b"{", (400, "json_syntax")),
        ("", "application/json", b"{}", (422, "bad_batch")),
        ("", "application/json", b"\xff", (400, "json_syntax")),
        ("", "image/png", b"x", (415, "unsupported_media_type")),
        ("", "", b"x", (415, "unsupported_media_type")),
        ("?from_row=3", "text/csv", b"a\nb\n", (422, "from_row_beyond")),
        ("?from_row=0", "text/csv", b"a\nb\n", (422, "invalid_value")),
        ("?from_row=1_0", "text/csv", b"a\nb\n", (422, "invalid_value")),
        ("?format=xml", "text/csv", b"a\n", (422, "bad_enum")),
        ("?known_at=2020-01-01", "text/csv", b"a\n", (422, "bad_date")),
        ("?on=2020-01-01", "text/csv", b"a\n", (422, "unknown_parameter")),
        ("", "text/csv", b"x" * (UPLOADS[BATCH] + 1), (413, "too_large")),
    ],
)
def test_a_batch_that_cannot_be_read_is_refused(client, query, kind, content, problem):
    reply = client.post(BATCH + query, content=content, headers={"content-type": kind} if kind else {})
    assert (reply.status_code, reply.json()["code"]) == problem
    assert reply.headers["content-type"] == "application/problem+json"


def test_no_cell_of_a_table_is_computed(client):
    hostile = ["=1+1", "+1", "-1", "@x", "＝1", "\t=1", "=HYPERLINK(0)", " =1"]
    rows = [{"code": text, "target": text} for text in hostile]
    table = client.post(f"{BATCH}?format=csv", json={"rows": rows})
    for line in csv.reader(io.StringIO(table.text)):
        assert not [cell for cell in line if cell.strip()[:1] in set("=+-@＝＋－＠")]


def test_ten_thousand_rows_are_answered_in_order(client):
    rows = rows_of(documented()) * (MAX_ROWS // 28 + 1)
    reply = client.post(BATCH, json={"rows": rows[:MAX_ROWS]})
    head, lines = lines_of(reply)
    assert head["rows"] == len(lines) == MAX_ROWS
    assert [line["row"] for line in lines] == list(range(1, MAX_ROWS + 1))
    assert [line["same_as_row"] for line in lines[:56]] == [None] * 28 + list(range(1, 29))
    assert all(lines[n]["answer"] == lines[n % 28]["answer"] for n in range(0, MAX_ROWS, 97))


def test_empty_lines_are_counted_and_not_answered(client):
    content = f"code\n{GOOD}\n\nx\n\n\n{GOOD}\n"
    reply = client.post(BATCH, content=content, headers=CSV)
    head, lines = lines_of(reply)
    assert (head["rows"], reply.headers["x-row-count"]) == (3, "3")
    assert [(line["row"], line["same_as_row"]) for line in lines] == [(1, None), (3, None), (6, 1)]
    for from_row, numbers in ((2, [3, 6]), (4, [6]), (6, [6])):
        head, lines = lines_of(client.post(f"{BATCH}?from_row={from_row}", content=content, headers=CSV))
        assert [line["row"] for line in lines] == numbers
        assert sum(head["counts"].values()) == len(numbers)
    beyond = client.post(f"{BATCH}?from_row=7", content=content, headers=CSV)
    assert (beyond.status_code, beyond.json()["code"]) == (422, "from_row_beyond")


def test_more_lines_than_rows_are_gone_through_to_their_end(client):
    content = "code\n" + "x\n\n" * MAX_ROWS
    _, lines = lines_of(client.post(f"{BATCH}?from_row={2 * MAX_ROWS - 1}", content=content, headers=CSV))
    assert [line["row"] for line in lines] == [2 * MAX_ROWS - 1]


# ---- a cut connection


@contextmanager
def served(app):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield taken.getsockname()[1]
        server.should_exit = True
        thread.join(10)


def test_who_was_cut_off_goes_on_and_sees_the_version(registers, tmp_path):
    clock = FixedClock(NOW)
    app = create_app(seeded_settings(tmp_path, registers, "spatialite", clock), clock, works=False)
    content = json.dumps({"rows": rows_of(documented()) * 200}).encode()
    headers = {"Content-Type": "application/json"}
    with served(app) as port:
        cut = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        cut.request("POST", BATCH, content, headers)
        reply = cut.getresponse()
        version = reply.headers["X-Data-Version"]
        got = [reply.readline() for _ in range(1000)]
        cut.close()
        rest = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        rest.request("POST", f"{BATCH}?from_row=1000", content, headers)
        reply = rest.getresponse()
        assert reply.headers["X-Data-Version"] == version
        head, *going_on = reply.read().splitlines(keepends=True)
        assert json.loads(head)["batch"]["from_row"] == 1000
        rest.request("POST", BATCH, content, headers)
        whole = rest.getresponse().read().splitlines(keepends=True)
        rest.close()
    assert [*got, *going_on] == whole


# ---- the page


def sent(client, address="/verify/batch", *, headers=OWN, **fields):
    files = {name: value if isinstance(value, tuple) else (None, value) for name, value in fields.items()}
    return client.post(address, files=files, headers=headers)


def test_the_page_answers_pasted_rows_with_counts_before_them(client):
    page = sent(client, rows=f"{GOOD},示例·云雾果\n9.15E+17\n{GOOD},示例·云雾果\n")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    text = page.text
    assert "3 行的结果" in text
    assert text.index("gi-batch-counts") < text.index("<table")
    assert text.count("可以使用专用标志") == 3
    assert text.count("未能核验") == 2
    assert "9.15E+17" in text
    assert "与第 1 行相同" in text
    assert 'content="noindex"' in text


def test_the_page_is_in_english_below_en(client):
    page = sent(client, "/en/verify/batch", rows=f"{GOOD}\nx\n")
    assert "Rows checked: 2" in page.text
    assert "not answered" in page.text


def test_the_answers_can_be_kept_as_files(client):
    page = sent(client, file=("名单.csv", f"代码,产品\n{GOOD},示例·云雾果\n=1+1,\n".encode("gbk")))
    again = re.search(r'<textarea name="rows" hidden[^>]*>(.*?)</textarea>', page.text, re.DOTALL)
    assert again is not None
    rows = again[1].replace("&#43;", "+")
    table = table_of(sent(client, rows=rows, wanted="csv"))
    assert [line["verdict"] for line in table] == ["authorised", ""]
    book = load_workbook(io.BytesIO(sent(client, rows=rows, wanted="xlsx").content))
    header, first, second = book["data"].iter_rows()
    assert [cell.value for cell in header] == [f"{column.zh} {column.en}" for column in COLUMNS]
    assert (first[1].value, first[1].data_type, first[1].number_format) == (GOOD, "s", "@")
    assert (second[1].value, second[1].data_type) == ("=1+1", "s")


def test_a_formula_without_its_value_is_told_on_the_page_and_in_the_file_made_of_it(client):
    book = Workbook()
    for line in (("代码", "购买日期"), (GOOD, "=TODAY()"), ("=A2",), (GOOD, "2023-08-15")):
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    page = sent(client, file=("x.xlsx", out.getvalue()))
    assert page.text.count("请存为数值后再上传") == 2
    rows = unescape(re.search(r'<textarea name="rows" hidden[^>]*>(.*?)</textarea>', page.text, re.DOTALL)[1])
    table = table_of(sent(client, rows=rows, wanted="csv"))
    assert [line["reason"] for line in table[:2]] == ["formula_or_error"] * 2
    assert [line["as_of"] for line in table] == ["", "", "2023-08-15"]


def test_a_file_of_the_answers_keeps_the_numbers_of_the_page(client):
    page = sent(client, rows=f"\n{GOOD}\n\nx\n")
    assert re.findall(r'gi-batch-answers-number">(\d+)<', page.text) == ["2", "4"]
    rows = unescape(re.search(r'<textarea name="rows" hidden[^>]*>(.*?)</textarea>', page.text, re.DOTALL)[1])
    assert [line["row"] for line in table_of(sent(client, rows=rows, wanted="csv"))] == ["2", "4"]


@pytest.mark.parametrize(
    ("fields", "where", "said"),
    [
        ({"rows": ""}, "rows", "文件是空的"),
        ({"rows": "产品\n云雾果\n"}, "rows", "看不出哪一列是代码"),
        ({"file": ("x.xlsx", b"PK\x03\x04")}, "file", "不是可读的 XLSX"),
        ({}, "rows", "文件是空的"),
        ({"rows": "云雾果一\n", "file": ("x.csv", GOOD.encode())}, "rows", "一次只能核验一样"),
    ],
)
def test_a_batch_that_cannot_be_read_comes_back_with_what_is_wrong(client, fields, where, said):
    page = sent(client, **{"wanted": "page", **fields})
    assert page.status_code == 422
    fault = re.search(rf'id="{where}-fault">([^<]+)<', page.text)
    assert fault is not None
    assert said in fault[1]
    if fields.get("rows"):
        assert "云雾果" in page.text


def test_a_file_is_checked_where_nothing_but_blanks_was_pasted(client):
    assert "1 行的结果" in sent(client, rows=" \n", file=("x.csv", GOOD.encode())).text


def test_the_page_takes_forms_of_its_own_site_alone(client):
    assert sent(client, rows=GOOD, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert sent(client, rows=GOOD, headers={}).status_code == 403
    assert client.post("/verify/batch", content=b"rows=x", headers=OWN).status_code == 415
    assert client.post("/verify/batch", data={"rows": "x"}, headers=OWN).status_code == 415
    too_many = [("file", (f"{n}.csv", b"x")) for n in range(3)]
    assert client.post("/verify/batch", files=too_many, headers=OWN).status_code == 400


@pytest.mark.parametrize(
    ("address", "said", "link"),
    [
        ("/verify/batch", "发来的文件或内容太大（超过 5 MiB），没有收下。", 'href="/verify/batch"'),
        ("/en/verify/batch", "What was sent is too large (more than 5 MiB)", 'href="/en/verify/batch"'),
    ],
)
def test_a_file_that_is_too_large_is_told_with_what_to_do(client, address, said, link):
    page = sent(client, address, file=("x.csv", b"x" * (UPLOADS[address] + 1)))
    parts = (b"x" * 1024 * 1024 for _ in range(6))
    streamed = client.post(address, content=parts, headers={**OWN, "content-type": FORM_OF_PARTS})
    for reply in (page, streamed):
        assert reply.status_code == 413
        assert said in reply.text
        assert link in reply.text.split("<main")[1]


def test_hostile_cells_stay_text_on_the_page(client):
    hostile = "</textarea><script>alert(1)</script>"
    page = sent(client, rows=f"代码,产品,{hostile}\n{hostile},{hostile},x\n")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
