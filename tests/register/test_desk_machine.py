"""The whole life of authorisations at the desk, by random steps, held against a model that knows nothing of our code.

After every step the invariants I1 to I9 hold (security notes 2.2). Source of the rules: security notes 5.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from desk_holding import DeskBesideItsModel, logins
from desk_model import DRAFTERS, LAPSED, REVIEWERS, ModelDraft
from factories import a_draft, a_payload
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule
from machines import run_machine
from sqlalchemy import select

from service.register import auditing, editing
from service.register.database import Database
from service.register.editing.lone_stops import MOST_ALONE
from service.register.models import AuditEvent, AuthorisationEvent
from service.register.verification import verify
from service.vocabulary import AuthorisationEventKind

_numbers = count(1)
any_number = st.integers(0, 10**6)


class Desk(DeskBesideItsModel):
    """What people do with drafts, in any order."""

    def pick(self, number: int, *states: str) -> ModelDraft:
        found = [each for each in self.drafts if each.state in states]
        assume(found)
        return found[number % len(found)]

    # ---- begin, edit, hand over

    @initialize()
    def somebody_is_authorised(self):
        self.draft_a_grant(by="lu", days=-100)
        self.the_usual_way(number=0)

    @rule(by=logins, days=st.integers(-400, 400))
    def draft_a_grant(self, by, days):
        code = f"QJ-AU-{next(_numbers):06d}"
        facts = {
            "code": code,
            "protection": self.protection,
            "organisation": self.firm,
            "basis": "approved_producer",
            "announcement": self.announcement,
            "effective_on": self.today() + timedelta(days=days),
        }
        self.begin("authorisation", facts, ModelDraft("", code, "granted", facts["effective_on"], {}), by)

    @precondition(lambda self: self.events)
    @rule(by=logins, number=any_number, days=st.integers(-400, 60), data=st.data())
    def draft_an_event(self, by, number, days, data):
        codes = sorted(self.events)
        code = codes[number % len(codes)]
        event = data.draw(
            st.sampled_from(
                [
                    "changed",
                    "put_under_correction",
                    "correction_closed",
                    "deregistered",
                    "deregistered",
                    "entry_voided",
                ]
            )
        )
        on = self.today() + timedelta(days=days)
        own: dict = {}
        if event == "put_under_correction":
            own = {"deadline_on": on + timedelta(days=data.draw(st.integers(1, 90)))}
        elif event == "deregistered":
            own = {"ground": data.draw(st.sampled_from(["voluntary", "ceased_producing", *sorted(LAPSED)]))}
        elif event == "changed" and data.draw(st.booleans()):
            own = {"licence_last_day": on + timedelta(days=data.draw(st.integers(1, 400)))}
        elif event == "entry_voided":
            own = {"voided_sequence": data.draw(st.integers(1, len(self.events[code]) + 1))}
        facts = {
            "authorisation": code,
            "event": event,
            "effective_on": on,
            "note": f"n{next(_numbers)}",
            **own,
        }
        self.begin("authorisation_event", facts, ModelDraft("", code, event, on, own), by)

    def begin(self, kind, facts, draft, by):
        payload = a_payload(kind, **facts)
        made = []
        if self.tried(
            by in DRAFTERS and by not in self.disabled and self.is_after_the_grant(draft),
            lambda session: made.append(
                editing.save_draft(session, payload, by=self.people[by], at=self.clock).ulid
            ),
        ):
            draft.ulid, draft.writers = made[0], {by}
            self.drafts.append(draft)

    @rule(by=logins, number=any_number)
    def hand_over(self, by, number):
        self.hands(self.pick(number, "draft", "returned", "in_review"), by)

    def hands(self, draft, by):
        def act(session):
            editing.submit(
                session, [editing.find_draft(session, draft.ulid)], by=self.people[by], at=self.clock
            )

        expected = draft.state == "draft" and by in DRAFTERS and by not in self.disabled
        expected = expected and self.is_after_the_grant(draft)
        # A grant that another draft has made meanwhile is no new record any more.
        expected = expected and not (draft.event == "granted" and draft.code in self.events)
        if self.tried(expected, act):
            draft.state, draft.submitter = "in_review", by

    @rule(by=logins, number=any_number, is_stale=st.booleans())
    def edit(self, by, number, is_stale):
        draft = self.pick(number, "draft", "returned", "in_review", "published", "discarded")

        def act(session):
            found = editing.find_draft(session, draft.ulid)
            payload = a_payload(found.record_kind, **{**found.payload, "source_locator": f"{next(_numbers)}"})
            edition = found.edition - is_stale
            edit = editing.Edit(payload=payload, edition=edition, version=found.base_version)
            editing.revise(session, found, edit, by=self.people[by], at=self.clock)

        may = by in DRAFTERS and by not in self.disabled
        expected = may and not is_stale and draft.state in {"draft", "returned", "in_review"}
        expected = expected and self.is_after_the_grant(draft)
        if self.tried(expected, act):
            draft.state, draft.submitter = "draft", None
            draft.writers.add(by)

    @rule(by=logins, number=any_number)
    def reopen(self, by, number):
        self.takes_up(self.pick(number, "draft", "returned", "in_review", "discarded"), by)

    def takes_up(self, draft, by):
        def act(session):
            editing.reopen(
                session, editing.find_draft(session, draft.ulid), by=self.people[by], at=self.clock
            )

        may = by in DRAFTERS and by not in self.disabled
        if self.tried(may and draft.state in {"returned", "in_review"}, act):
            draft.state, draft.submitter = "draft", None

    @rule(by=logins, number=any_number)
    def discard(self, by, number):
        draft = self.pick(number, "draft", "returned", "in_review")

        def act(session):
            editing.discard(
                session, editing.find_draft(session, draft.ulid), by=self.people[by], at=self.clock
            )

        may = by in DRAFTERS and by not in self.disabled
        if self.tried(may and draft.state in {"draft", "returned"}, act):
            draft.state = "discarded"

    # ---- decide

    @rule(by=logins, number=any_number)
    def give_back(self, by, number):
        self.gives_back(self.pick(number, "in_review", "draft"), by)

    def gives_back(self, draft, by):
        def act(session):
            editing.return_for_changes(
                session,
                editing.find_draft(session, draft.ulid),
                by=self.people[by],
                at=self.clock,
                reason="再核",
            )

        expected = draft.state == "in_review" and by in REVIEWERS and by not in self.disabled
        if self.tried(expected, act):
            draft.state = "returned"

    @rule(by=logins, number=any_number)
    def approve(self, by, number):
        self.decides(self.pick(number, "in_review", "draft", "returned", "published"), by)

    def decides(self, draft, by):
        def act(session):
            editing.publish(
                session, [editing.find_draft(session, draft.ulid)], by=self.people[by], at=self.clock
            )

        if self.tried(self.may_publish(draft, by) and self.may_be_recorded(draft), act):
            draft.state = "published"
            self.alone[self.own_day(by)] += self.is_alone(draft, by)
            self.record(draft)

    @rule(number=any_number)
    def the_usual_way(self, number):
        """One hands over what waits for somebody's hand, another approves it."""
        draft = self.pick(number, "draft", "in_review")
        if draft.state == "draft":
            self.hands(draft, "xie")
        if draft.state == "in_review":
            self.decides(draft, "shen")

    @precondition(lambda self: self.events)
    @rule(number=any_number, days=st.integers(-60, 0), data=st.data())
    def something_happens(self, number, days, data):
        """An event goes the usual way at once, as most do."""
        before = len(self.drafts)
        self.draft_an_event(by="lu", number=number, days=days, data=data)
        if len(self.drafts) > before:
            draft = self.drafts[-1]
            self.hands(draft, "xie")
            if draft.state == "in_review":
                self.decides(draft, "shen")

    @rule(number=any_number, by=logins)
    def there_and_back(self, number, by):
        """One hands over, another gives back, somebody takes it up."""
        draft = self.pick(number, "draft", "in_review")
        if draft.state == "draft":
            self.hands(draft, "xie")
        if draft.state == "in_review":
            self.gives_back(draft, "shen")
        if draft.state == "returned":
            self.takes_up(draft, by)

    @precondition(lambda self: self.events)
    @rule(by=st.sampled_from(sorted(DRAFTERS)), number=any_number)
    def one_person_deregisters_at_once(self, by, number):
        """I6 and I7: entered, handed over and published by one person in one go, whatever else is down."""
        codes = sorted(self.events)
        code, today = codes[number % len(codes)], self.today()
        facts = {"authorisation": code, "event": "deregistered", "effective_on": today, "ground": "voluntary"}
        payload = a_payload("authorisation_event", **facts, note=f"n{next(_numbers)}")
        draft = ModelDraft("", code, "deregistered", today, {"ground": "voluntary"})

        def act(session):
            made = a_draft(session, payload, by=self.people[by], at=self.clock)
            editing.publish(session, [made], by=self.people[by], at=self.clock)

        may = by not in self.disabled and self.alone[self.own_day(by)] < MOST_ALONE
        if self.tried(may and self.may_be_recorded(draft), act):
            self.alone[self.own_day(by)] += 1
            self.record(draft)
            with self.database.glancing() as session:  # I4: the very next question
                assert verify(session, code, now=self.clock).outcome != "authorised"


FEW = 5


def lives(registers, backend, tmp_path, *, examples: int, steps: int) -> None:
    url = registers.make(backend, "empty")
    run_machine(Desk, examples=examples, steps=steps, url=url, folder=tmp_path)
    database = Database(url)
    with database.reading() as session:
        assert list(auditing.broken_links(session)) == []
        if examples > FEW:  # it was no walk past closed doors
            acts = set(session.scalars(select(AuditEvent.act).distinct()))
            assert {"created", "drafted", "edited", "submitted", "returned", "reopened", "discarded"} <= acts
            assert set(session.scalars(select(AuthorisationEvent.kind).distinct())) == set(
                AuthorisationEventKind
            )
    database.dispose()


@pytest.mark.timeout(300)
def test_the_desk_keeps_its_invariants_whatever_people_do(registers, backend, tmp_path):
    lives(registers, backend, tmp_path, examples=FEW, steps=20)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_the_desk_keeps_its_invariants_for_long(registers, backend, tmp_path):
    lives(registers, backend, tmp_path, examples=200, steps=50)
