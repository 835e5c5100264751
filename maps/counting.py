"""Areas too many to be drawn one by one, gathered by place: as many marks as can be read."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from maps.area import Count

_WORLD: Final = 360.0
_TILE: Final = 256.0
_APART: Final = 64.0  # pixels from the middle of a cell to the next
_STRAY: Final = 0.15  # of a cell that a mark may stand off its middle: marks never lie over one another

Bounds = tuple[float, float, float, float]


@dataclass(slots=True)
class _Cell:
    longitude: float = 0.0
    latitude: float = 0.0
    tracks: Counter[str] = field(default_factory=Counter)
    west: float = 180.0
    south: float = 90.0
    east: float = -180.0
    north: float = -90.0


def count_by_place(boxes: Iterable[tuple[str, Bounds]], zoom: float) -> list[Count]:
    """Return how many areas lie about each place, apart enough to be read on a Web Mercator map of this zoom.

    Args:
        boxes: track and bounds (west, south, east, north) of each area in CRS84.
        zoom: of the map the marks are for; a mark stands near the mean of its areas' middles.
    """
    step = _WORLD / 2**zoom * _APART / _TILE
    cells: dict[tuple[int, int], _Cell] = {}
    for track, (west, south, east, north) in boxes:
        x, y = (west + east) / 2, (south + north) / 2
        cell = cells.setdefault((int(x // step), int(y // step)), _Cell())
        cell.longitude += x
        cell.latitude += y
        cell.tracks[track] += 1
        cell.west, cell.south = min(cell.west, west), min(cell.south, south)
        cell.east, cell.north = max(cell.east, east), max(cell.north, north)
    return [_count(key, step, cells[key]) for key in sorted(cells)]


def _count(key: tuple[int, int], step: float, cell: _Cell) -> Count:
    number = cell.tracks.total()
    return Count(
        longitude=_near_middle(cell.longitude / number, key[0], step),
        latitude=_near_middle(cell.latitude / number, key[1], step),
        tracks=dict(sorted(cell.tracks.items())),
        bounds=(cell.west, cell.south, cell.east, cell.north),
    )


def _near_middle(mean: float, cell: int, step: float) -> float:
    middle = (cell + 0.5) * step
    return min(max(mean, middle - _STRAY * step), middle + _STRAY * step)
