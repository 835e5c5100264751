"""Made-up areas inside the district: stars around a point, some in two parts, some with a hole."""

from __future__ import annotations

import math
from functools import cache
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import Point, shape

from service.register.areas import district_outline

FEWEST, MOST = 20, 2_000
"""Vertices of an area, over all its rings."""

_CENTRES = 400
_LEAST_ROOM = 0.006
_WAVES = 5
_DECIMALS = 6
_Ring = list[list[float]]


def area(random: Random) -> dict[str, Any]:
    """Return a GeoJSON MultiPolygon of 20 to 2,000 vertices inside the district; small ones are commoner."""
    east, north, room = random.choice(_centres())
    vertices = round(math.exp(random.uniform(math.log(FEWEST), math.log(MOST))))
    radius = room * random.uniform(0.4, 0.95)
    form = random.random()
    if form < 0.15 and vertices >= 2 * FEWEST:  # noqa: PLR2004  (about one area in seven has two parts)
        half = radius / 2
        parts = [[_ring(random, east + side * half, north, half * 0.9, vertices // 2)] for side in (-1, 1)]
    elif form < 0.3 and vertices >= 2 * FEWEST:  # noqa: PLR2004  (and one in seven a hole)
        outer = _ring(random, east, north, radius, vertices - vertices // 4)
        hole = _ring(random, east, north, radius * _LEAST * 0.8, vertices // 4)
        parts = [[outer, hole[::-1]]]
    else:
        parts = [[_ring(random, east, north, radius, vertices)]]
    return {"type": "MultiPolygon", "coordinates": parts}


_LEAST = 0.35
"""How near to its centre a star may come, as a part of its radius."""


def _ring(random: Random, east: float, north: float, radius: float, vertices: int) -> _Ring:
    """Return a closed ring whose every point is seen from its centre, so that it never crosses itself."""
    angles = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    reach = np.zeros(vertices)
    for wave in range(1, _WAVES + 1):
        reach += random.random() / wave * np.sin(wave * angles + random.uniform(0, 2 * math.pi))
    jitter = np.random.Generator(np.random.PCG64(random.getrandbits(64))).random(vertices) * 0.05
    part = _LEAST + (1 - _LEAST - 0.05) * _stretched(reach) + jitter
    points = np.column_stack((east + radius * part * np.cos(angles), north + radius * part * np.sin(angles)))
    ring: _Ring = points.round(_DECIMALS).tolist()
    return [*ring, ring[0]]


def _stretched(reach: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    spread = reach.max() - reach.min()
    return (reach - reach.min()) / spread if spread else np.ones_like(reach)


@cache
def _centres() -> tuple[tuple[float, float, float], ...]:
    """Return points of the district with the room around each, in degrees; always the same ones."""
    outline = shape(district_outline())
    shapely.prepare(outline)
    random = Random("centres")
    west, south, east, north = outline.bounds
    found: list[tuple[float, float, float]] = []
    while len(found) < _CENTRES:
        point = Point(random.uniform(west, east), random.uniform(south, north))
        room = outline.boundary.distance(point)
        if outline.covers(point) and room >= _LEAST_ROOM:
            found.append((point.x, point.y, room))
    return tuple(found)
