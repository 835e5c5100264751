"""One still picture of production areas: SVG for print, result cards and readers without JavaScript."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from maps.area import Area, Count, Notice, Place, Tier
from maps.furniture import (
    Sheet,
    area_entries,
    count_box,
    count_entries,
    draw_count,
    draw_place,
    draw_scale,
    furnish,
    place_entries,
)
from maps.lettering import Box, Label, Lettering, Point, beside, upon, width_of
from maps.palette import (
    INK,
    LAND,
    LAND_EDGE,
    LAND_SHORE,
    MUTED,
    PAPER,
    STROKES,
    colour_of,
    softening,
    surface,
    texture,
)
from maps.projection import bounds_of, fit, read
from maps.shapes import about_here, anchors, around, is_roomy, path
from maps.svg import number, tag, words
from maps.wording import say

FONTS: Final = "PingFang SC,Hiragino Sans GB,Microsoft YaHei,Noto Sans CJK SC,Source Han Sans SC,sans-serif"
_AREA_SIZES: Final = (16.0, 13.0)
_NOTE_SIZE: Final = 11.0
_PLACE_SIZE: Final = 12.0
_DOT: Final = 3.5
_NAMES_AT_MOST: Final = 60  # a sheet holds no more, and searching for places took 1 s for 2,000 areas
_PLACE_INK: Final = {"user_site": "#7d221c", "township": MUTED}

_Spot = tuple[Place, Point]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """An area and its shape on the sheet."""

    area: Area
    shape: BaseGeometry


def outline_svg(  # noqa: PLR0913  each is a fact of one sheet; a parameter object would only rename them
    areas: Sequence[Area],
    *,
    outline: Mapping[str, Any] | None,
    places: Sequence[Place] = (),
    counts: Sequence[Count] = (),
    title: str,
    description: str,
    notice: Notice,
    width: int = 720,
    height: int = 480,
    prefix: str = "outline",
    lang: str = "zh-CN",
) -> str:
    """Return a self-contained SVG in Web Mercator: the same values give the same bytes.

    No script, no style, no outside reference. Every id begins with `prefix`, so that several pictures may
    stand in one document. Below a width of 560 the legend moves under the map. Areas without geometry appear
    in the legend only. A name that would overlap another is left out (the page's table lists them all); its
    dot stays. `counts` stand for areas too many to be drawn one by one.
    """
    sheet = Sheet(width, height, prefix, lang)
    entries = [*area_entries(sheet, areas), *count_entries(sheet, counts), *place_entries(sheet, places)]
    furniture = furnish(sheet, title, entries, notice)
    land = read(outline) if outline else None
    shapes = [(area, read(area.geometry)) for area in areas if area.geometry]
    bounds = bounds_of(
        [shape for _, shape in shapes] + ([land] if land else []),
        [(place.longitude, place.latitude) for place in places],
    )
    if bounds is None:
        body = _nothing(furniture.map_box, lang)
    else:
        frame = fit(bounds, furniture.map_box)
        drawn = [_Drawn(area, _shape(area, frame.draw(shape))) for area, shape in shapes]
        ground = frame.draw(land) if land else None
        spots = [(place, frame.place(place.longitude, place.latitude)) for place in places]
        discs = [(count, frame.place(count.longitude, count.latitude)) for count in counts]
        # Names may leave the map on the side that is free, never for the legend or the notes.
        lettering = Lettering(replace(furniture.map_box, left=0.0))
        lettering.reserve(count_box(count, *point) for count, point in discs)
        body = (
            draw_ground(ground)
            + _areas(sorted(drawn, key=_coarsest_first), sheet)
            + _names(drawn, spots, ground, lettering, lang)
            + "".join(draw_count(count, *point) for count, point in discs)
            + draw_scale(furniture, frame.metres_per_pixel(), lang)
        )
    return document(sheet, title, description, body + furniture.markup)


def document(sheet: Sheet, title: str, description: str, body: str) -> str:
    """Return the SVG element of a sheet around its content, titled and described for screen readers."""
    heading = tag("title", words(title), id=f"{sheet.prefix}-title")
    heading += tag("desc", words(description), id=f"{sheet.prefix}-desc")
    return tag(
        "svg",
        heading + tag("rect", width=sheet.width, height=sheet.height, fill=PAPER) + body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {sheet.width:g} {sheet.height:g}",
        role="img",
        aria_labelledby=f"{sheet.prefix}-title",
        aria_describedby=f"{sheet.prefix}-desc",
        lang=sheet.lang,
        font_family=FONTS,
        fill=INK,
    )


def _nothing(box: Box, lang: str) -> str:
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return tag(
        "text", words(say("map.empty", lang)), x=x, y=y, text_anchor="middle", font_size=15, fill=MUTED
    )


def _shape(area: Area, shape: BaseGeometry) -> BaseGeometry:
    return about_here(shape) if area.tier is Tier.APPROXIMATE else shape


def _coarsest_first(drawn: _Drawn) -> tuple[int, str, str]:
    return list(Tier).index(drawn.area.tier), drawn.area.track, drawn.area.id


def draw_ground(land: BaseGeometry | None) -> str:
    """Return the district: a pale shore outside, so that the edge reads as ground and not as a claim."""
    if land is None:
        return ""
    data = path(land)
    shore = tag("path", d=data, fill="none", stroke=LAND_SHORE, stroke_width=7, stroke_linejoin="round")
    return shore + tag("path", d=data, fill=LAND, stroke=LAND_EDGE, stroke_width=1.2, stroke_linejoin="round")


def _areas(drawn: Sequence[_Drawn], sheet: Sheet) -> str:
    pairs = sorted({(one.area.track, one.area.tier) for one in drawn if STROKES[one.area.tier].texture})
    defs = "".join(texture(sheet.prefix, track, tier) for track, tier in pairs)
    soft = {one.area.id for one in drawn if one.area.tier is Tier.APPROXIMATE and is_roomy(one.shape)}
    defs += softening(sheet.prefix) if soft else ""
    paths = "".join(_path(one, sheet.prefix, soft=one.area.id in soft) for one in drawn)
    return (tag("defs", defs) if defs else "") + paths


def _path(one: _Drawn, prefix: str, *, soft: bool) -> str:
    return tag(
        "path",
        d=path(one.shape),
        fill_rule="evenodd",
        stroke_linejoin="round",
        filter=f"url(#{prefix}-soft)" if soft else None,
        **surface(prefix, one.area.track, one.area.tier),
    )


def _names(
    drawn: Sequence[_Drawn],
    spots: Sequence[_Spot],
    land: BaseGeometry | None,
    lettering: Lettering,
    lang: str,
) -> str:
    """Return marks and names: areas first, then users and service points, then townships."""
    lettering.reserve(Box(x - _DOT, y - _DOT, x + _DOT, y + _DOT) for _, (x, y) in spots)
    names = [_area_name(one, lettering, land, lang) for one in _first_of_each_name(drawn)[:_NAMES_AT_MOST]]
    return "".join(names) + draw_places(spots, lettering)


def draw_places(spots: Sequence[_Spot], lettering: Lettering) -> str:
    """Return the marks of places, and the names that find room."""
    names = []
    for place, point in _hardest_first(spots):
        label = lettering.write(beside(place.name, point, _PLACE_SIZE, gap=7))
        names.append(_label(label, fill=_PLACE_INK.get(place.kind, INK)) if label else "")
    return "".join(names) + "".join(draw_place(place.kind, *point) for place, point in spots)


def _hardest_first(spots: Sequence[_Spot]) -> list[_Spot]:
    """Return other townships last, and among equals those with the nearest neighbours first."""
    points = [point for _, point in spots]

    def room(spot: _Spot) -> tuple[bool, float]:
        near = sorted(math.dist(spot[1], point) for point in points)[1:4]
        return spot[0].kind == "township", sum(near)

    return sorted(spots, key=room)


def _first_of_each_name(drawn: Sequence[_Drawn]) -> list[_Drawn]:
    """Return one area for each name, the largest: three rights of one product need its name once."""
    largest = sorted(drawn, key=lambda one: (-one.shape.area, one.area.id))
    return list({one.area.name: one for one in reversed(largest)}.values())[::-1]


def _area_name(one: _Drawn, lettering: Lettering, land: BaseGeometry | None, lang: str) -> str:
    note = say("map.sketch", lang) if one.area.tier is Tier.APPROXIMATE else ""
    below = _NOTE_SIZE * 1.25 if note else 0
    beside_it = list(around(one.shape, width_of(one.area.name, _AREA_SIZES[0]), _AREA_SIZES[0] + below))
    found = list(upon(one.area.name, beside_it, _AREA_SIZES[0], below))
    points = list(anchors(one.shape))
    inside = [label for size in _AREA_SIZES for label in upon(one.area.name, points, size, below)]
    label = lettering.write([*found, *sorted(inside, key=lambda label: _leaves(label, land))])
    if label is None:
        return ""
    colour = colour_of(one.area.track)
    name = _label(label, fill=colour, font_weight=600)
    second = replace(label, text=note, y=label.y + below, size=_NOTE_SIZE)
    return name + (_label(second, fill=colour) if note else "")


def _leaves(label: Label, land: BaseGeometry | None) -> bool:
    """Say whether a name would cross the district's edge, where it is harder to read."""
    box = label.box
    return land is not None and not land.contains(shapely.box(box.left, box.top, box.right, box.bottom))


def _label(label: Label, **ink: str | float | None) -> str:
    line = ""
    if label.leader:
        (x0, y0), (x1, y1) = label.leader
        data = f"M{number(x0)} {number(y0)}L{number(x1)} {number(y1)}"
        line = tag("path", d=data, stroke=MUTED, stroke_width=0.7)
    return line + tag(
        "text",
        words(label.text),
        x=number(label.x),
        y=number(label.y),
        text_anchor=None if label.anchor == "start" else label.anchor,
        font_size=label.size,
        stroke=LAND,
        stroke_width=3,
        stroke_linejoin="round",
        paint_order="stroke",
        **ink,
    )
