"""Plans, grades and results of inspections as records: none contradicts itself, and results are public for a term."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from factories import NOW, TODAY, a_draft, a_payload, a_reviewer, an_organisation, published
from inspections import a_grade, an_inspection
from pydantic import ValidationError
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from service.errors import FieldNotAllowed
from service.register import editing
from service.register.inspecting import (
    credit_of,
    inspections_of,
    is_public,
    last_public_day,
    public_inspections,
)
from service.register.models import Inspection, Organisation
from service.vocabulary import PublicationTerm


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
def test_a_result_is_public_from_its_day_to_the_last_of_its_term(begins, term, last):
    one = Inspection(published_from=begins, publication_term=term)
    day = timedelta(days=1)
    assert last_public_day(begins, term) == last
    assert not is_public(one, begins - day)
    assert is_public(one, begins)
    if last is None:
        assert is_public(one, date(2199, 1, 1))
    else:
        assert is_public(one, last)
        assert not is_public(one, last + day)


def test_a_withdrawn_result_is_hidden_at_once_and_one_without_a_day_never_shown(session):
    shown, hidden = an_organisation(session), an_organisation(session)
    facts = {"published_from": TODAY, "publication_term": "three_years"}
    an_inspection(session, shown, **facts)
    an_inspection(session, hidden)
    assert [each.inspection.organisation.name for each in public_inspections(session, TODAY)] == [shown.name]
    an_inspection(session, shown, **facts, withdrawal="gone", withdrawal_reason="决定已撤销")
    session.expire_all()
    assert public_inspections(session, TODAY) == []
    assert len(inspections_of(session)) == 1


def test_nothing_is_shown_of_a_body_that_is_withheld(session):
    firm = an_organisation(session)
    an_inspection(session, firm, published_from=TODAY, publication_term="three_years")
    assert len(public_inspections(session, TODAY)) == 1
    withheld = {"withdrawal": "withheld", "withdrawal_reason": "依法不公开"}
    an_organisation(session, uscc=firm.uscc, name=firm.name, **withheld)
    session.expire_all()
    assert public_inspections(session, TODAY) == []


def test_an_order_is_due_in_working_days_as_the_holidays_of_the_year_make_them(session):
    firm, late = an_organisation(session), an_organisation(session)
    order = {"outcome": "ordered", "ordered_on": date(2026, 11, 20), "order_working_days": 2}
    an_inspection(session, firm, **order)
    (found,) = inspections_of(session)
    assert (found.deadline.day, found.deadline.missing_year) == (None, 2026)
    rest = {"year": 2026, "title": "测试", "rest_days": ["2026-11-23"], "worked_days": ["2026-11-22"]}
    published(session, "holiday_arrangement", **rest)
    (found,) = inspections_of(session)
    assert found.deadline.day == date(2026, 11, 24)
    assert not found.is_overdue(date(2026, 11, 24))
    assert found.is_overdue(date(2026, 11, 25))
    an_inspection(session, late, **{**order, "corrected_on": date(2026, 12, 1)})
    (corrected,) = [each for each in inspections_of(session) if each.inspection.corrected_on]
    assert not corrected.is_overdue(date(2026, 12, 31))


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
