"""A lead's life: what may follow what, the state that its events make, and that nothing is lost."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from factories import an_account
from hypothesis import given
from hypothesis import strategies as st
from lead_lives import LATER, NAMED, NOTE, RECEIVED, K, audited, brought, do, published_arrangement, view
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from service.errors import FieldNotAllowed, NotPermitted, RecordNotFound, StaleVersion, TransitionNotAllowed
from service.register import leads
from service.register.leads.moves import DONE, MOVES, open_acts, standing, state_of, voidable
from service.register.leads.periods import deadlines_of, next_deadline
from service.register.models import AuditEvent, Lead, LeadEvent
from service.vocabulary import LeadEventKind, LeadKind, LeadState, RefusalGround, Role

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


def test_complaint_and_report_have_no_act_in_common_but_routing_closing_notes_and_mistakes():
    both = MOVES[LeadKind.COMPLAINT].keys() & MOVES[LeadKind.REPORT].keys()
    assert both == {K.ROUTED, K.CLOSED, K.NOTED, K.MISTAKEN}  # the last is about the entry, not the matter


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
    assert report.channel is lead.channel
    assert lead.state is LeadState.ACCEPTED
    assert view(session, lead).opened == {event.id: report.receipt}
    assert K.VOIDED not in view(session, lead).acts


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
    lead = brought(session, LeadKind.COMPLAINT, contact=NAMED)
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
    lead = brought(session, LeadKind.COMPLAINT, contact=NAMED)
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
    st.fixed_dictionaries(dict.fromkeys(("is_named", "is_entered", "is_acceptable"), st.booleans())),
    st.lists(st.sampled_from(LeadEventKind), max_size=12),
)
def test_whatever_is_tried_the_state_follows_the_law(kind, facts, tried):
    events = []
    for number, act in enumerate(tried, 1):
        state = state_of(kind, events)
        if act not in open_acts(kind, events, **facts):
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
    found = deadlines_of(lead, events, {2026: published_arrangement()}, is_named=facts["is_named"])
    assert all(each.done_on is None or each.done_on >= each.since for each in found)
    if lead.state in DONE:
        assert next_deadline(found) is None or kind is LeadKind.REPORT
        assert set(open_acts(kind, events, **facts)) <= {K.NOTED, K.VOIDED}
