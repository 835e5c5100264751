"""Leads: received once, counted in working days, the person behind them apart, read on record, erased on their day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from factories import NOW, an_account, published
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from typer.testing import CliRunner

from service import cli
from service.errors import NotPermitted, RecordNotFound
from service.register import auditing, leads
from service.register.lookups.holidays import arrangements
from service.register.models import AuditEvent, Lead, LeadContact, new_ulid
from service.settings import get_settings
from service.vocabulary import LeadChannel, LeadKind, Role
from service.working_days import Arrangement

CONTACT = leads.Contact("张三", "023-1234567", "zhang@example.cn")


def a_report(number: int = 1, **facts):
    defaults = {
        "form_ulid": f"01ARZ3NDEKTSV4RRFFQ69G5F{number:02d}",
        "kind": LeadKind.REPORT,
        "channel": LeadChannel.WEB,
        "description": "集市上的包装没有印代码",
        "checked": {"code": "93500114MA0TERT081", "outcome": "authorised"},
        "contact": CONTACT,
    }
    return leads.Report(**{**defaults, **facts})


def received(session, number: int = 1, **facts):
    return leads.receive(session, a_report(number, **facts), now=NOW, keep_days=180)


def the_year_2026(session):
    published(
        session,
        "holiday_arrangement",
        year=2026,
        title="测试安排",
        rest_days="2026-12-24/2026-12-26",
        worked_days="2026-12-27",
    )


def contacts(session) -> int:
    return session.scalar(select(func.count()).select_from(LeadContact))


def test_a_form_sent_twice_is_one_lead(session):
    first, second = received(session), received(session)
    assert first.receipt == second.receipt
    assert session.scalar(select(func.count()).select_from(Lead)) == 1
    assert received(session, 2).receipt != first.receipt


def test_a_form_that_says_something_else_is_another_lead_and_sent_twice_still_one(session):
    first = received(session)
    for changed in ({"description": "包装上印了代码"}, {"contact": leads.Contact(name="另一位")}):
        second, again = received(session, **changed), received(session, **changed)
        assert second.receipt == again.receipt != first.receipt
    assert received(session).receipt == first.receipt
    assert session.scalar(select(func.count()).select_from(Lead)) == 3


def test_the_audit_chain_holds_that_a_lead_came_and_none_of_its_words(session):
    lead = received(session)
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.sequence.desc())).first()
    assert (event.act, event.record_kind, event.record_ulid) == ("lead_received", "lead", lead.ulid)
    assert event.changes == {}
    assert event.actor_id is None
    assert event.reason is None
    assert list(auditing.broken_links(session)) == []


def test_a_lead_without_a_contact_leaves_no_row_about_anybody(session):
    received(session, contact=leads.Contact())
    assert contacts(session) == 0


def test_deadlines_are_counted_with_the_arrangement_on_record(session):
    the_year_2026(session)
    (verify, tell) = leads.read_receipt(session, received(session).receipt).deadlines
    assert (verify.step, verify.working_days, verify.last_day) == (leads.Step.VERIFY, 15, date(2026, 12, 14))
    assert (tell.step, tell.last_day, tell.missing_year) == (leads.Step.TELL, None, None)
    (accept, _) = leads.read_receipt(session, received(session, 2, kind=LeadKind.COMPLAINT).receipt).deadlines
    assert (accept.working_days, accept.last_day) == (7, date(2026, 12, 2))
    assert leads.read_receipt(session, received(session, 3, kind=LeadKind.CORRECTION).receipt).deadlines == ()


def test_a_deadline_in_a_year_without_its_arrangement_says_so(session):
    assert leads.read_receipt(session, received(session).receipt).deadlines[0].missing_year == 2026
    the_year_2026(session)
    late = leads.receive(session, a_report(2), now=NOW + timedelta(days=30), keep_days=180)
    deadline = leads.read_receipt(session, late.receipt).deadlines[0]
    assert (deadline.step, deadline.working_days) == (leads.Step.VERIFY, 15)
    assert (deadline.last_day, deadline.missing_year) == (None, 2027)
    assert (deadline.since, deadline.done_on) == (late.received_on, None)


def test_a_withdrawn_arrangement_is_not_counted_with(session):
    the_year_2026(session)
    published(
        session,
        "holiday_arrangement",
        year=2026,
        title="测试安排",
        rest_days="2026-12-24",
        withdrawal="gone",
        withdrawal_reason="测试",
    )
    assert arrangements(session) == {}


def test_only_a_lead_officer_reads_who_it_was_and_the_reading_is_on_record(session):
    lead = received(session)
    editor = an_account(session, "lu-ru", Role.EDITOR)
    with pytest.raises(NotPermitted):
        leads.read_lead(session, lead.receipt, by=editor, at=NOW)
    officer = an_account(session, "xian-suo", Role.LEAD_OFFICER)
    read = leads.read_lead(session, lead.receipt, by=officer, at=NOW)
    assert read.contact.name == "张三"
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.sequence.desc())).first()
    assert (event.act, event.actor_id, event.changes) == ("lead_read", officer.id, {})
    with pytest.raises(RecordNotFound):
        leads.read_lead(session, "XS20261123-222222", by=officer, at=NOW)


def test_a_contact_is_erased_on_its_day_and_not_before(session):
    lead = received(session)
    assert leads.erase_due(session, NOW + timedelta(days=179)) == 0
    assert contacts(session) == 1
    assert leads.erase_due(session, NOW + timedelta(days=180)) == 1
    session.flush()
    assert contacts(session) == 0
    assert leads.find_receipt(session, lead.receipt).description
    assert leads.erase_due(session, NOW + timedelta(days=181)) == 0


def test_a_contact_is_erased_before_its_day_by_an_officer_on_record(session):
    officer = an_account(session, "xian-suo", Role.LEAD_OFFICER)
    lead, other = received(session), received(session, 2)
    before = session.scalar(select(func.count()).select_from(AuditEvent))
    for _ in range(2):  # a form sent twice
        leads.erase_now(session, lead.receipt, by=officer, at=NOW)
        session.flush()
        session.expire_all()
    assert session.get(LeadContact, lead.id) is None
    assert session.get(LeadContact, other.id) is not None
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == before + 1
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.sequence.desc())).first()
    assert (event.act, event.record_ulid, event.actor_id) == ("lead_contact_erased", lead.ulid, officer.id)
    assert (event.changes, event.reason) == ({}, None)
    assert list(auditing.broken_links(session)) == []
    with pytest.raises(RecordNotFound):
        leads.erase_now(session, "XS20261123-222222", by=officer, at=NOW)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.AUDITOR, Role.ADMIN])
def test_nobody_but_a_lead_officer_erases_a_contact(session, role):
    lead = received(session)
    with pytest.raises(NotPermitted):
        leads.erase_now(session, lead.receipt, by=an_account(session, "bie-ren", role), at=NOW)
    assert session.get(LeadContact, lead.id) is not None


def test_a_lead_whose_channel_was_forgotten_is_refused_rather_than_taken_for_one_of_the_site(session):
    facts = {"receipt": "XS20261123-222222", "form_ulid": new_ulid(), "kind": LeadKind.REPORT}
    said = {"description": "示例", "checked": {}, "received_at": NOW, "received_on": NOW.date()}
    session.add(Lead(**facts, **said))
    with pytest.raises(IntegrityError):
        session.flush()


def test_the_first_data_hold_the_arrangement_of_2026_as_announced(seed):
    with seed.reading() as session:
        known = arrangements(session)
    assert set(known) == {2026}
    arrangement: Arrangement = known[2026]
    # 33 days of rest are announced, in seven periods; six weekend days are worked.
    assert len(arrangement.rest) == 3 + 9 + 3 + 5 + 3 + 3 + 7
    assert len(arrangement.worked) == 6
    assert all(day.weekday() >= 5 for day in arrangement.worked)


def test_the_command_line_lists_without_names_and_shows_to_officers_alone(register, monkeypatch):
    monkeypatch.setenv("DIBIAO_DATABASE_URL", register.url.render_as_string(hide_password=False))
    monkeypatch.setenv("COLUMNS", "200")
    get_settings.cache_clear()
    try:
        with register.writing() as session:
            receipt = received(session).receipt
            an_account(session, "xian-suo", Role.LEAD_OFFICER)
            an_account(session, "lu-ru", Role.EDITOR)
        listed = CliRunner().invoke(cli.app, ["leads", "list"])
        assert receipt in listed.output
        assert "张三" not in listed.output
        assert CliRunner().invoke(cli.app, ["leads", "show", receipt, "--as", "lu-ru"]).exit_code == 1
        shown = CliRunner().invoke(cli.app, ["leads", "show", receipt, "--as", "xian-suo"])
        assert "张三" in shown.output
        assert "0" in CliRunner().invoke(cli.app, ["leads", "erase"]).output
    finally:
        get_settings.cache_clear()
