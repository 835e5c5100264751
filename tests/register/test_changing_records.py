"""A draft of a record that is public: how weighty the change is, what it merges, what it ends."""

from __future__ import annotations

from datetime import date

import pytest
from drafts import acts, base_of, edit, product
from factories import (
    NOW,
    a_payload,
    a_product,
    a_protection,
    a_protection_event,
    a_reviewer,
    a_uscc,
    an_area,
    an_authorisation,
    an_authorisation_event,
    an_editor,
    an_organisation,
    published,
)
from sqlalchemy import select

from service.errors import (
    ChangeNoteMissing,
    CorrectionOrderMissing,
    DuplicateRecord,
    FieldNotAllowed,
    TransitionNotAllowed,
)
from service.register import editing
from service.register.models import GiProduct, Organisation
from service.register.reviewing import foresee
from service.vocabulary import ChangeWeight

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


@pytest.mark.parametrize("kind", ["organisation", "brand"])
def test_no_firm_and_no_brand_is_renamed_without_a_reason(session, kind):
    own = {
        "organisation": {"uscc": a_uscc(), "address": "一号"},
        "brand": {"slug": "jia", "brand_kind": "enterprise", "description": "一"},
    }[kind]
    old = published(session, kind, name="甲", **own)
    base, editor = base_of(session, old), an_editor(session)
    renamed = a_payload(kind, name="乙", **own)
    draft = editing.save_draft(session, renamed, by=editor, at=NOW, base=base)
    session.flush()
    foreseen = foresee(session, [draft], at=NOW)
    assert isinstance(foreseen.refusal, ChangeNoteMissing)
    with pytest.raises(ChangeNoteMissing):
        editing.submit(session, [draft], by=editor, at=NOW)
    corrected = edit(draft, renamed, is_correction=True, change_note="录入时误作“甲”")
    editing.revise(session, draft, corrected, by=editor, at=NOW)
    assert foresee(session, [draft], at=NOW).refusal is None
    editing.revise(session, draft, edit(draft, renamed, change_note="公告更名"), by=editor, at=NOW)
    assert foresee(session, [draft], at=NOW).refusal is None
    moved = {name: f"{text}号" if name in {"address", "description"} else text for name, text in own.items()}
    other = editing.save_draft(session, a_payload(kind, name="甲", **moved), by=editor, at=NOW, base=base)
    editing.submit(session, [other], by=editor, at=NOW)


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
    with pytest.raises(ValueError, match=r"must name that one|names another one"):
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
    base, editor = base_of(session, product()), an_editor(session)
    draft = editing.save_draft(session, product(code="QJ-GI-2"), by=editor, at=NOW, base=base)
    editing.submit(session, [draft], by=editor, at=NOW)
    a_product(session, code="QJ-GI-2", slug="yi", name="乙")
    with pytest.raises(DuplicateRecord):
        editing.save_draft(session, product(code="QJ-GI-2"), by=editor, at=NOW, base=base)
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
