"""Records at the desk: forms out of models, lists and their files, two people at once, review, history, the trail."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re

import pytest
from factories import NOT_IN_THE_SEED, counted_statements
from openpyxl import load_workbook
from record_deeds import NOWHERE, a_firm, an_open_authorisation, drafted, edition_of, submitted
from sqlalchemy import select
from staffing import NOW, OWN, MovingClock, an_officer, seated
from walking import innermost

from service.register import accounts
from service.register.browsing import SHELVES
from service.register.models import Revision, TrademarkRecord
from service.register.payloads import PAYLOADS
from service.register.storing import set_aside, stored_path
from service.vocabulary import RecordKind, Role
from service.web import wording
from service.web.staff.form_fields import CARRIED, Control, fields_of, form_of, stated, typed_values
from service.web.staff.typed import MAX_FILE
from service.web.wording.fields import GROUPS

_HOSTILE = "<script>alert('x')</script>\"><svg onload=alert(1)>{{ 7*7 }}"


@pytest.fixture
def editor(desk):
    return seated(*desk, an_officer(desk[1], Role.EDITOR))


@pytest.fixture
def reviewer(desk):
    return seated(*desk, an_officer(desk[1], Role.REVIEWER))


def _published(desk, **facts):
    """The page of a record that two people published, and who wrote it."""
    address, author = submitted(*desk, **facts)
    approver = seated(*desk, an_officer(desk[1], Role.REVIEWER))
    assert approver.post(f"{address}/publish", edition_of(approver, address)).status_code == 303
    return re.search(r"/staff/records/organisation/[0-9A-Z]{26}", author.get(address).text)[0], author


# ---- forms are made of the models


@pytest.mark.parametrize("kind", RecordKind)
def test_every_field_of_a_kind_stands_in_exactly_one_group_and_has_its_words(kind):
    grouped = [name for group in GROUPS for name in group.fields]
    assert len(grouped) == len(set(grouped))
    assert set(PAYLOADS[kind].model_fields) <= set(grouped)
    shown = [field.name for part in form_of(kind) for field in part.fields]
    left = set(PAYLOADS[kind].model_fields) - set(shown)
    assert left <= CARRIED | {"withdrawal", "withdrawal_reason", "redirect"}
    for name in shown:
        assert wording.field_label(kind, name, "en").isascii()
        assert not wording.field_label(kind, name, "zh").isascii() or name == "sha256"


def test_a_control_follows_from_the_type():
    fields = fields_of(RecordKind.TRADEMARK)
    assert fields["registration_no"].control is Control.LINE
    assert fields["goods"].control is Control.TEXT
    assert fields["term_last_day"].control is Control.DAY
    assert fields["nice_class"].control is Control.NUMBER
    assert fields["status"].control is Control.CHOICE
    assert fields["is_demonstration"].control is Control.CHECK
    assert fields_of(RecordKind.GI_PRODUCT)["aliases"].control is Control.LINES
    assert [name for name, each in fields.items() if each.is_required][:2] == ["registration_no", "mark_type"]


def test_what_is_kept_goes_through_its_form_unchanged(desk):
    """Every record of the seed, shown in its form and read back, says what it said."""
    with desk[1].reading() as session:
        rows = session.execute(select(Revision.record_kind, Revision.payload)).all()
    assert {kind for kind, _ in rows} >= set(RecordKind) - NOT_IN_THE_SEED
    for kind, payload in rows:
        model = PAYLOADS[kind]
        again = model.model_validate(stated(kind, typed_values(kind, payload), payload))
        assert again == model.model_validate(payload), payload


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_faults_stand_beside_their_fields_and_nothing_typed_is_lost(editor, prefix):
    typed = a_firm(uscc="123", name="", status_checked_on="2026-13-01", source_url=_HOSTILE)
    reply = editor.post(f"{prefix}/staff/records/organisation/new", typed)
    assert reply.status_code == 422
    found = set(re.findall(r'class="gi-field-fault" id="([a-z_]+)-fault"', reply.text))
    assert found == {"uscc", "name", "status_checked_on"}
    assert 'value="2026-13-01"' in reply.text
    assert "<svg onload" not in reply.text
    assert "&lt;svg onload" in reply.text


def test_a_field_of_no_form_is_refused(editor):
    assert editor.post("/staff/records/organisation/new", a_firm(role="admin")).status_code == 422
    assert editor.post("/staff/records/organisation/new", a_firm(draft_decided_by="1")).status_code == 422
    assert editor.post("/staff/records/nothing/new", a_firm()).status_code == 404


def test_the_source_comes_with_its_file_kept_by_hash(desk, editor, reviewer):
    files = {"draft_file": ("证据.pdf", b"%PDF-1.7 shili", "application/pdf")}
    reply = editor.post("/staff/records/organisation/new", a_firm(draft_new="1"), files=files)
    assert reply.status_code == 303
    page = editor.get(reply.headers["location"]).text
    sha256 = re.search(r"/staff/evidence/([0-9a-f]{64})", page)[1]
    folder = innermost(desk[0].app).state.services.settings.documents_dir
    assert stored_path(folder, sha256).read_bytes() == b"%PDF-1.7 shili"
    kept = reviewer.get(f"/staff/evidence/{sha256}")
    assert kept.content == b"%PDF-1.7 shili"
    assert kept.headers["content-disposition"].startswith("attachment")
    assert desk[0].get(f"/files/{sha256}").status_code == 404


def _settings(desk):
    return innermost(desk[0].app).state.services.settings


def _kept(desk) -> set[str]:
    return {each.name for each in _settings(desk).documents_dir.rglob("*") if each.is_file()}


def _waiting(desk) -> set[str]:
    folder = _settings(desk).waiting_dir
    return {each.name for each in folder.iterdir()} if folder.is_dir() else set()


@pytest.mark.parametrize("kind", ["organisation", "document"])
def test_a_scan_of_a_refused_form_is_not_sent_twice_and_kept_only_once_it_is_accepted(desk, editor, kind):
    scan = b"%PDF-1.7 " + kind.encode() * 500_000  # more than any other form may bring
    sha256 = hashlib.sha256(scan).hexdigest()
    files = {"draft_file": ("公告扫描件.pdf", scan, "application/pdf")}
    facts = (
        a_firm() if kind == "organisation" else {"title": "示例公告扫描件", "document_kind": "announcement"}
    )
    facts |= {"source": "示例来源", "source_level": "official_document"}
    before = _kept(desk)
    refused = editor.post(f"/staff/records/{kind}/new", {**facts, "source_level": "nothing"}, files=files)
    assert refused.status_code == 422
    assert "已收到“公告扫描件.pdf”" in refused.text
    assert (_kept(desk), sha256 in _waiting(desk)) == (before, True)
    carried = dict(re.findall(r'name="(draft_kept(?:_name)?)" value="([^"]*)"', refused.text))
    if kind == "organisation":
        carried["source_document"] = sha256
    accepted = editor.post(f"/staff/records/{kind}/new", {**facts, **carried})
    assert accepted.status_code == 303, accepted.text[-3000:]
    assert (_kept(desk) - before, sha256 in _waiting(desk)) == ({sha256}, False)
    assert stored_path(_settings(desk).documents_dir, sha256).read_bytes() == scan


def test_a_file_of_a_form_that_was_given_up_is_swept_out_after_a_day(desk, editor):
    facts = a_firm(name="")
    refused = editor.post(
        "/staff/records/organisation/new", facts, files={"draft_file": ("a.pdf", b"given up")}
    )
    carried = dict(re.findall(r'name="(draft_kept(?:_name)?)" value="([^"]*)"', refused.text))
    old = _settings(desk).waiting_dir / carried["draft_kept"]
    long_ago = NOW.timestamp() - 25 * 3600
    os.utime(old, (long_ago, long_ago))
    editor.post("/staff/records/organisation/new", facts, files={"draft_file": ("b.pdf", b"another")})
    assert not old.exists()
    reply = editor.post("/staff/records/organisation/new", {**a_firm(), **carried})
    assert reply.status_code == 422
    assert "等得太久" in reply.text
    for forged in ("../../register.sqlite", "0" * 63, "x" * 64):
        assert editor.post("/staff/records/organisation/new", a_firm(draft_kept=forged)).status_code == 303


def test_a_large_body_is_read_for_who_is_signed_in_alone_and_by_the_forms_that_take_files_alone(desk, editor):
    def never():
        raise AssertionError("the body was read")
        yield b""

    large = {"content-length": str(MAX_FILE), "content-type": "multipart/form-data; boundary=x", **OWN}
    for address in (
        "/staff/records/organisation/new",
        f"/en/staff/records/document/{NOWHERE}",
        "/staff/areas/QJ-PR-0001/1/checks",
    ):
        reply = desk[0].post(address, content=never(), headers=large, follow_redirects=False)
        assert reply.status_code == 303, address
    for address in ("/staff/users", "/staff/records/organisation/new/more", "/report"):
        assert editor.client.post(address, content=never(), headers=large).status_code == 413, address


def test_a_file_is_set_aside_piece_by_piece(tmp_path):
    class Scan(io.BytesIO):
        def read(self, size=-1):
            assert 0 < size <= 1024 * 1024
            return super().read(size)

    content = os.urandom(3 * 1024 * 1024 + 1)
    sha256 = set_aside(Scan(content), tmp_path, NOW)
    assert {each.name for each in tmp_path.iterdir()} == {sha256}
    assert (tmp_path / sha256).read_bytes() == content


def test_a_file_that_is_too_large_is_told_beside_its_field(editor):
    files = {"draft_file": ("x.bin", b"x" * (MAX_FILE + 1))}
    reply = editor.post("/staff/records/organisation/new", a_firm(), files=files)
    assert reply.status_code == 422
    assert 'id="draft_file-fault"' in reply.text


def test_a_new_record_that_is_like_another_is_asked_about_once(editor):
    like = a_firm(name="示例云岭果茶有限公司", draft_new="")
    reply = editor.post("/staff/records/organisation/new", like)
    assert reply.status_code == 409
    assert "登记里已有相近的" in reply.text
    assert editor.post("/staff/records/organisation/new", {**like, "draft_new": "1"}).status_code == 303
    while_typing = editor.get("/staff/records/organisation/new/similar?name=示例云岭果茶有限公司")
    assert "登记里已有相近的" in while_typing.text
    assert editor.get("/staff/records/organisation/new/similar?name=没有这样的单位").text.strip() == ""


# ---- two editors at once


def test_two_editors_at_once_lose_nothing(desk, editor):
    record, _ = _published(desk, name="两人同改的单位")
    other = seated(*desk, an_officer(desk[1], Role.EDITOR))
    typed = a_firm(name="两人同改的单位", draft_version="1")
    assert other.post(record, {**typed, "name_en": "Theirs", "address": "一号"}).status_code == 303
    page = editor.post(record, {**typed, "name_en": "Mine"})
    assert page.status_code in {303, 409}
    draft = re.search(r'name="draft_draft" value="([0-9A-Z]{26})"', other.get(f"{record}/edit").text)[1]
    stale = {**typed, "draft_draft": draft, "draft_edition": "1", "draft_version": "1"}
    assert editor.post(record, {**stale, "name_en": "First", "address": "一号"}).status_code == 303
    clash = other.post(record, {**stale, "name_en": "Second", "address": "一号", "division": "黔江区"})
    assert clash.status_code == 409
    assert 'value="Second"' in clash.text
    assert "First" in clash.text
    assert 'value="黔江区"' in clash.text
    assert 'name="draft_edition" value="2"' in clash.text
    again = {**stale, "draft_edition": "2", "name_en": "Both", "address": "一号"}
    assert other.post(record, again).status_code == 303


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
    shown = editor.post(address, typed)
    assert shown.status_code == 200
    assert "马上会公开的" in shown.text
    refused = editor.post(address, {**typed, "draft_confirmed": "1"})
    assert refused.status_code == 409
    assert "限期改正" in refused.text
    typed["ground"] = "voluntary"
    assert editor.post(address, {**typed, "draft_confirmed": "1", "draft_again": "1"}).status_code == 200
    assert editor.post(address, {**typed, "draft_confirmed": "1"}).status_code == 303
    assert "已经终止" in editor.get(address).text
    assert editor.post(address, {**typed, "draft_confirmed": "1"}).status_code == 409


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


# ---- lists, history, trail


@pytest.mark.parametrize("kind", RecordKind)
def test_a_list_and_its_files_have_as_many_rows_as_the_screen_says(editor, kind):
    assert kind in SHELVES
    page = editor.get(f"/staff/records/{kind.value}").text
    total = int(re.search(r'role="status"><strong>([\d,]+)</strong>', page)[1].replace(",", ""))
    table = list(csv.reader(io.StringIO(editor.get(f"/staff/records/{kind.value}.csv").text[1:])))
    assert len(table) - 1 == total
    book = load_workbook(io.BytesIO(editor.get(f"/staff/records/{kind.value}.xlsx").content), read_only=True)
    assert sum(1 for _ in book["data"].iter_rows()) - 1 == total


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
    _published(desk, name="=HYPERLINK(1)")
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
    record, author = _published(desk, name="有历史的单位")
    history = record.replace("/records/", "/history/")
    assert "第 1 版" in author.get(history).text
    assert "有历史的单位" in author.get(f"{history}?on=2026-11-23").text
    assert "还没有公布" in author.get(f"{history}?on=%202026-11-22%20").text
    assert author.get(f"{history}?on=2026-13-22").status_code == 422
    assert author.get(history[:-1] + "Z").status_code == 404


def test_the_trail_is_searched_and_had_as_a_file(desk):
    record, _ = _published(desk, name="查审计的单位")
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
    record, _ = _published(desk, name="数语句的单位")
    history = record.replace("/records/", "/history/")
    for address, most in ((record, 6), (history, 6)):
        with counted_statements(desk[1]) as found:
            assert reviewer.get(address).status_code == 200
        assert len(found) <= most, found


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_hostile_name_is_only_ever_text(desk, reviewer, prefix):
    record, author = _published(desk, name=_HOSTILE, draft_new="1")
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
