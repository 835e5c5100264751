"""Publishing protections and what happens to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from service.errors import FieldNotAllowed, TransitionNotAllowed
from service.identifiers import AgiNumber, AnnouncementNumber, Kind, recognise
from service.register.applying.publication import Publication
from service.register.lifecycle import ENDS_OF_PROTECTION
from service.register.models import (
    GiProduct,
    Party,
    Protection,
    ProtectionEvent,
    ProtectionIdentifier,
    QualityTrait,
    Recorded,
    StandardReference,
    UseRules,
)
from service.register.payloads import ProtectionEventPayload, ProtectionPayload
from service.vocabulary import IdentifierScheme, Issuer, PartyRole, ProtectionEventKind, RecordKind, Track

_PARTY_FIELDS = {
    "applicant": PartyRole.APPLICANT,
    "registrant": PartyRole.REGISTRANT,
    "holder": PartyRole.HOLDER,
    "manager": PartyRole.MANAGER,
    "mark_management_body": PartyRole.MARK_MANAGEMENT_BODY,
}
_ANNOUNCEMENT_SCHEMES = {
    Issuer.CNIPA: IdentifierScheme.CNIPA_ANNOUNCEMENT,
    Issuer.AQSIQ: IdentifierScheme.AQSIQ_ANNOUNCEMENT,
    Issuer.MOA: IdentifierScheme.MOA_ANNOUNCEMENT,
    Issuer.DEMONSTRATION: IdentifierScheme.DEMONSTRATION,
}


def apply_protection(
    publication: Publication, payload: ProtectionPayload, ulid: str, base_version: int
) -> Recorded:
    """Publish a protection with its numbers, parties, traits, standards and use rules."""
    references = publication.references
    product_id = references.product("product", payload.product)
    values = {
        "code": payload.code,
        "product_id": product_id,
        "track": payload.track,
        "instrument_id": references.instrument("instrument", payload.instrument)
        if payload.instrument
        else None,
        "requirements": payload.requirements,
    }
    protection = publication.upsert(Protection, payload, ulid, base_version, values)
    source = references.source(payload)
    publication.hang(
        protection, "identifiers", [_identifier(payload, text, source) for text in payload.numbers]
    )
    publication.hang(protection, "parties", _parties(publication, payload, source))
    publication.hang(protection, "traits", [_trait(text, source) for text in payload.traits])
    publication.hang(protection, "standards", _standards(payload, source))
    rules = [UseRules(text=payload.use_rules, source_id=source)] if payload.use_rules else []
    publication.hang(protection, "rules", rules)
    publication.touch(RecordKind.GI_PRODUCT, publication.ulid_of(GiProduct, product_id))
    return protection


def _identifier(payload: ProtectionPayload, text: str, source: int) -> ProtectionIdentifier:
    number = read_number(payload.track, text)
    return ProtectionIdentifier(
        scheme=number.scheme,
        as_printed=text,
        number=number.normal_form,
        nice_class=payload.nice_class or 0,
        is_shared=number.is_shared,
        source_id=source,
    )


@dataclass(frozen=True, slots=True)
class ProtectionNumber:
    """A protection's number with its series; an announcement's number is shared by all it recognises."""

    scheme: IdentifierScheme
    normal_form: str
    is_shared: bool = False


def read_number(track: Track, text: str) -> ProtectionNumber:
    """Return the number with the series it belongs to.

    Raises:
        FieldNotAllowed: the text is no number that a protection of this track can carry.
    """
    found = recognise(text)
    match found.kind:
        case Kind.TRADEMARK if track is Track.GI_TRADEMARK:
            return ProtectionNumber(IdentifierScheme.TRADEMARK_REGISTRATION, found.value)
        case Kind.AGI_CERTIFICATE | Kind.AGI_SPECIFICATION if isinstance(found.number, AgiNumber):
            is_specification = found.number.is_specification
            scheme = (
                IdentifierScheme.AGI_SPECIFICATION if is_specification else IdentifierScheme.AGI_CERTIFICATE
            )
            return ProtectionNumber(scheme, found.value)
        case Kind.ANNOUNCEMENT if isinstance(found.number, AnnouncementNumber) and found.number.issuer:
            issuer = Issuer(found.number.issuer)
            scheme = _ANNOUNCEMENT_SCHEMES.get(issuer, IdentifierScheme.DOCUMENT_NUMBER)
            return ProtectionNumber(scheme, found.value, is_shared=True)
        case Kind.DOCUMENT_NUMBER:
            return ProtectionNumber(IdentifierScheme.DOCUMENT_NUMBER, found.value, is_shared=True)
    if text.startswith("示例"):
        return ProtectionNumber(IdentifierScheme.DEMONSTRATION, text)
    raise FieldNotAllowed("numbers", text, "bad_number")


def _parties(publication: Publication, payload: ProtectionPayload, source: int) -> list[Party]:
    stated = [(role, getattr(payload, field), field) for field, role in _PARTY_FIELDS.items()]
    return [
        Party(
            role=role,
            name_as_announced=name,
            organisation_id=publication.references.organisation_or_none(field, name),
            source_id=source,
        )
        for role, name, field in stated
        if name
    ]


_FIGURE = r"\d{1,6}(?:\.\d{1,4})?"
_LIMIT = re.compile(rf"(?P<name>[^≥≤\d]{{1,40}})(?P<sign>[≥≤])(?P<low>{_FIGURE})(?P<unit>.{{0,20}})")
_RANGE = re.compile(
    rf"(?P<name>[^≥≤\d]{{1,40}})(?P<low>{_FIGURE})[^\d~～]{{0,8}}[~～](?P<high>{_FIGURE})(?P<unit>.{{0,20}})"
)


def _trait(text: str, source: int) -> QualityTrait:
    """Return the requirement with figures where the text has them, as in 垩白度≤5.0% or 千粒重25~29g."""
    if found := _LIMIT.fullmatch(text):
        figure = float(found["low"])
        minimum, maximum = (figure, None) if found["sign"] == "≥" else (None, figure)
    elif found := _RANGE.fullmatch(text):
        minimum, maximum = float(found["low"]), float(found["high"])
    else:
        return QualityTrait(name=text[:40], text=text, source_id=source)
    return QualityTrait(
        name=found["name"],
        text=text,
        minimum=minimum,
        maximum=maximum,
        unit=found["unit"].strip() or None,
        source_id=source,
    )


def _standards(payload: ProtectionPayload, source: int) -> list[StandardReference]:
    rows = []
    for text in payload.standards:
        found = recognise(text)
        if found.kind is not Kind.STANDARD:
            raise FieldNotAllowed("standards", text, "bad_number")
        rows.append(StandardReference(number=found.value, source_id=source))
    return rows


def apply_protection_event(
    publication: Publication, payload: ProtectionEventPayload, ulid: str, base_version: int
) -> ProtectionEvent:
    """Add an event to a protection; an event that is on record is never changed, only voided."""
    if base_version:
        raise TransitionNotAllowed(ulid, "recorded", "changed")
    references, session = publication.references, publication.session
    protection_id = references.protection("protection", payload.protection)
    session.flush()  # what this publication has added counts
    earlier = session.scalars(
        select(ProtectionEvent)
        .where(ProtectionEvent.protection_id == protection_id)
        .order_by(ProtectionEvent.sequence)
    ).all()
    _demand_not_over(payload, earlier)
    announcement = (
        references.announcement("announcement", payload.announcement) if payload.announcement else None
    )
    if payload.event is ProtectionEventKind.REVOKED and announcement is None:
        raise FieldNotAllowed("announcement", "", "required")
    event = ProtectionEvent(
        ulid=ulid,
        protection_id=protection_id,
        sequence=earlier[-1].sequence + 1 if earlier else 1,
        kind=payload.event,
        happened_on=payload.happened_on,
        precision=payload.precision,
        announcement_id=announcement,
        note=payload.note,
        # The printed last day of a term counts; inside, periods are half-open.
        term_to=payload.last_day + timedelta(days=1) if payload.last_day else None,
        voided_event_id=_voided(publication, protection_id, payload),
        revision_number=publication.revision_number,
        recorded_at=publication.moment,
        source_id=references.source(payload),
    )
    session.add(event)
    product_id = publication.references.product_of(protection_id)
    publication.touch(RecordKind.GI_PRODUCT, publication.ulid_of(GiProduct, product_id))
    return event


def _demand_not_over(payload: ProtectionEventPayload, earlier: Sequence[ProtectionEvent]) -> None:
    """Refuse what would come after the end of a right: it stays ended, and a new right is a new record."""
    voided = {event.voided_event_id for event in earlier}
    ends = [
        event.happened_on or date.min
        for event in earlier
        if event.kind in ENDS_OF_PROTECTION and event.id not in voided
    ]
    is_after_the_end = bool(ends) and (payload.happened_on is None or payload.happened_on >= min(ends))
    if is_after_the_end and payload.event is not ProtectionEventKind.ENTRY_VOIDED:
        raise TransitionNotAllowed(payload.protection, "ended", payload.event.value)


def _voided(publication: Publication, protection_id: int, payload: ProtectionEventPayload) -> int | None:
    if payload.event is not ProtectionEventKind.ENTRY_VOIDED:
        return None
    found = publication.session.scalar(
        select(ProtectionEvent.id).where(
            ProtectionEvent.protection_id == protection_id,
            ProtectionEvent.sequence == payload.voided_sequence,
            ProtectionEvent.kind != ProtectionEventKind.ENTRY_VOIDED,
        )
    )
    if found is None:
        raise FieldNotAllowed("voided_sequence", str(payload.voided_sequence), "not_found")
    return found
