"""Indicators measured from the register, and snapshots that nobody changes."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
import rfc8785
from factories import (
    NOW,
    TODAY,
    a_payload,
    a_product,
    a_protection,
    a_protection_event,
    a_trademark,
    an_account,
    an_authorisation,
    an_authorisation_event,
    an_editor,
    an_organisation,
    published,
)
from pydantic import ValidationError
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from service.errors import FieldNotAllowed, NotPermitted, RecordNotFound
from service.register import auditing
from service.register import service_point_ledger as ledger
from service.register.indicators import Period, compare, find_snapshot, freeze, list_snapshots, measure
from service.register.indicators.measuring import MEASURES
from service.register.models import AuditEvent
from service.vocabulary import FigureGap, Role, ServiceTopic, WalkInKind

YEAR = Period.of_year_to(TODAY)


def _indicators(session, *codes):
    for code in codes:
        published(
            session,
            "indicator",
            code=code,
            name=f"指标{code}",
            formula="公式",
            unit="件",
            nature="expected",
        )


def _measured(session, period=YEAR):
    return {line.code: line for line in measure(session, period)}


def _parts(line):
    return {part.name.zh: part.number for part in line.parts if part.number}


def _officer(session):
    return an_account(session, "zhi-biao", Role.INDICATOR_OFFICER)


def test_every_indicator_of_the_plan_has_its_measure_or_is_said_to_be_entered(seed):
    with seed.reading() as session:
        found = _measured(session)
    assert found.keys() - MEASURES.keys() == {"inv_patents_per_10k_people"}
    assert MEASURES.keys() <= found.keys()
    for line in found.values():
        assert (line.value is None) == (line.gap is not None), line.code
        assert line.rule.zh
        assert line.rule.en.isascii()


def test_protections_and_users_are_counted_as_the_law_sees_them_on_the_day(session):
    _indicators(session, "gi_count", "gi_mark_user_count", "gi_user_rate")
    one, other = a_product(session), a_product(session)
    abroad = a_product(session, home_relation="outside")
    first = a_protection(session, one)
    a_protection(session, one, track="agri_gi", event="registered")
    second = a_protection(session, other)
    an_authorisation(session, a_protection(session, abroad))
    firm = an_organisation(session)
    an_authorisation(session, first, firm)
    an_authorisation(session, second, firm)
    ended = an_authorisation(session, second)
    an_authorisation_event(session, ended, effective_on=date(2026, 11, 1))
    found = _measured(session)
    assert found["gi_count"].value == 3
    assert _parts(found["gi_count"]) == {"地理标志产品": 2, "农产品地理标志": 1, "不重复的产品": 2}
    assert found["gi_mark_user_count"].value == 1
    assert _parts(found["gi_mark_user_count"]) == {"有效核准": 2}
    rate = found["gi_user_rate"]
    assert (rate.numerator, rate.denominator, rate.value) == (2, 2, 100)
    before = _measured(session, Period(date(2026, 1, 1), date(2026, 10, 31)))
    assert before["gi_mark_user_count"].value == 2
    a_protection_event(session, second, event="revoked", happened_on=date(2026, 11, 20))
    after = _measured(session)
    assert (after["gi_count"].value, after["gi_user_rate"].denominator) == (2, 1)


def test_fictional_records_are_not_counted(session):
    _indicators(session, "gi_count", "tm_new")
    product = a_product(session, is_demonstration=True)
    a_protection(session, product, is_demonstration=True)
    a_trademark(session, registered_on=date(2026, 3, 1), is_demonstration=True)
    found = _measured(session)
    assert (found["gi_count"].value, found["tm_new"].value) == (0, 0)


def test_trademarks_are_counted_by_number_and_day(session):
    _indicators(session, "tm_new", "tm_expiring_12m", "tm_lapsed", "madrid_marks")
    new = a_trademark(session, registered_on=date(2026, 1, 1), term_last_day=date(2035, 12, 31))
    a_trademark(session, registration_no=new.registration_no, nice_class=32, registered_on=date(2026, 1, 1))
    a_trademark(session, registered_on=date(2025, 12, 31), international_registration_no="1234567")
    a_trademark(session, registered_on=date(2016, 12, 1), term_last_day=date(2026, 11, 30))
    a_trademark(session, registered_on=date(2016, 5, 23), term_last_day=date(2026, 5, 22))
    a_trademark(session, status="surrendered", international_registration_no="7654321")
    found = _measured(session)
    assert found["tm_new"].value == 1
    assert found["tm_expiring_12m"].value == 1
    assert found["madrid_marks"].value == 1
    assert found["tm_lapsed"].value == 1  # its grace ended on the very day
    assert [part.number for part in found["tm_lapsed"].parts] == [1]
    yesterday = _measured(session, Period(date(2026, 1, 1), date(2026, 11, 22)))
    assert yesterday["tm_lapsed"].value == 0


def test_a_missing_denominator_is_no_value_and_never_zero(session):
    _indicators(session, "tm_per_10k_entities", "demo_output_share", "gi_user_rate")
    a_trademark(session, registered_on=date(2020, 1, 1), term_last_day=date(2029, 12, 31))
    found = _measured(session)
    marks = found["tm_per_10k_entities"]
    assert (marks.value, marks.numerator, marks.gap) == (None, 1, FigureGap.NO_DENOMINATOR)
    assert found["demo_output_share"].gap is FigureGap.NO_DENOMINATOR
    # No protection at all: nothing is due, which is not a rate of zero either.
    assert (found["gi_user_rate"].value, found["gi_user_rate"].gap) == (None, FigureGap.NOTHING_DUE)
    entry = {"indicator": "tm_per_10k_entities", "as_of": date(2026, 6, 30), "denominator": 45_000}
    published(session, "indicator_value", **entry)
    marks = _measured(session)["tm_per_10k_entities"]
    assert marks.value == pytest.approx(10_000 / 45_000)
    assert (marks.input_on, marks.is_counted) == (date(2026, 6, 30), True)
    published(session, "indicator_value", **{**entry, "as_of": date(2026, 9, 30), "numerator": 5_400})
    marks = _measured(session)["tm_per_10k_entities"]
    assert (marks.value, marks.is_counted) == (1200, False)
    # What was entered for the year before says nothing of this one.
    earlier = _measured(session, Period(date(2026, 1, 1), date(2026, 6, 29)))["tm_per_10k_entities"]
    assert earlier.gap is FigureGap.NO_DENOMINATOR


def test_what_is_entered_is_bounded_so_that_every_quotient_can_be_frozen(session):
    _indicators(session, "tm_per_10k_entities")
    base = {"indicator": "tm_per_10k_entities", "as_of": TODAY}
    for wrong in ({"numerator": 1e300}, {"denominator": 1e-300}, {"denominator": 0}, {"value": "inf"}):
        with pytest.raises(ValidationError):
            a_payload("indicator_value", **base, **wrong)
    published(session, "indicator_value", **base, numerator=1e15, denominator=1e-6)
    frozen = freeze(session, "极端", YEAR, by=_officer(session), at=NOW)
    assert find_snapshot(session, frozen.ulid).content.indicators[0].value == pytest.approx(1e25)


def test_a_snapshot_keeps_its_figures_when_the_register_changes(session):
    _indicators(session, "tm_new", "inv_patents_per_10k_people")
    frozen = freeze(session, "年度报送", YEAR, by=_officer(session), at=NOW)
    found = find_snapshot(session, frozen.ulid)
    assert found.is_whole
    assert hashlib.sha256(frozen.content.encode()).hexdigest() == frozen.sha256
    assert rfc8785.dumps(found.content.model_dump(mode="json")).decode() == frozen.content
    a_trademark(session, registered_on=date(2026, 2, 1))
    rows = {row.line.code: row for row in compare(found.content.indicators, measure(session, YEAR))}
    assert (rows["tm_new"].before.value, rows["tm_new"].after.value) == (0, 1)
    assert rows["tm_new"].difference == 1
    assert rows["inv_patents_per_10k_people"].difference is None
    assert find_snapshot(session, frozen.ulid).content == found.content
    assert [each.ulid for each in list_snapshots(session)] == [frozen.ulid]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE snapshot SET title = 'x'",
        "UPDATE snapshot SET content = '{}'",
        "DELETE FROM snapshot",
    ],
)
def test_the_database_itself_keeps_a_snapshot_as_it_is(session, statement):
    _indicators(session, "tm_new")
    freeze(session, "年度报送", YEAR, by=_officer(session), at=NOW)
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(statement))


def test_freezing_is_one_row_of_the_trail_by_an_officer_for_a_day_that_has_come(session):
    _indicators(session, "tm_new")
    officer = _officer(session)
    frozen = freeze(session, "年度报送", YEAR, by=officer, at=NOW)
    events = session.scalars(select(AuditEvent).where(AuditEvent.record_kind == "snapshot")).all()
    assert [(each.act, each.record_ulid, each.actor_id) for each in events] == [
        ("snapshot_frozen", frozen.ulid, officer.id)
    ]
    assert list(auditing.broken_links(session)) == []
    tomorrow, backwards = Period(TODAY, date(2026, 11, 24)), Period(date(2026, 11, 23), date(2026, 11, 22))
    for title, period, field in [("", YEAR, "title"), ("a", tomorrow, "day"), ("a", backwards, "first_day")]:
        with pytest.raises(FieldNotAllowed) as refused:
            freeze(session, title, period, by=officer, at=NOW)
        assert refused.value.field == field
    with pytest.raises(NotPermitted):
        freeze(session, "年度报送", YEAR, by=an_editor(session), at=NOW)
    with pytest.raises(RecordNotFound):
        find_snapshot(session, "01ARZ3NDEKTSV4RRFFQ69G5FAV")


def test_services_and_steps_in_time_come_from_the_ledger_and_the_leads(session):
    _indicators(session, "station_services", "lead_on_time_rate")
    keeper = an_account(session, "tai-zhang", Role.EDITOR)
    published(session, "service_point", code="SP-1", name="指导站", point_kind="guidance_station")
    given = ledger.Service(
        point="SP-1",
        day=TODAY,
        topic=ServiceTopic.SEARCH,
        minutes=20,
        result="当场答复",
        walk_in=WalkInKind.PERSON,
    )
    ledger.enter(session, given, by=keeper, at=NOW)
    found = _measured(session)
    assert (found["station_services"].value, found["station_services"].is_counted) == (1, True)
    rate = found["lead_on_time_rate"]
    assert (rate.value, rate.denominator, rate.gap) == (None, 0, FigureGap.NOTHING_DUE)
