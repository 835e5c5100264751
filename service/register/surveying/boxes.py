"""The range of longitude and latitude that an announcement states, read from its words."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ANGLE = (
    r"(\d{1,3}(?:\.\d+)?)\s*(?:[°度º˚]\s*)?"
    r"(?:(?<=[°度º˚])\s*(\d{1,2}(?:\.\d+)?)\s*[′'’‘分]\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:[″\"”“〞秒]|''|′′))?)?"
)
_RANGE = re.compile(_ANGLE + r"\s*(?:[~～〜—–\-－至到]|——)+\s*(?:东经|北纬|[EN])?\s*" + _ANGLE)
_PARTS = {
    "longitude": re.compile(r"(?:东经|经度|E)(?P<words>[^北纬N]*)"),
    "latitude": re.compile(r"(?:北纬|纬度|N)(?P<words>[^东经E]*)"),
}
_MINUTE = 1 / 60


@dataclass(frozen=True, slots=True)
class StatedBox:
    """West, south, east, north in degrees, and how finely the words state them (degrees)."""

    west: float
    south: float
    east: float
    north: float
    step: float

    @property
    def sides(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        return self.west, self.south, self.east, self.north


def stated_box(words: str) -> StatedBox | None:
    """Return the box in words such as 东经108°28′~108°56′、北纬29°04′~29°52′; None when they are not clear."""
    ranges = [_range(part, words) for part in _PARTS.values()]
    if ranges[0] is None or ranges[1] is None:
        return None
    (west, east, fine), (south, north, fine_too) = ranges[0], ranges[1]
    if not (west < east and south < north):
        return None
    return StatedBox(west, south, east, north, max(fine, fine_too))


def _range(part: re.Pattern[str], words: str) -> tuple[float, float, float] | None:
    found = [match for each in part.finditer(words) for match in _RANGE.finditer(each["words"])]
    if len(found) != 1:
        return None
    cells = found[0].groups()
    first, second = _degrees(cells[:3]), _degrees(cells[3:])
    if first is None or second is None:
        return None
    return first, second, max(_step(cells[:3]), _step(cells[3:]))


def _degrees(cells: tuple[str | None, ...]) -> float | None:
    degrees, minutes, seconds = (float(cell) if cell else 0.0 for cell in cells)
    if minutes >= 60 or seconds >= 60 or degrees > 180:  # noqa: PLR2004  (the circle's own numbers)
        return None
    return degrees + minutes / 60 + seconds / 3600


def _step(cells: tuple[str | None, ...]) -> float:
    degrees, minutes, seconds = cells
    if seconds:
        return _MINUTE / 60
    if minutes:
        return _MINUTE
    decimals = len((degrees or "").partition(".")[2])
    return float(10.0**-decimals)
