"""What a record said when, by whom and why; the record as the public saw it; the trail as auditors search it."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

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
    an_authorisation,
    an_authorisation_event,
    an_editor,
    an_organisation,
    published,
)
from sqlalchemy import select, text

from service.errors import BadCursor, RecordNotFound
from service.register import editing, history, lookups, reviewing
from service.register.models import (
    Authorisation,
    GiProduct,
    Organisation,
    Protection,
    RegistryState,
)
from service.vocabulary import (
    AuthorisationState,
    ChangeWeight,
    HomeRelation,
    PageEffect,
    RecordKind,
    Role,
    Withdrawal,
)

MARCH, JUNE, SEPTEMBER = (datetime(2026, month, 1, 4, tzinfo=UTC) for month in (3, 6, 9))
PRODUCT = {"code": "QJ-GI-1", "slug": "jia", "home_relation": "in_district"}


def ulid_of(session, model):
    return session.scalars(select(model.ulid)).one()


def three_versions(session):
    published(session, "gi_product", at=MARCH, **PRODUCT, name="甲", source="公告甲")
    published(session, "gi_product", at=JUNE, **PRODUCT, name="乙", source="公告乙")
    published(session, "gi_product", at=SEPTEMBER, **PRODUCT, name="乙", description="说明", source="来函丙")
    return ulid_of(session, GiProduct)


# ---- versions


def test_every_version_tells_what_changed_by_whom_when_and_why(session):
    ulid = three_versions(session)
    third, second, first = history.versions_of(session, RecordKind.GI_PRODUCT, ulid)
    assert [each.number for each in (first, second, third)] == [1, 2, 3]
    assert [each.change for each in (first, second, third)] == [
        ChangeWeight.NEW,
        ChangeWeight.MAJOR,
        ChangeWeight.MINOR,
    ]
    assert [each.published_at for each in (first, second, third)] == [MARCH, JUNE, SEPTEMBER]
    assert (second.edited_by, second.submitted_by, second.approved_by) == ("lu-ru", "lu-ru", "shen-he")
    assert second.note == "测试用变更说明"
    assert first.revision_number < second.revision_number < third.revision_number


def test_a_difference_has_its_headings_its_values_and_the_source_of_each(session):
    ulid = three_versions(session)
    _, second, first = history.versions_of(session, RecordKind.GI_PRODUCT, ulid)
    name, *rest = second.changes
    assert (name.name, name.zh, name.en) == ("name", "产品名称", "name")
    assert (name.before, name.after, name.is_major) == ("甲", "乙", True)
    assert (name.source_before.citation, name.source_after.citation) == ("公告甲", "公告乙")
    assert [each.name for each in rest] == ["source"]
    (relation,) = (each for each in first.changes if each.name == "home_relation")
    assert relation.after is HomeRelation.IN_DISTRICT
    assert relation.source_before is None


def test_a_reviewer_sees_which_source_each_value_stands_on(session):
    """The name stands on the second version's source, though a third has been published since."""
    three_versions(session)
    changed = {**PRODUCT, "name": "丙", "source": "公告丁", "withdrawal": None}
    draft = a_draft(session, a_payload("gi_product", **changed))
    found = {each.name: each for each in reviewing.review_of(session, draft).changes}
    assert found["name"].source_before.citation == "公告乙"
    assert found["description"].source_before.citation == "来函丙"
    assert found["description"].after is None
    assert found["name"].source_after.citation == "公告丁"


def test_a_draft_that_came_too_late_is_told_as_such(session):
    published(session, "gi_product", **PRODUCT, name="甲")
    late = a_draft(session, a_payload("gi_product", **PRODUCT, name="乙"))
    assert not reviewing.review_of(session, late).is_stale
    published(session, "gi_product", **PRODUCT, name="丙")
    review = reviewing.review_of(session, late)
    assert review.is_stale
    assert (review.changes[0].before, review.changes[0].after) == ("丙", "乙")


def test_a_correction_is_a_version_of_its_kind(session):
    published(session, "gi_product", **PRODUCT, name="申")
    payload, editor = a_payload("gi_product", **PRODUCT, name="甲"), an_editor(session)
    base = editing.published_bases(session, payload.kind, [payload.key()])[payload.key()]
    draft = editing.save_draft(
        session, payload, by=editor, at=NOW, base=base, change_note="误录", is_correction=True
    )
    editing.submit(session, [draft], by=editor, at=NOW)
    editing.publish(session, [draft], by=a_reviewer(session), at=NOW)
    newest = history.versions_of(session, RecordKind.GI_PRODUCT, base.record_ulid)[0]
    assert (newest.change, newest.note) == (ChangeWeight.CORRECTION, "误录")


def test_what_was_never_published_has_no_history(session):
    draft = a_draft(session, a_payload("gi_product", **PRODUCT, name="甲"))
    with pytest.raises(RecordNotFound):
        history.versions_of(session, RecordKind.GI_PRODUCT, draft.record_ulid)


# ---- as the public saw it


def test_a_record_is_shown_as_the_public_saw_it(session):
    ulid = three_versions(session)

    def seen(on):
        return history.seen_on(session, RecordKind.GI_PRODUCT, ulid, on)

    assert seen(date(2026, 3, 1)).payload["name"] == "甲"  # at the end of the day it was published on
    assert seen(date(2026, 5, 31)).version == 1
    assert seen(date(2026, 6, 1)).payload["name"] == "乙"
    assert (seen(date(2026, 9, 1)).version, seen(date(2026, 9, 1)).published_at) == (3, SEPTEMBER)
    with pytest.raises(RecordNotFound):
        seen(date(2026, 2, 28))


def test_a_day_ends_at_midnight_in_china(session):
    late = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)  # the first minute of 2 March in China
    published(session, "gi_product", at=late, **PRODUCT, name="甲")
    ulid = ulid_of(session, GiProduct)
    with pytest.raises(RecordNotFound):
        history.seen_on(session, RecordKind.GI_PRODUCT, ulid, date(2026, 3, 1))
    assert history.seen_on(session, RecordKind.GI_PRODUCT, ulid, date(2026, 3, 2)).version == 1


def test_a_withdrawn_record_was_seen_until_then(session):
    published(session, "gi_product", at=MARCH, **PRODUCT, name="甲")
    gone = {"withdrawal": "gone", "withdrawal_reason": "误录"}
    published(session, "gi_product", at=JUNE, **PRODUCT, name="甲", **gone)
    ulid = ulid_of(session, GiProduct)
    assert history.seen_on(session, RecordKind.GI_PRODUCT, ulid, date(2026, 5, 31)).withdrawal is None
    now = history.seen_on(session, RecordKind.GI_PRODUCT, ulid, date(2026, 6, 1))
    assert now.withdrawal is Withdrawal.GONE


def test_a_back_dated_end_was_not_seen_before_it_was_recorded(session):
    """What took effect in April but was recorded in June: in May the public saw the authorisation in force."""
    authorisation = an_authorisation(session, at=MARCH)
    an_authorisation_event(session, authorisation, effective_on=date(2026, 4, 1), at=JUNE)
    ulid = ulid_of(session, Authorisation)

    def seen(on):
        return history.seen_on(session, RecordKind.AUTHORISATION, ulid, on)

    may, june = seen(date(2026, 5, 1)), seen(date(2026, 6, 1))
    assert (may.standing.state, len(may.events)) == (AuthorisationState.ACTIVE, 1)
    assert (june.standing.state, june.standing.since) == (AuthorisationState.ENDED, date(2026, 4, 1))
    assert june.events[-1].recorded_at == JUNE


def test_a_voided_entry_was_seen_until_it_was_voided(session):
    authorisation = an_authorisation(session, at=MARCH)
    an_authorisation_event(session, authorisation, effective_on=date(2026, 6, 1), at=JUNE)
    an_authorisation_event(
        session, authorisation, "entry_voided", effective_on=date(2026, 9, 1), voided_sequence=2, at=SEPTEMBER
    )
    ulid = ulid_of(session, Authorisation)
    states = [
        history.seen_on(session, RecordKind.AUTHORISATION, ulid, on).standing.state
        for on in (date(2026, 5, 1), date(2026, 7, 1), date(2026, 9, 2))
    ]
    assert states == [AuthorisationState.ACTIVE, AuthorisationState.ENDED, AuthorisationState.ACTIVE]


def test_an_authorisation_is_seen_beside_its_right_and_its_holder_of_that_day(session):
    protection, firm = a_protection(session, at=MARCH), an_organisation(session, at=MARCH)
    an_authorisation(session, protection, firm, at=MARCH)
    struck = {"status": "revoked", "status_checked_on": date(2026, 5, 20)}
    published(session, "organisation", at=JUNE, **{**firm.model_dump(exclude_defaults=True), **struck})
    ulid = ulid_of(session, Authorisation)
    states = [
        history.seen_on(session, RecordKind.AUTHORISATION, ulid, on).standing.state
        for on in (date(2026, 5, 25), date(2026, 6, 1))
    ]
    assert states == [AuthorisationState.ACTIVE, AuthorisationState.ENDED]
    a_protection_event(session, protection, event="revoked", happened_on=date(2026, 9, 1), at=SEPTEMBER)
    right = ulid_of(session, Protection)
    assert history.seen_on(session, RecordKind.PROTECTION, right, date(2026, 8, 1)).standing.is_in_force
    assert history.seen_on(session, RecordKind.PROTECTION, right, date(2026, 9, 1)).standing.has_ended


# ---- consequences


def test_publishing_tells_beforehand_what_it_does(register):
    with register.writing() as session:
        product = a_product(session)
        protection = a_protection(session, product)
        authorisation = an_authorisation(session, protection)
        end = a_payload(
            "authorisation_event",
            authorisation=authorisation.code,
            event="deregistered",
            effective_on=date(2026, 11, 1),
            ground="voluntary",
        )
        draft_ulid = a_draft(session, end).ulid
        before = session.get_one(RegistryState, 1)
        number, audit_hash = before.revision_number, before.audit_hash
    with register.writing() as session:
        found = reviewing.foresee(session, [editing.find_draft(session, draft_ulid)], at=NOW)
    assert found.refusal is None
    assert found.counts == ((RecordKind.AUTHORISATION_EVENT, ChangeWeight.NEW, 1),)
    assert [(each.code, each.before, each.after) for each in found.states] == [
        (authorisation.code, AuthorisationState.ACTIVE, AuthorisationState.ENDED)
    ]
    assert (PageEffect.CHANGES, f"/gi/{product.slug}") in {(each.effect, each.path) for each in found.pages}
    with register.reading() as session:
        state = session.get_one(RegistryState, 1)
        assert (state.revision_number, state.audit_hash) == (number, audit_hash)
        code = session.scalars(select(Organisation.uscc)).one()
        (own,) = lookups.find_organisation(session, code, date(2026, 11, 23)).authorisations
        assert own.standing.state is AuthorisationState.ACTIVE
    # And what was foreseen is what comes.
    with register.writing() as session:
        editing.publish(session, [editing.find_draft(session, draft_ulid)], by=a_reviewer(session), at=NOW)
    with register.reading() as session:
        (own,) = lookups.find_organisation(session, code, date(2026, 11, 23)).authorisations
        assert own.standing.state is AuthorisationState.ENDED


def test_three_records_that_become_public_are_three_pages(session):
    drafts = [
        a_draft(
            session,
            a_payload("gi_product", code=f"QJ-GI-{n}", slug=f"p{n}", name=f"品{n}", home_relation="partly"),
        )
        for n in range(3)
    ]
    found = reviewing.foresee(session, drafts, at=NOW)
    assert found.counts == ((RecordKind.GI_PRODUCT, ChangeWeight.NEW, 3),)
    assert {(each.effect, each.path) for each in found.pages} == {
        (PageEffect.APPEARS, f"/gi/p{n}") for n in range(3)
    }
    assert session.scalars(select(GiProduct.id)).all() == []
    # The drafts are as they were and can still be published.
    assert editing.publish(session, drafts, by=a_reviewer(session), at=NOW) == 1


def test_a_withdrawal_takes_its_page_away(session):
    published(session, "gi_product", **PRODUCT, name="甲")
    gone = {"withdrawal": "gone", "withdrawal_reason": "误录"}
    found = reviewing.foresee(
        session, [a_draft(session, a_payload("gi_product", **PRODUCT, name="甲", **gone))], at=NOW
    )
    assert found.counts == ((RecordKind.GI_PRODUCT, ChangeWeight.WITHDRAWN, 1),)
    assert [(each.effect, each.path, each.name) for each in found.pages] == [
        (PageEffect.DISAPPEARS, "/gi/jia", "甲")
    ]


def test_what_would_refuse_the_publication_is_told_too(session):
    draft = a_draft(
        session, a_payload("protection", code="QJ-PR-1", product="没有的产品", track="gi_product")
    )
    found = reviewing.foresee(session, [draft], at=NOW)
    assert found.refusal.code == "reference_not_found"
    assert found.pages == ()
    assert draft.record_key == "QJ-PR-1"


# ---- the trail


def rows(session, **query):
    return history.search_trail(session, history.TrailQuery(**query), limit=200).rows


def test_the_trail_of_a_record_has_its_drafts_and_its_publications(session):
    ulid = three_versions(session)
    a_product(session)
    found = rows(session, record=(RecordKind.GI_PRODUCT, ulid))
    assert [row.act for row in found[::-1]] == ["drafted", "submitted", "created"] + 2 * [
        "drafted",
        "submitted",
        "changed",
    ]
    assert {row.record for row in found} == {(RecordKind.GI_PRODUCT, ulid)}


def test_the_trail_is_searched_by_person_act_and_period(session):
    three_versions(session)
    assert {row.actor for row in rows(session, actor="shen-he")} == {"shen-he"}
    assert len(rows(session, act="submitted")) == 3
    assert [row.act for row in rows(session, actor="shen-he", since=JUNE, until=SEPTEMBER)] == ["changed"]
    assert rows(session, actor="nobody") == ()
    user = an_account(session, "lu-ru", Role.EDITOR)
    assert [row.act for row in rows(session, subject=("staff_user", user.ulid))] == ["created"]


def test_pages_of_the_trail_join_without_a_gap_though_rows_are_added(session):
    three_versions(session)
    expected = [row.sequence for row in rows(session)]
    got, before = [], None
    while True:
        page = history.search_trail(session, history.TrailQuery(), before=before, limit=4)
        got += [row.sequence for row in page.rows]
        if page.next is None:
            break
        before = page.next
        a_product(session)  # newer rows come on top of the first page, never between
    assert got == expected


@pytest.mark.parametrize("before", [-1, 0, 10**6, 10**12, 10**30])
def test_a_page_after_a_row_that_there_is_not_is_refused(session, before):
    with pytest.raises(BadCursor):
        history.search_trail(session, history.TrailQuery(), before=before)


MILLION = """
INSERT INTO audit_event (sequence, at, actor_id, act, record_kind, record_ulid, changes, previous_hash, hash)
WITH RECURSIVE counted(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n < 999999)
SELECT 1000 + n, {at}, CASE WHEN n % 1000 = 7 THEN :rare ELSE :busy END,
  CASE WHEN n = 500 THEN 'withdrawn' ELSE 'created' END, 'gi_product', 'record' || (n % 5000), '{{}}', '-', n
FROM counted
"""
MOMENTS = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', '2026-03-01 04:00:00', '+' || n || ' seconds')",
    "postgresql": "TIMESTAMPTZ '2026-03-01 04:00:00Z' + n * INTERVAL '1 second'",
}


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_trail_of_a_million_rows_is_searched_at_once(register):
    """Each kind of search answers from an index: no page of the trail takes a tenth of a second."""
    with register.writing() as session:
        rare, busy = (an_account(session, login, Role.EDITOR).id for login in ("rare", "busy"))
        drafted = a_draft(session, a_payload("gi_product", **PRODUCT, name="甲")).record_ulid
        made = MILLION.format(at=MOMENTS[register.url.get_backend_name()])
        session.execute(text(made), {"rare": rare, "busy": busy})
    with register.write_engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    queries = [
        {},
        {"actor": "rare"},
        {"act": "withdrawn"},
        {"since": MARCH + timedelta(days=1), "until": MARCH + timedelta(days=2)},
        {"actor": "rare", "until": MARCH + timedelta(hours=1)},
        {"record": (RecordKind.GI_PRODUCT, "record77")},
        {"record": (RecordKind.GI_PRODUCT, drafted)},
        {"subject": ("gi_product", "record77")},
    ]
    for query in queries:
        with register.reading() as session:
            began = time.perf_counter()
            found = history.search_trail(session, history.TrailQuery(**query))
            took = time.perf_counter() - began
        assert found.rows, query
        assert took < 0.1, query
