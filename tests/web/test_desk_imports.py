"""Imports at the desk: what is brought, what its columns mean, how it looks, and what two people do about it."""

from __future__ import annotations

import re

import pytest
from import_deeds import FOLDER, brought, columns_of, do_errands, looked, seen, stated
from record_deeds import NOWHERE
from sqlalchemy import select, update
from staffing import a_desk, an_officer, seated

from service.register import annexes
from service.register.models import AnnexErrand, Revision, StaffUser
from service.register.rights import KINDS
from service.vocabulary import RecordKind, Role
from service.web.staff.import_forms import FORMS

MESSY = "48-declared-47-rows.xlsx"


class Desk:
    """A site on a seeded register, and the two people at its desk."""

    def __init__(self, client, database) -> None:
        self.client = client
        self.database = database
        self.importer = seated(client, database, an_officer(database, Role.IMPORTER))
        self.reviewer = seated(client, database, an_officer(database, Role.REVIEWER))

    def bring(self, name, number, firms, *, content=None, seat=None, **more):
        """Send a file as the form does, and return the reply."""
        content = (FOLDER / name).read_bytes() if content is None else content
        seat = seat or self.importer
        facts = {**stated(number, firms, **more), "csrf": seat.csrf()}
        return seat._ask("POST", "/staff/imports/new", data=facts, files={"file": (name, content)})

    def look(self, name, number, firms, **more):
        """Bring a file, take its columns as suggested, have it previewed; return where it stands."""
        reply = self.bring(name, number, firms, **more)
        assert reply.status_code == 303, reply.text[-3000:]
        annex = reply.headers["location"].removesuffix("/columns")
        said = {**stated(number, firms, **more), **columns_of(self.importer, annex)}
        assert self.importer.post(f"{annex}/columns", said).headers["location"] == annex
        do_errands(self.client)
        return annex

    def hand_over(self, annex, **decided):
        assert self.importer.post(f"{annex}/draft", decided).status_code == 303
        do_errands(self.client)
        return self.importer.get(annex).headers["location"]


@pytest.fixture(scope="module", params=["spatialite", "postgis"])
def desk(request, registers, tmp_path_factory):
    with a_desk(registers, tmp_path_factory.mktemp("desk"), request.param) as made:
        yield Desk(*made)


def figures(page):
    """The figures of a page by action."""
    found = re.findall(r'gi-annex-figure-(\w+)" [^>]*><strong>([0-9,]+)<', page)
    return {action: int(count.replace(",", "")) for action, count in found}


# ---- bringing an annex


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_an_empty_form_comes_back_with_what_is_missing(desk, prefix):
    reply = desk.importer.post(f"{prefix}/staff/imports/new", {"number": "不是公告号", "url": "x"})
    assert reply.status_code == 422
    for name in ("file", "issuer", "published_on"):
        assert f'id="{name}-fault"' in reply.text
    assert 'value="不是公告号"' in reply.text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsm", b"PK\x03\x04", "只接受"),
        ("a.xlsx", b"\x89PNG\r\n", "只接受"),
        ("a.xlsx", b"PK\x03\x04 no workbook", "不是可读的工作簿"),
        ("a.csv", "企业名称,产品名称\n".encode("utf-16"), "编码"),
        ("a.csv", "什么都不是\n1\n".encode(), "没有找到表头"),
        ("../../a", b"x", "只接受"),
        ("a\0b", b"x", "只接受"),
        ("a.csv", b"x" * (5 * 1024 * 1024 + 1), "文件太大"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_beside_its_field(desk, name, content, said):
    reply = desk.bring(name, 950, 1, content=content)
    assert reply.status_code == 422
    assert 'id="file-fault"' in reply.text
    assert said in reply.text


def test_more_than_the_outer_layer_takes_never_reaches_the_form(desk):
    (most,) = {*FORMS.values()}
    assert desk.bring("a.csv", 950, 1, content=b"x" * most).status_code == 413


def test_fields_that_the_form_does_not_have_are_refused(desk):
    assert desk.importer.post("/staff/imports/new", {"sha256": "0" * 64}).status_code == 422
    annex = brought(desk.importer)
    assert desk.importer.post(f"{annex}/columns", {"batch_id": "1"}).status_code == 422


def test_halves_of_characters_and_nul_are_no_fault_of_ours(desk):
    for text in ("\ud800", "\x00", "企业名称\t产品名称\n\x00\t\ud83d"):
        reply = desk.importer.post_text("/staff/imports/new", {**stated(951), "pasted": text})
        assert reply.status_code in {303, 422}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "klingon"])
def test_a_csv_is_read_in_the_encoding_that_is_said(desk, encoding):
    reply = desk.bring("gbk.csv", 905, 3, encoding=encoding)
    assert reply.status_code == (303 if encoding == "gb18030" else 422)


# ---- columns


def test_what_a_column_means_can_be_put_right_and_is_remembered_for_the_issuer(desk):
    annex = brought(desk.importer, 960)
    said = {**stated(960), **columns_of(desk.importer, annex)}
    assert said["column-1-1"] == "name"
    reply = desk.importer.post(f"{annex}/columns", {**said, "column-1-3": "name"})
    assert reply.status_code == 422
    assert "两列说的是同一项" in reply.text
    reply = desk.importer.post(f"{annex}/columns", {**said, "column-1-0": "note"})
    assert reply.status_code == 303
    do_errands(desk.client)
    batch = desk.hand_over(annex)
    assert "/staff/imports/batches/" in batch
    # The heading 序号 was said to be a note: the issuer's next table begins with that.
    assert columns_of(desk.importer, brought(desk.importer, 961))["column-1-0"] == "note"
    desk.reviewer.post(f"{batch}/return", {"reason": "试验"})
    do_errands(desk.client)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind-1": "x"},
        {"column-1-1": "x"},
        {"column-1-1": ""},
        {"use-1": ""},
        {"product-1": "长" * 301},
        {"product-1": "\0"},
        {"title": "\0"},
        {"url": "\0"},
        {"published_on": "2026-02-30"},
        {"track": "x"},
        {"ground": "x"},
        {"declared_organisations": "-1"},
    ],
)
def test_columns_that_say_nonsense_come_back(desk, wrong):
    annex = brought(desk.importer, 962)
    said = {**stated(962), **columns_of(desk.importer, annex), **wrong}
    reply = desk.importer.post(f"{annex}/columns", said)
    assert reply.status_code == 422
    assert 'role="alert"' in reply.text


# ---- the preview


def test_a_preview_says_what_each_row_does_and_what_is_wrong_with_each_cell(desk):
    annex = desk.look("codes-as-numbers.xlsx", 903, 8)
    page = desk.importer.get(annex).text
    assert figures(page) == {"create": 1, "update": 0, "close": 0, "no_op": 0, "conflict": 0, "error": 7}
    assert page.count("gi-annex-cell-wrong") == 7
    assert "像是个人身份号码，未予保存" in page
    assert "11010519491231002X" not in page
    narrowed = desk.importer.get(f"{annex}?table=1&action=create").text
    assert (narrowed.count("gi-annex-row-create"), narrowed.count("gi-annex-row-error")) == (1, 0)
    assert figures(narrowed) == figures(page)
    english = desk.importer.get(f"/en{annex}").text
    assert "looks like a person" in english


@pytest.mark.parametrize(
    ("lines", "tone", "words"),
    [
        (["示例甲茶厂\t91500114TERT040178\t示例·云雾果"], "warn", "没有一行可以导入。"),
        (["示例甲茶厂\t91500114TERT040179\t远方茶"], "neutral", "没有一行要导入"),
    ],
)
def test_where_no_row_can_be_imported_nothing_is_said_to_be_on_record(desk, lines, tone, words):
    table = "\n".join(["企业名称\t统一社会信用代码\t产品名称", *lines])
    stated_so = {"elsewhere": "1"} if tone == "neutral" else {}
    reply = desk.importer.post("/staff/imports/new", stated(967, 1, pasted=table))
    annex = reply.headers["location"].removesuffix("/columns")
    said = {**stated(967, 1, **stated_so), **columns_of(desk.importer, annex)}
    assert desk.importer.post(f"{annex}/columns", said).status_code == 303
    do_errands(desk.client)
    page = desk.importer.get(annex).text
    assert re.search(rf'gi-notice-{tone}">.*?<strong>{words}', page)
    assert "没有变化" not in page
    assert "会起草 0 条记录" in page
    assert "<caption>1 行</caption>" in page  # a pasted table has no name
    assert f"{annex}/draft" not in page
    # Who sends the form all the same is told what is wrong with the rows.
    desk.importer.post(f"{annex}/draft", {"only_valid": "1"})
    do_errands(desk.client)
    assert desk.importer.get(annex).status_code == 200


def test_the_filter_and_the_page_stand_in_the_address_and_nonsense_is_no_filter(desk):
    annex = desk.look(MESSY, 901, 48)
    first, second = (desk.importer.get(f"{annex}?table=1&action=create&page={page}").text for page in (1, 2))
    assert (first.count('<tr class="gi-annex-row-'), second.count('<tr class="gi-annex-row-')) == (25, 22)
    assert "action=create&amp;page=2#rows" in first
    for query in ("table=99&action=drop", "action=error", "page=9999", "table=0"):
        assert desk.importer.get(f"{annex}?{query}").status_code == 200
    for query in ("table=-1", "page=0", "page=x", "table=" + "9" * 30):
        assert desk.importer.get(f"{annex}?{query}").status_code == 422


def test_what_does_not_add_up_wants_a_reason_and_rows_with_problems_a_decision(desk):
    annex = desk.look(MESSY, 963, 48)
    page = desk.importer.get(annex).text
    assert page.count("不符</strong>") == 2
    reply = desk.importer.post(f"{annex}/draft", {"reason": " "})
    assert reply.status_code == 422
    assert 'id="reason-fault"' in reply.text
    for reason in ("长" * 2001, "\0"):
        assert desk.importer.post(f"{annex}/draft", {"reason": reason}).status_code == 422
    annex = desk.look("codes-as-numbers.xlsx", 964, 8)
    reply = desk.importer.post(f"{annex}/draft", {})
    assert (reply.status_code, "只导入其余各行" in reply.text) == (422, True)


def test_a_dry_run_says_that_the_register_would_take_it(desk):
    annex = desk.look("approvals-beside-changes.xlsx", 965, 3)
    assert desk.importer.post(f"{annex}/try").status_code == 303
    waiting = desk.importer.get(annex).text
    assert 'data-module="errand"' in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    errand = re.search(r'data-address="([^"]+)"', waiting)[1]
    assert desk.importer.get(errand).json() == {"ended": False, "done": None, "total": None}
    assert desk.importer.post(f"{annex}/draft", {}).status_code == 409
    do_errands(desk.client)
    assert desk.importer.get(errand).json()["ended"] is True
    assert "试运行：登记都会接受" in desk.importer.get(annex).text


def test_an_import_that_was_given_up_stays_so(desk):
    annex = looked(desk.importer, 966)
    assert desk.importer.post(f"{annex}/discard").status_code == 303
    assert "已放弃" in desk.importer.get(annex).text
    for step in ("try", "draft", "discard"):
        assert (
            desk.importer.post(f"{annex}/{step}", {"reason": "x"} if step == "draft" else {}).status_code
            == 409
        )
    assert desk.importer.get(f"{annex}/columns").status_code == 303


# ---- two people


def test_one_imports_another_applies_and_it_is_undone(desk):
    batch = desk.hand_over(desk.look("approvals-beside-changes.xlsx", 902, 3))
    assert "您经手过" not in desk.reviewer.get(batch).text
    assert desk.importer.post(f"{batch}/apply").status_code == 403
    assert desk.reviewer.post(f"{batch}/apply", seen(desk.reviewer, batch)).status_code == 303
    do_errands(desk.client)
    page = desk.reviewer.get(batch).text
    assert "已公布 12 条" in page
    assert "已生效" in page

    again = desk.importer.get(desk.look("approvals-beside-changes.xlsx", 902, 3)).text
    assert "没有变化：文件所写的都已登记" in again
    assert batch in again

    assert desk.importer.post(f"{batch}/undo", {"reason": ""}).status_code == 422
    assert desk.importer.post(f"{batch}/undo", {"reason": "误导"}).status_code == 303
    do_errands(desk.client)
    undo = re.search(r"有人要撤销它：<a[^>]+href=\"([^\"]+)\"", desk.importer.get(batch).text)[1]
    desk.reviewer.post(f"{undo}/apply", seen(desk.reviewer, undo))
    do_errands(desk.client)
    assert "已撤销，公众看到的和导入以前一样" in desk.importer.get(batch).text
    assert undo.rpartition("/")[2] in desk.importer.get("/staff/imports?q=2026-902&issuer=demonstration").text


def test_what_was_not_looked_at_is_not_published(desk):
    batch = desk.hand_over(desk.look("approvals-beside-changes.xlsx", 969, 3))
    for looked_at in ({}, {"editions": "0" * 64}):
        reply = desk.reviewer.post(f"{batch}/apply", looked_at)
        assert (reply.status_code, "请重新看过再公布" in reply.text) == (409, True)
    desk.reviewer.post(f"{batch}/return", {"reason": "试验"})
    do_errands(desk.client)


def test_a_draft_that_was_written_anew_is_shown_with_its_batch(desk):
    batch = desk.hand_over(desk.look("approvals-beside-changes.xlsx", 972, 3))
    looked_at = seen(desk.reviewer, batch)
    with desk.database.writing() as session:
        file = annexes.find_batch(session, batch.rpartition("/")[2]).file
        draft = session.scalars(select(Revision).where(Revision.batch_id == file.id)).first()
        assert f"/staff/reviews/{draft.ulid}" not in desk.reviewer.get(batch).text.partition("<dl")[0]
        draft.edition += 1
    assert f"/staff/reviews/{draft.ulid}" in desk.reviewer.get(batch).text.partition("<dl")[0]
    assert desk.reviewer.post(f"{batch}/apply", looked_at).status_code == 409
    desk.reviewer.post(f"{batch}/return", {"reason": "试验"})
    do_errands(desk.client)


def test_a_draft_of_a_batch_is_neither_published_nor_returned_alone(desk):
    batch = desk.hand_over(desk.look("approvals-beside-changes.xlsx", 970, 3))
    with desk.database.reading() as session:
        file = annexes.find_batch(session, batch.rpartition("/")[2]).file
        draft = session.scalars(select(Revision.ulid).where(Revision.batch_id == file.id)).first()
    address = f"/staff/reviews/{draft}"
    page = desk.reviewer.get(address).text
    assert batch in page
    assert f"{address}/publish" not in page
    for step in ("publish", "return"):
        reply = desk.reviewer.post(
            f"{address}/{step}", {"edition": "1"} | ({"reason": "x"} if step == "return" else {})
        )
        assert (reply.status_code, "只能整个批次一起公布或退回" in reply.text) == (409, True)
    assert desk.importer.post(f"{address}/reopen", {"edition": "1"}).status_code == 303
    assert desk.importer.post(f"{address}/submit", {"edition": "1"}).status_code == 303
    desk.reviewer.post(f"{batch}/return", {"reason": "试验"})
    do_errands(desk.client)


def test_who_is_limited_to_other_kinds_of_record_sees_nothing_of_imports(desk):
    batch = desk.hand_over(desk.look("approvals-beside-changes.xlsx", 971, 3))
    desk.reviewer.post(f"{batch}/return", {"reason": "试验"})
    do_errands(desk.client)
    with desk.database.reading() as session:
        errand = session.scalars(select(AnnexErrand.ulid).order_by(AnnexErrand.id.desc())).first()
    pages = ("/staff/imports", batch, f"/staff/imports/errands/{errand}")
    partners = [
        an_officer(desk.database, Role.PARTNER, kinds=(kind,))
        for kind in (RecordKind.ORGANISATION, RecordKind.AUTHORISATION)
    ]
    limited = [partners[0], *(an_officer(desk.database, role) for role in KINDS)]
    others = [partners[1], *(an_officer(desk.database, role) for role in set(Role) - {*KINDS, Role.PARTNER})]
    for officers, status in ((limited, 403), (others, 200)):
        for officer in officers:
            seat = seated(desk.client, desk.database, officer)
            for prefix in ("", "/en"):
                assert [seat.get(prefix + page).status_code for page in pages] == [status] * 3, officer.login
            assert ('href="/staff/imports"' in seat.get("/staff").text) == (status == 200)


def test_a_reviewer_who_is_the_same_person_is_refused(desk):
    batch = desk.hand_over(desk.look("approvals-beside-changes.xlsx", 967, 3))
    both = an_officer(desk.database, Role.REVIEWER)
    with desk.database.writing() as session:
        mine = annexes.find_batch(session, batch.rpartition("/")[2]).by.person
        session.execute(update(StaffUser).where(StaffUser.login == both.login).values(person=mine))
    seat = seated(desk.client, desk.database, both)
    assert "您经手过这一批次，不能由您审核" in seat.get(batch).text
    assert seat.post(f"{batch}/apply").status_code == 403
    desk.reviewer.post(f"{batch}/return", {"reason": "试验"})
    do_errands(desk.client)
    assert "已退回" in desk.importer.get(batch).text


def test_what_the_register_refused_is_told_on_the_page(desk):
    batch = desk.hand_over(desk.look("approvals-beside-changes.xlsx", 968, 3))
    desk.reviewer.post(f"{batch}/apply", seen(desk.reviewer, batch))
    with desk.database.writing() as session:
        session.execute(
            update(StaffUser)
            .where(StaffUser.id.in_(select(AnnexErrand.asked_by_id).where(AnnexErrand.ended_at.is_(None))))
            .values(is_active=False)
        )
    do_errands(desk.client)
    page = desk.importer.get(batch).text
    assert ("没有办成" in page, "没有这项权限" in page, "待审核" in page) == (True, True, True)
    desk.reviewer = seated(desk.client, desk.database, an_officer(desk.database, Role.REVIEWER))
    desk.reviewer.post(f"{batch}/return", {"reason": "试验"})
    do_errands(desk.client)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_what_there_is_not_is_not_found(desk, prefix):
    for path in ("", "/columns"):
        assert desk.importer.get(f"{prefix}/staff/imports/{NOWHERE}{path}").status_code == 404
    for path in ("batches", "errands"):
        assert desk.importer.get(f"{prefix}/staff/imports/{path}/{NOWHERE}").status_code == 404
    for step in ("columns", "try", "draft", "discard"):
        assert desk.importer.post(f"{prefix}/staff/imports/{NOWHERE}/{step}").status_code == 404
    assert desk.reviewer.post(f"{prefix}/staff/imports/batches/{NOWHERE}/apply").status_code == 404
