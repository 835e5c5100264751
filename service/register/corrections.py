"""Orders to correct that were not met in time: counted in working days, from the events as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from service.register.lookups.standings import authorisation_on
from service.register.models import Authorisation, AuthorisationEvent
from service.vocabulary import AuthorisationEventKind, AuthorisationState
from service.working_days import Arrangement, end_of_period, if_counted, working_days_left


@dataclass(frozen=True, slots=True)
class OverdueCorrection:
    """An authorisation whose holder should have put things right by the last day, and by how much that is past.

    `days_late` is None where a year's holidays are not on record: its working days cannot be counted.
    """

    authorisation: Authorisation
    last_day: date
    days_late: int | None


def overdue_corrections(
    session: Session, today: date, known: Mapping[int, Arrangement]
) -> list[OverdueCorrection]:
    """Return the authorisations under correction past their deadline, the longest overdue first.

    A deadline on a day of rest ends on the next working day. In a year without its holidays in `known` the day itself
    counts: the order is shown rather early than never.
    """
    past = select(AuthorisationEvent.authorisation_id).where(
        AuthorisationEvent.kind == AuthorisationEventKind.PUT_UNDER_CORRECTION,
        AuthorisationEvent.deadline_on < today,
    )
    statement = (
        select(Authorisation)
        .where(Authorisation.id.in_(past), Authorisation.withdrawal.is_(None))
        .options(selectinload(Authorisation.events), joinedload(Authorisation.organisation))
        .order_by(Authorisation.id)
        .execution_options(populate_existing=True)  # with events that were added since it was read
    )
    looked_at = (_overdue(each, today, known) for each in session.scalars(statement))
    return sorted((each for each in looked_at if each is not None), key=lambda each: each.last_day)


def _overdue(
    authorisation: Authorisation, today: date, known: Mapping[int, Arrangement]
) -> OverdueCorrection | None:
    standing = authorisation_on(authorisation.events, today)
    if standing.state is not AuthorisationState.UNDER_CORRECTION:
        return None
    deadline = next(each.deadline_on for each in authorisation.events if each.id == standing.decided_by)
    if deadline is None or deadline >= today:
        return None
    last_day = if_counted(lambda: end_of_period(deadline, known)) or deadline
    if today <= last_day:
        return None
    days_late = if_counted(lambda: -working_days_left(today, last_day, known))
    return OverdueCorrection(authorisation, last_day, days_late)
