"""The ledger of the service points at the desk: entered, listed, put right, and counted."""

from __future__ import annotations

import re

import pytest
from factories import counted_statements
from lead_deeds import SERVICE, a_point, an_entry
from sqlalchemy import select
from staffing import HOSTILE, an_officer, seated

from service.register.models import ServicePoint
from service.vocabulary import RecordKind, Role


def test_a_service_is_entered_listed_and_put_right(desk, editor):
    address, seat = an_entry(*desk, "WEB-1")
    assert "已记入台账" in seat.get(f"{address}?done=entered").text
    listed = seat.get("/staff/ledger?point=WEB-1").text
    assert address in listed
    form = seat.get(f"{address}/correction").text
    assert 'value="30"' in form
    reply = editor.post(
        f"{address}/correction", {**SERVICE, "point": "WEB-1", "minutes": "45", "reason": "写错了"}
    )
    assert reply.status_code == 303
    again = editor.post(f"{address}/correction", {**SERVICE, "point": "WEB-1", "reason": "也来改"})
    assert again.status_code == 409
    assert "已经被别人更正或撤销" in again.text
    assert editor.post(f"{address}/void", {"reason": "也来撤"}).status_code == 409
    rows = editor.get("/staff/ledger.csv?point=WEB-1").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert ",45," in rows[1]
    months = editor.get("/staff/ledger/months?year=2026").text
    assert 'class="gi-month-plot"' in months


@pytest.mark.parametrize(
    ("facts", "field", "words"),
    [
        ({"point": ""}, "point", "请选择服务网点"),
        ({"point": "NO-SUCH"}, "point", "请选择服务网点"),
        ({"topic": "bribe"}, "topic", "请选择服务事项"),
        ({"day": "2026-11-24"}, "day", "不能是今天以后的日子"),
        ({"day": "昨天"}, "day", "日期应写成"),
        ({"minutes": "半小时"}, "minutes", "1 到 1440"),
        ({"minutes": "99999999999"}, "minutes", "1 到 1440"),
        ({"walk_in": ""}, "walk_in", "两样填一样"),
        ({"organisation": "也写单位"}, "walk_in", "两样填一样"),
        ({"result": ""}, "result", "请写明结果"),
        ({"result": HOSTILE * 5}, "result", "最多 200 字"),
        ({"result": "坏\x07字"}, "result", "不能使用的字符"),
    ],
)
def test_a_fault_of_an_entry_stands_beside_its_field_and_nothing_typed_is_lost(
    desk, editor, facts, field, words
):
    with desk[1].reading() as session:
        is_there = session.scalar(select(ServicePoint.id).where(ServicePoint.code == "WEB-2"))
    point = "WEB-2" if is_there else a_point(desk[1], "WEB-2")
    reply = editor.post("/staff/ledger/new", {**SERVICE, "point": point, "result": "写下的结果", **facts})
    assert reply.status_code == 422
    assert f'id="{field}-fault"' in reply.text
    assert "<svg onload" not in reply.text
    if "result" not in facts:
        assert "写下的结果" in reply.text
    english = editor.post("/en/staff/ledger/new", {**SERVICE, "point": point, **facts})
    assert english.status_code == 422
    assert not re.search(r'gi-field-fault"[^<]*[\u4e00-\u9fff]', english.text)
    assert words in reply.text


def test_a_day_that_is_none_is_told_beside_its_field_and_no_file_is_empty_of_sense(editor):
    reply = editor.get("/staff/ledger?since=gestern")
    assert reply.status_code == 422
    assert 'id="since-fault"' in reply.text
    assert editor.get("/staff/ledger?topic=bribe&point=x").status_code == 200
    assert editor.get("/staff/ledger/months?year=99").status_code == 422


def test_an_entry_sent_twice_is_one_and_with_other_words_is_another(desk, editor):
    point = a_point(desk[1], "WEB-5")
    form = re.search(r'name="form" value="([0-9A-Z]{26})"', editor.get("/staff/ledger/new").text)[1]
    typed = {**SERVICE, "point": point, "form": form}
    changed = {**typed, "minutes": "31"}
    first, second, other, again = (
        editor.post("/staff/ledger/new", each).headers["location"]
        for each in (typed, typed, changed, changed)
    )
    assert first == second == f"/staff/ledger/{form}?done=entered"
    assert other == again != first
    assert "共 61 分钟" in editor.get("/staff/ledger?point=WEB-5").text


def test_the_ledger_costs_the_same_few_statements_however_much_it_lists(desk, editor):
    point = a_point(desk[1], "WEB-4")
    counts = []
    for number in (2, 5):
        for _ in range(number):
            assert editor.post("/staff/ledger/new", {**SERVICE, "point": point}).status_code == 303
        with counted_statements(desk[1]) as found:
            assert editor.get("/staff/ledger?point=WEB-4").status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1] <= 9


def test_a_partner_with_no_service_point_has_no_ledger(desk):
    for kind, status in ((RecordKind.ORGANISATION, 403), (RecordKind.SERVICE_POINT, 200)):
        partner = seated(*desk, an_officer(desk[1], Role.PARTNER, kinds=(kind,)))
        for address in ("/staff/ledger", "/staff/ledger/new", "/staff/ledger.csv", "/staff/ledger/months"):
            assert partner.get(address).status_code == status, (kind, address)
        assert ('href="/staff/ledger"' in partner.get("/staff").text) == (status == 200)


def test_the_public_page_of_the_points_shows_nothing_of_the_ledger(desk, editor):
    point = a_point(desk[1], "WEB-3")
    typed = {
        **SERVICE,
        "point": point,
        "walk_in": "",
        "organisation": "只在台账里的公司",
        "result": "只在台账里的结果",
    }
    assert editor.post("/staff/ledger/new", typed).status_code == 303
    for address in ("/service-points", "/data", "/data/service-points.csv"):
        page = desk[0].get(address)
        assert page.status_code == 200, address
        assert "只在台账里" not in page.text
