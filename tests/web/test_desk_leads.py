"""Leads at the desk: what the pages say, refuse and keep to themselves, and the acts on one."""

from __future__ import annotations

import csv
import io
import re

import pytest
from factories import counted_statements
from lead_deeds import a_lead
from sqlalchemy import select
from staffing import HOSTILE

from service.register.models import AuditEvent, Lead
from service.vocabulary import LeadEventKind, LeadKind, LeadState, Role
from service.web import wording

NAME, TELEPHONE = "示例张三", "023-0000000"


@pytest.fixture
def officer(people):
    return people[Role.LEAD_OFFICER]


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
    (row,) = (row for row in rows if row["回执编号"] == receipt)
    assert (row["期限"], row["剩余工作日"]) == ("2026-12-11", "14")
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


def test_an_extension_after_the_last_day_is_refused_beside_its_day(desk, officer):
    receipt = a_lead(desk[1], LeadKind.REPORT, day=2)  # fifteen working days: until the 23rd
    assert "核查期限的最后一天是 2026年11月23日" in officer.get(f"/staff/leads/{receipt}/acts/extended").text
    receipt = a_lead(desk[1], LeadKind.REPORT, day=1)  # until the 20th
    for prefix, words in (("", "核查期限已经届满"), ("/en", "The period is over")):
        reply = take(officer, receipt, "extended", prefix, note="案情复杂")
        assert (reply.status_code, words in reply.text) == (422, True)
        assert 'id="happened_on-fault"' in reply.text
    assert trail_of(desk, receipt) == ["lead_received"]
    assert take(officer, receipt, "extended", note="案情复杂", happened_on="2026-11-20").status_code == 303


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
