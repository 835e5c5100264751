"""Spatial conditions: right on both databases, and through the index on both."""

from __future__ import annotations

import os
import random

import pytest
import shapely
from conftest import BACKENDS
from factories import SQUARE, a_product, a_protection, an_area, filled
from sqlalchemy import func, literal_column, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from service.errors import CannotConfirm
from service.register import areas
from service.register.database import SAFE_SQLITE, spatial_dbapi
from service.register.locating.reading import in_box, read_bounds, read_rows, rows_statement
from service.register.models import ProductionAreaGeometry, ProductionAreaVersion
from service.register.spatial import bbox_hits, point_in

HOLE = [[108.74, 29.44], [108.74, 29.46], [108.76, 29.46], [108.76, 29.44], [108.74, 29.44]]
ISLAND = [[[108.745, 29.445], [108.755, 29.445], [108.755, 29.455], [108.745, 29.455], [108.745, 29.445]]]
SHAPE = {"type": "MultiPolygon", "coordinates": [[SQUARE["coordinates"][0], HOLE], ISLAND]}
WHOLE = shapely.geometry.shape(SHAPE)


def a_field(west, south, size=0.01):
    ring = [
        [west, south],
        [west + size, south],
        [west + size, south + size],
        [west, south + size],
        [west, south],
    ]
    return {"type": "Polygon", "coordinates": [ring]}


def a_neighbours_right(session):
    """A right whose area may lie outside the district."""
    return a_protection(session, a_product(session, home_relation="outside"))


def _shapes(session):
    an_area(session, tier="drawn", geometry=SHAPE)
    for step in range(5):
        an_area(session, a_neighbours_right(session), tier="drawn", geometry=a_field(109 + step / 10, 30))


@pytest.fixture(scope="module", params=BACKENDS)
def _shaped(request, registers):
    with filled(registers.make(request.param, "empty"), _shapes) as (database, _):
        yield database


@pytest.fixture
def shaped(_shaped):
    """One area with a hole, an island in the hole, and a few fields far away; for reading."""
    with _shaped.writing() as session:
        yield session
        session.rollback()


def plan(session, statement):
    compiled = statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    if session.get_bind().dialect.name == "sqlite":
        return "\n".join(row[-1] for row in session.execute(text(f"EXPLAIN QUERY PLAN {compiled}")))
    session.execute(text("SET LOCAL enable_seqscan = off"))
    return "\n".join(row[0] for row in session.execute(text(f"EXPLAIN {compiled}")))


def uses_the_index(session, statement):
    said = plan(session, statement)
    if session.get_bind().dialect.name == "sqlite":
        # The R-tree is read by its box, and no geometry row is looked at but by its number.
        assert "VIRTUAL TABLE INDEX" in said, said
        assert "SCAN production_area_geometry" not in said, said
        assert "SCAN g" not in said, said
    else:
        assert "idx_production_area_geometry_geometry" in said, said


BOX = (108.69, 29.39, 108.81, 29.51)
geometry = ProductionAreaGeometry.geometry


def test_a_box_finds_what_it_touches_and_nothing_else(shaped):
    assert (
        shaped.scalar(
            select(func.count()).select_from(ProductionAreaGeometry).where(bbox_hits(geometry, *BOX))
        )
        == 1
    )
    assert (
        shaped.scalar(
            select(func.count())
            .select_from(ProductionAreaGeometry)
            .where(bbox_hits(geometry, 100, 20, 101, 21))
        )
        == 0
    )


def test_a_box_is_answered_from_the_index(shaped):
    uses_the_index(shaped, select(ProductionAreaGeometry.area_id).where(bbox_hits(geometry, *BOX)))


def test_a_box_is_answered_from_the_index_on_an_aliased_table(shaped):
    other = aliased(ProductionAreaGeometry, name="g")
    statement = select(other.area_id).where(bbox_hits(other.geometry, *BOX))
    uses_the_index(shaped, statement)
    assert len(shaped.scalars(statement).all()) == 1


def test_a_box_is_answered_from_the_index_inside_a_subquery(shaped):
    inside = select(ProductionAreaGeometry.area_id).where(bbox_hits(geometry, *BOX))
    statement = select(ProductionAreaVersion.id).where(ProductionAreaVersion.id.in_(inside))
    uses_the_index(shaped, statement)
    assert len(shaped.scalars(statement).all()) == 1


def test_a_box_in_one_subquery_does_not_confuse_another_use_of_the_table(shaped):
    other = aliased(ProductionAreaGeometry)
    statement = (
        select(func.count())
        .select_from(ProductionAreaGeometry)
        .join(other, other.id != ProductionAreaGeometry.id)
        .where(bbox_hits(geometry, *BOX), bbox_hits(other.geometry, 109, 30, 110, 31))
    )
    assert shaped.scalar(statement) == 5


def test_a_point_is_looked_up_through_the_index(shaped):
    uses_the_index(shaped, select(ProductionAreaGeometry.area_id).where(point_in(geometry, 108.71, 29.41)))


def covers(session, longitude, latitude):
    statement = (
        select(func.count())
        .select_from(ProductionAreaGeometry)
        .where(point_in(geometry, longitude, latitude))
    )
    return session.scalar(statement) > 0


def test_a_point_lies_inside_exactly_where_the_geometry_library_says_so(shaped):
    chance = random.Random(20261123)
    for _ in range(150):
        point = (round(chance.uniform(108.68, 108.82), 6), round(chance.uniform(29.38, 29.52), 6))
        assert covers(shaped, *point) == WHOLE.intersects(shapely.Point(point)), point


@pytest.mark.parametrize(
    ("point", "inside"),
    [
        ((108.7, 29.4), True),
        ((108.75, 29.4), True),
        ((108.7, 29.45), True),
        ((108.74, 29.45), True),
        ((108.742, 29.45), False),
        ((108.75, 29.45), True),
        ((108.745, 29.445), True),
        ((108.699999, 29.45), False),
        ((108.800001, 29.45), False),
    ],
)
def test_borders_belong_to_an_area_and_holes_do_not(shaped, point, inside):
    assert covers(shaped, *point) == inside == WHOLE.intersects(shapely.Point(point))


def test_a_changed_geometry_is_found_at_its_new_place_only(session):
    protection = a_neighbours_right(session)
    an_area(session, protection, tier="drawn", geometry=SQUARE)
    an_area(session, protection, tier="drawn", geometry=a_field(109, 30))
    session.flush()
    assert covers(session, 109.005, 30.005)
    assert not covers(session, 108.75, 29.45)


def test_what_goes_in_comes_out_longitude_first(shaped):
    stored = areas.geojson_of(shaped.scalars(select(geometry).order_by(ProductionAreaGeometry.id)).first())
    assert shapely.geometry.shape(stored).equals(WHOLE)


def test_the_database_refuses_another_reference_system_or_kind(session):
    an_area(session)
    point = "SELECT id, ST_GeomFromText('POINT(108 29)', 4490) FROM production_area_version"
    with pytest.raises(DBAPIError):
        session.execute(text(f"INSERT INTO production_area_geometry (area_id, geometry) {point}"))


# ---- SpatiaLite itself


@pytest.fixture
def lite(registers, opened):
    return opened(registers.make("spatialite", "empty"))


def test_sqlite_is_new_enough_to_keep_every_committed_write(lite):
    """Older ones have the WAL-reset bug."""
    assert spatial_dbapi().sqlite_version_info >= SAFE_SQLITE
    with lite.writing() as session:
        found = session.scalar(select(func.sqlite_version()))
        assert tuple(map(int, found.split("."))) >= SAFE_SQLITE
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA synchronous")) == 2
        assert session.scalar(text("PRAGMA foreign_keys")) == 1


def test_spatialites_dangerous_functions_stay_shut(lite):
    assert "SPATIALITE_SECURITY" not in os.environ
    with lite.reading() as session:
        for call in ("BlobFromFile('/etc/hostname')", "ImportDXF('/etc/hostname')", "eval('SELECT 1')"):
            try:
                found = session.scalar(select(literal_column(call)))
            except DBAPIError:
                continue
            assert not found


def test_sql_cannot_load_an_extension(lite):
    for engine in (lite._read_engine, lite.write_engine):
        with pytest.raises(DBAPIError, match="not authorized"), engine.connect() as connection:
            connection.execute(text("SELECT load_extension('mod_spatialite')"))


def test_a_reading_session_cannot_write(register):
    with pytest.raises((DBAPIError, CannotConfirm)), register.reading() as session:
        session.execute(text("DELETE FROM outbox"))


def test_a_reading_session_sees_one_moment(register):
    with register.writing() as session:
        a_product(session)
    count = text("SELECT count(*) FROM gi_product")
    with register.reading() as reader:
        before = reader.scalar(count)
        with register.writing() as session:
            a_product(session)
        assert reader.scalar(count) == before == 1


def test_the_reads_of_maps_go_through_the_index(shaped):
    """The very statement that a large register's boxes and points are answered with."""
    statement = rows_statement(in_box(BOX))
    uses_the_index(shaped, statement)
    assert "SCAN production_area_version" not in plan(shaped, statement)
    assert len(read_rows(shaped, in_box(BOX))) == 1


def test_a_point_is_looked_up_through_the_index_on_an_aliased_table(shaped):
    other = aliased(ProductionAreaGeometry, name="g")
    statement = select(other.area_id).where(point_in(other.geometry, 108.71, 29.41))
    uses_the_index(shaped, statement)
    assert len(shaped.scalars(statement).all()) == 1


def test_the_box_of_a_shape_is_exact_on_both_databases(shaped):
    (row,) = read_rows(shaped, in_box(BOX))
    assert read_bounds(shaped, [row.id]) == {row.id: WHOLE.bounds}
