"""Leads that an officer enters: counted from the day they came, kept once, by them on the trail, and nobody's name."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from factories import NOW, an_account, published
from lead_lives import K, audited, brought, do, view
from sqlalchemy import func, select

from service.errors import FieldNotAllowed, NotPermitted, TransitionNotAllowed
from service.register import leads
from service.register.models import AuditEvent, Lead, LeadContact, ulid_of_words
from service.vocabulary import LeadChannel, LeadKind, LeadState, Role

FRIDAY = date(2026, 11, 20)  # NOW is the Monday after it
CODE = "93500114MA0TERT081"
CALLER = leads.Contact("示例张三", "023-0000000", "zhang@example.cn")


def said(**facts):
    return leads.Report(
        **{
            "form_ulid": "01ARZ3NDEKTSV4RRFFQ69G5F01",
            "kind": LeadKind.COMPLAINT,
            "channel": LeadChannel.TELEPHONE,
            "received_on": FRIDAY,
            "description": "集市上的包装没有印代码",
            "checked": {"code": "", "target": "示例茶", "on": "", "trader": "示例茶行"},
            "contact": CALLER,
            **facts,
        }
    )


def entered(session, officer, at: datetime = NOW, **facts):
    return leads.enter(session, said(**facts), by=officer, at=at, keep_days=180)


def kept(session) -> int:
    return session.scalar(select(func.count()).select_from(Lead))


def test_what_came_on_friday_and_is_entered_on_monday_is_counted_from_friday(session, officer):
    published(session, "holiday_arrangement", year=2026, title="测试安排", rest_days="2026-12-24/2026-12-26")
    complaint = entered(session, officer)
    assert (complaint.received_on, complaint.received_at) == (FRIDAY, NOW)
    assert complaint.receipt.startswith("XS20261120-")
    accept = view(session, complaint).next
    assert (accept.since, accept.last_day) == (FRIDAY, date(2026, 12, 1))  # seven working days: two weekends
    report = entered(session, officer, kind=LeadKind.REPORT, received_on=NOW.date())
    assert view(session, report).next.last_day == date(2026, 12, 14)
    do(session, officer, complaint, K.ACCEPTED, FRIDAY)  # on the day it came, before it was entered
    assert view(session, complaint).deadlines[0].done_on == FRIDAY


def test_entering_is_one_row_of_the_trail_by_the_officer_without_a_word_of_it(session, officer):
    before = audited(session)
    lead = entered(session, officer)
    assert audited(session) == before + 1
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.sequence.desc())).first()
    assert (event.act, event.record_ulid, event.actor_id) == ("lead_received", lead.ulid, officer.id)
    assert (event.changes, event.reason) == ({}, None)


def test_a_form_sent_twice_is_one_lead_and_another_day_or_way_another(session, officer):
    first = entered(session, officer)
    before = audited(session)
    assert entered(session, officer) is first
    assert audited(session) == before
    for changed in (
        {"received_on": FRIDAY - timedelta(days=1)},
        {"received_on": FRIDAY - timedelta(days=2)},
        {"channel": LeadChannel.LETTER},
        {"channel_number": "12315-1"},
        {"checked": {**said().checked, "trader": "另一家"}},
    ):
        count = kept(session)
        assert entered(session, officer, **changed) is entered(session, officer, **changed)
        assert kept(session) == count + 1


def test_a_form_of_the_site_sent_twice_across_midnight_is_one_lead(session):
    report = said(channel=LeadChannel.WEB, received_on=None)
    first = leads.receive(session, report, now=NOW, keep_days=180)
    assert leads.receive(session, report, now=NOW + timedelta(days=1), keep_days=180) is first
    assert first.received_on == NOW.date()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.AUDITOR, Role.ADMIN])
def test_nobody_but_a_lead_officer_enters_one(session, role):
    somebody = an_account(session, "bie-ren", role)
    with pytest.raises(NotPermitted):
        entered(session, somebody)
    assert kept(session) == 0


@pytest.mark.parametrize(
    ("facts", "field", "problem"),
    [
        ({"channel": LeadChannel.WEB}, "channel", "channel_missing"),
        ({"received_on": None}, "received_on", "bad_date"),
        ({"received_on": date(2026, 11, 24)}, "received_on", "bad_date"),
        ({"received_on": date(2026, 5, 27)}, "received_on", "contact_past_its_day"),
        (
            {"received_on": date(2026, 5, 27), "channel_number": "12315-1", "contact": leads.Contact()},
            "received_on",
            "contact_past_its_day",
        ),
        ({"received_on": date(2025, 11, 21)}, "received_on", "received_too_long_ago"),
        (
            {"received_on": date(2025, 11, 21), "contact": leads.Contact()},
            "received_on",
            "received_too_long_ago",
        ),
        ({"seen_on": date(2026, 11, 21)}, "seen_on", "seen_after_received"),
    ],
)
def test_what_cannot_be_leaves_nothing_behind(session, officer, facts, field, problem):
    before = audited(session)
    with pytest.raises(FieldNotAllowed) as refused:
        entered(session, officer, **facts)
    assert (refused.value.field, refused.value.problem) == (field, problem)
    assert (kept(session), audited(session)) == (0, before)


def test_the_contact_is_erased_so_many_days_after_the_day_it_came(session, officer):
    last = NOW.date() - timedelta(days=179)
    for received_on, erase_on in ((FRIDAY, FRIDAY + timedelta(days=180)), (last, date(2026, 11, 24))):
        lead = entered(session, officer, received_on=received_on)
        assert session.get(LeadContact, lead.id).erase_on == erase_on
    assert leads.erase_due(session, NOW) == 0
    assert leads.erase_due(session, NOW + timedelta(days=1)) == 1
    old = entered(session, officer, received_on=date(2025, 11, 22), contact=leads.Contact())
    assert session.get(LeadContact, old.id) is None


def test_an_entry_made_by_mistake_is_neither_due_nor_counted_and_can_be_taken_up_again(session, officer):
    published(session, "holiday_arrangement", year=2026, title="测试安排", rest_days="2026-12-24/2026-12-26")
    old, year = date(2026, 11, 2), (date(2026, 1, 1), date(2026, 12, 31))
    lead = entered(session, officer, received_on=old, contact=leads.Contact())
    assert [found for found, _ in leads.overdue_leads(session, NOW.date())] == [lead]
    assert leads.punctuality(session, *year).due == 1
    with pytest.raises(FieldNotAllowed) as refused:
        do(session, officer, lead, K.MISTAKEN, FRIDAY, note=None)
    assert refused.value.problem == "note_missing"
    do(session, officer, lead, K.MISTAKEN, FRIDAY)
    assert lead.state is LeadState.MISTAKEN
    assert leads.overdue_leads(session, NOW.date()) == []
    assert leads.punctuality(session, *year) == leads.Punctuality(0, 0)
    assert view(session, lead).acts == (K.NOTED, K.VOIDED)
    receipt = leads.read_receipt(session, lead.receipt)
    assert (receipt.deadlines, receipt.since) == ((), FRIDAY)
    do(session, officer, lead, K.VOIDED, FRIDAY)
    assert lead.state is LeadState.RECEIVED
    assert [found for found, _ in leads.overdue_leads(session, NOW.date())] == [lead]


@pytest.mark.parametrize("kind", LeadKind)
def test_only_what_officers_entered_and_nobody_acted_on_is_an_entry_made_by_mistake(session, officer, kind):
    sent = brought(session, kind)
    assert K.MISTAKEN not in view(session, sent).acts
    with pytest.raises(TransitionNotAllowed):
        do(session, officer, sent, K.MISTAKEN, NOW.date())
    lead = entered(session, officer, kind=kind)
    assert K.MISTAKEN in view(session, lead).acts
    do(session, officer, lead, K.ROUTED, FRIDAY, body="示例单位")
    with pytest.raises(TransitionNotAllowed):
        do(session, officer, lead, K.MISTAKEN, FRIDAY)


@pytest.mark.parametrize(
    ("contact", "is_open"),
    [
        (leads.Contact(), False),
        (leads.Contact(name="示例张三"), False),
        (leads.Contact(telephone="023-0000000"), False),
        (leads.Contact(name="示例张三", email="zhang@example.cn"), False),
        (leads.Contact(name="示例张三", telephone="023-0000000"), True),
    ],
)
def test_a_complaint_without_name_and_telephone_is_not_accepted(session, officer, contact, is_open):
    lead = entered(session, officer, contact=contact)
    assert (K.ACCEPTED in view(session, lead).acts) is is_open
    assert {K.REFUSED, K.ROUTED, K.WITHDRAWN} <= set(view(session, lead).acts)
    if not is_open:
        with pytest.raises(TransitionNotAllowed):
            do(session, officer, lead, K.ACCEPTED, FRIDAY)


def test_erasing_who_brought_a_complaint_never_makes_it_acceptable(session, officer):
    by_mail = leads.Contact(name="示例张三", email="zhang@example.cn")
    named, mailed = entered(session, officer), entered(session, officer, contact=by_mail)
    assert [K.ACCEPTED in view(session, each).acts for each in (named, mailed)] == [True, False]
    assert leads.erase_due(session, NOW + timedelta(days=180)) == 2
    session.expire_all()
    assert [K.ACCEPTED in view(session, each).acts for each in (named, mailed)] == [False, False]


@pytest.mark.parametrize("contact", [CALLER, leads.Contact()])
def test_the_number_it_has_elsewhere_goes_with_the_contact_and_without_one(session, officer, contact):
    lead = entered(session, officer, channel_number="12315-1", contact=contact)
    assert leads.erase_due(session, NOW + timedelta(days=176)) == 0
    assert lead.channel_number == "12315-1"
    assert leads.erase_due(session, NOW + timedelta(days=177)) == 1
    session.flush()
    session.refresh(lead)
    assert (lead.channel_number, session.get(LeadContact, lead.id)) == (None, None)
    assert leads.erase_due(session, NOW + timedelta(days=178)) == 0


def test_nothing_that_stays_is_made_of_the_number_it_has_elsewhere(session, officer):
    entered(session, officer)
    numbered = entered(session, officer, channel_number="023-0000000")
    words = (numbered.kind, numbered.channel, numbered.misuse, numbered.description, None, None, None)
    made = ulid_of_words(said().form_ulid, (*words, "", "示例茶", "", "示例茶行", FRIDAY))
    assert numbered.form_ulid == made


def test_a_complaint_of_the_platform_is_accepted_by_its_number(session, officer):
    facts = {"channel_number": "2026-1", "contact": leads.Contact()}
    platform = entered(session, officer, channel=LeadChannel.PLATFORM_12315, **facts)
    letter = entered(session, officer, channel=LeadChannel.LETTER, **facts)
    assert K.ACCEPTED in view(session, platform).acts
    assert K.ACCEPTED not in view(session, letter).acts
    assert not view(session, platform).is_named
    leads.erase_due(session, NOW + timedelta(days=180))
    assert K.ACCEPTED not in view(session, platform).acts


def test_a_report_that_a_mediation_brought_up_is_no_entry(session, officer):
    complaint = entered(session, officer)
    do(session, officer, complaint, K.ACCEPTED, FRIDAY)
    event = do(session, officer, complaint, K.BREACH_FOUND, FRIDAY, note="包装上没有印代码，另查")
    report = session.get(Lead, event.opened_id)
    assert report.channel is LeadChannel.TELEPHONE
    assert K.MISTAKEN not in view(session, report).acts


def test_what_is_done_stands_by_the_day_it_came_not_by_the_day_it_was_entered(session, officer):
    late, early = (entered(session, officer, received_on=FRIDAY - timedelta(days=days)) for days in (1, 3))
    same_day = entered(session, officer, received_on=late.received_on, channel=LeadChannel.LETTER)
    for lead in (late, early, same_day):
        do(session, officer, lead, K.WITHDRAWN, FRIDAY)
    found = leads.read_inbox(session, leads.LeadQuery(done=True), NOW.date(), start=0, limit=9)
    assert [row.lead.id for row in found.rows] == [same_day.id, late.id, early.id]


def test_the_inbox_is_narrowed_to_a_channel(session, officer):
    letter = entered(session, officer, channel=LeadChannel.LETTER, checked={**said().checked, "code": CODE})
    entered(session, officer)
    for done in (False, None):
        query = leads.LeadQuery(channel=LeadChannel.LETTER, done=done)
        found = leads.read_inbox(session, query, NOW.date(), start=0, limit=9)
        assert [row.lead.receipt for row in found.rows] == [letter.receipt]
        assert (found.rows[0].organisation, found.rows[0].product) == (CODE, "示例茶")
