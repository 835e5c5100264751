"""The ledger of the service points: what was asked for, by whom, for how long; corrected by a later entry.

An entry is never changed: another one replaces it, with a reason, and both stay. What counts are the entries that
nothing replaced. No person is named in it. Source: domain reference 2.15 (工作台账).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, aliased, selectinload

from service.calendar import china_date
from service.errors import FieldNotAllowed, RecordNotFound, ReferenceNotFound, StaleVersion
from service.identifiers.person_numbers import contains_person_number
from service.register import auditing, editing, rights
from service.register.models import (
    Organisation,
    ServiceLedgerEntry,
    ServicePoint,
    StaffUser,
    new_ulid,
    ulid_of_words,
)
from service.register.references import References
from service.vocabulary import RecordKind, ServiceTopic, StaffAct, WalkInKind

AUDITED_AS: Final = "service_ledger_entry"
MOST_MINUTES: Final = 24 * 60
LONGEST_LINE: Final = 200
_CHUNK: Final = 500
_MONTHS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service of a point: on which day, what for, for whom, and what came of it.

    `organisation` is a credit code or a name; where it is None, `walk_in` says what kind of visitor came.
    """

    point: str
    """The point's code."""
    day: date
    topic: ServiceTopic
    minutes: int
    result: str
    organisation: str | None = None
    walk_in: WalkInKind | None = None


@dataclass(frozen=True, slots=True)
class LedgerQuery:
    """What a list is narrowed to; the days are half-open."""

    point: str | None = None
    topic: ServiceTopic | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """A page of the ledger, and how many entries and minutes the whole list has."""

    total: int
    minutes: int
    entries: Sequence[ServiceLedgerEntry]


@dataclass(frozen=True, slots=True)
class PointMonths:
    """The entries of one point in each month of a year, January first."""

    point: ServicePoint
    months: list[int] = field(default_factory=lambda: [0] * _MONTHS)

    @property
    def total(self) -> int:
        """The entries of the whole year."""
        return sum(self.months)


def count_entries(session: Session, first_day: date, last_day: date) -> int:
    """Return how many services the points gave from the first day on and before the last (half-open).

    Entries that were replaced or voided do not count, nor do those of demonstration points, which are fictional.
    """
    statement = (
        select(func.count())
        .select_from(ServiceLedgerEntry)
        .join(ServicePoint, ServicePoint.id == ServiceLedgerEntry.point_id)
        .where(
            *_standing(),
            ServicePoint.is_demonstration.is_(False),
            ServiceLedgerEntry.day >= first_day,
            ServiceLedgerEntry.day < last_day,
        )
    )
    return session.scalar(statement) or 0


def points(session: Session) -> Sequence[ServicePoint]:
    """Return the service points for which a ledger may be kept, by their code."""
    statement = select(ServicePoint).where(ServicePoint.withdrawal.is_(None)).order_by(ServicePoint.code)
    return session.scalars(statement).all()


def monthly_counts(session: Session, year: int) -> list[PointMonths]:
    """Return the entries of each month of a year for each point that is kept or has any."""
    found = {point.id: PointMonths(point) for point in points(session)}
    rows = session.execute(
        select(ServiceLedgerEntry.point_id, ServiceLedgerEntry.day, func.count())
        .where(
            *_standing(),
            ServiceLedgerEntry.day >= date(year, 1, 1),
            ServiceLedgerEntry.day < date(year + 1, 1, 1),
        )
        .group_by(ServiceLedgerEntry.point_id, ServiceLedgerEntry.day)
    ).all()
    gone = {key for key, _, _ in rows} - found.keys()
    for point in session.scalars(select(ServicePoint).where(ServicePoint.id.in_(gone))):
        found[point.id] = PointMonths(point)
    for key, day, count in rows:
        found[key].months[day.month - 1] += count
    return sorted(found.values(), key=lambda each: each.point.code)


def list_entries(session: Session, query: LedgerQuery, *, start: int, limit: int) -> LedgerPage:
    """Return a page of the entries that count, the newest day first."""
    wanted = _wanted(query)
    minutes = func.coalesce(func.sum(ServiceLedgerEntry.minutes), 0)
    counted = session.execute(
        _from_points(select(func.count().label("total"), minutes.label("minutes")), wanted)
    ).one()
    return LedgerPage(
        counted.total, counted.minutes, session.scalars(_entries(wanted).offset(start).limit(limit)).all()
    )


def all_entries(session: Session, query: LedgerQuery) -> Iterator[ServiceLedgerEntry]:
    """Yield every entry that a list counts, in its order."""
    wanted = _wanted(query)
    start = 0
    while page := session.scalars(_entries(wanted).offset(start).limit(_CHUNK)).all():
        yield from page
        start += _CHUNK


def find_versions(session: Session, ulid: str) -> list[ServiceLedgerEntry]:
    """Return an entry with all that it replaced and that replaced it, the oldest first.

    Raises:
        RecordNotFound.
    """
    found = [_one(session, ServiceLedgerEntry.ulid == ulid, ulid)]
    while (before := found[0].replaces_id) is not None:
        found.insert(0, _one(session, ServiceLedgerEntry.id == before, ulid))
    while (
        after := session.scalar(_whole().where(ServiceLedgerEntry.replaces_id == found[-1].id))
    ) is not None:
        found.append(after)
    return found


def faults_of(service: Service) -> Mapping[str, str]:
    """Return what is wrong with a service as such: the code of the problem by the name of its field."""
    found: dict[str, str] = {}
    if (service.organisation is None) == (service.walk_in is None):
        found["walk_in"] = "one_visitor"
    if not 1 <= service.minutes <= MOST_MINUTES:
        found["minutes"] = "bad_minutes"
    if not service.result:
        found["result"] = "result_missing"
    for name, text in (("organisation", service.organisation or ""), ("result", service.result)):
        if len(text) > LONGEST_LINE:
            found[name] = "too_long"
        elif contains_person_number(text):
            found[name] = "personal_number"
    return found


def enter(
    session: Session, service: Service, *, by: StaffUser, at: datetime, form_ulid: str | None = None
) -> ServiceLedgerEntry:
    """Return the new entry of a service; a form sent twice with the same words makes one entry.

    `form_ulid`: what the form was given when it was opened, and the entry's own identifier; sent again with other
    words it makes another entry, whose identifier follows from both.

    Raises:
        NotPermitted, FieldNotAllowed, ReferenceNotFound.
    """
    rights.demand(session, by, StaffAct.KEEP_LEDGER, RecordKind.SERVICE_POINT)
    editing.lock_registry(session)  # one at a time, so that a form sent twice meets the first
    values = _values(session, service, at)
    ulid = form_ulid or new_ulid()
    known = _entry(session, ulid)
    if known is not None and any(getattr(known, name) != value for name, value in values.items()):
        ulid = ulid_of_words(ulid, sorted(values.items()))
        known = _entry(session, ulid)
    if known is not None:
        return known
    entry = ServiceLedgerEntry(**values, ulid=ulid, entered_by_id=by.id, entered_at=at)
    return _kept(session, "ledger_entered", entry, at, by)


def _entry(session: Session, ulid: str) -> ServiceLedgerEntry | None:
    return session.scalar(select(ServiceLedgerEntry).where(ServiceLedgerEntry.ulid == ulid))


def correct(
    session: Session, ulid: str, service: Service, reason: str, *, by: StaffUser, at: datetime
) -> ServiceLedgerEntry:
    """Return the entry that replaces one that was wrong.

    Raises:
        RecordNotFound, NotPermitted, FieldNotAllowed, ReferenceNotFound.
        StaleVersion: it was replaced meanwhile.
    """
    wrong = _replaced(session, ulid, reason, by)
    entry = ServiceLedgerEntry(
        **_values(session, service, at),
        entered_by_id=by.id,
        entered_at=at,
        replaces_id=wrong.id,
        reason=reason,
    )
    return _kept(session, "ledger_corrected", entry, at, by)


def void(session: Session, ulid: str, reason: str, *, by: StaffUser, at: datetime) -> ServiceLedgerEntry:
    """Return the entry that takes one back which should not have been made; it counts nothing any more.

    Raises:
        RecordNotFound, NotPermitted, FieldNotAllowed.
        StaleVersion: it was replaced meanwhile.
    """
    wrong = _replaced(session, ulid, reason, by)
    same = (
        "point_id",
        "day",
        "topic",
        "organisation_name",
        "organisation_id",
        "walk_in",
        "minutes",
        "result",
    )
    entry = ServiceLedgerEntry(
        **{name: getattr(wrong, name) for name in same},
        entered_by_id=by.id,
        entered_at=at,
        replaces_id=wrong.id,
        reason=reason,
        is_void=True,
    )
    return _kept(session, "ledger_voided", entry, at, by)


def _replaced(session: Session, ulid: str, reason: str, by: StaffUser) -> ServiceLedgerEntry:
    rights.demand(session, by, StaffAct.KEEP_LEDGER, RecordKind.SERVICE_POINT)
    editing.lock_registry(session)  # two who correct one entry at once come one after another
    versions = find_versions(session, ulid)
    if versions[-1].ulid != ulid or versions[-1].is_void:
        raise StaleVersion(ulid, 0, len(versions))
    if not reason or len(reason) > LONGEST_LINE:
        raise FieldNotAllowed("reason", "", "too_long" if reason else "reason_missing")
    return versions[-1]


def _values(session: Session, service: Service, at: datetime) -> dict[str, Any]:
    for wrong, problem in faults_of(service).items():
        raise FieldNotAllowed(wrong, "", problem)
    point = session.scalar(
        select(ServicePoint).where(ServicePoint.code == service.point, ServicePoint.withdrawal.is_(None))
    )
    if point is None:
        raise ReferenceNotFound("point", service.point, "service_point")
    if service.day > china_date(at):
        raise FieldNotAllowed("day", service.day.isoformat(), "day_to_come")
    if (point.opened_on and service.day < point.opened_on) or (
        point.closed_on and service.day >= point.closed_on
    ):
        raise FieldNotAllowed("day", service.day.isoformat(), "point_not_open")
    name: str | None = None
    key: int | None = None
    if service.organisation:
        name, key = _organisation(session, service.organisation)
    return {
        "point_id": point.id,
        "day": service.day,
        "topic": service.topic,
        "organisation_name": name,
        "organisation_id": key,
        "walk_in": service.walk_in,
        "minutes": service.minutes,
        "result": service.result,
    }


def _organisation(session: Session, text: str) -> tuple[str, int | None]:
    """Return the name and key of an organisation on the register; what is not on it stands as it was typed."""
    key = References(session).organisation_or_none("organisation", text)
    known = session.scalar(select(Organisation.name).where(Organisation.id == key))
    return known or text, key


def _kept(
    session: Session, act: str, entry: ServiceLedgerEntry, at: datetime, by: StaffUser
) -> ServiceLedgerEntry:
    state = editing.lock_registry(session)
    session.add(entry)
    session.flush()  # its identifier stands in the trail
    done = auditing.Act(act, AUDITED_AS, entry.ulid, {}, entry.reason)
    auditing.append(session, state, [done], at=at, actor_id=by.id)
    return entry


def _standing() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions of an entry that counts: nothing replaced it, and it takes none back."""
    later = aliased(ServiceLedgerEntry)
    return ~exists(select(later.id).where(later.replaces_id == ServiceLedgerEntry.id)), (
        ServiceLedgerEntry.is_void.is_(False)
    )


def _wanted(query: LedgerQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [*_standing()]
    if query.point is not None:
        found.append(ServicePoint.code == query.point)
    if query.topic is not None:
        found.append(ServiceLedgerEntry.topic == query.topic)
    if query.first_day is not None:
        found.append(ServiceLedgerEntry.day >= query.first_day)
    if query.last_day is not None:
        found.append(ServiceLedgerEntry.day < query.last_day)
    return found


def _from_points(statement: Any, wanted: Sequence[ColumnElement[bool]]) -> Any:
    return (
        statement.select_from(ServiceLedgerEntry)
        .join(ServicePoint, ServicePoint.id == ServiceLedgerEntry.point_id)
        .where(*wanted)
    )


def _entries(wanted: Sequence[ColumnElement[bool]]) -> Select[Any]:
    order = (ServiceLedgerEntry.day.desc(), ServiceLedgerEntry.id.desc())
    found: Select[Any] = _from_points(_whole(), wanted).order_by(*order)
    return found


def _whole() -> Select[Any]:
    return select(ServiceLedgerEntry).options(
        selectinload(ServiceLedgerEntry.point),
        selectinload(ServiceLedgerEntry.organisation),
        selectinload(ServiceLedgerEntry.entered_by),
    )


def _one(session: Session, matches: ColumnElement[bool], ulid: str) -> ServiceLedgerEntry:
    found: ServiceLedgerEntry | None = session.scalar(_whole().where(matches))
    if found is None:
        raise RecordNotFound(AUDITED_AS, ulid)
    return found
