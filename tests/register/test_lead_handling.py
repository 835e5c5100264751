"""A lead's life: what may follow what, the state and the deadlines that its events make, and that nothing is lost."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
from factories import an_account, published
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError

from service.errors import FieldNotAllowed, NotPermitted, RecordNotFound, StaleVersion, TransitionNotAllowed
from service.register import leads
from service.register.leads.moves import DONE, MOVES, open_acts, standing, state_of, voidable
from service.register.leads.periods import deadlines_of, next_deadline
from service.register.lookups.holidays import arrangements
from service.register.models import AuditEvent, Lead, LeadContact, LeadEvent, new_ulid
from service.register.payloads import HolidayArrangementPayload
from service.vocabulary import LeadEventKind, LeadKind, LeadState, RefusalGround, Role
from service.working_days import (
    Arrangement,
    YearNotArranged,
    is_working_day,
    last_working_day,
    working_days_left,
)

K = LeadEventKind
NOBODY = leads.Contact()
NAMED = leads.Contact("示例张三", "023-0000000")
RECEIVED = date(2026, 9, 24)  # a Thursday; the Mid-Autumn holiday begins on the 25th
LATER = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)
NOTE = "示例说明，为演示而写"


@pytest.fixture
def officer(session):
    return an_account(session, "xian-suo", Role.LEAD_OFFICER)


def brought(session, kind, *, on=RECEIVED, contact=NOBODY, **facts):
    report = leads.Report(
        **{
            "form_ulid": new_ulid(),
            "kind": kind,
            "description": "集市上的包装没有印代码",
            "checked": {"code": "93500114MA0TERT081"},
            "contact": contact,
            **facts,
        }
    )
    now = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
    return leads.receive(session, report, now=now, keep_days=180)


def do(session, officer, lead, act, on, **facts):
    seen = len(leads.find_lead(session, lead.receipt).events)
    told = {"seen": seen, "note": NOTE if leads.needs_note(lead.kind, act) else None, **facts}
    handling = leads.Handling(act=act, happened_on=on, **told)
    return leads.handle(session, lead.receipt, handling, by=officer, at=LATER)


def view(session, lead):
    return leads.find_lead(session, lead.receipt)


def audited(session):
    return session.scalar(select(func.count()).select_from(AuditEvent))


# ---- the lives that the law knows


def test_a_complaint_is_accepted_mediated_settled_and_closed(session, officer):
    lead = brought(session, LeadKind.COMPLAINT, contact=NAMED)
    assert view(session, lead).acts[:3] == (K.ACCEPTED, K.REFUSED, K.ROUTED)
    for act, state in (
        (K.ACCEPTED, LeadState.ACCEPTED),
        (K.MEDIATION_OPENED, LeadState.MEDIATING),
        (K.SETTLED, LeadState.SETTLED),
        (K.CLOSED, LeadState.CLOSED),
    ):
        do(session, officer, lead, act, date(2026, 10, 9))
        assert lead.state is state
    assert view(session, lead).acts == (K.NOTED, K.VOIDED)


def test_a_report_of_somebody_with_a_name_is_verified_decided_told_and_only_then_closed(session, officer):
    lead = brought(session, LeadKind.REPORT, contact=NAMED)
    do(session, officer, lead, K.VERIFIED, date(2026, 10, 9))
    do(session, officer, lead, K.FILED, date(2026, 10, 10))
    with pytest.raises(TransitionNotAllowed):
        do(session, officer, lead, K.CLOSED, date(2026, 10, 10))
    do(session, officer, lead, K.TOLD, date(2026, 10, 12))
    assert lead.state is LeadState.FILED
    with pytest.raises(TransitionNotAllowed):
        do(session, officer, lead, K.TOLD, date(2026, 10, 12))
    do(session, officer, lead, K.CLOSED, date(2026, 10, 12))
    assert lead.state is LeadState.CLOSED


@pytest.mark.parametrize(
    "contact", [leads.Contact(), leads.Contact(name="示例张三"), leads.Contact(telephone="1")]
)
def test_nobody_is_told_where_nobody_gave_a_name_and_a_way_to_answer(session, officer, contact):
    lead = brought(session, LeadKind.REPORT, contact=contact)
    do(session, officer, lead, K.VERIFIED, date(2026, 10, 9))
    do(session, officer, lead, K.NOT_FILED, date(2026, 10, 10))
    found = view(session, lead)
    assert K.TOLD not in found.acts
    assert K.CLOSED in found.acts
    assert [each.step for each in found.deadlines] == [leads.Step.VERIFY]


def test_a_report_whose_contact_was_erased_can_still_be_closed(session, officer):
    lead = brought(session, LeadKind.REPORT, contact=NAMED)
    do(session, officer, lead, K.VERIFIED, date(2026, 10, 9))
    do(session, officer, lead, K.FILED, date(2026, 10, 9))
    leads.erase_due(session, LATER + timedelta(days=200))
    session.flush()
    assert view(session, lead).erase_on is None
    assert K.CLOSED in view(session, lead).acts


def test_an_error_in_the_register_is_closed_with_what_became_of_it(session, officer):
    lead = brought(session, LeadKind.CORRECTION)
    with pytest.raises(FieldNotAllowed):
        do(session, officer, lead, K.CLOSED, date(2026, 9, 28), note=None)
    do(session, officer, lead, K.CLOSED, date(2026, 9, 28), note="已更正")
    assert lead.state in DONE


def test_complaint_and_report_have_no_act_in_common_but_routing_closing_and_notes():
    both = MOVES[LeadKind.COMPLAINT].keys() & MOVES[LeadKind.REPORT].keys()
    assert both == {K.ROUTED, K.CLOSED, K.NOTED}


def test_a_breach_found_in_mediation_is_a_report_of_its_own_that_nobody_brought(session, officer):
    lead = brought(session, LeadKind.COMPLAINT, contact=NAMED)
    do(session, officer, lead, K.ACCEPTED, date(2026, 9, 28))
    before = audited(session)
    event = do(session, officer, lead, K.BREACH_FOUND, date(2026, 10, 8), note="库房里有没有产地的散装货")
    assert audited(session) == before + 1
    report = session.get(Lead, event.opened_id)
    found = view(session, report)
    assert (report.kind, report.received_on, report.state) == (
        LeadKind.REPORT,
        date(2026, 10, 8),
        LeadState.RECEIVED,
    )
    assert (found.origin, found.is_named, found.erase_on) == (lead.receipt, False, None)
    assert report.checked == lead.checked
    assert lead.state is LeadState.ACCEPTED
    assert view(session, lead).opened == {event.id: report.receipt}
    assert K.VOIDED not in view(session, lead).acts


# ---- deadlines over a holiday, with the arrangement of the first data


@pytest.fixture
def arranged(session, seed):
    """An empty register with the published arrangement of 2026 as it stands in the first data."""
    with seed.reading() as reading:
        year = arrangements(reading)[2026]
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
    lead = brought(session, LeadKind.COMPLAINT)
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
    known = {2026: _published()}
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


@cache
def _published():
    """The arrangement as it is published in the first data, read from the file that the register is filled from."""
    path = Path(__file__).parents[2] / "seed/data/register/37_holiday_arrangement.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        (row,) = csv.DictReader(lines)
    payload = HolidayArrangementPayload.model_validate(row)
    return Arrangement(frozenset(payload.rest_days), frozenset(payload.worked_days))


# ---- what is refused, and that it leaves nothing behind


@pytest.mark.parametrize(
    ("act", "facts", "field"),
    [
        (K.REFUSED, {}, "ground"),
        (K.REFUSED, {"ground": RefusalGround.OTHER_RULE}, "note"),
        (K.ROUTED, {}, "body"),
        (K.ROUTED, {"body": "某" * 201}, "body"),
        (K.NOTED, {"note": "他的号码是 11010519491231002X"}, "note"),
        (K.NOTED, {"note": "长" * 2001}, "note"),
        (K.NOTED, {"note": None}, "note"),
        (K.ACCEPTED, {"on": RECEIVED - timedelta(days=1)}, "happened_on"),
        (K.ACCEPTED, {"on": date(2026, 12, 1)}, "happened_on"),
    ],
)
def test_an_act_that_does_not_say_what_it_must_leaves_nothing_behind(session, officer, act, facts, field):
    lead = brought(session, LeadKind.COMPLAINT)
    before = audited(session)
    with pytest.raises(FieldNotAllowed) as refused:
        do(session, officer, lead, act, **{"on": date(2026, 9, 28), **facts})
    assert refused.value.field == field
    assert (lead.state, view(session, lead).events, audited(session)) == (LeadState.RECEIVED, [], before)


def test_what_was_decided_over_an_older_look_is_refused(session, officer):
    lead = brought(session, LeadKind.COMPLAINT)
    do(session, officer, lead, K.NOTED, date(2026, 9, 28))
    with pytest.raises(StaleVersion):
        do(session, officer, lead, K.ACCEPTED, date(2026, 9, 28), seen=0)
    assert lead.state is LeadState.RECEIVED


def test_a_form_sent_twice_is_one_act_and_another_s_is_none(session, officer):
    lead = brought(session, LeadKind.COMPLAINT)
    before = audited(session)
    first, second = (do(session, officer, lead, K.NOTED, date(2026, 9, 28), seen=0) for _ in range(2))
    assert first is second
    assert audited(session) == before + 1
    with pytest.raises(StaleVersion):
        do(session, officer, lead, K.NOTED, date(2026, 9, 28), seen=0, note="别的话，另记一笔")
    other = an_account(session, "ling-yi", Role.LEAD_OFFICER)
    with pytest.raises(StaleVersion):
        do(session, other, lead, K.NOTED, date(2026, 9, 28), seen=0)


def test_only_a_lead_officer_acts(session):
    lead = brought(session, LeadKind.COMPLAINT)
    for role in (Role.AUDITOR, Role.EDITOR, Role.ADMIN):
        with pytest.raises(NotPermitted):
            do(session, an_account(session, role.value, role), lead, K.ACCEPTED, date(2026, 9, 28))


def test_a_receipt_that_is_none_is_not_found(session, officer):
    handling = leads.Handling(act=K.NOTED, happened_on=RECEIVED, seen=0, note=NOTE)
    with pytest.raises(RecordNotFound):
        leads.handle(session, "XS20260924-222222", handling, by=officer, at=LATER)


def test_the_trail_holds_each_act_once_and_none_of_its_words(session, officer):
    lead = brought(session, LeadKind.COMPLAINT, contact=NAMED)
    before = audited(session)
    do(session, officer, lead, K.REFUSED, date(2026, 9, 28), ground=RefusalGround.TOO_LATE, note=NOTE)
    assert audited(session) == before + 1
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.sequence.desc())).first()
    assert (event.act, event.record_ulid, event.actor_id) == ("lead_refused", lead.ulid, officer.id)
    assert event.changes == {"state": ["received", "not_accepted"]}
    assert event.reason is None


def test_the_last_step_can_be_voided_and_both_stay(session, officer):
    lead = brought(session, LeadKind.COMPLAINT)
    do(session, officer, lead, K.ACCEPTED, date(2026, 9, 28))
    do(session, officer, lead, K.NOTED, date(2026, 9, 28))
    do(session, officer, lead, K.MEDIATION_OPENED, date(2026, 10, 9))
    event = do(session, officer, lead, K.VOIDED, date(2026, 10, 9))
    found = view(session, lead)
    assert lead.state is LeadState.ACCEPTED
    assert len(found.events) == 4
    assert event.voids_id == found.events[2].id
    assert found.voidable.kind is K.ACCEPTED
    do(session, officer, lead, K.VOIDED, date(2026, 10, 9))
    assert lead.state is LeadState.RECEIVED
    assert view(session, lead).earliest_day == date(2026, 9, 28)


@pytest.mark.parametrize("change", [update(LeadEvent).values(note="改过"), delete(LeadEvent)])
def test_the_database_itself_keeps_an_event(session, officer, change):
    lead = brought(session, LeadKind.COMPLAINT)
    do(session, officer, lead, K.NOTED, date(2026, 9, 28))
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(change)


# ---- the state is what the events make of it, whatever is tried


@given(
    st.sampled_from(LeadKind),
    st.booleans(),
    st.lists(st.sampled_from(LeadEventKind), max_size=12),
)
def test_whatever_is_tried_the_state_follows_the_law(kind, is_named, tried):
    events = []
    for number, act in enumerate(tried, 1):
        state = state_of(kind, events)
        if act not in open_acts(kind, events, is_named=is_named):
            continue
        undone = voidable(events) if act is K.VOIDED else None
        day = RECEIVED + timedelta(days=number)
        event = SimpleNamespace(
            id=number, kind=act, happened_on=day, voids_id=undone.id if undone else None, body=None
        )
        events.append(event)
        after = state_of(kind, events)
        if act is K.VOIDED:
            assert undone.id not in {each.id for each in standing(events)}
        else:
            assert state in MOVES[kind][act].out_of
            assert after is (MOVES[kind][act].to or state)
    lead = SimpleNamespace(kind=kind, received_on=RECEIVED, state=state_of(kind, events))
    found = deadlines_of(lead, events, {2026: _published()}, is_named=is_named)
    assert all(each.done_on is None or each.done_on >= each.since for each in found)
    if lead.state in DONE:
        assert next_deadline(found) is None or kind is LeadKind.REPORT
        assert set(open_acts(kind, events, is_named=is_named)) <= {K.NOTED, K.VOIDED}


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
