"""Entering records at the desk: forms out of models, faults beside their fields, and two people at once."""

from __future__ import annotations

import re

import pytest
from factories import (
    NOT_IN_THE_SEED,
    a_product,
    a_trademark,
    a_uscc,
    an_announcement,
    an_organisation,
)
from factories import published as on_record
from record_deeds import a_firm, published
from sqlalchemy import select
from staffing import HOSTILE, an_officer, seated

from service.register.editing import published_bases
from service.register.models import Revision
from service.register.payloads import PAYLOADS
from service.vocabulary import RecordKind, Role
from service.web import wording
from service.web.staff.form_fields import CARRIED, Control, fields_of, form_of, stated, typed_values
from service.web.wording.fields import GROUPS

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
    typed = a_firm(uscc="123", name="", status_checked_on="2026-13-01", source_url=HOSTILE)
    reply = editor.post(f"{prefix}/staff/records/organisation/new", typed)
    assert reply.status_code == 422
    found = set(re.findall(r'class="gi-field-fault" id="([a-z_]+)-fault"', reply.text))
    assert found == {"uscc", "name", "status_checked_on"}
    assert 'value="2026-13-01"' in reply.text
    assert "<svg onload" not in reply.text
    assert "&lt;svg onload" in reply.text


@pytest.mark.parametrize(
    ("kind", "typed", "field", "said"),
    [
        (
            "organisation",
            {"former_names": "旧名甲\n旧名{乙}\n旧名{乙}"},
            "former_names",
            "“旧名{乙}”写了两次",
        ),
        ("organisation", {"short_names": "甲\n甲"}, "short_names", "“甲”写了两次"),
        (
            "organisation",
            {"former_codes": "91500114MA5TEST03x\n91500114MA5TEST03X"},
            "former_codes",
            "“91500114MA5TEST03X”写了两次",
        ),
        ("division", {"codes": "nbs:2023:500114\nnbs:2023:500115"}, "codes", "“nbs:2023”写了两次"),
        ("division", {"aliases": "甲乡\n甲乡"}, "aliases", "“甲乡”写了两次"),
        ("division", {"codes": "500114"}, "codes", "每行一个，写成 体系:年份:代码"),
        ("division", {"codes": "nbs:1066:500114"}, "codes", "每行一个，写成 体系:年份:代码"),
        ("organisation", {"withdrawal": "gone"}, "withdrawal_reason", "撤下要写明原因"),
        ("organisation", {"withdrawal_reason": "重复"}, "withdrawal", "请选择撤下方式"),
        (
            "organisation",
            {"withdrawal": "redirect", "withdrawal_reason": "重复"},
            "redirect",
            "要写明并入哪一条",
        ),
        ("organisation", {"redirect": "甲"}, "withdrawal", "撤下方式就要选“已并入”"),
    ],
)
def test_a_fault_says_what_is_wrong_and_where(editor, kind, typed, field, said):
    whole = {
        "organisation": a_firm(draft_new="1"),
        "division": {
            "slug": "shili-xiang",
            "name": "示例乡",
            "division_kind": "township",
            "source": "示例来源",
            "source_level": "official_document",
        },
    }[kind]
    reply = editor.post(f"/staff/records/{kind}/new", {**whole, **typed})
    assert reply.status_code == 422
    assert f'href="#{field}"' in reply.text
    assert said in reply.text
    assert "内容有误，请核对" not in reply.text


def test_a_field_of_no_form_is_refused(editor):
    assert editor.post("/staff/records/organisation/new", a_firm(role="admin")).status_code == 422
    assert editor.post("/staff/records/organisation/new", a_firm(draft_decided_by="1")).status_code == 422
    assert editor.post("/staff/records/nothing/new", a_firm()).status_code == 404


def test_a_new_record_that_is_like_another_is_asked_about_once(editor):
    like = a_firm(name="示例云岭果茶有限公司", draft_new="")
    reply = editor.post("/staff/records/organisation/new", like)
    assert reply.status_code == 409
    assert "登记里已有相近的" in reply.text
    assert editor.post("/staff/records/organisation/new", {**like, "draft_new": "1"}).status_code == 303
    while_typing = editor.get("/staff/records/organisation/new/similar?name=示例云岭果茶有限公司")
    assert "登记里已有相近的" in while_typing.text
    assert editor.get("/staff/records/organisation/new/similar?name=没有这样的单位").text.strip() == ""


def _of_a(kind, session):
    """What is typed for a record of the kind that is on record already, and the field that tells."""
    made = {
        "organisation": lambda: an_organisation(session),
        "trademark": lambda: a_trademark(session),
        "gi_product": lambda: a_product(session),
        "announcement": lambda: an_announcement(session),
        "inspection_plan": lambda: on_record(
            session,
            "inspection_plan",
            code=a_uscc(),
            title="计划",
            year=2026,
            scope="示例",
            ratios="未评级=5",
            inspectors="甲；乙",
            checklist="一",
        ),
        "credit_assessment": lambda: on_record(
            session,
            "credit_assessment",
            organisation=an_organisation(session).uscc,
            scheme="示例体系",
            grade="A",
            valid_from="2026-01-01",
        ),
    }[kind]()
    base = published_bases(session, made.kind, [made.key()])[made.key()]
    return typed_values(made.kind, base.payload), base.record_ulid


@pytest.mark.parametrize(
    ("kind", "field", "words"),
    [
        ("organisation", "uscc", "这个编号已登记"),
        ("trademark", "registration_no", "这个编号已登记"),
        ("gi_product", "code", "这个编号已登记"),
        ("announcement", "number", "这个编号已登记"),
        ("inspection_plan", "code", "这个编号已登记"),
        ("credit_assessment", "organisation", "登记里已有这一条"),
    ],
)
def test_what_is_on_record_already_is_told_at_its_number_and_the_form_stays_as_typed(
    desk, editor, kind, field, words
):
    with desk[1].writing() as session:
        typed, ulid = _of_a(kind, session)
    typed = {**typed, "source": "只有这张表写了的来源"}
    typed.pop("name_en", None)
    for is_new in ("", "1"):
        reply = editor.post(f"/staff/records/{kind}/new", {**typed, "draft_new": is_new})
        assert reply.status_code == 422
        fault = re.search(rf'id="{field}-fault">(.*?)</p>', reply.text)[1]
        assert words in fault
        assert f'href="/staff/records/{kind}/{ulid}"' in fault
        assert "只有这张表写了的来源" in reply.text
        assert "别人已经改过" not in reply.text


def test_a_code_typed_with_spaces_is_the_code_on_record_and_brings_nothing_of_that_record(editor):
    typed = a_firm(uscc="9150 0114 ma0t ert0 87", name="别的一家新单位", draft_new="")
    reply = editor.post("/staff/records/organisation/new", typed)
    assert reply.status_code == 422
    assert "这个编号已登记" in reply.text
    assert 'value="9150 0114 ma0t ert0 87"' in reply.text
    assert 'id="legal_representative" name="legal_representative" type="text" value=""' in reply.text


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("organisation", "uscc=9150 0114 ma0t ert0 87"),
        ("organisation", "uscc=９１５００１１４MA0TERT087"),
        ("announcement", "number=第498号"),
        ("announcement", "number=第 四九八 号公告"),
    ],
)
def test_a_number_is_looked_for_as_the_register_keeps_it(editor, kind, query):
    assert "登记里已有相近的" in editor.get(f"/staff/records/{kind}/new/similar?{query}").text


@pytest.mark.parametrize("kind", ["gi_product", "brand", "division"])
def test_a_name_that_cannot_stand_in_an_address_is_told_at_its_field(editor, kind):
    facts = {"source": "示例来源", "source_level": "official_page", "name": "甲", "slug": "B 3/../x"}
    reply = editor.post(f"/staff/records/{kind}/new", facts)
    assert reply.status_code == 422
    assert "小写字母、数字和单个连字符" in re.search(r'id="slug-fault">(.*?)</p>', reply.text)[1]


def test_a_new_name_without_a_reason_is_an_obstacle_on_the_page_of_the_draft(desk):
    uscc = a_uscc()
    record, author = published(*desk, name="改名以前的单位", uscc=uscc)
    typed = a_firm(name="改名以后的单位", uscc=uscc, draft_version="1")
    saved = author.post(record, typed).headers["location"]
    assert "现在还不能公布" in author.get(saved).text
    over = {**typed, **_hidden(author.get(f"{record}/edit").text), "draft_note": "公告更名"}
    assert author.post(record, over).status_code == 303
    assert "现在还不能公布" not in author.get(saved).text


@pytest.mark.parametrize(
    ("kind", "facts", "field"),
    [
        (
            "service_point",
            {"code": "SP-9", "name": "甲", "point_kind": "info_outlet"}
            | {"opened_on": "2026-01-01", "closed_on": "2020-01-01"},
            "closed_on",
        ),
        ("indicator_value", {"indicator": "marks", "as_of": "2026-01-01"}, "value"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(editor, kind, facts, field):
    sourced = {"source": "示例来源", "source_level": "official_page", **facts}
    reply = editor.post(f"/staff/records/{kind}/new", sourced)
    assert reply.status_code == 422
    assert re.findall(r'id="([a-z_]+)-fault"', reply.text) == [field]


# ---- one form, pressed twice


def _hidden(page):
    return dict(re.findall(r'<input type="hidden" name="(draft_[a-z]+)" value="([^"]*)">', page))


def test_a_form_of_a_new_record_pressed_twice_makes_one_draft(editor):
    form = _hidden(editor.get("/staff/records/organisation/new").text)
    assert len(form["draft_form"]) == 26
    typed = {**a_firm(name="没有代码的新单位", uscc="", draft_new=""), **form}
    replies = [editor.post("/staff/records/organisation/new", typed) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [303] * 3
    assert len({reply.headers["location"] for reply in replies}) == 1
    odd = {**typed, "draft_form": "../x", "draft_new": "1"}
    assert editor.post("/staff/records/organisation/new", odd).status_code == 303


def test_a_form_of_a_record_pressed_twice_makes_one_draft_and_a_second_form_joins_it(desk):
    record, author = published(*desk, name="按了两次的单位")
    first, second = (_hidden(author.get(f"{record}/edit").text) for _ in range(2))
    typed = a_firm(name="按了两次的单位", draft_new="")
    replies = [author.post(record, {**typed, **first, "address": "一号"}) for _ in range(2)]
    assert {reply.headers["location"] for reply in replies} == {replies[0].headers["location"]}
    joined = author.post(record, {**typed, **second, "address": "一号", "name_en": "Two"})
    assert joined.status_code == 409
    assert "您已经有这条记录的草稿" in joined.text
    over = _hidden(joined.text)
    assert over["draft_draft"] in replies[0].headers["location"]
    saved = [author.post(record, {**typed, **over, "address": "一号", "name_en": "Two"}) for _ in range(2)]
    assert [reply.headers["location"] for reply in saved] == [replies[0].headers["location"]] * 2


# ---- two editors at once


def test_two_editors_at_once_lose_nothing(desk, editor):
    record, _ = published(*desk, name="两人同改的单位")
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
