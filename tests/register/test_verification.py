"""May this firm use the mark on this product on this day: the decision table, row by row, on both databases."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from factories import (
    NOW,
    TODAY,
    a_product,
    a_protection,
    a_protection_event,
    a_uscc,
    an_announcement,
    an_authorisation,
    an_authorisation_event,
    an_organisation,
    counted_statements,
    published,
)

from service.errors import BadDay, BadIdentifier
from service.identifiers import uscc_check_character
from service.register import lookups
from service.register.verification import FactKind, verify
from service.vocabulary import Caution, Outcome, Reason

VERDICTS = Path(__file__).parents[2] / "seed/data/demonstration/verdicts.csv"
with VERDICTS.open(encoding="utf-8", newline="") as lines:
    ROWS = list(csv.DictReader(lines))


def asked(session, organisation, target=None, *, on=None, known_at=None, now=NOW):
    code = organisation if isinstance(organisation, str) else organisation.uscc
    return verify(session, code, target, on, known_at, now=now)


def said(verdict):
    return verdict.outcome.value, verdict.reason.value


def a_wrong_check(code):
    right = uscc_check_character(code[:17])
    return code[:17] + next(letter for letter in "0123456789" if letter != right)


# ---- the demonstration


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['code']}-{row['target']}-{row['on']}" for row in ROWS])
def test_the_demonstration_shows_the_verdict_that_its_table_says(seed, row):
    with seed.reading() as session:
        verdict = verify(session, row["code"], row["target"] or None, date.fromisoformat(row["on"]), now=NOW)
    assert said(verdict) == (row["verdict"], row["reason"])


def test_the_demonstration_shows_every_verdict():
    assert {row["verdict"] for row in ROWS} == {outcome.value for outcome in Outcome}


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


# ---- codes


def test_the_number_of_an_authorisation_stands_for_its_firm_and_product(session):
    firm, product = an_organisation(session), a_product(session)
    authorisation = an_authorisation(session, a_protection(session, product), firm)
    an_authorisation(session, organisation=firm)
    verdict = asked(session, authorisation.code)
    assert (verdict.outcome, verdict.subject.name, verdict.target.slug) == (
        Outcome.AUTHORISED,
        firm.name,
        product.slug,
    )


def test_an_unknown_authorisation_number_is_not_on_record(session):
    assert asked(session, "QJ-AU-9999").outcome is Outcome.NOT_ON_RECORD


@pytest.mark.parametrize("spelling", ["{} ", "\u3000{}", "{:l}", "{:w}", "{:-}"])
def test_a_code_is_read_in_the_spellings_people_use(session, spelling):
    firm = an_organisation(session)
    code = firm.uscc
    spelt = {
        "{:l}": code.lower(),
        "{:w}": code.translate({ord(letter): ord(letter) + 0xFEE0 for letter in code}),
        "{:-}": "-".join((code[:6], code[6:])),
    }.get(spelling) or spelling.format(code)
    assert asked(session, spelt).subject.name == firm.name


def test_a_code_that_fails_its_check_is_refused_when_nobody_carries_it(session):
    with pytest.raises(BadIdentifier):
        asked(session, a_wrong_check(a_uscc()))


def test_a_code_that_fails_its_check_is_answered_with_a_warning_when_it_is_on_the_register(session):
    firm = an_organisation(session, uscc=a_wrong_check(a_uscc()))
    an_authorisation(session, organisation=firm)
    verdict = asked(session, firm)
    assert (verdict.outcome, verdict.warnings) == (Outcome.AUTHORISED, (Caution.CODE_FAILS_CHECK,))


def test_a_misread_code_is_corrected_only_when_exactly_one_reading_is_on_the_register(session):
    firm = an_organisation(session, uscc=a_uscc())
    misread = firm.uscc[:9] + "B" + firm.uscc[10:]
    with pytest.raises(BadIdentifier) as refused:
        asked(session, misread)
    assert [str(hint) for hint in refused.value.hints] == [firm.uscc]


def test_a_misread_code_of_nobody_gets_no_correction(session):
    code = a_uscc()
    with pytest.raises(BadIdentifier) as refused:
        asked(session, code[:9] + "B" + code[10:])
    assert refused.value.hints == ()


def test_a_former_code_leads_to_the_organisation_with_a_warning(session):
    former = a_uscc()
    firm = an_organisation(session, former_codes=former)
    an_authorisation(session, organisation=firm)
    verdict = asked(session, former)
    assert (verdict.outcome, verdict.subject.name, verdict.warnings) == (
        Outcome.AUTHORISED,
        firm.name,
        (Caution.HISTORICAL_CODE,),
    )


@pytest.mark.parametrize("code", ["11010519491231002X", "", "1", "甲" * 18, "9" * 500])
def test_what_cannot_be_a_code_is_refused_and_not_repeated(session, code):
    with pytest.raises(BadIdentifier) as refused:
        asked(session, code)
    assert not code or code not in repr(vars(refused.value))


# ---- targets


@pytest.mark.parametrize("key", ["code", "slug", "name", "alias", "former"])
def test_a_product_is_meant_by_any_of_its_keys(session, key):
    firm = an_organisation(session)
    product = a_product(session, aliases="红宝果", former_names="旧名果")
    an_authorisation(session, a_protection(session, product), firm)
    target = {"alias": "红宝果", "former": "旧名果"}.get(key) or getattr(product, key)
    assert asked(session, firm, target).outcome is Outcome.AUTHORISED


def test_an_announcement_number_means_the_rights_it_speaks_of(session):
    firm, protection = an_organisation(session), a_protection(session)
    announcement = an_announcement(session, number="第七七一号")
    an_authorisation(session, protection, firm, announcement=announcement.parsed_number().code)
    an_authorisation(session, organisation=firm)
    for spelling in ("国家知识产权局公告第771号", "第七七一号"):
        assert asked(session, firm, spelling).outcome is Outcome.AUTHORISED


def test_the_number_of_an_identity_card_as_target_is_refused(session):
    with pytest.raises(BadIdentifier):
        asked(session, an_organisation(session), "11010519491231002X")


def test_a_target_that_is_too_long_is_refused(session):
    with pytest.raises(BadIdentifier):
        asked(session, an_organisation(session), "果" * 301)


@pytest.mark.parametrize("target", ["%", "_", "' OR 1=1 --", "\\", "果%"])
def test_signs_that_databases_read_specially_are_just_text(session, target):
    firm = an_organisation(session)
    an_authorisation(session, organisation=firm)
    assert said(asked(session, firm, target)) == ("ambiguous", "target_unknown")


# ---- time


MARCH, JULY = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("on", "known_at", "expected"),
    [
        (date(2026, 4, 30), None, Outcome.AUTHORISED),
        (date(2026, 5, 1), None, Outcome.ENDED),
        (date(2026, 5, 1), JULY - timedelta(microseconds=1), Outcome.AUTHORISED),
        (date(2026, 5, 1), JULY, Outcome.ENDED),
        (date(2026, 5, 1), MARCH, Outcome.AUTHORISED),
        (date(2026, 5, 1), MARCH - timedelta(microseconds=1), Outcome.NOT_ON_RECORD),
    ],
)
def test_one_can_ask_what_was_known_then(session, on, known_at, expected):
    firm = an_organisation(session, at=MARCH)
    authorisation = an_authorisation(session, organisation=firm, at=MARCH)
    an_authorisation_event(session, authorisation, effective_on=date(2026, 5, 1), at=JULY)
    assert asked(session, firm, on=on, known_at=known_at).outcome is expected


def test_a_revocation_recorded_late_was_not_known_before(session):
    firm, protection = an_organisation(session, at=MARCH), a_protection(session, at=MARCH)
    an_authorisation(session, protection, firm, at=MARCH)
    a_protection_event(session, protection, event="revoked", happened_on=date(2026, 5, 1), at=JULY)
    assert asked(session, firm, on=date(2026, 5, 1)).outcome is Outcome.PROTECTION_ENDED
    assert asked(session, firm, on=date(2026, 5, 1), known_at=MARCH).outcome is Outcome.AUTHORISED


def test_the_future_is_not_known(session):
    with pytest.raises(BadDay):
        asked(session, a_uscc(), known_at=NOW + timedelta(seconds=1))


@pytest.mark.parametrize("day", [date(1948, 12, 31), date(2101, 1, 1), date.min, date.max])
def test_a_day_outside_of_what_can_be_answered_is_refused(session, day):
    with pytest.raises(BadDay):
        asked(session, a_uscc(), on=day)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 16, 0, 0, tzinfo=UTC), date(2026, 11, 24)),
    ],
)
def test_today_is_the_day_in_china(session, moment, day):
    assert asked(session, a_uscc(), now=moment).as_of == day


def test_the_answer_says_which_day_moment_and_revision_it_speaks_of(session):
    firm = an_organisation(session)
    verdict = asked(session, firm, on=date(2026, 1, 2))
    assert (verdict.as_of, verdict.checked_at, verdict.data_version) == (date(2026, 1, 2), NOW, 1)


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
