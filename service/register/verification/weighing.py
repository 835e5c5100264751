"""Weighing one authorisation: its own standing, its protection's, and its holder's, on one day."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from service.register.lifecycle import (
    AuthorisationStanding,
    ProtectionStanding,
    authorisation_standing,
    known_facts,
)
from service.register.verification.reading import (
    EventSource,
    FoundAuthorisation,
    FoundOrganisation,
    FoundProtection,
)
from service.register.verification.verdict import Evidence, Fact, FactKind, FactSource
from service.vocabulary import (
    STRUCK_OFF,
    AuthorisationState,
    Caution,
    DeregistrationGround,
    Outcome,
    ProtectionState,
    Reason,
    Track,
)

_RANK = (
    Outcome.AUTHORISED,
    Outcome.PROTECTION_ENDED,
    Outcome.NOT_YET_EFFECTIVE,
    Outcome.ENDED,
    Outcome.NOT_AUTHORISED,
)


class Weighed(NamedTuple):
    """What one authorisation is worth on the day, with everything that says so."""

    authorisation: FoundAuthorisation
    protection: FoundProtection
    organisation: FoundOrganisation
    standing: AuthorisationStanding
    protected: ProtectionStanding
    outcome: Outcome
    reason: Reason
    caution: Caution | None = None

    @property
    def rests_on_the_body(self) -> bool:
        """Whether the outcome, or the caution beside it, follows from the body's being struck off."""
        return (
            self.reason is Reason.ORGANISATION_STRUCK_OFF or self.caution is Caution.ORGANISATION_STRUCK_OFF
        )

    @property
    def rank(self) -> tuple[int, int]:
        """Order among several authorisations for one product: one in force answers, the latest first."""
        since = self.standing.since or date.min
        return _RANK.index(self.outcome), -since.toordinal()


def weigh(
    authorisation: FoundAuthorisation,
    protection: FoundProtection,
    organisation: FoundOrganisation,
    *,
    on: date,
    known_at: datetime | None,
    known_on: date,
) -> Weighed:
    """Return what the authorisation is worth on the day, as known at the moment asked about."""
    standing = authorisation_standing(known_facts(authorisation.facts, known_at), on)
    has_term = authorisation.track is Track.GI_TRADEMARK
    protected = protection.standing(on, known_at, known_on, has_term=has_term)
    outcome, reason, caution = _outcome(standing, protected)
    if outcome is Outcome.AUTHORISED and organisation.status in STRUCK_OFF:
        # A body that no longer exists uses nothing; for days before that was seen, say so beside the answer.
        seen = organisation.status_checked_on
        if seen is None or on >= seen:
            outcome, reason, caution = Outcome.ENDED, Reason.ORGANISATION_STRUCK_OFF, None
        else:
            caution = Caution.ORGANISATION_STRUCK_OFF
    return Weighed(authorisation, protection, organisation, standing, protected, outcome, reason, caution)


def _outcome(
    standing: AuthorisationStanding, protected: ProtectionStanding
) -> tuple[Outcome, Reason, Caution | None]:
    if standing.state is AuthorisationState.NOT_RECORDED:
        return Outcome.NOT_AUTHORISED, Reason.NEVER, None
    if protected.has_ended:
        return Outcome.PROTECTION_ENDED, Reason.PROTECTION_NOT_IN_FORCE, None
    if standing.state is AuthorisationState.NOT_YET_EFFECTIVE:
        return Outcome.NOT_YET_EFFECTIVE, Reason.EFFECTIVE_LATER, None
    if standing.state is AuthorisationState.ENDED:
        is_licence = standing.ground is DeregistrationGround.LICENCE_ENDED
        return Outcome.ENDED, Reason.LICENCE_ENDED if is_licence else Reason.DEREGISTERED, None
    if not protected.is_in_force:
        is_unknown = protected.state is ProtectionState.UNKNOWN
        reason = Reason.PROTECTION_UNVERIFIED if is_unknown else Reason.PROTECTION_NOT_YET
        return Outcome.NOT_YET_EFFECTIVE, reason, None
    return _in_force(standing, protected)


def _in_force(
    standing: AuthorisationStanding, protected: ProtectionStanding
) -> tuple[Outcome, Reason, Caution | None]:
    if standing.state is AuthorisationState.UNDER_CORRECTION:
        return Outcome.AUTHORISED, Reason.UNDER_CORRECTION, Caution.UNDER_CORRECTION
    if protected.state is ProtectionState.IN_GRACE:
        return Outcome.AUTHORISED, Reason.PROTECTION_IN_GRACE, Caution.PROTECTION_IN_GRACE
    return Outcome.AUTHORISED, Reason.IN_FORCE, None


def facts_of(weighed: Weighed) -> tuple[Fact, ...]:
    """Return what the outcome rests on: the grant, what ended or limits it, the protection's state, the body's end."""
    standing, name = weighed.standing, weighed.authorisation.product_name
    sources = weighed.authorisation.sources
    facts = []
    if standing.granted_by is not None:
        granted = next(fact for fact in weighed.authorisation.facts if fact.id == standing.granted_by)
        source = sources[granted.id]
        facts.append(Fact(FactKind.GRANTED, name, granted.effective_on, source.number, _source(source)))
    is_more_than_the_grant = (
        standing.decided_by != standing.granted_by or standing.ground is DeregistrationGround.LICENCE_ENDED
    )
    if standing.decided_by is not None and is_more_than_the_grant:
        facts.append(_deciding_fact(weighed, sources[standing.decided_by]))
    facts.append(_protection_fact(weighed))
    if weighed.rests_on_the_body:
        facts.append(_body_fact(weighed.organisation))
    return tuple(facts)


def _deciding_fact(weighed: Weighed, source: EventSource) -> Fact:
    standing, name = weighed.standing, weighed.authorisation.product_name
    if standing.state is AuthorisationState.UNDER_CORRECTION:
        deadline = source.deadline_on.isoformat() if source.deadline_on else None
        return Fact(FactKind.UNDER_CORRECTION, name, standing.since, deadline, _source(source))
    if standing.ground is DeregistrationGround.LICENCE_ENDED:
        return Fact(FactKind.LICENCE_ENDED, name, standing.since, None, _source(source))
    ground = standing.ground.value if standing.ground else None
    return Fact(FactKind.DEREGISTERED, name, standing.since, ground, _source(source))


def _protection_fact(weighed: Weighed) -> Fact:
    protected, name = weighed.protected, weighed.authorisation.product_name
    found = weighed.protection.sources.get(protected.decided_by) if protected.decided_by else None
    kind = FactKind.PROTECTION_BEGAN
    if protected.state is ProtectionState.IN_GRACE:
        kind = FactKind.PROTECTION_IN_GRACE
    elif not protected.is_in_force:
        kind = FactKind.PROTECTION_ENDED
    return Fact(kind, name, protected.since, protected.state.value, _source(found) if found else None)


def _body_fact(organisation: FoundOrganisation) -> Fact:
    """The day is the one on which it was seen: from which day on it was so is on no record."""
    return Fact(
        FactKind.ORGANISATION_STRUCK_OFF,
        organisation.name,
        organisation.status_checked_on,
        organisation.status.value,
        organisation.source,
    )


def _source(found: EventSource) -> FactSource:
    return FactSource(found.announcement, found.document_sha256, found.locator, found.level)


def evidence_of(weighed: Weighed) -> tuple[Evidence, ...]:
    """Return the announcements behind the outcome, the deciding one first (I-20)."""
    standing, protected = weighed.standing, weighed.protected
    own = weighed.authorisation.code
    behind: list[tuple[EventSource | None, str | None]] = [
        (weighed.authorisation.sources.get(key), own)
        for key in (standing.decided_by, standing.granted_by)
        if key
    ]
    if protected.decided_by:
        behind.append((weighed.protection.sources.get(protected.decided_by), None))
    seen: dict[str, Evidence] = {}
    for found, authorisation in behind:
        if found and found.announcement and found.number and found.issuer:
            seen.setdefault(
                found.announcement,
                Evidence(
                    found.announcement,
                    found.number,
                    found.issuer,
                    found.published_on,
                    found.document_sha256,
                    authorisation,
                ),
            )
    return tuple(seen.values())
