"""Invariants of the domain reference, 7.5, of the trail and of loading again; each test names its own."""

from __future__ import annotations

from datetime import date

import pytest
from factories import NOW, a_product, a_reviewer, a_uscc, an_authorisation, an_authorisation_event, an_editor
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from service.register import auditing, importing
from service.register.models import AuditEvent, Base, RegistryState, Revision

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
