"""Random inspection: a draw that anybody can run again and nobody can bend, results public for their term."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from factories import (
    NOW,
    TODAY,
    a_draft,
    a_payload,
    a_product,
    a_protection,
    a_reviewer,
    an_account,
    an_authorisation,
    an_authorisation_event,
    an_editor,
    an_organisation,
    published,
)
from hypothesis import given
from hypothesis import strategies as st
from independent_draw import draw_again
from pydantic import ValidationError
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from service.calendar import CHINA
from service.errors import FieldNotAllowed, FourEyes, NotPermitted, TransitionNotAllowed
from service.register import auditing, editing
from service.register.inspecting import (
    Announced,
    Population,
    abandon,
    count_inspections,
    credit_of,
    digits_of,
    draw,
    draw_with,
    find_draw,
    find_plan,
    freeze_population,
    last_public_day,
    list_draws,
    names_withheld,
    open_orders,
    overdue_orders,
    public_inspections,
)
from service.register.inspecting.drawing import Candidate, Stratum
from service.register.lifecycle import add_months, earliest_start
from service.register.lookups.holidays import arrangements
from service.register.models import AuditEvent, InspectionDraw, InspectionPlan, Organisation
from service.vocabulary import DrawState, PublicationTerm, Role, Withdrawal

TOMORROW = TODAY + timedelta(days=1)
VALUE_DAY = NOW + timedelta(days=1)
ANNOUNCED = Announced("示例彩票第 2026140 期开奖号码", TOMORROW, 14, date(2026, 12, 20))
VALUE = "03 08 11 15 22 27 + 09"
SCRIPT = Path(__file__).parents[1] / "independent_draw.py"
A_DOCUMENT = "0" * 64


def a_plan(session, **facts):
    defaults = {
        "code": f"CC-{len(session.scalars(select(InspectionDraw)).all())}-{id(facts)}",
        "title": "2026 年专用标志使用抽查",
        "year": 2026,
        "scope": "专用标志使用人",
        "ratios": ["未评级=30"],
        "inspectors": ["01", "02", "03"],
    }
    payload = published(session, "inspection_plan", **{**defaults, **facts})
    return editing.published_bases(session, payload.kind, [payload.key()])[payload.key()].record_ulid


def users(session, count, protection=None):
    protection = protection or a_protection(session)
    firms = [an_organisation(session) for _ in range(count)]
    for firm in firms:
        an_authorisation(session, protection, firm)
    return firms


def a_grade(session, firm, grade, **facts):
    defaults = {"scheme": "示例信用分类", "valid_from": date(2026, 1, 1), "source_document": A_DOCUMENT}
    return published(
        session, "credit_assessment", organisation=firm.uscc, grade=grade, **{**defaults, **facts}
    )


def an_inspection(session, firm, **facts):
    defaults = {
        "code": f"JC-{firm.uscc}",
        "inspected_on": date(2026, 11, 20),
        "inspectors": ["01", "02"],
        "outcome": "no_problem",
    }
    return published(session, "inspection", organisation=firm.uscc, **{**defaults, **facts})


def frozen(session, plan=None, announced=ANNOUNCED):
    return freeze_population(session, plan or a_plan(session), announced, by=an_editor(session), at=NOW)


def public(session, day):
    found = public_inspections(session, day, start=0, limit=100)
    assert found.total == len(found.views)
    return found.views


def names(view):
    return {each.candidate.name for each in view.drawn}


# ---- the algorithm


def a_population(sizes, percents, inspectors=("01", "02", "03")):
    return Population(
        plan="P",
        title="T",
        year=2026,
        is_demonstration=True,
        on=TODAY,
        frozen_at=NOW,
        revision_number=1,
        nonce="00",
        value_source="S",
        value_on=TOMORROW,
        digits=6,
        published_from=TOMORROW,
        inspectors_each=2,
        inspectors=inspectors,
        strata=tuple(
            Stratum(
                grade=str(number),
                percent=percent,
                candidates=tuple(
                    Candidate(id=f"{number}-{each}", code=None, name="x") for each in range(size)
                ),
            )
            for number, (size, percent) in enumerate(zip(sizes, percents, strict=True))
        ),
    )


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 100)), min_size=1, max_size=4),
    st.from_regex(r"[0-9]{6}", fullmatch=True),
)
def test_a_stranger_draws_the_same_from_the_file_alone(strata, value):
    population = a_population(*zip(*strata, strict=True))
    content = population.model_dump_json()
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    drawn = draw(population, sha256, value)
    file = {"population": content, "value": value, "sha256": sha256}
    assert draw_again(json.dumps(file)) == [each.model_dump(mode="json") for each in drawn]
    assert len({each.id for each in drawn}) == len(drawn)
    for stratum in population.strata:
        wanted = {each.id for each in stratum.candidates}
        assert len(wanted & {each.id for each in drawn}) == stratum.quota
        assert len(wanted) * stratum.percent <= stratum.quota * 100 < len(wanted) * stratum.percent + 100
    assert all(len(set(each.inspectors)) == 2 for each in drawn)


def test_everybody_is_drawn_about_as_often_and_every_value_draws_otherwise():
    population = a_population([20], [25])
    objects: Counter[str] = Counter()
    inspectors: Counter[str] = Counter()
    draws = set()
    for number in range(2000):
        drawn = draw(population, "ab" * 32, f"{number:06d}")
        draws.add(tuple(each.id for each in drawn))
        objects.update(each.id for each in drawn)
        inspectors.update(name for each in drawn for name in each.inspectors)
    # 500 expected of each with a deviation of 19; of the 20,000 places of inspectors a third each, deviation 67.
    assert len(objects) == 20
    assert all(abs(count - 500) < 100 for count in objects.values())
    assert all(abs(count - 20_000 / 3) < 350 for count in inspectors.values())
    assert len(draws) > 1900


def test_a_value_has_its_digits_in_whatever_width_it_is_typed():
    assert digits_of("０３ 08-11，15 22 27 + 09") == digits_of("03081115222709") == "03081115222709"
    assert digits_of("٣") == ""


# ---- freezing and drawing


def test_the_population_is_who_may_use_the_mark_that_day_by_grade(session):
    protection = a_protection(session)
    graded, bare, other, plain = users(session, 4, protection)
    gone = an_organisation(session)
    ended = an_authorisation(session, protection, gone)
    an_authorisation_event(session, ended, effective_on=TODAY)
    an_authorisation(session, a_protection(session), graded)  # a second product: still one body
    a_grade(session, graded, "A")
    a_grade(session, bare, "A", source_document=None)
    a_grade(session, other, "D")
    a_grade(session, plain, "A", valid_to=TODAY)
    plan = a_plan(session, credit_scheme="示例信用分类", ratios=["A=10", "未评级=50"])
    view = find_draw(session, frozen(session, plan).ulid)
    found = {each.grade: {one.name for one in each.candidates} for each in view.population.strata}
    assert found == {"A": {graded.name}, "未评级": {bare.name, other.name, plain.name}}
    assert [each.quota for each in view.population.strata] == [1, 2]


def test_a_plan_of_one_product_draws_from_its_users_and_fictional_ones_stay_apart(session):
    product = a_product(session)
    inside = users(session, 1, a_protection(session, product))
    users(session, 1)
    plan = a_plan(session, product=product.code)
    (stratum,) = find_draw(session, frozen(session, plan).ulid).population.strata
    assert [each.name for each in stratum.candidates] == [inside[0].name]
    with pytest.raises(FieldNotAllowed):
        frozen(session, a_plan(session, is_demonstration=True))


def test_what_is_drawn_follows_from_the_published_file(session, tmp_path):
    users(session, 10)
    draw_ = frozen(session)
    draw_with(session, draw_.ulid, VALUE, by=a_reviewer(session), at=VALUE_DAY)
    view = find_draw(session, draw_.ulid)
    assert view.state is DrawState.DRAWN
    assert len(view.drawn) == 3
    file = json.loads(view.as_file())
    assert hashlib.sha256(file["population"].encode()).hexdigest() == draw_.sha256 == file["sha256"]
    assert draw_again(view.as_file().decode()) == file["drawn"]
    path = tmp_path / "draw.json"
    path.write_bytes(view.as_file())
    assert subprocess.run([sys.executable, SCRIPT, path], check=False, capture_output=True).returncode == 0
    for changed in ({"drawn": file["drawn"][::-1]}, {"population": file["population"].replace("01", "09")}):
        path.write_text(json.dumps({**file, **changed}), encoding="utf-8")
        assert (
            subprocess.run([sys.executable, SCRIPT, path], check=False, capture_output=True).returncode == 1
        )


def test_the_hash_cannot_be_guessed_before_the_population_is_public(session):
    """Two populations of the same register, frozen at the same moment, have nothing in common to guess by."""
    users(session, 2)
    first, second = frozen(session), frozen(session)
    one, other = (json.loads(each.content) for each in (first, second))
    assert one.pop("nonce") != other.pop("nonce")
    assert len(json.loads(first.content)["nonce"]) == 32


def test_the_register_may_change_and_the_frozen_population_does_not(session):
    firms = users(session, 3)
    plan = a_plan(session, ratios=["未评级=100"])
    draw_ = frozen(session, plan)
    users(session, 2)
    draw_with(session, draw_.ulid, VALUE, by=a_reviewer(session), at=VALUE_DAY)
    assert names(find_draw(session, draw_.ulid)) == {firm.name for firm in firms}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"value_on": TODAY}, "value_on"),
        ({"value_on": TODAY - timedelta(days=1)}, "value_on"),
        ({"value_source": ""}, "value_source"),
        ({"digits": 5}, "digits"),
        ({"digits": 61}, "digits"),
        ({"published_from": TODAY}, "published_from"),
        ({"published_from": TODAY + timedelta(days=367)}, "published_from"),
    ],
)
def test_a_value_that_somebody_may_know_and_a_day_too_far_are_refused(session, facts, field):
    users(session, 1)
    said = {name: getattr(ANNOUNCED, name) for name in ANNOUNCED.__slots__}
    with pytest.raises(FieldNotAllowed) as refused:
        frozen(session, announced=Announced(**{**said, **facts}))
    assert refused.value.field == field


def test_two_people_stand_behind_a_draw_and_it_is_made_once(session):
    users(session, 3)
    both = an_account(session, "liang-yong", Role.EDITOR, Role.REVIEWER)
    plan = a_plan(session)
    draw_ = freeze_population(session, plan, ANNOUNCED, by=both, at=NOW)
    other_account = an_account(session, "liang-yong-2", Role.REVIEWER, person=both.person)
    reviewer = a_reviewer(session)
    for by in (both, other_account):
        with pytest.raises(FourEyes):
            draw_with(session, draw_.ulid, VALUE, by=by, at=VALUE_DAY)
        with pytest.raises(FourEyes):
            abandon(session, draw_.ulid, "原因", by=by, at=VALUE_DAY)
    with pytest.raises(NotPermitted):
        draw_with(session, draw_.ulid, VALUE, by=an_editor(session), at=VALUE_DAY)
    with pytest.raises(NotPermitted):
        freeze_population(session, plan, ANNOUNCED, by=reviewer, at=NOW)
    with pytest.raises(TransitionNotAllowed):
        frozen(session, plan)
    with pytest.raises(FieldNotAllowed):  # the day of the value is China's: a second before it
        draw_with(session, draw_.ulid, VALUE, by=reviewer, at=_midnight(TOMORROW) - timedelta(seconds=1))
    for wrong in ("1", f"{VALUE} 1", ""):
        with pytest.raises(FieldNotAllowed):
            draw_with(session, draw_.ulid, wrong, by=reviewer, at=VALUE_DAY)
    draw_with(session, draw_.ulid, VALUE, by=reviewer, at=_midnight(TOMORROW))
    for again in (draw_with, abandon):
        with pytest.raises(TransitionNotAllowed):
            again(session, draw_.ulid, VALUE, by=reviewer, at=VALUE_DAY)
    acts = session.scalars(
        select(AuditEvent.act).where(AuditEvent.record_ulid == draw_.ulid).order_by(AuditEvent.sequence)
    ).all()
    assert acts == ["population_frozen", "drawn"]
    assert list(auditing.broken_links(session)) == []


def test_a_draw_that_was_given_up_stays_to_be_seen(session):
    users(session, 3)
    plan = a_plan(session)
    first = frozen(session, plan)
    with pytest.raises(FieldNotAllowed):
        abandon(session, first.ulid, "", by=a_reviewer(session), at=NOW)
    abandon(session, first.ulid, "当期停售，没有号码", by=a_reviewer(session), at=NOW)
    second = frozen(session, plan)
    session.expire_all()
    assert [each.number for each in find_plan(session, plan).draws] == [1, 2]
    view = find_draw(session, first.ulid)
    assert (view.state, view.drawn) == (DrawState.ABANDONED, ())
    for draw_ in (first, second):  # what nobody draws becomes public on its day like what was drawn
        view = find_draw(session, draw_.ulid)
        assert not view.is_open_on(date(2026, 12, 19))
        assert view.is_open_on(date(2026, 12, 20))


def test_the_title_of_a_plan_that_is_withheld_is_in_no_list_and_shuts_the_draw(session):
    users(session, 1)
    plan = a_plan(session)
    draw_ = frozen(session, plan)
    (row,) = list_draws(session, start=0, limit=9)
    assert (row.ulid, row.title, row.state) == (draw_.ulid, "2026 年专用标志使用抽查", DrawState.FROZEN)
    assert not names_withheld(session, find_draw(session, draw_.ulid))
    for withdrawal, title in ((Withdrawal.GONE, row.title), (Withdrawal.WITHHELD, None)):
        one = update(InspectionPlan).where(InspectionPlan.ulid == plan)
        session.execute(one.values(withdrawal=withdrawal, withdrawal_reason="测试"))
        session.expire_all()
        assert [each.title for each in list_draws(session, start=0, limit=9)] == [title]
        view = find_draw(session, draw_.ulid)
        assert (view.public_title, names_withheld(session, view)) == (title, title is None)


@pytest.mark.parametrize("table", ["inspection_draw", "inspection_draw_end"])
@pytest.mark.parametrize("act", ["UPDATE {} SET {} = 1", "DELETE FROM {}"])
def test_the_database_itself_keeps_a_draw_as_it_is(session, table, act):
    users(session, 1)
    draw_with(session, frozen(session).ulid, VALUE, by=a_reviewer(session), at=VALUE_DAY)
    column = "number" if table == "inspection_draw" else "ended_by_id"
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(act.format(table, column)))


# ---- plans, grades and inspections as records


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


def _midnight(day):
    return datetime(day.year, day.month, day.day, tzinfo=CHINA).astimezone(UTC)


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
    assert [each.days_late for each in overdue_orders(session, date(2026, 12, 1), arrangements(session))] == [
        2
    ]
    assert [each.days_late for each in overdue_orders(session, date(2027, 1, 4), arrangements(session))] == [
        None,
        None,
    ]


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
