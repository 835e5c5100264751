"""Two people behind what is public: who wrote or handed over a draft does not approve it, under no account."""

from __future__ import annotations

from datetime import date

import pytest
from drafts import product
from factories import NOW, a_draft, a_payload, a_reviewer, an_account, an_authorisation, an_editor
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from service.errors import FourEyes, NotPermitted
from service.register import editing
from service.register.models import GiProduct, StaffRole, StaffUser
from service.vocabulary import Role


def test_a_second_person_publishes_what_the_first_submitted(session):
    draft = a_draft(session, product())
    assert editing.publish(session, [draft], by=a_reviewer(session), at=NOW) == 1
    assert session.scalars(select(GiProduct.name)).all() == ["甲"]


def test_the_submitter_may_not_approve_whatever_their_roles(session):
    both = an_account(session, "both", Role.EDITOR, Role.REVIEWER)
    with pytest.raises(FourEyes):
        editing.publish(session, [a_draft(session, product(), by=both)], by=both, at=NOW)


def test_two_accounts_of_one_person_are_one_person(session):
    first = an_account(session, "zhang-1", Role.EDITOR, person="zhang")
    second = an_account(session, "zhang-2", Role.REVIEWER, person="zhang")
    with pytest.raises(FourEyes):
        editing.publish(session, [a_draft(session, product(), by=first)], by=second, at=NOW)


def test_who_wrote_a_draft_may_not_approve_it_though_another_submitted_it(session):
    writer = an_account(session, "writer", Role.EDITOR, Role.REVIEWER)
    draft = editing.save_draft(session, product(), by=writer, at=NOW)
    editing.submit(session, [draft], by=an_editor(session), at=NOW)
    with pytest.raises(FourEyes):
        editing.publish(session, [draft], by=writer, at=NOW)


def test_the_writers_other_account_may_not_approve_either(session):
    writer = an_account(session, "writer", Role.EDITOR, person="wang")
    other = an_account(session, "other", Role.REVIEWER, person="wang")
    draft = editing.save_draft(session, product(), by=writer, at=NOW)
    editing.submit(session, [draft], by=an_editor(session), at=NOW)
    with pytest.raises(FourEyes):
        editing.publish(session, [draft], by=other, at=NOW)


@pytest.mark.parametrize(
    "bypass",
    [
        "decided_by_id = submitted_by_id, decided_person = 'somebody'",
        "decided_by_id = NULL, decided_person = 'somebody'",
        "decided_by_id = :other, decided_person = NULL",
        "decided_by_id = :other, decided_person = submitted_person",
        "submitted_by_id = NULL, decided_by_id = :other, decided_person = 'somebody'",
        "submitted_person = NULL, decided_by_id = :other, decided_person = 'somebody'",
        "needs_two_people = false, decided_by_id = submitted_by_id, decided_person = submitted_person",
    ],
)
def test_the_database_itself_refuses_to_publish_without_two_people(session, bypass):
    draft_id, other = a_draft(session, product()).id, a_reviewer(session).id
    statement = f"UPDATE revision SET state = 'published', revision_number = 1, {bypass} WHERE id = :id"  # noqa: S608
    facts = {"id": draft_id, **({"other": other} if ":other" in bypass else {})}
    with pytest.raises(IntegrityError, match=r"four_eyes|one_person_acts"):
        session.execute(text(statement), facts)


def test_a_grant_smuggled_into_a_one_person_draft_still_needs_two(session):
    authorisation = an_authorisation(session)
    stop = a_payload(
        "authorisation_event",
        authorisation=authorisation.code,
        event="deregistered",
        effective_on=date(2026, 1, 1),
        ground="voluntary",
    )
    grant = a_payload(
        "authorisation_event",
        authorisation=authorisation.code,
        event="changed",
        effective_on=date(2026, 1, 1),
    )
    editor = an_editor(session)
    draft = a_draft(session, stop, by=editor)
    draft.payload = editing.stored(grant)
    with pytest.raises((FourEyes, NotPermitted)):
        editing.publish(session, [draft], by=editor, at=NOW)


def test_roles_are_read_afresh_a_disabled_reviewer_publishes_nothing(session):
    reviewer = a_reviewer(session)
    draft = a_draft(session, product())
    session.execute(update(StaffUser).where(StaffUser.id == reviewer.id).values(is_active=False))
    with pytest.raises(NotPermitted):
        editing.publish(session, [draft], by=reviewer, at=NOW)


def test_roles_are_read_afresh_a_role_taken_away_counts_at_once(session):
    reviewer = a_reviewer(session)
    draft = a_draft(session, product())
    session.execute(delete(StaffRole).where(StaffRole.user_id == reviewer.id))
    with pytest.raises(NotPermitted):
        editing.publish(session, [draft], by=reviewer, at=NOW)


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.EDITOR, Role.IMPORTER}])
def test_only_editors_and_importers_write_drafts(session, role):
    with pytest.raises(NotPermitted):
        editing.save_draft(session, product(), by=an_account(session, "somebody", role), at=NOW)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.REVIEWER])
def test_only_reviewers_publish(session, role):
    with pytest.raises(NotPermitted):
        editing.publish(
            session, [a_draft(session, product())], by=an_account(session, "somebody", role), at=NOW
        )
