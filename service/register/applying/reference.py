"""Publishing reference data: documents, divisions, categories, legal instruments."""

from __future__ import annotations

from service.errors import FieldNotAllowed
from service.register.applying.publication import Publication
from service.register.models import (
    Category,
    Division,
    DivisionAlias,
    DivisionCode,
    Document,
    HolidayArrangement,
    LegalInstrument,
    Recorded,
)
from service.register.payloads import (
    CategoryPayload,
    DivisionPayload,
    DocumentPayload,
    HolidayArrangementPayload,
    LegalInstrumentPayload,
)
from service.vocabulary import NameRole


def apply_document(
    publication: Publication, payload: DocumentPayload, ulid: str, base_version: int
) -> Recorded:
    """Publish a kept file; its bytes were stored when the draft was saved."""
    if payload.sha256 is None or payload.size is None or payload.media_type is None:
        raise FieldNotAllowed("file", payload.file or "", "not_stored")
    values = {
        "sha256": payload.sha256,
        "size": payload.size,
        "media_type": payload.media_type,
        "title": payload.title,
        "kind": payload.document_kind,
        "issuer": payload.issuer,
        "document_number": payload.document_number,
        "published_on": payload.published_on,
        "url": payload.url,
        "licence_note": payload.licence_note,
        "is_open": payload.is_open,
    }
    return publication.upsert(Document, payload, ulid, base_version, values)


def apply_division(
    publication: Publication, payload: DivisionPayload, ulid: str, base_version: int
) -> Recorded:
    """Publish a division with its codes and aliases."""
    parent = publication.references.division("parent", payload.parent) if payload.parent else None
    values = {
        "slug": payload.slug,
        "name": payload.name,
        "kind": payload.division_kind,
        "parent_id": parent,
        "valid_from": payload.valid_from,
        "valid_to": payload.valid_to,
        "longitude": payload.longitude,
        "latitude": payload.latitude,
        "point_source": payload.point_source,
    }
    division = publication.upsert(Division, payload, ulid, base_version, values)
    codes = [
        DivisionCode(scheme=scheme, year=year, code=code) for scheme, year, code in payload.parsed_codes()
    ]
    publication.hang(division, "codes", codes)
    source = publication.references.source(payload)
    aliases = [DivisionAlias(text=text, role=NameRole.ALIAS, source_id=source) for text in payload.aliases]
    publication.hang(division, "aliases", aliases)
    return division


def apply_category(
    publication: Publication, payload: CategoryPayload, ulid: str, base_version: int
) -> Recorded:
    """Publish a category."""
    values = payload.model_dump(include={"scheme", "code", "name", "name_en", "is_code_official"})
    return publication.upsert(Category, payload, ulid, base_version, values)


def apply_legal_instrument(
    publication: Publication, payload: LegalInstrumentPayload, ulid: str, base_version: int
) -> Recorded:
    """Publish a legal instrument."""
    own = set(LegalInstrumentPayload.model_fields) & set(LegalInstrument.__table__.columns.keys())
    values = payload.model_dump(include=own - {"is_demonstration", "withdrawal", "withdrawal_reason"})
    return publication.upsert(LegalInstrument, payload, ulid, base_version, values)


def apply_holiday_arrangement(
    publication: Publication, payload: HolidayArrangementPayload, ulid: str, base_version: int
) -> Recorded:
    """Publish a year's holiday arrangement."""
    values = {
        "year": payload.year,
        "title": payload.title,
        "number": payload.number,
        "rest_days": [day.isoformat() for day in payload.rest_days],
        "worked_days": [day.isoformat() for day in payload.worked_days],
    }
    return publication.upsert(HolidayArrangement, payload, ulid, base_version, values)
