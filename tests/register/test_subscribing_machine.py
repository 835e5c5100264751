"""Receivers of changes under publications, failures, deaths and time in any order: told in order, at least once."""

from __future__ import annotations

from datetime import timedelta

import factories
import pytest
from conftest import NOW
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from machines import run_machine
from receiving import receiving
from staffing import MovingClock
from subscribers import courier_on, drain, marks, published

from service.register import subscribing
from service.register.lookups.change_feed import Cursor, Followed
from service.vocabulary import ChangeKind

pytestmark = pytest.mark.usefixtures("out_of_the_browsers_loop")


class Telling(RuleBasedStateMachine):
    """Publications, failures, deaths and time in any order: what was taken is what was published, in order."""

    database = None

    @initialize(kind=st.sampled_from([None, ChangeKind.TRADEMARK]))
    def _begin(self, kind):
        self.clock = MovingClock()
        self.courier = courier_on(self.database, self.clock, patience_s=0.5)
        self.context = receiving()
        self.receiver = self.context.__enter__()
        self.followed = Followed((kind,) if kind else ())
        with self.database.writing() as session:
            made = subscribing.add_webhook(
                session, self.receiver.url, self.followed, since=None, now=self.clock.now()
            )
            self.ulid = made.ulid
            self.begun = Cursor(made.told_revision)

    def teardown(self):
        if hasattr(self, "context"):
            self.context.__exit__(None, None, None)
            with self.database.writing() as session:
                subscribing.remove_webhook(session, self.ulid, now=NOW)

    @rule(count=st.integers(1, 3))
    def marks_are_published(self, count):
        marks(self.database, count)

    @rule()
    def an_organisation_is_published(self):
        with self.database.writing() as session:
            factories.an_organisation(session)

    @rule(answers=st.lists(st.sampled_from(["500", "302", "cut", "204"]), min_size=1, max_size=3))
    def the_receiver_will_answer(self, answers):
        self.receiver.answers += answers

    @rule(answer=st.sampled_from(["500", "cut"]))
    def a_message_is_not_taken(self, answer):
        marks(self.database, 1)
        self.receiver.answers[:] = [answer]
        self.courier.deliver_next()

    @rule()
    def the_worker_works(self):
        self.courier.deliver_next()

    @rule()
    def the_worker_dies_before_it_sends(self):
        with self.database.writing() as session:
            subscribing.claim(session, self.clock.now())

    @rule(taken=st.booleans())
    def the_worker_dies_after_it_sent(self, taken):
        with self.database.writing() as session:
            message = subscribing.claim(session, self.clock.now())
        if message is not None and taken:
            self.courier._post(message.url, message.secret, message.name, "register.changed", message.content)

    @rule(minutes=st.sampled_from([1, 3, 60, 600]))
    def time_goes_by(self, minutes):
        self.clock.moment += timedelta(minutes=minutes)

    @rule()
    @precondition(lambda self: hasattr(self, "ulid"))
    def all_is_well_for_a_while(self):
        self.receiver.answers.clear()
        with self.database.writing() as session:
            subscribing.resume_webhook(session, self.ulid, now=self.clock.now())
        self.clock.moment += timedelta(minutes=3)
        drain(self.courier)
        assert self._once() == published(self.database, self.followed, self.begun)

    def _once(self):
        """What was taken, where a message that was taken twice counts once."""
        by_name = {each["headers"]["webhook-id"]: each for each in self.receiver.taken}
        return [item["cursor"] for each in by_name.values() for item in each["body"]["data"]["items"]]

    @invariant()
    def nothing_is_left_out_or_out_of_order(self):
        if hasattr(self, "begun"):
            taken = self._once()
            assert taken == published(self.database, self.followed, self.begun)[: len(taken)]


def test_whatever_fails_each_change_arrives_in_order(register):
    run_machine(Telling, examples=10, steps=15, database=register)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_whatever_fails_each_change_arrives_in_order_for_long(register):
    run_machine(Telling, examples=60, steps=50, database=register)
