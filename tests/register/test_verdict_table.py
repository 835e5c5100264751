"""The verdict over every combination of its inputs, on the day before, on and after each change; on both databases.

The table below is written from the law and the decisions, not from the code: first row that applies answers.
Source: domain reference 7.4, decisions 1 and 3 (periods are half-open; precedence).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

import pytest
from factories import (
    NOW,
    TODAY,
    a_draft,
    a_payload,
    a_reviewer,
    a_uscc,
    an_announcement,
)

from service.register import editing
from service.register.database import Database
from service.register.verification import verify
from service.vocabulary import Caution

DAY = timedelta(days=1)
LONG_AGO = date(2018, 1, 1)

FIRMS = ("on record", "struck off today", "struck off, day unknown", "withheld", "gone")
GRANTS = (
    "none",
    "running",
    "under correction from today",
    "ends today",
    "licence ends today",
    "begins today",
    "withheld",
    "gone",
)
RIGHTS = ("running", "begins today", "ends today", "in grace from today", "unknown")
PLACES = ("in_district", "outside")
TARGETS = ("none", "own", "other", "near", "of another district")
DAYS = (TODAY - DAY, TODAY, TODAY + DAY)
BEFORE = NOW - timedelta(days=30)


@dataclass(frozen=True)
class Case:
    """One firm with at most one grant, for one right of one product."""

    firm: str
    grant: str
    right: str
    place: str

    @property
    def number(self) -> int:
        return CASES.index(self)


CASES = [Case(*each) for each in product(FIRMS, GRANTS, RIGHTS, PLACES)]


def expected(case: Case, target: str, on: date) -> tuple[str, str, str | None]:
    """The decision table: the first row whose condition holds."""
    is_granted = case.grant not in {"none", "gone"}
    has_begun = on >= TODAY
    is_asked = is_granted and target in {"none", "own"}
    struck = case.firm == "struck off, day unknown" or (case.firm == "struck off today" and has_begun)
    table = (
        (case.firm == "withheld", ("withheld", "withdrawn_record")),
        (target == "of another district", ("out_of_scope", "other_district")),
        (target == "own" and case.place == "outside", ("out_of_scope", "other_district")),
        (case.firm == "gone", ("not_on_record", "well_formed_unknown")),
        (target == "near", ("ambiguous", "target_unknown")),
        (is_asked and case.grant == "withheld", ("withheld", "withdrawn_record")),
        (not is_granted, ("not_authorised", "never")),
        (target == "other" and case.grant == "withheld", ("not_authorised", "never")),
        (target == "other", ("not_authorised", "other_product")),
        (case.place == "outside", ("out_of_scope", "other_district")),
        (case.right == "ends today" and has_begun, ("protection_ended", "protection_not_in_force")),
        (case.grant == "begins today" and not has_begun, ("not_yet_effective", "effective_later")),
        (case.grant == "ends today" and has_begun, ("ended", "deregistered")),
        (case.grant == "licence ends today" and has_begun, ("ended", "licence_ended")),
        (case.right == "unknown", ("not_yet_effective", "protection_unverified")),
        (case.right == "begins today" and not has_begun, ("not_yet_effective", "protection_not_yet")),
        (struck, ("ended", "organisation_struck_off")),
        (case.grant == "under correction from today" and has_begun, ("authorised", "under_correction")),
        (case.right == "in grace from today" and has_begun, ("authorised", "protection_in_grace")),
        (True, ("authorised", "in_force")),
    )
    outcome, reason = next(answer for holds, answer in table if holds)
    return outcome, reason, _caution(case, outcome, reason)


def _caution(case: Case, outcome: str, reason: str) -> str | None:
    if outcome != "authorised":
        return None
    if case.firm == "struck off today":  # not yet on the day asked about, but it is known to be
        return Caution.ORGANISATION_STRUCK_OFF.value
    return None if reason == "in_force" else reason


def _publish(session, payloads) -> None:
    drafts = [a_draft(session, payload) for payload in payloads]
    editing.publish(session, drafts, by=a_reviewer(session), at=NOW)
    session.flush()


_LEFT = {"withheld": "withheld", "gone": "gone"}


def _left(how: str) -> dict[str, str]:
    return {"withdrawal": _LEFT[how], "withdrawal_reason": "测试"} if how in _LEFT else {}


def _firm(case: Case, code: str):
    struck = {"status": "deregistered"} if case.firm.startswith("struck off") else {}
    if case.firm == "struck off today":
        struck["status_checked_on"] = TODAY
    return a_payload("organisation", uscc=code, name=f"测试公司{case.number}", **struck, **_left(case.firm))


def _events_of(right: str, code: str):
    """A mark: its term is what makes a period of grace."""
    begins = {"begins today": TODAY, "unknown": None}.get(right, LONG_AGO)
    if begins is not None:
        last = TODAY - DAY if right == "in grace from today" else date(2030, 1, 1)
        yield a_payload(
            "protection_event", protection=code, event="registered", happened_on=begins, last_day=last
        )
    if right == "ends today":
        yield a_payload("protection_event", protection=code, event="cancelled", happened_on=TODAY)


def _grant(case: Case, uscc: str, right: str, announcement: str):
    last = {"licence_last_day": TODAY - DAY} if case.grant == "licence ends today" else {}
    return a_payload(
        "authorisation",
        code=f"QJ-AU-{case.number:04d}",
        protection=right,
        organisation=uscc,
        basis="certification_licensee",
        announcement=announcement,
        effective_on=TODAY if case.grant == "begins today" else LONG_AGO,
        **last,
        **_left(case.grant),
    )


def _event_of_grant(case: Case):
    facts = {
        "ends today": {"event": "deregistered", "ground": "voluntary"},
        "under correction from today": {"event": "put_under_correction", "deadline_on": TODAY + 90 * DAY},
    }.get(case.grant)
    if facts:
        yield a_payload(
            "authorisation_event", authorisation=f"QJ-AU-{case.number:04d}", effective_on=TODAY, **facts
        )


class Table:
    """A register that holds every combination, and the codes of its firms."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.codes = {case: a_uscc(number=case.number) for case in CASES}
        with database.writing() as session:
            self._fill(session)

    def _fill(self, session) -> None:
        announcement = an_announcement(session).parsed_number().code
        places = {f"{right}/{place}": place for right, place in product(RIGHTS, PLACES)}
        places |= {"other": "in_district", "elsewhere": "outside"}
        self.slugs = {key: f"p-{number}" for number, key in enumerate(places)}
        _publish(
            session,
            [
                a_payload(
                    "gi_product",
                    code=f"QJ-GI-{number:04d}",
                    slug=self.slugs[key],
                    name=f"测试产品第{number}号果",
                    home_relation=place,
                )
                for number, (key, place) in enumerate(places.items())
            ],
        )
        rights = {key: f"QJ-PR-{number:04d}" for number, key in enumerate(places) if "/" in key}
        _publish(
            session,
            [
                a_payload(
                    "protection",
                    code=code,
                    product=f"QJ-GI-{number:04d}",
                    track="gi_trademark",
                    numbers=f"7{number:07d}",
                    nice_class=31,
                )
                for number, code in enumerate(rights.values())
            ],
        )
        _publish(
            session, [each for key, code in rights.items() for each in _events_of(key.split("/")[0], code)]
        )
        _publish(session, [_firm(case, code) for case, code in self.codes.items()])
        granted = [case for case in CASES if case.grant != "none"]
        _publish(
            session,
            [
                _grant(case, self.codes[case], rights[f"{case.right}/{case.place}"], announcement)
                for case in granted
            ],
        )
        _publish(session, [each for case in granted for each in _event_of_grant(case)])

    def target(self, case: Case, target: str) -> str | None:
        return {
            "none": None,
            "own": self.slugs[f"{case.right}/{case.place}"],
            "other": self.slugs["other"],
            "near": "号果",
            "of another district": self.slugs["elsewhere"],
        }[target]


@pytest.fixture(scope="module")
def tables():
    made: dict[str, Table] = {}
    yield made
    for each in made.values():
        each.database.dispose()


@pytest.fixture
def table(tables, backend, registers) -> Table:
    if backend not in tables:
        tables[backend] = Table(Database(registers.make(backend, "empty")))
    return tables[backend]


@pytest.mark.parametrize("target", TARGETS)
def test_every_combination_is_answered_as_the_table_says(table, target):
    met = Counter()
    with table.database.reading() as session:
        for case, on in product(CASES, DAYS):
            verdict = verify(session, table.codes[case], table.target(case, target), on, now=NOW)
            caution = verdict.caution.value if verdict.caution else None
            found = (verdict.outcome.value, verdict.reason.value, caution)
            assert found == expected(case, target, on), (case, target, on)
            assert (Caution.FUTURE_DATE in verdict.warnings) == (on > TODAY)
            met[verdict.outcome.value] += 1
    assert sum(met.values()) == len(CASES) * len(DAYS)
    assert met["authorised"] > 0 or target not in {"none", "own"}


def test_the_table_meets_every_reason_that_one_grant_can_have():
    reasons = {expected(case, target, on)[1] for case, target, on in product(CASES, TARGETS, DAYS)}
    assert len(reasons) == 16


def test_whatever_is_withheld_or_unsure_is_never_authorised(table):
    """The worst failure, asked of every combination apart from the table."""
    with table.database.reading() as session:
        for case, target, on in product(CASES, ("none", "own"), DAYS):
            verdict = verify(session, table.codes[case], table.target(case, target), on, now=NOW)
            if verdict.outcome.value != "authorised":
                continue
            assert case.firm in {"on record", "struck off today"}
            assert case.grant not in {"none", "withheld", "gone"}
            assert case.right != "unknown"
            assert case.place == "in_district"
            assert verdict.evidence


def test_what_was_known_now_is_what_is_known_and_before_all_of_it_nothing_was(table):
    with table.database.reading() as session:
        for case, on in product(CASES, DAYS):
            code = table.codes[case]
            now = verify(session, code, None, on, now=NOW)
            known = verify(session, code, None, on, NOW, now=NOW)
            assert (known.outcome, known.reason, known.facts) == (now.outcome, now.reason, now.facts)
            before = verify(session, code, None, on, BEFORE, now=NOW)
            assert before.outcome.value == "not_on_record"
