"""What is exported comes back the same: holes, several parts, tiny ones, to the last of six decimals."""

from __future__ import annotations

import area_uploads as made
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, mapping

from service.register.surveying.exporting import Exported, write
from service.register.surveying.soundness import rounded

_NAMES = {"geojson": "a.geojson", "kml": "a.kml", "csv": "a.csv"}
# The district's own size down to 3 metres; cells of a grid never overlap.
_CELLS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=6, unique=True)
_SIZES = st.sampled_from([0.00003, 0.0007, 0.02, 0.1])
_TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=20)  # what a name on record may hold
_REACH = st.lists(st.floats(0.55, 1), min_size=4, max_size=24)


def star(middle, size, reach):
    """A ring seen from its middle, so that it never crosses itself."""
    from math import cos, pi, sin

    x, y = middle
    count = len(reach)
    return [
        (x + size * r * cos(2 * pi * k / count), y + size * r * sin(2 * pi * k / count))
        for k, r in enumerate(reach)
    ]


@st.composite
def areas(draw):
    size = draw(_SIZES)
    parts = []
    for column, row in draw(_CELLS):
        middle = 108.5 + 2.5 * size * column, 29.2 + 2.5 * size * row
        holes = [star(middle, size * 0.3, draw(_REACH))] if draw(st.booleans()) else []
        parts.append(Polygon(star(middle, size, draw(_REACH)), holes))
    return rounded(MultiPolygon(parts))


@pytest.mark.parametrize("wanted", _NAMES)
@settings(deadline=None, max_examples=25)
@given(area=areas(), name=_TEXT)
def test_an_area_comes_back_as_it_went_out(wanted, area, name):
    exported = Exported(name, dict(mapping(area)), {"product": name})
    found = made.surveyed(write([exported], wanted), _NAMES[wanted]).area
    assert found.is_valid
    assert shapely.get_coordinates(found).tolist() == shapely.get_coordinates(area).tolist()
    assert [len(part.interiors) for part in found.geoms] == [len(part.interiors) for part in area.geoms]
