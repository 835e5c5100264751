"""The deadlines of leads: counted over a holiday, shown in the inbox, and how much of it was in time."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from factories import an_account, published
from hypothesis import given
from hypothesis import strategies as st
from lead_lives import NAMED, RECEIVED, K, brought, do, published_arrangement, view
from sqlalchemy import delete, func, select

from service.errors import FieldNotAllowed, TransitionNotAllowed
from service.register import leads
from service.register.lookups.holidays import arrangements
from service.register.models import HolidayArrangement, LeadContact
from service.vocabulary import LeadKind, LeadState, RefusalGround, Role
from service.working_days import YearNotArranged, is_working_day, last_working_day, working_days_left

# ---- deadlines over a holiday, with the arrangement of the first data


@pytest.fixture
def arranged(session):
    """An empty register with the published arrangement of 2026 as it stands in the first data."""
    year = published_arrangement()
    published(
        session,
        "holiday_arrangement",
        year=2026,
        title="测试安排",
        rest_days=sorted(year.rest),
        worked_days=sorted(year.worked),
    )
    return session


def test_the_deadlines_of_a_life_are_counted_over_national_day(arranged):
    session = arranged
    officer = an_account(session, "xian-suo", Role.LEAD_OFFICER)
    lead = brought(session, LeadKind.COMPLAINT, contact=NAMED)
    # 28, 29, 30 September, 8, 9, 10 (a worked Saturday), 12 October: rest from the 25th and from the 1st.
    assert view(session, lead).next.last_day == date(2026, 10, 12)
    row = leads.row_of(session, view(session, lead), date(2026, 9, 30))
    assert (row.left, row.is_overdue) == (4, False)
    do(session, officer, lead, K.ACCEPTED, date(2026, 9, 30))
    (accept, mediate) = view(session, lead).deadlines
    assert accept.done_on == date(2026, 9, 30)
    known = arrangements(session)
    assert (mediate.since, mediate.last_day) == (
        date(2026, 9, 30),
        last_working_day(date(2026, 9, 30), 45, known),
    )
    assert view(session, lead).next == mediate


def test_an_extension_gives_fifteen_working_days_more_once(arranged):
    session = arranged
    officer = an_account(session, "xian-suo", Role.LEAD_OFFICER)
    lead = brought(session, LeadKind.REPORT)
    known = arrangements(session)
    assert view(session, lead).next.last_day == last_working_day(RECEIVED, 15, known)
    do(session, officer, lead, K.EXTENDED, date(2026, 10, 9))
    assert view(session, lead).next.last_day == last_working_day(RECEIVED, 30, known)
    with pytest.raises(TransitionNotAllowed):
        do(session, officer, lead, K.EXTENDED, date(2026, 10, 9))


def test_a_period_that_is_over_is_not_made_longer_and_what_was_missed_stays_missed(arranged):
    session = arranged
    officer = an_account(session, "xian-suo", Role.LEAD_OFFICER)
    missed, kept = brought(session, LeadKind.REPORT), brought(session, LeadKind.REPORT)
    last_day = view(session, missed).next.last_day
    with pytest.raises(FieldNotAllowed) as refused:
        do(session, officer, missed, K.EXTENDED, last_day + timedelta(days=1))
    assert (refused.value.field, refused.value.problem) == ("happened_on", "extended_too_late")
    assert view(session, missed).next.last_day == last_day
    do(session, officer, kept, K.EXTENDED, last_day)
    assert leads.punctuality(session, last_day, last_day).due == 1


def test_where_no_last_day_can_be_counted_an_extension_is_taken(arranged):
    officer = an_account(arranged, "xian-suo", Role.LEAD_OFFICER)
    lead = brought(arranged, LeadKind.REPORT, on=date(2026, 11, 28))
    arranged.execute(delete(HolidayArrangement))
    do(arranged, officer, lead, K.EXTENDED, date(2026, 11, 30))
    assert K.EXTENDED not in view(arranged, lead).acts


def test_a_period_that_reaches_into_a_year_without_data_says_so_in_the_inbox(arranged):
    session = arranged
    lead = brought(session, LeadKind.REPORT, on=date(2026, 12, 23))
    (row,) = leads.read_inbox(session, leads.LeadQuery(), date(2026, 12, 24), start=0, limit=9).rows
    assert (row.deadline.missing_year, row.deadline.last_day, row.left) == (2027, None, None)
    for due in (leads.Due(within=1), leads.Due()):
        query = leads.LeadQuery(due=due)
        # It may be due, so it is shown where one looks ahead; overdue only once it may be that.
        found = leads.read_inbox(session, query, date(2026, 12, 24), start=0, limit=9)
        assert found.total == (1 if due.within else 0)
    assert leads.overdue_leads(session, date(2027, 1, 8))[0][0].receipt == lead.receipt


@given(
    st.dates(date(2025, 12, 1), date(2027, 2, 1)),
    st.integers(1, 45),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
)
def test_every_deadline_is_a_working_day_of_the_published_arrangement_or_names_the_year(
    received, days, today
):
    known = {2026: published_arrangement()}
    day, left = received, days
    while left and (day + timedelta(days=1)).year == 2026:
        day += timedelta(days=1)
        left -= is_working_day(day, known)
    if left:
        with pytest.raises(YearNotArranged) as caught:
            last_working_day(received, days, known)
        assert caught.value.year == (day + timedelta(days=1)).year
        return
    assert last_working_day(received, days, known) == day
    assert is_working_day(day, known)
    until = [day - timedelta(days=off) for off in range((day - today).days)]
    since = [today - timedelta(days=off) for off in range((today - day).days)]
    worked = sum(is_working_day(each, known) for each in (*until, *since))
    assert working_days_left(today, day, known) == (worked if today <= day else -worked)


# ---- the inbox


@pytest.fixture
def inbox(arranged):
    """Leads of all kinds, received on different days, some of them done."""
    session = arranged
    officer = an_account(session, "xian-suo", Role.LEAD_OFFICER)
    found = SimpleNamespace(
        session=session,
        soon=brought(session, LeadKind.COMPLAINT, on=date(2026, 9, 24), contact=NAMED),
        late=brought(session, LeadKind.COMPLAINT, on=date(2026, 9, 8)),
        far=brought(session, LeadKind.REPORT, on=date(2026, 9, 30)),
        plain=brought(session, LeadKind.CORRECTION, on=date(2026, 9, 1)),
        done=brought(session, LeadKind.CORRECTION, on=date(2026, 9, 2)),
    )
    do(session, officer, found.done, K.CLOSED, date(2026, 9, 3))
    return found


def receipts(inbox, query, today=date(2026, 10, 9)):
    rows = leads.read_inbox(inbox.session, query, today, start=0, limit=9).rows
    return [row.lead.receipt for row in rows]


def test_the_inbox_begins_with_what_presses_most(inbox):
    wanted = [inbox.late, inbox.soon, inbox.far, inbox.plain]
    assert receipts(inbox, leads.LeadQuery()) == [lead.receipt for lead in wanted]
    page = leads.read_inbox(inbox.session, leads.LeadQuery(), date(2026, 10, 9), start=1, limit=1)
    assert (page.total, [row.lead.receipt for row in page.rows]) == (4, [inbox.soon.receipt])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (leads.LeadQuery(kind=LeadKind.COMPLAINT), ["late", "soon"]),
        (leads.LeadQuery(done=True), ["done"]),
        (leads.LeadQuery(done=None), ["far", "soon", "late", "done", "plain"]),
        (leads.LeadQuery(state=LeadState.CLOSED), ["done"]),
        (leads.LeadQuery(state=LeadState.RECEIVED, kind=LeadKind.REPORT), ["far"]),
        (leads.LeadQuery(due=leads.Due()), ["late"]),
        (leads.LeadQuery(due=leads.Due(within=2)), ["late", "soon"]),
        (leads.LeadQuery(due=leads.Due(within=1)), ["late"]),
        (leads.LeadQuery(due=leads.Due(within=1), done=True), []),
    ],
)
def test_the_inbox_is_narrowed_as_asked(inbox, query, names):
    assert receipts(inbox, query) == [getattr(inbox, name).receipt for name in names]


def test_the_inbox_tells_how_many_working_days_are_left(inbox):
    rows = leads.read_inbox(inbox.session, leads.LeadQuery(), date(2026, 10, 9), start=0, limit=9).rows
    # Until the 12th there are the worked Saturday and the Monday.
    assert [(row.left, row.is_overdue, row.is_named) for row in rows[:2]] == [
        (-11, True, False),
        (2, False, True),
    ]


def test_a_receipt_shows_the_state_and_its_day_and_whom_it_was_routed_to(session, officer):
    lead = brought(session, LeadKind.COMPLAINT, contact=NAMED)
    shown = leads.read_receipt(session, lead.receipt)
    assert (shown.lead.state, shown.since, shown.routed_to) == (LeadState.RECEIVED, RECEIVED, None)
    do(session, officer, lead, K.ROUTED, date(2026, 9, 29), body="示例区市场监督管理局")
    do(session, officer, lead, K.NOTED, date(2026, 10, 9))
    shown = leads.read_receipt(session, lead.receipt)
    assert (shown.since, shown.routed_to) == (date(2026, 9, 29), "示例区市场监督管理局")
    assert session.scalar(select(func.count()).select_from(LeadContact)) == 1


# ---- how much of it was in time


def test_steps_are_counted_in_the_period_of_their_last_day_and_late_ones_are_not_in_time(session, officer):
    _arrange(session, 2026)
    in_time, late, open_ = (brought(session, LeadKind.COMPLAINT) for _ in range(3))
    last_day = view(session, in_time).next.last_day
    do(session, officer, in_time, K.REFUSED, last_day, ground=RefusalGround.NOT_OUR_DUTY)
    do(session, officer, late, K.REFUSED, last_day + timedelta(days=1), ground=RefusalGround.NOT_OUR_DUTY)
    assert view(session, open_).next.last_day == last_day
    october = leads.punctuality(session, last_day.replace(day=1), last_day)
    assert (october.due, october.in_time) == (3, 1)
    before = leads.punctuality(session, last_day.replace(day=1), last_day - timedelta(days=1))
    assert (before.due, before.in_time) == (0, 0)
    assert leads.punctuality(session, last_day + timedelta(days=1), last_day + timedelta(days=9)).due == 0


def test_nothing_is_said_of_a_period_into_which_a_year_without_holidays_reaches(session, officer):
    _arrange(session, 2026)
    brought(session, LeadKind.COMPLAINT, on=date(2026, 12, 28))
    assert leads.punctuality(session, date(2026, 1, 1), date(2026, 12, 27)).due == 0
    assert leads.punctuality(session, date(2026, 1, 1), date(2026, 12, 31)) is None


def _arrange(session, year):
    published(session, "holiday_arrangement", year=year, title="测试", rest_days=[f"{year}-01-01"])
