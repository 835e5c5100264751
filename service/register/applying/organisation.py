"""Publishing organisations and announcements."""

from __future__ import annotations

from sqlalchemy import select

from service.calendar import china_date
from service.errors import DuplicateRecord, FieldNotAllowed
from service.identifiers import IdentifierError, Uscc
from service.register.applying.publication import Publication
from service.register.models import (
    Announcement,
    AnnouncementDocument,
    AuthorisationEvent,
    FormerCode,
    Organisation,
    OrganisationName,
    ProtectionEvent,
    Recorded,
)
from service.register.payloads import AnnouncementPayload, OrganisationPayload
from service.vocabulary import CodeState, NameRole, OrganisationKind, RecordKind


def apply_organisation(
    publication: Publication, payload: OrganisationPayload, ulid: str, base_version: int
) -> Recorded:
    """Publish an organisation; its kind follows from its code unless the payload says otherwise."""
    references = publication.references
    uscc = payload.uscc
    values = {
        "uscc": uscc,
        "uscc_state": CodeState.VALID if uscc else CodeState.UNKNOWN,
        "name": payload.name,
        "name_en": payload.name_en,
        "kind": payload.organisation_kind or _kind_of(uscc),
        "division_id": references.division("division", payload.division) if payload.division else None,
        "address": payload.address,
        "legal_representative": payload.legal_representative,
        "is_representative_announced": payload.is_representative_announced,
        "status": payload.status,
        "status_checked_on": payload.status_checked_on,
    }
    organisation = publication.upsert(Organisation, payload, ulid, base_version, values)
    source = references.source(payload)
    names = [
        OrganisationName(text=text, role=NameRole.SHORT, source_id=source) for text in payload.short_names
    ]
    names += [
        OrganisationName(text=text, role=NameRole.FORMER, source_id=source) for text in payload.former_names
    ]
    publication.hang(organisation, "names", names)
    former = [FormerCode(uscc=_uscc("former_codes", code), source_id=source) for code in payload.former_codes]
    publication.hang(organisation, "former_codes", former)
    publication.touch(RecordKind.ORGANISATION, ulid)
    return organisation


def _is_cited(publication: Publication, ulid: str) -> bool:
    """Return whether a grant, a protection or another event stands on the announcement; voided ones do not."""
    announcement = select(Announcement.id).where(Announcement.ulid == ulid).scalar_subquery()
    cited = []
    for model in (AuthorisationEvent, ProtectionEvent):
        voided = select(model.voided_event_id).where(model.voided_event_id.is_not(None))
        standing = (model.announcement_id == announcement, model.id.not_in(voided))
        cited.append(select(model.id).where(*standing).limit(1))
    return any(publication.session.scalar(statement) is not None for statement in cited)


def _uscc(field: str, text: str | None) -> str | None:
    """Return the code in normal form; a wrong check character may stand, since a few real codes have one."""
    if text is None:
        return None
    try:
        return Uscc.parse_unchecked(text).value
    except IdentifierError as error:
        raise FieldNotAllowed(field, text, error.code) from error


def _kind_of(uscc: str | None) -> OrganisationKind:
    return OrganisationKind(Uscc.parse_unchecked(uscc).organisation_kind) if uscc else OrganisationKind.OTHER


def apply_announcement(
    publication: Publication, payload: AnnouncementPayload, ulid: str, base_version: int
) -> Recorded:
    """Publish an announcement under its issuer and normalised number."""
    number = payload.parsed_number()
    if payload.withdrawal is not None and _is_cited(publication, ulid):
        # An authorised verdict must have evidence that people can open (I-20).
        raise FieldNotAllowed("withdrawal", payload.withdrawal.value, "still_cited")
    if base_version == 0 and publication.references.has_announcement(number.normal_form):
        raise DuplicateRecord("number", number.normal_form)
    # What is dated tomorrow was not announced yet, and nobody could have printed it.
    if payload.published_on is not None and payload.published_on > china_date(publication.moment):
        raise FieldNotAllowed("published_on", payload.published_on.isoformat(), "day_to_come")
    values = {
        "code": number.code,
        "issuer": payload.issuer,
        "number_as_printed": payload.number,
        "number": number.normal_form,
        "year": number.year,
        "serial": number.serial,
        "title": payload.title,
        "kind": payload.announcement_kind,
        "published_on": payload.published_on,
        "url": payload.url,
        "declared_organisations": payload.declared_organisations,
        "declared_products": payload.declared_products,
    }
    announcement = publication.upsert(Announcement, payload, ulid, base_version, values)
    documents = [publication.references.document("documents", text) for text in payload.documents]
    rows = [AnnouncementDocument(document_id=key, position=place) for place, key in enumerate(documents)]
    publication.hang(announcement, "documents", rows)
    publication.touch(RecordKind.ANNOUNCEMENT, ulid)
    return announcement
