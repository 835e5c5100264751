"""Several people at one draft: what they typed is merged, never lost, and whose hand is on it counts."""

from __future__ import annotations

import threading

import pytest
from drafts import base_of, edit, product
from factories import NOW, a_draft, a_product, a_reviewer, an_account, an_authorisation, an_editor
from sqlalchemy import delete, select

from service.errors import (
    DuplicateRecord,
    EditConflict,
    FourEyes,
    RegisterError,
    StaleVersion,
    SubmissionVoid,
    TransitionNotAllowed,
)
from service.register import accounts, auditing, editing
from service.register.models import AuditEvent, GiProduct, Revision, StaffRole
from service.vocabulary import Role

# ---- two at once


def merged(conflict):
    return {field.name: (field.base, field.theirs, field.mine) for field in conflict.fields}


def test_two_at_one_draft_lose_nothing(session):
    draft = a_draft(session, product(description="一"))
    seen = draft.edition
    first, second = an_editor(session), an_account(session, "two", Role.EDITOR)
    editing.revise(session, draft, edit(draft, product(description="二", name_en="Jia")), by=first, at=NOW)
    editing.revise(session, draft, edit(draft, product(description="三", name_en="Jia")), by=first, at=NOW)
    typed = product(description="四", aliases="甲甲")
    with pytest.raises(EditConflict) as refused:
        editing.revise(session, draft, edit(draft, typed, edition=seen), by=second, at=NOW)
    assert merged(refused.value) == {
        "aliases": (None, None, ["甲甲"]),
        "description": ("一", "三", "四"),
        "name_en": (None, "Jia", None),
    }
    assert {each.name for each in refused.value.fields if each.is_clash} == {"description"}
    joined = {each.name: each.joined for each in refused.value.fields}
    assert joined == {"aliases": ["甲甲"], "description": "四", "name_en": "Jia"}
    # Nothing of the refused edit stuck; what was joined is saved over the newest edition.
    assert (draft.edition, draft.payload["description"]) == (3, "三")
    editing.revise(session, draft, edit(draft, product(**joined)), by=second, at=NOW)
    assert draft.payload["name_en"] == "Jia"


@pytest.mark.parametrize("when", ["begin", "save", "submit"])
def test_a_draft_over_an_older_version_tells_all_three_sides(session, when):
    a_product(session, code="QJ-GI-1", slug="jia", name="甲", description="一")
    old, editor = base_of(session, product()), an_editor(session)
    mine = product(description="三")
    draft = None
    if when != "begin":
        draft = editing.save_draft(session, mine, by=editor, at=NOW, base=old)
    a_product(session, code="QJ-GI-1", slug="jia", name="甲", description="二", scientific_name="X")
    acts = {
        "begin": lambda: editing.save_draft(session, mine, by=editor, at=NOW, base=old),
        "save": lambda: editing.revise(session, draft, edit(draft, mine), by=editor, at=NOW),
        "submit": lambda: editing.submit(session, [draft], by=editor, at=NOW),
    }
    with pytest.raises(EditConflict) as refused:
        acts[when]()
    assert (refused.value.expected, refused.value.found) == (1, 2)
    assert merged(refused.value) == {"description": ("一", "二", "三"), "scientific_name": (None, "X", None)}


def test_a_merged_draft_goes_on_from_the_newest_version(session):
    a_product(session, code="QJ-GI-1", slug="jia", name="甲")
    editor = an_editor(session)
    draft = editing.save_draft(
        session, product(description="三"), by=editor, at=NOW, base=base_of(session, product())
    )
    a_product(session, code="QJ-GI-1", slug="jia", name="甲", scientific_name="X")
    both = product(description="三", scientific_name="X")
    editing.revise(session, draft, edit(draft, both, version=2), by=editor, at=NOW)
    editing.submit(session, [draft], by=editor, at=NOW)
    editing.publish(session, [draft], by=a_reviewer(session), at=NOW)
    assert session.execute(select(GiProduct.description, GiProduct.scientific_name)).one() == ("三", "X")


@pytest.mark.parametrize("version", [-1, 1, 7])
def test_a_version_that_there_is_not_is_no_base(session, version):
    draft = a_draft(session, product())
    with pytest.raises(EditConflict):
        editing.revise(
            session, draft, edit(draft, product(name="乙"), version=version), by=an_editor(session), at=NOW
        )


def test_a_new_record_that_is_there_already_is_refused_at_once(session):
    a_product(session, code="QJ-GI-1", slug="jia", name="甲")
    editor = an_editor(session)
    with pytest.raises(DuplicateRecord) as refused:
        editing.save_draft(session, product(description="二"), by=editor, at=NOW)
    assert (refused.value.field, refused.value.ulid) == ("code", base_of(session, product()).record_ulid)
    draft = editing.save_draft(session, product(code="QJ-GI-2", slug="yi"), by=editor, at=NOW)
    session.flush()
    with pytest.raises(DuplicateRecord):
        editing.revise(session, draft, edit(draft, product(slug="yi")), by=editor, at=NOW)


def test_a_new_record_that_came_on_record_meanwhile_is_told_so_when_it_is_handed_over(session):
    draft = editing.save_draft(session, product(name="乙"), by=an_editor(session), at=NOW)
    a_product(session, code="QJ-GI-1", slug="jia", name="甲")
    with pytest.raises(DuplicateRecord) as refused:
        editing.submit(session, [draft], by=an_editor(session), at=NOW)
    assert refused.value.draft_ulid == draft.ulid


def test_a_reviewer_never_publishes_what_was_edited_under_their_eyes(register):
    """On PostgreSQL the draft may change between the reviewer's reading and the lock: nothing unseen is published."""
    with register.writing() as session:
        ulid = a_draft(session, product()).ulid
        a_reviewer(session)
    loaded, edited, outcome = threading.Event(), threading.Event(), []

    def review():
        try:
            with register.reading() as session:
                seen = editing.find_draft(session, ulid)
                session.expunge(seen)
            loaded.set()
            edited.wait(10)
            with register.writing() as session:
                draft = session.merge(seen, load=False)
                reviewer = accounts.find_staff(session, "shen-he")
                editing.publish(session, [draft], by=reviewer, at=NOW)
            outcome.append("published")
        except RegisterError as error:
            outcome.append(type(error))

    running = threading.Thread(target=review)
    running.start()
    loaded.wait(10)
    with register.writing() as session:
        draft = editing.find_draft(session, ulid)
        editor = accounts.find_staff(session, "lu-ru")
        editing.revise(session, draft, edit(draft, product(name="换")), by=editor, at=NOW)
        editing.submit(session, [draft], by=editor, at=NOW)
    edited.set()
    running.join()
    assert outcome == [StaleVersion]
    with register.reading() as session:
        assert session.scalars(select(GiProduct.name)).all() == []


# ---- who stands behind it


def test_who_wrote_an_earlier_edition_may_not_approve_a_later_one(session):
    """F02."""
    both, editor = an_account(session, "both", Role.EDITOR, Role.REVIEWER), an_editor(session)
    draft = a_draft(session, product(), by=editor)
    editing.revise(session, draft, edit(draft, product(name="乙")), by=both, at=NOW)
    editing.revise(session, draft, edit(draft, product(name="丙")), by=editor, at=NOW)
    editing.submit(session, [draft], by=editor, at=NOW)
    with pytest.raises(FourEyes):
        editing.publish(session, [draft], by=both, at=NOW)
    editing.publish(session, [draft], by=a_reviewer(session), at=NOW)


@pytest.mark.parametrize("how", ["disabled", "role taken"])
def test_what_somebody_handed_over_is_void_when_they_may_no_longer(session, how):
    """F22."""
    editor = an_editor(session)
    admin = an_account(session, "guan-li", Role.ADMIN)
    draft = a_draft(session, product(), by=editor)
    if how == "disabled":
        accounts.set_active(session, editor, active=False, by=admin, at=NOW)
    else:
        session.execute(delete(StaffRole).where(StaffRole.user_id == editor.id))
    with pytest.raises(SubmissionVoid):
        editing.publish(session, [draft], by=a_reviewer(session), at=NOW)
    other = an_account(session, "other", Role.EDITOR)
    editing.reopen(session, draft, by=other, at=NOW)
    editing.submit(session, [draft], by=other, at=NOW)
    editing.publish(session, [draft], by=a_reviewer(session), at=NOW)
    assert session.scalars(select(GiProduct.name)).all() == ["甲"]


def test_disabling_and_publishing_at_once_come_one_after_the_other(register):
    with register.writing() as session:
        ulid = a_draft(session, product()).ulid
        a_reviewer(session)
        an_account(session, "guan-li", Role.ADMIN)
    barrier, outcome = threading.Barrier(2), {}

    def publish():
        barrier.wait()
        try:
            with register.writing() as session:
                by = accounts.find_staff(session, "shen-he")
                editing.publish(session, [editing.find_draft(session, ulid)], by=by, at=NOW)
            outcome["published"] = True
        except SubmissionVoid:
            outcome["published"] = False

    def disable():
        barrier.wait()
        with register.writing() as session:
            user = accounts.find_staff(session, "lu-ru")
            admin = accounts.find_staff(session, "guan-li")
            accounts.set_active(session, user, active=False, by=admin, at=NOW)

    running = [threading.Thread(target=each) for each in (publish, disable)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    with register.reading() as session:
        made = session.scalars(
            select(AuditEvent.sequence).where(AuditEvent.record_kind == "gi_product")
        ).all()
        gone = session.scalars(select(AuditEvent.sequence).where(AuditEvent.act == "disabled")).one()
        assert bool(made) == outcome["published"]
        assert all(sequence < gone for sequence in made)
        assert list(auditing.broken_links(session)) == []


@pytest.mark.parametrize("kind", ["gi_product", "authorisation"])
def test_a_published_draft_is_not_published_again(session, kind):
    if kind == "authorisation":
        an_authorisation(session)
    else:
        a_product(session)
    draft = session.scalars(
        select(Revision).where(Revision.record_kind == kind).order_by(Revision.id.desc())
    ).first()
    with pytest.raises(TransitionNotAllowed):
        editing.publish(session, [draft], by=a_reviewer(session), at=NOW)
