"""Colours hold for every reader, and the legend names what is drawn."""

from itertools import combinations

import numpy as np
import pytest

from maps import Tier
from maps.difference import CHANGE_COLOURS
from maps.palette import LAND, PAPER, PLACE_COLOURS, TRACK_COLOURS, legend, path_options

# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
_SIGHT = {
    "normal": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.3039],
    ],
}
_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def _linear(colour: str) -> np.ndarray:
    value = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def _luminance(colour: str) -> float:
    return float(_XYZ[1] @ _linear(colour))


def _lab(linear: np.ndarray) -> np.ndarray:
    xyz = _XYZ @ np.clip(linear, 0, 1) / np.array([0.95047, 1, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("ground", [LAND, PAPER])
@pytest.mark.parametrize(
    "colour", [*TRACK_COLOURS.values(), *PLACE_COLOURS.values(), *CHANGE_COLOURS.values()]
)
def test_every_colour_stands_out_from_the_ground(colour: str, ground: str) -> None:
    lighter, darker = sorted((_luminance(colour), _luminance(ground)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4


@pytest.mark.parametrize("colours", [TRACK_COLOURS, CHANGE_COLOURS], ids=["tracks", "changes"])
@pytest.mark.parametrize("sight", _SIGHT)
def test_no_two_look_alike_to_any_eye(sight: str, colours: dict[str, str]) -> None:
    seen = [_lab(np.array(_SIGHT[sight]) @ _linear(colour)) for colour in colours.values()]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)) >= 20


def test_the_legend_has_one_row_for_each_right_and_tier(an_area) -> None:
    areas = [
        an_area(),
        an_area(id="2"),
        an_area(tier=Tier.DRAWN),
        an_area(track="agri_gi", tier=Tier.TEXT_ONLY),
    ]
    rows = [(row.track, row.tier) for row in legend(areas)]
    assert rows == [("gi_product", "approximate"), ("gi_product", "drawn"), ("agri_gi", "text_only")]


def test_an_approximate_area_never_has_an_edge_not_even_when_chosen() -> None:
    for track in TRACK_COLOURS:
        options = path_options()[f"{track}/approximate"]
        assert options["stroke"] is False
        assert "stroke" not in options["chosen"]
        assert "weight" not in options["chosen"]


def test_where_many_overlap_surfaces_are_fainter_and_still_patterned() -> None:
    plain, quiet = path_options(), path_options(is_crowded=True)
    for pair, options in quiet.items():
        assert options["color"] == plain[pair]["color"]
        assert options["chosen"] == plain[pair]["chosen"]
        if pair.endswith(("/drawn", "/town_union")):
            assert options["fillOpacity"] < plain[pair]["fillOpacity"] / 2
        if pair.endswith("/approximate"):
            assert "quiet" in options["fillColor"]
