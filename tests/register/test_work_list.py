"""The work list: what is on each list, for whom, counted as it is shown."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from factories import (
    NOW,
    TODAY,
    a_draft,
    a_payload,
    a_trademark,
    a_uscc,
    an_account,
    an_authorisation,
    an_authorisation_event,
    an_editor,
    an_organisation,
    counted_statements,
    published,
)
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from service.calendar import CHINA
from service.register import editing
from service.register.leads import Contact, Handling, Report, handle, receive
from service.register.lifecycle import add_months, earliest_start, latest_end, mark_status
from service.register.models import HolidayArrangement, Lead, Outbox, TrademarkRecord
from service.register.rights import held_by
from service.register.work_list import (
    IN_GRACE,
    WITHIN_MONTHS,
    Asker,
    Narrowed,
    count_lists,
    lists_for,
    read_list,
)
from service.vocabulary import LeadChannel, LeadEventKind, LeadKind, MarkStatus, RecordKind, Role, WorkList


def asker(session, user, today=TODAY):
    return Asker(user, held_by(session, user.id), today)


def names(session, which, user, narrowed=None, today=TODAY):
    who = asker(session, user, today)
    found = read_list(session, which, who, narrowed or Narrowed(), start=0, limit=100)
    assert found.total == len(found.items)
    if narrowed is None:
        assert count_lists(session, who)[which] == found.total
    return [item.name for item in found.items]


def a_firm(name):
    return a_payload("organisation", name=name, uscc=a_uscc())


def test_drafts_are_their_authors_until_they_are_handed_over(session):
    editor, other = an_editor(session), an_account(session, "other", Role.EDITOR)
    draft = editing.save_draft(session, a_firm("甲"), by=editor, at=NOW)
    session.flush()
    assert names(session, WorkList.MY_DRAFTS, editor) == ["甲"]
    assert names(session, WorkList.MY_DRAFTS, other) == []
    editing.submit(session, [draft], by=editor, at=NOW)
    assert names(session, WorkList.MY_DRAFTS, editor) == []


def test_what_waits_for_review_is_never_ones_own_not_even_from_another_account(session):
    a_draft(session, a_firm("甲"))
    reviewer = an_account(session, "shen-he", Role.REVIEWER)
    twin = an_account(session, "lu-ru-2", Role.REVIEWER, person="lu-ru")
    assert names(session, WorkList.TO_REVIEW, reviewer) == ["甲"]
    assert names(session, WorkList.TO_REVIEW, twin) == []
    assert names(session, WorkList.TO_REVIEW, reviewer, Narrowed(kind=RecordKind.BRAND)) == []


def test_what_was_returned_goes_to_its_author_with_the_reason(session):
    draft = a_draft(session, a_firm("甲"))
    editing.return_for_changes(
        session, draft, by=an_account(session, "shen-he", Role.REVIEWER), at=NOW, reason="公告号有误"
    )
    (item,) = read_list(
        session, WorkList.RETURNED, asker(session, an_editor(session)), Narrowed(), start=0, limit=9
    ).items
    assert (item.name, item.note) == ("甲", "公告号有误")


@pytest.mark.parametrize(
    ("term_to", "within"),
    [
        (TODAY + timedelta(days=1), {12, 6, 3}),
        (add_months(TODAY, 3), {12, 6, 3}),
        (add_months(TODAY, 3) + timedelta(days=1), {12, 6}),
        (add_months(TODAY, 6) + timedelta(days=1), {12}),
        (add_months(TODAY, 12), {12}),
        (add_months(TODAY, 12) + timedelta(days=1), set()),
        (TODAY, {IN_GRACE}),
        (add_months(TODAY, -6) + timedelta(days=1), {IN_GRACE}),
        (add_months(TODAY, -6), set()),
    ],
)
def test_a_mark_is_on_the_list_of_the_months_to_its_end(session, term_to, within):
    mark = a_trademark(session)
    session.execute(update(TrademarkRecord).values(term_to=term_to))
    user = an_editor(session)
    for months in (*WITHIN_MONTHS, IN_GRACE):
        expected = [mark.name] if months in within else []
        assert names(session, WorkList.EXPIRING_MARKS, user, Narrowed(within=months)) == expected


@given(st.dates(date(2020, 1, 1), date(2032, 12, 31)), st.integers(-400, 400))
def test_the_list_of_marks_counts_months_as_a_marks_status_does(today, off):
    """The days that the statement compares with are those at which the status of a mark changes."""
    term_to = today + timedelta(days=off)
    status = mark_status(MarkStatus.REGISTERED, term_to, today)
    assert (status is MarkStatus.EXPIRING) == (today < term_to <= latest_end(today, 12))
    assert (status is MarkStatus.IN_GRACE) == (earliest_start(today, 6) <= term_to <= today)


def test_a_source_check_is_stale_after_a_year_and_one_that_never_was_comes_first(session):
    year_ago = TODAY - timedelta(days=365)
    an_organisation(session, name="新", status_checked_on=year_ago)
    an_organisation(session, name="旧", status_checked_on=year_ago - timedelta(days=1))
    an_organisation(session, name="从未")
    a_trademark(session, name="标", source_checked_on=date(2020, 1, 1))
    user = an_editor(session)
    assert names(session, WorkList.STALE_CHECKS, user) == ["从未", "标", "旧"]
    assert names(session, WorkList.STALE_CHECKS, user, Narrowed(kind=RecordKind.TRADEMARK)) == ["标"]
    assert names(session, WorkList.STALE_CHECKS, user, Narrowed(kind=RecordKind.BRAND)) == []


def a_lead(session, kind, day):
    report = Report(
        form_ulid=f"{day:%Y%m%d}{kind.value:<10}"[:18].ljust(26, "0"),
        kind=kind,
        channel=LeadChannel.WEB,
        description="x" * 20,
        checked={},
        contact=Contact("示例张三", "023-0000000"),
    )
    return receive(session, report, now=datetime(day.year, day.month, day.day, 4, tzinfo=CHINA), keep_days=9)


@pytest.fixture
def arranged(session):
    """The year 2026 with a holiday in January only, so that its working days are those of the week."""
    published(session, "holiday_arrangement", year=2026, title="测试", rest_days=["2026-01-01"])
    return session


def test_a_lead_is_overdue_after_its_last_working_day_and_only_while_nobody_acted(arranged):
    session = arranged
    officer = an_account(session, "xian-suo", Role.LEAD_OFFICER)
    complaint = a_lead(session, LeadKind.COMPLAINT, date(2026, 11, 2))  # a Monday: seven days end on the 11th
    assert names(session, WorkList.OVERDUE_LEADS, officer, today=date(2026, 11, 11)) == []
    assert names(session, WorkList.OVERDUE_LEADS, officer, today=date(2026, 11, 12)) == [complaint.receipt]
    accepted = Handling(act=LeadEventKind.ACCEPTED, happened_on=date(2026, 11, 12), seen=0)
    handle(session, complaint.receipt, accepted, by=officer, at=NOW)
    assert names(session, WorkList.OVERDUE_LEADS, officer, today=date(2026, 11, 12)) == []
    report = a_lead(session, LeadKind.REPORT, date(2026, 11, 2))  # fifteen: the 23rd
    assert names(session, WorkList.OVERDUE_LEADS, officer, today=date(2026, 11, 23)) == []
    assert names(session, WorkList.OVERDUE_LEADS, officer, today=date(2026, 11, 24)) == [report.receipt]


def test_a_lead_whose_last_day_nobody_can_count_is_shown_once_it_may_be_overdue(session):
    officer = an_account(session, "xian-suo", Role.LEAD_OFFICER)
    a_lead(session, LeadKind.COMPLAINT, date(2026, 11, 2))
    assert session.query(HolidayArrangement).count() == 0
    assert names(session, WorkList.OVERDUE_LEADS, officer, today=date(2026, 11, 9)) == []
    (item,) = read_list(
        session,
        WorkList.OVERDUE_LEADS,
        asker(session, officer, date(2026, 11, 10)),
        Narrowed(),
        start=0,
        limit=9,
    ).items
    assert item.day is None
    assert item.deadline.missing_year == 2026


def under_correction(session, deadline_on):
    authorisation = an_authorisation(session)
    facts = {"effective_on": date(2026, 10, 9), "deadline_on": deadline_on}
    an_authorisation_event(session, authorisation, "put_under_correction", **facts)
    return authorisation


def test_an_order_is_overdue_after_the_working_day_on_which_its_time_ends(arranged):
    session = arranged
    user = an_editor(session)
    # The 21st is a Saturday: the time ends on Monday.
    authorisation = under_correction(session, date(2026, 11, 21))
    code = authorisation.code
    under_correction(session, date(2027, 1, 1))
    overdue = WorkList.OVERDUE_CORRECTIONS
    assert names(session, overdue, user, today=date(2026, 11, 23)) == []
    who = asker(session, user, date(2026, 11, 25))
    (item,) = read_list(session, overdue, who, Narrowed(), start=0, limit=9).items
    assert (item.note, item.day, item.count) == (code, date(2026, 11, 23), 2)
    an_authorisation_event(session, authorisation, "correction_closed", effective_on=date(2026, 11, 24))
    assert names(session, overdue, user, today=date(2026, 11, 25)) == []


def test_an_order_is_overdue_once_its_deadline_is_past_where_no_working_day_can_be_counted(session):
    under_correction(session, date(2026, 11, 21))
    who = asker(session, an_editor(session), date(2026, 11, 22))
    (item,) = read_list(session, WorkList.OVERDUE_CORRECTIONS, who, Narrowed(), start=0, limit=9).items
    assert (item.day, item.count) == (date(2026, 11, 21), None)


def an_order(session, **facts):
    firm = an_organisation(session)
    defaults = {
        "code": f"JC-{firm.uscc}",
        "organisation": firm.uscc,
        "inspected_on": date(2026, 11, 12),
        "inspectors": ["01", "02"],
        "outcome": "ordered",
        "ordered_on": date(2026, 11, 12),
        "order_working_days": 5,
    }
    published(session, "inspection", **{**defaults, **facts})
    return firm.name


def test_an_order_after_an_inspection_is_on_the_list_of_corrections_in_its_place(arranged):
    session = arranged
    user = an_editor(session)
    under_correction(session, date(2026, 11, 20))
    early = an_order(session)  # its fifth working day is Thursday, 19 November
    an_order(session, corrected_on=date(2026, 11, 30))
    overdue = WorkList.OVERDUE_CORRECTIONS
    assert names(session, overdue, user, today=date(2026, 11, 19)) == []
    assert names(session, overdue, user, today=date(2026, 11, 20)) == [early]
    who = asker(session, user, date(2026, 11, 25))
    first, second = read_list(session, overdue, who, Narrowed(), start=0, limit=9).items
    assert (first.kind, first.day, first.count) == (RecordKind.INSPECTION, date(2026, 11, 19), 4)
    assert second.kind is RecordKind.AUTHORISATION
    partner = an_account(
        session, "gis", Role.GIS_EDITOR
    )  # whom an inspection is planned for is no business of theirs
    assert early not in names(session, overdue, partner, today=date(2026, 11, 25))


def test_an_order_that_nobody_can_count_stands_first_once_it_may_be_overdue(session):
    user = an_editor(session)
    under_correction(session, date(2026, 11, 1))
    uncounted = an_order(session)
    overdue = WorkList.OVERDUE_CORRECTIONS
    assert uncounted not in names(session, overdue, user, today=date(2026, 11, 17))
    who = asker(session, user, date(2026, 11, 18))
    first, _ = read_list(session, overdue, who, Narrowed(), start=0, limit=9).items
    assert (first.name, first.day, first.missing_year, first.count) == (uncounted, None, 2026, None)


def test_an_ended_authorisation_owes_no_correction(session):
    authorisation = under_correction(session, date(2026, 11, 1))
    an_authorisation_event(session, authorisation, effective_on=date(2026, 11, 20))
    assert names(session, WorkList.OVERDUE_CORRECTIONS, an_editor(session)) == []


def test_what_the_index_has_not_taken_in_is_counted(session):
    an_organisation(session)
    user = an_editor(session)
    assert len(names(session, WorkList.INDEX, user)) == 1
    session.execute(update(Outbox).values(done_at=NOW))
    assert names(session, WorkList.INDEX, user) == []


@pytest.mark.parametrize("role", Role)
def test_a_list_is_open_to_those_whose_work_it_is(session, role):
    found = set(lists_for(held_by(session, an_account(session, "somebody", role).id)))
    assert (WorkList.MY_DRAFTS in found) == (
        role in {Role.EDITOR, Role.IMPORTER, Role.GIS_EDITOR, Role.INDICATOR_OFFICER, Role.PARTNER}
    )
    assert (WorkList.TO_REVIEW in found) == (role is Role.REVIEWER)
    assert (WorkList.MANY_STOPS in found) == (role in {Role.REVIEWER, Role.AUDITOR})
    assert WorkList.OVERDUE_CORRECTIONS in found
    assert WorkList.ANOMALIES in found
    assert (WorkList.OVERDUE_LEADS in found) == (role in {Role.LEAD_OFFICER, Role.AUDITOR})
    assert WorkList.EXPIRING_MARKS in found


def test_the_whole_list_costs_a_bounded_number_of_statements(seeded):
    with seeded.writing() as session:
        user = an_account(session, "everything", Role.IMPORTER, Role.REVIEWER, Role.LEAD_OFFICER)
        for number in range(30):
            a_lead(session, LeadKind.REPORT, date(2026, 1, 5) + timedelta(days=number))
    with counted_statements(seeded) as statements, seeded.reading() as session:
        who = asker(session, user)
        counts = count_lists(session, who)
        read_list(session, WorkList.OVERDUE_LEADS, who, Narrowed(), start=0, limit=25)
    assert len(counts) == len(WorkList)
    assert counts[WorkList.OVERDUE_LEADS] == 30
    assert len(statements) <= 34
    with seeded.reading() as session:
        assert session.query(Lead).count() == 30
