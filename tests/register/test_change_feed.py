"""The order of published changes: nobody misses one, meets one twice, or reads of what is withheld more than that."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date

import factories
import pytest
from factories import a_draft, a_payload, a_reviewer, an_editor, counted_statements, published
from following import follow, keys
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from service.errors import BadCursor, CannotConfirm, RecordNotFound
from service.register import editing, migrating
from service.register.lookups.change_documents import stretch_document
from service.register.lookups.change_feed import (
    START,
    Cursor,
    Followed,
    find_followed,
    list_changes,
    newest_changes,
)
from service.register.models import PublishedChange
from service.vocabulary import ChangeAct, ChangeKind


def test_each_kind_of_change_is_told_with_its_event_its_day_and_whom_it_concerns(session):
    authorisation = factories.an_authorisation(session)
    factories.an_authorisation_event(session, authorisation, effective_on=date(2024, 5, 1))
    area = factories.an_area(session)
    mark = factories.a_trademark(session)
    changes, _ = follow(session)
    told = {(each.kind, each.details.event, each.details.day) for each in changes}
    assert {kind for kind, _, _ in told} == set(ChangeKind)
    assert (ChangeKind.AUTHORISATION, "granted", date(2020, 1, 1)) in told
    assert (ChangeKind.AUTHORISATION, "deregistered", date(2024, 5, 1)) in told
    ended = next(each for each in changes if each.details.event == "deregistered")
    assert ended.details.path == f"/authorisations/{authorisation.code}"
    assert ended.details.organisation.key == authorisation.organisation
    assert ended.details.product is not None
    assert ended.details.source.citation == "测试用来源"
    drawn = next(each for each in changes if each.kind is ChangeKind.AREA)
    assert drawn.details.path.endswith("/areas/1")
    assert area.tier == "text_only"
    assert next(each for each in changes if each.kind is ChangeKind.TRADEMARK).details.name == mark.name
    assert [each.cursor for each in changes] == sorted(each.cursor for each in changes)


def test_what_surrounds_a_grant_may_change_and_is_not_told_as_a_grant(session):
    grant = factories.an_authorisation(session)
    _, since = follow(session)
    published(session, "authorisation", **{**grant.model_dump(), "announced_row": 7})
    ((change,), _) = follow(session, since)
    assert (change.act, change.details.event, change.details.day) == (ChangeAct.CHANGED, None, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-1",
        "01",
        "1.",
        "1.0",
        ".1",
        "1.2.3",
        "a",
        "1e3",
        "１",
        "99999999999",
        "2147483648",
        "1.2147483648",
        "1\n",
    ],
)
def test_a_cursor_that_nobody_gave_is_refused(text):
    with pytest.raises(BadCursor):
        Cursor.parse(text)


@pytest.mark.parametrize("text", ["0", "24", "24.1045"])
def test_a_cursor_reads_as_it_is_written(text):
    assert str(Cursor.parse(text)) == text


def test_a_cursor_ahead_of_the_register_is_refused_and_not_left_to_miss_changes(session):
    factories.an_organisation(session)
    _, since = follow(session)
    with pytest.raises(BadCursor):
        list_changes(session, Cursor(since.revision + 1), Followed(), 10)
    assert list_changes(session, since, Followed(), 10).changes == ()


def test_the_version_of_any_answer_is_a_cursor(session):
    factories.an_organisation(session)
    _, end = follow(session)
    made = factories.an_organisation(session)
    changes, _ = follow(session, Cursor.parse(str(end.revision)))
    assert [each.details.name for each in changes] == [made.name]


def test_filters_let_through_what_they_name_and_nothing_else(session):
    protection, other = factories.a_protection(session), factories.a_protection(session)
    firm = factories.an_organisation(session)
    mine = factories.an_authorisation(session, protection, firm)
    factories.an_authorisation(session, other, firm)
    factories.an_authorisation(session, protection)
    mark = factories.a_trademark(session, registrant=firm.uscc)
    every, _ = follow(session)
    of_firm, _ = follow(session, followed=find_followed(session, (), None, firm.uscc))
    assert [each for each in keys(every) if each in keys(of_firm)] == keys(of_firm)
    assert {each.kind for each in of_firm} == {
        ChangeKind.ORGANISATION, ChangeKind.AUTHORISATION, ChangeKind.TRADEMARK,
    }  # fmt: skip
    assert mark.name in {each.details.name for each in of_firm}
    both = find_followed(session, [ChangeKind.AUTHORISATION], protection.product, firm.uscc)
    assert [each.details.name for each in follow(session, followed=both)[0]] == [mine.code]
    kinds = find_followed(session, [ChangeKind.AREA, ChangeKind.TRADEMARK], None, None)
    assert [each.details.name for each in follow(session, followed=kinds)[0]] == [mark.name]


@pytest.mark.parametrize(
    ("product", "organisation"), [("nothing", None), (None, "x"), (None, factories.a_uscc())]
)
def test_following_what_is_not_on_record_is_refused(session, product, organisation):
    with pytest.raises(RecordNotFound):
        find_followed(session, (), product, organisation)


def _withdraw(session, kind, payload, how):
    published(session, kind, **{**payload.model_dump(), "withdrawal": how, "withdrawal_reason": "测试"})


def test_of_what_was_taken_down_the_identifier_is_told_and_of_what_is_withheld_that_it_was(session):
    kept = factories.a_trademark(session, name="留下的商标")
    withheld = factories.a_trademark(session, name="不公开的商标")
    gone = factories.a_trademark(session, name="撤下的商标")
    _withdraw(session, "trademark", withheld, "withheld")
    _withdraw(session, "trademark", gone, "gone")
    changes, _ = follow(session)
    assert [(each.act, each.details and each.details.name) for each in changes] == [
        (ChangeAct.CREATED, kept.name),
        (ChangeAct.CREATED, None),  # the one taken down
        (ChangeAct.WITHDRAWN, None),  # the one withheld
        (ChangeAct.WITHDRAWN, None),
    ]
    assert changes[1].record_ulid == changes[3].record_ulid != changes[2].record_ulid
    text = str([stretch_document(list_changes(session, START, Followed(), 100))])
    for payload in (withheld, gone):
        assert payload.name not in text
        assert payload.registration_no not in text
    assert {each.record_ulid for each in changes} == set(session.scalars(select(PublishedChange.record_ulid)))


@pytest.mark.parametrize("parent", ["organisation", "gi_product", "protection"])
def test_a_withheld_parent_takes_all_below_it_along(session, parent):
    product = factories.a_product(session)
    protection = factories.a_protection(session, product)
    firm = factories.an_organisation(session)
    authorisation = factories.an_authorisation(session, protection, firm)
    factories.an_authorisation_event(session, authorisation, effective_on=date(2024, 5, 1))
    payload = {"organisation": firm, "gi_product": product, "protection": protection}[parent]
    before = {each.details.name for each in follow(session)[0]}
    assert authorisation.code in before
    _withdraw(session, parent, payload, "withheld")
    after = follow(session)[0]
    assert all(each.details.name != authorisation.code for each in after if each.details)
    assert all(each.kind is not ChangeKind.AUTHORISATION for each in after)
    assert (after[-1].act, after[-1].details) == (ChangeAct.WITHDRAWN, None)  # the parent's own end is told
    if parent == "gi_product":
        with pytest.raises(RecordNotFound):
            find_followed(session, (), product.code, None)
    if parent == "organisation":
        with pytest.raises(RecordNotFound):
            find_followed(session, (), None, firm.uscc)


def test_a_mark_is_told_without_a_registrant_who_is_withheld(session):
    firm = factories.an_organisation(session, name="不公开的单位")
    factories.a_trademark(session, registrant=firm.uscc)
    assert follow(session)[0][-1].details.organisation.name == firm.name
    _withdraw(session, "organisation", firm, "withheld")
    (mark,) = [each for each in follow(session)[0] if each.kind is ChangeKind.TRADEMARK]
    assert mark.details.organisation is None


def test_the_newest_come_first_for_feed_readers_and_lead_back_to_the_first(session):
    for _ in range(7):
        factories.a_trademark(session)
    every, _ = follow(session)
    before, found = None, []
    while True:
        stretch = newest_changes(session, before, Followed(), 3)
        found += stretch.changes
        before = stretch.next
        if not stretch.has_more:
            break
    assert keys(found) == keys(every)[::-1]


def test_a_change_that_was_told_cannot_be_changed_or_deleted(session):
    factories.an_organisation(session)
    for statement in ("UPDATE published_change SET act = 'withdrawn'", "DELETE FROM published_change"):
        with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(text(statement))


def test_the_first_data_are_told_whole(seed):
    with seed.reading() as session:
        changes, _ = follow(session, limit=50)
        drafts = session.scalar(select(func.count()).select_from(PublishedChange))
    assert {each.kind for each in changes} == set(ChangeKind)
    assert len(changes) == drafts
    withheld = [each.act for each in changes if each.details is None]
    assert set(withheld) == {ChangeAct.WITHDRAWN}
    told = [each for each in changes if each.details is not None]
    assert all(each.details.source for each in told)
    assert all(each.details.path for each in told if each.kind is not ChangeKind.ORGANISATION)


def test_a_step_costs_the_same_number_of_statements_however_long_it_is(seed):
    def statements(limit):
        with counted_statements(seed) as sent, seed.reading() as session:
            list_changes(session, START, Followed(), limit)
        return len(sent)

    assert statements(500) <= 20
    assert statements(500) - statements(100) <= 8  # one for each kind of record that was not among the first


def test_a_register_filled_before_tells_the_same_after_the_migration(seeded):
    """What the migration writes down of older publications is what publishing writes."""
    with seeded.reading() as session:
        before = session.execute(select(*PublishedChange.__table__.columns).order_by("revision_id")).all()
    migrating.downgrade(seeded, "0005")
    migrating.migrate(seeded)
    with seeded.reading() as session:
        after = session.execute(select(*PublishedChange.__table__.columns).order_by("revision_id")).all()
    assert after == before
    assert len(before) > 200


@pytest.mark.parametrize(
    "followed",
    [
        Followed(),
        Followed((ChangeKind.AREA,)),
        Followed((), 1),
        Followed((), None, 1),
        Followed((ChangeKind.AREA, ChangeKind.TRADEMARK), 1),
    ],
)
def test_every_way_to_follow_is_served_by_an_index(registers, opened, followed):
    """Asked of SQLite's planner: no step sorts, and none reads the whole table."""
    database = opened(registers.make("spatialite", "seeded"))
    with counted_statements(database) as sent, database.reading() as session:
        list_changes(session, Cursor(1), followed, 20)
    (asked,) = [each for each in sent if "FROM published_change" in each]
    with database.reading() as session:
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", (1,) * asked.count("?"))
        told = " | ".join(row[3] for row in plan)
    assert "USING INDEX ix_published_change" in told
    assert "TEMP B-TREE" not in told


@pytest.mark.parametrize(("writers", "publications"), [(4, 6), pytest.param(6, 12, marks=pytest.mark.long)])
def test_writers_at_once_leave_no_gap_and_no_repeat_for_any_reader(register, writers, publications):
    """Revision numbers are given out under a lock held until the commit: nobody overtakes."""
    with register.writing() as session:
        an_editor(session), a_reviewer(session)
    with ThreadPoolExecutor(writers + 3) as pool:
        writing = [pool.submit(_write, register, number, publications) for number in range(writers)]
        reading = [pool.submit(_read_until, register, writing) for _ in range(3)]
        for each in writing:
            each.result()
        seen = [each.result() for each in reading]
    with register.reading() as session:
        every = keys(follow(session, limit=500)[0])
    assert len(every) >= writers * publications
    assert seen == [every] * 3


def _write(register, number, publications):
    for each in range(publications):
        while not _published(register, number, each):
            pass


def _published(register, number, each):
    """Whether it had its turn: who waited too long for the others is told so, wrote nothing, and comes back."""
    with suppress(CannotConfirm), register.writing() as session:
        drafts = [
            a_draft(session, a_payload("organisation", uscc=_code(number, each, part), name="并发"))
            for part in range(1 + (number + each) % 3)
        ]
        editing.publish(session, drafts, by=a_reviewer(session), at=factories.NOW)
        return True
    return False


def _read_until(register, writing):
    """What a reader saw who went on until after the last writer had finished."""
    seen, since = [], START
    while True:
        was_done = all(each.done() for each in writing)
        with register.reading() as session:
            found, since = follow(session, since, limit=1 + len(seen) % 5)
        seen += keys(found)
        if was_done:
            return seen


def _code(number, each, part):
    return factories.a_uscc(number=800_000 + number * 1000 + each * 10 + part)
