"""What a new version of an area gains, loses and keeps."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon, mapping

from service.register.areas import Shape, area_ha
from service.register.comparing import compare

_OLD = shapely.box(108.7, 29.4, 108.75, 29.45)


def _geojson(shape: Polygon) -> dict[str, object]:
    return dict(mapping(shape))


def test_the_same_ground_is_all_kept():
    found = compare(_geojson(_OLD), _geojson(_OLD))
    assert (found.gained.geometry, found.lost.geometry) == (None, None)
    assert found.kept.hectares == area_ha(Shape.of(_OLD))


def test_a_hole_is_ground_lost():
    hole = shapely.box(108.71, 29.41, 108.72, 29.42)
    found = compare(_geojson(_OLD), _geojson(_OLD.difference(hole)))
    assert found.gained.hectares == 0
    assert found.lost.hectares == pytest.approx(area_ha(Shape.of(hole)), abs=0.1)


def test_ground_apart_is_gained_and_lost_whole():
    elsewhere = shapely.box(108.8, 29.4, 108.85, 29.45)
    found = compare(_geojson(_OLD), _geojson(elsewhere))
    assert found.kept.geometry is None
    assert found.gained.hectares == area_ha(Shape.of(elsewhere))
    assert found.lost.hectares == area_ha(Shape.of(_OLD))


def test_neighbours_that_only_touch_share_no_ground():
    found = compare(_geojson(_OLD), _geojson(shapely.box(108.75, 29.4, 108.8, 29.45)))
    assert found.kept.geometry is None


@given(
    sides=st.lists(st.floats(0.005, 0.06), min_size=4, max_size=4),
    east=st.floats(108.66, 108.76),
    north=st.floats(29.36, 29.46),
)
def test_the_parts_add_up_to_the_versions(sides, east, north):
    # Nearly: between two points a geodesic is not quite the line that a cut put a third point on (rel), and three
    # figures are each rounded to 0.1 ha (abs).
    new = shapely.box(east - sides[0], north - sides[1], east + sides[2], north + sides[3])
    found = compare(_geojson(_OLD), _geojson(new))
    assert found.kept.hectares + found.gained.hectares == pytest.approx(
        area_ha(Shape.of(new)), rel=3e-4, abs=0.16
    )
    assert found.kept.hectares + found.lost.hectares == pytest.approx(
        area_ha(Shape.of(_OLD)), rel=3e-4, abs=0.16
    )
