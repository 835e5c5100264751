"""Entering events: what one person may do, and what the law asks before."""

from __future__ import annotations

from datetime import date

import pytest
from factories import (
    NOW,
    a_draft,
    a_payload,
    a_protection,
    a_reviewer,
    an_account,
    an_authorisation,
    an_authorisation_event,
    an_editor,
    published,
)
from sqlalchemy import select

from service.errors import CorrectionOrderMissing, FieldNotAllowed, FourEyes, TransitionNotAllowed
from service.register import editing
from service.register.editing.stopping import stop_a_wrong
from service.register.models import AuthorisationEvent
from service.vocabulary import DraftState, Role


def _event(authorisation, event, **facts):
    return a_payload(
        "authorisation_event",
        authorisation=authorisation.code,
        event=event,
        effective_on=date(2026, 1, 1),
        **facts,
    )


@pytest.mark.parametrize(
    ("event", "facts"),
    [("put_under_correction", {"deadline_on": date(2027, 1, 1)}), ("deregistered", {"ground": "voluntary"})],
)
def test_one_person_is_enough_to_stop_a_wrong(session, event, facts):
    payload = _event(an_authorisation(session), event, **facts)
    editor = an_editor(session)
    editing.publish(session, [a_draft(session, payload, by=editor)], by=editor, at=NOW)
    assert event in set(session.scalars(select(AuthorisationEvent.kind)))


@pytest.mark.parametrize(
    ("event", "facts"),
    [("changed", {}), ("correction_closed", {}), ("entry_voided", {"voided_sequence": 1})],
)
def test_every_other_event_needs_two_people(session, event, facts):
    payload = _event(an_authorisation(session), event, **facts)
    both = an_account(session, "both", Role.EDITOR, Role.REVIEWER)
    with pytest.raises(FourEyes):
        editing.publish(session, [a_draft(session, payload, by=both)], by=both, at=NOW)


@pytest.mark.parametrize(
    "ground", ["off_standard_not_corrected_in_time", "unused_two_years_not_corrected_in_time"]
)
def test_grounds_five_and_six_need_an_order_whose_deadline_has_passed(session, ground):
    """Order 80 art. 31 (5), (6)."""
    authorisation = an_authorisation(session)
    with pytest.raises(CorrectionOrderMissing):
        an_authorisation_event(session, authorisation, effective_on=date(2026, 6, 1), ground=ground)
    an_authorisation_event(
        session,
        authorisation,
        "put_under_correction",
        effective_on=date(2026, 1, 1),
        deadline_on=date(2026, 6, 1),
    )
    with pytest.raises(CorrectionOrderMissing):
        an_authorisation_event(session, authorisation, effective_on=date(2026, 6, 1), ground=ground)
    an_authorisation_event(session, authorisation, effective_on=date(2026, 6, 2), ground=ground)


_EARLY = [
    ("changed", {}),
    ("put_under_correction", {"deadline_on": date(2027, 1, 1)}),
    ("correction_closed", {}),
    ("deregistered", {"ground": "voluntary"}),
]


def _dated(authorisation, day, event, **facts):
    return a_payload(
        "authorisation_event", authorisation=authorisation.code, event=event, effective_on=day, **facts
    )


@pytest.mark.parametrize(("event", "facts"), _EARLY)
def test_nothing_takes_effect_before_its_grant(session, event, facts):
    authorisation = an_authorisation(session, effective_on=date(2021, 3, 15))
    early = _dated(authorisation, date(2021, 3, 14), event, **facts)
    with pytest.raises(FieldNotAllowed) as refused:
        editing.save_draft(session, early, by=an_editor(session), at=NOW)
    assert (refused.value.field, refused.value.problem) == ("effective_on", "before_grant")
    on_the_day = _dated(authorisation, date(2021, 3, 15), event, **facts)
    editing.publish(session, [a_draft(session, on_the_day)], by=a_reviewer(session), at=NOW)
    assert event in set(session.scalars(select(AuthorisationEvent.kind)))


def test_an_early_day_is_refused_wherever_it_comes_from(session):
    authorisation = an_authorisation(session, effective_on=date(2021, 3, 15))
    editor = an_editor(session)
    early = _dated(authorisation, date(2015, 1, 1), "changed")
    late = _dated(authorisation, date(2022, 1, 1), "changed")
    edited = editing.save_draft(session, late, by=editor, at=NOW)
    session.flush()
    edit = editing.Edit(payload=early, edition=1, version=0)
    with pytest.raises(FieldNotAllowed), session.begin_nested():
        editing.revise(session, edited, edit, by=editor, at=NOW)
    (of_a_table,) = editing.save_drafts(session, [(early, None)], by=editor, at=NOW)
    session.flush()
    with pytest.raises(FieldNotAllowed) as refused:
        editing.submit(session, [of_a_table], by=editor, at=NOW)
    assert refused.value.draft_ulid == of_a_table.ulid
    of_a_table.state = DraftState.IN_REVIEW
    with pytest.raises(FieldNotAllowed):
        editing.publish(session, [of_a_table], by=a_reviewer(session), at=NOW)
    with pytest.raises(FieldNotAllowed):
        stop_a_wrong(
            session,
            _dated(authorisation, date(2015, 1, 1), "deregistered", ground="voluntary"),
            by=editor,
            at=NOW,
        )


def test_an_entry_of_a_wrong_early_day_can_be_voided_under_that_day(session):
    authorisation = an_authorisation(session, effective_on=date(2021, 3, 15))
    an_authorisation_event(session, authorisation, "changed", effective_on=date(2022, 1, 1))
    an_authorisation_event(
        session, authorisation, "entry_voided", effective_on=date(2015, 1, 1), voided_sequence=2
    )


def test_a_voided_order_does_not_count_as_an_order(session):
    authorisation = an_authorisation(session)
    an_authorisation_event(
        session,
        authorisation,
        "put_under_correction",
        effective_on=date(2026, 1, 1),
        deadline_on=date(2026, 6, 1),
    )
    an_authorisation_event(
        session, authorisation, "entry_voided", effective_on=date(2026, 1, 2), voided_sequence=2
    )
    with pytest.raises(CorrectionOrderMissing):
        an_authorisation_event(
            session, authorisation, effective_on=date(2026, 6, 2), ground="off_standard_not_corrected_in_time"
        )


def test_a_deregistration_needs_its_ground(session):
    with pytest.raises(FieldNotAllowed):
        an_authorisation_event(session, an_authorisation(session), effective_on=date(2026, 6, 2), ground=None)


@pytest.mark.parametrize(
    ("event", "facts"),
    [
        ("changed", {}),
        ("put_under_correction", {"deadline_on": date(2027, 1, 1)}),
        ("correction_closed", {}),
        ("deregistered", {}),
        ("granted", {}),
    ],
)
def test_what_has_ended_stays_ended(session, event, facts):
    authorisation = an_authorisation(session)
    an_authorisation_event(session, authorisation, effective_on=date(2026, 1, 1))
    with pytest.raises(TransitionNotAllowed):
        an_authorisation_event(session, authorisation, event, effective_on=date(2026, 2, 1), **facts)


def test_an_entry_that_voids_another_cannot_itself_be_voided(session):
    authorisation = an_authorisation(session)
    an_authorisation_event(session, authorisation, effective_on=date(2026, 1, 1))
    an_authorisation_event(
        session, authorisation, "entry_voided", effective_on=date(2026, 1, 2), voided_sequence=2
    )
    with pytest.raises(FieldNotAllowed):
        an_authorisation_event(
            session, authorisation, "entry_voided", effective_on=date(2026, 1, 3), voided_sequence=3
        )


def test_after_a_voided_deregistration_a_right_one_can_be_entered_on_the_same_day(session):
    authorisation = an_authorisation(session)
    an_authorisation_event(session, authorisation, effective_on=date(2026, 1, 1))
    an_authorisation_event(
        session, authorisation, "entry_voided", effective_on=date(2026, 1, 1), voided_sequence=2
    )
    again = a_payload(
        "authorisation_event",
        authorisation=authorisation.code,
        event="deregistered",
        ground="moved_out_of_area",
        effective_on=date(2026, 1, 1),
    )
    draft = editing.save_draft(session, again, by=an_editor(session), at=NOW)
    editing.submit(session, [draft], by=an_editor(session), at=NOW)
    editing.publish(session, [draft], by=a_reviewer(session), at=NOW)
    assert (
        session.scalars(select(AuthorisationEvent.kind).order_by(AuthorisationEvent.sequence)).all()[-1]
        == "deregistered"
    )


@pytest.mark.parametrize(
    ("track", "basis"),
    [
        ("gi_product", "certification_licensee"),
        ("gi_trademark", "approved_producer"),
        ("agri_gi", "approved_producer"),
    ],
)
def test_an_authorisation_rests_on_a_basis_that_its_track_knows(session, track, basis):
    with pytest.raises(FieldNotAllowed):
        an_authorisation(session, a_protection(session, track=track), basis=basis)


def test_a_revocation_needs_its_announcement(session):
    protection = a_protection(session)
    with pytest.raises(FieldNotAllowed):
        published(
            session,
            "protection_event",
            protection=protection.code,
            event="revoked",
            happened_on=date(2026, 1, 1),
        )
