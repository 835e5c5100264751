"""What the records that changed are called today, and whether the public may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, and_, null, or_, select
from sqlalchemy.orm import Session

from service.addresses import path_of
from service.register.lookups.sources import sources_by_id
from service.register.models import (
    Authorisation,
    AuthorisationEvent,
    GiProduct,
    Organisation,
    ProductionAreaVersion,
    Protection,
    ProtectionEvent,
    Source,
    TrademarkRecord,
)
from service.vocabulary import RecordKind, Vocabulary, Withdrawal


@dataclass(frozen=True, slots=True)
class Named:
    """A product or an organisation by key, name and path; an organisation without a code has no page."""

    key: str | None
    name: str
    path: str | None


@dataclass(frozen=True, slots=True)
class Details:
    """A record that changed: its name and path, the event and its day where it is one, whom it concerns, the source."""

    name: str
    path: str | None
    event: Vocabulary | None
    day: date | None
    product: Named | None
    organisation: Named | None
    source: Source
    is_demonstration: bool
    is_on_view: bool
    is_withheld: bool


def details_of(session: Session, kind: RecordKind, ulids: Sequence[str]) -> dict[str, Details]:
    """Return the details of these records of one kind by their identifiers: one statement, and one for the sources."""
    statement, ulid, page = _KINDS[kind]
    rows = session.execute(statement.where(ulid.in_(set(ulids)))).all()
    sources = sources_by_id(session, [row.source_id for row in rows])
    return {row.ulid: _details(row, page, sources[row.source_id]) for row in rows}


def _details(row: Any, page: str, source: Source) -> Details:
    path = path_of(page, str(row.key)) if row.key else None
    product = None
    if row.product_slug:
        product = Named(row.product_slug, row.product_name, path_of("gi_product", row.product_slug))
    organisation = None
    if row.organisation_ulid:
        code = row.organisation_code
        own = path_of("organisation", code) if code else None
        organisation = Named(code, row.organisation_name, own)
    return Details(
        row.name,
        f"{path}/areas/{row.version_no}" if row.version_no else path,
        row.event,
        row.day,
        product,
        organisation,
        source,
        row.is_demonstration,
        is_on_view=bool(row.is_on_view),
        is_withheld=bool(row.is_withheld),
    )


def _found(  # noqa: PLR0913  (a kind of record is these facts)
    model: Any,
    *parents: Any,
    name: Any,
    key: Any,
    event: Any = None,
    day: Any = None,
    version_no: Any = None,
    beside: tuple[Any, Any] | None = None,
) -> Select[Any]:
    """Return how records of a kind are found, on view or not: a record is withheld with any of its parents.

    `beside` is joined where its condition holds, and has no say in that.
    """
    chain = (model, *parents)
    recorded = [each for each in chain if hasattr(each, "withdrawal")]
    has_product = GiProduct in chain
    has_organisation = Organisation in chain or (beside is not None and beside[0] is Organisation)
    columns = {
        "ulid": model.ulid,
        "name": name,
        "key": key,
        "event": event,
        "day": day,
        "source_id": model.source_id,
        "version_no": version_no,
        "is_demonstration": or_(*(each.is_demonstration for each in recorded)),
        "is_on_view": and_(*(each.withdrawal.is_(None) for each in recorded)),
        "is_withheld": or_(*(each.withdrawal == Withdrawal.WITHHELD for each in recorded)),
        "product_slug": GiProduct.slug if has_product else None,
        "product_name": GiProduct.name if has_product else None,
        "organisation_ulid": Organisation.ulid if has_organisation else None,
        "organisation_code": Organisation.uscc if has_organisation else None,
        "organisation_name": Organisation.name if has_organisation else None,
    }
    given = [(null() if column is None else column).label(label) for label, column in columns.items()]
    statement = select(*given).select_from(model)
    for parent in parents:
        statement = statement.join(parent)
    return statement.outerjoin(*beside) if beside else statement


_AUTHORISATION: Final[dict[str, Any]] = {"name": Authorisation.code, "key": Authorisation.code}
_PRODUCT: Final[dict[str, Any]] = {"name": GiProduct.name, "key": GiProduct.slug}
_OF_USE: Final = (Organisation, Protection, GiProduct)
_GRANT: Final = and_(
    AuthorisationEvent.authorisation_id == Authorisation.id, AuthorisationEvent.sequence == 1
)
# A mark stays public when its registrant is not: then it is told without them.
_REGISTRANT: Final = and_(Organisation.id == TrademarkRecord.registrant_id, Organisation.withdrawal.is_(None))
_EVENT: Final[dict[str, Any]] = {"event": AuthorisationEvent.kind, "day": AuthorisationEvent.effective_on}
_KINDS: Final[dict[RecordKind, tuple[Select[Any], Any, str]]] = {
    RecordKind.AUTHORISATION: (
        _found(Authorisation, *_OF_USE, beside=(AuthorisationEvent, _GRANT), **_AUTHORISATION, **_EVENT),
        Authorisation.ulid,
        "authorisation",
    ),
    RecordKind.AUTHORISATION_EVENT: (
        _found(AuthorisationEvent, Authorisation, *_OF_USE, **_AUTHORISATION, **_EVENT),
        AuthorisationEvent.ulid,
        "authorisation",
    ),
    RecordKind.PROTECTION: (_found(Protection, GiProduct, **_PRODUCT), Protection.ulid, "gi_product"),
    RecordKind.PROTECTION_EVENT: (
        _found(
            ProtectionEvent,
            Protection,
            GiProduct,
            event=ProtectionEvent.kind,
            day=ProtectionEvent.happened_on,
            **_PRODUCT,
        ),
        ProtectionEvent.ulid,
        "gi_product",
    ),
    RecordKind.PRODUCTION_AREA: (
        _found(
            ProductionAreaVersion,
            Protection,
            GiProduct,
            day=ProductionAreaVersion.valid_from,
            version_no=ProductionAreaVersion.version_no,
            **_PRODUCT,
        ),
        ProductionAreaVersion.ulid,
        "gi_product",
    ),
    RecordKind.TRADEMARK: (
        _found(
            TrademarkRecord,
            name=TrademarkRecord.name,
            key=TrademarkRecord.registration_no,
            beside=(Organisation, _REGISTRANT),
        ),
        TrademarkRecord.ulid,
        "trademark",
    ),
    RecordKind.ORGANISATION: (
        _found(Organisation, name=Organisation.name, key=Organisation.uscc),
        Organisation.ulid,
        "organisation",
    ),
    RecordKind.GI_PRODUCT: (_found(GiProduct, **_PRODUCT), GiProduct.ulid, "gi_product"),
}
CHANGING: Final = tuple(_KINDS)
"""The kinds of record whose changes are told."""
