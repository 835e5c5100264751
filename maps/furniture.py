"""What stands around a still map: banner, legend, scale bar, approval number and source."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from maps.area import Area, Count, Notice, Place
from maps.lettering import Box, width_of, wrapped
from maps.palette import INK, LAND, MUTED, PLACE_COLOURS, TRACK_COLOURS, LegendRow, colour_of, legend, swatch
from maps.projection import scale_bar
from maps.svg import tag, words
from maps.wording import say

_MARGIN: Final = 16.0
_COLUMN: Final = 176.0
_WIDE_SHEET: Final = 560
_HEADER: Final = 44.0
_ROW: Final = 24.0
_TWO_LINE_ROW: Final = 38.0
_TITLE: Final = 17.0
_SMALL: Final = 11.0
_LINE: Final = 16.0
_SCALE_LENGTH: Final = 96.0
_MANY: Final = 1000


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet's size in pixels, the prefix of its ids and its language."""

    width: float
    height: float
    prefix: str
    lang: str

    @property
    def is_wide(self) -> bool:
        """Whether the legend stands beside the map instead of below it."""
        return self.width >= _WIDE_SHEET


@dataclass(frozen=True, slots=True)
class Furniture:
    """The box left for the map, where the scale bar ends on the right, and everything around as markup."""

    map_box: Box
    scale_end: tuple[float, float]
    markup: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the legend with its sample and, beside the map, a second line."""

    sample: str
    text: str
    detail: str = ""


def furnish(sheet: Sheet, title: str, entries: Sequence[Entry], notice: Notice) -> Furniture:
    """Return the furniture of a sheet and the box it leaves for the map."""
    footer = _footer_lines(sheet, notice)
    floor = sheet.height - _MARGIN / 2 - _LINE * len(footer)
    frame = _banner(notice.banner) + _footer(footer, floor)
    right = sheet.width - _MARGIN
    if sheet.is_wide:
        left = right - _COLUMN
        map_box = Box(_MARGIN, _HEADER, left - _MARGIN, floor - _MARGIN / 2)
        return Furniture(map_box, (right, sheet.height - _MARGIN), frame + _column(title, entries, left))
    ceiling = floor - _ROW * len(entries) - _MARGIN / 2
    map_box = Box(_MARGIN, _HEADER, right, ceiling - _MARGIN)
    return Furniture(map_box, (right, 31), frame + _rows(entries, ceiling))


def draw_scale(furniture: Furniture, metres_per_pixel: float, lang: str) -> str:
    """Return the scale bar that ends where the furniture left room for it."""
    metres, pixels = scale_bar(metres_per_pixel, _SCALE_LENGTH)
    unit, size = ("kilometres", metres / 1000) if metres >= 1000 else ("metres", metres)  # noqa: PLR2004
    right, y = furniture.scale_end
    left = right - pixels
    bar = tag("path", d=f"M{left:.1f} {y - 5:g}v5H{right:g}v-5", fill="none", stroke=MUTED, stroke_width=1.3)
    text = words(f"{size:g} {say(f'map.{unit}', lang)}")
    name = tag("text", text, x=(left + right) / 2, y=y - 8, text_anchor="middle", fill=MUTED)
    return tag("g", bar + name, font_size=_SMALL)


def draw_place(kind: str, x: float, y: float) -> str:
    """Return the mark of a place: ring for a township, disc for a user, square for a service point, target for here."""
    colour = PLACE_COLOURS.get(kind, INK)
    if kind == "service_point":
        return tag("rect", x=x - 3.5, y=y - 3.5, width=7, height=7, fill=colour, stroke=LAND, stroke_width=1)
    if kind == "here":
        ring = tag("circle", cx=x, cy=y, r=7.5, fill="none", stroke=colour, stroke_width=2.2)
        return ring + tag("circle", cx=x, cy=y, r=2.6, fill=colour)
    if kind == "user_site":
        return tag("circle", cx=x, cy=y, r=4, fill=colour, stroke=LAND, stroke_width=1)
    if kind == "named_township":
        return tag("circle", cx=x, cy=y, r=3, fill=LAND, stroke=colour, stroke_width=2)
    return tag("circle", cx=x, cy=y, r=2.2, fill=LAND, stroke=colour, stroke_width=1.3)


def draw_count(count: Count, x: float, y: float) -> str:
    """Return a disc with the number of areas that lie about there, in the colour of most of them."""
    number = sum(count.tracks.values())
    colour = colour_of(max(count.tracks, key=lambda track: (count.tracks[track], track)))
    size = 12.0 if number < _MANY else 11.0
    disc = tag("circle", cx=x, cy=y, r=_count_radius(number), fill=LAND, stroke=colour, stroke_width=2)
    text = tag(
        "text", words(str(number)), x=x, y=y + size * 0.36, text_anchor="middle", font_size=size, fill=colour
    )
    return disc + text


def count_box(count: Count, x: float, y: float) -> Box:
    """Return the room a disc takes."""
    radius = _count_radius(sum(count.tracks.values())) + 1
    return Box(x - radius, y - radius, x + radius, y + radius)


def _count_radius(number: int) -> float:
    return 9 + 2 * len(str(number))


def area_entries(sheet: Sheet, areas: Sequence[Area]) -> Iterator[Entry]:
    """Yield the legend of the areas: one line for each right and tier."""
    for row in legend(areas, sheet.lang):
        yield Entry(swatch(sheet.prefix, row.track, row.tier), *_texts(sheet, row))


def count_entries(sheet: Sheet, counts: Sequence[Count]) -> Iterator[Entry]:
    """Yield the legend of counted areas: one line for each right."""
    present = {track for count in counts for track in count.tracks}
    for track in TRACK_COLOURS:
        if track in present:
            ring = tag("circle", cx=14, cy=9, r=7, fill=LAND, stroke=colour_of(track), stroke_width=2)
            yield Entry(
                ring,
                say(f"track.{track}", sheet.lang),
                say("map.counted", sheet.lang) if sheet.is_wide else "",
            )


def _texts(sheet: Sheet, row: LegendRow) -> tuple[str, str]:
    if sheet.is_wide:
        return row.track_label, row.tier_label
    return f"{row.track_label} · {row.tier_label}", ""


def place_entries(sheet: Sheet, places: Sequence[Place]) -> Iterator[Entry]:
    """Yield the legend of the places: one line for each kind."""
    present = {place.kind for place in places}
    for kind in PLACE_COLOURS:
        if kind in present:
            is_other = kind == "township" and "named_township" in present
            yield Entry(
                draw_place(kind, 14, 9), say("place.other" if is_other else f"place.{kind}", sheet.lang)
            )


def _banner(text: str) -> str:
    if not text:
        return ""
    width = width_of(text, 12.5) + 20
    pill = tag("rect", x=_MARGIN, y=12, width=width, height=24, rx=12, fill=INK)
    return pill + tag("text", words(text), x=_MARGIN + 10, y=28.5, font_size=12.5, fill=LAND)


def _column(title: str, entries: Sequence[Entry], left: float) -> str:
    markup, top = [], _HEADER + 4
    for line in wrapped(title, _COLUMN, _TITLE):
        markup.append(tag("text", words(line), x=left, y=top + 14, font_size=_TITLE, font_weight=600))
        top += _TITLE * 1.45
    top += 14
    for entry in entries:
        markup.append(_entry(entry, left, top))
        top += _TWO_LINE_ROW if entry.detail else _ROW
    return "".join(markup)


def _rows(entries: Sequence[Entry], top: float) -> str:
    return "".join(_entry(entry, _MARGIN, top + _ROW * index) for index, entry in enumerate(entries))


def _entry(entry: Entry, left: float, top: float) -> str:
    text = tag("text", words(entry.text), x=38, y=13.5, font_size=13)
    if entry.detail:
        text += tag("text", words(entry.detail), x=38, y=29, font_size=_SMALL, fill=MUTED)
    return tag("g", entry.sample + text, transform=f"translate({left:g} {top:g})")


def _footer_lines(sheet: Sheet, notice: Notice) -> list[str]:
    number = f"{say('map.approval', sheet.lang)}{notice.approval_number}" if notice.approval_number else ""
    room = sheet.width - 2 * _MARGIN - (_COLUMN if sheet.is_wide else 0)
    return [line for text in (number, notice.attribution) for line in wrapped(text, room, _SMALL)]


def _footer(lines: Sequence[str], top: float) -> str:
    return "".join(
        tag("text", words(line), x=_MARGIN, y=top + _LINE * index + 11, font_size=_SMALL, fill=MUTED)
        for index, line in enumerate(lines)
    )
