"""Publishing authorisations and what happens to them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from service.errors import FieldNotAllowed, TransitionNotAllowed
from service.register.applying.authorisation_checks import demand_allowed
from service.register.applying.publication import Publication
from service.register.lifecycle import BASES_OF_TRACK
from service.register.models import (
    Authorisation,
    AuthorisationEvent,
    GiProduct,
    Organisation,
    Recorded,
)
from service.register.payloads import AuthorisationEventPayload, AuthorisationPayload
from service.vocabulary import AuthorisationEventKind, RecordKind


def apply_authorisation(
    publication: Publication, payload: AuthorisationPayload, ulid: str, base_version: int
) -> Recorded:
    """Publish a grant. The grant itself is an event; a later draft may change only what surrounds it."""
    references = publication.references
    protection_id = references.protection("protection", payload.protection)
    organisation_id = references.organisation("organisation", payload.organisation)
    _demand_basis(publication, payload, protection_id)
    values = {
        "code": payload.code,
        "protection_id": protection_id,
        "organisation_id": organisation_id,
        "basis": payload.basis,
        "announced_row": payload.announced_row,
    }
    # Made first: looking up its announcement must not flush an authorisation that has no grant yet.
    grant = _grant(publication, payload)
    if base_version:
        _demand_same_grant(publication, ulid, values, grant)
    authorisation = publication.upsert(Authorisation, payload, ulid, base_version, values)
    if base_version == 0:
        authorisation.events = [grant]
    _touch(publication, protection_id, organisation_id)
    return authorisation


_GRANTED = (
    *("effective_on", "licence_to", "announcement_id", "approved_name", "approved_address"),
    *("approved_representative", "approved_trademark"),
)


def _demand_same_grant(
    publication: Publication, ulid: str, values: dict[str, Any], grant: AuthorisationEvent
) -> None:
    """Refuse a new version that says another thing of the grant: what is on record changes by an event only."""
    session = publication.session
    with session.no_autoflush:
        recorded = session.scalars(select(Authorisation).where(Authorisation.ulid == ulid)).one()
        first = session.scalars(
            select(AuthorisationEvent).where(
                AuthorisationEvent.authorisation_id == recorded.id, AuthorisationEvent.sequence == 1
            )
        ).one()
    changed = [
        name
        for name in ("protection_id", "organisation_id", "basis")
        if values[name] != getattr(recorded, name)
    ]
    changed += [name for name in _GRANTED if getattr(grant, name) != getattr(first, name)]
    if changed:
        raise FieldNotAllowed(changed[0], "", "recorded_as_event")


def _demand_basis(publication: Publication, payload: AuthorisationPayload, protection_id: int) -> None:
    track = publication.track_of(protection_id)
    if payload.basis not in BASES_OF_TRACK[track]:
        raise FieldNotAllowed("basis", payload.basis.value, f"not_for_{track.value}")


def _grant(publication: Publication, payload: AuthorisationPayload) -> AuthorisationEvent:
    return AuthorisationEvent(
        sequence=1,
        kind=AuthorisationEventKind.GRANTED,
        effective_on=payload.effective_on,
        announcement_id=publication.references.announcement("announcement", payload.announcement),
        licence_to=_after(payload.licence_last_day),
        approved_name=payload.approved_name,
        approved_address=payload.approved_address,
        approved_representative=payload.approved_representative,
        approved_trademark=payload.approved_trademark,
        revision_number=publication.revision_number,
        recorded_at=publication.moment,
        source_id=publication.references.source(payload),
    )


def apply_authorisation_event(
    publication: Publication, payload: AuthorisationEventPayload, ulid: str, base_version: int
) -> AuthorisationEvent:
    """Add an event to an authorisation; what is on record is never changed, only voided by a later entry."""
    if base_version or payload.event is AuthorisationEventKind.GRANTED:
        raise TransitionNotAllowed(payload.authorisation, "recorded", payload.event.value)
    references, session = publication.references, publication.session
    authorisation_id = references.authorisation("authorisation", payload.authorisation)
    session.flush()  # what this publication has added counts
    earlier = list(
        session.scalars(
            select(AuthorisationEvent)
            .where(AuthorisationEvent.authorisation_id == authorisation_id)
            .order_by(AuthorisationEvent.sequence)
        )
    )
    demand_allowed(payload, earlier)
    announcement = (
        references.announcement("announcement", payload.announcement) if payload.announcement else None
    )
    event = AuthorisationEvent(
        ulid=ulid,
        authorisation_id=authorisation_id,
        sequence=earlier[-1].sequence + 1,
        kind=payload.event,
        effective_on=payload.effective_on,
        announcement_id=announcement,
        ground=payload.ground,
        deadline_on=payload.deadline_on,
        licence_to=_after(payload.licence_last_day),
        approved_name=payload.approved_name,
        approved_address=payload.approved_address,
        approved_trademark=payload.approved_trademark,
        note=payload.note,
        voided_event_id=_voided(payload, earlier),
        revision_number=publication.revision_number,
        recorded_at=publication.moment,
        source_id=references.source(payload),
    )
    session.add(event)
    authorisation = session.get_one(Authorisation, authorisation_id)
    _touch(publication, authorisation.protection_id, authorisation.organisation_id)
    return event


def _voided(payload: AuthorisationEventPayload, earlier: list[AuthorisationEvent]) -> int | None:
    if payload.event is not AuthorisationEventKind.ENTRY_VOIDED:
        return None
    for event in earlier:
        if (
            event.sequence == payload.voided_sequence
            and event.kind is not AuthorisationEventKind.ENTRY_VOIDED
        ):
            return event.id
    raise FieldNotAllowed("voided_sequence", str(payload.voided_sequence), "not_found")


def _after(last_day: date | None) -> date | None:
    """Return the first day after a printed, inclusive last day: inside, periods are half-open."""
    return last_day + timedelta(days=1) if last_day else None


def _touch(publication: Publication, protection_id: int, organisation_id: int) -> None:
    product_id = publication.references.product_of(protection_id)
    publication.touch(RecordKind.GI_PRODUCT, publication.ulid_of(GiProduct, product_id))
    publication.touch(RecordKind.ORGANISATION, publication.ulid_of(Organisation, organisation_id))
