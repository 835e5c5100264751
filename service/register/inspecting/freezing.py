"""Freezing a population and drawing from it: two people, and a public value that neither of them can choose."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import orjson
import rfc8785
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from service.calendar import china_date
from service.errors import FieldNotAllowed, FourEyes, RecordNotFound, TransitionNotAllowed
from service.register import auditing, editing, rights
from service.register.inspecting.drawing import Candidate, Population, Stratum, draw
from service.register.lookups.mark_users import mark_uses
from service.register.models import (
    CreditAssessment,
    InspectionDraw,
    InspectionDrawEnd,
    InspectionPlan,
    Organisation,
    RegistryState,
    Source,
    StaffUser,
)
from service.register.payloads.supervision import INSPECTORS_EACH, UNGRADED
from service.vocabulary import DrawState, StaffAct

AUDITED_AS: Final = "inspection_draw"
FEWEST_DIGITS, MOST_DIGITS = 6, 60
LONGEST_SOURCE: Final = 300
_LONGEST_REASON: Final = 2000
_LONGEST_HIDDEN: Final = timedelta(days=366)
_NONCE_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Announced:
    """What is said when a population is frozen: where the value will stand, on which day, and its digits.

    `published_from`: the day from which population and result are public.
    """

    value_source: str
    value_on: date
    digits: int
    published_from: date


def freeze_population(
    session: Session, ulid: str, announced: Announced, *, by: StaffUser, at: datetime
) -> InspectionDraw:
    """Freeze the population of a plan as the register is now; its hash is public at once, the trail gets one row.

    Raises:
        NotPermitted; RecordNotFound: no such plan, or it is withdrawn.
        TransitionNotAllowed: a draw of the plan is still waiting for its value.
        FieldNotAllowed: what is announced cannot be so, or nobody is there to be drawn.
    """
    rights.demand(session, by, StaffAct.FREEZE_DRAW)
    today = china_date(at)
    _demand_announced(announced, today)
    state = editing.lock_registry(session)
    plan = session.scalar(
        select(InspectionPlan).where(InspectionPlan.ulid == ulid, InspectionPlan.withdrawal.is_(None))
    )
    if plan is None:
        raise RecordNotFound("inspection_plan", ulid)
    _demand_none_waits(session, plan)
    strata = _strata(session, plan, today)
    if not any(stratum.candidates for stratum in strata):
        raise FieldNotAllowed("plan", plan.code, "empty_population")
    population = Population(
        plan=plan.code,
        title=plan.title,
        year=plan.year,
        is_demonstration=plan.is_demonstration,
        on=today,
        frozen_at=at,
        revision_number=state.revision_number,
        nonce=secrets.token_hex(_NONCE_BYTES),
        value_source=announced.value_source,
        value_on=announced.value_on,
        digits=announced.digits,
        published_from=announced.published_from,
        inspectors_each=INSPECTORS_EACH,
        inspectors=tuple(plan.inspectors),
        strata=tuple(strata),
    )
    content = rfc8785.dumps(population.model_dump(mode="json")).decode()
    number = session.scalar(
        select(func.coalesce(func.max(InspectionDraw.number), 0)).where(InspectionDraw.plan_id == plan.id)
    )
    frozen = InspectionDraw(
        plan_id=plan.id,
        number=(number or 0) + 1,
        frozen_at=at,
        frozen_by_id=by.id,
        content=content,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
    )
    session.add(frozen)
    session.flush()  # its identifier is wanted below
    changes: dict[str, list[Any]] = {"plan": [None, plan.code], "sha256": [None, frozen.sha256]}
    act = auditing.Act("population_frozen", AUDITED_AS, frozen.ulid, changes)
    auditing.append(session, state, [act], at=at, actor_id=by.id)
    return frozen


def draw_with(session: Session, ulid: str, value: str, *, by: StaffUser, at: datetime) -> InspectionDrawEnd:
    """Draw with the public value, by somebody else than who froze the population; the trail gets one row.

    Raises:
        NotPermitted, FourEyes, RecordNotFound; TransitionNotAllowed: the draw has ended already.
        FieldNotAllowed: the day of the value has not come, or it has not the digits that were announced.
    """
    frozen, state = _waiting(session, ulid, by)
    population = Population.model_validate_json(frozen.content)
    if china_date(at) < population.value_on:
        raise FieldNotAllowed("value", "", "value_to_come")
    digits = digits_of(value)
    if len(digits) != population.digits:
        raise FieldNotAllowed("value", "", "wrong_digits")
    drawn = orjson.dumps(
        [each.model_dump(mode="json") for each in draw(population, frozen.sha256, digits)]
    ).decode()
    end = InspectionDrawEnd(
        draw_id=frozen.id, ended_at=at, ended_by_id=by.id, public_value=digits, drawn=drawn
    )
    session.add(end)
    session.flush()
    session.expire(frozen, ["end"])  # it was read as having none
    act = auditing.Act("drawn", AUDITED_AS, ulid, {"public_value": [None, digits]})
    auditing.append(session, state, [act], at=at, actor_id=by.id)
    return end


def abandon(session: Session, ulid: str, reason: str, *, by: StaffUser, at: datetime) -> InspectionDrawEnd:
    """Give a draw up before it was drawn, for a reason that everybody can read; the trail gets one row.

    Raises:
        NotPermitted, FourEyes, RecordNotFound, TransitionNotAllowed; FieldNotAllowed: no reason.
    """
    frozen, state = _waiting(session, ulid, by)
    if not 0 < len(reason) <= _LONGEST_REASON:
        raise FieldNotAllowed("reason", "", "reason_missing")
    end = InspectionDrawEnd(draw_id=frozen.id, ended_at=at, ended_by_id=by.id, reason=reason)
    session.add(end)
    session.flush()
    session.expire(frozen, ["end"])  # it was read as having none
    act = auditing.Act("draw_abandoned", AUDITED_AS, ulid, {}, reason)
    auditing.append(session, state, [act], at=at, actor_id=by.id)
    return end


def digits_of(value: str) -> str:
    """Return the digits of a public value, in whatever width and with whatever between them it was typed."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", value) if letter in "0123456789")


def grades_on(session: Session, scheme: str, day: date, organisations: Iterable[int]) -> dict[int, str]:
    """Return the grade of each body under the scheme on the day; one without a kept basis document does not count."""
    statement = (
        select(CreditAssessment.organisation_id, CreditAssessment.grade)
        .join(Source, Source.id == CreditAssessment.source_id)
        .where(
            CreditAssessment.scheme == scheme,
            CreditAssessment.withdrawal.is_(None),
            CreditAssessment.valid_from <= day,
            func.coalesce(CreditAssessment.valid_to, date.max) > day,
            Source.document_sha256.is_not(None),
        )
    )
    wanted = set(organisations)
    return {key: grade for key, grade in session.execute(statement) if key in wanted}


def _strata(session: Session, plan: InspectionPlan, day: date) -> list[Stratum]:
    """Return who may be drawn, by share; a grade that the plan does not name is drawn as no grade."""
    uses = mark_uses(session, day, demonstration=plan.is_demonstration)
    found: dict[int, Organisation] = {
        use.organisation.id: use.organisation for use in uses if plan.product_id in {None, use.product_id}
    }
    shares = {str(grade): int(percent) for grade, percent in plan.ratios}
    grades = grades_on(session, plan.credit_scheme, day, found) if plan.credit_scheme else {}
    groups: dict[str, list[Candidate]] = {grade: [] for grade in shares}
    for key, one in found.items():
        grade = grades.get(key, UNGRADED)
        groups[grade if grade in shares else UNGRADED].append(
            Candidate(id=one.ulid, code=one.uscc, name=one.name)
        )
    return [
        Stratum(
            grade=grade,
            percent=shares[grade],
            candidates=tuple(sorted(candidates, key=lambda each: each.id)),
        )
        for grade, candidates in groups.items()
    ]


def _demand_announced(announced: Announced, today: date) -> None:
    source, value_on = announced.value_source, announced.value_on
    if not 0 < len(source) <= LONGEST_SOURCE:
        raise FieldNotAllowed("value_source", "", "too_long" if source else "missing")
    if value_on <= today:
        raise FieldNotAllowed("value_on", value_on.isoformat(), "value_known_already")
    if not FEWEST_DIGITS <= announced.digits <= MOST_DIGITS:
        raise FieldNotAllowed("digits", str(announced.digits), "out_of_range")
    if not value_on <= announced.published_from <= today + _LONGEST_HIDDEN:
        raise FieldNotAllowed("published_from", announced.published_from.isoformat(), "hidden_too_long")


def _demand_none_waits(session: Session, plan: InspectionPlan) -> None:
    waiting = (
        select(InspectionDraw.id)
        .outerjoin(InspectionDrawEnd, InspectionDrawEnd.draw_id == InspectionDraw.id)
        .where(InspectionDraw.plan_id == plan.id, InspectionDrawEnd.draw_id.is_(None))
    )
    if session.scalars(waiting).first() is not None:
        raise TransitionNotAllowed(plan.code, DrawState.FROZEN.value, DrawState.FROZEN.value)


def _waiting(session: Session, ulid: str, by: StaffUser) -> tuple[InspectionDraw, RegistryState]:
    """Return a draw that waits for its value, and the locked registry; who froze it is somebody else."""
    rights.demand(session, by, StaffAct.DRAW)
    state = editing.lock_registry(session)
    frozen = session.scalar(
        select(InspectionDraw).where(InspectionDraw.ulid == ulid).options(joinedload(InspectionDraw.end))
    )
    if frozen is None:
        raise RecordNotFound(AUDITED_AS, ulid)
    if frozen.end is not None:
        now = DrawState.DRAWN if frozen.end.public_value else DrawState.ABANDONED
        raise TransitionNotAllowed(ulid, now.value, DrawState.DRAWN.value)
    freezer = session.get_one(StaffUser, frozen.frozen_by_id)
    if freezer.person == by.person:
        raise FourEyes(ulid, by.person)
    return frozen, state
