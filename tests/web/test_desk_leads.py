"""Leads, the ledger and the reference data at the desk: what the pages say, refuse and keep to themselves."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest
from factories import counted_statements
from lead_deeds import SERVICE, a_lead, a_point, an_entry
from record_deeds import edition_of
from sqlalchemy import select
from staffing import an_officer, seated

from service import vocabulary
from service.register.models import AuditEvent, Lead, ServicePoint
from service.vocabulary import LeadEventKind, LeadKind, LeadState, RecordKind, Role, StaffAct, Vocabulary
from service.web import wording
from service.web.staff.reference import DayKind, calendar_of
from service.web.wording.vocabularies import LISTS
from service.working_days import Arrangement

HOSTILE = "<script>alert('x')</script>\"><svg onload=alert(1)>{{ 7*7 }}"
NAME, TELEPHONE = "示例张三", "023-0000000"


@pytest.fixture(scope="module")
def people(desk):
    """Somebody of each role that this is about, signed in."""
    roles = (Role.LEAD_OFFICER, Role.AUDITOR, Role.EDITOR, Role.REVIEWER)
    return {role: seated(*desk, an_officer(desk[1], role)) for role in roles}


@pytest.fixture
def officer(people):
    return people[Role.LEAD_OFFICER]


@pytest.fixture
def editor(people):
    return people[Role.EDITOR]


def state_of(desk, receipt):
    with desk[1].reading() as session:
        return session.scalars(select(Lead.state).where(Lead.receipt == receipt)).one()


def trail_of(desk, receipt):
    with desk[1].reading() as session:
        ulid = session.scalars(select(Lead.ulid).where(Lead.receipt == receipt)).one()
        events = select(AuditEvent).where(AuditEvent.record_ulid == ulid).order_by(AuditEvent.sequence)
        return [each.act for each in session.scalars(events)]


def take(seat, receipt, act, prefix="", **facts):
    typed = {"happened_on": "2026-11-23", "seen": "0", **facts}
    return seat.post(f"{prefix}/staff/leads/{receipt}/acts/{act}", typed)


# ---- the inbox and one lead


def test_the_inbox_says_how_long_is_left_and_nobody_s_name(desk, officer):
    soon = a_lead(desk[1], LeadKind.COMPLAINT, day=20)  # seven working days: 1 December
    late = a_lead(desk[1], LeadKind.COMPLAINT, day=2)  # until the 11th
    far = a_lead(desk[1], LeadKind.REPORT, day=22, description=HOSTILE)
    page = _every_page(officer, "/staff/leads")
    assert page.index(late) < page.index(soon) < page.index(far)
    assert "超期 8 个工作日" in page
    assert "还剩 6 个工作日" in page
    assert "实名" in page
    assert NAME not in page
    english = _every_page(officer, "/en/staff/leads")
    assert "8 working days late" in english
    assert "6 working days left" in english
    narrowed = _every_page(officer, "/staff/leads?due=overdue&kind=complaint")
    assert late in narrowed
    assert soon not in narrowed
    within = _every_page(officer, "/staff/leads?due=10")
    assert soon in within
    assert far not in within


def _every_page(officer, address):
    """The pages of the list, one after the other: the other tests bring leads, too."""
    joined = "&" if "?" in address else "?"
    pages, number = [], 1
    while True:
        pages.append(officer.get(f"{address}{joined}page={number}").text)
        number += 1
        if f"page={number}" not in pages[-1]:
            return "".join(pages)


def test_the_file_of_the_inbox_has_the_rows_of_the_screen_and_no_words_of_anybody(desk, officer):
    receipt = a_lead(desk[1], LeadKind.REPORT, description="只有页面上才看得到的话")
    reply = officer.get("/staff/leads.csv?kind=report")
    rows = list(csv.DictReader(io.StringIO(reply.content.decode("utf-8-sig"))))
    shown = officer.get("/staff/leads?kind=report").text
    assert str(len(rows)) == re.search(r"<strong>(\d+)</strong>", shown)[1]
    (row,) = (row for row in rows if row["receipt"] == receipt)
    assert (row["last_day"], row["left"]) == ("2026-12-11", "14")
    for text in (NAME, TELEPHONE, "只有页面上才看得到的话"):
        assert text not in reply.content.decode("utf-8-sig")
    assert officer.get("/staff/leads.xlsx").content[:2] == b"PK"


@pytest.mark.parametrize(
    "query", ["kind=bribe", "state=gone", "due=-1", "due=x", "page=9999", "due=overdue&state=done"]
)
def test_whatever_the_address_asks_for_is_answered(officer, query):
    assert officer.get(f"/staff/leads?{query}").status_code == 200


def test_a_page_that_cannot_be_is_refused(officer):
    assert officer.get("/staff/leads?page=0").status_code == 422
    assert officer.get("/staff/leads/XS20261123-222222").status_code == 404
    assert officer.get("/staff/leads/XS2026").status_code in {404, 422}


def test_a_lead_shows_its_words_as_words_and_what_the_register_says_now(desk, officer):
    checked = {
        "code": "93500114MA0TERT081",
        "target": "shili-shishangcha",
        "on": "",
        "outcome": "not_authorised",
        "reason": "other_product",
        "as_of": "2026-11-20",
        "data_version": 17,
    }
    receipt = a_lead(desk[1], LeadKind.REPORT, description=HOSTILE, place=HOSTILE, checked=checked)
    page = officer.get(f"/staff/leads/{receipt}").text
    assert "<svg onload" not in page
    assert "&lt;svg onload" in page
    assert 'href="/organisations/93500114MA0TERT081"' in page
    assert 'href="/gi/shili-shishangcha"' in page
    assert "/verify?code=93500114MA0TERT081&amp;target=shili-shishangcha" in page
    assert "没有使用核准记录，该单位获准用于其他产品" in page
    assert NAME not in page


@pytest.mark.parametrize("code", ["93500114MA0TERT082", "", HOSTILE])
def test_a_lead_whose_code_cannot_be_verified_has_its_page(desk, officer, code):
    receipt = a_lead(desk[1], LeadKind.REPORT, checked={"code": code, "target": "", "on": ""})
    page = officer.get(f"/staff/leads/{receipt}")
    assert page.status_code == 200
    assert ("这个代码核验不了" in page.text) == bool(code)


def test_the_contact_is_shown_to_a_lead_officer_alone_and_each_reading_is_on_record(desk, people):
    receipt = a_lead(desk[1])
    officer, auditor = people[Role.LEAD_OFFICER], people[Role.AUDITOR]
    page = auditor.get(f"/staff/leads/{receipt}").text
    assert "看联系人" not in page
    assert "/acts/" not in page
    assert auditor.post(f"/staff/leads/{receipt}/contact").status_code == 403
    assert trail_of(desk, receipt) == ["lead_received"]
    for number in (1, 2):
        shown = officer.post(f"/staff/leads/{receipt}/contact")
        assert NAME in shown.text
        assert TELEPHONE in shown.text
        assert shown.headers["cache-control"] == "no-store"
        assert trail_of(desk, receipt) == ["lead_received", *["lead_read"] * number]
    assert people[Role.EDITOR].get(f"/staff/leads/{receipt}").status_code == 403


def test_nothing_public_and_no_other_page_of_the_desk_names_who_it_was(desk, people):
    receipt = a_lead(desk[1])
    take(people[Role.LEAD_OFFICER], receipt, "accepted")
    for address in (
        f"/report/{receipt}",
        "/staff?list=leads",
        "/staff/leads",
        "/staff/leads?state=all",
        f"/staff/leads/{receipt}",
        "/staff/audit",
        "/staff/audit.csv",
    ):
        page = people[Role.AUDITOR].get(address)
        assert page.status_code == 200, address
        assert NAME not in page.text, address
        assert TELEPHONE not in page.text, address


def test_the_inbox_costs_the_same_few_statements_however_much_it_lists(desk, officer):
    counts = []
    for _ in range(2):
        for kind in (*LeadKind, *LeadKind):
            a_lead(desk[1], kind)
        with counted_statements(desk[1]) as found:
            assert officer.get("/staff/leads").status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1] <= 9


# ---- acts


def test_an_act_is_done_shown_and_told_on_the_receipt(desk, officer):
    receipt = a_lead(desk[1])
    form = officer.get(f"/staff/leads/{receipt}/acts/accepted").text
    assert 'value="2026-11-23"' in form
    assert "45 个工作日" in form
    reply = take(officer, receipt, "accepted")
    assert reply.headers["location"] == f"/staff/leads/{receipt}?done=accepted"
    assert "已登记：受理。" in officer.get(reply.headers["location"]).text
    assert trail_of(desk, receipt)[-1] == "lead_accepted"
    public = desk[0].get(f"/report/{receipt}").text
    assert "已受理" in public
    assert "2026年11月23日 办了" in public


def test_an_act_that_is_not_open_is_refused_with_words_and_changes_nothing(desk, officer):
    receipt = a_lead(desk[1])
    for prefix, words in (("", "现在不能办这一步"), ("/en", "This step is not open now")):
        assert words in officer.get(f"{prefix}/staff/leads/{receipt}/acts/settled").text
        refused = take(officer, receipt, "settled", prefix)
        assert refused.status_code == 409
        assert words in refused.text
    assert (
        take(officer, receipt, "verified", note="查过了").status_code == 409
    )  # a report's, not a complaint's
    assert take(officer, receipt, "bribed").status_code == 404
    assert state_of(desk, receipt) is LeadState.RECEIVED
    assert trail_of(desk, receipt) == ["lead_received"]


def test_what_was_typed_over_an_older_look_comes_back(desk, officer):
    receipt = a_lead(desk[1])
    assert take(officer, receipt, "noted", note="先记一笔").status_code == 303
    reply = take(officer, receipt, "refused", ground="too_late", note="已经超过三年")
    assert reply.status_code == 409
    assert "别人办过这条线索" in reply.text
    assert "已经超过三年" in reply.text
    assert 'name="seen" value="1"' in reply.text
    assert take(officer, receipt, "refused", ground="too_late", seen="1").status_code == 303


@pytest.mark.parametrize(
    ("act", "facts", "told"),
    [
        ("refused", {}, ("ground", "请选择不予受理的情形")),
        ("refused", {"ground": "bribe"}, ("ground", "请选择不予受理的情形")),
        ("refused", {"ground": "other_rule"}, ("note", "请写明这一项")),
        ("routed", {}, ("body", "请写明转交给哪个单位")),
        ("routed", {"body": "某" * 201}, ("body", "最多 200 字")),
        ("noted", {"note": " \u200b"}, ("note", "请写明这一项")),
        ("noted", {"note": "坏\x07字"}, ("note", "不能使用的字符")),
        ("noted", {"note": "他的号码是 11010519491231002X"}, ("note", "居民身份证号码")),
        ("accepted", {"happened_on": "昨天"}, ("happened_on", "日期应写成")),
        ("accepted", {"happened_on": "２０２６-11-23"}, ("happened_on", "日期应写成")),
        ("accepted", {"happened_on": "2026-11-24"}, ("happened_on", "也不能晚于今天")),
        ("accepted", {"happened_on": "2026-11-19"}, ("happened_on", "不能早于收到")),
    ],
)
def test_a_fault_of_an_act_stands_beside_its_field(desk, officer, act, facts, told):
    field, words = told
    receipt = a_lead(desk[1])
    reply = take(officer, receipt, act, **facts)
    assert reply.status_code == 422
    assert words in reply.text
    assert f'id="{field}-fault"' in reply.text
    english = take(officer, receipt, act, "/en", **facts)
    assert english.status_code == 422
    assert words not in english.text
    assert state_of(desk, receipt) is LeadState.RECEIVED


def test_a_field_of_no_form_of_ours_is_refused(desk, officer):
    receipt = a_lead(desk[1])
    assert take(officer, receipt, "accepted", state="closed").status_code == 422
    for seen in ("", "-1", "１", "x", "9" * 40):
        assert take(officer, receipt, "accepted", seen=seen).status_code == 409


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_act_has_its_words(lang):
    for act in LeadEventKind:
        assert wording.lead_act_hint(act, lang)
        assert wording.lead_note_label(act, lang)
        assert wording.act_text(f"lead_{act.value}", lang) != f"lead_{act.value}"


def test_what_is_decided_about_a_case_is_no_matter_of_the_receipt():
    for lang in ("zh", "en"):
        assert wording.public_state(LeadState.FILED, lang) == wording.public_state(LeadState.NOT_FILED, lang)


# ---- the ledger


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
        ({"day": "2026-11-24"}, "day", "不能晚于今天"),
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
    first, second, other = (
        editor.post("/staff/ledger/new", each).headers["location"]
        for each in (typed, typed, {**typed, "minutes": "31"})
    )
    assert first == second == f"/staff/ledger/{form}?done=entered"
    assert other != first
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
    for kind, status in ((RecordKind.ORGANISATION, 404), (RecordKind.SERVICE_POINT, 200)):
        partner = seated(*desk, an_officer(desk[1], Role.PARTNER, kinds=(kind,)))
        for address in ("/staff/ledger", "/staff/ledger/new", "/staff/ledger.csv", "/staff/ledger/months"):
            assert partner.get(address).status_code == status, (kind, address)


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
        page = desk[0].get(address).text
        assert "只在台账里" not in page


# ---- reference data


def test_the_calendar_says_which_days_are_worked_and_a_year_without_data_says_so(editor):
    page = editor.get("/staff/reference/holidays?year=2026").text
    assert page.count("gi-year-calendar-worked") == 6 + 1  # the days and the key
    assert page.count('<span class="gi-unseen">放假</span>') == 33
    assert "2027 年的安排还没有登记" in page
    missing = editor.get("/staff/reference/holidays?year=2027").text
    assert "这一年的工作日一天也数不了" in missing
    assert "<table" not in missing
    assert (
        "none of its working days can be counted" in editor.get("/en/staff/reference/holidays?year=2027").text
    )
    assert editor.get("/staff/reference/holidays?year=1").status_code == 422


def test_the_calendar_is_whole_and_counts_as_the_law_does():
    national_day = Arrangement(
        frozenset(date(2026, 10, day) for day in range(1, 8)), frozenset({date(2026, 10, 10)})
    )
    months = calendar_of(2026, national_day)
    days = [cell for month in months for week in month.weeks for cell in week if cell]
    assert len(days) == 365
    assert all(len(week) == 7 for month in months for week in month.weeks)
    assert [day.day.day for day in days if day.kind is DayKind.WORKED] == [10]
    october = months[9]
    assert october.weeks[0][:3] == (None, None, None)
    assert october.working_days == 22 - 5 + 1


def test_the_instruments_say_whether_they_are_in_force(editor):
    page = editor.get("/staff/reference/instruments").text
    assert re.search(r"商标法（2026 年修订）.*?还没施行", page, re.DOTALL)
    assert re.search(r"地理标志产品保护规定.*?已失效", page, re.DOTALL)


def test_every_closed_list_is_shown_by_its_name(editor):
    lists = {
        name
        for name in vocabulary.__all__
        if isinstance(each := getattr(vocabulary, name), type)
        and issubclass(each, Vocabulary)
        and each is not Vocabulary
    }
    assert {each.name for each in LISTS} == lists
    page = editor.get("/staff/reference/vocabularies").text
    assert "这里只能看" in page
    assert all(act.zh in page for act in StaffAct)


def holiday(**facts):
    return {
        "year": "2028",
        "title": "示例：2028 年安排（虚构）",
        "rest_days": "2028-01-01/2028-01-03\n2028-10-01/2028-10-07",
        "worked_days": "2028-10-09",
        "source": "示例通知",
        "source_level": "demonstration",
        "is_demonstration": "1",
        **facts,
    }


@pytest.mark.parametrize(
    ("facts", "field", "words"),
    [
        ({"rest_days": "2028-13-01"}, "rest_days", "每行"),
        ({"rest_days": "2028-10-07/2028-10-01"}, "rest_days", "每行"),
        ({"rest_days": "2026-10-01"}, "rest_days", "不属于这一年"),
        ({"rest_days": ""}, "rest_days", "必须填写"),
        ({"worked_days": "2028-10-01"}, "worked_days", "同一天写了两次"),
    ],
)
def test_a_list_of_days_is_judged_at_its_field(editor, facts, field, words):
    reply = editor.post("/staff/records/holiday_arrangement/new", holiday(**facts))
    assert reply.status_code == 422
    fault = re.search(rf'id="{field}-fault">([^<]*)<', reply.text)
    assert fault, reply.text[:3000]
    assert words in fault[1]


def test_a_year_goes_from_the_form_to_the_deadlines(desk, people):
    editor, reviewer = people[Role.EDITOR], people[Role.REVIEWER]
    reply = editor.post("/staff/records/holiday_arrangement/new", holiday())
    assert reply.status_code == 303
    address = reply.headers["location"].partition("?")[0]
    assert "2028年10月1日至2028年10月7日（7 天）" in editor.get(address).text
    record = re.search(r"/staff/records/holiday_arrangement/[0-9A-Z]{26}", editor.get(address).text)[0]
    form = editor.get(f"{record}/edit").text
    assert "2028-01-01/2028-01-03\n2028-10-01/2028-10-07</textarea>" in form
    editor.post(f"{address}/submit", edition_of(editor, address))
    assert reviewer.post(f"{address}/publish", edition_of(reviewer, address)).status_code == 303
    assert 'class="gi-year-calendar-rest"' in editor.get("/staff/reference/holidays?year=2028").text
