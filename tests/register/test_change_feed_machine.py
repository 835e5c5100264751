"""The order of published changes under edits, withdrawals, refusals and readers in any order."""

from __future__ import annotations

from datetime import date, timedelta

import factories
import pytest
from factories import a_draft, a_payload, a_reviewer, an_editor
from following import follow, keys
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from machines import run_machine

from service.errors import RegisterError
from service.register import editing
from service.register.database import Database
from service.register.lookups.change_feed import START, Cursor, Followed, find_followed, list_changes
from service.vocabulary import ChangeKind

_DAY = timedelta(days=1)


class Followers(RuleBasedStateMachine):
    """Edits, withdrawals, refusals and readers in any order; the model is the list of what was published."""

    readers = Bundle("readers")
    database: Database

    @initialize()
    def _begin(self):
        with self.database.writing() as session:
            self.firm = factories.an_organisation(session)
            self.protection = factories.a_protection(session)
            self.product = self.protection.product
            _, since = follow(session, limit=500)
            self.log = []
            self.end = since
        self.marks, self.withheld, self.areas = [], set(), 0

    def _publish(self, session, *payloads):
        drafts = [a_draft(session, payload) for payload in payloads]
        number = editing.publish(session, drafts, by=a_reviewer(session), at=factories.NOW)
        made = sorted(drafts, key=lambda draft: draft.id)
        for draft in made:
            payload = draft.payload
            self.log.append(
                {
                    "key": (Cursor(number, draft.id), draft.record_ulid),
                    "ulid": draft.record_ulid,
                    "kind": draft.record_kind.value,
                    "is_of_firm": self.firm.uscc in (payload.get("organisation"), payload.get("registrant")),
                    "is_of_product": payload.get("protection") == self.protection.code,
                }
            )
        return made

    def _mark(self, registrant=None):
        return a_payload(
            "trademark",
            registration_no=f"8{next(factories._numbers):07d}",
            nice_class=31,
            name="测试商标",
            mark_type="ordinary",
            registrant_name="测试注册人",
            registrant=registrant,
            status="registered",
        )

    @rule(count=st.integers(1, 3), own=st.booleans())
    def marks_are_published(self, count, own):
        payloads = [self._mark(self.firm.uscc if own else None) for _ in range(count)]
        with self.database.writing() as session:
            self._publish(session, *payloads)
        self.marks += payloads

    @rule()
    def an_authorisation_is_granted(self):
        with self.database.writing() as session:
            announcement = factories.an_announcement(session).parsed_number().code
            grant = a_payload(
                "authorisation",
                code=f"QJ-AU-{next(factories._numbers):04d}",
                protection=self.protection.code,
                organisation=self.firm.uscc,
                basis="approved_producer",
                effective_on=date(2020, 1, 1),
                announcement=announcement,
            )
            self._publish(session, grant)

    @rule()
    def an_area_is_published(self):
        with self.database.writing() as session:
            self.areas += 1
            begins = date(2000, 1, 1) + self.areas * _DAY
            area = a_payload(
                "production_area",
                protection=self.protection.code,
                version_no=self.areas,
                valid_from=begins,
                valid_to=begins + _DAY,
                text_original="东至甲，西至乙",
                tier="text_only",
                confidence="high",
                override_note="测试用说明",
            )
            self._publish(session, area)

    @rule()
    def what_nobody_follows_is_published(self):
        with self.database.writing() as session:
            factories.an_announcement(session)

    @rule()
    def a_publication_is_refused_and_leaves_nothing(self):
        def refused():
            with self.database.writing() as session:
                draft = a_draft(session, self._mark())
                editing.publish(session, [draft], by=an_editor(session), at=factories.NOW)

        with pytest.raises(RegisterError):
            refused()

    @rule(data=st.data())
    def a_mark_is_withheld(self, data):
        if not self.marks:
            return
        mark = self.marks.pop(data.draw(st.integers(0, len(self.marks) - 1)))
        hidden = {**mark.model_dump(), "withdrawal": "withheld", "withdrawal_reason": "测试"}
        with self.database.writing() as session:
            (draft,) = self._publish(session, a_payload("trademark", **hidden))
        # What was told of it before is told no more; that it was taken from view is.
        self.withheld |= {each["key"] for each in self.log if each["ulid"] == draft.record_ulid}
        self.withheld.remove(self.log[-1]["key"])

    @rule(
        target=readers,
        from_start=st.booleans(),
        follows=st.sampled_from(["everything", "firm", "product", "trademark", "both"]),
    )
    def a_reader_begins(self, from_start, follows):
        with self.database.reading() as session:
            firm = find_followed(session, (), None, self.firm.uscc).organisation_id
            product = find_followed(session, (), self.product, None).product_id
            now = list_changes(session, START, Followed(), 1).data_version
        followed = {
            "everything": Followed(),
            "firm": Followed((), None, firm),
            "product": Followed((), product),
            "trademark": Followed((ChangeKind.TRADEMARK,)),
            "both": Followed((ChangeKind.AUTHORISATION,), product, firm),
        }[follows]
        since = self.end if from_start else Cursor(now)
        return {"since": since, "from": since, "followed": followed, "follows": follows, "seen": []}

    @rule(reader=readers, limit=st.integers(1, 4), by_item=st.booleans(), steps=st.integers(1, 6))
    def a_reader_reads_on(self, reader, limit, by_item, steps):
        for _ in range(steps):
            with self.database.reading() as session:
                stretch = list_changes(session, Cursor.parse(str(reader["since"])), reader["followed"], limit)
            reader["seen"] += keys(stretch.changes)
            # Going on from the last item is as good as going on from `next`.
            last = stretch.changes[-1].cursor if by_item and stretch.changes else stretch.next
            reader["since"] = last
            assert not set(keys(stretch.changes)) & self.withheld
            self._demand_order(reader)
            if not stretch.has_more:
                self._demand_all(reader)

    def _wanted(self, reader):
        return [
            each["key"]
            for each in self.log
            if each["key"][0] > reader["from"]
            and {
                "everything": True,
                "firm": each["is_of_firm"],
                "product": each["is_of_product"],
                "trademark": each["kind"] == "trademark",
                "both": each["kind"] == "authorisation",
            }[reader["follows"]]
        ]

    def _demand_order(self, reader):
        seen = reader["seen"]
        assert len(set(seen)) == len(seen)
        wanted = self._wanted(reader)
        assert [each for each in wanted if each in set(seen)] == seen

    def _demand_all(self, reader):
        missing = [each for each in self._wanted(reader) if each not in set(reader["seen"])]
        assert set(missing) <= self.withheld

    @invariant()
    def the_order_never_changes(self):
        if not hasattr(self, "log"):
            return
        with self.database.reading() as session:
            found, _ = follow(session, self.end, limit=100)
        shown = [each["key"] for each in self.log if each["key"] not in self.withheld]
        assert keys(found) == shown


def test_each_reader_sees_each_change_exactly_once_in_order(register):
    run_machine(Followers, examples=6, steps=20, database=register)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_each_reader_sees_each_change_exactly_once_in_order_for_long(register):
    run_machine(Followers, examples=60, steps=50, database=register)
