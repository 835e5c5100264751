"""Plans, draws and inspections as they are read: for the desk whole, for the public as long as their term lasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload, selectinload

from service.errors import RecordNotFound
from service.register.inspecting.drawing import Assigned, Candidate, Population
from service.register.inspecting.freezing import AUDITED_AS
from service.register.lifecycle import add_months
from service.register.lookups.holidays import arrangements
from service.register.models import (
    CreditAssessment,
    Inspection,
    InspectionDraw,
    InspectionPlan,
    Organisation,
    StaffUser,
)
from service.register.prepared import is_among, json_of
from service.vocabulary import DrawState, PublicationTerm, Withdrawal
from service.working_days import Arrangement, YearNotArranged, last_working_day

_MONTHS: Final = {PublicationTerm.THREE_MONTHS: 3, PublicationTerm.THREE_YEARS: 36}


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
        if self.draw.end is None:
            return DrawState.FROZEN
        return DrawState.DRAWN if self.draw.end.public_value is not None else DrawState.ABANDONED

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
class Deadline:
    """The last day to correct; None where the holiday arrangement of `missing_year` is not on record."""

    day: date | None
    missing_year: int | None = None


@dataclass(frozen=True, slots=True)
class InspectionView:
    """An inspection, and the deadline of its order if it has one."""

    inspection: Inspection
    deadline: Deadline | None

    def is_overdue(self, today: date) -> bool:
        """Return whether what was ordered is not corrected and its last day is over."""
        if self.deadline is None or self.inspection.corrected_on is not None:
            return False
        return self.deadline.day is not None and self.deadline.day < today


def last_public_day(published_from: date, term: PublicationTerm) -> date | None:
    """Return the last day a result is shown; None: without end. Three months from 1 March end with 31 May."""
    months = _MONTHS.get(term)
    return None if months is None else add_months(published_from, months) - timedelta(days=1)


def is_public(inspection: Inspection, day: date) -> bool:
    """Return whether the public sees a result on a China day: never withdrawn ones, others within their term."""
    begins, term = inspection.published_from, inspection.publication_term
    if inspection.withdrawal is not None or begins is None or term is None or day < begins:
        return False
    last = last_public_day(begins, term)
    return last is None or day <= last


def list_plans(session: Session) -> list[InspectionPlan]:
    """Return the plans that are not withdrawn with their draws, the latest year first."""
    statement = (
        select(InspectionPlan)
        .where(InspectionPlan.withdrawal.is_(None))
        .options(
            joinedload(InspectionPlan.source),
            joinedload(InspectionPlan.product),
            selectinload(InspectionPlan.draws).joinedload(InspectionDraw.end),
        )
        .order_by(InspectionPlan.year.desc(), InspectionPlan.id.desc())
    )
    return list(session.scalars(statement))


def find_plan(session: Session, ulid: str) -> InspectionPlan:
    """Return a plan with its draws.

    Raises:
        RecordNotFound: there is none, or it is withdrawn.
    """
    found = next((plan for plan in list_plans(session) if plan.ulid == ulid), None)
    if found is None:
        raise RecordNotFound("inspection_plan", ulid)
    return found


def draws_of(session: Session, plan: InspectionPlan) -> list[DrawView]:
    """Return the draws of a plan, the first one first: those that were given up too."""
    return _views(session, InspectionDraw.plan_id == plan.id)


def all_draws(session: Session) -> list[DrawView]:
    """Return every draw there was, the newest first; that of a withdrawn plan does not go away."""
    return _views(session)[::-1]


def find_draw(session: Session, ulid: str) -> DrawView:
    """Return a draw.

    Raises:
        RecordNotFound.
    """
    found = _views(session, InspectionDraw.ulid == ulid)
    if not found:
        raise RecordNotFound(AUDITED_AS, ulid)
    return found[0]


def inspections_of(session: Session, plan: InspectionPlan | None = None) -> list[InspectionView]:
    """Return the inspections that are not withdrawn, of the plan or all, the latest first."""
    statement = _INSPECTIONS.where(Inspection.withdrawal.is_(None))
    if plan is not None:
        statement = statement.where(Inspection.plan_id == plan.id)
    held = arrangements(session)
    return [
        InspectionView(each, _deadline(each, held))
        for each in session.scalars(statement.options(joinedload(Inspection.plan)))
    ]


def public_inspections(session: Session, day: date) -> list[InspectionView]:
    """Return the results that the public sees on a China day, the latest first; none of a body that is withheld."""
    return [
        each
        for each in inspections_of(session)
        if is_public(each.inspection, day)
        and each.inspection.organisation.withdrawal is not Withdrawal.WITHHELD
    ]


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


_INSPECTIONS: Final = (
    select(Inspection)
    .options(joinedload(Inspection.organisation), joinedload(Inspection.source))
    .order_by(Inspection.inspected_on.desc(), Inspection.id.desc())
)


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


def _view(draw: InspectionDraw, names: dict[int, str]) -> DrawView:
    population = Population.model_validate_json(draw.content)
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


def _deadline(one: Inspection, held: dict[int, Arrangement]) -> Deadline | None:
    if one.ordered_on is None or one.order_working_days is None:
        return None
    try:
        return Deadline(last_working_day(one.ordered_on, one.order_working_days, held))
    except YearNotArranged as error:
        return Deadline(None, error.year)


def names_withheld(session: Session, found: DrawView) -> bool:
    """Return whether a body of the population is withheld from the public by now.

    Its name stands in bytes that nobody can change, so that population and result are shut for as long.
    """
    bodies = [each.id for stratum in found.population.strata for each in stratum.candidates]
    withheld = exists().where(
        is_among(Organisation.ulid, json_of(bodies)), Organisation.withdrawal == Withdrawal.WITHHELD
    )
    return bool(session.scalar(select(withheld)))
