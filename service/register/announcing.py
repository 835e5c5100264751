"""What a publication leaves for others: work for the search index, and the changes that people follow.

Written in the transaction of the publication itself: either it happened and is told, or neither.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Select, bindparam, case, insert, literal, null, select

from service.register.applying import Publication
from service.register.models import (
    Authorisation,
    AuthorisationEvent,
    Base,
    GiProduct,
    Organisation,
    Outbox,
    ProductionAreaVersion,
    Protection,
    ProtectionEvent,
    Revision,
    TrademarkRecord,
)
from service.vocabulary import ChangeAct, ChangeKind, RecordKind


def announce(publication: Publication) -> None:
    """Write down what the publication touched; its drafts and records must have been flushed."""
    _fill_outbox(publication)
    number = {"number": publication.revision_number}
    for found in _CHANGES:
        publication.session.execute(insert(_TABLE).from_select(_COLUMNS, found.params(number)))


def _fill_outbox(publication: Publication) -> None:
    rows = [
        {
            "record_kind": kind,
            "record_ulid": ulid,
            "revision_number": publication.revision_number,
            "created_at": publication.moment,
            "attempts": 0,
        }
        for kind, ulid in sorted(publication.touched)
    ]
    if rows:
        publication.session.execute(insert(Outbox), rows)


_TABLE: Final = Base.metadata.tables["published_change"]
_ACT: Final = case(
    (Revision.payload["withdrawal"].as_string().is_not(None), ChangeAct.WITHDRAWN.value),
    (Revision.base_version == 0, ChangeAct.CREATED.value),
    else_=ChangeAct.CHANGED.value,
)
_COLUMNS: Final = (
    *("revision_id", "revision_number", "kind", "act", "record_kind", "record_ulid"),
    *("product_id", "organisation_id"),
)


def _changes(
    record_kind: RecordKind, kind: ChangeKind, model: Any, *joins: Any, product: Any, organisation: Any
) -> Select[Any]:
    """Return the changes of one kind of record in a publication, as rows of the table."""
    found = (
        select(
            Revision.id,
            Revision.revision_number,
            literal(kind.value),
            _ACT,
            Revision.record_kind,
            Revision.record_ulid,
            product,
            organisation,
        )
        .select_from(Revision)
        .join(model, model.ulid == Revision.record_ulid)
    )
    for parent in joins:
        found = found.join(parent)
    return found.where(Revision.revision_number == bindparam("number"), Revision.record_kind == record_kind)


_USER: Final = {"product": Protection.product_id, "organisation": Authorisation.organisation_id}
_RIGHT: Final = {"product": Protection.product_id, "organisation": null()}
_CHANGES: Final = (
    _changes(RecordKind.AUTHORISATION, ChangeKind.AUTHORISATION, Authorisation, Protection, **_USER),
    _changes(
        RecordKind.AUTHORISATION_EVENT,
        ChangeKind.AUTHORISATION,
        AuthorisationEvent,
        Authorisation,
        Protection,
        **_USER,
    ),
    _changes(RecordKind.PROTECTION, ChangeKind.PROTECTION, Protection, **_RIGHT),
    _changes(RecordKind.PROTECTION_EVENT, ChangeKind.PROTECTION, ProtectionEvent, Protection, **_RIGHT),
    _changes(RecordKind.PRODUCTION_AREA, ChangeKind.AREA, ProductionAreaVersion, Protection, **_RIGHT),
    _changes(
        RecordKind.TRADEMARK,
        ChangeKind.TRADEMARK,
        TrademarkRecord,
        product=null(),
        organisation=TrademarkRecord.registrant_id,
    ),
    _changes(
        RecordKind.ORGANISATION,
        ChangeKind.ORGANISATION,
        Organisation,
        product=null(),
        organisation=Organisation.id,
    ),
    _changes(RecordKind.GI_PRODUCT, ChangeKind.PRODUCT, GiProduct, product=GiProduct.id, organisation=null()),
)
