"""Where names stand: text widths without a font, and places that overlap nothing."""

import math
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

# Measured on Noto Sans CJK SC: full-width glyphs are exactly 1 em, Latin letters and digits average 0.56 em.
_WIDE: Final = 1.0
_NARROW: Final = 0.56
_LINE: Final = 1.2
_RISE: Final = 0.36  # from the middle of a line of Chinese down to its baseline, in em
_CLOSING: Final = "，。；：、！？）》」』,.;:!?)"
_CLEAR: Final = 4.0
_APART: Final = (15.0, 22.0)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the sheet, in pixels, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        """Say whether the two share any surface."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def contains(self, other: "Box") -> bool:
        """Say whether `other` lies wholly inside."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )


Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Label:
    """A line of text and the box it may fill; `anchor` is SVG's text-anchor.

    `leader` is a thin line from the point to a name that had to stand apart from it.
    """

    text: str
    x: float
    y: float
    anchor: str
    size: float
    box: Box
    leader: tuple[Point, Point] | None = None


@dataclass(slots=True)
class Lettering:
    """Gives out places on one sheet, first come first served."""

    sheet: Box
    taken: list[Box] = field(default_factory=list)

    def reserve(self, boxes: Iterable[Box]) -> None:
        """Keep these boxes free of names."""
        self.taken.extend(boxes)

    def write(self, candidates: Iterable[Label]) -> Label | None:
        """Return the first candidate that fits the sheet and touches nothing, and take its place."""
        for label in candidates:
            if self.sheet.contains(label.box) and self._is_free(label):
                self.taken.append(label.box)
                self.taken.extend(_beads(label.leader) if label.leader else ())
                return label
        return None

    def _is_free(self, label: Label) -> bool:
        boxes = [label.box, *(_beads(label.leader) if label.leader else ())]
        return not any(box.overlaps(other) for box in boxes for other in self.taken)


def width_of(text: str, size: float) -> float:
    """Return the width of `text` in pixels, close enough to keep names apart."""
    return size * sum(_WIDE if unicodedata.east_asian_width(c) in "WF" else _NARROW for c in text)


def wrapped(text: str, width: float, size: float) -> Iterator[str]:
    """Yield `text` in lines that fit; Chinese breaks anywhere but before a closing mark, other words stay whole."""
    line = ""
    for character in text:
        if line and character not in _CLOSING and width_of(line + character, size) > width:
            whole, word = _broken(line, character)
            yield whole
            line = word
        line = (line + character).lstrip()
    if line:
        yield line


def _broken(line: str, character: str) -> tuple[str, str]:
    """Return the line, and the beginning of a Latin word that the character goes on with."""
    before, _, word = line.rpartition(" ")
    goes_on = before and character.isascii() and not character.isspace() and word.isascii()
    return (before, word) if goes_on else (line, "")


def beside(text: str, point: Point, size: float, gap: float) -> Iterator[Label]:
    """Yield the places around a point in the order mapmakers prefer, then places apart with a leader."""
    (x, y), middle, slope = point, point[1] + size * _RISE, gap * 0.7
    yield _label(text, x + gap, middle, "start", size)
    yield _label(text, x - gap, middle, "end", size)
    yield _label(text, x, y - gap, "middle", size)
    yield _label(text, x, y + gap + size * 0.8, "middle", size)
    for side, anchor in ((1, "start"), (-1, "end")):
        yield _label(text, x + side * slope, y - slope, anchor, size)
        yield _label(text, x + side * slope, y + slope + size * 0.75, anchor, size)
    for distance in _APART:
        for degrees in range(0, 360, 30):
            yield _apart(text, point, size, distance, math.radians(degrees))


def upon(text: str, points: Iterable[Point], size: float, below: float = 0) -> Iterator[Label]:
    """Yield the text centred on each of the points, with `below` pixels kept free for a second line."""
    for x, y in points:
        label = _label(text, x, y + size * _RISE - below / 2, "middle", size)
        box = label.box
        yield replace(label, box=Box(box.left, box.top, box.right, box.bottom + below))


def _apart(text: str, point: Point, size: float, distance: float, angle: float) -> Label:
    x, y = point[0] + distance * math.cos(angle), point[1] + distance * math.sin(angle)
    start = (point[0] + _CLEAR * math.cos(angle), point[1] + _CLEAR * math.sin(angle))
    level = abs(math.cos(angle)) < 0.1  # noqa: PLR2004  straight up or down: centre the name on the line
    anchor = "middle" if level else "start" if math.cos(angle) > 0 else "end"
    nudge = 0 if level else 3 * (1 if anchor == "start" else -1)
    drop = size * (0.9 if math.sin(angle) > 0 else -0.1) if level else size * _RISE
    return replace(_label(text, x + nudge, y + drop, anchor, size), leader=(start, (x, y)))


def _beads(leader: tuple[Point, Point]) -> list[Box]:
    """Return small boxes along a leader, so that lines and names keep apart."""
    (x0, y0), (x1, y1) = leader
    along = [(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share) for share in (0.1, 0.3, 0.5, 0.7, 0.9)]
    return [Box(x - 0.8, y - 0.8, x + 0.8, y + 0.8) for x, y in along]


def _label(text: str, x: float, y: float, anchor: str, size: float) -> Label:
    width = width_of(text, size)
    left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
    box = Box(left - 1, y - size * 0.95, left + width + 1, y - size * 0.95 + size * _LINE)
    return Label(text, x, y, anchor, size, box)
