"""The same migrations on both databases: up, down, up again, and nothing spatial lost on the way."""

from __future__ import annotations

import pytest
from factories import SQUARE, an_area
from sqlalchemy import func, inspect, select, text

from seed import load
from service.register import auditing, migrating
from service.register.database import Database, spatial_problems
from service.register.models import Base, GiProduct, Lead, ProductionAreaGeometry, new_ulid
from service.register.spatial import bbox_hits
from service.vocabulary import LeadChannel


@pytest.fixture
def bare(backend, registers, opened, tmp_path):
    """A database without any table."""
    name = f"bare_{tmp_path.name.lower().replace('-', '_')[:40]}"
    return opened(registers._new(backend, name))


def tables(database: Database) -> set[str]:
    return set(inspect(database.write_engine).get_table_names()) & set(Base.metadata.tables)


def test_an_empty_database_goes_up_down_and_up_again(bare):
    migrating.migrate(bare)
    assert tables(bare) == set(Base.metadata.tables)
    migrating.downgrade(bare)
    assert tables(bare) == set()
    migrating.migrate(bare)
    assert tables(bare) == set(Base.metadata.tables)
    assert migrating.is_current(bare)
    assert spatial_problems(bare) == []


def test_a_register_can_be_used_after_going_down_and_up(bare):
    migrating.migrate(bare)
    migrating.downgrade(bare)
    migrating.migrate(bare)
    with bare.writing() as session:
        an_area(session, tier="drawn", geometry=SQUARE)
    with bare.reading() as session:
        hits = (
            select(func.count())
            .select_from(ProductionAreaGeometry)
            .where(bbox_hits(ProductionAreaGeometry.geometry, 108, 29, 109, 30))
        )
        assert session.scalar(hits) == 1


def test_models_and_migrations_agree(register):
    migrating.check(register)


def test_migrating_again_changes_nothing(register):
    migrating.migrate(register)
    assert migrating.is_current(register)


def test_a_filled_register_survives_the_guards_being_taken_off_and_put_on(seeded):
    """Down one step and up again, with the first data in place."""
    with seeded.reading() as session:
        before = (
            session.scalar(select(func.count()).select_from(GiProduct)),
            session.scalar(select(func.count()).select_from(ProductionAreaGeometry)),
        )
    migrating.downgrade(seeded, "-1")
    assert not migrating.is_current(seeded)
    migrating.migrate(seeded)
    migrating.check(seeded)
    assert spatial_problems(seeded) == []
    with seeded.reading() as session:
        after = (
            session.scalar(select(func.count()).select_from(GiProduct)),
            session.scalar(select(func.count()).select_from(ProductionAreaGeometry)),
        )
        assert after == before
        assert list(auditing.broken_links(session)) == []


def test_a_filled_register_can_be_taken_down_whole(seeded, clock, tmp_path):
    migrating.downgrade(seeded)
    assert tables(seeded) == set()
    migrating.migrate(seeded)
    assert load.is_empty(seeded)


def test_leads_that_are_there_came_by_the_form_of_the_site(bare):
    migrating.migrate(bare, "0018")
    row = {
        "receipt": "XS20261123-222222",
        "form_ulid": new_ulid(),
        "ulid": new_ulid(),
        "moment": "2026-11-23 04:00:00+00:00",
        "day": "2026-11-23",
    }
    with bare.writing() as session:
        session.execute(
            text(
                "INSERT INTO lead (id, ulid, receipt, form_ulid, kind, state, description, checked, received_at,"
                " received_on) VALUES (1, :ulid, :receipt, :form_ulid, 'report', 'received', '示例', '{}', :moment,"
                " :day)"
            ),
            row,
        )
    migrating.migrate(bare)
    with bare.reading() as session:
        found = session.execute(select(Lead.receipt, Lead.channel, Lead.channel_number)).one()
        assert found == (row["receipt"], LeadChannel.WEB, None)


def test_a_database_of_an_older_schema_is_not_current(bare):
    migrating.migrate(bare, "0001")
    assert not migrating.is_current(bare)


@pytest.mark.parametrize(
    ("loss", "told"),
    [
        ("SELECT DiscardGeometryColumn('production_area_geometry', 'geometry')", "registered"),
        ("SELECT DisableSpatialIndex('production_area_geometry', 'geometry')", "registered"),
        (
            "UPDATE geometry_columns SET srid = 4490 WHERE f_table_name = 'production_area_geometry'",
            "registered",
        ),
    ],
)
def test_a_lost_spatial_registration_is_noticed(registers, opened, loss, told):
    """Negative control: a check that cannot fail checks nothing."""
    database = opened(registers.make("spatialite", "empty"))
    assert spatial_problems(database) == []
    with database.writing() as session:
        session.execute(text(loss))
    assert any(told in problem for problem in spatial_problems(database))
    with pytest.raises(RuntimeError, match="spatial"):
        migrating.migrate(database)


def test_lost_spatial_triggers_are_noticed(registers, opened):
    database = opened(registers.make("spatialite", "empty"))
    named = text(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'production_area_geometry'"
    )
    with database.writing() as session:
        for name in session.scalars(named).all():
            session.execute(text(f'DROP TRIGGER "{name}"'))
    assert any("triggers" in problem for problem in spatial_problems(database))
