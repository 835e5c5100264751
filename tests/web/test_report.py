"""The report form: what comes back, what is kept, and that nobody's name is anywhere public."""

from __future__ import annotations

import re
from datetime import date
from itertools import count

import pytest
from conftest import NOW
from serving import seeded_settings
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload
from starlette.testclient import TestClient

from service.app import create_app
from service.calendar import FixedClock
from service.register.database import Database
from service.register.models import Lead, LeadContact

OWN = {"Sec-Fetch-Site": "same-origin"}
GOOD = "93500114MA0TERT081"
WHOLE = {
    "kind": "report",
    "description": "集市上的包装没有印代码，只有品牌。",
    "code": GOOD,
    "target": "shili-shishangcha",
    "place": "示例集市",
    "seen_on": "2026-11-22",
}
_addresses = count(1)


@pytest.fixture(scope="module", params=["spatialite", "postgis"])
def served(request, registers, tmp_path_factory):
    """The site on a register of its own, and that register."""
    clock = FixedClock(NOW)
    settings = seeded_settings(
        tmp_path_factory.mktemp("reports"), registers, request.param, clock, reports_per_hour=5
    )
    database = Database(settings.effective_database_url)
    yield create_app(settings, clock, works=False), database
    database.dispose()


@pytest.fixture
def visitor(served):
    """A visitor with an address of their own."""
    address = f"203.0.113.{next(_addresses)}"
    with TestClient(
        served[0],
        base_url="http://127.0.0.1:8000",
        client=(address, 50000),
        follow_redirects=False,
        raise_server_exceptions=False,
    ) as made:
        yield made


def send(visitor, prefix: str = "", headers=OWN, **facts):
    return visitor.post(f"{prefix}/report", data={**WHOLE, **facts}, headers=headers)


def kept(served, receipt: str) -> Lead:
    with served[1].reading() as session:
        statement = select(Lead).where(Lead.receipt == receipt).options(selectinload(Lead.contact))
        lead = session.scalars(statement).one()
        session.expunge_all()  # read whole before the transaction ends
        return lead


def test_the_form_carries_the_facts_that_were_checked(visitor):
    page = visitor.get("/report", params={"code": GOOD, "target": "shili-yunwuguo", "on": "2026-11-20"})
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "随线索附上的核验结果" in page.text
    assert "截至2026年11月20日" in page.text
    assert f'value="{GOOD}"' in page.text
    assert 'href="https://www.12315.cn/"' in page.text


@pytest.mark.parametrize(("prefix", "words"), [("", "不晚于 2026年12月14日"), ("/en", "by 14 December 2026")])
def test_a_report_is_kept_with_the_verdict_and_answered_with_a_receipt(served, visitor, prefix, words):
    reply = send(visitor, prefix)
    assert reply.status_code == 303
    where = reply.headers["location"]
    assert where.startswith(f"{prefix}/report/XS20261123-")
    page = visitor.get(where)
    assert page.status_code == 200
    assert words in page.text
    assert WHOLE["description"] not in page.text
    lead = kept(served, where.rpartition("/")[2])
    assert lead.checked["outcome"] == "not_authorised"
    assert lead.checked["product"] == "shili-shishangcha"
    assert lead.contact is None


def test_a_complaint_needs_a_name_and_a_telephone_and_has_its_own_periods(served, visitor):
    refused = send(visitor, kind="complaint")
    assert refused.status_code == 422
    assert 'id="name-fault"' in refused.text
    assert 'id="telephone-fault"' in refused.text
    reply = send(visitor, kind="complaint", name="张三", telephone="023-1234567")
    page = visitor.get(reply.headers["location"]).text
    assert "不晚于 2026年12月2日" in page
    assert "张三" not in page
    assert kept(served, reply.headers["location"].rpartition("/")[2]).contact.name == "张三"


def test_an_error_in_the_register_carries_its_page(served, visitor):
    page = visitor.get("/report", params={"kind": "correction", "about": "/gi/shili-yunwuguo"}).text
    assert 'href="/gi/shili-yunwuguo"' in page
    reply = send(visitor, kind="correction", about="/gi/shili-yunwuguo", code="", target="")
    assert kept(served, reply.headers["location"].rpartition("/")[2]).about == "/gi/shili-yunwuguo"
    assert "没有法定期限" in visitor.get(reply.headers["location"]).text


@pytest.mark.parametrize(
    "about", ["https://evil.example/", "//evil.example", "/staff", "javascript:alert(1)"]
)
def test_a_page_that_is_no_records_is_let_go(visitor, about):
    assert about not in visitor.get("/report", params={"kind": "correction", "about": about}).text


@pytest.mark.parametrize(
    ("facts", "field", "words"),
    [
        ({"kind": ""}, "kind", "请选择要做什么"),
        ({"kind": "bribe"}, "kind", "请选择要做什么"),
        ({"description": ""}, "description", "请写明情况"),
        ({"description": "不好"}, "description", "至少 10 个字"),
        ({"description": "长" * 2001}, "description", "最多 2000 字"),
        ({"description": "他的号码是 11010519491231002X，请查。"}, "description", "居民身份证号码"),
        ({"description": "坏字符坏字符坏字符\x00坏字符"}, "description", "不能使用的字符"),
        ({"code": "11010519491231002X"}, "code", "居民身份证号码"),
        ({"seen_on": "2026-11-24"}, "seen_on", "不晚于今天"),
        ({"seen_on": "昨天"}, "seen_on", "不晚于今天"),
        ({"telephone": "打电话"}, "telephone", "电话只写数字"),
        ({"telephone": "138"}, "telephone", "这个电话太短，至少 5 位"),
        ({"telephone": "1" * 41}, "telephone", "最多 40 字"),
        ({"email": "zhang"}, "email", "邮箱应像"),
        ({"website": "http://spam.example"}, "website", "请留空"),
    ],
)
def test_a_fault_stands_beside_its_field_and_nothing_typed_is_lost(visitor, facts, field, words):
    reply = send(visitor, **facts)
    assert reply.status_code == 422
    assert words in reply.text
    assert f'href="#{field}"' in reply.text  # the summary leads to it
    assert f'id="{field}"' in reply.text
    assert "示例集市" in reply.text
    assert "shili-shishangcha" in reply.text
    english = send(visitor, "/en", **facts)
    assert english.status_code == 422
    assert words not in english.text


def test_hostile_words_come_back_as_words(visitor):
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(2)>{{ 7*7 }}</textarea>'
    reply = send(
        visitor, kind="", **dict.fromkeys(("description", "place", "code", "target", "name"), hostile)
    )
    assert reply.status_code == 422
    assert "<script>alert" not in reply.text
    assert "<img src=x" not in reply.text
    assert ">49" not in reply.text
    assert reply.text.count("</textarea>") == 1


@pytest.mark.parametrize(
    "body",
    [
        b"kind=report&description=%ff%fe%00",
        b"&".join(b"kind=report" for _ in range(1200)),
        b"kind=report&kind=complaint&description=" + "重复的字段，两个类别。".encode(),
        b"{}",
        b"description=" + b"x" * 900_000,
    ],
)
@pytest.mark.parametrize(
    "media", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]
)
def test_a_body_that_is_no_form_gets_an_answer_and_no_fault_of_ours(visitor, body, media):
    reply = visitor.post("/report", content=body, headers={**OWN, "content-type": media})
    assert 300 <= reply.status_code < 500


def test_a_code_that_cannot_be_one_is_kept_as_it_was_printed(served, visitor):
    """A wrong code on a pack is the very thing to report."""
    reply = send(visitor, code="93500114MA0TERT082")
    assert kept(served, reply.headers["location"].rpartition("/")[2]).checked == {
        "code": "93500114MA0TERT082",
        "target": "shili-shishangcha",
        "on": "",
    }


def test_the_same_form_sent_twice_has_one_receipt(visitor):
    form = re.search(r'name="form" value="([0-9A-Z]{26})"', visitor.get("/report").text)
    assert form is not None
    first, second = (send(visitor, form=form[1]) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]


def test_the_same_form_sent_again_with_other_words_is_a_lead_of_its_own(served, visitor):
    """Who goes back to add something must not lose it behind the first receipt."""
    form = re.search(r'name="form" value="([0-9A-Z]{26})"', visitor.get("/report").text)[1]
    first = send(visitor, form=form).headers["location"]
    for added in ({"description": "第二次写的情况，更详细。"}, {"telephone": "023-1234567"}, {"code": ""}):
        again = send(visitor, form=form, **added).headers["location"]
        assert again != first
    assert kept(served, again.rpartition("/")[2]).checked["code"] == ""


def test_no_link_can_make_the_forms_of_several_visitors_one(visitor):
    chosen = "01KAQG0000000000000000000A"
    assert f'value="{chosen}"' not in visitor.get("/report", params={"form": chosen}).text


@pytest.mark.parametrize(
    ("charset", "sent"), [("utf-7", b"+2AA- half a sign"), ("unicode_escape", rb"\ud800 half a sign")]
)
def test_half_a_character_is_a_fault_of_the_sender(visitor, charset, sent):
    body = b'--x\r\nContent-Disposition: form-data; name="description"\r\n\r\n%b\r\n--x--\r\n' % sent
    media = f"multipart/form-data; boundary=x; charset={charset}"
    reply = visitor.post("/report", content=body, headers={**OWN, "content-type": media})
    assert reply.status_code == 422
    assert "half a sign" in reply.text


def test_the_text_of_a_database_error_holds_nobody_s_name(served):
    """Such texts go to the log."""
    row = {"lead_id": 1, "name": "张三", "telephone": "023-7654321", "erase_on": date(2027, 1, 1)}
    twice = insert(LeadContact).values([row, row])
    with served[1].writing() as session, pytest.raises(IntegrityError) as failed:
        session.execute(twice)
    assert "023-7654321" not in str(failed.value)
    assert "张三" not in str(failed.value)


def test_the_sixth_report_within_an_hour_waits_and_loses_nothing(visitor):
    assert [send(visitor).status_code for _ in range(5)] == [303] * 5
    reply = send(visitor)
    assert reply.status_code == 429
    assert 0 < int(reply.headers["retry-after"]) <= 3600
    assert WHOLE["description"] in reply.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "http://127.0.0.1:8000"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
def test_only_a_form_of_our_own_is_taken(visitor, headers, status):
    assert send(visitor, headers=headers).status_code == status


def test_a_receipt_that_was_never_given_is_not_found(visitor):
    assert visitor.get("/report/XS20261123-222222").status_code == 404
    assert visitor.get("/report/nothing").status_code in {404, 422}


def test_nothing_of_a_lead_is_anywhere_public(served, visitor):
    secret = "独一无二的举报人"
    reply = send(
        visitor, name=secret, email="secret@example.cn", description=f"{secret}说了一件独一无二的事情"
    )
    receipt = reply.headers["location"].rpartition("/")[2]
    for address in (
        "/search?q=独一无二",
        "/api/v1/search?q=独一无二",
        "/changes",
        "/",
        reply.headers["location"],
    ):
        page = visitor.get(address).text
        assert secret not in page
        assert "secret@example.cn" not in page
    assert receipt not in visitor.get("/changes").text
