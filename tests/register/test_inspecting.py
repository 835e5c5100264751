"""Random inspection: a draw that anybody can run again and nobody can bend."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from factories import (
    NOW,
    TODAY,
    a_product,
    a_protection,
    a_reviewer,
    an_account,
    an_authorisation,
    an_authorisation_event,
    an_editor,
    an_organisation,
)
from hypothesis import given
from hypothesis import strategies as st
from independent_draw import draw_again
from inspections import ANNOUNCED, TOMORROW, a_grade, a_plan, frozen, midnight, users
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from service.errors import FieldNotAllowed, FourEyes, NotPermitted, TransitionNotAllowed
from service.register import auditing
from service.register.inspecting import (
    Announced,
    Population,
    abandon,
    digits_of,
    draw,
    draw_with,
    find_draw,
    find_plan,
    freeze_population,
    list_draws,
    names_withheld,
)
from service.register.inspecting.drawing import Candidate, Stratum
from service.register.models import AuditEvent, InspectionPlan
from service.vocabulary import DrawState, Role, Withdrawal

VALUE_DAY = NOW + timedelta(days=1)
VALUE = "03 08 11 15 22 27 + 09"
SCRIPT = Path(__file__).parents[1] / "independent_draw.py"


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
        ({"value_source": "长" * 501}, "value_source"),
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
        draw_with(session, draw_.ulid, VALUE, by=reviewer, at=midnight(TOMORROW) - timedelta(seconds=1))
    for wrong in ("1", f"{VALUE} 1", ""):
        with pytest.raises(FieldNotAllowed):
            draw_with(session, draw_.ulid, wrong, by=reviewer, at=VALUE_DAY)
    draw_with(session, draw_.ulid, VALUE, by=reviewer, at=midnight(TOMORROW))
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
