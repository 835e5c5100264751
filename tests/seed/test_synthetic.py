"""The synthetic register: always the same, plainly fictional, with every verdict in it, and honestly published."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from shapely import get_coordinates
from shapely.geometry import shape
from sqlalchemy import func, select

from seed import synthetic
from seed.synthetic import Sizes, permissions, rights, shapes
from seed.synthetic.naming import authorisation_code, product_name, uscc
from service.calendar import FixedClock, china_date
from service.identifiers import Uscc
from service.register import auditing
from service.register.areas import district_outline
from service.register.database import Database
from service.register.models import (
    Authorisation,
    Organisation,
    Outbox,
    ProductionAreaGeometry,
    RegistryState,
    Revision,
    TrademarkRecord,
)
from service.register.verification import verify
from service.vocabulary import Caution, Outcome, Reason, RecordKind, VerificationLevel

SIZES = Sizes(products=60, organisations=240, trademarks=120, areas=45)
ROOT = Path(__file__).resolve().parents[2]


def payloads(sizes=SIZES):
    return [payload for section in synthetic.sections(sizes).sections for payload in section.payloads()]


def fingerprint(sizes=SIZES):
    digest = hashlib.sha256()
    for payload in payloads(sizes):
        digest.update(orjson.dumps([payload.kind, payload.model_dump(mode="json")]))
    return digest.hexdigest()


# ---- the stream


def test_the_same_sizes_and_seed_are_the_same_stream_in_every_process():
    code = "import sys; sys.path.insert(0, 'tests/seed'); import test_synthetic; print(test_synthetic.fingerprint())"
    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert told == fingerprint()


def test_another_seed_is_another_stream():
    assert fingerprint() != fingerprint(Sizes(60, 240, 120, 45, seed=2))


def test_each_section_has_as_many_payloads_as_it_says_and_no_key_twice():
    for section in synthetic.sections(SIZES).sections:
        keys = [payload.key() for payload in section.payloads()]
        assert len(keys) == section.count, section.kind
        assert len(set(keys)) == section.count, section.kind


@pytest.mark.parametrize(
    "sizes", [Sizes(0, 0, 0, 0), Sizes(3, 0, 2, 1), Sizes(0, 5, 2, 3), Sizes(1, 1, 1, 9)]
)
def test_small_sizes_are_registers_too(sizes):
    for section in synthetic.sections(sizes).sections:
        assert len(list(section.payloads())) == section.count, section.kind


NAMES = {
    *("name", "title", "short_names", "former_names", "aliases", "address", "legal_representative"),
    *(
        "approved_name",
        "approved_address",
        "approved_trademark",
        "registrant_name",
        "owner_name",
        "text_original",
    ),
    *("goods", "place_as_printed", "description", "requirements", "method_note", "withdrawal_reason", "note"),
}


def test_every_name_is_plainly_fictional():
    for payload in payloads():
        for field in NAMES & type(payload).model_fields.keys():
            value = getattr(payload, field)
            for text in value if isinstance(value, tuple) else [value]:
                assert text is None or text.startswith("示例") or "（虚构）" in text, (field, text)
        english = getattr(payload, "name_en", None)
        assert english is None or "fictional" in english


def test_every_record_is_flagged_as_a_demonstration():
    for payload in payloads():
        assert payload.is_demonstration
        assert payload.source_level is VerificationLevel.DEMONSTRATION
        assert "虚构" in payload.source


def test_every_code_carries_tert_and_passes_both_checks():
    bodies = [payload for payload in payloads() if payload.kind is RecordKind.ORGANISATION]
    codes = [code for body in bodies for code in (body.uscc, *body.former_codes)]
    assert len(set(codes)) == len(codes)
    for code in codes:
        assert "TERT" in code
        assert Uscc.parse(code).inner_check_is_valid
    assert {code[:2] for code in codes} == {"91", "92", "93", "N2", "51"}


def test_trademark_numbers_lie_far_above_those_ever_given():
    numbers = [payload.registration_no for payload in payloads() if payload.kind is RecordKind.TRADEMARK]
    assert min(map(int, numbers)) > 980_000_000
    assert len(set(numbers)) < len(numbers), "one number may stand for two classes"


def test_areas_are_valid_and_inside_the_district_with_holes_and_parts_among_them():
    random = Sizes().random("test")
    outline = shape(district_outline())
    drawn = [shape(shapes.area(random)) for _ in range(300)]
    for area in drawn:
        assert area.is_valid
        assert outline.covers(area)
        rings = sum(1 + len(part.interiors) for part in area.geoms)
        assert shapes.FEWEST <= len(get_coordinates(area)) - rings <= shapes.MOST
    assert any(len(area.geoms) > 1 for area in drawn)
    assert any(part.interiors for area in drawn for part in area.geoms)
    vertices = sorted(len(get_coordinates(area)) for area in drawn)
    assert vertices[0] < 40
    assert vertices[-1] > 1_500


# ---- the register made of it


@pytest.fixture(scope="module")
def _filled(registers, tmp_path_factory):
    made: dict[str, Database] = {}

    def filled(backend: str, now) -> Database:
        if backend not in made:
            made[backend] = Database(registers.make(backend, "seeded"))
            synthetic.fill(made[backend], FixedClock(now), tmp_path_factory.mktemp("documents"), SIZES)
        return made[backend]

    yield filled
    for database in made.values():
        database.dispose()


@pytest.fixture
def filled(backend, _filled, clock) -> Database:
    """A small synthetic register beside the first data, on each database; tests leave it as it is."""
    return _filled(backend, clock.now())


def test_everything_is_published_beside_the_first_data(filled):
    counts = {section.kind: section.count for section in synthetic.sections(SIZES).sections}
    with filled.reading() as session:
        for kind, model in (
            (RecordKind.TRADEMARK, TrademarkRecord),
            (RecordKind.AUTHORISATION, Authorisation),
        ):
            number = model.registration_no if model is TrademarkRecord else model.code
            first = "99%" if model is TrademarkRecord else "QJ-AU-99%"
            assert session.scalar(select(func.count()).where(number.like(first))) == counts[kind]
        tert = select(func.count()).where(Organisation.uscc.like("__500114TERT%"))
        assert session.scalar(tert) == counts[RecordKind.ORGANISATION]
        assert session.scalar(select(func.count()).select_from(ProductionAreaGeometry)) >= SIZES.areas
        assert session.scalar(select(func.count()).select_from(Outbox)) > sum(counts.values()) / 3


def test_two_system_accounts_stand_behind_every_draft(filled):
    with filled.reading() as session:
        pairs = session.execute(select(Revision.submitted_person, Revision.decided_person).distinct()).all()
    assert ("synthetic-entry", "synthetic-review") in pairs
    assert all(first != second for first, second in pairs)


def test_the_audit_chain_holds(filled):
    with filled.reading() as session:
        assert list(auditing.broken_links(session)) == []


def test_loading_it_again_changes_nothing(filled, clock, tmp_path):
    def state():
        with filled.reading() as session:
            return session.execute(select(RegistryState.revision_number, RegistryState.audit_sequence)).one()

    before = state()
    assert synthetic.fill(filled, clock, tmp_path, SIZES) == 0
    assert state() == before


def questions():
    """Every firm without a product, and with a target of each sort."""
    for number in range(SIZES.organisations):
        yield permissions.code_of(number), None
    yield permissions.code_of(0), "shili-000000"
    yield permissions.code_of(1), "示例茶"
    yield permissions.code_of(1), "示例没有的产品"
    yield permissions.code_of(1), product_name(59)
    yield uscc(800_000, "91"), None


def test_every_outcome_and_every_reason_is_reached(filled, clock):
    found, cautions = set(), set()
    with filled.reading() as session:
        for code, target in questions():
            verdict = verify(session, code, target, now=clock.now())
            found.add((verdict.outcome, verdict.reason))
            cautions.add(verdict.caution)
            assert Caution.DEMONSTRATION in verdict.warnings or verdict.subject.name is None
    assert {outcome for outcome, _ in found} == set(Outcome)
    assert {reason for _, reason in found} == set(Reason)
    assert {Caution.UNDER_CORRECTION, Caution.PROTECTION_IN_GRACE} <= cautions


def test_a_former_code_and_the_number_of_an_authorisation_are_answered(filled, clock):
    former = next(p.former_codes[0] for p in permissions.organisations(SIZES) if p.former_codes)
    with filled.reading() as session:
        assert Caution.HISTORICAL_CODE in verify(session, former, now=clock.now()).warnings
        by_number = verify(session, authorisation_code(0), now=clock.now())
    assert by_number.outcome is Outcome.AUTHORISED


def test_histories_are_laid_out_around_the_tests_day(clock):
    assert china_date(clock.now()) == synthetic.sizes.LAID_AROUND
    assert {rights.right_of(number) for number in range(SIZES.products)} == set(rights.Right)
    told = {permissions.history_of(number) for number in range(SIZES.organisations)}
    assert told == set(permissions.History)


@pytest.mark.long
def test_the_command_fills_a_register(registers, tmp_path):
    url = registers.make("spatialite", "seeded")
    sizes = ["--products", "24", "--organisations", "30", "--trademarks", "10", "--areas", "3"]
    told = subprocess.run(
        [sys.executable, "-m", "seed.synthetic", *sizes, "--database-url", url],
        cwd=ROOT,
        env={**os.environ, "DIBIAO_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "records published" in told
    assert any((tmp_path / "documents").iterdir())


def test_nothing_happens_to_an_authorisation_before_its_grant():
    """Also in a large register, whose last grants and first ends lie near to each other."""
    permitted = permissions.Permissions(
        Sizes(products=1_500, organisations=10_000, trademarks=200, areas=100)
    )
    granted = {grant.code: grant.effective_on for grant in permitted.authorisations()}
    assert all(event.effective_on >= granted[event.authorisation] for event in permitted.events())
