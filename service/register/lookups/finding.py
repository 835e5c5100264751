"""Single records by the keys that stand in addresses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam, select
from sqlalchemy.orm import Session, join, selectinload

from service.errors import RecordNotFound
from service.register.gathering import Gathered, Parts, Rows
from service.register.lifecycle import AuthorisationStanding, ProtectionStanding, mark_status
from service.register.lookups.addressing import follow_code, on_view
from service.register.lookups.standings import (
    authorisation_in_effect,
    authorisation_on,
    protection_on,
)
from service.register.models import (
    Announcement,
    AnnouncementDocument,
    Authorisation,
    AuthorisationEvent,
    Division,
    Document,
    GiProduct,
    Organisation,
    Party,
    ProductionAreaDivision,
    ProductionAreaVersion,
    Protection,
    ProtectionEvent,
    TrademarkRecord,
)
from service.register.prepared import is_among, json_of
from service.vocabulary import MarkStatus, PartyRole


@dataclass(frozen=True, slots=True)
class AuthorisationView:
    """An authorisation with its state on the day, the product it is for, and the state of its protection."""

    authorisation: Authorisation
    standing: AuthorisationStanding
    product: GiProduct
    protected: ProtectionStanding


@dataclass(frozen=True, slots=True)
class Holding:
    """A product that an organisation is a party to, and as what."""

    product: GiProduct
    roles: tuple[PartyRole, ...]


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """An organisation with its authorisations, what it holds, and its trademarks."""

    organisation: Organisation
    authorisations: tuple[AuthorisationView, ...]
    holdings: tuple[Holding, ...]
    trademarks: tuple[tuple[TrademarkRecord, MarkStatus], ...]


@dataclass(frozen=True, slots=True)
class AnnouncementView:
    """An announcement with the products and users it speaks of."""

    announcement: Announcement
    products: tuple[GiProduct, ...]
    authorisations: tuple[AuthorisationView, ...]


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A division with the products whose area texts name it."""

    division: Division
    products: tuple[GiProduct, ...]


@dataclass(frozen=True, slots=True)
class GatheredAuthorisations:
    """Authorisations with their products, whose parts are still to be filled in."""

    pairs: list[tuple[Any, ...]]

    def views(self, on: date) -> list[AuthorisationView]:
        """Return them with their states on the day."""
        return [_view(each, product, on) for each, product in self.pairs]


def authorisations_in(gathered: Gathered, rows: Rows, keys: str) -> GatheredAuthorisations:
    """Read the public authorisations of these rows, and the products they are for, into what is gathered."""
    found = gathered.read_with(rows, keys=keys)
    products = (
        {
            product.id: product
            for product in gathered.read(_PRODUCTS, keys=json_of({product for _, product in found}))
        }
        if found
        else {}
    )
    return GatheredAuthorisations([(each, products[product]) for each, product in found])


def authorisation_views(
    session: Session, rows: Rows, keys: Iterable[int | str], on: date
) -> list[AuthorisationView]:
    """Return the public authorisations of these rows, in the order of their numbers."""
    gathered = Gathered(session, _AUTHORISATION)
    found = authorisations_in(gathered, rows, json_of(keys))
    gathered.fill()
    return found.views(on)


def _authorisations(matches: ColumnElement[bool]) -> Rows:
    return Rows(
        Authorisation,
        matches,
        Authorisation.withdrawal.is_(None),
        Organisation.withdrawal.is_(None),
        GiProduct.withdrawal.is_(None),
        Protection.withdrawal.is_(None),
        extra=(Protection.product_id,),
        joins=join(Authorisation, Protection, Protection.id == Authorisation.protection_id)
        .join(GiProduct, GiProduct.id == Protection.product_id)
        .join(Organisation, Organisation.id == Authorisation.organisation_id),
        order=(Authorisation.code,),
    )


_KEYS: BindParameter[str] = bindparam("keys")
_PRODUCTS = Rows(GiProduct, is_among(GiProduct.id, _KEYS))
AUTHORISATIONS = _authorisations(is_among(Authorisation.id, _KEYS))
AUTHORISATIONS_BY_CODE = _authorisations(is_among(Authorisation.code, _KEYS))
AUTHORISATIONS_OF_PROTECTIONS = _authorisations(is_among(Authorisation.protection_id, _KEYS))
AUTHORISATIONS_OF_ORGANISATIONS = _authorisations(is_among(Authorisation.organisation_id, _KEYS))
AUTHORISATIONS_OF_ANNOUNCEMENTS = _authorisations(
    Authorisation.id.in_(
        select(AuthorisationEvent.authorisation_id).where(is_among(AuthorisationEvent.announcement_id, _KEYS))
    )
)
AUTHORISATION_ON_VIEW: tuple[ColumnElement[bool], ...] = (
    Authorisation.organisation_id.in_(select(Organisation.id).where(Organisation.withdrawal.is_(None))),
    Authorisation.protection_id.in_(
        select(Protection.id)
        .join(GiProduct, GiProduct.id == Protection.product_id)
        .where(Protection.withdrawal.is_(None), GiProduct.withdrawal.is_(None))
    ),
)
"""What an authorisation hangs on is public; beside its own withdrawal."""
AUTHORISATION_PARTS = (
    Authorisation.organisation,
    Authorisation.protection,
    Authorisation.source,
    Authorisation.events,
    AuthorisationEvent.announcement,
    AuthorisationEvent.source,
    Protection.events,
)
_AUTHORISATION = Parts(*AUTHORISATION_PARTS)


def _view(authorisation: Authorisation, product: GiProduct, on: date) -> AuthorisationView:
    """Return it with the standing that people see: its own, its protection's and its holder's together."""
    protection = authorisation.protection
    protected = protection_on(protection.track, protection.events, on)
    own = authorisation_on(authorisation.events, on)
    standing = authorisation_in_effect(own, protected, authorisation.organisation, on)
    return AuthorisationView(authorisation, standing, product, protected)


def find_organisation(session: Session, uscc: str, on: date) -> OrganisationView:
    """Return the organisation with this code as it stands on the day.

    Raises:
        RecordNotFound, RecordGone, RecordMoved.
    """
    statement = (
        select(Organisation)
        .where(Organisation.uscc == uscc)
        .options(
            selectinload(Organisation.names),
            selectinload(Organisation.former_codes),
            selectinload(Organisation.division),
            selectinload(Organisation.source),
        )
        .order_by(Organisation.uscc_state.desc(), Organisation.id.desc())
    )
    found = session.scalars(statement).first()
    if found is None:
        follow_code(session, uscc)
    organisation = on_view(session, found, "organisation", uscc)
    users = authorisation_views(session, AUTHORISATIONS_OF_ORGANISATIONS, [organisation.id], on)
    return OrganisationView(
        organisation, tuple(users), _holdings(session, organisation), _marks(session, organisation, on)
    )


def _holdings(session: Session, organisation: Organisation) -> tuple[Holding, ...]:
    statement = (
        select(GiProduct, Party.role)
        .join(Protection, Protection.product_id == GiProduct.id)
        .join(Party, Party.protection_id == Protection.id)
        .where(
            Party.is_of(organisation.id, organisation.name),
            Protection.withdrawal.is_(None),
            GiProduct.withdrawal.is_(None),
        )
        .order_by(GiProduct.id)
    )
    roles: dict[GiProduct, list[PartyRole]] = {}
    for product, role in session.execute(statement).unique():
        roles.setdefault(product, []).append(role)
    return tuple(Holding(product, tuple(dict.fromkeys(each))) for product, each in roles.items())


def _marks(
    session: Session, organisation: Organisation, on: date
) -> tuple[tuple[TrademarkRecord, MarkStatus], ...]:
    statement = (
        select(TrademarkRecord)
        .where(TrademarkRecord.registrant_id == organisation.id, TrademarkRecord.withdrawal.is_(None))
        .order_by(TrademarkRecord.registration_no)
        .limit(100)
    )
    return tuple((mark, mark_status(mark.status, mark.term_to, on)) for mark in session.scalars(statement))


def find_authorisation(session: Session, code: str, on: date) -> AuthorisationView:
    """Return the authorisation with this number as it stands on the day.

    Raises:
        RecordNotFound, RecordGone, RecordMoved.
    """
    record = session.scalar(select(Authorisation).where(Authorisation.code == code))
    on_view(session, record, "authorisation", code)
    views = authorisation_views(session, AUTHORISATIONS_BY_CODE, [code], on)
    if not views:
        raise RecordNotFound("authorisation", code)
    return views[0]


def find_announcement(session: Session, code: str, on: date) -> AnnouncementView:
    """Return the announcement with this code.

    Raises:
        RecordNotFound, RecordGone, RecordMoved.
    """
    statement = (
        select(Announcement)
        .where(Announcement.code == code)
        .options(
            selectinload(Announcement.documents).selectinload(AnnouncementDocument.document),
            selectinload(Announcement.source),
        )
    )
    announcement = on_view(session, session.scalar(statement), "announcement", code)
    recognised = (
        select(GiProduct)
        .join(Protection, Protection.product_id == GiProduct.id)
        .join(ProtectionEvent, ProtectionEvent.protection_id == Protection.id)
        .where(
            ProtectionEvent.announcement_id == announcement.id,
            Protection.withdrawal.is_(None),
            GiProduct.withdrawal.is_(None),
        )
        .order_by(GiProduct.id)
    )
    users = authorisation_views(session, AUTHORISATIONS_OF_ANNOUNCEMENTS, [announcement.id], on)
    return AnnouncementView(announcement, _distinct(session, recognised), tuple(users))


def find_trademarks(session: Session, number: str, on: date) -> list[tuple[TrademarkRecord, MarkStatus]]:
    """Return the records of a registration number, one per class, each with its status on the day.

    Raises:
        RecordNotFound, RecordGone, RecordMoved.
    """
    statement = (
        select(TrademarkRecord)
        .where(TrademarkRecord.registration_no == number)
        .options(
            selectinload(TrademarkRecord.registrant),
            selectinload(TrademarkRecord.division),
            selectinload(TrademarkRecord.source),
        )
        .order_by(TrademarkRecord.nice_class)
    )
    marks = session.scalars(statement).all()
    shown = [mark for mark in marks if mark.is_public]
    if not shown:
        on_view(session, marks[0] if marks else None, "trademark", number)
    return [(mark, mark_status(mark.status, mark.term_to, on)) for mark in shown]


def trademarks_on_view(session: Session, numbers: Sequence[str]) -> frozenset[str]:
    """Return those of the registration numbers whose record the public may see, in one statement, or none for none."""
    if not numbers:
        return frozenset()
    statement = select(TrademarkRecord.registration_no).where(
        TrademarkRecord.registration_no.in_(numbers), TrademarkRecord.withdrawal.is_(None)
    )
    return frozenset(session.scalars(statement))


def status_of(mark: TrademarkRecord, on: date) -> MarkStatus:
    """Return a trademark's status on a day."""
    return mark_status(mark.status, mark.term_to, on)


def find_place(session: Session, slug: str) -> PlaceView:
    """Return the division with this slug and the products that name it.

    Raises:
        RecordNotFound, RecordGone, RecordMoved.
    """
    statement = (
        select(Division)
        .where(Division.slug == slug)
        .options(selectinload(Division.codes), selectinload(Division.aliases), selectinload(Division.parent))
    )
    division = on_view(session, session.scalar(statement), "division", slug)
    products = (
        select(GiProduct)
        .join(Protection, Protection.product_id == GiProduct.id)
        .join(ProductionAreaVersion, ProductionAreaVersion.protection_id == Protection.id)
        .join(ProductionAreaDivision, ProductionAreaDivision.area_id == ProductionAreaVersion.id)
        .where(
            ProductionAreaDivision.division_id == division.id,
            ProductionAreaVersion.withdrawal.is_(None),
            Protection.withdrawal.is_(None),
            GiProduct.withdrawal.is_(None),
        )
        .order_by(GiProduct.id)
    )
    return PlaceView(division, _distinct(session, products))


def _distinct(session: Session, statement: Any) -> tuple[GiProduct, ...]:
    """Return each product once; SQL's DISTINCT would have to compare every column."""
    return tuple(dict.fromkeys(session.scalars(statement)))


def find_document(session: Session, sha256: str) -> Document:
    """Return the kept file with this address, if it is open to the public.

    Raises:
        RecordNotFound: there is none, or it is not open.
        RecordGone: so.
    """
    document = on_view(
        session, session.scalar(select(Document).where(Document.sha256 == sha256)), "document", sha256
    )
    if not document.is_open:
        raise RecordNotFound("document", sha256)
    return document
