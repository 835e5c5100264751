"""The demonstration zone's pack: where the zone stands, what it must show, and what shows it.

Source: domain reference 2.12 [S11, S12, S13].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from service.errors import RecordNotFound
from service.register.indicators import Line, Period, measure_share
from service.register.lifecycle import ZoneFact, ZoneStanding, add_months, zone_standing
from service.register.lookups.mark_users import live_protections, mark_uses
from service.register.lookups.standings import protection_on
from service.register.models import DemonstrationZone, GiProduct, ZoneEvent
from service.vocabulary import ZoneCondition, ZoneEventKind, ZoneState

LEAST_SHARE: Final = 60
"""The share, per cent, that each of the two quotients must reach."""
_PROTECTED_MONTHS: Final = 36
_EVIDENCE_MONTHS: Final = 36
_SHARES: Final = {
    ZoneCondition.USER_SHARE: "demo_user_share",
    ZoneCondition.OUTPUT_SHARE: "demo_output_share",
}
_REPORTING: Final = frozenset(ZoneState) - {ZoneState.NOT_APPLIED, ZoneState.RECOMMENDED, ZoneState.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Protected:
    """A product of the zone, and since when a protection of it is in force; None: none is, or the day is not known."""

    product: GiProduct
    since: date | None


@dataclass(frozen=True, slots=True)
class Check:
    """A condition: whether it is met, None where what would show it is missing, and what shows it.

    `line`: the quotient, of a share. `protected`: since when, of the protection. `evidence`: the entries for it.
    """

    condition: ZoneCondition
    is_met: bool | None
    evidence: tuple[ZoneEvent, ...] = ()
    line: Line | None = None
    protected: tuple[Protected, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A year's report: due on its 31 December; `handed_in` is the day it was, None while it was not."""

    year: int
    handed_in: date | None

    @property
    def due(self) -> date:
        """The last day for it."""
        return date(self.year, 12, 31)

    def is_late(self, today: date) -> bool:
        """Return whether it came after its day, or has not come though its day is over."""
        return (self.handed_in or today) > self.due


@dataclass(frozen=True, slots=True)
class Pack:
    """A zone on a day with all that its reports and its acceptance ask for."""

    zone: DemonstrationZone
    standing: ZoneStanding
    period: Period
    checks: tuple[Check, ...]
    reports: tuple[Report, ...]
    events: tuple[ZoneEvent, ...]

    @property
    def preparation_ends(self) -> date | None:
        """The last day of the preparation."""
        first_after = self.standing.preparation_to
        return None if first_after is None else first_after - timedelta(days=1)

    def is_preparation_over(self, today: date) -> bool:
        """Return whether the preparation has run out while the zone is still in it."""
        ends = self.preparation_ends
        return self.standing.state is ZoneState.PREPARING and ends is not None and ends < today


def list_zones(session: Session, today: date) -> list[tuple[DemonstrationZone, ZoneStanding]]:
    """Return the zones that are not withdrawn, each with its standing."""
    return [(zone, _standing(zone, today)) for zone in session.scalars(_ZONES).unique()]


def find_pack(session: Session, ulid: str, today: date) -> Pack:
    """Return a zone's pack on a day.

    Raises:
        RecordNotFound: there is no such zone, or it is withdrawn.
    """
    zone = session.scalars(_ZONES.where(DemonstrationZone.ulid == ulid)).unique().one_or_none()
    if zone is None:
        raise RecordNotFound("demonstration_zone", ulid)
    events = tuple(each for each in _events(zone) if each.happened_on <= today)
    standing = _standing(zone, today)
    period = Period.of_year_to(today)
    checks = tuple(_check(session, zone, condition, events, period) for condition in ZoneCondition)
    return Pack(zone, standing, period, checks, _reports(standing, events, today), events)


_ZONES: Final = (
    select(DemonstrationZone)
    .outerjoin(DemonstrationZone.events)
    .where(DemonstrationZone.withdrawal.is_(None))
    .options(
        contains_eager(DemonstrationZone.events).joinedload(ZoneEvent.source),
        selectinload(DemonstrationZone.products),
        joinedload(DemonstrationZone.source),
    )
    .order_by(DemonstrationZone.id, ZoneEvent.happened_on, ZoneEvent.id)
)


def _events(zone: DemonstrationZone) -> list[ZoneEvent]:
    return [each for each in zone.events if each.withdrawal is None]


def _standing(zone: DemonstrationZone, today: date) -> ZoneStanding:
    return zone_standing([ZoneFact(each.id, each.kind, each.happened_on) for each in _events(zone)], today)


def _check(
    session: Session,
    zone: DemonstrationZone,
    condition: ZoneCondition,
    events: Sequence[ZoneEvent],
    period: Period,
) -> Check:
    evidence = tuple(each for each in events if each.condition is condition)
    if condition is ZoneCondition.PROTECTED:
        found = _protected(session, zone, period.last)
        latest = add_months(period.last, -_PROTECTED_MONTHS)
        known = [each.since for each in found if each.since is not None]
        is_met = max(known) <= latest if len(known) == len(found) and known else None
        return Check(condition, is_met, evidence, protected=found)
    if condition in _SHARES:
        counted = _users(session, zone, period.last) if condition is ZoneCondition.USER_SHARE else None
        line = measure_share(
            session, _SHARES[condition], period, counted, demonstration=zone.is_demonstration
        )
        value = line.value if line else None
        return Check(condition, None if value is None else value >= LEAST_SHARE, evidence, line=line)
    # Somebody's written evidence is needed, and not an old one; whether it convinces is for those who assess.
    oldest = add_months(period.last, -_EVIDENCE_MONTHS)
    return Check(condition, True if any(each.happened_on >= oldest for each in evidence) else None, evidence)


def _protected(session: Session, zone: DemonstrationZone, on: date) -> tuple[Protected, ...]:
    since: dict[int, list[date]] = {}
    for each in live_protections(session, on, demonstration=zone.is_demonstration):
        begun = protection_on(each.protection.track, each.protection.events, on).since
        if begun is not None:
            since.setdefault(each.product_id, []).append(begun)
    return tuple(Protected(each, min(since.get(each.id, ()), default=None)) for each in zone.products)


def _users(session: Session, zone: DemonstrationZone, on: date) -> int:
    own = {product.id for product in zone.products}
    uses = mark_uses(session, on, demonstration=zone.is_demonstration)
    return len({use.organisation.id for use in uses if use.product_id in own})


def _reports(standing: ZoneStanding, events: Sequence[ZoneEvent], today: date) -> tuple[Report, ...]:
    """Return the reports of each year since the preparation was approved, the latest first."""
    if standing.preparation_to is None or standing.state not in _REPORTING:
        return ()
    handed_in = {
        each.year: each.happened_on for each in reversed(events) if each.kind is ZoneEventKind.YEARLY_REPORT
    }
    first = min(each.happened_on.year for each in events if each.kind is ZoneEventKind.PREPARATION_APPROVED)
    return tuple(Report(year, handed_in.get(year)) for year in range(today.year, first - 1, -1))
