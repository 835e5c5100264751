"""The way of a draft to the public: handed over, given back, stale, and what a changed record keeps."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from drafts import product
from factories import (
    NOW,
    a_draft,
    a_payload,
    a_product,
    a_reviewer,
    an_authorisation,
    an_authorisation_event,
    an_editor,
    published,
)
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from service.errors import (
    DuplicateRecord,
    FieldNotAllowed,
    NotPermitted,
    RegisterError,
    StaleVersion,
    TransitionNotAllowed,
)
from service.register import editing
from service.register.models import AuditEvent, FormerSlug, GiProduct
from service.vocabulary import DraftState


def test_a_draft_that_was_not_submitted_is_not_published(session):
    draft = editing.save_draft(session, product(), by=an_editor(session), at=NOW)
    with pytest.raises(TransitionNotAllowed):
        editing.publish(session, [draft], by=a_reviewer(session), at=NOW)


def test_a_returned_draft_keeps_the_reason_and_is_not_published(session):
    draft = a_draft(session, product())
    editing.return_for_changes(session, draft, by=a_reviewer(session), at=NOW, reason="公告号有误")
    assert (draft.state, draft.return_reason) == (DraftState.RETURNED, "公告号有误")
    with pytest.raises(TransitionNotAllowed):
        editing.publish(session, [draft], by=a_reviewer(session), at=NOW)


def test_returning_leaves_a_line_in_the_trail(session):
    draft = a_draft(session, product())
    editing.return_for_changes(session, draft, by=a_reviewer(session), at=NOW, reason="公告号有误")
    assert session.scalars(select(AuditEvent.reason).where(AuditEvent.act == "returned")).all() == [
        "公告号有误"
    ]


def test_an_editor_may_not_return_a_draft(session):
    with pytest.raises(NotPermitted):
        editing.return_for_changes(
            session, a_draft(session, product()), by=an_editor(session), at=NOW, reason="不"
        )


@pytest.mark.parametrize("statement", ["UPDATE revision SET change_note = 'x'", "DELETE FROM revision"])
def test_a_published_draft_is_frozen_in_the_database(session, statement):
    a_product(session)
    with pytest.raises(DBAPIError, match="frozen"):
        session.execute(text(statement))


def test_a_draft_of_an_older_version_is_stale(session):
    a_product(session, code="QJ-GI-1", slug="jia")
    first = a_draft(session, product(name="乙"))
    second = a_draft(session, product(name="丙"))
    editing.publish(session, [first], by=a_reviewer(session), at=NOW)
    with pytest.raises(StaleVersion):
        editing.publish(session, [second], by=a_reviewer(session), at=NOW)


def test_of_two_drafts_of_one_new_record_only_the_first_is_published(session):
    first, second = a_draft(session, product()), a_draft(session, product(name="乙"))
    editing.publish(session, [first], by=a_reviewer(session), at=NOW)
    with pytest.raises(RegisterError):
        editing.publish(session, [second], by=a_reviewer(session), at=NOW)


def test_a_second_draft_of_a_new_body_without_a_code_is_refused(session):
    body = a_payload("organisation", name="测试机关")
    first, second = a_draft(session, body), a_draft(session, body)
    editing.publish(session, [first], by=a_reviewer(session), at=NOW)
    with pytest.raises(RegisterError):
        editing.publish(session, [second], by=a_reviewer(session), at=NOW)


def test_a_changed_record_keeps_its_identity_and_rises_by_one_version(session):
    a_product(session, code="QJ-GI-1", slug="jia")
    before = session.execute(select(GiProduct.ulid, GiProduct.recorded_at)).one()
    later = datetime(2026, 12, 1, tzinfo=UTC)
    published(session, "gi_product", at=later, code="QJ-GI-1", name="乙", home_relation="partly")
    row = session.execute(
        select(GiProduct.ulid, GiProduct.recorded_at, GiProduct.version, GiProduct.changed_at)
    ).one()
    assert row == (*before, 2, later)


def test_the_address_of_a_product_stays_when_its_name_changes(session):
    a_product(session, code="QJ-GI-1", slug="jia", name="甲")
    published(session, "gi_product", code="QJ-GI-1", name="乙", home_relation="partly")
    assert session.scalars(select(GiProduct.slug)).all() == ["jia"]


def test_another_address_must_be_wanted_and_the_old_one_is_kept_for_the_product_alone(session):
    a_product(session, code="QJ-GI-1", slug="jia", name="甲")
    published(session, "gi_product", code="QJ-GI-1", slug="yi", name="甲", home_relation="partly")
    assert session.scalars(select(FormerSlug.slug)).all() == ["jia"]
    with pytest.raises(DuplicateRecord):
        a_product(session, code="QJ-GI-2", slug="jia", name="别的")
    with pytest.raises(DuplicateRecord):
        a_product(session, code="QJ-GI-2", slug="yi", name="别的")
    published(session, "gi_product", code="QJ-GI-1", slug="jia", name="甲", home_relation="partly")
    assert session.scalars(select(GiProduct.slug)).all() == ["jia"]
    assert session.scalars(select(FormerSlug.slug)).all() == ["yi"]


def test_an_event_cannot_be_withdrawn_only_voided(session):
    authorisation = an_authorisation(session)
    with pytest.raises(FieldNotAllowed):
        an_authorisation_event(
            session, authorisation, effective_on=date(2026, 1, 1), withdrawal="gone", withdrawal_reason="误录"
        )
