"""What the lists of the work list are made of, and to whom each is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session

from service.register.leads import Deadline
from service.register.models import (
    StaffUser,
)
from service.register.rights import Held
from service.vocabulary import (
    Anomaly,
    RecordKind,
    StaffAct,
    Vocabulary,
    WorkList,
)

OPEN_TO: Final[Mapping[WorkList, StaffAct]] = {
    WorkList.RETURNED: StaffAct.DRAFT,
    WorkList.MY_DRAFTS: StaffAct.DRAFT,
    WorkList.TO_REVIEW: StaffAct.PUBLISH,
    WorkList.MANY_STOPS: StaffAct.SEE_ALERTS,
    WorkList.OVERDUE_CORRECTIONS: StaffAct.READ_RECORDS,
    WorkList.BATCHES_TO_REVIEW: StaffAct.PUBLISH,
    WorkList.IMPORTS_TO_MEND: StaffAct.IMPORT,
    WorkList.OVERDUE_LEADS: StaffAct.SEE_LEADS,
    WorkList.ANOMALIES: StaffAct.READ_RECORDS,
    WorkList.EXPIRING_MARKS: StaffAct.READ_RECORDS,
    WorkList.STALE_CHECKS: StaffAct.READ_RECORDS,
    WorkList.INDEX: StaffAct.READ_RECORDS,
}
"""The act that opens a list to somebody."""

WITHIN_MONTHS: Final = (12, 6, 3)
IN_GRACE: Final = 0
"""Instead of a number of months: marks whose term has ended and that may still be renewed."""
TOLD_FOR: Final = timedelta(days=7)
"""So long it is told that one person stopped many wrongs alone."""
STALE_AFTER: Final = timedelta(days=365)

_Thing = TypeVar("_Thing")


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom the lists are made, and on which day; one for each transaction.

    `whole` keeps the lists that are not found page by page: counted and then shown, they are found once.
    """

    user: StaffUser
    held: Held
    today: date
    whole: dict[WorkList, Sequence[Any]] = field(default_factory=dict, repr=False)

    def once(self, which: WorkList, find: Callable[[], Sequence[_Thing]]) -> Sequence[_Thing]:
        """Return the whole list, found when it is asked for first."""
        if which not in self.whole:
            self.whole[which] = find()
        return self.whole[which]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a list is narrowed to: a kind of record, for marks the months to their end, a kind of anomaly."""

    kind: RecordKind | None = None
    within: int = WITHIN_MONTHS[0]
    anomaly: Anomaly | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that waits; `day` is what the list is about: a deadline, an end, the day of an act.

    `path` leads to where it is looked at, a page of the desk or its public page; `draft_ulid` names a draft.
    `count` is how many acts or working days it is about, `counts` what was declared and what was found.
    `missing_year`: the year without holidays on record for which there is no day.
    """

    kind: Vocabulary
    name: str
    day: date | None
    path: str | None = None
    draft_ulid: str | None = None
    note: str | None = None
    deadline: Deadline | None = None
    missing_year: int | None = None
    count: int | None = None
    counts: tuple[int, int] | None = None
    is_demonstration: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a list, and how many things the whole list has."""

    total: int
    items: Sequence[Item]


def page(session: Session, statement: Select[Any], start: int, limit: int) -> Sequence[Any]:
    """Return a page of what a statement selects; nothing is read where only the count is wanted."""
    return session.scalars(statement.offset(start).limit(limit)).all() if limit else []
