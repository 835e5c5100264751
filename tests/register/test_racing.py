"""A deregistration against a change of the same authorisation, at the same moment: the end always wins."""

from __future__ import annotations

import random
import threading
import time

import pytest
from factories import (
    NOW,
    TODAY,
    a_draft,
    a_payload,
    a_protection,
    a_reviewer,
    an_announcement,
    an_editor,
    an_organisation,
)
from sqlalchemy import select

from service.errors import RegisterError, TransitionNotAllowed
from service.register import accounts, auditing, editing
from service.register.models import Authorisation, AuthorisationEvent
from service.register.verification import verify


def granted(database, count: int) -> list[tuple[str, str]]:
    """Grant so many authorisations and prepare a change of each; return their codes and the changes' drafts."""
    codes = [f"QJ-AU-{n:06d}" for n in range(1, count + 1)]
    with database.writing() as session:
        editor, reviewer = an_editor(session), a_reviewer(session)
        facts = {
            "protection": a_protection(session).code,
            "organisation": an_organisation(session).uscc,
            "announcement": an_announcement(session).parsed_number().code,
            "basis": "approved_producer",
            "effective_on": "2020-01-01",
        }
        grants = [(a_payload("authorisation", code=code, **facts), None) for code in codes]
        drafts = editing.save_drafts(session, grants, by=editor, at=NOW)
        editing.submit(session, drafts, by=editor, at=NOW)
        editing.publish(session, drafts, by=reviewer, at=NOW)
        changes = [
            a_payload("authorisation_event", authorisation=code, event="changed", effective_on=TODAY)
            for code in codes
        ]
        drafts = editing.save_drafts(session, [(each, None) for each in changes], by=editor, at=NOW)
        editing.submit(session, drafts, by=editor, at=NOW)
        return list(zip(codes, [draft.ulid for draft in drafts], strict=True))


def race(database, count: int) -> None:
    pairs = granted(database, count)
    start = threading.Barrier(2, timeout=60)
    said: dict[str, dict[str, Exception | None]] = {code: {} for code, _ in pairs}
    alive: list[str] = []

    def run(name, act, seed):
        offsets = random.Random(seed)
        for code, change in pairs:
            start.wait()
            time.sleep(offsets.uniform(0, 0.004))
            try:
                with database.writing() as session:
                    act(session, code, change)
                said[code][name] = None
            except RegisterError as error:
                said[code][name] = error
            if name == "deregister":  # I4: the very next question
                with database.reading() as session:
                    alive.extend([code] if verify(session, code, now=NOW).outcome != "ended" else [])

    running = [
        threading.Thread(target=run, args=("deregister", deregister, 1)),
        threading.Thread(target=run, args=("change", change, 2)),
    ]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    judge(database, said, alive)


def deregister(session, code, _change):
    facts = {"authorisation": code, "event": "deregistered", "effective_on": TODAY, "ground": "voluntary"}
    by = accounts.find_staff(session, "lu-ru")
    draft = a_draft(session, a_payload("authorisation_event", **facts), by=by)
    editing.publish(session, [draft], by=a_reviewer(session), at=NOW)  # more than one person stops alone


def change(session, _code, draft):
    by = accounts.find_staff(session, "shen-he")
    editing.publish(session, [editing.find_draft(session, draft)], by=by, at=NOW)


def judge(database, said, alive) -> None:
    assert alive == []
    orders = set()
    with database.reading() as session:
        for code, outcome in said.items():
            assert outcome["deregister"] is None, outcome
            assert outcome["change"] is None or isinstance(outcome["change"], TransitionNotAllowed), outcome
            events = session.scalars(
                select(AuthorisationEvent.kind)
                .join(Authorisation, Authorisation.id == AuthorisationEvent.authorisation_id)
                .where(Authorisation.code == code)
                .order_by(AuthorisationEvent.sequence)
            ).all()
            # What was refused left nothing, and what came after the end was refused.
            changed = ["changed"] if outcome["change"] is None else []
            assert events == ["granted", *changed, "deregistered"]
            assert verify(session, code, now=NOW).outcome == "ended"
            orders.add(bool(changed))
        assert list(auditing.broken_links(session)) == []
    assert orders == {True, False}, "the two never met in both orders, so nothing was raced"


@pytest.mark.timeout(180)
def test_a_deregistration_wins_over_a_change_at_the_same_moment(register):
    race(register, 40)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_deregistration_wins_in_a_thousand_races(register):
    race(register, 1000)
