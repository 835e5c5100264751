"""Forms of records that are sent more than once: one form makes one draft, and one author has one of a record."""

from __future__ import annotations

import threading

import pytest
from drafts import base_of, count, edit, product
from factories import NOW, a_payload, a_product, an_account, an_editor
from sqlalchemy import select

from service.errors import EditConflict, NotPermitted
from service.register import accounts, editing
from service.register.models import AuditEvent, Revision, new_ulid
from service.vocabulary import DraftState, Role


def _firm(name="无码单位", **facts):
    return editing.SentForm(payload=a_payload("organisation", name=name), **facts)


def test_a_form_sent_by_many_threads_at_once_makes_one_draft(register):
    with register.writing() as session:
        an_editor(session)
    sent = _firm(form_ulid=new_ulid())
    barrier, found = threading.Barrier(4), []

    def send():
        barrier.wait()
        with register.writing() as session:
            found.append(
                editing.keep_form(session, sent, by=accounts.find_staff(session, "lu-ru"), at=NOW).ulid
            )

    running = [threading.Thread(target=send) for _ in range(4)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert found == [sent.form_ulid] * 4
    with register.reading() as session:
        assert count(session, Revision) == 1
        assert session.scalars(select(AuditEvent.act).where(AuditEvent.record_kind == "draft")).all() == [
            "drafted"
        ]


def test_the_form_sent_again_with_other_words_makes_another_draft_once(session):
    form, editor = new_ulid(), an_editor(session)
    first = editing.keep_form(session, _firm(form_ulid=form), by=editor, at=NOW)
    others = [
        editing.keep_form(session, _firm("另一家", form_ulid=form), by=editor, at=NOW) for _ in range(2)
    ]
    assert first.ulid == form
    assert others[0] is others[1] is not first
    assert first.payload["name"] == "无码单位"


def test_the_form_of_somebody_else_is_not_led_to(session):
    form = new_ulid()
    first = editing.keep_form(session, _firm(form_ulid=form), by=an_editor(session), at=NOW)
    other = an_account(session, "two", Role.EDITOR)
    assert editing.keep_form(session, _firm(form_ulid=form), by=other, at=NOW) is not first


def test_a_second_draft_of_a_record_leads_its_author_to_the_first(session):
    a_product(session, code="QJ-GI-1", slug="jia", name="甲")
    base, editor = base_of(session, product()), an_editor(session)

    def send(by=editor, **facts):
        sent = editing.SentForm(payload=product(**facts), form_ulid=new_ulid(), base=base)
        return editing.keep_form(session, sent, by=by, at=NOW)

    first = send(description="一")
    assert send(description="一") is first
    with pytest.raises(EditConflict) as refused:
        send(description="二", scientific_name="X")
    assert (refused.value.draft, refused.value.found) == (first.ulid, 1)
    assert {each.name: each.joined for each in refused.value.fields} == {
        "description": "二",
        "scientific_name": "X",
    }
    joined = edit(first, product(description="二", scientific_name="X"))
    editing.revise(session, first, joined, by=editor, at=NOW)
    assert send(an_account(session, "two", Role.EDITOR), description="三") is not first
    editing.submit(session, [first], by=editor, at=NOW)
    assert send(description="四").state is DraftState.DRAFT


def test_who_may_not_draft_is_not_led_to_a_draft_either(session):
    sent = _firm(form_ulid=new_ulid())
    editing.keep_form(session, sent, by=an_editor(session), at=NOW)
    with pytest.raises(NotPermitted):
        editing.keep_form(session, sent, by=an_account(session, "reads", Role.REVIEWER), at=NOW)
