"""A few wrongs a day are stopped by one person alone; beyond those a second one must look, and can at once (T34)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from factories import (
    NOW,
    TODAY,
    a_payload,
    a_protection,
    a_reviewer,
    an_account,
    an_authorisation,
    an_authorisation_event,
    an_editor,
)
from sqlalchemy import select

from service.errors import FourEyes, TransitionNotAllowed
from service.register import editing
from service.register.editing.lone_stops import MOST_ALONE, many_stops
from service.register.editing.stopping import stop_a_wrong
from service.register.models import AuditEvent
from service.register.rights import held_by
from service.register.work_list import Asker, Narrowed, read_list
from service.vocabulary import DraftState, Role, WorkList


@pytest.fixture
def firms(session):
    """As many authorisations as one person may stop alone, and two more."""
    protection = a_protection(session)
    return [an_authorisation(session, protection) for _ in range(MOST_ALONE + 2)]


def an_end(authorisation, **facts):
    said = {"event": "deregistered", "ground": "voluntary", "effective_on": TODAY, **facts}
    return a_payload("authorisation_event", authorisation=authorisation.code, **said)


def stopped(session, firms, by, at=NOW):
    return [stop_a_wrong(session, an_end(each), by=by, at=at) for each in firms]


def test_one_more_waits_for_a_second_person_who_may_publish_it_at_once(session, firms):
    editor = an_account(session, "both", Role.EDITOR, Role.REVIEWER)
    drafts = stopped(session, firms[: MOST_ALONE + 1], editor)
    assert {draft.state for draft in drafts[:-1]} == {DraftState.PUBLISHED}
    last = drafts[-1]
    assert (last.state, last.needs_two_people) == (DraftState.IN_REVIEW, True)
    rows = select(AuditEvent.act).where(AuditEvent.record_ulid == last.ulid)
    assert session.scalars(rows).all() == ["submitted"]
    with pytest.raises(FourEyes):
        editing.publish(session, [last], by=editor, at=NOW)
    editing.publish(session, [last], by=a_reviewer(session), at=NOW)
    assert last.state is DraftState.PUBLISHED
    # It was two people's, so it is none of what one did alone, and the next day begins anew.
    tomorrow = NOW + timedelta(days=1)
    assert stopped(session, firms[-1:], editor, tomorrow)[0].state is DraftState.PUBLISHED


def test_all_accounts_of_a_person_count_as_one_and_others_are_not_held_up(session, firms):
    first = an_account(session, "yi", Role.EDITOR, person="p-1")
    second = an_account(session, "er", Role.REVIEWER, person="p-1")
    stopped(session, firms[:MOST_ALONE], first)
    assert stopped(session, firms[-2:-1], second)[0].state is DraftState.IN_REVIEW
    assert stopped(session, firms[-1:], a_reviewer(session))[0].state is DraftState.PUBLISHED


def test_no_other_way_to_publish_alone_leads_around_it(session, firms):
    """A reviewer who also edits drafts and hands over by themselves; a draft of this kind asks for one person."""
    both = an_account(session, "both", Role.EDITOR, Role.REVIEWER)
    stopped(session, firms[: MOST_ALONE - 1], both)
    drafts = [editing.save_draft(session, an_end(each), by=both, at=NOW) for each in firms[MOST_ALONE - 1 :]]
    session.flush()
    editing.submit(session, drafts, by=both, at=NOW)
    with pytest.raises(FourEyes):
        editing.publish(session, drafts[:2], by=both, at=NOW)
    editing.publish(session, drafts[:1], by=both, at=NOW)
    with pytest.raises(FourEyes):
        editing.publish(session, drafts[1:2], by=both, at=NOW)
    editing.publish(session, drafts[1:], by=a_reviewer(session), at=NOW)


def test_what_two_people_publish_together_is_not_counted(session, firms):
    for each in firms:
        an_authorisation_event(session, each, effective_on=TODAY)
    assert many_stops(session, TODAY) == []


def test_who_waits_for_a_second_person_is_told_now_what_the_register_would_refuse(session, firms):
    editor = an_editor(session)
    stopped(session, firms[:MOST_ALONE], editor)
    later = an_end(firms[0], effective_on=TODAY + timedelta(days=1))
    with pytest.raises(TransitionNotAllowed):
        stop_a_wrong(session, later, by=editor, at=NOW)


def test_reviewers_and_auditors_are_told_for_a_week(session, firms):
    editor = an_editor(session)
    auditor = an_account(session, "shen-ji", Role.AUDITOR)

    def told(today):
        who = Asker(auditor, held_by(session, auditor.id), today)
        found = read_list(session, WorkList.MANY_STOPS, who, Narrowed(), start=0, limit=9)
        return [(item.name, item.day, item.count) for item in found.items]

    stopped(session, firms[: MOST_ALONE - 1], editor)
    assert told(TODAY) == []
    stopped(session, firms[MOST_ALONE - 1 :], editor)
    assert told(TODAY) == [("lu-ru", TODAY, MOST_ALONE)]
    assert told(TODAY + timedelta(days=7)) == [("lu-ru", TODAY, MOST_ALONE)]
    assert told(TODAY + timedelta(days=8)) == []
