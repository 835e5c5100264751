"""Verifying by what people type: codes in their spellings, and what is asked about by any of its keys."""

from __future__ import annotations

import pytest
from asking import asked, said
from factories import a_product, a_protection, a_uscc, an_announcement, an_authorisation, an_organisation

from service.errors import BadIdentifier
from service.identifiers import uscc_check_character
from service.vocabulary import Caution, Outcome


def a_wrong_check(code):
    right = uscc_check_character(code[:17])
    return code[:17] + next(letter for letter in "0123456789" if letter != right)


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
