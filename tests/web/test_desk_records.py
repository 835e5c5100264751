"""Records at the desk: lists and their files, history, the trail."""

from __future__ import annotations

import csv
import io
import re

import pytest
from factories import counted_statements
from openpyxl import load_workbook
from record_deeds import an_open_authorisation, published, submitted
from sqlalchemy import func, select
from staffing import HOSTILE, an_officer, seated

from service.register.browsing import SHELVES
from service.register.models import Revision, TrademarkRecord
from service.vocabulary import DraftState, RecordKind, Role


@pytest.mark.parametrize("kind", RecordKind)
def test_a_list_and_its_files_have_as_many_rows_as_the_screen_says(editor, kind):
    assert kind in SHELVES
    page = editor.get(f"/staff/records/{kind.value}").text
    total = int(re.search(r'role="status"><strong>([\d,]+)</strong>', page)[1].replace(",", ""))
    table = list(csv.reader(io.StringIO(editor.get(f"/staff/records/{kind.value}.csv").text[1:])))
    assert len(table) - 1 == total
    book = load_workbook(io.BytesIO(editor.get(f"/staff/records/{kind.value}.xlsx").content), read_only=True)
    assert sum(1 for _ in book["data"].iter_rows()) - 1 == total


@pytest.mark.parametrize(
    ("prefix", "headings"),
    [
        ("", ["核准编号", "单位", "统一社会信用代码", "使用依据"]),
        ("/en", ["Code", "Organisation", "Unified social credit code", "Basis of use"]),
    ],
)
def test_a_list_and_its_files_are_headed_by_what_stands_below(editor, prefix, headings):
    address = f"{prefix}/staff/records/authorisation"
    page = editor.get(address).text
    assert re.findall(r'<td data-label="([^"]+)"', page)[:3] == headings[1:]
    (first, *_) = csv.reader(io.StringIO(editor.get(f"{address}.csv").text[1:]))
    assert first == ["id", *headings]
    book = load_workbook(io.BytesIO(editor.get(f"{address}.xlsx").content), read_only=True)
    assert [cell.value for cell in next(book["data"].iter_rows())] == ["id", *headings]


def test_a_list_is_narrowed_and_sorted_by_its_address(desk, editor):
    with desk[1].reading() as session:
        names = session.scalars(
            select(TrademarkRecord.name).where(
                TrademarkRecord.status == "registered", TrademarkRecord.name.contains("示例")
            )
        ).all()
    table = editor.get("/staff/records/trademark.csv?q=示例&status=registered&sort=-name").text
    found = [row[1] for row in csv.reader(io.StringIO(table[1:]))][1:]
    assert found == sorted(names, reverse=True)
    assert found


def test_a_name_that_a_spreadsheet_would_compute_is_inert_in_every_file(desk, editor):
    published(*desk, name="=HYPERLINK(1)")
    text = editor.get("/staff/records/organisation.csv?q=HYPERLINK").text
    assert "'=HYPERLINK(1)" in text
    book = load_workbook(io.BytesIO(editor.get("/staff/records/organisation.xlsx?q=HYPERLINK").content))
    cell = book["data"].cell(2, 2)
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=10001",
        "q=" + "x" * 101,
        "sort=nothing",
        "status=nothing",
        "shown=x",
        "page=9999",
        "q=%25_%5C",
    ],
)
def test_an_odd_address_of_a_list_is_answered(editor, query):
    assert editor.get(f"/staff/records/trademark?{query}").status_code in {200, 422}


def test_history_tells_each_version_and_what_the_public_saw(desk, reviewer):
    record, author = published(*desk, name="有历史的单位")
    history = record.replace("/records/", "/history/")
    assert "第 1 版" in author.get(history).text
    assert "有历史的单位" in author.get(f"{history}?on=2026-11-23").text
    assert "还没有公布" in author.get(f"{history}?on=%202026-11-22%20").text
    assert author.get(f"{history}?on=2026-13-22").status_code == 422
    assert author.get(history[:-1] + "Z").status_code == 404


def test_the_trail_is_searched_and_had_as_a_file(desk):
    record, _ = published(*desk, name="查审计的单位")
    auditor = seated(*desk, an_officer(desk[1], Role.AUDITOR))
    found = auditor.get(f"/staff/audit?kind=organisation&record={record[-26:]}").text
    assert [act in found for act in ("起草", "提交审核", "新登记并公布")] == [True, True, True]
    table = auditor.get(f"/staff/audit.csv?kind=organisation&record={record[-26:]}").text
    assert len(list(csv.reader(io.StringIO(table[1:])))) == 1 + 3
    for query in ("since=x", "record=x", "kind=organisation", "before=999999999"):
        assert auditor.get(f"/staff/audit?{query}").status_code in {400, 422}


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/staff/records/trademark", 6),
        ("/staff/records/authorisation?q=示例", 6),
        ("/staff/reviews", 6),
        ("/staff/reviews?state=published&mine=1", 6),
    ],
)
def test_a_list_costs_the_same_few_statements_however_much_it_lists(desk, editor, address, most):
    client, database = desk
    counts = []
    for _ in range(2):
        with counted_statements(database) as found:
            assert editor.get(address).status_code == 200
        counts.append(len(found))
        submitted(client, database, draft_new="1")
        an_open_authorisation(database)
    assert counts[0] == counts[1] <= most, found


def test_one_record_and_its_review_and_history_cost_few_statements(desk, reviewer):
    record, _ = published(*desk, name="数语句的单位")
    history = record.replace("/records/", "/history/")
    for address, most in ((record, 8), (history, 6)):  # two of the first ask for its public page
        with counted_statements(desk[1]) as found:
            assert reviewer.get(address).status_code == 200
        assert len(found) <= most, found


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_hostile_name_is_only_ever_text(desk, reviewer, prefix):
    record, author = published(*desk, name=HOSTILE, draft_new="1")
    pages = [
        record,
        f"{record}/edit",
        record.replace("/records/", "/history/"),
        "/staff/records/organisation",
    ]
    for address in pages:
        page = author.get(prefix + address).text
        assert "<script>alert" not in page
        assert "<svg onload" not in page
        assert "&lt;script&gt;" in page


def test_a_public_page_is_offered_where_there_is_one_and_only_there(desk, editor):
    """Of every kind in the seed: where the desk leads to, something answers; where nothing would, it leads nowhere."""
    with desk[1].reading() as session:
        rows = session.execute(
            select(Revision.record_kind, func.max(Revision.record_ulid), func.max(Revision.ulid))
            .where(Revision.state == DraftState.PUBLISHED)
            .group_by(Revision.record_kind, Revision.record_ulid)
        ).all()
    by_kind = {kind: (record, draft) for kind, record, draft in rows}
    offered = set()
    for kind, (record, draft) in by_kind.items():
        answers = desk[0].get(f"/r/{record}", follow_redirects=True).status_code == 200
        for page in (f"/staff/records/{kind.value}/{record}", f"/staff/reviews/{draft}"):
            assert (f'href="/r/{record}"' in editor.get(page).text) == answers, page
        offered |= {kind} if answers else set()
    assert RecordKind.GI_PRODUCT in offered
    assert RecordKind.CATEGORY in by_kind.keys() - offered


def test_a_body_without_a_code_and_what_is_withheld_have_no_public_page(desk, reviewer):
    for facts in ({"uscc": ""}, {"withdrawal": "withheld", "withdrawal_reason": "依法"}):
        record, _ = published(*desk, name="没有公开页面的单位", draft_new="1", **facts)
        assert 'href="/r/' not in reviewer.get(record).text


def test_nothing_is_left_to_stop_of_an_authorisation_that_has_ended(desk, editor):
    ulid = an_open_authorisation(desk[1])
    page = f"/staff/records/authorisation/{ulid}"
    assert f"{page}/acts/deregistered" in editor.get(page).text
    typed = {
        "ground": "voluntary",
        "effective_on": "2026-11-20",
        "source": "示例申请书",
        "source_level": "official_document",
        "draft_confirmed": "1",
    }
    assert editor.post(f"{page}/acts/deregistered", typed).status_code == 303
    ended = editor.get(page).text
    assert "/acts/" not in ended
    assert "event=correction_closed" not in ended
