"""Invariants of the domain reference, 7.5, of what is answered and when; each test names its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from factories import (
    NOW,
    TODAY,
    a_product,
    a_protection,
    a_protection_event,
    an_authorisation,
    an_organisation,
)
from sqlalchemy import select

from service.errors import RecordGone, RecordMoved
from service.register import lookups
from service.register.indexing import all_documents
from service.register.models import GiProduct, Organisation, ProtectionEvent
from service.register.verification import verify
from service.vocabulary import Outcome, RecordKind
from service.web.api import shaping

ROOT = Path(__file__).resolve().parents[2]


def test_i20_whatever_is_authorised_has_an_announcement_behind_it(seed):
    with seed.reading() as session:
        codes = session.scalars(select(Organisation.uscc).where(Organisation.uscc.is_not(None))).all()
        answers = [
            verify(session, code, on=on, now=NOW) for code in codes for on in (date(2022, 1, 1), TODAY)
        ]
        authorised = [answer for answer in answers if answer.outcome is Outcome.AUTHORISED]
        assert authorised
        assert all(answer.evidence for answer in authorised)


@pytest.mark.parametrize(("withdrawal", "reason"), [("gone", "重复登记"), ("withheld", "")])
def test_i21_a_record_taken_down_is_gone_with_its_reason_never_unknown(session, withdrawal, reason):
    product = a_product(session, withdrawal=withdrawal, withdrawal_reason="重复登记")
    with pytest.raises(RecordGone) as gone:
        lookups.find_product(session, product.slug, TODAY)
    assert (gone.value.withdrawal, gone.value.reason) == (withdrawal, reason)


def test_i21_a_record_merged_into_another_points_there(session):
    kept = a_product(session)
    ulid = session.scalars(select(GiProduct.ulid).where(GiProduct.code == kept.code)).one()
    merged = a_product(session, withdrawal="redirect", withdrawal_reason="合并", redirect=ulid)
    with pytest.raises(RecordMoved) as moved:
        lookups.find_product(session, merged.slug, TODAY)
    assert moved.value.path == f"/gi/{kept.slug}"


def test_i22_record_page_hit_document_and_verdict_agree_on_the_state_of_every_product(seed):
    from search.results import Hit

    with seed.reading() as session:
        documents = {
            each.id: each for each in all_documents(session, TODAY) if each.kind == RecordKind.GI_PRODUCT
        }
        hits = lookups.hydrate(session, [Hit(key, "gi_product", "exact", "name") for key in documents], TODAY)
        assert len(hits) == len(documents)
        for hit in hits:
            slug = hit.path.removeprefix("/gi/")
            page = lookups.find_product(session, slug, TODAY)
            states = [each.standing.state.value for each in page.protections]
            assert [state.value for _, state in hit.tracks] == states
            assert set(documents[hit.id].states) == set(states)
            shown = shaping.product(page, TODAY, 1)
            assert [each.state.code for each in shown.protections] == states


def test_i22_the_days_between_a_terms_end_and_a_missed_renewal_are_told_alike(session):
    """A mark whose grace passed unrenewed had expired at its term's end: the page says what the verdict says."""
    firm, product = an_organisation(session), a_product(session)
    protection = a_protection(session, product, track="gi_trademark", begins=None)
    a_protection_event(
        session, protection, event="registered", happened_on=date(2010, 1, 1), last_day=date(2019, 12, 31)
    )
    an_authorisation(session, protection, firm, basis="certification_licensee", effective_on=date(2015, 1, 1))
    on = date(2020, 3, 1)
    verdict = verify(session, firm.uscc, on=on, now=NOW)
    (page,) = lookups.find_product(session, product.slug, on, known_on=TODAY).protections
    assert (verdict.outcome is Outcome.AUTHORISED) == page.standing.is_in_force


CLOCKED = """
import sys, json
sys.path.insert(0, {root!r})
from datetime import UTC, date, datetime
from service.calendar import china_date
from service.register.database import Database
from service.register.verification import verify
said = []
with Database({url!r}).reading() as session:
    for now in (datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC), datetime(2026, 11, 23, 16, 0, 0, tzinfo=UTC)):
        for code in ("91500114MA0TERT32P", "92500114MA0TERT084", "93500114MA0TERT081"):
            verdict = verify(session, code, now=now)
            days = [str(fact.day) for fact in verdict.facts]
            said.append([verdict.outcome, verdict.as_of.isoformat(), days, verdict.checked_at.isoformat()])
print(json.dumps(said))
"""


def test_i24_the_zone_of_the_host_plays_no_part(seed):
    script = CLOCKED.format(root=str(ROOT), url=seed.url.render_as_string(hide_password=False))
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env={**os.environ, "TZ": zone}
        )
        for zone in ("UTC", "America/Los_Angeles", "Pacific/Kiritimati")
    ]
    answers = [json.loads(each.communicate()[0]) for each in running]
    assert answers[0] == answers[1] == answers[2]
    assert [answer[1] for answer in answers[0]] == ["2026-11-23"] * 3 + ["2026-11-24"] * 3


@pytest.mark.parametrize("zone", ["+08:00", "-08:00"])
def test_i24_a_moment_comes_back_as_the_same_moment_whatever_zone_it_was_given_in(session, zone):
    moment = datetime.fromisoformat(f"2026-11-22T23:30:00{zone}")
    product = a_product(session, at=moment)
    session.expire_all()
    recorded = session.scalars(select(GiProduct.recorded_at).where(GiProduct.code == product.code)).one()
    assert recorded == moment
    assert recorded.utcoffset() == timedelta(0)


def test_i24_a_moment_without_a_zone_is_refused(session):
    with pytest.raises(Exception, match="time zone"):
        a_product(session, at=datetime(2026, 1, 1))  # noqa: DTZ001


def test_i24_the_day_of_a_summer_in_china_stays_itself(session):
    """China had summer time from 1986 to 1991: a date that goes through a zone may come back as its neighbour."""
    protection = a_protection(session, begins=date(1988, 7, 1))
    session.expire_all()
    assert session.scalars(select(ProtectionEvent.happened_on)).one() == date(1988, 7, 1)
    assert protection.code
