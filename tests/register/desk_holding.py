"""A register beside the model of the desk: what befalls it from outside, and the invariants I1 to I9."""

from __future__ import annotations

import shutil
from datetime import timedelta
from itertools import count, pairwise

import pytest
from desk_model import PEOPLE, DeskModel
from factories import a_product, a_protection, an_account, an_announcement, an_organisation
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import func, select

from search.engine import open_engine
from search.results import Hit
from service.calendar import FixedClock
from service.errors import CannotConfirm, RegisterError
from service.register import accounts, indexing, lookups
from service.register.database import Database
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
from service.vocabulary import DraftState, Role

_runs = count(1)
logins = st.sampled_from(sorted(PEOPLE))


class DeskBesideItsModel(DeskModel, RuleBasedStateMachine):
    """The desk and its model, the world around them, and what holds after every step.

    `url` and `folder` are put in by the test.
    """

    url: str
    folder: object

    def __init__(self):
        super().__init__()
        self.database = Database(self.url)
        self.run = next(_runs)
        self.version = 0
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
