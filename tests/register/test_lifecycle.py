"""States as pure functions of events: properties over many histories, and tables of borders."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.register.lifecycle import (
    DRAFT_MOVES,
    AuthorisationFact,
    ProtectionFact,
    add_months,
    authorisation_standing,
    known_facts,
    known_protection_facts,
    mark_status,
    protection_standing,
)
from service.vocabulary import AuthorisationEventKind as A
from service.vocabulary import (
    AuthorisationState,
    DeregistrationGround,
    DraftState,
    MarkStatus,
    ProtectionState,
)
from service.vocabulary import ProtectionEventKind as P

EARLY = datetime(2026, 1, 1, tzinfo=UTC)
days = st.dates(date(2015, 1, 1), date(2030, 12, 31))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@st.composite
def histories(draw) -> list[AuthorisationFact]:
    """A grant and whatever may follow it, in any order of days, recorded at any moments, some of it voided."""
    facts = [AuthorisationFact(1, A.GRANTED, draw(days), draw(moments))]
    kinds = st.sampled_from(
        [A.CHANGED, A.PUT_UNDER_CORRECTION, A.CORRECTION_CLOSED, A.DEREGISTERED, A.ENTRY_VOIDED]
    )
    for number in range(2, 2 + draw(st.integers(0, 6))):
        kind = draw(kinds)
        facts.append(
            AuthorisationFact(
                number,
                kind,
                draw(days),
                draw(moments),
                ground=DeregistrationGround.VOLUNTARY if kind is A.DEREGISTERED else None,
                licence_to=draw(st.none() | days) if kind is A.CHANGED else None,
                voided_id=draw(st.integers(1, number - 1)) if kind is A.ENTRY_VOIDED else None,
            )
        )
    return facts


@st.composite
def protections(draw) -> list[ProtectionFact]:
    kinds = st.sampled_from([kind for kind in P if kind is not P.ENTRY_VOIDED])
    return [
        ProtectionFact(number, draw(kinds), draw(st.none() | days), EARLY, term_to=draw(st.none() | days))
        for number in range(1, 2 + draw(st.integers(0, 6)))
    ]


def state(facts, on, known_at=None):
    return authorisation_standing(known_facts(facts, known_at), on).state


def granted(on=date(2020, 1, 1), **facts):
    return AuthorisationFact(1, A.GRANTED, on, EARLY, **facts)


def event(number, kind, on, **facts):
    return AuthorisationFact(number, kind, on, facts.pop("recorded_at", EARLY), **facts)


@given(histories(), days, st.randoms(use_true_random=False))
def test_the_order_in_which_events_are_read_does_not_matter(facts, on, chance: random.Random):
    shuffled = facts.copy()
    chance.shuffle(shuffled)
    assert authorisation_standing(known_facts(shuffled, None), on) == authorisation_standing(
        known_facts(facts, None), on
    )


@given(histories(), days)
def test_the_same_events_always_give_the_same_state(facts, on):
    """I-3: the state is a pure fold."""
    assert authorisation_standing(known_facts(facts, None), on) == authorisation_standing(
        known_facts(facts, None), on
    )


@given(histories(), days, st.integers(0, 4000))
def test_what_was_deregistered_stays_ended_on_every_later_day(facts, on, later):
    standing = authorisation_standing(known_facts(facts, None), on)
    if (
        standing.state is AuthorisationState.ENDED
        and standing.ground is not DeregistrationGround.LICENCE_ENDED
    ):
        assert state(facts, on + timedelta(days=later)) is AuthorisationState.ENDED


@given(histories(), days)
def test_nothing_added_after_a_deregistration_revives_it_but_voiding(facts, on):
    live = known_facts(facts, None)
    ended = [*live, event(98, A.DEREGISTERED, on, ground=DeregistrationGround.VOLUNTARY)]
    more = [
        *ended,
        event(99, A.CORRECTION_CLOSED, on),
        event(100, A.CHANGED, on, licence_to=date(2099, 1, 1)),
    ]
    if any(fact.kind is A.GRANTED for fact in live):
        assert state(more, on) is AuthorisationState.ENDED


@given(histories(), days, moments)
def test_what_is_recorded_later_does_not_change_what_was_known_before(facts, on, moment):
    late = [
        fact._replace(id=fact.id + 50, recorded_at=moment + timedelta(seconds=1), voided_id=None)
        for fact in facts
    ]
    assert state([*facts, *late], on, moment) is state(facts, on, moment)


@given(histories(), days)
def test_an_authorisation_is_never_active_before_its_grant_takes_effect(facts, on):
    live = known_facts(facts, None)
    grants = [fact.effective_on for fact in live if fact.kind is A.GRANTED]
    if not grants or on < min(grants):
        assert state(facts, on) not in {AuthorisationState.ACTIVE, AuthorisationState.UNDER_CORRECTION}


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2019, 12, 31), AuthorisationState.NOT_YET_EFFECTIVE),
        (date(2020, 1, 1), AuthorisationState.ACTIVE),
        (date(2023, 8, 14), AuthorisationState.ACTIVE),
        (date(2023, 8, 15), AuthorisationState.ENDED),
        (date(2023, 8, 16), AuthorisationState.ENDED),
    ],
)
def test_periods_are_half_open(on, expected):
    facts = [granted(), event(2, A.DEREGISTERED, date(2023, 8, 15), ground=DeregistrationGround.VOLUNTARY)]
    assert state(facts, on) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 6, 30, tzinfo=UTC), AuthorisationState.ACTIVE),
        (datetime(2026, 7, 1, tzinfo=UTC), AuthorisationState.ENDED),
        (None, AuthorisationState.ENDED),
    ],
)
def test_a_deregistration_recorded_late_is_known_only_from_then_on(moment, expected):
    late = event(
        2,
        A.DEREGISTERED,
        date(2023, 8, 15),
        ground=DeregistrationGround.VOLUNTARY,
        recorded_at=datetime(2026, 7, 1, tzinfo=UTC),
    )
    assert state([granted(), late], date(2024, 1, 1), moment) is expected


def test_a_voided_deregistration_never_happened_but_was_believed_until_it_was_voided():
    end = event(2, A.DEREGISTERED, date(2023, 8, 15), ground=DeregistrationGround.VOLUNTARY)
    void = event(
        3, A.ENTRY_VOIDED, date(2023, 9, 1), voided_id=2, recorded_at=datetime(2026, 7, 1, tzinfo=UTC)
    )
    facts = [granted(), end, void]
    assert state(facts, date(2024, 1, 1)) is AuthorisationState.ACTIVE
    assert state(facts, date(2024, 1, 1), datetime(2026, 6, 1, tzinfo=UTC)) is AuthorisationState.ENDED


def test_a_voided_grant_leaves_nothing():
    assert state([granted(), event(2, A.ENTRY_VOIDED, date(2020, 2, 1), voided_id=1)], date(2024, 1, 1)) is (
        AuthorisationState.NOT_RECORDED
    )


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2020, 12, 31), AuthorisationState.ACTIVE),
        (date(2021, 1, 1), AuthorisationState.UNDER_CORRECTION),
        (date(2021, 6, 1), AuthorisationState.ACTIVE),
    ],
)
def test_a_correction_lasts_from_its_order_until_it_is_closed(on, expected):
    facts = [
        granted(),
        event(2, A.PUT_UNDER_CORRECTION, date(2021, 1, 1)),
        event(3, A.CORRECTION_CLOSED, date(2021, 6, 1)),
    ]
    assert state(facts, on) is expected


def test_a_licence_ends_on_its_own_and_a_change_in_time_extends_it():
    term = granted(licence_to=date(2024, 1, 1))
    extended = event(2, A.CHANGED, date(2023, 12, 1), licence_to=date(2026, 1, 1))
    assert state([term], date(2023, 12, 31)) is AuthorisationState.ACTIVE
    assert authorisation_standing([term], date(2024, 1, 1)).ground is DeregistrationGround.LICENCE_ENDED
    assert state([term, extended], date(2025, 12, 31)) is AuthorisationState.ACTIVE
    assert state([term, extended], date(2026, 1, 1)) is AuthorisationState.ENDED


def test_no_grant_of_the_product_track_ever_expires_by_itself():
    assert state([granted()], date(2100, 12, 31)) is AuthorisationState.ACTIVE


@given(protections(), days, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_in_which_protection_events_are_read_does_not_matter(
    facts, on, has_term, chance: random.Random
):
    shuffled = facts.copy()
    chance.shuffle(shuffled)
    assert protection_standing(shuffled, on, has_term=has_term) == protection_standing(
        facts, on, has_term=has_term
    )


@given(protections(), days, st.integers(0, 4000))
def test_a_right_that_ended_never_comes_back(facts, on, later):
    ended = {
        ProtectionState.REVOKED,
        ProtectionState.CANCELLED,
        ProtectionState.INVALIDATED,
        ProtectionState.SURRENDERED,
    }
    if protection_standing(facts, on).state in ended:
        assert protection_standing(facts, on + timedelta(days=later)).state in ended


@given(protections(), days, st.sampled_from([P.REVOKED, P.CANCELLED, P.INVALIDATED, P.SURRENDERED]))
def test_an_end_without_a_day_never_leaves_a_right_alive(facts, on, kind):
    end = ProtectionFact(99, kind, None, EARLY)
    assert not protection_standing([*facts, end], on).is_in_force


def mark(term_to=date(2024, 8, 28), *more):
    return [ProtectionFact(1, P.REGISTERED, date(2014, 8, 28), EARLY, term_to=term_to), *more]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2014, 8, 27), ProtectionState.APPLIED),
        (date(2014, 8, 28), ProtectionState.IN_FORCE),
        (date(2024, 8, 27), ProtectionState.IN_FORCE),
        (date(2024, 8, 28), ProtectionState.IN_GRACE),
        (date(2025, 2, 27), ProtectionState.IN_GRACE),
        (date(2025, 2, 28), ProtectionState.EXPIRED),
    ],
)
def test_a_mark_passes_from_its_term_through_grace_to_expiry(on, expected):
    assert protection_standing(mark(), on, has_term=True).state is expected


def test_a_mark_not_renewed_in_its_grace_had_expired_on_the_days_that_seemed_to_be_grace():
    assert (
        protection_standing(mark(), date(2024, 10, 1), date(2026, 1, 1), has_term=True).state
        is ProtectionState.EXPIRED
    )


def test_a_mark_renewed_in_its_grace_was_never_out_of_force():
    renewed = ProtectionFact(2, P.RENEWED, date(2024, 12, 1), EARLY, term_to=date(2034, 8, 28))
    for on in (date(2024, 8, 27), date(2024, 10, 1), date(2024, 12, 1), date(2034, 8, 27)):
        assert protection_standing(
            mark(date(2024, 8, 28), renewed), on, date(2026, 1, 1), has_term=True
        ).is_in_force


def test_a_renewal_after_the_grace_does_not_reach_back():
    late = ProtectionFact(2, P.RENEWED, date(2025, 12, 1), EARLY, term_to=date(2035, 12, 1))
    on, seen_from = date(2024, 10, 1), date(2026, 1, 1)
    assert (
        protection_standing(mark(date(2024, 8, 28), late), on, seen_from, has_term=True).state
        is ProtectionState.EXPIRED
    )


def test_a_mark_without_a_recorded_term_stands_ten_years_and_is_then_unknown():
    facts = mark(None)
    assert protection_standing(facts, date(2024, 8, 27), has_term=True).state is ProtectionState.IN_FORCE
    assert protection_standing(facts, date(2024, 8, 28), has_term=True).state is ProtectionState.UNKNOWN


def test_a_recognised_product_has_no_term():
    recognised = [ProtectionFact(1, P.RECOGNISED, date(2005, 1, 1), EARLY)]
    assert protection_standing(recognised, date(2100, 1, 1)).state is ProtectionState.IN_FORCE


def test_a_protection_without_events_is_unknown():
    assert protection_standing([], date(2026, 1, 1)).state is ProtectionState.UNKNOWN


def test_a_voided_revocation_leaves_the_right_alive_but_was_believed_before():
    facts = [
        ProtectionFact(1, P.RECOGNISED, date(2015, 1, 1), EARLY),
        ProtectionFact(2, P.REVOKED, date(2019, 1, 1), EARLY),
        ProtectionFact(3, P.ENTRY_VOIDED, date(2020, 1, 1), datetime(2026, 7, 1, tzinfo=UTC), voided_id=2),
    ]
    on = date(2025, 1, 1)
    assert protection_standing(known_protection_facts(facts, None), on).is_in_force
    before = known_protection_facts(facts, datetime(2026, 6, 1, tzinfo=UTC))
    assert protection_standing(before, on).state is ProtectionState.REVOKED


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2023, 8, 27), MarkStatus.REGISTERED),
        (date(2023, 8, 28), MarkStatus.EXPIRING),
        (date(2024, 8, 27), MarkStatus.EXPIRING),
        (date(2024, 8, 28), MarkStatus.IN_GRACE),
        (date(2025, 2, 28), MarkStatus.EXPIRED),
    ],
)
def test_a_trademarks_status_follows_from_its_term(on, expected):
    assert mark_status(MarkStatus.REGISTERED, date(2024, 8, 28), on) is expected


@pytest.mark.parametrize("stored", [MarkStatus.CANCELLED, MarkStatus.APPLIED, MarkStatus.UNKNOWN])
def test_a_status_that_is_not_registered_stays_as_stored(stored):
    assert mark_status(stored, date(2000, 1, 1), date(2026, 1, 1)) is stored


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 8, 31), 6, date(2025, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 1, 31), -12, date(2023, 1, 31)),
        (date(2024, 12, 15), 1, date(2025, 1, 15)),
    ],
)
def test_months_are_added_to_the_last_day_there_is(day, months, expected):
    assert add_months(day, months) == expected


def test_what_is_published_or_discarded_moves_no_further():
    assert not DRAFT_MOVES[DraftState.PUBLISHED]
    assert not DRAFT_MOVES[DraftState.DISCARDED]


def test_only_a_draft_in_review_can_be_published():
    assert [now for now, moves in DRAFT_MOVES.items() if DraftState.PUBLISHED in moves] == [
        DraftState.IN_REVIEW
    ]
