"""What becomes of each row: new, changed, no change, not ours, at odds with the register, or not readable."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from annex_desk import FACTS, code
from annex_tables import STATED, an_office, row, told
from factories import (
    NOW,
    a_product,
    a_protection,
    a_protection_event,
    an_authorisation,
    an_authorisation_event,
    an_editor,
    an_organisation,
)
from sqlalchemy import select

from service.errors import UploadRefused
from service.register import annexes
from service.register.annexes.mapping import remember
from service.register.models import Organisation
from service.vocabulary import (
    AnnexField,
    AnnexKind,
    DeregistrationGround,
    Issuer,
    RowAction,
    Track,
)


@pytest.fixture
def office(session, tmp_path):
    return an_office(session, tmp_path)


def test_a_product_is_found_by_alias_and_by_the_alias_in_brackets(office):
    names = ("示例果", "示例山果", "示例果（示例山果）", "某名（示例山果）")
    looked = office.look(*(row(n, name) for n, name in enumerate(names, start=1)))
    assert [action for action, _ in told(looked)] == [RowAction.CREATE] * 4


def test_an_unknown_product_is_told_with_the_nearest_name_or_left_out_when_said(office):
    looked = office.look(row(1, "示例果子"), row(2))
    assert told(looked) == [(RowAction.ERROR, ["unknown_product"]), (RowAction.CREATE, [])]
    assert looked.seen.rows[0].problems[0].value == "示例果子 → 示例果?"
    elsewhere = office.look(row(1, "远方茶"), row(2), facts=replace(STATED, skips_elsewhere=True))
    assert told(elsewhere) == [(RowAction.SKIP, []), (RowAction.CREATE, [])]
    assert sum(elsewhere.seen.counts.actions.values()) == elsewhere.seen.counts.rows == 2


def test_a_firm_with_two_products_is_one_firm(office):
    other = a_product(office.session, name="示例茶")
    a_protection(office.session, other)
    looked = office.look(row(1), row(1, "示例茶"))
    assert [action for action, _ in told(looked)] == [RowAction.CREATE] * 2
    assert (looked.seen.counts.firms, looked.seen.counts.products) == (1, 2)
    office.apply(office.draft(looked))
    assert len(office.session.scalars(select(Organisation).where(Organisation.uscc == code(1))).all()) == 1


def test_codes_and_names_that_contradict_the_register_are_conflicts(office):
    an_organisation(office.session, uscc=code(1), name="登记在册公司")
    an_organisation(office.session, uscc=code(3), name="示例3号公司（本地）")
    looked = office.look(row(1), row(2, name="登记在册公司"), row(3, name="示例3号公司(本地)"))
    assert told(looked) == [
        (RowAction.CONFLICT, ["same_code_other_name"]),
        (RowAction.CONFLICT, ["same_name_other_code"]),
        (RowAction.CREATE, []),
    ]


def test_a_former_name_is_no_conflict(office):
    an_organisation(office.session, uscc=code(1), name="今名公司", former_names="示例1号公司")
    assert told(office.look(row(1))) == [(RowAction.CREATE, [])]


def test_the_same_grant_twice_and_one_code_with_two_names_are_told_at_every_line(office):
    looked = office.look(
        row(1), row(1), row(2), row(2, "示例山果", name="别名公司"), row(3), row(3, "示例山果")
    )
    assert told(looked) == [
        (RowAction.ERROR, ["duplicate_row"]),
        (RowAction.ERROR, ["duplicate_row"]),
        (RowAction.ERROR, ["code_with_two_names"]),
        (RowAction.ERROR, ["code_with_two_names"]),
        (RowAction.CREATE, []),
        (RowAction.ERROR, ["duplicate_row"]),
    ]


def test_an_active_holder_is_no_change_and_a_moved_one_an_update(office):
    for number in (1, 2):
        firm = an_organisation(office.session, uscc=code(number), name=f"示例{number}号公司")
        an_authorisation(office.session, office.protection, firm, approved_address=f"示例路{number}号")
    looked = office.look(row(1), row(2, address="示例路新址"))
    assert told(looked) == [(RowAction.NO_OP, []), (RowAction.UPDATE, [])]
    office.apply(office.draft(looked))
    assert told(office.look(row(1), row(2, address="示例路新址"))) == [(RowAction.NO_OP, [])] * 2


def test_a_holder_whose_authorisation_ended_is_not_granted_again_by_a_table(office):
    firm = an_organisation(office.session, uscc=code(1), name="示例1号公司")
    held = an_authorisation(office.session, office.protection, firm)
    an_authorisation_event(office.session, held, effective_on=date(2024, 1, 1))
    an_organisation(office.session, uscc=code(2), name="示例2号公司", status="revoked")
    assert told(office.look(row(1), row(2))) == [(RowAction.CONFLICT, ["holder_revoked"])] * 2


def test_a_protection_that_is_over_or_not_yet_begun_grants_nothing(office):
    over = a_product(office.session, name="旧果")
    a_protection_event(
        office.session, a_protection(office.session, over), event="revoked", happened_on=date(2024, 1, 1)
    )
    a_protection(office.session, a_product(office.session, name="新果"), begins=date(2026, 11, 1))
    looked = office.look(row(1, "旧果"), row(2, "新果"))
    assert told(looked) == [(RowAction.CONFLICT, ["protection_not_in_force"])] * 2


def test_a_product_with_two_protections_wants_one_named(office):
    a_protection(office.session, office.product, track="gi_trademark", numbers="90000001")
    assert told(office.look(row(1))) == [(RowAction.CONFLICT, ["ambiguous_protection"])]
    named = office.look(row(1), facts=replace(STATED, track=Track.GI_PRODUCT))
    assert told(named) == [(RowAction.CREATE, [])]


@pytest.mark.parametrize(
    ("until", "problem"),
    [
        ("2026-02-29", "bad_date"),
        ("2027/13/1", "bad_date"),
        ("60", "bad_date"),
        ("2001-01-01", "period_out_of_order"),
    ],
)
def test_days_that_are_none_are_told(office, until, problem):
    assert told(office.look(row(1, until=until))) == [(RowAction.ERROR, [problem])]


@pytest.mark.parametrize("until", ["长期", "2030年12月31日", "2030.12.31", "２０３０/12/31"])
def test_days_as_offices_write_them_are_read(office, until):
    assert told(office.look(row(1, until=until))) == [(RowAction.CREATE, [])]


def test_a_code_misread_by_one_letter_is_suggested_from_the_register_and_never_taken(office):
    an_organisation(office.session, uscc=code(1), name="示例1号公司")
    looked = office.look(row(1, uscc=code(1).replace("0", "O")))
    assert told(looked) == [(RowAction.ERROR, ["bad_code"])]
    assert looked.seen.rows[0].problems[0].value.endswith(f"→ {code(1)}?")


def test_a_persons_identity_number_is_kept_nowhere(office):
    looked = office.look(row(1, uscc="11010519491231002X"), row(2))
    assert told(looked)[0] == (RowAction.ERROR, ["looks_like_id"])
    assert "11010519491231002X" not in str(looked.seen.rows)


def test_an_old_table_without_codes_finds_firms_by_name_and_makes_those_it_lacks(office):
    an_organisation(office.session, uscc=code(1), name="老公司")
    looked = office.look(("老公司", "示例果"), ("无码公司", "示例果"), header=("申请人", "产品"))
    assert [action for action, _ in told(looked)] == [RowAction.CREATE] * 2
    assert looked.seen.counts.actions == {RowAction.CREATE: 2}
    office.apply(office.draft(looked))
    assert office.session.scalars(select(Organisation.name).where(Organisation.uscc.is_(None))).all() == [
        "无码公司"
    ]


CHANGE = ("企业名称", "统一社会信用代码", "变更事项", "变更前", "变更后")


def test_two_changes_of_one_firm_make_one_version_and_one_event(office):
    firm = an_organisation(office.session, uscc=code(1), name="旧名公司")
    an_authorisation(office.session, office.protection, firm, approved_name="旧名公司")
    looked = office.look(
        ("旧名公司", code(1), "企业名称", "旧名公司", "新名公司"),
        ("旧名公司", code(1), "住所", "", "示例路9号"),
        header=CHANGE,
    )
    assert told(looked) == [(RowAction.UPDATE, [])] * 2
    office.apply(office.draft(looked))
    changed = office.session.scalars(select(Organisation).where(Organisation.uscc == code(1))).one()
    assert (changed.name, changed.address, changed.version) == ("新名公司", "示例路9号", 2)
    again = office.look(
        ("旧名公司", code(1), "企业名称", "旧名公司", "新名公司"),
        ("新名公司", code(1), "住所", "", "示例路9号"),
        header=CHANGE,
    )
    assert told(again) == [(RowAction.NO_OP, [])] * 2


def test_changes_that_cannot_be_placed_are_told(office):
    an_organisation(office.session, uscc=code(1), name="甲公司")
    looked = office.look(
        ("甲公司", code(1), "注册资本", "1", "2"),
        ("甲公司", code(1), "企业名称", "", "乙公司"),
        ("丙公司", code(3), "企业名称", "", "丁公司"),
        header=CHANGE,
    )
    assert told(looked) == [
        (RowAction.ERROR, ["unknown_item"]),
        (RowAction.CONFLICT, ["no_authorisation"]),
        (RowAction.ERROR, ["unknown_organisation"]),
    ]


@pytest.mark.parametrize("header", [CHANGE, ("企业名称", "统一社会信用代码", "注销事由")])
def test_nothing_happens_to_an_authorisation_before_it_was_granted(office, header):
    firm = an_organisation(office.session, uscc=code(1), name="甲公司")
    later = date.fromordinal(FACTS.published_on.toordinal() + 1)
    an_authorisation(office.session, office.protection, firm, effective_on=later)
    typed = {CHANGE: ("甲公司", code(1), "住所", "", "示例路9号")}.get(
        header, ("甲公司", code(1), DeregistrationGround.VOLUNTARY.zh)
    )
    assert told(office.look(typed, header=header)) == [(RowAction.CONFLICT, ["before_grant"])]
    earlier = an_authorisation(office.session, office.protection, firm, effective_on=FACTS.published_on)
    found = office.look(typed, header=header)
    (row_,) = found.seen.rows
    assert row_.target == earlier.code


# ---- columns


def test_columns_can_be_corrected_and_are_remembered_for_the_issuer(office):
    header = ("单位", "代号", "名目")
    looked = office.look(("示例1号公司", code(1), "示例果"), header=("企业名称", "代号", "产品名称"))
    (table,) = looked.intake.tables
    kind, suggestions = annexes.suggest(table)
    assert [(each.field, each.basis) for each in suggestions] == [
        (AnnexField.NAME, "heading"),
        (AnnexField.USCC, "content"),
        (AnnexField.PRODUCT, "heading"),
    ]
    odd = replace(table, header=header)
    chosen = annexes.Choice(AnnexKind.APPROVAL, (AnnexField.NAME, None, AnnexField.PRODUCT))
    remember(office.session, Issuer.DISTRICT, odd, chosen, by=an_editor(office.session), at=NOW)
    office.session.flush()
    _, again = annexes.suggest(odd, annexes.remembered(office.session, Issuer.DISTRICT))
    assert [(each.field, each.basis) for each in again] == [(field, "remembered") for field in chosen.mapping]
    assert annexes.remembered(office.session, Issuer.CNIPA) == {}
    assert kind is AnnexKind.APPROVAL


@pytest.mark.parametrize(
    ("mapping", "problem"),
    [
        ((AnnexField.NAME, None), "missing_column"),
        ((AnnexField.NAME, AnnexField.NAME), "duplicate_column"),
        ((AnnexField.NAME,), "missing_column"),
    ],
)
def test_a_mapping_that_says_too_little_or_one_thing_twice_is_refused(office, mapping, problem):
    with pytest.raises(UploadRefused) as refused:
        office.look(
            ("示例1号公司", "示例果"),
            header=("企业名称", "产品"),
            choose=lambda each: replace(each, mapping=mapping),
        )
    assert refused.value.problem == problem


def test_a_table_about_one_product_needs_no_column_for_it(office):
    looked = office.look(
        ("示例1号公司", code(1)),
        header=("企业名称", "信用代码"),
        choose=lambda each: replace(each, product="示例果"),
    )
    assert told(looked) == [(RowAction.CREATE, [])]


@pytest.mark.parametrize("number", ["不是公告号", "国家知识产权局公告第475号", ""])
def test_a_number_that_is_not_the_issuers_is_refused(office, number):
    with pytest.raises(UploadRefused) as refused:
        office.look(row(1), facts=replace(STATED, number=number))
    assert refused.value.problem == "bad_announcement"
