"""A draft between its author and the public: edited, given back, taken up, given up; each act leaves its row."""

from __future__ import annotations

import pytest
from drafts import acts, base_of, edit, product
from factories import NOW, a_draft, a_payload, a_reviewer, an_editor
from sqlalchemy import select

from service.errors import FieldNotAllowed, NotPermitted, TransitionNotAllowed
from service.register import auditing, editing
from service.register.models import AuditEvent, GiProduct, Revision
from service.vocabulary import DraftState, RecordKind

# ---- edits


def test_an_edit_of_a_draft_that_waits_takes_it_out_of_review(session):
    draft = a_draft(session, product())
    editing.revise(session, draft, edit(draft, product(name="乙")), by=an_editor(session), at=NOW)
    assert (draft.state, draft.submitted_by_id, draft.edition) == (DraftState.DRAFT, None, 2)
    with pytest.raises(TransitionNotAllowed):
        editing.publish(session, [draft], by=a_reviewer(session), at=NOW)


def test_a_returned_draft_is_taken_up_and_handed_over_again(session):
    editor, draft = an_editor(session), a_draft(session, product())
    editing.return_for_changes(session, draft, by=a_reviewer(session), at=NOW, reason="名称有误")
    editing.revise(session, draft, edit(draft, product(name="乙")), by=editor, at=NOW)
    assert draft.return_reason == "名称有误"
    editing.submit(session, [draft], by=editor, at=NOW)
    editing.publish(session, [draft], by=a_reviewer(session), at=NOW)
    assert session.scalars(select(GiProduct.name)).all() == ["乙"]
    assert acts(session, draft.ulid) == ["drafted", "submitted", "returned", "edited", "submitted"]
    assert acts(session, draft.record_ulid) == ["created"]


@pytest.mark.parametrize("given_back", [True, False])
def test_a_draft_is_reopened_as_it_is(session, given_back):
    draft = a_draft(session, product())
    if given_back:
        editing.return_for_changes(session, draft, by=a_reviewer(session), at=NOW, reason="稍候")
    editing.reopen(session, draft, by=an_editor(session), at=NOW)
    assert (draft.state, draft.submitted_by_id, draft.edition) == (DraftState.DRAFT, None, 1)


def test_a_return_needs_its_reason(session):
    with pytest.raises(FieldNotAllowed):
        editing.return_for_changes(
            session, a_draft(session, product()), by=a_reviewer(session), at=NOW, reason=" "
        )


def test_a_draft_given_up_stays_given_up(session):
    editor = an_editor(session)
    draft = editing.save_draft(session, product(), by=editor, at=NOW)
    editing.discard(session, draft, by=editor, at=NOW)
    assert draft.state is DraftState.DISCARDED
    for act in (editing.reopen, editing.discard):
        with pytest.raises(TransitionNotAllowed):
            act(session, draft, by=editor, at=NOW)
    with pytest.raises(TransitionNotAllowed):
        editing.submit(session, [draft], by=editor, at=NOW)
    with pytest.raises(TransitionNotAllowed):
        editing.revise(session, draft, edit(draft, product(name="乙")), by=editor, at=NOW)


def test_what_waits_for_review_is_not_given_up_behind_the_reviewers_back(session):
    with pytest.raises(TransitionNotAllowed):
        editing.discard(session, a_draft(session, product()), by=an_editor(session), at=NOW)


def test_a_draft_stays_of_its_kind(session):
    draft = a_draft(session, product())
    other = a_payload("organisation", name="某公司")
    with pytest.raises(FieldNotAllowed):
        editing.revise(session, draft, edit(draft, other), by=an_editor(session), at=NOW)


@pytest.mark.parametrize("act", ["revise", "reopen", "discard"])
def test_only_who_may_draft_touches_drafts(session, act):
    draft = editing.save_draft(session, product(), by=an_editor(session), at=NOW)
    reviewer = a_reviewer(session)
    typed = [edit(draft, product(name="乙"))] if act == "revise" else []
    with pytest.raises(NotPermitted):
        getattr(editing, act)(session, draft, *typed, by=reviewer, at=NOW)


# ---- one row for each act


def test_every_act_on_a_draft_leaves_exactly_one_row(session):
    editor, reviewer = an_editor(session), a_reviewer(session)
    count = lambda: session.query(AuditEvent).count()  # noqa: E731
    draft = None

    def begin():
        nonlocal draft
        draft = editing.save_draft(session, product(), by=editor, at=NOW)

    def begin_change():
        nonlocal draft
        base = base_of(session, product())
        draft = editing.save_draft(session, product(name="丙"), by=editor, at=NOW, base=base)

    steps = {
        "save_draft": begin,
        "revise": lambda: editing.revise(session, draft, edit(draft, product(name="乙")), by=editor, at=NOW),
        "submit": lambda: editing.submit(session, [draft], by=editor, at=NOW),
        "return_for_changes": lambda: editing.return_for_changes(
            session, draft, by=reviewer, at=NOW, reason="再看"
        ),
        "reopen": lambda: editing.reopen(session, draft, by=editor, at=NOW),
        "submit again": lambda: editing.submit(session, [draft], by=editor, at=NOW),
        "publish": lambda: editing.publish(session, [draft], by=reviewer, at=NOW),
        "save_draft again": begin_change,
        "discard": lambda: editing.discard(session, draft, by=editor, at=NOW),
    }

    changing = {
        name
        for name in editing.__all__
        if name not in {"Base", "Edit", "SentForm", "change_kind", "find_draft"}
    } - {
        "demand_key_free",
        "is_one_person_act",
        "is_sent",
        "keep_form",
        "lock_registry",
        "note_of",
        "published_bases",
        "stored",
        "save_drafts",
        "apply_drafts",
    }
    assert changing <= steps.keys(), "a new act must be counted here"
    for name, step in steps.items():
        before = count()
        step()
        session.flush()
        assert count() == before + 1, name
    assert list(auditing.broken_links(session)) == []


def test_many_drafts_at_once_leave_a_row_each(session):
    editor = an_editor(session)
    wanted = [(product(code=f"QJ-GI-{n}", slug=f"p{n}"), None) for n in range(3)]
    before = session.query(AuditEvent).count()
    drafts = editing.save_drafts(session, wanted, by=editor, at=NOW)
    editing.submit(session, drafts, by=editor, at=NOW)
    editing.publish(session, drafts, by=a_reviewer(session), at=NOW)
    assert session.query(AuditEvent).count() == before + 1 + 3 * 3  # one is the reviewer's account
    assert session.query(Revision).count() == 3
    assert {draft.record_kind for draft in drafts} == {RecordKind.GI_PRODUCT}
