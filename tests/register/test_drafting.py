"""A draft between its author and the public: edited by several, given back, taken up, merged, never lost."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from factories import (
    NOW,
    a_draft,
    a_payload,
    a_product,
    a_protection,
    a_protection_event,
    a_reviewer,
    an_account,
    an_area,
    an_authorisation,
    an_authorisation_event,
    an_editor,
    an_organisation,
    published,
)
from sqlalchemy import delete, select

from service.errors import (
    ChangeNoteMissing,
    CorrectionOrderMissing,
    DuplicateRecord,
    EditConflict,
    FieldNotAllowed,
    FourEyes,
    NotPermitted,
    RegisterError,
    StaleVersion,
    SubmissionVoid,
    TransitionNotAllowed,
)
from service.register import accounts, auditing, editing
from service.register.models import AuditEvent, GiProduct, Organisation, Revision, StaffRole
from service.vocabulary import ChangeWeight, DraftState, RecordKind, Role


def product(**facts):
    return a_payload(
        "gi_product",
        **{"code": "QJ-GI-1", "name": "甲", "slug": "jia", "home_relation": "in_district", **facts},
    )


def base_of(session, payload):
    return editing.published_bases(session, payload.kind, [payload.key()])[payload.key()]


def edit(draft, payload, **more):
    facts = {
        "edition": draft.edition,
        "version": draft.base_version,
        "change_note": draft.change_note,
        **more,
    }
    return editing.Edit(payload=payload, **facts)


def acts(session, subject):
    rows = select(AuditEvent.act).where(AuditEvent.record_ulid == subject).order_by(AuditEvent.sequence)
    return session.scalars(rows).all()


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
    with pytest.raises(EditConflict):
        editing.save_draft(session, product(description="二"), by=an_editor(session), at=NOW)


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


# ---- kinds of change


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"name": "乙"}, ChangeWeight.MAJOR),
        ({"description": "二"}, ChangeWeight.MINOR),
        ({"withdrawal": "gone", "withdrawal_reason": "误录"}, ChangeWeight.WITHDRAWN),
    ],
)
def test_a_major_change_says_why(session, facts, kind):
    """Order 80 art. 26."""
    a_product(session, code="QJ-GI-1", slug="jia", name="甲")
    payload, editor = product(**facts), an_editor(session)
    base = base_of(session, payload)
    assert (
        editing.change_kind(payload.kind, base.payload, editing.stored(payload), is_correction=False) is kind
    )
    draft = editing.save_draft(session, payload, by=editor, at=NOW, base=base)
    if kind is ChangeWeight.MAJOR:
        with pytest.raises(ChangeNoteMissing):
            editing.submit(session, [draft], by=editor, at=NOW)
        editing.revise(session, draft, edit(draft, payload, change_note="公告更名"), by=editor, at=NOW)
    editing.submit(session, [draft], by=editor, at=NOW)
    editing.publish(session, [draft], by=a_reviewer(session), at=NOW)


@pytest.mark.parametrize(
    "facts", [{"requirements": "新要求"}, {"traits": "千粒重25~29g"}, {"standards": "DB50/T 1234"}]
)
def test_quality_and_form_are_major(session, facts):
    protection = a_protection(session, begins=None)
    changed = a_payload("protection", **{**protection.model_dump(exclude_defaults=True), **facts})
    before, after = editing.stored(protection), editing.stored(changed)
    assert editing.change_kind(changed.kind, before, after, is_correction=False) is ChangeWeight.MAJOR


def test_the_area_is_major_and_an_old_note_does_not_answer_for_a_new_change(session):
    area = an_area(session, change_note="首次公告")
    changed = a_payload(
        "production_area", **{**area.model_dump(exclude_defaults=True), "stated_limits": "四至"}
    )
    editor = an_editor(session)
    draft = editing.save_draft(session, changed, by=editor, at=NOW, base=base_of(session, area))
    with pytest.raises(ChangeNoteMissing):
        editing.submit(session, [draft], by=editor, at=NOW)


def test_a_next_version_of_an_area_says_why(session):
    area = an_area(session, valid_to=date(2020, 1, 1))
    facts = {**area.model_dump(exclude_defaults=True), "version_no": 2, "valid_from": date(2020, 1, 1)}
    second = a_payload("production_area", **{**facts, "valid_to": None})
    editor = an_editor(session)
    draft = editing.save_draft(session, second, by=editor, at=NOW)
    with pytest.raises(ChangeNoteMissing):
        editing.submit(session, [draft], by=editor, at=NOW)


def test_a_correction_is_told_apart_from_a_change_and_says_what_was_wrong(session):
    a_product(session, code="QJ-GI-1", slug="jia", name="申")
    payload, editor = product(name="甲"), an_editor(session)
    facts = {"by": editor, "at": NOW, "base": base_of(session, payload), "is_correction": True}
    with pytest.raises(ChangeNoteMissing):
        editing.submit(session, [editing.save_draft(session, payload, **facts)], by=editor, at=NOW)
    draft = editing.save_draft(session, payload, change_note="录入时误作“申”", **facts)
    editing.submit(session, [draft], by=editor, at=NOW)
    editing.publish(session, [draft], by=a_reviewer(session), at=NOW)
    assert acts(session, draft.record_ulid) == ["created", "corrected"]


def test_a_record_that_there_is_not_cannot_be_corrected(session):
    editor = an_editor(session)
    draft = editing.save_draft(session, product(), by=editor, at=NOW, is_correction=True, change_note="误")
    with pytest.raises(FieldNotAllowed):
        editing.submit(session, [draft], by=editor, at=NOW)


def test_withdrawing_and_bringing_back_are_acts_of_their_own(session):
    a_product(session, code="QJ-GI-1", slug="jia", name="甲")
    gone = published(
        session, "gi_product", **product(withdrawal="gone", withdrawal_reason="误录").model_dump()
    )
    published(session, "gi_product", **product().model_dump())
    assert acts(session, base_of(session, gone).record_ulid) == ["created", "withdrawn", "restored"]


# ---- what is merged into another record


@pytest.mark.parametrize("where", ["itself", "nowhere", "another kind", "a withdrawn one"])
def test_a_record_is_merged_only_into_a_public_one_of_its_kind(session, where):
    a_product(session, code="QJ-GI-1", slug="jia", name="甲")
    own = base_of(session, product()).record_ulid
    if where == "itself":
        there = own
    elif where == "nowhere":
        there = "0" * 26
    elif where == "another kind":
        an_organisation(session)
        there = session.scalars(select(Organisation.ulid)).one()
    else:
        gone = a_product(session, code="QJ-GI-2", withdrawal="gone", withdrawal_reason="误录")
        there = base_of(session, gone).record_ulid
    with pytest.raises(FieldNotAllowed):
        published(
            session,
            "gi_product",
            **product(withdrawal="redirect", withdrawal_reason="合并", redirect=there).model_dump(),
        )


@pytest.mark.parametrize(
    "facts",
    [
        {"withdrawal": "redirect", "withdrawal_reason": "合并"},
        {"redirect": "0" * 26},
        {"withdrawal": "gone", "withdrawal_reason": "误录", "redirect": "0" * 26},
    ],
)
def test_a_merged_record_names_where_it_went_and_no_other_does(facts):
    with pytest.raises(ValueError, match="names it"):
        product(**facts)


# ---- a record that changes what it is known by


def test_a_record_keeps_its_identity_when_its_code_changes(session):
    a_product(session, code="QJ-GI-1", slug="jia", name="甲")
    base, editor = base_of(session, product()), an_editor(session)
    renamed = product(code="QJ-GI-9")
    draft = editing.save_draft(session, renamed, by=editor, at=NOW, base=base)
    editing.submit(session, [draft], by=editor, at=NOW)
    editing.publish(session, [draft], by=a_reviewer(session), at=NOW)
    assert session.execute(select(GiProduct.ulid, GiProduct.code)).one() == (base.record_ulid, "QJ-GI-9")


def test_a_record_does_not_take_the_code_of_another(session):
    a_product(session, code="QJ-GI-1", slug="jia", name="甲")
    a_product(session, code="QJ-GI-2", slug="yi", name="乙")
    base, editor = base_of(session, product()), an_editor(session)
    draft = editing.save_draft(session, product(code="QJ-GI-2"), by=editor, at=NOW, base=base)
    editing.submit(session, [draft], by=editor, at=NOW)
    with pytest.raises(DuplicateRecord):
        editing.publish(session, [draft], by=a_reviewer(session), at=NOW)


# ---- ends


def test_a_correction_order_that_was_met_is_no_ground_for_deregistering(session):
    """Order 80 art. 31 (5), (6): not corrected in time."""
    authorisation = an_authorisation(session)
    order = {"effective_on": date(2026, 1, 1), "deadline_on": date(2026, 6, 1)}
    an_authorisation_event(session, authorisation, "put_under_correction", **order)
    an_authorisation_event(session, authorisation, "correction_closed", effective_on=date(2026, 5, 1))
    end = {"effective_on": date(2026, 7, 1), "ground": "off_standard_not_corrected_in_time"}
    with pytest.raises(CorrectionOrderMissing):
        an_authorisation_event(session, authorisation, **end)
    again = {"effective_on": date(2026, 6, 2), "deadline_on": date(2026, 6, 20)}
    an_authorisation_event(session, authorisation, "put_under_correction", **again)
    an_authorisation_event(session, authorisation, **end)


@pytest.mark.parametrize("end", ["revoked", "cancelled", "invalidated", "surrendered"])
def test_a_right_that_has_ended_stays_ended(session, end):
    """I7."""
    protection = a_protection(session)
    a_protection_event(session, protection, event=end, happened_on=date(2024, 1, 1))
    for event in ("recognised", "registered", end):
        with pytest.raises(TransitionNotAllowed):
            a_protection_event(session, protection, event=event, happened_on=date(2025, 1, 1))
    # What was before the end may still come on record, and a wrong end is voided.
    a_protection_event(
        session, protection, event="renewed", happened_on=date(2023, 1, 1), last_day=date(2033, 1, 1)
    )
    a_protection_event(
        session, protection, event="entry_voided", happened_on=date(2025, 1, 1), voided_sequence=2
    )
    a_protection_event(session, protection, event=end, happened_on=date(2025, 2, 1))


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
        name for name in editing.__all__ if name not in {"Base", "Edit", "change_kind", "find_draft"}
    } - {
        "is_one_person_act",
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
