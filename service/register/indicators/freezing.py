"""Freezing the indicators of a day: a row that nothing changes, with the hash of what it says."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.calendar import china_date
from service.errors import FieldNotAllowed, RecordNotFound
from service.register import auditing, editing, rights
from service.register.indicators.measuring import measure
from service.register.indicators.shapes import Content, Line, Period
from service.register.models import Snapshot, StaffUser
from service.vocabulary import StaffAct

_AUDITED_AS: Final = "snapshot"
_LONGEST_TITLE: Final = 300


@dataclass(frozen=True, slots=True)
class Frozen:
    """A snapshot with its content read, and whether it still has the hash it was given."""

    snapshot: Snapshot
    content: Content
    taken_by: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """One indicator in two readings; None where one of them does not have it."""

    before: Line | None
    after: Line | None

    @property
    def line(self) -> Line:
        """Whichever there is, the later one first."""
        found = self.after or self.before
        if found is None:
            raise AssertionError("an indicator of neither reading")
        return found

    @property
    def difference(self) -> float | None:
        """How much the value grew; None where either has none."""
        if self.before is None or self.after is None:
            return None
        if self.before.value is None or self.after.value is None:
            return None
        return self.after.value - self.before.value


def freeze(session: Session, title: str, period: Period, *, by: StaffUser, at: datetime) -> Snapshot:
    """Return a new snapshot of the register as it is now, for the period; the trail gets one row.

    Raises:
        NotPermitted: the member of staff may not.
        FieldNotAllowed: no title, a day to come, or a period that ends before it begins.
    """
    rights.demand(session, by, StaffAct.FREEZE_SNAPSHOT)
    if not 0 < len(title) <= _LONGEST_TITLE:
        raise FieldNotAllowed("title", title, "bad_title")
    if period.last > china_date(at):
        raise FieldNotAllowed("day", period.last.isoformat(), "day_to_come")
    if period.first > period.last:
        raise FieldNotAllowed("first_day", period.first.isoformat(), "period_out_of_order")
    # Locked, so that the figures are those of the revision they name.
    state = editing.lock_registry(session)
    said = Content(
        title=title,
        first_day=period.first,
        day=period.last,
        taken_at=at,
        revision_number=state.revision_number,
        indicators=tuple(measure(session, period)),
    )
    content = rfc8785.dumps(said.model_dump(mode="json")).decode()
    snapshot = Snapshot(
        title=title,
        day=period.last,
        taken_at=at,
        taken_by_id=by.id,
        revision_number=state.revision_number,
        content=content,
        sha256=_digest(content),
    )
    session.add(snapshot)
    session.flush()  # its identifier is wanted below
    changes = {
        "title": [None, title],
        "day": [None, period.last.isoformat()],
        "sha256": [None, snapshot.sha256],
    }
    act = auditing.Act("snapshot_frozen", _AUDITED_AS, snapshot.ulid, changes)
    auditing.append(session, state, [act], at=at, actor_id=by.id)
    return snapshot


def list_snapshots(session: Session) -> list[Snapshot]:
    """Return the snapshots, the latest day first."""
    order = (Snapshot.day.desc(), Snapshot.id.desc())
    return list(session.scalars(select(Snapshot).order_by(*order)))


def find_snapshot(session: Session, ulid: str) -> Frozen:
    """Return a snapshot as it was frozen.

    Raises:
        RecordNotFound.
    """
    statement = (
        select(Snapshot, StaffUser.display_name)
        .join(StaffUser, StaffUser.id == Snapshot.taken_by_id)
        .where(Snapshot.ulid == ulid)
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        raise RecordNotFound(_AUDITED_AS, ulid)
    snapshot, taken_by = found
    content = Content.model_validate_json(snapshot.content)
    return Frozen(snapshot, content, taken_by, _digest(snapshot.content) == snapshot.sha256)


def compare(before: Sequence[Line], after: Sequence[Line]) -> list[Compared]:
    """Return the indicators of two readings side by side, in the order of the later."""
    earlier, later = ({line.code: line for line in each} for each in (before, after))
    codes = [*later, *(code for code in earlier if code not in later)]
    return [Compared(earlier.get(code), later.get(code)) for code in codes]


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()
