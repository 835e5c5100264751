"""Verifying on a past day and as it was known then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from asking import asked
from factories import (
    NOW,
    a_protection,
    a_protection_event,
    a_uscc,
    an_authorisation,
    an_authorisation_event,
    an_organisation,
)

from service.errors import BadDay
from service.vocabulary import Outcome

MARCH, JULY = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("on", "known_at", "expected"),
    [
        (date(2026, 4, 30), None, Outcome.AUTHORISED),
        (date(2026, 5, 1), None, Outcome.ENDED),
        (date(2026, 5, 1), JULY - timedelta(microseconds=1), Outcome.AUTHORISED),
        (date(2026, 5, 1), JULY, Outcome.ENDED),
        (date(2026, 5, 1), MARCH, Outcome.AUTHORISED),
        (date(2026, 5, 1), MARCH - timedelta(microseconds=1), Outcome.NOT_ON_RECORD),
    ],
)
def test_one_can_ask_what_was_known_then(session, on, known_at, expected):
    firm = an_organisation(session, at=MARCH)
    authorisation = an_authorisation(session, organisation=firm, at=MARCH)
    an_authorisation_event(session, authorisation, effective_on=date(2026, 5, 1), at=JULY)
    assert asked(session, firm, on=on, known_at=known_at).outcome is expected


def test_a_revocation_recorded_late_was_not_known_before(session):
    firm, protection = an_organisation(session, at=MARCH), a_protection(session, at=MARCH)
    an_authorisation(session, protection, firm, at=MARCH)
    a_protection_event(session, protection, event="revoked", happened_on=date(2026, 5, 1), at=JULY)
    assert asked(session, firm, on=date(2026, 5, 1)).outcome is Outcome.PROTECTION_ENDED
    assert asked(session, firm, on=date(2026, 5, 1), known_at=MARCH).outcome is Outcome.AUTHORISED


def test_the_future_is_not_known(session):
    with pytest.raises(BadDay):
        asked(session, a_uscc(), known_at=NOW + timedelta(seconds=1))


@pytest.mark.parametrize("day", [date(1948, 12, 31), date(2101, 1, 1), date.min, date.max])
def test_a_day_outside_of_what_can_be_answered_is_refused(session, day):
    with pytest.raises(BadDay):
        asked(session, a_uscc(), on=day)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 16, 0, 0, tzinfo=UTC), date(2026, 11, 24)),
    ],
)
def test_today_is_the_day_in_china(session, moment, day):
    assert asked(session, a_uscc(), now=moment).as_of == day


def test_the_answer_says_which_day_moment_and_revision_it_speaks_of(session):
    firm = an_organisation(session)
    verdict = asked(session, firm, on=date(2026, 1, 2))
    assert (verdict.as_of, verdict.checked_at, verdict.data_version) == (date(2026, 1, 2), NOW, 1)
