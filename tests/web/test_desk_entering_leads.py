"""Entering a lead at the desk: the form, what is wrong with it, the page it leads to, and nobody's name anywhere."""

from __future__ import annotations

import csv
import io
import re

import pytest
from lead_deeds import ENTRY, a_lead
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from staffing import HOSTILE

from service.register.models import AuditEvent, Lead
from service.vocabulary import LeadChannel, LeadKind, Role

NAME, TELEPHONE, EMAIL = "独一无二的来电人", "023-7654321", "laidian@example.cn"
CODE = "93500114MA0TERT081"


@pytest.fixture
def officer(people):
    return people[Role.LEAD_OFFICER]


def enter(seat, prefix="", **facts):
    return seat.post(f"{prefix}/staff/leads/new", {**ENTRY, **facts})


def receipt_of(reply):
    assert reply.status_code == 303, reply.text[-2000:]
    return re.search(r"/staff/leads/(XS[0-9]{8}-[2-9A-Z]{6})\?done=entered$", reply.headers["location"])[1]


def kept(desk, receipt):
    with desk[1].reading() as session:
        statement = select(Lead).where(Lead.receipt == receipt).options(selectinload(Lead.contact))
        lead = session.scalars(statement).one()
        session.expunge_all()  # read whole before the transaction ends
        return lead


def all_leads(desk):
    with desk[1].reading() as session:
        return len(session.scalars(select(Lead.id)).all())


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("", ("请把回执编号读给反映人", "2026年11月20日", "不晚于 2026年12月1日", "电话", "原编号")),
        (
            "/en",
            ("Read the receipt out", "20 November 2026", "by 1 December 2026", "Telephone", "Number there"),
        ),
    ],
)
def test_a_call_of_friday_is_entered_on_monday_and_its_receipt_read_out(desk, officer, prefix, words):
    form = officer.get(f"{prefix}/staff/leads/new")
    assert form.status_code == 200
    assert 'value="2026-11-23"' in form.text  # today, unless said otherwise
    assert 'value="web"' not in form.text
    typed = {"kind": "complaint", "code": CODE, "target": "shili-shishangcha", "trader": "集市东头那家"}
    reply = enter(officer, prefix, **typed, channel_number="热线 17")
    receipt = receipt_of(reply)
    page = officer.get(reply.headers["location"]).text
    for text in (receipt, "热线 17", "集市东头那家", *words):
        assert text in page, text
    lead = kept(desk, receipt)
    assert (lead.channel, lead.received_on.isoformat()) == (LeadChannel.TELEPHONE, "2026-11-20")
    assert (lead.checked["outcome"], lead.checked["trader"]) == ("not_authorised", "集市东头那家")
    assert lead.checked["as_of"] == "2026-11-20"  # the verdict when it came, not when it was entered
    assert (lead.contact.name, lead.contact.telephone) == (
        None,
        None,
    )  # there for the number to go on its day
    public = desk[0].get(f"{prefix}/report/{receipt}").text
    assert words[2] in public
    assert "集市东头那家" not in public


@pytest.mark.parametrize(
    ("prefix", "counted", "of_the_site"),
    [
        (
            "",
            "期限从收到之日的次日起按工作日计算",
            ("以该部门签收的日期为准", "不等于向市场监督管理部门正式投诉"),
        ),
        (
            "/en",
            "counted in working days from the day after receipt",
            ("signs for it", "no formal complaint"),
        ),
    ],
)
def test_the_receipt_says_what_holds_for_the_way_it_came(desk, officer, prefix, counted, of_the_site):
    entered = desk[0].get(f"{prefix}/report/{receipt_of(enter(officer))}").text
    sent = desk[0].get(f"{prefix}/report/{a_lead(desk[1], LeadKind.REPORT)}").text
    assert counted in entered
    assert counted in sent
    for words in of_the_site:
        assert words not in entered
        assert words in sent


@pytest.mark.parametrize(
    ("prefix", "words", "received"),
    [
        ("", ("登记有误，已撤销", "误登的线索没有期限"), '<h1 id="received">已收到'),
        ("/en", ("Entered by mistake, withdrawn", "has no periods"), '<h1 id="received">Received'),
    ],
)
def test_the_receipt_of_an_entry_made_by_mistake_says_so(desk, officer, prefix, words, received):
    receipt = receipt_of(enter(officer))
    act = f"{prefix}/staff/leads/{receipt}/acts/mistaken"
    assert received in desk[0].get(f"{prefix}/report/{receipt}").text
    assert "/acts/mistaken" in officer.get(f"/staff/leads/{receipt}").text
    typed = {"happened_on": "2026-11-23", "seen": "0"}
    assert officer.post(act, typed).status_code == 422
    reply = officer.post(act, {**typed, "note": "登记了两次"})
    assert reply.status_code == 303
    page = officer.get(reply.headers["location"]).text
    assert words[1] in page
    public = desk[0].get(f"{prefix}/report/{receipt}").text
    assert words[0] in public
    assert received not in public
    assert "<dl" not in public[public.index('id="next"') : public.index("</main>")]
    assert "登记了两次" not in public
    assert receipt in officer.get("/staff/leads?state=mistaken").text
    sent = a_lead(desk[1])
    assert officer.post(f"/staff/leads/{sent}/acts/mistaken", {**typed, "note": "别的"}).status_code == 409


def test_a_complaint_of_somebody_who_gave_no_name_is_entered_all_the_same(desk, officer):
    receipt = receipt_of(enter(officer, kind="complaint"))
    assert kept(desk, receipt).kind is LeadKind.COMPLAINT
    page = officer.get(f"/staff/leads/{receipt}").text
    assert "没有姓名和电话的投诉不能受理" in page
    assert "/acts/accepted" not in page
    assert "/acts/refused" in page
    named = officer.get(f"/staff/leads/{a_lead(desk[1])}").text
    assert "没有姓名和电话的投诉不能受理" not in named
    assert "/acts/accepted" in named


def test_a_form_sent_twice_is_one_lead(desk, officer):
    form = re.search(r'name="form" value="([0-9A-Z]{26})"', officer.get("/staff/leads/new").text)[1]
    first = receipt_of(enter(officer, form=form, name=NAME))
    count = all_leads(desk)
    assert receipt_of(enter(officer, form=form, name=NAME)) == first
    assert all_leads(desk) == count
    assert receipt_of(enter(officer, form=form, name=NAME, channel="letter")) != first


@pytest.mark.parametrize(
    ("facts", "field", "words"),
    [
        ({"channel": ""}, "channel", "请选择线索是怎么来的"),
        ({"channel": "web"}, "channel", "请选择线索是怎么来的"),
        ({"channel": "pigeon"}, "channel", "请选择线索是怎么来的"),
        ({"channel_number": "长" * 61}, "channel_number", "最多 60 字"),
        ({"received_on": ""}, "received_on", "不晚于今天"),
        ({"received_on": "昨天"}, "received_on", "不晚于今天"),
        ({"received_on": "2026-11-24"}, "received_on", "不晚于今天"),
        ({"received_on": "2026-05-27", "name": NAME}, "received_on", "已经满 180 天"),
        ({"received_on": "2025-11-21"}, "received_on", "请核对年份"),
        ({"kind": ""}, "kind", "请选择类别"),
        ({"description": "不好"}, "description", "至少 10 个字"),
        ({"description": "他的号码是 11010519491231002X，请查。"}, "description", "居民身份证号码"),
        ({"trader": "坏\x07字"}, "trader", "不能使用的字符"),
        ({"trader": "长" * 201}, "trader", "最多 200 字"),
        ({"seen_on": "2026-11-24"}, "seen_on", "不晚于今天"),
        ({"seen_on": "2026-11-21"}, "seen_on", "不能晚于收到的日期"),
        ({"telephone": "打电话"}, "telephone", "电话只写数字"),
        ({"telephone": "138"}, "telephone", "这个电话太短，至少 5 位"),
        ({"telephone": "1" * 41}, "telephone", "最多 40 字"),
        ({"email": "zhang"}, "email", "邮箱应像"),
    ],
)
def test_a_fault_stands_beside_its_field_and_nothing_typed_is_lost(desk, officer, facts, field, words):
    count = all_leads(desk)
    typed = {"place": "示例集市", "channel_number": "热线 17", **facts}
    reply = enter(officer, **typed)
    assert reply.status_code == 422
    assert words in reply.text
    assert f'id="{field}-fault"' in reply.text
    assert f'href="#{field}"' in reply.text
    assert 'value="示例集市"' in reply.text
    english = enter(officer, "/en", **typed)
    assert english.status_code == 422
    assert words not in english.text
    assert all_leads(desk) == count


def test_several_faults_are_told_at_once_in_the_order_of_the_form(officer):
    reply = enter(officer, channel="", received_on="2026-11-24", kind="", description="", telephone="x")
    found = re.findall(r'<a class="gi-target" href="#(\w+)"', reply.text)
    assert found == ["channel", "received_on", "kind", "description", "telephone"]


def test_a_field_of_no_form_of_ours_is_refused(officer):
    assert enter(officer, state="closed").status_code == 422
    assert enter(officer, about="/staff").status_code == 422


def test_hostile_words_are_words_in_the_form_and_on_the_page(officer):
    texts = dict.fromkeys(("description", "place", "target", "trader", "name"), HOSTILE)
    back = enter(officer, channel="", code=HOSTILE[:60], **texts)
    assert back.status_code == 422
    location = enter(officer, code=HOSTILE[:60], channel_number=HOSTILE[:60], **texts).headers["location"]
    for page in (back.text, officer.get(location).text, officer.get("/staff/leads").text):
        assert "<script>alert" not in page
        assert "<svg onload" not in page
        assert ">49" not in page


def test_nobody_s_contact_leaves_the_form_but_through_a_reading_on_record(desk, people):
    officer, auditor = people[Role.LEAD_OFFICER], people[Role.AUDITOR]
    reply = enter(officer, name=NAME, telephone=TELEPHONE, email=EMAIL)
    receipt = receipt_of(reply)
    assert kept(desk, receipt).contact.erase_on.isoformat() == "2027-05-19"
    for seat, address in (
        (officer, reply.headers["location"]),
        (auditor, f"/staff/leads/{receipt}"),
        (auditor, "/staff/leads"),
        (auditor, "/staff/leads.csv?state=all"),
        (auditor, "/staff/audit"),
        (auditor, "/staff/audit.csv"),
        (auditor, f"/report/{receipt}"),
        (auditor, "/search?q=集市上的包装没有印代码"),
    ):
        page = seat.get(address)
        assert page.status_code == 200, address
        for secret in (NAME, TELEPHONE, EMAIL):
            assert secret not in page.text, (secret, address)
    assert NAME in officer.post(f"/staff/leads/{receipt}/contact").text
    with desk[1].reading() as session:
        ulid = session.scalars(select(Lead.ulid).where(Lead.receipt == receipt)).one()
        events = session.scalars(select(AuditEvent).where(AuditEvent.record_ulid == ulid)).all()
        assert [(event.act, event.changes) for event in events] == [("lead_received", {}), ("lead_read", {})]
        assert all(event.actor_id is not None for event in events)


@pytest.mark.parametrize(("prefix", "words"), [("", "联系方式和原编号已删除"), ("/en", "there are erased")])
def test_a_contact_that_was_entered_wrongly_is_erased_at_once(desk, people, prefix, words):
    officer, auditor = people[Role.LEAD_OFFICER], people[Role.AUDITOR]
    receipt = receipt_of(enter(officer, name=NAME, telephone=TELEPHONE, channel_number="热线 18"))
    erasure = f"{prefix}/staff/leads/{receipt}/contact/erasure"
    assert erasure in officer.get(f"{prefix}/staff/leads/{receipt}").text
    assert "/contact/erasure" not in auditor.get(f"/staff/leads/{receipt}").text
    assert auditor.post(erasure).status_code == 403
    reply = officer.post(erasure)
    assert reply.status_code == 303
    page = officer.get(reply.headers["location"]).text
    assert words in page
    assert "热线 18" not in page
    assert "/contact" not in page
    assert NAME not in officer.post(f"/staff/leads/{receipt}/contact").text
    lead = kept(desk, receipt)
    assert (lead.contact, lead.channel_number) == (None, None)


def test_whom_the_caller_named_stands_on_the_page_of_the_lead_alone(officer):
    named = "独一无二的摊主"
    receipt = receipt_of(enter(officer, trader=named, kind="correction"))
    coded = receipt_of(enter(officer, trader=named, kind="correction", code=CODE))
    assert named in officer.get(f"/staff/leads/{receipt}").text
    for address in ("/staff/leads?kind=correction", "/staff/leads.csv?kind=correction"):
        page = officer.get(address).text
        assert named not in page
        assert {receipt, coded} <= set(re.findall("XS[0-9]{8}-[2-9A-Z]{6}", page))
    table = officer.get("/staff/leads.csv?kind=correction").content.decode("utf-8-sig")
    rows = {row["回执编号"]: row["单位或代码"] for row in csv.DictReader(io.StringIO(table))}
    assert rows[receipt] == ""
    assert rows[coded] not in {"", CODE}  # as the register names it


def test_only_those_who_handle_leads_are_offered_the_form(people):
    officer, auditor = people[Role.LEAD_OFFICER], people[Role.AUDITOR]
    assert 'href="/staff/leads/new"' in officer.get("/staff/leads").text
    assert 'href="/en/staff/leads/new"' in officer.get("/en/staff/leads").text
    assert "/staff/leads/new" not in auditor.get("/staff/leads").text
    assert auditor.get("/staff/leads/new").status_code == 403
    assert enter(auditor).status_code == 403


def test_the_inbox_and_its_file_say_by_which_way_each_came_and_are_narrowed_by_it(desk, officer):
    letter, site = receipt_of(enter(officer, channel="letter", code="没印全的代码")), a_lead(desk[1])
    narrowed = officer.get("/staff/leads?channel=letter").text
    assert letter in narrowed
    assert site not in narrowed
    assert "没印全的代码" in narrowed
    assert 'href="/staff/leads.csv?channel=letter"' in narrowed
    reply = officer.get("/staff/leads.csv?state=all")
    rows = {row["回执编号"]: row for row in csv.DictReader(io.StringIO(reply.content.decode("utf-8-sig")))}
    assert (rows[letter]["渠道"], rows[site]["渠道"]) == ("来信", "本站网页")
    assert rows[letter]["单位或代码"] == "没印全的代码"
    assert officer.get("/staff/leads?channel=pigeon").status_code == 200
    assert "本站网页" in officer.get(f"/staff/leads/{site}").text
