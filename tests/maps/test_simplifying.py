"""Shapes for a zoom: valid, complete, in six decimals, no further from the truth than a pixel."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, box, shape

from maps.simplifying import FINEST_ZOOM, geojson_bytes, simplified, tolerance_degrees

numbers = st.integers(0, 2**32 - 1)
zooms = st.none() | st.integers(0, 24)


def a_land(seed: int) -> MultiPolygon:
    """A district of one to four valid parts, some with holes, of 4 to 200 vertices, from 1 m to 60 km across."""
    chance = np.random.default_rng(seed)
    parts = []
    for place in range(chance.integers(1, 5)):
        size = 10 ** chance.uniform(-5, -0.5)
        turns = np.sort(chance.uniform(0, 2 * np.pi, chance.integers(4, 200)))
        radii = size * chance.uniform(0.4, 1, len(turns))
        middle = (108.5 + place * 1.2, 29.5)
        ring = np.column_stack((middle[0] + radii * np.cos(turns), middle[1] + radii * np.sin(turns)))
        part = shapely.Polygon(ring)
        if chance.random() < 0.5:
            hole = shapely.Polygon(middle + (ring - middle) * 0.3)
            part = part.difference(hole) if hole.is_valid and part.is_valid else part
        if part.is_valid and part.geom_type == "Polygon" and part.area > 0:
            parts.append(part)
    return MultiPolygon(parts or [box(108.7, 29.4, 108.8, 29.5)])


@settings(deadline=None, max_examples=200)
@given(numbers, zooms)
def test_every_zoom_keeps_a_shape_valid_and_whole(seed, zoom):
    land = a_land(seed)
    found = shape(json.loads(geojson_bytes(land, zoom)))
    assert found.is_valid
    assert not found.is_empty
    assert len(found.geoms) >= len(land.geoms)
    if zoom is not None and zoom < FINEST_ZOOM:
        assert len(shapely.get_coordinates(found)) <= len(shapely.get_coordinates(land)) + 4


@settings(deadline=None, max_examples=100)
@given(numbers, st.integers(4, 18))
def test_a_simplified_border_stays_within_a_pixel(seed, zoom):
    land = a_land(seed)
    distance = shapely.hausdorff_distance(land.boundary, simplified(land, zoom).boundary)
    assert distance <= 2 * tolerance_degrees(zoom) + 1e-6


@settings(deadline=None, max_examples=100)
@given(numbers)
def test_full_precision_keeps_every_vertex_in_six_decimals(seed):
    land = a_land(seed)
    found = shape(json.loads(geojson_bytes(land)))
    assert shapely.hausdorff_distance(land.boundary, found.boundary) <= 1.5e-6
    coordinates = shapely.get_coordinates(found)
    is_rounded = np.array_equal(coordinates, np.round(coordinates, 6))
    assert is_rounded or not shapely.transform(land, lambda at: np.round(at, 6)).is_valid


@settings(deadline=None, max_examples=50)
@given(numbers, zooms)
def test_rings_turn_as_the_standard_asks(seed, zoom):
    for part in shape(json.loads(geojson_bytes(a_land(seed), zoom))).geoms:
        assert part.exterior.is_ccw
        assert not any(hole.is_ccw for hole in part.interiors)


def test_a_field_is_still_there_on_a_map_of_the_world():
    field = MultiPolygon([box(108.7, 29.4, 108.7001, 29.4001)])
    assert shape(json.loads(geojson_bytes(field, 0))).area > 0


def test_a_sliver_that_rounding_would_fold_is_kept():
    sliver = shapely.Polygon([(108.7, 29.4), (108.8, 29.4000001), (108.8, 29.4000002)])
    land = MultiPolygon([box(108.5, 29.4, 108.6, 29.5), sliver])
    found = shape(json.loads(geojson_bytes(land)))
    assert found.is_valid
    assert len(found.geoms) == 2


@pytest.mark.parametrize("zoom", [19, 24])
def test_the_finest_zooms_leave_nothing_out(zoom):
    land = a_land(5)
    assert geojson_bytes(land, zoom) == geojson_bytes(land)


def test_the_same_shape_gives_the_same_bytes():
    assert geojson_bytes(a_land(9), 10) == geojson_bytes(a_land(9), 10)
