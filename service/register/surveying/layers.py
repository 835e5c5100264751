"""What the readers of all formats return: features as rings of plain coordinates, as they stand in the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from service.errors import UploadRefused

Position = tuple[float, float]
Ring = tuple[Position, ...]
Rings = tuple[Ring, ...]
"""The rings of one polygon: its shell, then its holes; each closed, first coordinate east or longitude."""

MAX_FEATURES = 500
MAX_PROPERTY_BYTES = 64 * 1024
MAX_PROPERTIES = 200
_FEWEST = 4
_PLANE = 2
_SPACE = 3


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a file: its polygons, and its properties as text."""

    polygons: tuple[Rings, ...]
    properties: dict[str, str]


@dataclass(frozen=True, slots=True)
class Layer:
    """The features of a file, the reference system it declares (empty: none), and what was noted on the way."""

    features: tuple[Feature, ...]
    declared: str = ""
    notes: frozenset[str] = field(default_factory=frozenset)


def positions(raw: Sequence[Sequence[float]], place: str, notes: set[str]) -> Ring:
    """Return positions in the plane; heights are left out and noted.

    Raises:
        UploadRefused: some positions have a height and some have none.
    """
    sizes = {len(position) for position in raw}
    if len(sizes) > 1:
        raise UploadRefused("mixed_dimensions", place)
    if sizes - {_PLANE, _SPACE}:
        raise UploadRefused("bad_coordinate", place)
    if _SPACE in sizes:
        notes.add("heights_left_out")
    return tuple((float(position[0]), float(position[1])) for position in raw)


def demand_ring(ring: Ring, place: str) -> Ring:
    """Return the ring unchanged.

    Raises:
        UploadRefused: it has fewer than four positions, or its last is not its first.
    """
    if len(ring) < _FEWEST:
        raise UploadRefused("empty_geometry" if len(set(ring)) < _FEWEST - 1 else "ring_not_closed", place)
    if ring[0] != ring[-1]:
        raise UploadRefused("ring_not_closed", place)
    return ring


def demand_features(features: Sequence[Feature]) -> tuple[Feature, ...]:
    """Return the features.

    Raises:
        UploadRefused: there are none, or more than an area can have.
    """
    if not any(feature.polygons for feature in features):
        raise UploadRefused("empty_geometry")
    if len(features) > MAX_FEATURES:
        raise UploadRefused("too_many_features", str(len(features)))
    return tuple(features)
