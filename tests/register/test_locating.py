"""Areas by box and by point: as the geometry library says, whichever index answers, and at once after an edit."""

from __future__ import annotations

import random
from datetime import date

import numpy as np
import pytest
import shapely
from conftest import BACKENDS
from factories import SQUARE, TODAY, a_product, a_protection, an_area, filled, published
from pyproj import Geod
from shapely.geometry import MultiPolygon, Point, box, mapping, shape
from sqlalchemy import select

from service.errors import RecordNotFound
from service.register.locating import (
    AreaIndex,
    Shelf,
    Wanted,
    areas_at,
    areas_in,
    areas_naming,
    areas_of_product,
)
from service.register.locating.measuring import Ground, box_around, covering, distances_m, metres_per_degree
from service.register.models import Division, Protection
from service.vocabulary import PointRelation, ProtectionState, Track

GEOD = Geod(ellps="GRS80")
INDEXES = {"held in memory": 50_000, "the database's": 0}


@pytest.fixture(params=INDEXES)
def index(request):
    return AreaIndex(INDEXES[request.param])


def a_blob(chance, west, south, size):
    """A ring with a hole and an island in the hole, wobbly; a second part beside it."""
    middle = (west + size / 2, south + size / 2)

    def ring(radius, points):
        turns = np.linspace(0, 2 * np.pi, points, endpoint=False)
        radii = [radius * chance.uniform(0.85, 1.0) for _ in turns]
        return [
            (middle[0] + r * np.cos(t), middle[1] + r * np.sin(t)) for r, t in zip(radii, turns, strict=True)
        ]

    whole = shapely.Polygon(ring(size / 2, 40), [ring(size / 4, 20)[::-1]])
    island = shapely.Polygon(ring(size / 9, 9))
    beside = box(west + size * 1.1, south, west + size * 1.5, south + size * 0.3)
    return MultiPolygon([whole, island, beside])


def _scatter(session):
    chance = random.Random(20261125)
    known = {}
    for step in range(6):
        found = a_blob(chance, 108.5 + step * 0.03, 29.4 + chance.uniform(0, 0.05), 0.1)
        payload = an_area(session, tier="drawn", geometry=mapping(found))
        known[payload.protection] = shape(payload.geometry)
    an_area(session)  # text only
    return known


@pytest.fixture(scope="module", params=BACKENDS)
def _scattered(request, registers):
    with filled(registers.make(request.param, "empty"), _scatter) as made:
        yield made


@pytest.fixture
def scattered(_scattered):
    """Overlapping areas of every kind, and what the geometry library knows of them, by record; for reading."""
    database, known = _scattered
    with database.writing() as session:
        yield session, known
        session.rollback()


def by_protection(session, rows):
    codes = dict(session.execute(select(Protection.id, Protection.code)).all())
    return {codes[row.protection_id] for row in rows}


def test_points_are_answered_as_the_geometry_library_answers_them(scattered, index):
    session, known = scattered
    chance = random.Random(7)
    points = [(chance.uniform(108.45, 108.85), chance.uniform(29.35, 29.6)) for _ in range(60)]
    points += [found.exterior.coords[0] for area in known.values() for found in area.geoms]
    points += [
        found.interiors[0].coords[3] for area in known.values() for found in area.geoms if found.interiors
    ]
    inside = 0
    for point in points:
        _, found = areas_at(session, index, point, TODAY)
        wanted = {code for code, area in known.items() if area.intersects(Point(point))}
        assert by_protection(session, [each.row for each in found]) == wanted, point
        assert all(each.relation is PointRelation.INSIDE and each.distance_m >= 0 for each in found)
        inside += len(wanted)
    assert inside > 20


def test_boxes_are_answered_as_the_geometry_library_answers_them(scattered, index):
    session, known = scattered
    chance = random.Random(8)
    for _ in range(25):
        west, south = chance.uniform(108.4, 108.9), chance.uniform(29.3, 29.7)
        asked = (west, south, west + chance.uniform(0, 0.1), south + chance.uniform(0, 0.1))
        _, rows = areas_in(session, index, TODAY, asked)
        touched = {code for code, area in known.items() if box(*area.bounds).intersects(box(*asked))}
        assert by_protection(session, rows) == touched, asked


def test_without_a_box_an_area_without_a_shape_is_listed_too(scattered, index):
    session, known = scattered
    assert len(areas_in(session, index, TODAY)[1]) == len(known) + 1
    assert b"null" in index.geometries(session, areas_in(session, index, TODAY)[1], 8)


@pytest.mark.parametrize("metres", [0.5, 12.0, 800.0, 1_900.0])
@pytest.mark.parametrize("heading", [90.0, 270.0])
def test_distances_are_true_metres_positive_inside(session, index, metres, heading):
    an_area(session, tier="drawn", geometry=SQUARE)
    west, _, east, _ = shape(SQUARE).bounds
    edge = east if heading == 90 else west
    longitude, latitude, _ = GEOD.fwd(edge, 29.45, heading, metres)
    _, (found,) = areas_at(session, index, (longitude, latitude), TODAY, 2_000)
    assert found.relation is PointRelation.NEARBY
    assert found.distance_m == pytest.approx(-metres, rel=1e-6, abs=1e-3)
    longitude, latitude, _ = GEOD.fwd(edge, 29.45, heading + 180, metres)
    _, (found,) = areas_at(session, index, (longitude, latitude), TODAY)
    assert found.relation is PointRelation.INSIDE
    assert found.distance_m == pytest.approx(metres, rel=1e-6, abs=1e-3)


def test_what_is_further_than_asked_is_not_nearby(session, index):
    an_area(session, tier="drawn", geometry=SQUARE)
    longitude, latitude, _ = GEOD.fwd(108.8, 29.45, 90, 2_001)
    assert areas_at(session, index, (longitude, latitude), TODAY, 2_000)[1] == []


def test_an_approximate_area_is_about_here_and_has_no_distance(session, index):
    an_area(session, tier="approximate", geometry=SQUARE)
    _, (found,) = areas_at(session, index, (108.75, 29.45), TODAY)
    assert (found.relation, found.distance_m) == (PointRelation.ABOUT_HERE, None)
    beside = GEOD.fwd(108.8, 29.45, 90, 10)[:2]
    assert areas_at(session, index, beside, TODAY, 2_000)[1] == []


def test_a_day_decides_which_version_and_which_state(session, index):
    protection = a_protection(session, begins=date(2015, 1, 1), track="gi_product")
    an_area(
        session,
        protection,
        tier="drawn",
        geometry=SQUARE,
        valid_from=date(2015, 1, 1),
        valid_to=date(2020, 1, 1),
    )
    moved = mapping(shapely.transform(shape(SQUARE), lambda at: at - (0, 0.15)))
    an_area(session, protection, tier="drawn", geometry=moved, version_no=2, valid_from=date(2020, 1, 1))
    here = (108.75, 29.45)
    areas, (old,) = areas_at(session, index, here, date(2019, 12, 31))
    assert old.row.version_no == 1
    assert areas.standing(old.row, date(2019, 12, 31), TODAY).state is ProtectionState.IN_FORCE
    assert areas.standing(old.row, date(2014, 12, 31), TODAY).state is not ProtectionState.IN_FORCE
    assert areas_at(session, index, here, date(2020, 1, 1))[1] == []
    assert areas_at(session, index, here, date(2014, 12, 31))[1] == []


def test_filters_leave_the_rest_out(session, index):
    product = a_product(session)
    an_area(session, a_protection(session, product), tier="drawn", geometry=SQUARE)
    an_area(
        session, a_protection(session, track="agri_gi", event="registered"), tier="drawn", geometry=SQUARE
    )
    assert len(areas_in(session, index, TODAY, None, Wanted(tracks={Track.AGRI_GI}))[1]) == 1
    assert len(areas_in(session, index, TODAY, None, Wanted(products={product.slug}))[1]) == 1
    assert areas_in(session, index, TODAY, None, Wanted(categories={"nothing"}))[1] == []
    assert len(areas_of_product(session, index, product.slug)[1]) == 1
    with pytest.raises(RecordNotFound):
        areas_of_product(session, index, "no-such-product")


def test_an_edit_is_in_the_very_next_answer(register, index):
    """Publishing, changing and withdrawing, each seen by the first question after it."""
    here, there = (108.75, 29.45), (108.75, 29.30)

    def found(point):
        with register.reading() as session:
            return len(areas_at(session, index, point, TODAY)[1])

    assert found(here) == 0
    with register.writing() as session:
        protection = a_protection(session)
        payload = an_area(session, protection, tier="drawn", geometry=SQUARE)
    assert found(here) == 1
    facts = payload.model_dump(exclude={"kind", "protection"})
    with register.writing() as session:
        moved = mapping(shapely.transform(shape(SQUARE), lambda at: at - (0, 0.15)))
        an_area(session, protection, **{**facts, "geometry": moved})
    assert (found(here), found(there)) == (0, 1)
    with register.writing() as session:
        gone = {"geometry": moved, "withdrawal": "gone", "withdrawal_reason": "误录"}
        an_area(session, protection, **{**facts, **gone})
    assert (found(here), found(there)) == (0, 0)


def test_the_text_names_townships_whatever_the_shape(session, index):
    published(session, "division", slug="ceshi-zhen", name="测试镇", division_kind="town")
    an_area(session, divisions=["测试镇"])
    division_id = session.scalar(select(Division.id).where(Division.slug == "ceshi-zhen"))
    _, (found,) = areas_naming(session, index, division_id, TODAY)
    assert (found.relation, found.role.value) == (PointRelation.NAMED, "included")


# ---- pure


@pytest.mark.parametrize("latitude", [0.0, 29.5, -60.0, 89.9])
def test_a_degree_is_as_long_as_on_the_ellipsoid(latitude):
    east, north = metres_per_degree(latitude)
    _, _, along = GEOD.inv(108.0, latitude, 108.000001, latitude)
    _, _, across = GEOD.inv(108.0, latitude - 5e-7, 108.0, latitude + 5e-7)
    assert east * 1e-6 == pytest.approx(along, rel=1e-4)
    assert north * 1e-6 == pytest.approx(across, rel=1e-4)


@pytest.mark.parametrize("latitude", [0.0, 29.5, -75.0])
def test_the_box_around_a_point_holds_the_circle(latitude):
    west, south, east, north = box_around(108.0, latitude, 20_000)
    for heading in range(0, 360, 15):
        longitude, found, _ = GEOD.fwd(108.0, latitude, heading, 20_000)
        assert west <= longitude <= east
        assert south <= found <= north


def test_a_point_on_the_border_is_inside_at_no_distance():
    ground = Ground.of(MultiPolygon([shape(SQUARE)]))
    assert covering([ground], 108.7, 29.45) == [True]
    assert distances_m([ground], 108.7, 29.45) == [pytest.approx(0, abs=1e-6)]


def test_the_border_of_a_hole_and_of_an_island_is_a_border():
    island = box(108.749, 29.449, 108.751, 29.451)
    ground = Ground.of(MultiPolygon([shape(SQUARE) - box(108.74, 29.44, 108.76, 29.46), island]))
    east, _ = metres_per_degree(29.45)
    for longitude, degrees, is_inside in (
        (108.739, 0.001, True),
        (108.7412, 0.0012, False),
        (108.7485, 0.0005, False),
    ):
        assert (
            distances_m([ground, ground], longitude, 29.45) == [pytest.approx(east * degrees, rel=1e-4)] * 2
        )
        assert covering([ground], longitude, 29.45) == [is_inside]


@pytest.mark.parametrize("latitude", [90.0, -90.0])
def test_the_poles_break_nothing(latitude):
    ground = Ground.of(MultiPolygon([shape(SQUARE)]))
    assert distances_m([ground], 180.0, latitude)[0] > 1e6
    assert distances_m([], 0.0, latitude) == []


def test_a_shelf_never_holds_more_than_its_capacity():
    shelf = Shelf(10, len)
    for number in range(20):
        shelf.put(number, b"xxx")
        assert shelf.weight <= 10
    assert shelf.get(19) == b"xxx"
    assert shelf.get(0) is None
    assert shelf.put("heavy", b"x" * 11) == b"x" * 11
    assert shelf.get("heavy") is None
