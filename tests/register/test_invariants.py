"""The invariants of the domain reference, 7.5, as far as the register holds them; each test names its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import shapely
from factories import (
    NOW,
    SQUARE,
    TODAY,
    a_draft,
    a_payload,
    a_product,
    a_protection,
    a_protection_event,
    a_reviewer,
    a_trademark,
    a_uscc,
    an_area,
    an_authorisation,
    an_authorisation_event,
    an_editor,
    an_organisation,
    published,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from service.errors import FieldNotAllowed, RecordGone, RecordMoved, RegisterError
from service.register import areas, auditing, editing, importing, lookups
from service.register.indexing import all_documents
from service.register.lifecycle import ProtectionFact, known_protection_facts, protection_standing
from service.register.models import (
    AuditEvent,
    AuthorisationEvent,
    Base,
    GiProduct,
    Organisation,
    ProductionAreaGeometry,
    ProductionAreaVersion,
    ProtectionEvent,
    RegistryState,
    Revision,
)
from service.register.models.base import Sourced
from service.register.verification import verify
from service.vocabulary import AreaTier, Outcome, RecordKind
from service.web.api import shaping

ROOT = Path(__file__).resolve().parents[2]
HOLE = {
    "type": "Polygon",
    "coordinates": [
        *SQUARE["coordinates"],
        [[108.72, 29.42], [108.72, 29.44], [108.74, 29.44], [108.74, 29.42], [108.72, 29.42]],
    ],
}


# ---- I-1, I-2, I-3


def test_i1_an_authorisation_is_granted_by_an_announcement(session):
    an_authorisation(session)
    assert session.scalars(select(AuthorisationEvent.announcement_id)).one() is not None
    with pytest.raises(DBAPIError, match="granted_by_announcement"):
        session.execute(
            text(
                "INSERT INTO authorisation_event (ulid, authorisation_id, sequence, kind, effective_on,"
                " revision_number, recorded_at, source_id) SELECT 'x', authorisation_id, 9, 'granted', effective_on,"
                " 1, recorded_at, source_id FROM authorisation_event"
            )
        )


def test_i1_an_authorisation_without_an_announcement_on_record_is_refused(session):
    with pytest.raises(RegisterError):
        an_authorisation(session, announcement="第99999号")


def test_i2_no_authorisation_counts_on_a_day_when_its_protection_was_not_in_force(session):
    firm, protection = an_organisation(session), a_protection(session, begins=date(2018, 3, 1))
    an_authorisation(session, protection, firm, effective_on=date(2016, 1, 1))
    a_protection_event(session, protection, event="revoked", happened_on=date(2022, 9, 9))
    session.flush()
    facts = [
        ProtectionFact(
            each.id, each.kind, each.happened_on, each.recorded_at, each.term_to, each.voided_event_id
        )
        for each in session.scalars(select(ProtectionEvent))
    ]

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.dates(date(2015, 1, 1), date(2026, 12, 31)))
    def holds(on):
        in_force = protection_standing(known_protection_facts(facts, None), on).is_in_force
        assert (verify(session, firm.uscc, on=on, now=NOW).outcome is Outcome.AUTHORISED) == in_force

    holds()


def test_i2_holds_for_every_firm_of_the_seed_on_many_days(seed):
    with seed.reading() as session:
        codes = session.scalars(select(Organisation.uscc).where(Organisation.uscc.is_not(None))).all()
        for on in (date(2019, 9, 8), date(2019, 9, 9), TODAY):
            for code in codes:
                verdict = verify(session, code, on=on, now=NOW)
                if verdict.outcome is Outcome.AUTHORISED:
                    view = lookups.find_product(session, verdict.target.slug, on)
                    assert any(each.standing.is_in_force for each in view.protections), (code, on)


def test_i3_no_state_is_stored_anywhere():
    stored = {"authorisation", "authorisation_event", "protection", "protection_event"}
    columns = {column for name in stored for column in Base.metadata.tables[name].columns.keys()}  # noqa: SIM118  (a collection of columns, no dict)
    assert not columns & {"state", "status", "is_active", "is_valid", "is_in_force", "valid"}


def test_i3_state_changes_only_by_events_and_a_changed_authorisation_keeps_its_events(session):
    authorisation = an_authorisation(session)
    published(
        session,
        "authorisation",
        **{
            **authorisation.model_dump(exclude_defaults=True, exclude={"source", "source_level"}),
            "announced_row": 7,
        },
    )
    assert session.scalar(select(func.count()).select_from(AuthorisationEvent)) == 1


# ---- I-4 to I-7


@pytest.mark.parametrize(
    ("second", "fits"),
    [
        ((date(2020, 1, 1), date(2021, 1, 1)), True),
        ((date(2019, 12, 31), date(2021, 1, 1)), False),
        ((date(2016, 1, 1), date(2017, 1, 1)), False),
        ((None, date(2015, 1, 1)), True),
        ((None, date(2015, 1, 2)), False),
        ((None, None), False),
        ((date(2020, 1, 1), None), True),
    ],
)
def test_i4_i5_the_database_refuses_area_versions_that_overlap(session, second, fits):
    protection = a_protection(session)
    an_area(session, protection, valid_from=date(2015, 1, 1), valid_to=date(2020, 1, 1))
    facts = {"version_no": 2, "valid_from": second[0], "valid_to": second[1]}
    if fits:
        an_area(session, protection, **facts)
        session.flush()
    else:
        with pytest.raises((DBAPIError, RegisterError)):
            an_area(session, protection, **facts)


def test_i5_a_change_that_makes_versions_overlap_is_refused(session):
    protection = a_protection(session)
    an_area(session, protection, valid_from=date(2015, 1, 1), valid_to=date(2020, 1, 1))
    an_area(session, protection, version_no=2, valid_from=date(2020, 1, 1))
    with pytest.raises(DBAPIError, match="overlap"):
        session.execute(
            text("UPDATE production_area_version SET valid_to = '2020-01-02' WHERE version_no = 1")
        )


def test_i5_versions_of_two_protections_may_overlap(session):
    an_area(session)
    an_area(session)


def test_i5_a_withdrawn_version_makes_room(session):
    protection = a_protection(session)
    an_area(session, protection, withdrawal="gone", withdrawal_reason="误录")
    an_area(session, protection, version_no=2)


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"tier": "text_only", "geometry": SQUARE}, "tier_is_text_only"),
        *(({"tier": tier}, "required_for_tier") for tier in ("town_union", "drawn", "parcel")),
    ],
)
def test_i6_only_text_has_no_geometry(session, facts, problem):
    with pytest.raises(FieldNotAllowed) as refused:
        an_area(session, **facts)
    assert refused.value.problem == problem


def test_i6_holds_for_every_area_on_record(seed):
    statement = select(ProductionAreaVersion.tier, ProductionAreaGeometry.id).outerjoin(
        ProductionAreaGeometry, ProductionAreaGeometry.area_id == ProductionAreaVersion.id
    )
    with seed.reading() as session:
        for tier, geometry in session.execute(statement):
            assert (geometry is None) == (tier is AreaTier.TEXT_ONLY) or tier is AreaTier.APPROXIMATE


def test_i6_a_version_that_falls_back_to_text_loses_its_geometry(session):
    protection = a_protection(session)
    an_area(session, protection, tier="drawn", geometry=SQUARE)
    an_area(session, protection)
    assert session.scalar(select(func.count()).select_from(ProductionAreaGeometry)) == 0


@pytest.mark.parametrize(
    "drawn", [SQUARE, {"type": "Polygon", "coordinates": [ring[::-1] for ring in HOLE["coordinates"]]}]
)
def test_i7_a_stored_geometry_is_valid_and_follows_the_right_hand_rule(session, drawn):
    an_area(session, tier="drawn", geometry=drawn)
    session.flush()
    session.expire_all()
    geojson = areas.geojson_of(session.scalars(select(ProductionAreaGeometry.geometry)).one())
    polygons = shapely.geometry.shape(geojson)
    assert geojson["type"] == "MultiPolygon"
    assert polygons.is_valid
    for polygon in polygons.geoms:
        assert polygon.exterior.is_ccw
        assert not any(ring.is_ccw for ring in polygon.interiors)


BOW_TIE = {"type": "Polygon", "coordinates": [[[108, 29], [109, 30], [109, 29], [108, 30], [108, 29]]]}


@pytest.mark.parametrize(
    ("geometry", "problem"),
    [
        (BOW_TIE, "invalid_geometry"),
        ({"type": "Point", "coordinates": [108, 29]}, "wrong_type"),
        ({"type": "Polygon", "coordinates": []}, "empty_geometry"),
        ({"type": "Polygon", "coordinates": [[[29, 108], [30, 108], [30, 109], [29, 108]]]}, "out_of_range"),
        (
            {"type": "Polygon", "coordinates": [[[108, 29], [float("nan"), 30], [109, 29], [108, 29]]]},
            "not_finite",
        ),
        (
            {"type": "Polygon", "coordinates": [[[108, 29], [float("inf"), 30], [109, 29], [108, 29]]]},
            "not_finite",
        ),
        ({"type": "Polygon"}, "bad_geometry"),
        ({"type": "Teapot"}, "bad_geometry"),
        ({"type": "Polygon", "coordinates": [[["a", "b"]]]}, "bad_geometry"),
        ({"type": "Polygon", "coordinates": [[[108, 29], [109, 30]]]}, "bad_geometry"),
        (
            {
                "type": "Polygon",
                "coordinates": [[[108 + n / 1e5, 29] for n in range(50_001)] + [[108, 30], [108, 29]]],
            },
            "too_many_vertices",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_i7_what_is_no_sound_geometry_is_refused_not_repaired(geometry, problem):
    with pytest.raises(FieldNotAllowed) as refused:
        areas.geometry_from_geojson(geometry)
    assert refused.value.problem == problem


def test_i7_the_area_is_measured_on_the_ellipsoid():
    # 0.1 by 0.1 degrees at 29.45 N: about 9.70 by 11.08 km.
    assert areas.area_ha(areas.geometry_from_geojson(SQUARE)) == pytest.approx(10_750, rel=0.01)


# ---- I-8, I-9, I-10, I-11


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


# ---- I-12


def test_i12_the_chain_of_the_seed_holds_without_a_gap(seed):
    with seed.reading() as session:
        assert list(auditing.broken_links(session)) == []
        numbers = session.scalars(select(AuditEvent.sequence).order_by(AuditEvent.sequence)).all()
        assert list(numbers) == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("act", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("audit_event", "reason"),
        ("authorisation_event", "note"),
        ("protection_event", "note"),
        ("registry_revision", "records"),
    ],
)
def test_i12_the_database_refuses_to_change_what_is_only_ever_added_to(session, act, table, column):
    an_authorisation_event(session, an_authorisation(session), effective_on=date(2026, 1, 1))
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(act.format(table, column, column)))


TAMPERING = {
    "at": "at = '2001-01-01 00:00:00'",
    "actor_id": "actor_id = NULL",
    "act": "act = 'x'",
    "record_kind": "record_kind = 'x'",
    "record_ulid": "record_ulid = 'x'",
    "revision_number": "revision_number = 99",
    "changes": 'changes = \'{"name": [null, "x"]}\'',
    "reason": "reason = 'x'",
    "previous_hash": "previous_hash = 'x'",
    "hash": "hash = 'x'",
    "sequence": "sequence = 999",
}


def without_guard(session, statement):
    """Change the trail as somebody could who owns the database file."""
    on_table = "" if session.get_bind().dialect.name == "sqlite" else " ON audit_event"
    for act in ("update", "delete"):
        session.execute(text(f"DROP TRIGGER audit_event_no_{act}{on_table}"))
    session.execute(text(statement))
    session.expire_all()


def test_i12_every_column_of_a_line_is_covered_by_the_chain():
    assert set(AuditEvent.__table__.columns.keys()) == set(TAMPERING)


@pytest.mark.parametrize("column", TAMPERING)
def test_i12_a_changed_column_is_found(session, column):
    for _ in range(3):
        a_product(session)
    assert list(auditing.broken_links(session)) == []
    without_guard(session, f"UPDATE audit_event SET {TAMPERING[column]} WHERE sequence = 5")  # noqa: S608
    assert list(auditing.broken_links(session))


@pytest.mark.parametrize(
    "which", ["sequence = 1", "sequence = 3", "sequence = (SELECT max(sequence) FROM audit_event)"]
)
def test_i12_a_removed_line_is_found(session, which):
    for _ in range(3):
        a_product(session)
    without_guard(session, f"DELETE FROM audit_event WHERE {which}")  # noqa: S608
    assert list(auditing.broken_links(session))


def test_i12_a_line_added_by_hand_is_found(session):
    a_product(session)
    session.execute(
        text(
            "INSERT INTO audit_event (sequence, at, act, record_kind, record_ulid, changes, previous_hash, hash)"
            " SELECT sequence + 1, at, act, record_kind, record_ulid, changes, hash, 'x' FROM audit_event"
            " ORDER BY sequence DESC LIMIT 1"
        )
    )
    assert list(auditing.broken_links(session))


# ---- I-13


def test_i13_loading_the_first_data_again_changes_nothing(seeded, clock, tmp_path):
    from seed import load

    before = fingerprint(seeded)
    loaded = load.load(seeded, clock, tmp_path, demonstration=True)
    assert {each.published for each in loaded} == {0}
    assert fingerprint(seeded) == before


def fingerprint(database):
    with database.reading() as session:
        counts = {
            name: session.scalar(select(func.count()).select_from(table))
            for name, table in Base.metadata.tables.items()
        }
        state = session.get_one(RegistryState, 1)
        return counts, state.revision_number, state.audit_hash


def test_i13_the_same_file_twice_makes_no_second_draft(session, tmp_path):
    path = tmp_path / "organisations.csv"
    path.write_text(
        f"uscc,name,source,source_level\n{a_uscc()},甲公司,测试,official_page\n", encoding="utf-8"
    )
    reviewer = a_reviewer(session)
    run = importing.Import(session, an_editor(session), NOW, tmp_path)
    first = importing.import_file(run, path)
    importing.publish_report(run, first, by=reviewer)
    again = importing.import_file(run, path)
    assert (first.created, again.created, again.updated, again.unchanged) == (1, 0, 0, 1)
    assert importing.publish_report(run, again, by=reviewer) is None
    assert session.scalar(select(func.count()).select_from(Revision)) == 1


# ---- I-20, I-21, I-22, I-24


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
