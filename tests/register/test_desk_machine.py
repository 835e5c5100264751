"""The whole life of authorisations at the desk, by random steps, held against a model that knows nothing of our code.

After every step the invariants I1 to I9 hold (security notes 2.2). Source of the rules: security notes 5.
"""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count, pairwise

import pytest
from factories import (
    NOW,
    a_draft,
    a_payload,
    a_product,
    a_protection,
    an_account,
    an_announcement,
    an_organisation,
)
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from machines import run_machine
from sqlalchemy import func, select

from search.engine import open_engine
from search.results import Hit
from service.calendar import FixedClock, china_date
from service.errors import CannotConfirm, RegisterError
from service.register import accounts, auditing, editing, indexing, lookups
from service.register.database import Database
from service.register.editing.lone_stops import MOST_ALONE
from service.register.models import (
    AuditEvent,
    Authorisation,
    AuthorisationEvent,
    GiProduct,
    Outbox,
    RegistryRevision,
    RegistryState,
    Revision,
)
from service.register.verification import verify
from service.vocabulary import AuthorisationEventKind, DraftState, Role

_numbers = count(1)
LAPSED = {"off_standard_not_corrected_in_time", "unused_two_years_not_corrected_in_time"}
STOPS = {"put_under_correction", "deregistered"}
PEOPLE = {  # login: person and roles; two accounts are one person's
    "lu": ("A", [Role.EDITOR]),
    "lu-2": ("A", [Role.REVIEWER]),
    "both": ("B", [Role.EDITOR, Role.REVIEWER]),
    "shen": ("C", [Role.REVIEWER]),
    "xie": ("D", [Role.EDITOR]),
}
DRAFTERS, REVIEWERS = {"lu", "both", "xie"}, {"lu-2", "both", "shen"}
logins = st.sampled_from(sorted(PEOPLE))
any_number = st.integers(0, 10**6)


@dataclass
class ModelDraft:
    """What the model knows of a draft."""

    ulid: str
    code: str
    event: str
    on: date
    facts: dict
    writers: set = field(default_factory=set)
    state: str = "draft"
    submitter: str | None = None


@dataclass
class ModelEvent:
    """What the model knows of an event on record."""

    event: str
    on: date
    facts: dict
    is_voided: bool = False


class Desk(RuleBasedStateMachine):
    """The desk beside its model; `url` and `folder` are put in by the test."""

    url: str
    folder: object

    def __init__(self):
        super().__init__()
        self.database = Database(self.url)
        self.clock = NOW
        self.run = next(_numbers)
        self.version = 0
        self.drafts: list[ModelDraft] = []
        self.events: dict[str, list[ModelEvent]] = {}
        self.ended: set[str] = set()
        self.disabled: set[str] = set()
        self.alone: Counter[tuple[str, date]] = Counter()
        self.engine = None
        with self.database.writing() as session:
            self.people = {
                login: an_account(session, f"{login}-{self.run}", *roles, person=f"{person}-{self.run}")
                for login, (person, roles) in PEOPLE.items()
            }
            an_account(session, "guan-li", Role.ADMIN)
            product = a_product(session)
            self.slug, self.firm = product.slug, an_organisation(session).uscc
            self.protection = a_protection(session, product).code
            self.announcement = an_announcement(session).parsed_number().code
            self.product_ulid = session.scalars(
                select(GiProduct.ulid).where(GiProduct.code == product.code)
            ).one()
            self.seen_sequence = session.get_one(RegistryState, 1).audit_sequence

    def teardown(self):
        if self.engine is not None:
            self.engine.close()
        self.database.dispose()

    # ---- the model

    def today(self) -> date:
        return china_date(self.clock)

    def live(self, code: str) -> list[ModelEvent]:
        return [each for each in self.events[code] if not each.is_voided and each.event != "entry_voided"]

    def end_of(self, code: str) -> date | None:
        return min((each.on for each in self.live(code) if each.event == "deregistered"), default=None)

    def is_authorised(self, code: str) -> bool:
        live, today, end = self.live(code), self.today(), self.end_of(code)
        grants = [each for each in live if each.event == "granted"]
        terms = [each for each in live if each.facts.get("licence_last_day") and each.on <= today]
        if not grants or grants[0].on > today or (end is not None and end <= today):
            return False
        last = max(enumerate(terms), key=lambda pair: (pair[1].on, pair[0]), default=None)
        return last is None or today <= last[1].facts["licence_last_day"]

    def may_be_recorded(self, draft: ModelDraft) -> bool:
        if draft.event == "granted":
            return draft.code not in self.events
        end = self.end_of(draft.code)
        if draft.event == "entry_voided":
            sequence = draft.facts["voided_sequence"]
            events = self.events[draft.code]
            return sequence <= len(events) and events[sequence - 1].event != "entry_voided"
        if end is not None and draft.on >= end:
            return False
        if draft.event == "deregistered" and draft.facts["ground"] in LAPSED:
            turns = [
                (each.on, place, each)
                for place, each in enumerate(self.live(draft.code))
                if each.event in {"put_under_correction", "correction_closed"} and each.on <= draft.on
            ]
            last = max(turns, default=None, key=lambda turn: turn[:2])
            return (
                last is not None
                and "deadline_on" in last[2].facts
                and last[2].facts["deadline_on"] < draft.on
            )
        return True

    def may_publish(self, draft: ModelDraft, by: str) -> bool:
        if draft.state != "in_review" or by in self.disabled or draft.submitter in self.disabled:
            return False
        if draft.event in STOPS:
            # Everybody here is an editor or a reviewer; a few of these a day each person does alone.
            return not self.is_alone(draft, by) or self.alone[self.own_day(by)] < MOST_ALONE
        persons = {PEOPLE[login][0] for login in draft.writers | {draft.submitter}}
        return by in REVIEWERS and PEOPLE[by][0] not in persons

    def is_alone(self, draft: ModelDraft, by: str) -> bool:
        return draft.event in STOPS and PEOPLE[draft.submitter][0] == PEOPLE[by][0]

    def own_day(self, by: str) -> tuple[str, date]:
        return PEOPLE[by][0], self.today()

    def tried(self, expected, act) -> bool:
        """Do it in a transaction of its own; it must succeed exactly if the model says so."""
        try:
            with self.database.writing() as session:
                act(session)
        except RegisterError:
            if expected:
                raise
            return False
        assert expected
        return True

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
            by in DRAFTERS and by not in self.disabled,
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

    def record(self, draft: ModelDraft) -> None:
        events = self.events.setdefault(draft.code, [])
        events.append(ModelEvent(draft.event, draft.on, draft.facts))
        if draft.event == "entry_voided":
            events[draft.facts["voided_sequence"] - 1].is_voided = True
            self.ended.discard(draft.code)  # the one way back: the entry itself was wrong
        if (end := self.end_of(draft.code)) is not None and end <= self.today():
            self.ended.add(draft.code)

    # ---- the world around

    @rule(login=logins)
    def disable_or_enable(self, login):
        active = login in self.disabled
        with self.database.writing() as session:
            user = accounts.find_staff(session, f"{login}-{self.run}")
            admin = accounts.find_staff(session, "guan-li")
            accounts.set_active(session, user, active=active, by=admin, at=self.clock)
        self.disabled ^= {login}

    @rule(days=st.integers(1, 60))
    def tick(self, days):
        self.clock += timedelta(days=days)
        self.ended |= {
            code for code in self.events if (end := self.end_of(code)) is not None and end <= self.today()
        }

    @rule()
    def restart(self):
        self.database.dispose()
        self.database = Database(self.url)

    @rule()
    def reindex(self):
        if self.engine is None:
            self.engine = open_engine("embedded:", directory=self.folder / f"index-{self.run}", writable=True)
        indexing.rebuild(self.database, self.engine, FixedClock(self.clock))

    @rule()
    def lose_the_index(self):
        if self.engine is not None:
            self.engine.close()
            shutil.rmtree(self.folder / f"index-{self.run}")
            self.engine = None

    @rule()
    def ask_while_the_register_is_away(self):
        """I3."""
        away = (
            self.database.url.set(port=1) if self.database.url.port else self.database.url.set(database="/")
        )
        database = Database(away.render_as_string(hide_password=False))
        with pytest.raises(CannotConfirm), database.reading() as session:
            verify(session, self.firm, now=self.clock)
        database.dispose()

    # ---- what holds after every step

    @invariant()
    def a_verdict_follows_from_the_events_alone(self):
        """I1, I4, I7."""
        with self.database.reading() as session:
            for code in self.events:
                outcome = verify(session, code, now=self.clock).outcome
                assert (outcome == "authorised") == self.is_authorised(code), (code, outcome)
                assert code not in self.ended or outcome != "authorised"

    @invariant()
    def a_hit_shows_what_the_register_says(self):
        """I2: whatever the index holds, the state shown is the register's."""
        today = self.today()
        with self.database.reading() as session:
            (hit,) = lookups.hydrate(session, [Hit(self.product_ulid, "gi_product", "exact", "name")], today)
            page = lookups.find_product(session, self.slug, today)
            assert [state.value for _, state in hit.tracks] == [
                each.standing.state.value for each in page.protections
            ]
            if self.events:
                shown = lookups.find_organisation(session, self.firm, today).authorisations
                states = {each.authorisation.code: each.standing.state for each in shown}
                for code in self.events:
                    is_open = states[code] in {"active", "under_correction"}
                    assert is_open == self.is_authorised(code)

    @invariant()
    def the_revision_number_never_falls(self):
        """I5."""
        with self.database.reading() as session:
            version = verify(session, self.firm, now=self.clock).data_version
        assert version >= self.version
        self.version = version

    @invariant()
    def events_trail_and_outbox_come_together(self):
        """I8: of every publication there are as many drafts, rows of the trail and events, and work for the index."""
        with self.database.reading() as session:
            state = session.get_one(RegistryState, 1)
            last = session.get_one(RegistryRevision, state.revision_number)
            of = state.revision_number
            published = select(func.count()).select_from(Revision).where(Revision.revision_number == of)
            trail = select(func.count()).select_from(AuditEvent).where(AuditEvent.revision_number == of)
            outbox = select(func.count()).select_from(Outbox).where(Outbox.revision_number == of)
            assert last.records == session.scalar(published) == session.scalar(trail)
            assert session.scalar(outbox)
            for code, events in self.events.items():
                count_ = (
                    select(func.count())
                    .select_from(AuthorisationEvent)
                    .join(Authorisation, Authorisation.id == AuthorisationEvent.authorisation_id)
                    .where(Authorisation.code == code)
                )
                assert session.scalar(count_) == len(events)
            new = session.scalars(
                select(AuditEvent)
                .where(AuditEvent.sequence >= self.seen_sequence)
                .order_by(AuditEvent.sequence)
            ).all()
            for before, after in pairwise(new):
                assert (after.sequence, after.previous_hash) == (before.sequence + 1, before.hash)
            assert (new[-1].sequence, new[-1].hash) == (state.audit_sequence, state.audit_hash)
            self.seen_sequence = state.audit_sequence

    @invariant()
    def two_people_stand_behind_every_grant(self):
        """I9."""
        known = {draft.ulid: draft for draft in self.drafts if draft.state == "published"}
        with self.database.reading() as session:
            for row in session.scalars(
                select(Revision).where(Revision.ulid.in_(known), Revision.needs_two_people)
            ):
                assert row.state is DraftState.PUBLISHED
                writers = {f"{PEOPLE[login][0]}-{self.run}" for login in known[row.ulid].writers}
                assert row.decided_person not in {row.submitted_person, *writers}


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
