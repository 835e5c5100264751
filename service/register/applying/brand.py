"""Publishing trademarks, brands and time-honoured brands."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, insert

from service.errors import FieldNotAllowed
from service.register.applying.publication import Publication
from service.register.models import (
    Brand,
    Recorded,
    TimeHonouredBrand,
    TrademarkRecord,
    brand_product,
    brand_trademark,
)
from service.register.payloads import BrandPayload, TimeHonouredBrandPayload, TrademarkPayload
from service.vocabulary import MarkStatus, RecordKind

_COMPUTED = frozenset({MarkStatus.EXPIRING, MarkStatus.IN_GRACE, MarkStatus.EXPIRED})


def apply_trademark(
    publication: Publication, payload: TrademarkPayload, ulid: str, base_version: int
) -> Recorded:
    """Publish a trademark of one class; a status that follows from the term is not accepted as a fact."""
    references = publication.references
    if payload.status in _COMPUTED:
        raise FieldNotAllowed("status", payload.status.value, "computed_from_term")
    values = payload.model_dump(
        include={
            "nice_class",
            "name",
            "name_en",
            "mark_type",
            "goods",
            "registrant_name",
            "status",
            "applied_on",
            "preliminary_published_on",
            "registered_on",
            "international_registration_no",
        }
    )
    last_day = payload.term_last_day
    values |= {
        "registration_no": payload.registration_no,
        "registrant_id": references.organisation_or_none("registrant", payload.registrant),
        "division_id": references.division("division", payload.division) if payload.division else None,
        "term_from": payload.term_first_day,
        # Only a trademark's printed term end is inclusive; it is converted here, at the edge.
        "term_to": last_day + timedelta(days=1) if last_day else None,
        "source_checked_on": payload.source_checked_on,
    }
    trademark = publication.upsert(TrademarkRecord, payload, ulid, base_version, values)
    publication.touch(RecordKind.TRADEMARK, ulid)
    return trademark


def apply_brand(publication: Publication, payload: BrandPayload, ulid: str, base_version: int) -> Recorded:
    """Publish a brand with links to the marks and products it stands on."""
    references, session = publication.references, publication.session
    values = {
        "slug": payload.slug,
        "name": payload.name,
        "name_en": payload.name_en,
        "kind": payload.brand_kind,
        "owner_name": payload.owner_name,
        "owner_id": references.organisation_or_none("owner", payload.owner),
        "description": payload.description,
    }
    marks = [key for number in payload.trademarks for key in references.trademarks("trademarks", number)]
    products = [references.product("products", text) for text in payload.products]
    brand = publication.upsert(Brand, payload, ulid, base_version, values)
    session.flush()  # the link rows want the brand's key
    for table, column, keys in (
        (brand_trademark, "trademark_id", marks),
        (brand_product, "product_id", products),
    ):
        session.execute(delete(table).where(table.c.brand_id == brand.id))
        if keys:
            session.execute(
                insert(table), [{"brand_id": brand.id, column: key} for key in dict.fromkeys(keys)]
            )
    publication.touch(RecordKind.BRAND, ulid)
    return brand


def apply_time_honoured_brand(
    publication: Publication, payload: TimeHonouredBrandPayload, ulid: str, base_version: int
) -> Recorded:
    """Publish a brand's place on a time-honoured list."""
    brand_id = publication.references.brand("brand", payload.brand)
    values = payload.model_dump(
        include={"level", "batch", "founded_on", "founded_precision", "recognised_on", "status"}
    )
    record = publication.upsert(
        TimeHonouredBrand, payload, ulid, base_version, {**values, "brand_id": brand_id}
    )
    publication.touch(RecordKind.BRAND, publication.ulid_of(Brand, brand_id))
    return record
