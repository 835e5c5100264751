"""The tables of allowed moves, and states as pure functions of events: same events, same day, same answer.

Nothing here reads a clock or a database. Days are China dates, periods half-open: the day an event takes
effect is the first day of the new state.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from service.vocabulary import (
    AuthorisationBasis,
    AuthorisationEventKind,
    AuthorisationState,
    DeregistrationGround,
    DraftState,
    MarkStatus,
    ProtectionEventKind,
    ProtectionState,
    Track,
    ZoneEventKind,
    ZoneState,
)

DRAFT_MOVES: dict[DraftState, frozenset[DraftState]] = {
    DraftState.DRAFT: frozenset({DraftState.IN_REVIEW, DraftState.DISCARDED}),
    DraftState.IN_REVIEW: frozenset({DraftState.RETURNED, DraftState.PUBLISHED, DraftState.DRAFT}),
    DraftState.RETURNED: frozenset({DraftState.DRAFT, DraftState.DISCARDED}),
    DraftState.PUBLISHED: frozenset(),
    DraftState.DISCARDED: frozenset(),
}

BASES_OF_TRACK: dict[Track, frozenset[AuthorisationBasis]] = {
    Track.GI_PRODUCT: frozenset({AuthorisationBasis.APPROVED_PRODUCER, AuthorisationBasis.CNIPA_RECORDED}),
    Track.GI_TRADEMARK: frozenset(
        {
            AuthorisationBasis.COLLECTIVE_MEMBER,
            AuthorisationBasis.CERTIFICATION_LICENSEE,
            AuthorisationBasis.CNIPA_RECORDED,
        }
    ),
    # An agricultural GI by itself does not carry the special mark (announcement 354 of 2020).
    Track.AGRI_GI: frozenset(),
    Track.UNIFIED: frozenset({AuthorisationBasis.APPROVED_PRODUCER, AuthorisationBasis.CNIPA_RECORDED}),
}

_SURROUNDING_DAYS = 4

ONE_PERSON_EVENTS = frozenset(
    {AuthorisationEventKind.PUT_UNDER_CORRECTION, AuthorisationEventKind.DEREGISTERED}
)
"""Acts that stop a wrong: one person is enough. Granting and changing need two."""


class AuthorisationFact(NamedTuple):
    """One event of an authorisation, as the fold needs it; `id` orders and identifies."""

    id: int
    kind: AuthorisationEventKind
    effective_on: date
    recorded_at: datetime
    ground: DeregistrationGround | None = None
    licence_to: date | None = None
    voided_id: int | None = None


class AuthorisationStanding(NamedTuple):
    """What an authorisation is worth on a day, and the event that says so."""

    state: AuthorisationState
    since: date | None = None
    decided_by: int | None = None
    granted_by: int | None = None
    ground: DeregistrationGround | None = None

    @property
    def is_in_effect(self) -> bool:
        """Whether the mark may be used; an order to correct does not take that away (verdict rule 6)."""
        return self.state in {AuthorisationState.ACTIVE, AuthorisationState.UNDER_CORRECTION}


def known_facts(facts: Iterable[AuthorisationFact], known_at: datetime | None) -> list[AuthorisationFact]:
    """Return the events recorded by `known_at`, less those that a later entry (also known by then) voids."""
    known = [fact for fact in facts if known_at is None or fact.recorded_at <= known_at]
    voided = {fact.voided_id for fact in known if fact.voided_id is not None}
    return [
        fact
        for fact in known
        if fact.kind is not AuthorisationEventKind.ENTRY_VOIDED and fact.id not in voided
    ]


def authorisation_standing(facts: Sequence[AuthorisationFact], on: date) -> AuthorisationStanding:
    """Return the standing on a China day from events already filtered by `known_facts`.

    An end wins over everything, in whatever order events were entered: the earliest deregistration that has
    taken effect decides, and nothing later revives it (a new grant is a new authorisation).
    """
    grants = [fact for fact in facts if fact.kind is AuthorisationEventKind.GRANTED]
    if not grants:
        return AuthorisationStanding(AuthorisationState.NOT_RECORDED)
    grant = min(grants, key=lambda fact: (fact.effective_on, fact.id))
    ends = [
        fact for fact in facts if fact.kind is AuthorisationEventKind.DEREGISTERED and fact.effective_on <= on
    ]
    if ends:
        end = min(ends, key=lambda fact: (fact.effective_on, fact.id))
        return _standing(AuthorisationState.ENDED, end.effective_on, end, grant, end.ground)
    if on < grant.effective_on:
        return _standing(AuthorisationState.NOT_YET_EFFECTIVE, grant.effective_on, grant, grant)
    licence = _licence_end(facts, on)
    if licence is not None and licence.licence_to is not None and licence.licence_to <= on:
        ground = DeregistrationGround.LICENCE_ENDED
        return _standing(AuthorisationState.ENDED, licence.licence_to, licence, grant, ground)
    return _running(facts, on, grant)


def _running(facts: Sequence[AuthorisationFact], on: date, grant: AuthorisationFact) -> AuthorisationStanding:
    turns = {AuthorisationEventKind.PUT_UNDER_CORRECTION, AuthorisationEventKind.CORRECTION_CLOSED}
    corrections = [fact for fact in facts if fact.kind in turns and fact.effective_on <= on]
    last = max(corrections, key=lambda fact: (fact.effective_on, fact.id), default=None)
    if last is not None and last.kind is AuthorisationEventKind.PUT_UNDER_CORRECTION:
        return _standing(AuthorisationState.UNDER_CORRECTION, last.effective_on, last, grant)
    return _standing(AuthorisationState.ACTIVE, grant.effective_on, grant, grant)


def _licence_end(facts: Sequence[AuthorisationFact], on: date) -> AuthorisationFact | None:
    """Return the event whose licence term counts on the day: the latest one in effect that states a term."""
    stated = [fact for fact in facts if fact.licence_to is not None and fact.effective_on <= on]
    return max(stated, key=lambda fact: (fact.effective_on, fact.id), default=None)


def _standing(
    state: AuthorisationState,
    since: date,
    decided_by: AuthorisationFact,
    grant: AuthorisationFact,
    ground: DeregistrationGround | None = None,
) -> AuthorisationStanding:
    return AuthorisationStanding(state, since, decided_by.id, grant.id, ground)


class ProtectionFact(NamedTuple):
    """One event of a protection, as the fold needs it; a day that is not known is None."""

    id: int
    kind: ProtectionEventKind
    happened_on: date | None
    recorded_at: datetime
    term_to: date | None = None
    voided_id: int | None = None


class ProtectionStanding(NamedTuple):
    """The state of a protection on a day, since when, until when (first day out of force), and by which event."""

    state: ProtectionState
    since: date | None = None
    until: date | None = None
    decided_by: int | None = None

    @property
    def has_ended(self) -> bool:
        """Whether the right is over, or was never given."""
        return self.state in _OVER

    @property
    def is_in_force(self) -> bool:
        """Whether the right exists on the day; a mark in its grace period may still be renewed."""
        return self.state in {ProtectionState.IN_FORCE, ProtectionState.IN_GRACE}


_OVER = frozenset(
    {
        ProtectionState.EXPIRED,
        ProtectionState.REVOKED,
        ProtectionState.CANCELLED,
        ProtectionState.INVALIDATED,
        ProtectionState.SURRENDERED,
        ProtectionState.REFUSED,
    }
)
_STATE_AFTER: dict[ProtectionEventKind, ProtectionState] = {
    ProtectionEventKind.APPLIED: ProtectionState.APPLIED,
    ProtectionEventKind.ACCEPTED: ProtectionState.APPLIED,
    ProtectionEventKind.NOT_ACCEPTED: ProtectionState.REFUSED,
    ProtectionEventKind.PROVISIONAL_ANNOUNCED: ProtectionState.PROVISIONAL,
    ProtectionEventKind.OPPOSITION_FILED: ProtectionState.OPPOSED,
    ProtectionEventKind.OPPOSITION_DISMISSED: ProtectionState.PROVISIONAL,
    ProtectionEventKind.REFUSED: ProtectionState.REFUSED,
    ProtectionEventKind.RECOGNISED: ProtectionState.IN_FORCE,
    ProtectionEventKind.REGISTERED: ProtectionState.IN_FORCE,
    ProtectionEventKind.REVOKED: ProtectionState.REVOKED,
    ProtectionEventKind.CANCELLED: ProtectionState.CANCELLED,
    ProtectionEventKind.INVALIDATED: ProtectionState.INVALIDATED,
    ProtectionEventKind.SURRENDERED: ProtectionState.SURRENDERED,
}
ENDS_OF_PROTECTION = frozenset(
    {
        ProtectionEventKind.REVOKED,
        ProtectionEventKind.CANCELLED,
        ProtectionEventKind.INVALIDATED,
        ProtectionEventKind.SURRENDERED,
    }
)
_BEGINNINGS = frozenset({ProtectionEventKind.RECOGNISED, ProtectionEventKind.REGISTERED})
TERM_YEARS = 10
"""A registered mark stands for ten years. Source: Trademark Law 2019 art. 39."""
GRACE_MONTHS = 6
"""A mark may be renewed within six months after its term. Source: Trademark Law 2019 art. 40."""


def known_protection_facts(
    facts: Iterable[ProtectionFact], known_at: datetime | None
) -> list[ProtectionFact]:
    """Return the events recorded by `known_at`, less the voided ones."""
    known = [fact for fact in facts if known_at is None or fact.recorded_at <= known_at]
    voided = {fact.voided_id for fact in known if fact.voided_id is not None}
    return [
        fact for fact in known if fact.kind is not ProtectionEventKind.ENTRY_VOIDED and fact.id not in voided
    ]


def protection_standing(
    facts: Sequence[ProtectionFact], on: date, known_on: date | None = None, *, has_term: bool = False
) -> ProtectionStanding:
    """Return the standing on a China day from events already filtered by `known_protection_facts`.

    `known_on` is the day from which one looks back (default `on`): a mark that was not renewed while its grace
    lasted had expired at the end of its term, also for days that once seemed to lie in the grace period.
    `has_term` says that the right is a trademark's: without a recorded term it is known to stand for its first
    ten years, and after those its state is not known.
    An event whose day is not known counts as having happened before every day asked about: an end without a
    day must never leave a right alive.
    """
    past = [fact for fact in facts if _day(fact) <= on]
    if not past:
        return _before_the_first(facts)
    ends = [fact for fact in past if fact.kind in ENDS_OF_PROTECTION]
    if ends:
        end = min(ends, key=_order)
        return ProtectionStanding(_STATE_AFTER[end.kind], end.happened_on, None, end.id)
    deciding = [fact for fact in past if fact.kind in _STATE_AFTER]
    begun = [fact for fact in deciding if fact.kind in _BEGINNINGS]
    last = min(begun, key=_order) if begun else max(deciding, key=_order, default=None)
    if last is None:
        return ProtectionStanding(ProtectionState.UNKNOWN)
    if last.kind in _BEGINNINGS:
        return _within_term(last, facts, max(on, known_on or on), on, has_term=has_term)
    return ProtectionStanding(_STATE_AFTER[last.kind], last.happened_on, None, last.id)


def _before_the_first(facts: Sequence[ProtectionFact]) -> ProtectionStanding:
    if not facts:
        return ProtectionStanding(ProtectionState.UNKNOWN)
    first = min(facts, key=_order)
    return ProtectionStanding(ProtectionState.APPLIED, first.happened_on, None, first.id)


def _within_term(
    begun: ProtectionFact, facts: Sequence[ProtectionFact], seen_from: date, on: date, *, has_term: bool
) -> ProtectionStanding:
    """Apply the term of a mark: in force, in grace, expired as of the end of the term, or not known."""
    term_to = _term_end(facts, on)
    if term_to is None and has_term:
        return _without_recorded_term(begun, on)
    if term_to is None or on < term_to:
        return ProtectionStanding(ProtectionState.IN_FORCE, begun.happened_on, term_to, begun.id)
    grace_to = add_months(term_to, GRACE_MONTHS)
    # A term renewed in its grace runs on from the day after the old one. Source: Trademark Law 2019 art. 40.
    renewed_to = _term_end(facts, min(seen_from, grace_to - timedelta(days=1)))
    if renewed_to is not None and on < renewed_to:
        return ProtectionStanding(ProtectionState.IN_FORCE, begun.happened_on, renewed_to, begun.id)
    in_grace = seen_from < grace_to
    state = ProtectionState.IN_GRACE if in_grace else ProtectionState.EXPIRED
    return ProtectionStanding(state, term_to, term_to, begun.id)


def _term_end(facts: Sequence[ProtectionFact], day: date) -> date | None:
    """Return the first day after the term that the events up to and including the day give."""
    return max(
        (fact.term_to for fact in facts if fact.term_to is not None and _day(fact) <= day), default=None
    )


def _without_recorded_term(begun: ProtectionFact, on: date) -> ProtectionStanding:
    first_term_to = add_months(begun.happened_on, 12 * TERM_YEARS) if begun.happened_on else None
    is_within = first_term_to is not None and on < first_term_to
    state = ProtectionState.IN_FORCE if is_within else ProtectionState.UNKNOWN
    return ProtectionStanding(state, begun.happened_on, first_term_to if is_within else None, begun.id)


def mark_status(stored: MarkStatus, term_to: date | None, on: date) -> MarkStatus:
    """Return a trademark's status on a day: expiring, in grace and expired follow from its term."""
    if stored is not MarkStatus.REGISTERED or term_to is None:
        return stored
    if on >= add_months(term_to, GRACE_MONTHS):
        return MarkStatus.EXPIRED
    if on >= term_to:
        return MarkStatus.IN_GRACE
    return MarkStatus.EXPIRING if on >= add_months(term_to, -12) else MarkStatus.REGISTERED


ZONE_MOVES: dict[ZoneEventKind, frozenset[ZoneState]] = {
    ZoneEventKind.RECOMMENDED: frozenset({ZoneState.NOT_APPLIED}),
    ZoneEventKind.PREPARATION_APPROVED: frozenset({ZoneState.NOT_APPLIED, ZoneState.RECOMMENDED}),
    ZoneEventKind.SELF_CHECKED: frozenset({ZoneState.PREPARING}),
    ZoneEventKind.ASSESSED: frozenset({ZoneState.SELF_CHECK}),
    ZoneEventKind.PUBLICISED: frozenset({ZoneState.ASSESSED}),
    ZoneEventKind.CONFIRMED: frozenset({ZoneState.PUBLICISED, ZoneState.UNDER_REVIEW}),
    ZoneEventKind.PUT_UNDER_REVIEW: frozenset({ZoneState.CONFIRMED}),
    ZoneEventKind.WITHDRAWN: frozenset({ZoneState.PREPARING, ZoneState.CONFIRMED, ZoneState.UNDER_REVIEW}),
}
"""Which events change a zone's state, and from where. Source: domain reference 2.12 [S11, S12]."""
_ZONE_AFTER: dict[ZoneEventKind, ZoneState] = {
    ZoneEventKind.RECOMMENDED: ZoneState.RECOMMENDED,
    ZoneEventKind.PREPARATION_APPROVED: ZoneState.PREPARING,
    ZoneEventKind.SELF_CHECKED: ZoneState.SELF_CHECK,
    ZoneEventKind.ASSESSED: ZoneState.ASSESSED,
    ZoneEventKind.PUBLICISED: ZoneState.PUBLICISED,
    ZoneEventKind.CONFIRMED: ZoneState.CONFIRMED,
    ZoneEventKind.PUT_UNDER_REVIEW: ZoneState.UNDER_REVIEW,
    ZoneEventKind.WITHDRAWN: ZoneState.WITHDRAWN,
}
PREPARATION_MONTHS = 36
"""A zone is prepared for three years. Source: domain reference 2.12 [S12]."""


class ZoneFact(NamedTuple):
    """One event of a zone, as the fold needs it."""

    id: int
    kind: ZoneEventKind
    happened_on: date


class ZoneStanding(NamedTuple):
    """The state of a zone on a day and since when; the first day after its preparation, where one was approved."""

    state: ZoneState
    since: date | None = None
    preparation_to: date | None = None


def zone_standing(facts: Iterable[ZoneFact], on: date) -> ZoneStanding:
    """Return the standing of a zone on a China day: the last event that changes a state decides."""
    past = [fact for fact in facts if fact.kind in _ZONE_AFTER and fact.happened_on <= on]
    last = max(past, key=lambda fact: (fact.happened_on, fact.id), default=None)
    if last is None:
        return ZoneStanding(ZoneState.NOT_APPLIED)
    approved = [fact.happened_on for fact in past if fact.kind is ZoneEventKind.PREPARATION_APPROVED]
    preparation_to = add_months(max(approved), PREPARATION_MONTHS) if approved else None
    return ZoneStanding(_ZONE_AFTER[last.kind], last.happened_on, preparation_to)


def add_months(day: date, months: int) -> date:
    """Return the same day of the month `months` later, or that month's last day where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(last, day.day))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def earliest_start(day: date, months: int) -> date:
    """Return the earliest day from which so many months are not over on `day`."""
    return min(start for start in _around(add_months(day, -months)) if add_months(start, months) > day)


def latest_end(day: date, months: int) -> date:
    """Return the latest day that is at most so many months after `day`."""
    return max(end for end in _around(add_months(day, months)) if add_months(end, -months) <= day)


def _around(day: date) -> list[date]:
    """Return the days next to a day: months differ in length, so the one that counts may be a neighbour."""
    return [day + timedelta(days=off) for off in range(-_SURROUNDING_DAYS, _SURROUNDING_DAYS + 1)]


def _day(fact: ProtectionFact) -> date:
    return fact.happened_on or date.min


def _order(fact: ProtectionFact) -> tuple[date, int]:
    return _day(fact), fact.id
