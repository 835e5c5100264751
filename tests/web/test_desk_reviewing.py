"""Reviewing at the desk: nobody publishes their own or what they did not see, and what one person stops alone."""

from __future__ import annotations

import re

from record_deeds import a_firm, an_open_authorisation, drafted, edition_of, submitted
from sqlalchemy import select
from staffing import MovingClock, an_officer, seated

from service.register import accounts
from service.register.models import Authorisation, Revision
from service.vocabulary import RecordKind, Role
from service.web.staff.typed import MAX_FILE

# ---- review


def test_who_wrote_a_draft_cannot_publish_it_and_is_told_so(desk):
    both = seated(*desk, an_officer(desk[1], Role.EDITOR, Role.REVIEWER))
    reply = both.post("/staff/records/organisation/new", a_firm(draft_new="1"))
    address = reply.headers["location"].partition("?")[0]
    both.post(f"{address}/submit", edition_of(both, address))
    page = both.get(address).text
    assert "不能由您审核" in page
    assert f'action="{address}/publish"' not in page
    refused = both.post(f"{address}/publish", {"edition": "1"})
    assert refused.status_code == 403
    assert "必须" in refused.text or "另一个人" in refused.text


def test_nobody_publishes_an_edition_that_they_did_not_see(desk, reviewer):
    address, author = submitted(*desk, draft_new="1")
    record = re.search(r"/staff/records/organisation/[0-9A-Z]{26}", author.get(address).text)[0]
    edit = {"draft_draft": address[-26:], "draft_edition": "1", "draft_version": "0", "draft_new": "1"}
    assert author.post(record, {**a_firm(name="又改过的"), **edit}).status_code == 303
    author.post(f"{address}/submit", edition_of(author, address))
    assert reviewer.post(f"{address}/publish", {"edition": "1"}).status_code == 409
    assert reviewer.post(f"{address}/publish", {"edition": "2"}).status_code == 303


def test_a_draft_comes_back_with_its_reason_and_goes_again(desk, reviewer):
    address, author = submitted(*desk, name="要补充的单位", draft_new="1")
    assert reviewer.post(f"{address}/return", {"edition": "1", "reason": " "}).status_code == 422
    assert reviewer.post(f"{address}/return", {"edition": "1", "reason": "请补地址"}).status_code == 303
    assert "请补地址" in author.get(address).text
    assert author.post(f"{address}/reopen", {"edition": "1"}).status_code == 303
    assert author.post(f"{address}/submit", {"edition": "1"}).status_code == 303
    assert reviewer.post(f"{address}/publish", {"edition": "1"}).status_code == 303


def test_what_publishing_would_do_is_told_and_nothing_of_it_is_done(desk, reviewer):
    address, _ = submitted(*desk, name="将要公开的单位", draft_new="1")
    with desk[1].reading() as session:
        before = session.scalars(select(Revision.id).where(Revision.revision_number.is_not(None))).all()
    page = reviewer.get(address).text
    assert "公众网站会变的页面" in page
    assert "新增公开" in page
    with desk[1].reading() as session:
        after = session.scalars(select(Revision.id).where(Revision.revision_number.is_not(None))).all()
    assert before == after


def test_an_approval_that_waits_for_a_disabled_author_is_void(desk, reviewer):
    _, database = desk
    address, author = submitted(*desk, name="停用的人提交的", draft_new="1")
    page = author.get("/staff/account").text
    login = re.search(r"officer-\d+", page)[0]
    admin = an_officer(database, Role.ADMIN)
    with database.writing() as session:
        by, user = (accounts.find_staff(session, each) for each in (admin.login, login))
        accounts.set_active(session, user, active=False, by=by, at=MovingClock().now())
    refused = reviewer.post(f"{address}/publish", {"edition": "1"})
    assert refused.status_code == 409
    assert "作废" in refused.text


def test_a_draft_of_kinds_that_are_not_ones_own_does_not_exist(desk):
    partner = seated(*desk, an_officer(desk[1], Role.PARTNER, kinds=(RecordKind.TRADEMARK,)))
    address, _ = drafted(*desk, draft_new="1")
    assert partner.get(address).status_code == 404
    assert partner.post(f"{address}/discard", {"edition": "1"}).status_code == 404
    assert partner.get("/staff/records/organisation").status_code == 404
    assert partner.get("/staff/records/trademark").status_code == 200


# ---- acts that stop a wrong


def test_a_deregistration_is_shown_before_it_is_done(desk, editor):
    ulid = an_open_authorisation(desk[1])
    address = f"/staff/records/authorisation/{ulid}/acts/deregistered"
    typed = {"effective_on": "2026-11-20", "source": "申请书", "source_level": "official_document"}
    assert 'id="ground-fault"' in editor.post(address, typed).text
    typed["ground"] = "off_standard_not_corrected_in_time"
    for confirmed in ({}, {"draft_confirmed": "1"}):  # told before one confirms what cannot be done
        refused = editor.post(address, {**typed, **confirmed})
        assert (refused.status_code, 'id="ground-fault"' in refused.text) == (409, True)
    unknown = editor.post(address, {**typed, "ground": "voluntary", "announcement": "没有的公告"})
    assert (unknown.status_code, 'id="announcement-fault"' in unknown.text) == (409, True)
    typed["ground"] = "voluntary"
    shown = editor.post(address, typed)
    assert shown.status_code == 200
    assert "马上会公开的" in shown.text
    assert editor.post(address, {**typed, "draft_confirmed": "1", "draft_again": "1"}).status_code == 200
    assert editor.post(address, {**typed, "draft_confirmed": "1"}).status_code == 303
    assert "已经终止" in editor.get(address).text
    _twice(editor, address, typed, "“注销”已经登记")


def test_a_second_press_says_what_is_on_record_and_leads_to_it(desk, editor):
    ulid = an_open_authorisation(desk[1])
    address = f"/staff/records/authorisation/{ulid}/acts/put_under_correction"
    typed = {
        "effective_on": "2026-11-20",
        "deadline_on": "2026-12-20",
        "source": "责令改正通知",
        "source_level": "official_document",
    }
    done = editor.post(address, {**typed, "draft_confirmed": "1"})
    told = _twice(editor, address, typed, "“责令限期改正”已经登记")
    assert done.headers["location"].partition("?")[0] in told
    assert "已经注销" not in told
    assert "on record already" in editor.post(f"/en{address}", typed).text
    # Once it has ended, the end is what is on record.
    over = {
        "ground": "voluntary",
        "effective_on": "2026-11-21",
        "source": "x",
        "source_level": "official_document",
    }
    end = f"/staff/records/authorisation/{ulid}/acts/deregistered"
    assert editor.post(end, {**over, "draft_confirmed": "1"}).status_code == 303
    _twice(editor, address, {**typed, "effective_on": "2026-11-22"}, "“注销”已经登记")


def test_what_the_source_of_a_stop_says_stands_beside_it_in_public(desk, editor):
    ulid = an_open_authorisation(desk[1])
    address = f"/staff/records/authorisation/{ulid}/acts/deregistered"
    typed = {"ground": "voluntary", "effective_on": "2026-11-20", "source_level": "official_document"}
    public = desk[0].get(f"/r/{ulid}", follow_redirects=True)
    assert public.text.count("来源：") == 1  # the grant's is the record's own
    sourced = {**typed, "source": "示例<b>申请书</b>", "source_locator": "第二页", "draft_confirmed": "1"}
    assert editor.post(address, sourced).status_code == 303
    page = desk[0].get(public.url.path).text
    event = re.search(r"<strong>注销</strong>.*?</li>", page, re.DOTALL)[0]
    assert "来源：" in event
    assert "示例&lt;b&gt;申请书&lt;/b&gt;" in event
    assert "，第二页" in event
    assert page.count("来源：") == 2


def test_the_deadline_of_a_correction_is_told_at_its_field(desk, editor):
    address = f"/staff/records/authorisation/{an_open_authorisation(desk[1])}/acts/put_under_correction"
    typed = {"effective_on": "2026-11-20", "source": "责令改正通知", "source_level": "official_document"}
    early = editor.post(address, {**typed, "deadline_on": "2026-11-19"})
    assert early.status_code == 422
    assert '<a class="gi-target" href="#deadline_on">改正期限：' in early.text
    bare = editor.post(address, {"effective_on": "2026-11-20"})
    for name in ("deadline_on", "source", "source_level"):
        assert f'id="{name}-fault"' in bare.text
    assert "改正期限：这一项必须填写" in bare.text


def _twice(editor, address, typed, said):
    """Send the form once more and return the page that says what is on record."""
    again = editor.post(address, {**typed, "draft_confirmed": "1"})
    assert again.status_code == 409
    assert said in again.text
    assert "看已公布的这一条" in again.text
    return again.text


def test_a_day_before_the_grant_is_refused_at_its_field_before_anything_is_shown(desk, editor):
    ulid = an_open_authorisation(desk[1])  # in force since 2020-01-01
    typed = {"effective_on": "2015-01-01", "source": "示例申请书", "source_level": "official_document"}
    acts = {"put_under_correction": {"deadline_on": "2027-01-01"}, "deregistered": {"ground": "voluntary"}}
    for act, own in acts.items():
        address = f"/staff/records/authorisation/{ulid}/acts/{act}"
        reply = editor.post(address, {**typed, **own})
        assert reply.status_code == 422
        assert 'id="effective_on-fault"' in reply.text
        assert "不能早于核准的生效日期" in reply.text
        assert "马上会公开的" not in reply.text
        assert editor.post(address, {**typed, **own, "draft_confirmed": "1"}).status_code == 422
        assert editor.post(address, {**typed, **own, "effective_on": "2020-01-01"}).status_code == 200
    with desk[1].reading() as session:
        code = session.scalars(select(Authorisation.code).where(Authorisation.ulid == ulid)).one()
    event = {**typed, "authorisation": code, "event": "changed"}
    reply = editor.post("/staff/records/authorisation_event/new", event)
    assert reply.status_code == 422
    assert 'id="effective_on-fault"' in reply.text


def test_a_file_that_is_too_large_is_told_by_its_name_where_a_wrong_is_stopped(desk, editor):
    address = f"/staff/records/authorisation/{an_open_authorisation(desk[1])}/acts/deregistered"
    files = {"draft_file": ("x.bin", b"x" * (MAX_FILE + 1))}
    reply = editor.post(address, {"effective_on": "2026-11-20"}, files=files)
    assert reply.status_code == 422
    assert '<a class="gi-target" href="#draft_file">来源文件：' in reply.text


def test_only_acts_that_stop_a_wrong_are_done_by_one_person(desk, editor):
    ulid = an_open_authorisation(desk[1])
    for act in ("granted", "changed", "correction_closed", "entry_voided", "x"):
        assert editor.get(f"/staff/records/authorisation/{ulid}/acts/{act}").status_code == 404


def test_beyond_a_few_a_day_an_act_that_stops_a_wrong_waits_for_a_second_person(desk, reviewer):
    seat = seated(*desk, an_officer(desk[1], Role.EDITOR))
    typed = {
        "ground": "voluntary",
        "effective_on": "2026-11-20",
        "source": "示例申请书",
        "source_level": "official_document",
    }
    for n in range(6):
        address = f"/staff/records/authorisation/{an_open_authorisation(desk[1])}/acts/deregistered"
        shown = seat.post(address, typed)
        assert ("提交给另一个人审核" in shown.text) == (n == 5)
        reply = seat.post(address, {**typed, "draft_confirmed": "1"})
        assert reply.headers["location"].endswith("done=published" if n < 5 else "done=submitted")
    draft = reply.headers["location"].partition("?")[0]
    assert reviewer.post(f"{draft}/publish", {"edition": "1"}).status_code == 303
