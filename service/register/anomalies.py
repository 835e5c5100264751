"""What does not go together in the register, found anew each time: signals to look into, never verdicts.

Source: domain reference 1.14 no. 10.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Row, func, or_, select, union
from sqlalchemy.orm import Bundle, Session, aliased, selectinload

from service.addresses import path_of
from service.register.lifecycle import ProtectionStanding, add_months
from service.register.lookups.standings import authorisation_on, protection_on
from service.register.models import (
    AnnexBatch,
    Announcement,
    Authorisation,
    AuthorisationEvent,
    Division,
    FormerCode,
    GiProduct,
    Organisation,
    ProductionAreaDivision,
    ProductionAreaVersion,
    Protection,
)
from service.vocabulary import (
    STRUCK_OFF,
    Anomaly,
    AuthorisationEventKind,
    AuthorisationState,
    DivisionRole,
    ProtectionState,
    Track,
)

_NEAR_MONTHS: Final = 6
_ON_SEVERAL: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to look into. `note`: what it is about beside the name; `counts`: declared and found, where counted."""

    anomaly: Anomaly
    name: str
    path: str
    note: str = ""
    day: date | None = None
    counts: tuple[int, int] | None = None
    is_demonstration: bool = False


def find_anomalies(session: Session, today: date) -> list[Finding]:
    """Return everything that does not go together today, in the order of their list, then by name.

    A fixed number of statements, whatever the register holds.
    """
    uses = _Uses(session, today)
    found = [finding for look in _LOOKS for finding in look(session, uses, today)]
    order = list(Anomaly)
    return sorted(found, key=lambda each: (order.index(each.anomaly), each.name, each.note))


_BODY: Final[Bundle[Any]] = Bundle(
    "body",
    Organisation.id,
    Organisation.name,
    Organisation.uscc,
    Organisation.status,
    Organisation.status_checked_on,
    Organisation.division_id,
    Organisation.is_demonstration,
)
"""What is asked of a body: of many thousands whole records would take longer than all else."""


@dataclass(frozen=True, slots=True)
class _Use:
    """An authorisation that is open today by its own events.

    Not `mark_users.mark_uses`: that one leaves out what hangs on an ended protection or a body that is struck off,
    and just these are looked for here. Most are told by the database, as the register may hold many thousands.
    """

    code: str
    is_demonstration: bool
    protection: Protection
    organisation: Row[Any]

    @property
    def path(self) -> str:
        return path_of("authorisation", self.code)


class _Uses:
    """The authorisations open today, with their protections, how these stand, and the products."""

    def __init__(self, session: Session, today: date) -> None:
        protections = session.scalars(
            select(Protection).where(Protection.withdrawal.is_(None)).options(selectinload(Protection.events))
        )
        self.protections = {each.id: each for each in protections}
        self.standings: dict[int, ProtectionStanding] = {
            key: protection_on(each.track, each.events, today) for key, each in self.protections.items()
        }
        self.products = {each.id: each for each in session.scalars(select(GiProduct))}
        self.open = list(self._open(session, today))

    def _open(self, session: Session, today: date) -> Iterator[_Use]:
        """Yield them: those without a day of an end by the database, the few with a licence term by their events."""
        voided = select(AuthorisationEvent.voided_event_id).where(
            AuthorisationEvent.voided_event_id.is_not(None)
        )
        ended = select(AuthorisationEvent.authorisation_id).where(
            AuthorisationEvent.kind == AuthorisationEventKind.DEREGISTERED,
            AuthorisationEvent.effective_on <= today,
            AuthorisationEvent.id.not_in(voided),
        )
        begun = select(AuthorisationEvent.authorisation_id).where(
            AuthorisationEvent.kind == AuthorisationEventKind.GRANTED,
            AuthorisationEvent.effective_on <= today,
            AuthorisationEvent.id.not_in(voided),
        )
        statement = (
            select(
                Authorisation.id,
                Authorisation.code,
                Authorisation.is_demonstration,
                Authorisation.protection_id,
                _BODY,
            )
            .join(Organisation, Organisation.id == Authorisation.organisation_id)
            .where(
                Authorisation.id.in_(begun),
                Authorisation.id.not_in(ended),
                Authorisation.withdrawal.is_(None),
            )
            .order_by(Authorisation.code)
        )
        lapsed = self._lapsed(session, today)
        for key, code, is_demonstration, protection_id, organisation in session.execute(statement):
            if key not in lapsed and protection_id in self.protections:
                yield _Use(code, is_demonstration, self.protections[protection_id], organisation)

    def _lapsed(self, session: Session, today: date) -> set[int]:
        with_term = select(AuthorisationEvent.authorisation_id).where(
            AuthorisationEvent.licence_to.is_not(None)
        )
        statement = select(Authorisation).where(Authorisation.id.in_(with_term))
        return {
            each.id
            for each in session.scalars(statement.options(selectinload(Authorisation.events)))
            if authorisation_on(each.events, today).state is AuthorisationState.ENDED
        }

    def product_of(self, use: _Use) -> str:
        """Return what the product of a use is called."""
        return self.products[use.protection.product_id].name

    def by_protection(self) -> Mapping[int, list[_Use]]:
        """Return the uses of each protection that has any."""
        found: dict[int, list[_Use]] = defaultdict(list)
        for use in self.open:
            found[use.protection.id].append(use)
        return found

    def finding(self, anomaly: Anomaly, use: _Use, day: date | None = None) -> Finding:
        """Return a use as something to look into."""
        return Finding(
            anomaly=anomaly,
            name=use.organisation.name,
            path=use.path,
            note=f"{self.product_of(use)} · {use.code}",
            day=day,
            is_demonstration=use.is_demonstration,
        )

    def of_protection(self, anomaly: Anomaly, protection_id: int, day: date | None = None) -> Finding:
        """Return a protection as something to look into."""
        protection = self.protections[protection_id]
        product = self.products[protection.product_id]
        return Finding(
            anomaly=anomaly,
            name=product.name,
            path=path_of("gi_product", product.slug),
            note=protection.code,
            day=day,
            is_demonstration=protection.is_demonstration,
        )


def _protections_over(session: Session, uses: _Uses, today: date) -> Iterable[Finding]:
    """Uses of a right that has ended otherwise than by its term."""
    del session, today
    for use in uses.open:
        standing = uses.standings[use.protection.id]
        if standing.has_ended and standing.state is not ProtectionState.EXPIRED:
            yield uses.finding(Anomaly.PROTECTION_ENDED, use, standing.since)


def _holders_gone(session: Session, uses: _Uses, today: date) -> Iterable[Finding]:
    del session, today
    for use in uses.open:
        if use.organisation.status in STRUCK_OFF:
            yield uses.finding(Anomaly.STRUCK_OFF, use, use.organisation.status_checked_on)


def _terms(session: Session, uses: _Uses, today: date) -> Iterable[Finding]:
    """Used marks whose term ends within half a year, or is over."""
    del session
    latest = add_months(today, _NEAR_MONTHS)
    for protection_id in uses.by_protection():
        standing = uses.standings[protection_id]
        is_marks = uses.protections[protection_id].track is Track.GI_TRADEMARK
        is_over = standing.state in {ProtectionState.EXPIRED, ProtectionState.IN_GRACE}
        ends_soon = standing.is_in_force and standing.until is not None and standing.until <= latest
        if is_marks and (is_over or ends_soon):
            last_day = standing.until - timedelta(days=1) if standing.until else None
            yield uses.of_protection(Anomaly.MARK_TERM, protection_id, last_day)


def _without_area(session: Session, uses: _Uses, today: date) -> Iterable[Finding]:
    del today
    having = set(
        session.scalars(
            select(ProductionAreaVersion.protection_id).where(ProductionAreaVersion.withdrawal.is_(None))
        )
    )
    for protection_id, its_uses in uses.by_protection().items():
        if protection_id not in having:
            finding = uses.of_protection(Anomaly.NO_AREA, protection_id)
            yield replace(finding, counts=(0, len(its_uses)))


def _outside(session: Session, uses: _Uses, today: date) -> Iterable[Finding]:
    """Uses by a body registered in a place that the area's text does not name; what is not told apart is let be."""
    parents = {row.id: row.parent_id for row in session.execute(select(Division.id, Division.parent_id))}
    version = ProductionAreaVersion
    named = (
        select(version.protection_id, ProductionAreaDivision.division_id)
        .join(version, version.id == ProductionAreaDivision.area_id)
        .where(
            version.withdrawal.is_(None),
            ProductionAreaDivision.role != DivisionRole.EXCLUDED,
            or_(version.valid_from.is_(None), version.valid_from <= today),
            or_(version.valid_to.is_(None), version.valid_to > today),
        )
    )
    places: dict[int, set[int]] = defaultdict(set)
    for protection_id, division_id in session.execute(named):
        places[protection_id].add(division_id)
    for use in uses.open:
        own, area = use.organisation.division_id, places.get(use.protection.id)
        if own is None or not area:
            continue
        # A district holds its townships: a body registered "in the district" may be in any of them.
        is_near = (
            own in area
            or area & set(_above(own, parents))
            or any(own in _above(each, parents) for each in area)
        )
        if not is_near:
            yield uses.finding(Anomaly.OUTSIDE_AREA, use)


def _above(division_id: int, parents: Mapping[int, int | None]) -> list[int]:
    found: list[int] = []
    above = parents.get(division_id)
    while above is not None and above not in found:
        found.append(above)
        above = parents.get(above)
    return found


def _shared_codes(session: Session, uses: _Uses, today: date) -> Iterable[Finding]:
    """Bodies whose present code is, or was, another one's."""
    del uses, today
    other = aliased(Organisation)
    former = aliased(Organisation)
    by_present = (
        select(Organisation.id, other.name)
        .join(other, (other.uscc == Organisation.uscc) & (other.id != Organisation.id))
        .where(other.withdrawal.is_(None))
    )
    by_former = (
        select(Organisation.id, former.name)
        .join(
            FormerCode,
            (FormerCode.uscc == Organisation.uscc) & (FormerCode.organisation_id != Organisation.id),
        )
        .join(former, former.id == FormerCode.organisation_id)
        .where(former.withdrawal.is_(None))
    )
    shared = union(by_present, by_former).subquery()
    statement = (
        select(Organisation, shared.c[1])
        .join(shared, shared.c[0] == Organisation.id)
        .where(Organisation.withdrawal.is_(None))
    )
    for body, name in session.execute(statement):
        yield Finding(
            anomaly=Anomaly.SHARED_CODE,
            name=body.name,
            path=path_of("organisation", body.uscc),
            note=f"{body.uscc} · {name}",
            is_demonstration=body.is_demonstration,
        )


def _several_products(session: Session, uses: _Uses, today: date) -> Iterable[Finding]:
    del session, today
    by_body: dict[int, list[_Use]] = defaultdict(list)
    for use in uses.open:
        by_body[use.organisation.id].append(use)
    for its_uses in by_body.values():
        names = sorted({uses.product_of(use) for use in its_uses})
        body = its_uses[0].organisation
        if len(names) >= _ON_SEVERAL and body.uscc:
            yield Finding(
                anomaly=Anomaly.SEVERAL_PRODUCTS,
                name=body.name,
                path=path_of("organisation", body.uscc),
                note=" · ".join(names),
                is_demonstration=body.is_demonstration,
            )


def _counts(session: Session, uses: _Uses, today: date) -> Iterable[Finding]:
    """Announcements that grant to another number of bodies here than they declare, unless a batch answered for it."""
    del uses, today
    answered = select(AnnexBatch.number).where(AnnexBatch.override_reason.is_not(None))
    found = func.count(Authorisation.organisation_id.distinct())
    statement = (
        select(Announcement, found)
        .join(AuthorisationEvent, AuthorisationEvent.announcement_id == Announcement.id)
        .join(Authorisation, Authorisation.id == AuthorisationEvent.authorisation_id)
        .where(
            AuthorisationEvent.kind == AuthorisationEventKind.GRANTED,
            Announcement.withdrawal.is_(None),
            Announcement.declared_organisations.is_not(None),
            Announcement.number.not_in(answered),
        )
        .group_by(Announcement.id)
        .having(found != Announcement.declared_organisations)
    )
    for announcement, count in session.execute(statement):
        yield Finding(
            anomaly=Anomaly.COUNT_DIFFERS,
            name=announcement.title,
            path=path_of("announcement", announcement.code),
            note=announcement.number_as_printed,
            day=announcement.published_on,
            counts=(announcement.declared_organisations or 0, count),
            is_demonstration=announcement.is_demonstration,
        )


_LOOKS: Final[tuple[Callable[[Session, _Uses, date], Iterable[Finding]], ...]] = (
    _protections_over,
    _holders_gone,
    _terms,
    _without_area,
    _outside,
    _shared_codes,
    _several_products,
    _counts,
)
