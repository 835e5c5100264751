"""Plans, grades and results of inspections as records: none contradicts itself, and results are public for a term."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from factories import NOW, TODAY, a_draft, a_payload, a_reviewer, an_organisation, published
from hypothesis import given
from hypothesis import strategies as st
from inspections import a_grade, an_inspection
from pydantic import ValidationError
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from service.errors import FieldNotAllowed
from service.register import editing
from service.register.inspecting import (
    count_inspections,
    credit_of,
    last_public_day,
    open_orders,
    overdue_orders,
    public_inspections,
)
from service.register.lifecycle import add_months, earliest_start
from service.register.lookups.holidays import arrangements
from service.register.models import Organisation
from service.vocabulary import PublicationTerm


def public(session, day):
    found = public_inspections(session, day, start=0, limit=100)
    assert found.total == len(found.views)
    return found.views


@pytest.mark.parametrize(
    "facts",
    [
        {"ratios": ["A=5"], "credit_scheme": "x"},
        {"ratios": ["未评级=0"]},
        {"ratios": ["未评级=101"]},
        {"ratios": ["未评级=5", "未评级=6"]},
        {"ratios": ["未评级=5", "A=5"]},
        {"ratios": ["未评级=5"], "credit_scheme": "x"},
        {"ratios": ["未评级"]},
        {"inspectors": ["01"]},
        {"inspectors": ["01", "01"]},
    ],
)
def test_a_plan_that_cannot_be_drawn_from_is_refused(facts):
    plan = {
        "code": "1",
        "title": "1",
        "year": 2026,
        "scope": "1",
        "ratios": ["未评级=5"],
        "inspectors": [1, 2],
    }
    with pytest.raises(ValidationError):
        a_payload("inspection_plan", **{**plan, "inspectors": ["01", "02"], **facts})


def test_a_body_has_one_grade_of_a_scheme_at_a_time_and_grades_follow_each_other(session):
    firm = an_organisation(session)
    a_grade(session, firm, "A", valid_to=date(2026, 7, 1))
    a_grade(session, firm, "B", valid_from=date(2026, 7, 1))
    a_grade(session, firm, "C", scheme="别的体系")
    overlapping = a_payload(
        "credit_assessment",
        organisation=firm.uscc,
        scheme="示例信用分类",
        grade="D",
        valid_from=date(2026, 6, 30),
    )
    with pytest.raises(FieldNotAllowed) as refused:
        editing.publish(session, [a_draft(session, overlapping)], by=a_reviewer(session), at=NOW)
    assert refused.value.problem == "overlaps"
    ulid = session.scalars(select(Organisation.ulid).where(Organisation.uscc == firm.uscc)).one()
    assert [each.grade for each in credit_of(session, ulid)] == ["B", "C", "A"]


@pytest.mark.parametrize(
    ("begins", "term", "last"),
    [
        (date(2026, 3, 1), PublicationTerm.THREE_MONTHS, date(2026, 5, 31)),
        (date(2026, 11, 30), PublicationTerm.THREE_MONTHS, date(2027, 2, 27)),
        (date(2024, 2, 29), PublicationTerm.THREE_YEARS, date(2027, 2, 27)),
        (date(2026, 3, 1), PublicationTerm.WITHOUT_END, None),
    ],
)
def test_a_result_is_public_from_its_day_to_the_last_of_its_term(session, begins, term, last):
    found = {"published_from": begins, "publication_term": term.value, "inspected_on": begins}
    an_inspection(session, an_organisation(session), **found)
    day = timedelta(days=1)
    assert last_public_day(begins, term) == last
    shown = {begins - day: 0, begins: 1, **({last: 1, last + day: 0} if last else {date(2199, 1, 1): 1})}
    for on, count in shown.items():
        assert len(public(session, on)) == count, on
        assert count_inspections(session, on) == (1, count)


@given(st.dates(date(2023, 12, 1), date(2029, 3, 31)), st.integers(-6, 6), st.sampled_from([3, 36]))
def test_the_days_that_the_statement_compares_with_are_those_of_the_term(day, off, months):
    begins = add_months(day, -months) + timedelta(days=off)
    assert (begins >= earliest_start(day, months)) == (day < add_months(begins, months))


def test_a_withdrawn_result_is_hidden_at_once_and_one_without_a_day_never_shown(session):
    shown, hidden = an_organisation(session), an_organisation(session)
    facts = {"published_from": TODAY, "publication_term": "three_years"}
    an_inspection(session, shown, **facts)
    an_inspection(session, hidden)
    assert [each.inspection.organisation.name for each in public(session, TODAY)] == [shown.name]
    an_inspection(session, shown, **facts, withdrawal="gone", withdrawal_reason="决定已撤销")
    session.expire_all()
    assert public(session, TODAY) == []
    assert count_inspections(session, TODAY) == (1, 0)


def test_nothing_is_shown_of_a_body_that_is_withheld(session):
    firm = an_organisation(session)
    an_inspection(session, firm, published_from=TODAY, publication_term="three_years")
    assert len(public(session, TODAY)) == 1
    withheld = {"withdrawal": "withheld", "withdrawal_reason": "依法不公开"}
    an_organisation(session, uscc=firm.uscc, name=firm.name, **withheld)
    session.expire_all()
    assert public(session, TODAY) == []


def test_an_order_is_due_in_working_days_as_the_holidays_of_the_year_make_them(session):
    firm, late = an_organisation(session), an_organisation(session)
    order = {"outcome": "ordered", "ordered_on": date(2026, 11, 20), "order_working_days": 2}
    an_inspection(session, firm, **order)
    (found,) = open_orders(session)
    assert (found.deadline.day, found.deadline.missing_year) == (None, 2026)
    rest = {"year": 2026, "title": "测试", "rest_days": ["2026-11-23"], "worked_days": ["2026-11-22"]}
    published(session, "holiday_arrangement", **rest)
    (found,) = open_orders(session)
    assert found.deadline.day == date(2026, 11, 24)
    assert not found.is_overdue(date(2026, 11, 24))
    assert found.is_overdue(date(2026, 11, 25))
    an_inspection(session, late, **{**order, "corrected_on": date(2026, 12, 1)})
    assert [each.inspection.organisation.name for each in open_orders(session)] == [firm.name]


def test_an_order_that_nobody_can_count_stands_first_and_is_overdue_once_it_may_be(session):
    rest = {"year": 2026, "title": "测试", "rest_days": ["2026-10-01"], "worked_days": []}
    published(session, "holiday_arrangement", **rest)
    counted, uncounted = an_organisation(session), an_organisation(session)
    order = {"outcome": "ordered", "order_working_days": 5}
    an_inspection(session, counted, **order, ordered_on=date(2026, 11, 20))
    an_inspection(session, uncounted, **order, ordered_on=date(2026, 12, 29))
    first, second = open_orders(session)
    assert (first.inspection.organisation.name, first.deadline.day) == (uncounted.name, None)
    assert second.deadline.day == date(2026, 11, 27)
    # No period of five working days ends before the fifth day after.
    assert not first.is_overdue(date(2027, 1, 3))
    assert first.is_overdue(date(2027, 1, 4))
    held = arrangements(session)
    assert [each.days_late for each in overdue_orders(session, date(2026, 12, 1), held)] == [2]
    assert [each.days_late for each in overdue_orders(session, date(2027, 1, 4), held)] == [None, None]


@pytest.mark.parametrize(
    "facts",
    [
        {"outcome": "ordered"},
        {"ordered_on": TODAY, "order_working_days": 5},
        {"outcome": "ordered", "ordered_on": TODAY},
        {"corrected_on": TODAY},
        {"published_from": TODAY},
        {"publication_term": "three_months"},
        {"outcome": "case", "published_from": TODAY, "publication_term": "without_end"},
        {"published_from": date(2026, 11, 1), "publication_term": "three_months"},
        {"inspectors": ["01"]},
    ],
)
def test_an_inspection_that_contradicts_itself_is_refused(session, facts):
    base = {"code": "1", "organisation": "x", "inspected_on": TODAY, "outcome": "no_problem"}
    with pytest.raises(ValidationError):
        a_payload("inspection", **{**base, "inspectors": ["01", "02"], **facts})


def test_the_database_refuses_what_the_form_does(session):
    firm = an_organisation(session)
    an_inspection(session, firm)
    with pytest.raises(IntegrityError):
        session.execute(text("UPDATE inspection SET ordered_on = '2026-11-20', order_working_days = 3"))
