"""May this firm use the mark on this product: the demonstration, the evidence, and what an answer costs."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from asking import asked, said
from factories import NOW, TODAY, an_authorisation, an_organisation, counted_statements, published

from service.register import lookups
from service.register.verification import verify
from service.vocabulary import Outcome, Reason

VERDICTS = Path(__file__).parents[2] / "seed/data/demonstration/verdicts.csv"
with VERDICTS.open(encoding="utf-8", newline="") as lines:
    ROWS = list(csv.DictReader(lines))


# ---- the demonstration


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['code']}-{row['target']}-{row['on']}" for row in ROWS])
def test_the_demonstration_shows_the_verdict_that_its_table_says(seed, row):
    with seed.reading() as session:
        verdict = verify(session, row["code"], row["target"] or None, date.fromisoformat(row["on"]), now=NOW)
    assert said(verdict) == (row["verdict"], row["reason"])


def test_the_demonstration_shows_every_verdict():
    assert {row["verdict"] for row in ROWS} == {outcome.value for outcome in Outcome}


# ---- cost and evidence


def test_a_verification_without_a_target_reads_at_most_six_statements(seed):
    with counted_statements(seed) as statements, seed.reading() as session:
        verify(session, "93500114MA0TERT081", now=NOW)
    assert len(statements) <= 6


def test_what_a_verification_costs_does_not_grow_with_the_firms_products(session):
    def cost(firm):
        with counted_statements(session) as statements:
            asked(session, firm)
        return len(statements)

    one, many = an_organisation(session), an_organisation(session)
    an_authorisation(session, organisation=one)
    for _ in range(8):
        an_authorisation(session, organisation=many)
    session.flush()
    assert cost(many) == cost(one) <= 6


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row["verdict"] == "authorised"], ids=lambda row: row["code"]
)
def test_whatever_is_authorised_has_evidence_that_people_can_open(seed, row):
    """I-20: an announcement with a file that is open."""
    with seed.reading() as session:
        verdict = verify(session, row["code"], row["target"] or None, date.fromisoformat(row["on"]), now=NOW)
        assert verdict.evidence
        for each in verdict.evidence:
            assert lookups.find_announcement(session, each.announcement, TODAY)
            assert each.document_sha256
            assert lookups.find_document(session, each.document_sha256).is_open


def test_a_firm_whose_name_changed_is_the_same_firm(session):
    firm = an_organisation(session)
    an_authorisation(session, organisation=firm)
    published(session, "organisation", uscc=firm.uscc, name="改名后的公司", former_names=firm.name)
    verdict = asked(session, firm)
    assert (verdict.outcome, verdict.subject.name, verdict.reason) == (
        Outcome.AUTHORISED,
        "改名后的公司",
        Reason.IN_FORCE,
    )
