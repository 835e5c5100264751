"""Drafts on their way to the public: two people, whole publications, a trail that matches."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import pytest
from factories import (
    NOW,
    a_draft,
    a_payload,
    a_product,
    a_protection,
    a_reviewer,
    a_uscc,
    an_account,
    an_authorisation,
    an_authorisation_event,
    an_editor,
    an_organisation,
    published,
)
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from service.errors import (
    CorrectionOrderMissing,
    DuplicateRecord,
    FieldNotAllowed,
    FourEyes,
    NotPermitted,
    ReferenceNotFound,
    RegisterError,
    StaleVersion,
    TransitionNotAllowed,
)
from service.register import accounts, auditing, editing
from service.register.models import (
    AuditEvent,
    AuthorisationEvent,
    FormerSlug,
    GiProduct,
    Organisation,
    Outbox,
    RegistryRevision,
    RegistryState,
    Revision,
    StaffRole,
    StaffUser,
)
from service.vocabulary import DraftState, Role


def product(**facts):
    return a_payload(
        "gi_product",
        **{"code": "QJ-GI-1", "name": "甲", "slug": "jia", "home_relation": "in_district", **facts},
    )


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def revision_number(session):
    return session.scalar(select(RegistryState.revision_number))


# ---- two people


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


# ---- the way of a draft


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


# ---- what one person may do, and what the law asks before


@pytest.mark.parametrize(
    ("event", "facts"),
    [("put_under_correction", {"deadline_on": date(2027, 1, 1)}), ("deregistered", {"ground": "voluntary"})],
)
def test_one_person_is_enough_to_stop_a_wrong(session, event, facts):
    authorisation = an_authorisation(session)
    payload = a_payload(
        "authorisation_event",
        authorisation=authorisation.code,
        event=event,
        effective_on=date(2026, 1, 1),
        **facts,
    )
    editor = an_editor(session)
    editing.publish(session, [a_draft(session, payload, by=editor)], by=editor, at=NOW)
    assert event in set(session.scalars(select(AuthorisationEvent.kind)))


@pytest.mark.parametrize(
    ("event", "facts"),
    [("changed", {}), ("correction_closed", {}), ("entry_voided", {"voided_sequence": 1})],
)
def test_every_other_event_needs_two_people(session, event, facts):
    authorisation = an_authorisation(session)
    payload = a_payload(
        "authorisation_event",
        authorisation=authorisation.code,
        event=event,
        effective_on=date(2026, 1, 1),
        **facts,
    )
    both = an_account(session, "both", Role.EDITOR, Role.REVIEWER)
    with pytest.raises(FourEyes):
        editing.publish(session, [a_draft(session, payload, by=both)], by=both, at=NOW)


@pytest.mark.parametrize(
    "ground", ["off_standard_not_corrected_in_time", "unused_two_years_not_corrected_in_time"]
)
def test_grounds_five_and_six_need_an_order_whose_deadline_has_passed(session, ground):
    """Order 80 art. 31 (5), (6)."""
    authorisation = an_authorisation(session)
    with pytest.raises(CorrectionOrderMissing):
        an_authorisation_event(session, authorisation, effective_on=date(2026, 6, 1), ground=ground)
    an_authorisation_event(
        session,
        authorisation,
        "put_under_correction",
        effective_on=date(2026, 1, 1),
        deadline_on=date(2026, 6, 1),
    )
    with pytest.raises(CorrectionOrderMissing):
        an_authorisation_event(session, authorisation, effective_on=date(2026, 6, 1), ground=ground)
    an_authorisation_event(session, authorisation, effective_on=date(2026, 6, 2), ground=ground)


def test_a_voided_order_does_not_count_as_an_order(session):
    authorisation = an_authorisation(session)
    an_authorisation_event(
        session,
        authorisation,
        "put_under_correction",
        effective_on=date(2026, 1, 1),
        deadline_on=date(2026, 6, 1),
    )
    an_authorisation_event(
        session, authorisation, "entry_voided", effective_on=date(2026, 1, 2), voided_sequence=2
    )
    with pytest.raises(CorrectionOrderMissing):
        an_authorisation_event(
            session, authorisation, effective_on=date(2026, 6, 2), ground="off_standard_not_corrected_in_time"
        )


def test_a_deregistration_needs_its_ground(session):
    with pytest.raises(FieldNotAllowed):
        an_authorisation_event(session, an_authorisation(session), effective_on=date(2026, 6, 2), ground=None)


@pytest.mark.parametrize(
    ("event", "facts"),
    [
        ("changed", {}),
        ("put_under_correction", {"deadline_on": date(2027, 1, 1)}),
        ("correction_closed", {}),
        ("deregistered", {}),
        ("granted", {}),
    ],
)
def test_what_has_ended_stays_ended(session, event, facts):
    authorisation = an_authorisation(session)
    an_authorisation_event(session, authorisation, effective_on=date(2026, 1, 1))
    with pytest.raises(TransitionNotAllowed):
        an_authorisation_event(session, authorisation, event, effective_on=date(2026, 2, 1), **facts)


def test_an_entry_that_voids_another_cannot_itself_be_voided(session):
    authorisation = an_authorisation(session)
    an_authorisation_event(session, authorisation, effective_on=date(2026, 1, 1))
    an_authorisation_event(
        session, authorisation, "entry_voided", effective_on=date(2026, 1, 2), voided_sequence=2
    )
    with pytest.raises(FieldNotAllowed):
        an_authorisation_event(
            session, authorisation, "entry_voided", effective_on=date(2026, 1, 3), voided_sequence=3
        )


def test_after_a_voided_deregistration_a_right_one_can_be_entered_on_the_same_day(session):
    authorisation = an_authorisation(session)
    an_authorisation_event(session, authorisation, effective_on=date(2026, 1, 1))
    an_authorisation_event(
        session, authorisation, "entry_voided", effective_on=date(2026, 1, 1), voided_sequence=2
    )
    again = a_payload(
        "authorisation_event",
        authorisation=authorisation.code,
        event="deregistered",
        ground="moved_out_of_area",
        effective_on=date(2026, 1, 1),
    )
    draft = editing.save_draft(session, again, by=an_editor(session), at=NOW)
    editing.submit(session, [draft], by=an_editor(session), at=NOW)
    editing.publish(session, [draft], by=a_reviewer(session), at=NOW)
    assert (
        session.scalars(select(AuthorisationEvent.kind).order_by(AuthorisationEvent.sequence)).all()[-1]
        == "deregistered"
    )


@pytest.mark.parametrize(
    ("track", "basis"),
    [
        ("gi_product", "certification_licensee"),
        ("gi_trademark", "approved_producer"),
        ("agri_gi", "approved_producer"),
    ],
)
def test_an_authorisation_rests_on_a_basis_that_its_track_knows(session, track, basis):
    with pytest.raises(FieldNotAllowed):
        an_authorisation(session, a_protection(session, track=track), basis=basis)


def test_a_revocation_needs_its_announcement(session):
    protection = a_protection(session)
    with pytest.raises(FieldNotAllowed):
        published(
            session,
            "protection_event",
            protection=protection.code,
            event="revoked",
            happened_on=date(2026, 1, 1),
        )


# ---- whole publications


def test_the_error_of_the_last_draft_leaves_nothing_of_the_others(register):
    with register.writing() as session:
        drafts = [a_draft(session, product(code=f"QJ-GI-{n}", slug=f"p{n}")) for n in range(3)]
        bad = a_draft(
            session, a_payload("protection", code="QJ-PR-1", product="没有的产品", track="gi_product")
        )
        a_reviewer(session)
        ulids = [draft.ulid for draft in (*drafts, bad)]
    with pytest.raises(ReferenceNotFound), register.writing() as session:  # noqa: PT012  (one transaction)
        found = session.scalars(select(Revision).where(Revision.ulid.in_(ulids)).order_by(Revision.id)).all()
        editing.publish(session, found, by=a_reviewer(session), at=NOW)
    with register.reading() as session:
        assert (count(session, GiProduct), count(session, Outbox), revision_number(session)) == (0, 0, 0)
        assert set(session.scalars(select(Revision.state))) == {DraftState.IN_REVIEW}
        assert list(auditing.broken_links(session)) == []


def test_a_refused_publication_says_which_draft_it_was(session):
    good, bad = a_draft(session, product()), a_draft(session, product(code="QJ-GI-2"))
    with pytest.raises(DuplicateRecord) as refused:
        editing.publish(session, [good, bad], by=a_reviewer(session), at=NOW)
    assert refused.value.draft_ulid == bad.ulid


def test_each_publication_raises_the_revision_number_by_one(session):
    numbers = [
        editing.publish(
            session,
            [a_draft(session, product(code=f"QJ-GI-{n}", slug=f"p{n}"))],
            by=a_reviewer(session),
            at=NOW,
        )
        for n in range(3)
    ]
    assert numbers == [1, 2, 3]
    assert session.scalars(select(RegistryRevision.number).order_by(RegistryRevision.number)).all() == numbers


def test_trail_outbox_and_revision_tell_of_exactly_what_was_published(session):
    drafts = [a_draft(session, product(code=f"QJ-GI-{n}", slug=f"p{n}")) for n in range(3)]
    drafts.append(a_draft(session, a_payload("organisation", uscc=a_uscc(), name="甲公司")))
    number = editing.publish(session, drafts, by=a_reviewer(session), at=NOW)
    ulids = {(draft.record_kind.value, draft.record_ulid) for draft in drafts}
    trail = session.execute(
        select(AuditEvent.record_kind, AuditEvent.record_ulid).where(AuditEvent.revision_number == number)
    ).all()
    waiting = session.execute(
        select(Outbox.record_kind, Outbox.record_ulid).where(Outbox.revision_number == number)
    ).all()
    assert {tuple(row) for row in trail} == {(kind.value, ulid) for kind, ulid in waiting} == ulids
    assert len(trail) == len(waiting) == 4
    assert session.get_one(RegistryRevision, number).records == 4


def test_the_trail_holds_the_old_and_the_new_value(session):
    a_product(session, code="QJ-GI-1", name="甲", slug="jia")
    published(session, "gi_product", code="QJ-GI-1", name="乙", slug="jia", home_relation="in_district")
    changes = session.scalars(select(AuditEvent.changes).where(AuditEvent.act == "changed")).one()
    assert changes == {"name": ["甲", "乙"]}


def test_an_authorisations_change_sends_its_product_and_its_firm_to_the_index(session):
    product_, firm = a_product(session), an_organisation(session)
    authorisation = an_authorisation(session, a_protection(session, product_), firm)
    session.execute(delete(Outbox))
    an_authorisation_event(session, authorisation, effective_on=date(2026, 1, 1))
    ulids = {session.scalars(select(GiProduct.ulid)).one(), session.scalars(select(Organisation.ulid)).one()}
    assert set(session.scalars(select(Outbox.record_ulid))) == ulids


def test_publications_at_the_same_time_get_numbers_of_their_own_and_one_chain(register):
    threads, each = 4, 5
    with register.writing() as session:
        an_editor(session)
        a_reviewer(session)
        drafts = [
            [a_draft(session, product(code=f"QJ-GI-{t}-{n}", slug=f"p{t}-{n}")).ulid for n in range(each)]
            for t in range(threads)
        ]
    numbers: list[int] = []
    problems: list[Exception] = []

    def publish(ulids):
        try:
            for ulid in ulids:
                with register.writing() as session:
                    draft = session.scalars(select(Revision).where(Revision.ulid == ulid)).one()
                    numbers.append(
                        editing.publish(session, [draft], by=accounts.find_staff(session, "shen-he"), at=NOW)
                    )
        except Exception as error:  # noqa: BLE001  (a thread's error is told by the test)
            problems.append(error)

    running = [threading.Thread(target=publish, args=(ulids,)) for ulids in drafts]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert problems == []
    assert sorted(numbers) == list(range(1, threads * each + 1))
    with register.reading() as session:
        assert list(auditing.broken_links(session)) == []


def test_one_draft_published_by_two_reviewers_at_once_becomes_public_once(register):
    with register.writing() as session:
        ulid = a_draft(session, product()).ulid
        for login in ("one", "two"):
            an_account(session, login, Role.REVIEWER)
    barrier, numbers, refused = threading.Barrier(2), [], []

    def publish(login):
        barrier.wait()
        try:
            with register.writing() as session:
                draft = session.scalars(select(Revision).where(Revision.ulid == ulid)).one()
                numbers.append(
                    editing.publish(session, [draft], by=accounts.find_staff(session, login), at=NOW)
                )
        except (RegisterError, DBAPIError) as error:
            refused.append(error)

    running = [threading.Thread(target=publish, args=(login,)) for login in ("one", "two")]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert (len(numbers), len(refused)) == (1, 1)
    with register.reading() as session:
        assert count(session, GiProduct) == 1
        assert list(auditing.broken_links(session)) == []
