"""Invariants of the domain reference, 7.5, of numbers, people and sources; each test names its own."""

from __future__ import annotations

from datetime import date

import pytest
from factories import (
    NOW,
    TODAY,
    a_draft,
    a_payload,
    a_product,
    a_protection,
    a_reviewer,
    a_trademark,
    a_uscc,
    an_authorisation,
    an_authorisation_event,
    an_organisation,
)
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from service.errors import RegisterError
from service.register import editing, lookups
from service.register.models import Base
from service.register.models.base import Sourced
from service.web.api import shaping


def test_i8_two_organisations_never_carry_one_current_code(session):
    firm = an_organisation(session)
    with pytest.raises(IntegrityError):
        session.execute(
            text(
                "INSERT INTO organisation (ulid, uscc, uscc_state, name, kind, status, version, revision_number,"
                " recorded_at, changed_at, is_demonstration, is_representative_announced, source_id)"
                " SELECT 'other', uscc, uscc_state, 'x', kind, status, 1, 1,"
                " recorded_at, changed_at, false, false, source_id FROM organisation WHERE uscc = :uscc"
            ),
            {"uscc": firm.uscc},
        )


def test_i8_a_former_code_may_stand_at_several_successors(session):
    former = a_uscc()
    for _ in range(2):
        an_organisation(session, former_codes=former)


@pytest.mark.parametrize(("nice_class", "fits"), [(31, False), (30, True)])
def test_i9_a_registration_number_is_one_row_for_each_class(session, nice_class, fits):
    a_trademark(session, registration_no="12422865", nice_class=31)
    again = a_payload(
        "trademark",
        registration_no="12422865",
        nice_class=nice_class,
        name="乙",
        mark_type="ordinary",
        registrant_name="某",
        status="registered",
    )
    draft = a_draft(session, again)
    draft.base_version = 0
    if fits:
        editing.publish(session, [draft], by=a_reviewer(session), at=NOW)
    else:
        with pytest.raises((IntegrityError, RegisterError)):
            editing.publish(session, [draft], by=a_reviewer(session), at=NOW)


def test_i9_a_number_of_a_right_belongs_to_one_right_in_its_class(session):
    mark = {"track": "gi_trademark", "numbers": "12422865", "nice_class": 31}
    a_protection(session, **mark)
    with pytest.raises(IntegrityError):
        a_protection(session, **mark)


def test_i9_one_announcement_recognises_many_products(session):
    for _ in range(2):
        a_protection(session, numbers="国家知识产权局公告第475号")


@pytest.mark.parametrize("start", ["92500114", "N1500114", "N2500114", "N3500114"])
def test_i10_the_api_never_shows_a_persons_address_or_representative(session, start):
    firm = an_organisation(
        session,
        uscc=a_uscc(start),
        address="某村一组一号",
        legal_representative="张某某",
        is_representative_announced=True,
    )
    shown = shaping.organisation(
        lookups.find_organisation(session, firm.uscc, TODAY), TODAY, 1
    ).model_dump_json()
    assert "某村一组一号" not in shown
    assert "张某某" not in shown


def test_i10_the_address_of_a_company_is_public_but_never_its_representative(session):
    firm = an_organisation(session, address="某路一号", legal_representative="张某某")
    shown = shaping.organisation(
        lookups.find_organisation(session, firm.uscc, TODAY), TODAY, 1
    ).model_dump_json()
    assert "某路一号" in shown
    assert "张某某" not in shown


@pytest.mark.parametrize("start", ["92500114", "N2500114"])
def test_i10_what_an_announcement_said_of_a_person_stays_inside(session, start):
    firm = an_organisation(session, uscc=a_uscc(start))
    authorisation = an_authorisation(
        session, organisation=firm, approved_address="某村一组一号", approved_representative="张某某"
    )
    an_authorisation_event(session, authorisation, effective_on=date(2026, 1, 1), note="内部备注")
    shown = shaping.authorisation(
        lookups.find_authorisation(session, authorisation.code, TODAY), TODAY, 1
    ).model_dump_json()
    for private in ("某村一组一号", "张某某", "内部备注"):
        assert private not in shown


def test_i11_every_table_that_states_a_fact_demands_a_source():
    facts = [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Sourced)]
    assert len(facts) > 20
    for model in facts:
        assert not model.__table__.c.source_id.nullable, model


@pytest.mark.parametrize("source", ["", "   ", None])
def test_i11_an_area_without_a_source_cannot_even_be_drafted(source):
    area = {"protection": "QJ-PR-1", "version_no": 1, "text_original": "东至甲", "tier": "text_only"}
    with pytest.raises(ValidationError, match="source"):
        a_payload("production_area", **area, confidence="low", source=source)


def test_i11_every_table_either_states_facts_with_sources_or_is_known_not_to():
    """A new table must say where its facts come from, or be added here with its reason."""
    of_the_record = {
        "announcement_document",
        "production_area_division",
        "production_area_geometry",
        "division_code",
        "brand_trademark",
        "brand_product",
        "former_slug",
        "zone_product",
    }
    of_the_desk = {
        "source",
        "staff_user",
        "staff_role",
        "staff_scope",
        "staff_recovery_code",
        "staff_session",
        "import_batch",
        "revision",
        "registry_state",
        "registry_revision",
        "audit_event",
        "outbox",
        "api_key",
        "api_key_use",
        "verification_count",
        "verification_month",
        "snapshot",
        "published_change",
        "webhook",
        "annex_batch",
        "annex_row",
        "remembered_heading",
        "annex_preparation",
        "annex_errand",
        "previewed_row",
        "inspection_draw",
        "inspection_draw_end",
        "service_ledger_entry",
        "lead",
        "lead_event",
        "lead_contact",
    }
    without = {name for name, table in Base.metadata.tables.items() if "source_id" not in table.c}
    assert without <= of_the_record | of_the_desk


@pytest.mark.parametrize("level", ["secondary", "claimed"])
def test_i11_what_is_not_officially_sourced_is_marked_not_verified(session, level):
    product = a_product(session, source_level=level)
    view = lookups.find_product(session, product.slug, TODAY)
    shown = shaping.product(view, TODAY, 1)
    assert not shown.source.is_verified
    assert "未核实" in shown.source.level.label
