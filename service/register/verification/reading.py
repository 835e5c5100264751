"""What a verification reads: everything that is on record about one firm, in as few statements as possible."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from service.register.database import CONNECTION
from service.register.lifecycle import (
    AuthorisationFact,
    ProtectionFact,
    ProtectionStanding,
    known_protection_facts,
    protection_standing,
)
from service.register.models import (
    Announcement,
    AnnouncementDocument,
    Authorisation,
    AuthorisationEvent,
    Document,
    FormerCode,
    GiProduct,
    Organisation,
    Party,
    Protection,
    ProtectionEvent,
    RegistryState,
    Source,
)
from service.register.prepared import Prepared, is_among, json_of
from service.register.verification.verdict import FactSource
from service.vocabulary import (
    HomeRelation,
    OrganisationStatus,
    PartyRole,
    Track,
    VerificationLevel,
    Withdrawal,
)


class FoundOrganisation(NamedTuple):
    """The organisation a code stands for."""

    id: int
    code: str | None
    name: str
    status: OrganisationStatus
    status_checked_on: date | None
    recorded_at: datetime
    withdrawal: Withdrawal | None
    is_demonstration: bool
    source: FactSource
    is_former_code: bool


class EventSource(NamedTuple):
    """The announcement and source behind an event."""

    announcement: str | None
    number: str | None
    issuer: str | None
    published_on: date | None
    document_sha256: str | None
    locator: str | None
    level: VerificationLevel
    deadline_on: date | None = None


@dataclass(slots=True)
class FoundAuthorisation:
    """An authorisation with its product, its events, and where each event stands."""

    code: str
    withdrawal: Withdrawal | None
    protection_id: int
    track: Track
    product_id: int
    product_slug: str
    product_name: str
    home_relation: HomeRelation
    place: str | None
    is_on_view: bool
    facts: list[AuthorisationFact] = field(default_factory=list)
    sources: dict[int, EventSource] = field(default_factory=dict)


ORGANISATIONS: Any = select(
    Organisation.id,
    Organisation.uscc,
    Organisation.name,
    Organisation.status,
    Organisation.status_checked_on,
    Organisation.recorded_at,
    Organisation.withdrawal,
    Organisation.is_demonstration,
    Source.locator,
    Source.level,
).join(Source, Source.id == Organisation.source_id)
"""The organisations, each with its source."""
_OWN = 8


_REVISION = "registry-revision"
_DATA_VERSION = Prepared(select(RegistryState.revision_number))


def data_version(session: Session) -> int:
    """Return the registry's revision number at the moment this transaction reads.

    A reading session sees one moment, so the number is read once for it.
    """
    known: int | None = session.info.get(_REVISION)
    if known is None:
        rows = _DATA_VERSION.rows(session)
        known = int(rows[0][0]) if rows else 0
        if CONNECTION in session.info:
            session.info[_REVISION] = known
    return known


_CURRENT = Prepared(
    ORGANISATIONS.where(Organisation.uscc == bindparam("uscc"))
    .order_by(Organisation.uscc_state.desc(), Organisation.id.desc())
    .limit(1)
)
_FORMER = Prepared(
    ORGANISATIONS.where(
        Organisation.id.in_(select(FormerCode.organisation_id).where(FormerCode.uscc == bindparam("uscc")))
    )
    .order_by(Organisation.id)
    .limit(1)
)


def organisation_by_code(session: Session, uscc: str) -> FoundOrganisation | None:
    """Return the organisation that carries the code now, else the one that carried it before."""
    for statement, is_former_code in ((_CURRENT, False), (_FORMER, True)):
        for row in statement.rows(session, uscc=uscc):
            return organisation_from(row, is_former_code=is_former_code)
    return None


def organisation_from(row: Sequence[Any], *, is_former_code: bool) -> FoundOrganisation:
    """Return the organisation of a row of `ORGANISATIONS`."""
    fields: list[Any] = [*row[:_OWN], FactSource(None, None, *row[_OWN:]), is_former_code]
    return FoundOrganisation(*fields)


_HOLDER = Prepared(
    ORGANISATIONS.join(Authorisation, Authorisation.organisation_id == Organisation.id).where(
        Authorisation.code == bindparam("code")
    )
)


def organisation_by_authorisation(session: Session, code: str) -> FoundOrganisation | None:
    """Return the organisation that holds the authorisation with this number."""
    for row in _HOLDER.rows(session, code=code):
        return organisation_from(row, is_former_code=False)
    return None


def _first_document() -> Any:
    """The hash of an announcement's first open file."""
    return (
        select(Document.sha256)
        .join(AnnouncementDocument, AnnouncementDocument.document_id == Document.id)
        .where(AnnouncementDocument.announcement_id == Announcement.id, Document.is_open)
        .order_by(AnnouncementDocument.position)
        .limit(1)
        .correlate(Announcement)
        .scalar_subquery()
    )


_ANNOUNCEMENT = (
    Announcement.code,
    Announcement.number_as_printed,
    Announcement.issuer,
    Announcement.published_on,
    _first_document(),
    Source.locator,
    Source.level,
)

AUTHORISATION_EVENTS: Any = (
    select(
        Authorisation.code,
        Authorisation.withdrawal,
        Authorisation.protection_id,
        Protection.track,
        GiProduct.id,
        GiProduct.slug,
        GiProduct.name,
        GiProduct.home_relation,
        GiProduct.place_as_printed,
        Protection.withdrawal,
        GiProduct.withdrawal,
        AuthorisationEvent.id,
        AuthorisationEvent.kind,
        AuthorisationEvent.effective_on,
        AuthorisationEvent.recorded_at,
        AuthorisationEvent.ground,
        AuthorisationEvent.licence_to,
        AuthorisationEvent.voided_event_id,
        *_ANNOUNCEMENT,
        AuthorisationEvent.deadline_on,
    )
    .join(Protection, Protection.id == Authorisation.protection_id)
    .join(GiProduct, GiProduct.id == Protection.product_id)
    .join(AuthorisationEvent, AuthorisationEvent.authorisation_id == Authorisation.id)
    .join(Source, Source.id == AuthorisationEvent.source_id)
    .outerjoin(Announcement, Announcement.id == AuthorisationEvent.announcement_id)
    .order_by(Authorisation.id, AuthorisationEvent.sequence)
)
"""The events of authorisations, each with the authorisation it belongs to."""

_EVENTS_OF_HOLDER = Prepared(
    AUTHORISATION_EVENTS.where(Authorisation.organisation_id == bindparam("organisation_id"))
)


def authorisations_of(session: Session, organisation_id: int) -> list[FoundAuthorisation]:
    """Return every authorisation of the organisation with its events, oldest first."""
    return authorisations_from(_EVENTS_OF_HOLDER.rows(session, organisation_id=organisation_id))


def authorisations_from(rows: Iterable[Sequence[Any]]) -> list[FoundAuthorisation]:
    """Return the authorisations that rows of `AUTHORISATION_EVENTS` tell of, in the order of the rows."""
    found: dict[str, FoundAuthorisation] = {}
    for row in rows:
        code = row[0]
        authorisation = found.get(code)
        if authorisation is None:
            authorisation = found[code] = _authorisation(row)
        authorisation.facts.append(AuthorisationFact(*row[11:18]))
        authorisation.sources[row[11]] = EventSource(*row[18:])
    return list(found.values())


def _authorisation(row: Any) -> FoundAuthorisation:
    fields: list[Any] = [*row[:9], row[9] is None and row[10] is None]
    return FoundAuthorisation(*fields)


@dataclass(slots=True)
class FoundProtection:
    """A protection's events and where each stands; and what it was worth on days already weighed."""

    facts: list[ProtectionFact] = field(default_factory=list)
    sources: dict[int, EventSource] = field(default_factory=dict)
    standings: dict[tuple[object, ...], ProtectionStanding] = field(default_factory=dict)

    def standing(
        self, on: date, known_at: datetime | None, known_on: date, *, has_term: bool
    ) -> ProtectionStanding:
        """Return what it is worth on a day, as known at a moment; worked out once, for all its users."""
        key = on, known_at, known_on, has_term
        found = self.standings.get(key)
        if found is None:
            known = known_protection_facts(self.facts, known_at)
            found = self.standings[key] = protection_standing(known, on, known_on, has_term=has_term)
        return found


_PROTECTION_EVENTS: Any = (
    select(
        ProtectionEvent.protection_id,
        ProtectionEvent.id,
        ProtectionEvent.kind,
        ProtectionEvent.happened_on,
        ProtectionEvent.recorded_at,
        ProtectionEvent.term_to,
        ProtectionEvent.voided_event_id,
        *_ANNOUNCEMENT,
    )
    .join(Source, Source.id == ProtectionEvent.source_id)
    .outerjoin(Announcement, Announcement.id == ProtectionEvent.announcement_id)
    .order_by(ProtectionEvent.protection_id, ProtectionEvent.sequence)
)
_EVENTS_OF_ONE = Prepared(
    _PROTECTION_EVENTS.where(ProtectionEvent.protection_id == bindparam("protection_id"))
)
_EVENTS_OF_MANY = Prepared(
    _PROTECTION_EVENTS.where(is_among(ProtectionEvent.protection_id, bindparam("ids")))
)


def protections_by_id(session: Session, ids: Collection[int]) -> Mapping[int, FoundProtection]:
    """Return the events of these protections."""
    found = {key: FoundProtection() for key in ids}
    for row in _protection_events(session, sorted(ids)):
        found[row[0]].facts.append(ProtectionFact(*row[1:7]))
        found[row[0]].sources[row[1]] = EventSource(*row[7:])
    return found


def _protection_events(session: Session, ids: list[int]) -> Any:
    # Nearly every firm has one protection in question.
    if len(ids) == 1:
        return _EVENTS_OF_ONE.rows(session, protection_id=ids[0])
    return _EVENTS_OF_MANY.rows(session, ids=json_of(ids)) if ids else ()


class FoundParty(NamedTuple):
    """An organisation's role in a product's protection."""

    product_id: int
    product_name: str
    role: PartyRole
    level: VerificationLevel


HOLDINGS = (
    select(GiProduct.id, GiProduct.name, Party.role, Source.level)
    .join(Protection, Protection.id == Party.protection_id)
    .join(GiProduct, GiProduct.id == Protection.product_id)
    .join(Source, Source.id == Party.source_id)
    .where(Protection.withdrawal.is_(None), GiProduct.withdrawal.is_(None))
    .order_by(GiProduct.id, Party.id)
)
"""The parties to products that are on view."""

_HOLDINGS = Prepared(HOLDINGS.where(Party.is_of(bindparam("organisation_id"), bindparam("name"))))


def holdings_of(session: Session, organisation: FoundOrganisation) -> Sequence[FoundParty]:
    """Return the products that the organisation is a party to, by link or by exact name."""
    rows = _HOLDINGS.rows(session, organisation_id=organisation.id, name=organisation.name)
    return [FoundParty(*row) for row in rows]
