"""Counting on the register: each function answers for one reading of it; nothing fictional is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from service.register import service_point_ledger
from service.register.indicators.shapes import Part, Period, Words
from service.register.leads import Punctuality, punctuality
from service.register.lifecycle import GRACE_MONTHS, add_months, mark_status
from service.register.lookups.mark_users import LiveProtection, MarkUse, live_protections, mark_uses
from service.register.models import (
    Brand,
    DemonstrationZone,
    Inspection,
    ServicePoint,
    TimeHonouredBrand,
    TrademarkRecord,
    zone_product,
)
from service.vocabulary import (
    InspectionOutcome,
    MarkStatus,
    ServicePointKind,
    TimeHonouredStatus,
    Track,
    Vocabulary,
)

_STANDS = frozenset({MarkStatus.REGISTERED, MarkStatus.EXPIRING, MarkStatus.IN_GRACE})
_ENDED = (MarkStatus.CANCELLED, MarkStatus.INVALIDATED, MarkStatus.SURRENDERED)


@dataclass(frozen=True)
class Reading:
    """One look at the register for a period; what several indicators ask for is read once."""

    session: Session
    period: Period

    @cached_property
    def live(self) -> list[LiveProtection]:
        """The protections in force on the last day."""
        return live_protections(self.session, self.period.last)

    @cached_property
    def uses(self) -> list[MarkUse]:
        """The authorisations in effect on the last day."""
        return mark_uses(self.session, self.period.last)

    @cached_property
    def lead_steps(self) -> Punctuality | None:
        """The steps that the law sets for leads and that fell due in the period."""
        return punctuality(self.session, self.period.first, self.period.last)


@dataclass(frozen=True, slots=True)
class Count:
    """A number with its parts."""

    number: int
    parts: tuple[Part, ...] = ()


def protections(reading: Reading) -> Count:
    """Return the protections in force by track, and the products they protect."""
    live = reading.live
    by_track = Counter(each.protection.track for each in live)
    products = Part(
        name=Words(zh="不重复的产品", en="distinct products"), number=len({each.product_id for each in live})
    )
    return Count(len(live), (*(_part((track,), by_track[track]) for track in Track), products))


def protected_products(reading: Reading) -> int:
    """Return the products with a protection in force."""
    return len({each.product_id for each in reading.live})


def used_products(reading: Reading) -> int:
    """Return the products with a protection in force and at least one authorisation in effect."""
    live = {each.product_id for each in reading.live}
    return len(live & {each.product_id for each in reading.uses})


def mark_users(reading: Reading) -> Count:
    """Return the organisations that may use the special mark, each once, and their authorisations."""
    uses = reading.uses
    grants = Part(name=Words(zh="有效核准", en="authorisations in effect"), number=len(uses))
    return Count(len({each.organisation.id for each in uses}), (grants,))


def zone_users(reading: Reading) -> int | None:
    """Return the organisations that may use the mark on a product of a demonstration zone; None: there is no zone."""
    statement = (
        select(zone_product.c.product_id)
        .join(DemonstrationZone, DemonstrationZone.id == zone_product.c.zone_id)
        .where(DemonstrationZone.withdrawal.is_(None), DemonstrationZone.is_demonstration.is_(False))
    )
    products = set(reading.session.scalars(statement))
    if not products:
        return None
    uses = reading.uses
    return len({use.organisation.id for use in uses if use.product_id in products})


def standing_marks(reading: Reading) -> int:
    """Return the registered trademarks of this register that stand on the last day, by registration number."""
    return len({number for number, status in _marks_on(reading) if status in _STANDS})


def marks_registered(reading: Reading) -> Count:
    """Return the marks whose registration lies in the reading.period."""
    in_period = TrademarkRecord.registered_on.between(reading.period.first, reading.period.last)
    return Count(_numbers(reading, in_period))


def marks_expiring(reading: Reading) -> Count:
    """Return the marks whose term ends within twelve months after the last day."""
    found = {number for number, status in _marks_on(reading) if status is MarkStatus.EXPIRING}
    return Count(len(found))


def marks_lapsed(reading: Reading) -> Count:
    """Return the marks that became unrenewable in the period; other ends have no day on record and stand beside."""
    term = _MARKS.where(
        TrademarkRecord.status == MarkStatus.REGISTERED, TrademarkRecord.term_to <= reading.period.last
    )
    lapsed = {
        row.registration_no
        for row in reading.session.execute(term)
        if reading.period.first <= add_months(row.term_to, GRACE_MONTHS) <= reading.period.last
    }
    undated = _numbers(reading, TrademarkRecord.status.in_(_ENDED))
    beside = Words(
        zh="另有注销、撤销、无效而日期未登记的（不计入）",
        en="also cancelled, surrendered or invalid on a day not on record (not counted)",
    )
    return Count(len(lapsed), (Part(name=beside, number=undated),))


def madrid_marks(reading: Reading) -> Count:
    """Return the marks with an international registration that stand on the last day."""
    found = {
        row.international_registration_no
        for row in reading.session.execute(
            _MARKS.where(TrademarkRecord.international_registration_no.is_not(None))
        )
        if mark_status(row.status, row.term_to, reading.period.last) in _STANDS and _has_begun(row, reading)
    }
    return Count(len(found))


def time_honoured_brands(reading: Reading) -> Count:
    """Return the brands that stand on a list, each once; by level and status."""
    statement = (
        select(TimeHonouredBrand.brand_id, TimeHonouredBrand.level, TimeHonouredBrand.status)
        .join(Brand, Brand.id == TimeHonouredBrand.brand_id)
        .where(
            TimeHonouredBrand.withdrawal.is_(None),
            TimeHonouredBrand.is_demonstration.is_(False),
            Brand.withdrawal.is_(None),
            TimeHonouredBrand.status != TimeHonouredStatus.REMOVED,
            func.coalesce(TimeHonouredBrand.recognised_on, reading.period.last) <= reading.period.last,
        )
    )
    rows = reading.session.execute(statement).all()
    kinds = Counter((row.level, row.status) for row in rows)
    parts = tuple(_part(kind, number) for kind, number in sorted(kinds.items()))
    return Count(len({row.brand_id for row in rows}), parts)


def open_service_points(reading: Reading) -> Count:
    """Return the service points open on the last day, by kind."""
    after = reading.period.last + timedelta(days=1)
    statement = select(ServicePoint.kind).where(
        ServicePoint.withdrawal.is_(None),
        ServicePoint.is_demonstration.is_(False),
        func.coalesce(ServicePoint.opened_on, reading.period.last) <= reading.period.last,
        func.coalesce(ServicePoint.closed_on, after) > reading.period.last,
    )
    kinds = Counter(reading.session.scalars(statement))
    return Count(kinds.total(), tuple(_part((kind,), kinds[kind]) for kind in ServicePointKind))


def inspections(reading: Reading) -> Count:
    """Return the inspections of the period, by outcome."""
    kinds = Counter(
        reading.session.scalars(
            _INSPECTED.where(Inspection.inspected_on.between(reading.period.first, reading.period.last))
        )
    )
    return Count(kinds.total(), tuple(_part((kind,), kinds[kind]) for kind in InspectionOutcome))


def orders(reading: Reading) -> int:
    """Return the orders to correct that were made in the reading.period."""
    return len(reading.session.scalars(_ordered_in(reading)).all())


def orders_corrected(reading: Reading) -> int:
    """Return the orders of the period that were corrected by its last day."""
    return len(
        reading.session.scalars(
            _ordered_in(reading).where(Inspection.corrected_on <= reading.period.last)
        ).all()
    )


def services_given(reading: Reading) -> Count:
    """Return the services of the period that the ledgers of the service points tell of."""
    period = reading.period
    after = period.last + timedelta(days=1)
    return Count(service_point_ledger.count_entries(reading.session, period.first, after))


def lead_steps_due(reading: Reading) -> int | None:
    """Return the steps of leads that fell due by law in the period; None where that cannot be counted."""
    return reading.lead_steps.due if reading.lead_steps else None


def lead_steps_in_time(reading: Reading) -> int | None:
    """Return the steps that fell due in the period and were taken in time; None where that cannot be counted."""
    return reading.lead_steps.in_time if reading.lead_steps else None


_INSPECTED: Final = select(Inspection.outcome).where(
    Inspection.withdrawal.is_(None), Inspection.is_demonstration.is_(False)
)


def _ordered_in(reading: Reading) -> Select[InspectionOutcome]:
    return _INSPECTED.where(Inspection.ordered_on.between(reading.period.first, reading.period.last))


_MARKS: Final = select(
    TrademarkRecord.registration_no,
    TrademarkRecord.international_registration_no,
    TrademarkRecord.status,
    TrademarkRecord.registered_on,
    TrademarkRecord.term_to,
).where(TrademarkRecord.withdrawal.is_(None), TrademarkRecord.is_demonstration.is_(False))


def _marks_on(reading: Reading) -> Iterable[tuple[str, MarkStatus]]:
    """Yield the registration number and the status on the last day of each mark that was registered by then."""
    for row in reading.session.execute(_MARKS):
        if _has_begun(row, reading):
            yield row.registration_no, mark_status(row.status, row.term_to, reading.period.last)


def _has_begun(row: Any, reading: Reading) -> bool:
    return row.registered_on is None or row.registered_on <= reading.period.last


def _numbers(reading: Reading, condition: ColumnElement[bool]) -> int:
    return len({row.registration_no for row in reading.session.execute(_MARKS.where(condition))})


def _part(entries: Iterable[Vocabulary], number: int) -> Part:
    return Part(name=Words.of(*entries), number=number)
