"""Nothing is recorded twice, nothing that counts is passed over, and evidence never goes away."""

from __future__ import annotations

from datetime import date

import pytest
from factories import (
    NOW,
    a_draft,
    a_payload,
    a_protection,
    a_reviewer,
    an_announcement,
    an_authorisation,
    an_authorisation_event,
    an_editor,
    published,
)
from sqlalchemy import func, select

from service.errors import FieldNotAllowed, StaleVersion
from service.register import editing, importing
from service.register.models import ProtectionEvent
from service.register.verification import verify


def _deregistered(authorisation):
    return {
        "authorisation": authorisation.code,
        "event": "deregistered",
        "ground": "voluntary",
        "effective_on": date(2026, 1, 1),
    }


def test_a_deregistration_that_was_wrongly_voided_can_be_entered_again_on_purpose(session):
    authorisation = an_authorisation(session)
    published(session, "authorisation_event", **_deregistered(authorisation))
    an_authorisation_event(
        session, authorisation, "entry_voided", effective_on=date(2026, 1, 2), voided_sequence=2
    )
    assert verify(session, authorisation.organisation, now=NOW).outcome == "authorised"
    published(session, "authorisation_event", **_deregistered(authorisation), note="前次撤回有误")
    assert verify(session, authorisation.organisation, now=NOW).outcome == "ended"


def test_a_file_says_which_of_its_events_were_voided_later(session, tmp_path):
    """I-13: the same file changes nothing, and it does not pass over in silence what no longer counts."""
    authorisation = an_authorisation(session)
    payload = a_payload("authorisation_event", **_deregistered(authorisation))
    published(session, "authorisation_event", **_deregistered(authorisation))
    an_authorisation_event(
        session, authorisation, "entry_voided", effective_on=date(2026, 1, 2), voided_sequence=2
    )
    run = importing.Import(session, an_editor(session), NOW, tmp_path)
    report = importing.draft_rows(run, payload.kind, [(7, payload)], "again.csv")
    assert (report.unchanged, report.created, report.voided) == (1, 0, [7])


def test_an_event_drafted_twice_is_published_once(session):
    protection = a_protection(session, begins=None)
    facts = {"protection": protection.code, "event": "recognised", "happened_on": date(2020, 1, 1)}
    drafts = [a_draft(session, a_payload("protection_event", **facts)) for _ in range(2)]
    editing.publish(session, drafts[:1], by=a_reviewer(session), at=NOW)
    session.flush()
    with pytest.raises(StaleVersion):
        editing.publish(session, drafts[1:], by=a_reviewer(session), at=NOW)
    count = select(func.count()).select_from(ProtectionEvent).where(ProtectionEvent.kind == "recognised")
    assert session.scalar(count) >= 1


def test_an_announcement_that_a_grant_stands_on_cannot_be_withdrawn(session):
    """I-20."""
    announcement = an_announcement(session)
    an_authorisation(session, announcement=announcement.parsed_number().code)
    with pytest.raises(FieldNotAllowed):
        published(
            session,
            "announcement",
            **{**announcement.model_dump(), "withdrawal": "gone", "withdrawal_reason": "测试"},
        )


def test_an_announcement_that_nothing_stands_on_can_be_withdrawn(session):
    announcement = an_announcement(session)
    gone = {**announcement.model_dump(), "withdrawal": "gone", "withdrawal_reason": "测试"}
    assert published(session, "announcement", **gone).withdrawal == "gone"
