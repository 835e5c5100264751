"""The demonstration zone: its state follows from events, its conditions from the register and from evidence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from factories import (
    NOW,
    TODAY,
    a_draft,
    a_payload,
    a_product,
    a_protection,
    a_reviewer,
    an_authorisation,
    an_organisation,
    published,
)
from pydantic import ValidationError

from service.errors import RecordNotFound, TransitionNotAllowed
from service.register import editing
from service.register.indicators import Period, measure
from service.register.lifecycle import ZONE_MOVES, ZoneFact, zone_standing
from service.register.zones import find_pack, list_zones
from service.vocabulary import FigureGap, ZoneCondition, ZoneEventKind, ZoneState


def a_zone(session, *products, **facts):
    payload = published(
        session,
        "demonstration_zone",
        **{"code": "QJ-SFQ-01", "name": "测试示范区", "products": [each.code for each in products], **facts},
    )
    return editing.published_bases(session, payload.kind, [payload.key()])[payload.key()].record_ulid


def an_event(session, event, day, **facts):
    return published(session, "zone_event", zone="QJ-SFQ-01", event=event, happened_on=day, **facts)


def _checks(pack):
    return {each.condition: each for each in pack.checks}


def test_every_state_is_reached_by_a_move_and_every_move_from_a_state():
    assert ZONE_MOVES.keys() == set(ZoneEventKind) - {ZoneEventKind.YEARLY_REPORT, ZoneEventKind.EVIDENCE}
    reached = {ZoneState.NOT_APPLIED}
    day, facts = date(2021, 1, 1), []
    for number, kind in enumerate(ZONE_MOVES, start=1):
        facts.append(ZoneFact(number, kind, day + timedelta(days=number)))
        reached.add(zone_standing(facts, date(2030, 1, 1)).state)
    assert reached == set(ZoneState)
    assert zone_standing(facts, day).state is ZoneState.NOT_APPLIED


def test_a_zone_moves_as_the_rules_let_it_and_its_preparation_lasts_three_years(session):
    ulid = a_zone(session, a_product(session))
    an_event(session, "recommended", date(2023, 6, 1))
    an_event(session, "preparation_approved", date(2023, 9, 15))
    skipped = a_payload("zone_event", zone="QJ-SFQ-01", event="confirmed", happened_on=TODAY)
    with pytest.raises(TransitionNotAllowed):
        editing.publish(session, [a_draft(session, skipped)], by=a_reviewer(session), at=NOW)
    pack = find_pack(session, ulid, date(2026, 9, 14))
    assert (pack.standing.state, pack.preparation_ends) == (ZoneState.PREPARING, date(2026, 9, 14))
    assert not pack.is_preparation_over(date(2026, 9, 14))
    assert find_pack(session, ulid, date(2026, 9, 15)).is_preparation_over(date(2026, 9, 15))
    assert find_pack(session, ulid, date(2023, 9, 14)).standing.state is ZoneState.RECOMMENDED
    an_event(session, "self_checked", date(2026, 9, 1))
    session.expire_all()
    ((_, standing),) = list_zones(session, TODAY)
    assert standing.state is ZoneState.SELF_CHECK


def test_a_condition_without_what_shows_it_is_missing_and_never_met(session):
    ulid = a_zone(session, a_product(session))
    found = _checks(find_pack(session, ulid, TODAY))
    assert {each.is_met for each in found.values()} == {None}
    # The indicators themselves are not on this register.
    assert found[ZoneCondition.USER_SHARE].line is None


def test_shares_are_computed_from_the_register_and_from_what_was_entered(session):
    for code in ("demo_user_share", "demo_output_share"):
        facts = {"name": code, "formula": "x", "unit": "%", "nature": "expected", "target": 60}
        published(session, "indicator", code=code, **facts)
    product = a_product(session)
    protection = a_protection(session, product, begins=date(2023, 11, 23))
    for _ in range(3):
        an_authorisation(session, protection, an_organisation(session))
    an_authorisation(session)  # on a product that is none of the zone's
    ulid = a_zone(session, product)
    found = _checks(find_pack(session, ulid, TODAY))
    assert found[ZoneCondition.PROTECTED].is_met
    assert (
        _checks(find_pack(session, ulid, TODAY - timedelta(days=1)))[ZoneCondition.PROTECTED].is_met is False
    )
    line = found[ZoneCondition.USER_SHARE].line
    assert (line.numerator, line.denominator, line.gap) == (3, None, FigureGap.NO_DENOMINATOR)
    published(session, "indicator_value", indicator="demo_user_share", as_of=TODAY, denominator=5)
    facts = {"numerator": 59, "denominator": 100}
    published(session, "indicator_value", indicator="demo_output_share", as_of=TODAY, **facts)
    found = _checks(find_pack(session, ulid, TODAY))
    assert (found[ZoneCondition.USER_SHARE].line.value, found[ZoneCondition.USER_SHARE].is_met) == (60, True)
    assert found[ZoneCondition.OUTPUT_SHARE].is_met is False
    measured = {line.code: line.value for line in measure(session, Period.of_year_to(TODAY))}
    assert measured == {"demo_user_share": 60, "demo_output_share": 59}


def test_evidence_counts_for_three_years(session):
    ulid = a_zone(session, a_product(session))
    old, lately = date(2023, 11, 22), date(2023, 11, 23)
    an_event(session, "evidence", old, condition="no_major_incident")
    an_event(session, "evidence", lately, condition="policy_guarantees")
    found = _checks(find_pack(session, ulid, TODAY))
    assert found[ZoneCondition.NO_INCIDENT].is_met is None
    assert [each.happened_on for each in found[ZoneCondition.NO_INCIDENT].evidence] == [old]
    assert found[ZoneCondition.GUARANTEES].is_met


def test_a_report_is_due_each_year_by_its_last_day(session):
    ulid = a_zone(session, a_product(session))
    assert find_pack(session, ulid, TODAY).reports == ()
    an_event(session, "preparation_approved", date(2024, 5, 1))
    an_event(session, "yearly_report", date(2025, 1, 1), year=2024)
    session.expire_all()
    reports = {each.year: each for each in find_pack(session, ulid, date(2025, 12, 31)).reports}
    assert list(reports) == [2025, 2024]
    assert reports[2024].is_late(date(2025, 12, 31))
    assert not reports[2025].is_late(date(2025, 12, 31))
    assert reports[2025].is_late(date(2026, 1, 1))


@pytest.mark.parametrize(
    "facts",
    [{"event": "evidence"}, {"condition": "user_share"}, {"event": "yearly_report"}, {"year": 2025}],
)
def test_an_event_says_for_what_it_is(facts):
    with pytest.raises(ValidationError):
        a_payload("zone_event", **{"zone": "x", "event": "confirmed", "happened_on": TODAY, **facts})


def test_a_withdrawn_zone_has_no_pack(session):
    ulid = a_zone(session, a_product(session))
    zone = {"withdrawal": "gone", "withdrawal_reason": "登记错误"}
    product = a_product(session)
    a_zone(session, product, **zone)
    with pytest.raises(RecordNotFound):
        find_pack(session, ulid, TODAY)
