"""Wrongs stopped by one person alone: a few in a day, and beyond those only with a second one (T34, decision 0023)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from service.calendar import CHINA, china_date
from service.errors import FourEyes
from service.register.models import Revision, StaffUser
from service.vocabulary import DraftState

MOST_ALONE: Final = 5
"""So many acts that stop a wrong one person does alone in a China day. Source: security reference T34."""

_ALONE: Final = (
    Revision.needs_two_people.is_(False),
    Revision.state == DraftState.PUBLISHED,
    or_(Revision.submitted_person.is_(None), Revision.submitted_person == Revision.decided_person),
)


@dataclass(frozen=True, slots=True)
class ManyStops:
    """A person who stopped as many wrongs alone on a day as one person may, with the names of their accounts."""

    person: str
    names: tuple[str, ...]
    day: date
    stops: int


def is_used_up(session: Session, person: str, at: datetime, *, more: int = 1) -> bool:
    """Return whether a person may not stop so many more wrongs alone on this day."""
    decided = (Revision.decided_person == person, Revision.decided_at >= _midnight(china_date(at)))
    done = session.scalar(select(func.count()).select_from(Revision).where(*_ALONE, *decided)) or 0
    return done + more > MOST_ALONE


def demand_few(session: Session, drafts: Iterable[Revision], by: StaffUser, at: datetime) -> None:
    """Refuse what one person would stop alone beyond a few in a day; the registry must be locked.

    Raises:
        FourEyes: so; another person may still publish them.
    """
    alone = [
        draft
        for draft in drafts
        if not draft.needs_two_people and draft.submitted_person in {None, by.person}
    ]
    if alone and is_used_up(session, by.person, at, more=len(alone)):
        raise FourEyes(alone[0].ulid, by.person)


def many_stops(session: Session, since: date) -> list[ManyStops]:
    """Return who stopped as many wrongs alone as one person may, on each China day from one on, the newest first."""
    decided = select(Revision.decided_person, Revision.decided_at).where(
        *_ALONE, Revision.decided_at >= _midnight(since)
    )
    # Who decided and when are said of every published draft, though their columns may be empty before.
    counts = Counter((str(person), china_date(at)) for person, at in session.execute(decided) if at)
    found = sorted(((day, person, n) for (person, day), n in counts.items() if n >= MOST_ALONE), reverse=True)
    names: dict[str, list[str]] = {}
    persons = {person for _, person, _ in found}
    accounts = select(StaffUser.person, StaffUser.display_name).where(StaffUser.person.in_(persons))
    for person, name in session.execute(accounts.order_by(StaffUser.id)) if persons else ():
        names.setdefault(person, []).append(name)
    return [ManyStops(person, tuple(names.get(person, ())), day, n) for day, person, n in found]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)
