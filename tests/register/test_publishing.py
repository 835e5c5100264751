"""Publishing: whole or not at all, one number, one chain, and the index told."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from drafts import count, product, revision_number
from factories import (
    NOW,
    a_draft,
    a_payload,
    a_product,
    a_protection,
    a_reviewer,
    a_uscc,
    an_account,
    an_announcement,
    an_authorisation,
    an_authorisation_event,
    an_editor,
    an_organisation,
    published,
)
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

from service.errors import DuplicateRecord, FieldNotAllowed, ReferenceNotFound, RegisterError
from service.register import accounts, auditing, editing
from service.register.models import AuditEvent, GiProduct, Organisation, Outbox, RegistryRevision, Revision
from service.vocabulary import DraftState, Role


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


def test_a_slug_is_no_other_products_code_and_never_empty(session):
    a_product(session, code="QJ-GI-7")
    a_product(session, code="under-old-code")
    for slug in ("qj-gi-7", "under-old-code"):
        with pytest.raises(DuplicateRecord) as refused:
            a_product(session, code="QJ-GI-8", slug=slug)
        assert refused.value.field == "slug"
    with pytest.raises(FieldNotAllowed) as refused:
        a_product(session, code="QJ-GI-8", slug=None, name="※")
    assert refused.value.field == "slug"
    assert a_product(session, code="qj-9", slug="qj-9").slug == "qj-9"


def test_an_announcement_of_a_day_to_come_was_not_announced_yet(session):
    for day in (date(2026, 11, 24), date(2199, 1, 1)):
        with pytest.raises(FieldNotAllowed) as refused:
            an_announcement(session, published_on=day)
        assert (refused.value.field, refused.value.problem) == ("published_on", "day_to_come")
    assert an_announcement(session, published_on=date(2026, 11, 23)).published_on == date(2026, 11, 23)


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
