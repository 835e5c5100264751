"""Verifying today: the decision table, row by row, what comes before what, and no yes where there is doubt."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from asking import asked, said
from factories import (
    TODAY,
    a_product,
    a_protection,
    a_protection_event,
    a_uscc,
    an_authorisation,
    an_authorisation_event,
    an_organisation,
)

from service.errors import BadIdentifier
from service.register.verification import FactKind
from service.vocabulary import Caution, Outcome

# ---- the twelve rows


def test_row_1_an_unknown_code_is_not_on_record(session):
    assert said(asked(session, a_uscc())) == ("not_on_record", "well_formed_unknown")


def test_row_2_a_firm_without_any_authorisation_is_not_authorised(session):
    assert said(asked(session, an_organisation(session))) == ("not_authorised", "never")


def test_row_2_a_holder_is_told_from_a_user(session):
    firm, product = an_organisation(session), a_product(session)
    a_protection(session, product, holder=firm.uscc)
    verdict = asked(session, firm, product.code)
    assert said(verdict) == ("not_authorised", "holder_only")
    assert (FactKind.HOLDER, product.name) in {(fact.kind, fact.name) for fact in verdict.facts}


def test_row_2_an_authorisation_for_another_product_is_none_for_this_one(session):
    firm, other = an_organisation(session), a_product(session)
    an_authorisation(session, organisation=firm)
    assert said(asked(session, firm, other.code)) == ("not_authorised", "other_product")


def test_row_3_an_authorisation_in_force_on_the_day(session):
    firm = an_organisation(session)
    authorisation = an_authorisation(session, organisation=firm)
    verdict = asked(session, firm)
    assert said(verdict) == ("authorised", "in_force")
    assert [each.authorisation for each in verdict.evidence] == [authorisation.code]


def test_row_4_an_authorisation_that_ended_says_why(session):
    firm = an_organisation(session)
    an_authorisation_event(
        session,
        an_authorisation(session, organisation=firm),
        ground="moved_out_of_area",
        effective_on=date(2025, 1, 1),
    )
    verdict = asked(session, firm)
    assert said(verdict) == ("ended", "deregistered")
    assert (FactKind.DEREGISTERED, "moved_out_of_area") in {
        (fact.kind, fact.detail) for fact in verdict.facts
    }


def test_row_5_an_authorisation_announced_for_later(session):
    firm = an_organisation(session)
    an_authorisation(session, organisation=firm, effective_on=TODAY + timedelta(days=1))
    assert said(asked(session, firm)) == ("not_yet_effective", "effective_later")


def test_row_6_under_correction_is_authorised_with_a_caution(session):
    firm = an_organisation(session)
    authorisation = an_authorisation(session, organisation=firm)
    an_authorisation_event(
        session,
        authorisation,
        "put_under_correction",
        effective_on=date(2026, 1, 1),
        deadline_on=date(2027, 1, 1),
    )
    verdict = asked(session, firm)
    assert (*said(verdict), verdict.caution) == ("authorised", "under_correction", Caution.UNDER_CORRECTION)


def test_row_7_a_firm_with_several_products_is_asked_which(session):
    firm = an_organisation(session)
    products = [a_product(session) for _ in range(2)]
    for product in products:
        an_authorisation(session, a_protection(session, product), firm)
    verdict = asked(session, firm)
    assert said(verdict) == ("choose_product", "several_products")
    assert [(choice.name, choice.outcome) for choice in verdict.choices] == [
        (product.name, Outcome.AUTHORISED) for product in products
    ]


def test_row_8_a_name_that_means_two_products_is_ambiguous(session):
    firm = an_organisation(session)
    for _ in range(2):
        an_authorisation(session, a_protection(session, a_product(session, aliases="红果")), firm)
    assert said(asked(session, firm, "红果")) == ("ambiguous", "several_matches")


def test_row_8_a_name_that_two_products_bear_means_the_one_the_firm_uses(session):
    firm, own = an_organisation(session), a_product(session, aliases="红果")
    a_product(session, aliases="红果")
    an_authorisation(session, a_protection(session, own), firm)
    verdict = asked(session, firm, "红果")
    assert (verdict.outcome, verdict.target.slug) == (Outcome.AUTHORISED, own.slug)


def test_row_8_a_near_name_is_offered_never_answered_for(session):
    firm, product = an_organisation(session), a_product(session, name="测试云雾果")
    an_authorisation(session, a_protection(session, product), firm)
    verdict = asked(session, firm, "云雾")
    assert said(verdict) == ("ambiguous", "target_unknown")
    assert product.slug in {choice.slug for choice in verdict.choices}


@pytest.mark.parametrize("end", ["revoked", "cancelled", "invalidated", "surrendered"])
def test_row_9_an_open_authorisation_does_not_outlive_its_protection(session, end):
    firm, protection = an_organisation(session), a_protection(session)
    an_authorisation(session, protection, firm)
    a_protection_event(session, protection, event=end, happened_on=date(2025, 1, 1))
    assert said(asked(session, firm)) == ("protection_ended", "protection_not_in_force")
    assert asked(session, firm, on=date(2024, 12, 31)).outcome is Outcome.AUTHORISED


def test_row_10_a_product_of_another_district_is_out_of_scope(session):
    firm, product = an_organisation(session), a_product(session, home_relation="outside")
    an_authorisation(session, a_protection(session, product), firm)
    assert said(asked(session, firm, product.code)) == ("out_of_scope", "other_district")
    assert said(asked(session, firm)) == ("out_of_scope", "other_district")


def test_row_11_a_future_day_is_answered_as_known_today_and_flagged(session):
    firm = an_organisation(session)
    an_authorisation(session, organisation=firm)
    verdict = asked(session, firm, on=TODAY + timedelta(days=1))
    assert (verdict.outcome, verdict.warnings) == (Outcome.AUTHORISED, (Caution.FUTURE_DATE,))
    assert asked(session, firm, on=TODAY).warnings == ()


@pytest.mark.parametrize("what", ["organisation", "authorisation"])
def test_row_12_a_withheld_record_shows_no_name_and_no_facts(session, what):
    withheld = {"withdrawal": "withheld", "withdrawal_reason": "秘密"}
    firm = an_organisation(session, **(withheld if what == "organisation" else {}))
    an_authorisation(session, organisation=firm, **(withheld if what == "authorisation" else {}))
    verdict = asked(session, firm)
    assert said(verdict) == ("withheld", "withdrawn_record")
    assert (verdict.subject.name, verdict.facts, verdict.evidence, verdict.choices) == (None, (), (), ())


# ---- precedence


def test_withheld_comes_before_out_of_scope(session):
    firm = an_organisation(session, withdrawal="withheld", withdrawal_reason="秘密")
    outside = a_product(session, home_relation="outside")
    assert asked(session, firm, outside.code).outcome is Outcome.WITHHELD


def test_out_of_scope_comes_before_not_on_record(session):
    assert (
        asked(session, a_uscc(), a_product(session, home_relation="outside").code).outcome
        is Outcome.OUT_OF_SCOPE
    )


def test_protection_ended_comes_before_ended_and_before_not_yet_effective(session):
    firm, protection = an_organisation(session), a_protection(session)
    authorisation = an_authorisation(session, protection, firm)
    a_protection_event(session, protection, event="revoked", happened_on=date(2024, 1, 1))
    an_authorisation_event(session, authorisation, effective_on=date(2023, 1, 1))
    assert asked(session, firm).outcome is Outcome.PROTECTION_ENDED


def test_an_input_error_comes_before_out_of_scope(session):
    with pytest.raises(BadIdentifier):
        asked(session, "不是代码", a_product(session, home_relation="outside").code)


# ---- no authorised answer where there is doubt


@pytest.mark.parametrize(
    ("begins", "event", "expected"),
    [
        (None, "recognised", ("not_yet_effective", "protection_unverified")),
        (date(2026, 12, 1), "recognised", ("not_yet_effective", "protection_not_yet")),
        (date(2015, 1, 1), "provisional_announced", ("not_yet_effective", "protection_not_yet")),
        (date(2015, 1, 1), "refused", ("protection_ended", "protection_not_in_force")),
    ],
)
def test_an_authorisation_counts_only_while_its_protection_is_known_to_stand(
    session, begins, event, expected
):
    firm = an_organisation(session)
    an_authorisation(session, a_protection(session, begins=begins, event=event), firm)
    assert said(asked(session, firm)) == expected


@pytest.mark.parametrize("status", ["deregistered", "revoked"])
def test_a_body_that_was_struck_off_uses_nothing(session, status):
    firm = an_organisation(session, status=status, status_checked_on=date(2026, 6, 1))
    an_authorisation(session, organisation=firm)
    assert said(asked(session, firm)) == ("ended", "organisation_struck_off")
    before = asked(session, firm, on=date(2026, 5, 31))
    assert (before.outcome, before.caution) == (Outcome.AUTHORISED, Caution.ORGANISATION_STRUCK_OFF)


def test_a_body_struck_off_on_an_unknown_day_was_never_sure(session):
    firm = an_organisation(session, status="deregistered")
    an_authorisation(session, organisation=firm)
    assert asked(session, firm, on=date(2021, 1, 1)).outcome is Outcome.ENDED


def test_a_withdrawn_authorisation_counts_as_none(session):
    firm = an_organisation(session)
    an_authorisation(session, organisation=firm, withdrawal="gone", withdrawal_reason="误录")
    assert asked(session, firm).outcome is Outcome.NOT_AUTHORISED


def test_a_withdrawn_protection_carries_no_authorisation(session):
    firm = an_organisation(session)
    an_authorisation(session, a_protection(session, withdrawal="gone", withdrawal_reason="误录"), firm)
    assert asked(session, firm).outcome is Outcome.NOT_AUTHORISED


def test_a_withdrawn_firm_is_not_on_record(session):
    firm = an_organisation(session, withdrawal="gone", withdrawal_reason="误录")
    an_authorisation(session, organisation=firm)
    assert asked(session, firm).outcome is Outcome.NOT_ON_RECORD


# ---- several authorisations


def test_a_new_grant_after_an_end_counts(session):
    firm, protection = an_organisation(session), a_protection(session)
    an_authorisation_event(
        session, an_authorisation(session, protection, firm), effective_on=date(2022, 1, 1)
    )
    again = an_authorisation(session, protection, firm, effective_on=date(2024, 1, 1))
    verdict = asked(session, firm)
    assert verdict.outcome is Outcome.AUTHORISED
    assert again.code in {each.authorisation for each in verdict.evidence}
    assert asked(session, firm, on=date(2023, 1, 1)).outcome is Outcome.NOT_YET_EFFECTIVE
    assert asked(session, firm, on=date(2021, 1, 1)).outcome is Outcome.AUTHORISED


def test_an_authorisation_in_one_track_answers_though_the_other_track_ended(session):
    firm, product = an_organisation(session), a_product(session)
    old, new = a_protection(session, product), a_protection(session, product, track="unified")
    for protection in (old, new):
        an_authorisation(session, protection, firm)
    a_protection_event(session, old, event="revoked", happened_on=date(2024, 1, 1))
    assert asked(session, firm, product.code).outcome is Outcome.AUTHORISED


def test_a_number_asks_about_its_own_right_only(session):
    firm, product = an_organisation(session), a_product(session)
    mark = a_protection(
        session,
        product,
        track="gi_trademark",
        numbers="12422865",
        nice_class=31,
        event="registered",
        begins=date(2020, 1, 1),
    )
    an_authorisation(session, a_protection(session, product), firm)
    assert asked(session, firm, "12422865").outcome is Outcome.NOT_AUTHORISED
    an_authorisation(session, mark, firm, basis="certification_licensee")
    assert asked(session, firm, "第12422865号").outcome is Outcome.AUTHORISED
