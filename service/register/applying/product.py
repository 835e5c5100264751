"""Publishing products."""

from __future__ import annotations

from sqlalchemy import delete

from service.register.applying.publication import Publication
from service.register.models import Conflict, GiProduct, ProductName, Recorded
from service.register.naming import slug_of
from service.register.payloads import GiProductPayload, Payload
from service.vocabulary import NameRole, RecordKind


def apply_product(
    publication: Publication, payload: GiProductPayload, ulid: str, base_version: int
) -> Recorded:
    """Publish a product and its names; the slug stays when the name changes, unless another is wanted."""
    references = publication.references
    slug = publication.slug(ulid, payload.slug, slug_of(payload.name))
    values = {
        "code": payload.code,
        "slug": slug,
        "name": payload.name,
        "name_en": payload.name_en,
        "category_id": references.category("category", payload.category) if payload.category else None,
        "industry": payload.industry,
        "nice_classes": list(payload.nice_classes),
        "home_relation": payload.home_relation,
        "division_id": references.division("division", payload.division) if payload.division else None,
        "place_as_printed": payload.place_as_printed,
        "description": payload.description,
        "scientific_name": payload.scientific_name,
        "season_months": list(payload.season_months),
    }
    product = publication.upsert(GiProduct, payload, ulid, base_version, values)
    publication.hang(product, "names", _names(payload, references.source(payload)))
    if base_version or payload.conflicts:
        record_conflicts(publication, payload, RecordKind.GI_PRODUCT, ulid, payload.conflicts)
    publication.touch(RecordKind.GI_PRODUCT, ulid)
    return product


def _names(payload: GiProductPayload, source: int) -> list[ProductName]:
    named = [(payload.name, NameRole.REGISTERED, "zh")]
    named += [(payload.name_en, NameRole.ENGLISH, "en")] if payload.name_en else []
    named += [(text, NameRole.ALIAS, "zh") for text in payload.aliases]
    named += [(text, NameRole.FORMER, "zh") for text in payload.former_names]
    named += [(text, NameRole.TRADE, "zh") for text in payload.trade_names]
    return [ProductName(text=text, role=role, lang=lang, source_id=source) for text, role, lang in named]


def record_conflicts(
    publication: Publication, payload: Payload, kind: RecordKind, ulid: str, statements: tuple[str, ...]
) -> None:
    """Keep the contradictions that the sources of a record hold."""
    publication.session.execute(
        delete(Conflict).where(Conflict.record_kind == kind, Conflict.record_ulid == ulid)
    )
    source = publication.references.source(payload) if statements else 0
    publication.session.add_all(
        Conflict(
            record_kind=kind,
            record_ulid=ulid,
            statement=statement,
            recorded_at=publication.moment,
            source_id=source,
        )
        for statement in statements
    )
