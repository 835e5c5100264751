"""Invariants of the domain reference, 7.5, of production areas and their shapes; each test names its own."""

from __future__ import annotations

from datetime import date

import pytest
import shapely
from factories import SQUARE, a_protection, an_area
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from service.errors import FieldNotAllowed, RegisterError
from service.register import areas
from service.register.models import ProductionAreaGeometry, ProductionAreaVersion
from service.vocabulary import AreaTier

HOLE = {
    "type": "Polygon",
    "coordinates": [
        *SQUARE["coordinates"],
        [[108.72, 29.42], [108.72, 29.44], [108.74, 29.44], [108.74, 29.42], [108.72, 29.42]],
    ],
}


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
