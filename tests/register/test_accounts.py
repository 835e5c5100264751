"""Accounts: who may open and change them, what an account may hold, and that somebody always keeps them."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from factories import NOW, a_payload, a_product, an_account, published
from pyotp import TOTP
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from staffing import SECRET, an_officer

from service.errors import (
    DuplicateRecord,
    FieldNotAllowed,
    LastAdmin,
    NotPermitted,
    RecordNotFound,
    RegisterError,
    RolesQuarrel,
)
from service.register import accounts, auditing, editing, sent_twice
from service.register.accounts.demonstration import renew_demonstration
from service.register.accounts.passwords import fault_of, hash_of, matches, one_time_password
from service.register.accounts.sessions import open_session
from service.register.models import AuditEvent, Revision, StaffUser
from service.vocabulary import DraftState, RecordKind, Role


def new_account(**facts):
    return accounts.NewAccount(
        **{"login": "li", "display_name": "李", "person": "li", "roles": [Role.EDITOR], **facts}
    )


def opened(session, *, by=None, **facts):
    return accounts.open_account(session, new_account(**facts), by=by, at=NOW)


def test_a_form_sent_twice_opens_one_account_and_tells_its_password_twice(session):
    form, facts, count = sent_twice.new_form(), new_account(), select(func.count()).select_from(AuditEvent)
    user, password = accounts.open_account(session, facts, by=None, at=NOW, form=form)
    before = session.scalar(count)
    soon = NOW + timedelta(minutes=4)
    assert accounts.open_account(session, facts, by=None, at=soon, form=form) == (user, password)
    assert session.scalar(count) == before
    assert matches(password, user.password_hash)
    assert re.fullmatch(r"[2-9a-hj-km-np-z]{5}(-[2-9a-hj-km-np-z]{5}){3}", password)


@pytest.mark.parametrize(
    ("changed", "later", "is_same_form"),
    [
        ({"display_name": "别人"}, 0, True),
        ({}, 6, True),
        ({}, 0, False),
        ({"roles": [Role.REVIEWER]}, 0, True),
    ],
)
def test_another_form_other_words_or_a_later_hour_tell_no_password(session, changed, later, is_same_form):
    form = sent_twice.new_form()
    accounts.open_account(session, new_account(), by=None, at=NOW, form=form)
    again = form if is_same_form else sent_twice.new_form()
    with pytest.raises(DuplicateRecord):
        accounts.open_account(
            session, new_account(**changed), by=None, at=NOW + timedelta(minutes=later), form=again
        )


def test_a_password_that_was_given_anew_is_not_told_by_the_old_form(session):
    form, facts = sent_twice.new_form(), new_account()
    user, _ = accounts.open_account(session, facts, by=None, at=NOW, form=form)
    accounts.give_one_time_password(session, user, by=None, at=NOW)
    with pytest.raises(DuplicateRecord):
        accounts.open_account(session, facts, by=None, at=NOW, form=form)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"login": "L"}, "login"),
        ({"login": "李"}, "login"),
        ({"login": "a b"}, "login"),
        ({"login": "-a"}, "login"),
        ({"login": "a" * 41}, "login"),
        ({"login": "../x"}, "login"),
        ({"display_name": "  "}, "display_name"),
        ({"display_name": "x" * 101}, "display_name"),
        ({"person": ""}, "person"),
        ({"roles": []}, "roles"),
        ({"kinds": [RecordKind.BRAND]}, "kinds"),
    ],
)
def test_an_account_has_its_facts_or_is_not_opened(session, facts, field):
    with pytest.raises(FieldNotAllowed) as refused:
        opened(session, **facts)
    assert refused.value.field == field


def test_a_login_is_one_account(session):
    opened(session)
    with pytest.raises(DuplicateRecord):
        opened(session)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_administrators_open_and_change_accounts(session, role):
    by = an_account(session, "somebody", role)
    target = an_account(session, "target", Role.EDITOR)
    for act in (
        lambda: opened(session, by=by),
        lambda: accounts.change_roles(session, target, [Role.ADMIN], [], by=by, at=NOW),
        lambda: accounts.set_active(session, target, active=False, by=by, at=NOW),
        lambda: accounts.give_one_time_password(session, target, by=by, at=NOW),
        lambda: accounts.reset_second_factor(session, target, by=by, at=NOW),
    ):
        with pytest.raises(NotPermitted):
            act()


@pytest.mark.parametrize("other", [Role.EDITOR, Role.REVIEWER, Role.IMPORTER, Role.GIS_EDITOR])
@pytest.mark.parametrize("apart", [Role.ADMIN, Role.AUDITOR])
def test_who_gives_rights_or_examines_does_not_also_decide(session, apart, other):
    with pytest.raises(RolesQuarrel):
        opened(session, roles=[apart, other])
    user = an_account(session, "target", other)
    with pytest.raises(RolesQuarrel):
        accounts.change_roles(session, user, [apart, other], [], by=None, at=NOW)


def test_the_last_administrator_stays(session):
    first = an_account(session, "first", Role.ADMIN)
    for act in (
        lambda: accounts.set_active(session, first, active=False, by=first, at=NOW),
        lambda: accounts.change_roles(session, first, [Role.EDITOR], [], by=first, at=NOW),
    ):
        with pytest.raises(LastAdmin):
            act()
    second = an_account(session, "second", Role.ADMIN)
    accounts.set_active(session, first, active=False, by=second, at=NOW)
    with pytest.raises(LastAdmin):
        accounts.set_active(session, second, active=False, by=second, at=NOW)


def test_of_two_administrators_who_disable_each_other_one_stays(register):
    first, second = (an_officer(register, Role.ADMIN) for _ in range(2))
    together = Barrier(2)

    def disable(by: str, whom: str) -> bool:
        together.wait()
        try:
            with register.writing() as session:
                accounts.set_active(
                    session,
                    accounts.find_staff(session, whom),
                    active=False,
                    by=accounts.find_staff(session, by),
                    at=NOW,
                )
        except RegisterError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(disable, (first.login, second.login), (second.login, first.login)))
    with register.reading() as session:
        active = session.scalars(select(StaffUser.is_active)).all()
    assert sorted(done) == [False, True]
    assert sorted(active) == [False, True]


def test_of_two_requests_with_one_code_one_is_let_in(register):
    officer = an_officer(register, Role.REVIEWER)
    code, together = TOTP(SECRET).at(NOW), Barrier(2)
    with register.writing() as session:
        user = accounts.find_staff(session, officer.login)
        tokens = [open_session(session, user, at=NOW, browser="", is_proven=False) for _ in range(2)]

    def prove(token: str) -> object:
        together.wait()
        with register.writing() as session:
            who = accounts.find_session(session, token, at=NOW, demo=False)
            return accounts.prove(session, who, code, at=NOW, browser="")

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(prove, tokens))
    assert sum(isinstance(each, accounts.NewSession) for each in found) == 1
    assert accounts.Refusal.WRONG_CODE in found


def test_what_happened_to_an_account_is_on_the_trail_without_a_secret(session):
    user, password = opened(session)
    accounts.change_roles(session, user, [Role.REVIEWER], [], by=None, at=NOW)
    again = accounts.give_one_time_password(session, user, by=None, at=NOW)
    session.flush()
    rows = session.execute(select(AuditEvent.act, AuditEvent.changes)).all()
    assert [row.act for row in rows] == ["created", "roles_changed", "password_reset"]
    assert rows[1].changes == {"roles": [["editor"], ["reviewer"]]}
    whole = str(session.execute(text("SELECT * FROM audit_event")).all())
    assert password not in whole
    assert again not in whole
    assert user.password_hash not in whole
    assert list(auditing.broken_links(session)) == []


def test_a_partner_agency_drafts_its_own_kinds_and_no_other(session):
    partner, _ = opened(session, roles=[Role.PARTNER], kinds=[RecordKind.ORGANISATION])
    session.flush()
    firm = a_payload("organisation", name="测试公司")
    draft = editing.save_draft(session, firm, by=partner, at=NOW)
    session.flush()
    editing.submit(session, [draft], by=partner, at=NOW)
    with pytest.raises(NotPermitted):
        editing.save_draft(
            session, a_payload("brand", slug="x", name="甲", brand_kind="enterprise"), by=partner, at=NOW
        )
    accounts.change_roles(session, partner, [Role.PARTNER], [RecordKind.BRAND], by=None, at=NOW)
    with pytest.raises(NotPermitted):
        editing.submit(session, [draft], by=partner, at=NOW)


def test_a_map_editor_drafts_areas_and_an_indicator_officer_figures(session):
    product = a_product(session)
    protection = published(session, "protection", code="QJ-PR-9001", product=product.code, track="gi_product")
    area = a_payload(
        "production_area",
        protection=protection.code,
        version_no=1,
        text_original="东至甲",
        tier="text_only",
        confidence="high",
    )
    drawer = an_account(session, "zhi-tu", Role.GIS_EDITOR)
    assert editing.save_draft(session, area, by=drawer, at=NOW).state is DraftState.DRAFT
    with pytest.raises(NotPermitted):
        editing.save_draft(session, area, by=an_account(session, "zhi-biao", Role.INDICATOR_OFFICER), at=NOW)


def test_an_administrator_who_was_also_made_a_reviewer_by_hand_publishes_nothing(session):
    payload = a_payload("gi_product", code="QJ-GI-9001", name="甲", slug="jia", home_relation="in_district")
    draft = editing.save_draft(session, payload, by=an_account(session, "lu-ru", Role.EDITOR), at=NOW)
    session.flush()
    editing.submit(session, [draft], by=an_account(session, "lu-ru"), at=NOW)
    admin = an_account(session, "guan-li", Role.ADMIN)
    session.execute(text("INSERT INTO staff_role (user_id, role) VALUES (:id, 'reviewer')"), {"id": admin.id})
    with pytest.raises(NotPermitted):
        editing.publish(session, [draft], by=admin, at=NOW)
    assert session.get_one(Revision, draft.id).state is DraftState.IN_REVIEW


def test_a_kind_is_given_to_an_account_once(session):
    partner, _ = opened(session, roles=[Role.PARTNER], kinds=[RecordKind.BRAND])
    session.flush()
    again = text("INSERT INTO staff_scope (user_id, record_kind) VALUES (:id, 'brand')")
    with pytest.raises(IntegrityError):
        session.execute(again, {"id": partner.id})


def test_demonstration_accounts_are_made_anew_with_other_passwords_and_take_nobodys_login(session):
    first = renew_demonstration(session, NOW)
    second = renew_demonstration(session, NOW)
    assert [each.login for each in first] == [each.login for each in second]
    assert not {each.password for each in first} & {each.password for each in second}
    users = [accounts.find_staff(session, each.login) for each in second]
    assert all(user.is_demonstration and user.display_name.startswith("示例") for user in users)
    assert all(matches(each.password, user.password_hash) for each, user in zip(second, users, strict=True))
    users[0].is_demonstration = False
    session.flush()
    with pytest.raises(RecordNotFound):
        renew_demonstration(session, NOW)


# ---- passwords


def test_a_password_is_kept_as_argon2id_and_never_twice_the_same():
    # In a process of its own: here hashing is given less work to do.
    program = "from service.register.accounts.passwords import hash_of; print(hash_of('x'))"
    kept = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert hash_of("七只鸭子过河去赶场") != hash_of("七只鸭子过河去赶场")


def test_without_a_hash_nothing_matches():
    assert not matches("", None)
    assert not matches("x" * 10_000, hash_of("x" * 128))


def test_a_one_time_password_keeps_the_rules_and_is_never_the_same():
    made = {one_time_password() for _ in range(50)}
    assert len(made) == 50
    assert all(fault_of(each, ("li", "李")) is None for each in made)


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("eleven char", "password_short"),
        ("x" * 129, "password_long"),
        ("wang-xiaoming-2026-x", "password_names_you"),
        ("我是王小明不会错的真的啊", "password_names_you"),
        ("ＷＡＮＧ-ＸＩＡＯＭＩＮＧ 123456", "password_names_you"),
        ("123456789012", "password_common"),
        ("1qaz2wsx3edc", "password_common"),
        ("aaaaaaaaaaaaaaaa", "password_common"),
        ("Passw0rd!2026", "password_common"),
        ("dibiao2026qianjiang", "password_common"),
        ("七只鸭子过河去赶场，回来一只", None),
        ("correct horse battery", None),
        ("kX9#mm2pQz7!", None),
        ("x7 q2 m9 t4 b8", None),
    ],
)
def test_length_counts_and_what_is_guessed_is_refused(password, fault):
    assert fault_of(password, ("wang-xiaoming", "王小明", "w")) == fault
