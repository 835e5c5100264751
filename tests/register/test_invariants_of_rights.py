"""Invariants of the domain reference, 7.5, of authorisations and protections; each test names its own."""

from __future__ import annotations

from datetime import date

import pytest
from factories import (
    NOW,
    TODAY,
    a_protection,
    a_protection_event,
    an_authorisation,
    an_organisation,
    published,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from service.errors import RegisterError
from service.register import lookups
from service.register.lifecycle import ProtectionFact, known_protection_facts, protection_standing
from service.register.models import AuthorisationEvent, Base, Organisation, ProtectionEvent
from service.register.verification import verify
from service.vocabulary import Outcome


def test_i1_an_authorisation_is_granted_by_an_announcement(session):
    an_authorisation(session)
    assert session.scalars(select(AuthorisationEvent.announcement_id)).one() is not None
    with pytest.raises(DBAPIError, match="granted_by_announcement"):
        session.execute(
            text(
                "INSERT INTO authorisation_event (ulid, authorisation_id, sequence, kind, effective_on,"
                " revision_number, recorded_at, source_id) SELECT 'x', authorisation_id, 9, 'granted', effective_on,"
                " 1, recorded_at, source_id FROM authorisation_event"
            )
        )


def test_i1_an_authorisation_without_an_announcement_on_record_is_refused(session):
    with pytest.raises(RegisterError):
        an_authorisation(session, announcement="第99999号")


def test_i2_no_authorisation_counts_on_a_day_when_its_protection_was_not_in_force(session):
    firm, protection = an_organisation(session), a_protection(session, begins=date(2018, 3, 1))
    an_authorisation(session, protection, firm, effective_on=date(2016, 1, 1))
    a_protection_event(session, protection, event="revoked", happened_on=date(2022, 9, 9))
    session.flush()
    facts = [
        ProtectionFact(
            each.id, each.kind, each.happened_on, each.recorded_at, each.term_to, each.voided_event_id
        )
        for each in session.scalars(select(ProtectionEvent))
    ]

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.dates(date(2015, 1, 1), date(2026, 12, 31)))
    def holds(on):
        in_force = protection_standing(known_protection_facts(facts, None), on).is_in_force
        assert (verify(session, firm.uscc, on=on, now=NOW).outcome is Outcome.AUTHORISED) == in_force

    holds()


def test_i2_holds_for_every_firm_of_the_seed_on_many_days(seed):
    with seed.reading() as session:
        codes = session.scalars(select(Organisation.uscc).where(Organisation.uscc.is_not(None))).all()
        for on in (date(2019, 9, 8), date(2019, 9, 9), TODAY):
            for code in codes:
                verdict = verify(session, code, on=on, now=NOW)
                if verdict.outcome is Outcome.AUTHORISED:
                    view = lookups.find_product(session, verdict.target.slug, on)
                    assert any(each.standing.is_in_force for each in view.protections), (code, on)


def test_i3_no_state_is_stored_anywhere():
    stored = {"authorisation", "authorisation_event", "protection", "protection_event"}
    columns = {column for name in stored for column in Base.metadata.tables[name].columns.keys()}  # noqa: SIM118  (a collection of columns, no dict)
    assert not columns & {"state", "status", "is_active", "is_valid", "is_in_force", "valid"}


def test_i3_state_changes_only_by_events_and_a_changed_authorisation_keeps_its_events(session):
    authorisation = an_authorisation(session)
    published(
        session,
        "authorisation",
        **{
            **authorisation.model_dump(exclude_defaults=True, exclude={"source", "source_level"}),
            "announced_row": 7,
        },
    )
    assert session.scalar(select(func.count()).select_from(AuthorisationEvent)) == 1
