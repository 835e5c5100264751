"""Areas counted by place: none lost, marks apart."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from maps.counting import count_by_place

_SIDES = st.tuples(st.floats(108.4, 109.0), st.floats(29.0, 29.9), st.floats(0, 0.2), st.floats(0, 0.2))
_AREAS = st.lists(st.tuples(st.sampled_from(["gi_product", "agri_gi"]), _SIDES), min_size=1, max_size=60)


@given(areas=_AREAS, zoom=st.integers(0, 18))
def test_every_area_is_counted_once_and_lies_in_its_box(areas, zoom) -> None:
    boxes = [(track, (x, y, x + across, y + up)) for track, (x, y, across, up) in areas]
    counts = count_by_place(boxes, zoom)
    assert sum(sum(count.tracks.values()) for count in counts) == len(boxes)
    for count in counts:
        west, south, east, north = count.bounds
        inside = [box for _, box in boxes if west <= box[0] and box[2] <= east and south <= box[1]]
        assert len(inside) >= sum(count.tracks.values())
        assert south <= north


@given(areas=_AREAS)
def test_marks_stand_apart(areas) -> None:
    boxes = [(track, (x, y, x + across, y + up)) for track, (x, y, across, up) in areas]
    pixel = 360 / (256 * 2**9)
    marks = [(count.longitude, count.latitude) for count in count_by_place(boxes, 9)]
    for (x0, y0), (x1, y1) in combinations(marks, 2):
        assert max(abs(x1 - x0), abs(y1 - y0)) >= 44 * pixel


def test_the_order_of_the_areas_does_not_matter() -> None:
    boxes = [("gi_product", (108.5, 29.1, 108.6, 29.2)), ("agri_gi", (108.7, 29.5, 108.8, 29.6))]
    assert count_by_place(boxes, 9) == count_by_place(boxes[::-1], 9)
