"""What changed between two versions of an area, as a still picture: gained, lost, kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from maps.area import Notice, Place
from maps.furniture import Entry, Sheet, draw_scale, furnish, place_entries
from maps.lettering import Box, Lettering
from maps.outline import document, draw_ground, draw_places
from maps.palette import LAND, LAND_EDGE, MUTED
from maps.projection import Bounds, bounds_of, fit, read
from maps.shapes import path
from maps.svg import tag
from maps.wording import say

# Blue and red differ for every eye; the patterns say the same without colour.
CHANGE_COLOURS: Final = {"kept": MUTED, "lost": "#a8322a", "gained": "#1f5fa8"}
_ORDER: Final = ("gained", "lost", "kept")
_AROUND: Final = 0.35  # ground shown around the areas, as a part of their extent


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The parts of two versions as GeoJSON in CRS84, each None where there is none of it."""

    gained: Mapping[str, Any] | None
    lost: Mapping[str, Any] | None
    kept: Mapping[str, Any] | None

    def parts(self) -> dict[str, BaseGeometry]:
        """Return what there is, by name."""
        found = {"gained": self.gained, "lost": self.lost, "kept": self.kept}
        return {name: read(part) for name, part in found.items() if part}


def difference_svg(  # noqa: PLR0913  each is a fact of one sheet
    change: Change,
    *,
    outline: Mapping[str, Any] | None,
    places: Sequence[Place] = (),
    title: str,
    description: str,
    notice: Notice,
    width: int = 720,
    height: int = 480,
    prefix: str = "difference",
    lang: str = "zh-CN",
) -> str:
    """Return a self-contained SVG of the changed area, drawn as near as it fills the sheet; always the same bytes."""
    sheet = Sheet(width, height, prefix, lang)
    parts = change.parts()
    bounds = bounds_of(parts.values(), ())
    if bounds is None:
        raise ValueError("nothing to compare")
    near = [place for place in places if _holds(_widened(bounds), place)]
    entries = [Entry(_swatch(prefix, name), say(f"change.{name}", lang)) for name in _ORDER if name in parts]
    furniture = furnish(sheet, title, [*entries, *place_entries(sheet, near)], notice)
    frame = fit(_widened(bounds), furniture.map_box)
    ground = draw_ground(frame.draw(read(outline))) if outline else ""
    shapes = "".join(
        _shape(prefix, name, frame.draw(parts[name])) for name in ("kept", "lost", "gained") if name in parts
    )
    spots = [(place, frame.place(place.longitude, place.latitude)) for place in near]
    names = draw_places(spots, Lettering(furniture.map_box))
    drawn = tag("g", ground + shapes + names, clip_path=f"url(#{prefix}-frame)")
    body = tag("defs", _frame(prefix, furniture.map_box) + _gained(prefix) + _lost(prefix)) + drawn
    edge = _rectangle(furniture.map_box, fill="none", stroke=LAND_EDGE, stroke_width=0.7)
    scale = draw_scale(furniture, frame.metres_per_pixel(), lang)
    return document(sheet, title, description, body + edge + scale + furniture.markup)


def _widened(bounds: Bounds) -> Bounds:
    west, south, east, north = bounds
    across, up = (east - west) * _AROUND, (north - south) * _AROUND
    return west - across, south - up, east + across, north + up


def _holds(bounds: Bounds, place: Place) -> bool:
    return bool(shapely.box(*bounds).contains(shapely.Point(place.longitude, place.latitude)))


def _shape(prefix: str, name: str, shape: BaseGeometry) -> str:
    return tag("path", d=path(shape), fill_rule="evenodd", stroke_linejoin="round", **_paint(prefix, name))


def _swatch(prefix: str, name: str) -> str:
    return tag("rect", x=1, y=1, width=26, height=16, rx=2, **_paint(prefix, name))


def _paint(prefix: str, name: str) -> dict[str, str | float | None]:
    colour = CHANGE_COLOURS[name]
    edge: dict[str, str | float | None] = {"stroke": colour, "stroke_width": 1.6}
    if name == "kept":
        return {"fill": colour, "fill_opacity": 0.22, **edge, "stroke_width": 1}
    return {"fill": f"url(#{prefix}-{name})", **edge, "stroke_dasharray": "5 3" if name == "lost" else None}


def _gained(prefix: str) -> str:
    """Return the pattern of crosses: what was added."""
    colour = CHANGE_COLOURS["gained"]
    wash = tag("rect", width=9, height=9, fill=colour, fill_opacity=0.18)
    cross = tag("path", d="M4.5 2v5M2 4.5h5", stroke=colour, stroke_width=1.3)
    return tag(
        "pattern", wash + cross, id=f"{prefix}-gained", width=9, height=9, patternUnits="userSpaceOnUse"
    )


def _lost(prefix: str) -> str:
    """Return the pattern of slanting lines: what was struck out."""
    colour = CHANGE_COLOURS["lost"]
    wash = tag("rect", width=6, height=6, fill=LAND)
    line = tag("path", d="M0 3H6", stroke=colour, stroke_width=1.4)
    return tag(
        "pattern",
        wash + line,
        id=f"{prefix}-lost",
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )


def _frame(prefix: str, box: Box) -> str:
    return tag("clipPath", _rectangle(box), id=f"{prefix}-frame")


def _rectangle(box: Box, **paint: str | float | None) -> str:
    return tag(
        "rect", x=box.left, y=box.top, width=box.right - box.left, height=box.bottom - box.top, **paint
    )
