"""States of loaded records on a day: the pure folds of `lifecycle`, fed with rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from service.register.lifecycle import (
    AuthorisationFact,
    AuthorisationStanding,
    ProtectionFact,
    ProtectionStanding,
    authorisation_standing,
    known_facts,
    known_protection_facts,
    protection_standing,
)
from service.register.models import AuthorisationEvent, Organisation, ProtectionEvent
from service.vocabulary import STRUCK_OFF, AuthorisationState, DeregistrationGround, Track


def protection_on(
    track: Track, events: Sequence[ProtectionEvent], on: date, known_on: date | None = None
) -> ProtectionStanding:
    """Return the standing of a protection of the track with these events on a day, seen from `known_on`."""
    facts = [
        ProtectionFact(
            event.id, event.kind, event.happened_on, event.recorded_at, event.term_to, event.voided_event_id
        )
        for event in events
    ]
    known = known_protection_facts(facts, None)
    return protection_standing(known, on, known_on, has_term=track is Track.GI_TRADEMARK)


def authorisation_on(events: Sequence[AuthorisationEvent], on: date) -> AuthorisationStanding:
    """Return the standing of an authorisation with these events on a day, as known now."""
    facts = [
        AuthorisationFact(
            event.id,
            event.kind,
            event.effective_on,
            event.recorded_at,
            event.ground,
            event.licence_to,
            event.voided_event_id,
        )
        for event in events
    ]
    return authorisation_standing(known_facts(facts, None), on)


def authorisation_in_effect(
    standing: AuthorisationStanding, protected: ProtectionStanding, organisation: Organisation, on: date
) -> AuthorisationStanding:
    """Return what an authorisation is worth beside its protection and its holder, as a verdict weighs it (I-2, I-22).

    An open authorisation of a right that has ended, or of a body that is struck off, is shown as ended. Where no day is
    on record from which that is so, none is told: a body's state is known from the day on which it was seen.
    """
    if not standing.is_in_effect:
        return standing
    if protected.has_ended:
        ground = DeregistrationGround.PROTECTION_ENDED
        return standing._replace(state=AuthorisationState.ENDED, since=protected.since, ground=ground)
    if not protected.is_in_force:
        return standing._replace(state=AuthorisationState.NOT_YET_EFFECTIVE, since=None)
    seen = organisation.status_checked_on
    if organisation.status in STRUCK_OFF and (seen is None or on >= seen):
        return standing._replace(state=AuthorisationState.ENDED, since=None)
    return standing
