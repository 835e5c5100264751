"""Plans and draws as they are read; a list reads no population, and a withheld title is shown to nobody outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

import orjson
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from service.errors import RecordNotFound
from service.register.inspecting.drawing import Assigned, Candidate, Population
from service.register.inspecting.freezing import AUDITED_AS
from service.register.models import (
    CreditAssessment,
    InspectionDraw,
    InspectionDrawEnd,
    InspectionPlan,
    Organisation,
    StaffUser,
)
from service.register.prepared import is_among, json_of
from service.vocabulary import DrawState, Withdrawal

_KEPT_POPULATIONS: Final = 16


@dataclass(frozen=True, slots=True)
class Drawn:
    """A body that was drawn, with its share and inspectors."""

    candidate: Candidate
    grade: str
    inspectors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrawView:
    """A draw: what was frozen, and how it ended if it has."""

    draw: InspectionDraw
    population: Population
    frozen_by: str
    ended_by: str | None
    drawn: tuple[Drawn, ...]

    @property
    def state(self) -> DrawState:
        """How far it has come."""
        end = self.draw.end
        return _state(end is not None, end.public_value if end else None)

    @property
    def public_title(self) -> str | None:
        """What the public may read of its title: nothing while the plan is withheld."""
        return None if self.draw.plan.withdrawal is Withdrawal.WITHHELD else self.population.title

    @property
    def is_waiting(self) -> bool:
        """Whether it has not ended."""
        return self.draw.end is None

    def is_open_on(self, day: date) -> bool:
        """Return whether population and result are public on a China day: from the announced day on, drawn or not.

        So nobody can keep a draw from the public by leaving it undone.
        """
        return self.population.published_from <= day

    def as_file(self) -> bytes:
        """Return the file that the draw can be run again from, by itself."""
        end = self.draw.end
        return orjson.dumps(
            {
                "algorithm": self.population.algorithm,
                "sha256": self.draw.sha256,
                "population": self.draw.content,
                "value": end.public_value if end else None,
                "drawn": orjson.loads(end.drawn) if end and end.drawn else None,
                "abandoned": end.reason if end else None,
            },
            option=orjson.OPT_INDENT_2,
        )


@dataclass(frozen=True, slots=True)
class DrawRow:
    """A draw as a list has it, without its population. `title`: of its plan as it is now; None: it is withheld."""

    ulid: str
    number: int
    frozen_at: datetime
    sha256: str
    title: str | None
    is_demonstration: bool
    state: DrawState


def list_plans(session: Session) -> list[InspectionPlan]:
    """Return the plans that are not withdrawn with their draws, the latest year first."""
    statement = _PLANS.order_by(InspectionPlan.year.desc(), InspectionPlan.id.desc())
    return list(session.scalars(statement))


def find_plan(session: Session, ulid: str) -> InspectionPlan:
    """Return a plan with its draws.

    Raises:
        RecordNotFound: there is none, or it is withdrawn.
    """
    found = session.scalar(_PLANS.where(InspectionPlan.ulid == ulid))
    if found is None:
        raise RecordNotFound("inspection_plan", ulid)
    return found


def draws_of(session: Session, plan: InspectionPlan) -> list[DrawView]:
    """Return the draws of a plan, the first one first: those that were given up too."""
    return _views(session, InspectionDraw.plan_id == plan.id)


def count_draws(session: Session) -> int:
    """Return how many draws there ever were."""
    return session.scalar(select(func.count()).select_from(InspectionDraw)) or 0


def list_draws(session: Session, *, start: int, limit: int) -> list[DrawRow]:
    """Return a page of all draws, the newest first; that of a withdrawn plan does not go away, its title may."""
    statement = (
        select(
            InspectionDraw.ulid,
            InspectionDraw.number,
            InspectionDraw.frozen_at,
            InspectionDraw.sha256,
            InspectionPlan.title,
            InspectionPlan.is_demonstration,
            InspectionPlan.withdrawal,
            InspectionDrawEnd.ended_at,
            InspectionDrawEnd.public_value,
        )
        .join(InspectionPlan, InspectionPlan.id == InspectionDraw.plan_id)
        .outerjoin(InspectionDrawEnd, InspectionDrawEnd.draw_id == InspectionDraw.id)
        .order_by(InspectionDraw.id.desc())
        .offset(start)
        .limit(limit)
    )
    return [
        DrawRow(
            row.ulid,
            row.number,
            row.frozen_at,
            row.sha256,
            None if row.withdrawal is Withdrawal.WITHHELD else row.title,
            row.is_demonstration,
            _state(row.ended_at is not None, row.public_value),
        )
        for row in session.execute(statement)
    ]


def find_draw(session: Session, ulid: str) -> DrawView:
    """Return a draw.

    Raises:
        RecordNotFound.
    """
    found = _views(session, InspectionDraw.ulid == ulid)
    if not found:
        raise RecordNotFound(AUDITED_AS, ulid)
    return found[0]


def credit_of(session: Session, organisation_ulid: str) -> list[CreditAssessment]:
    """Return the grades of a body that are not withdrawn, the latest first."""
    statement = (
        select(CreditAssessment)
        .join(Organisation, Organisation.id == CreditAssessment.organisation_id)
        .where(Organisation.ulid == organisation_ulid, CreditAssessment.withdrawal.is_(None))
        .options(joinedload(CreditAssessment.source))
        .order_by(CreditAssessment.valid_from.desc(), CreditAssessment.id.desc())
    )
    return list(session.scalars(statement))


_PLANS: Final = (
    select(InspectionPlan)
    .where(InspectionPlan.withdrawal.is_(None))
    .options(
        joinedload(InspectionPlan.source),
        joinedload(InspectionPlan.product),
        selectinload(InspectionPlan.draws).joinedload(InspectionDraw.end),
    )
)


def _state(has_ended: bool, public_value: str | None) -> DrawState:  # noqa: FBT001
    if not has_ended:
        return DrawState.FROZEN
    return DrawState.DRAWN if public_value is not None else DrawState.ABANDONED


def _views(session: Session, *conditions: Any) -> list[DrawView]:
    statement = (
        select(InspectionDraw)
        .where(*conditions)
        .options(joinedload(InspectionDraw.end), joinedload(InspectionDraw.plan))
        .order_by(InspectionDraw.id)
    )
    draws = list(session.scalars(statement))
    keys = {key for each in draws for key in (each.frozen_by_id, each.end.ended_by_id if each.end else None)}
    people = select(StaffUser.id, StaffUser.display_name).where(StaffUser.id.in_(keys - {None}))
    names = {row.id: row.display_name for row in session.execute(people)}
    return [_view(each, names) for each in draws]


@lru_cache(maxsize=_KEPT_POPULATIONS)
def _population(content: str) -> Population:
    """Return the population of these bytes; they never change, so that it is read once."""
    return Population.model_validate_json(content)


def _view(draw: InspectionDraw, names: dict[int, str]) -> DrawView:
    population = _population(draw.content)
    end = draw.end
    return DrawView(
        draw,
        population,
        names[draw.frozen_by_id],
        names[end.ended_by_id] if end else None,
        _drawn(population, end.drawn) if end and end.drawn else (),
    )


def _drawn(population: Population, kept: str) -> tuple[Drawn, ...]:
    by_id = {each.id: (each, stratum) for stratum in population.strata for each in stratum.candidates}
    found: Sequence[Assigned] = [Assigned.model_validate(each) for each in orjson.loads(kept)]
    return tuple(Drawn(by_id[each.id][0], by_id[each.id][1].grade, each.inspectors) for each in found)


def names_withheld(session: Session, found: DrawView) -> bool:
    """Return whether the plan or a body of the population is withheld from the public by now.

    Title and names stand in bytes that nobody can change, so that population and result are shut for as long.
    """
    if found.public_title is None:
        return True
    bodies = [each.id for stratum in found.population.strata for each in stratum.candidates]
    withheld = exists().where(
        is_among(Organisation.ulid, json_of(bodies)), Organisation.withdrawal == Withdrawal.WITHHELD
    )
    return bool(session.scalar(select(withheld)))
