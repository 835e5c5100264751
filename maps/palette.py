"""Colours by track and textures by tier, declared once for the SVG, the script and the legend.

The four track colours keep CIE76 ΔE ≥ 20 between every pair in normal sight and in simulated protanopia,
deuteranopia and tritanopia, and at least 4:1 against paper and land (tests/maps/test_palette.py). The
direction of the hatching repeats the track, so nothing is said by colour alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from maps.area import Area, Tier
from maps.svg import tag
from maps.wording import say

MAP_PREFIX: Final = "gi-map"  # of the textures an interactive map's document carries

PAPER: Final = "#f3f1e9"
LAND: Final = "#fdfcf9"
LAND_EDGE: Final = "#747d73"
LAND_SHORE: Final = "#e4e1d5"
INK: Final = "#23302a"
MUTED: Final = "#566159"

TRACK_COLOURS: Final = {
    "gi_product": "#16855f",
    "gi_trademark": "#22468c",
    "agri_gi": "#ab5c1a",
    "unified": "#632a4c",
}
PLACE_COLOURS: Final = {
    "named_township": INK,
    "township": MUTED,
    "user_site": "#a8322a",
    "service_point": "#7d2f6b",
    "here": "#a8322a",
}

_HATCH_ANGLES: Final = {"gi_product": 45, "gi_trademark": 135, "agri_gi": 0, "unified": 90}
_UNKNOWN_TRACK: Final = "#566159"

Paint = dict[str, str | float | None]


class Look(StrEnum):
    """How strongly an area is drawn: as it is, pointed at, or one of many that lie over one another."""

    PLAIN = "plain"
    CHOSEN = "chosen"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Stroke:
    """How a tier's surface and edge are drawn; width 0 is no edge at all."""

    width: float
    dash: str | None
    fill_opacity: float
    texture: str | None


# An approximate cell has no edge: a line would be read as a township's boundary (decisions.md no. 6).
STROKES: Final = {
    Tier.TEXT_ONLY: Stroke(0, None, 0, None),
    Tier.APPROXIMATE: Stroke(0, None, 1, "hatch"),
    Tier.TOWN_UNION: Stroke(1.4, "7 3", 0.2, None),
    Tier.DRAWN: Stroke(2, None, 0.28, None),
    Tier.PARCEL: Stroke(1.2, None, 1, "dots"),
}


# Distance of the lines, their width and their opacity.
_HATCHES: Final = {Look.PLAIN: (7, 1.5, 0.7), Look.CHOSEN: (7, 1.8, 1), Look.QUIET: (10, 1.2, 0.6)}
_DEPTHS: Final = {Look.PLAIN: 0.0, Look.CHOSEN: 0.22, Look.QUIET: -0.05}
_QUIET_FILL: Final = 0.4  # of what a plain surface has


@dataclass(frozen=True, slots=True)
class LegendRow:
    """One line of the legend; `swatch` is a small SVG of ours, safe to print as markup."""

    track: str
    tier: Tier
    track_label: str
    tier_label: str
    colour: str
    swatch: str


def colour_of(track: str) -> str:
    """Return the track's colour; a track that is not in the table gets a neutral grey."""
    return TRACK_COLOURS.get(track, _UNKNOWN_TRACK)


def legend(areas: Iterable[Area], lang: str = "zh-CN", prefix: str = "legend") -> tuple[LegendRow, ...]:
    """Return one row for each pair of track and tier among `areas`, in the fixed order of both lists."""
    present = {(area.track, area.tier) for area in areas}
    pairs = [(track, tier) for track in TRACK_COLOURS for tier in Tier if (track, tier) in present]
    return tuple(_row(track, tier, lang, prefix) for track, tier in pairs)


def _row(track: str, tier: Tier, lang: str, prefix: str) -> LegendRow:
    return LegendRow(
        track=track,
        tier=tier,
        track_label=say(f"track.{track}", lang),
        tier_label=say(f"tier.{tier}", lang),
        colour=colour_of(track),
        swatch=_standalone_swatch(track, tier, prefix),
    )


def _standalone_swatch(track: str, tier: Tier, prefix: str) -> str:
    defs = tag("defs", texture(prefix, track, tier)) if STROKES[tier].texture else ""
    return tag(
        "svg",
        defs + swatch(prefix, track, tier),
        viewBox="0 0 28 18",
        width=28,
        height=18,
        aria_hidden="true",
        focusable="false",
    )


def swatch(prefix: str, track: str, tier: Tier) -> str:
    """Return the legend's 28 x 18 sample; its texture must be defined in the same document."""
    if tier is Tier.TEXT_ONLY:
        return tag("circle", cx=14, cy=9, r=5, fill="none", stroke=colour_of(track), stroke_width=2)
    return tag("rect", x=1, y=1, width=26, height=16, rx=2, **surface(prefix, track, tier))


def surface(prefix: str, track: str, tier: Tier) -> Paint:
    """Return the presentation attributes of an area's path, names as `svg.tag` takes them."""
    stroke, colour = STROKES[tier], colour_of(track)
    fill = f"url(#{texture_id(prefix, track, tier)})" if stroke.texture else colour
    paint: Paint = {"fill": fill, "fill_opacity": None if stroke.texture else stroke.fill_opacity}
    if stroke.width:
        paint["stroke"], paint["stroke_width"] = colour, stroke.width
        paint["stroke_dasharray"] = stroke.dash
    return paint


def texture_id(prefix: str, track: str, tier: Tier, look: Look = Look.PLAIN) -> str:
    """Return the id under which `texture` defines the pattern of this track and tier."""
    return f"{prefix}-{STROKES[tier].texture}{'' if look is Look.PLAIN else f'-{look}'}-{track}"


def texture(prefix: str, track: str, tier: Tier, look: Look = Look.PLAIN) -> str:
    """Return the pattern of a textured tier: hatching for approximate areas, dots for parcels.

    Quiet hatching is wide and thin: where areas of one track overlap their lines coincide, and where tracks
    overlap the ground still shows between the lines.
    """
    colour, hatched = colour_of(track), STROKES[tier].texture == "hatch"
    size, width, opacity = _HATCHES[look] if hatched else (6, 0, 1)
    depth = (0.1 if hatched else 0.22) + _DEPTHS[look]
    wash = tag("rect", width=size, height=size, fill=colour, fill_opacity=depth)
    mark = (
        tag(
            "path",
            d=f"M0 {size / 2:g}H{size:g}",
            stroke=colour,
            stroke_width=width,
            stroke_opacity=opacity,
        )
        if hatched
        else tag("circle", cx=3, cy=3, r=1.1, fill=colour)
    )
    return tag(
        "pattern",
        wash + mark,
        id=texture_id(prefix, track, tier, look),
        width=size,
        height=size,
        patternUnits="userSpaceOnUse",
        patternTransform=f"rotate({_HATCH_ANGLES.get(track, 45)})",
    )


def softening(prefix: str) -> str:
    """Return the filter `soft` that fades an approximate area inwards from its edge.

    The silhouette is made solid first (the hatching is mostly transparent), drawn in and blurred, and then
    the hatching is kept only where the silhouette remains.
    """
    solid = tag("feComponentTransfer", tag("feFuncA", type="linear", slope=20), in_="SourceAlpha")
    inner = tag("feMorphology", operator="erode", radius=3)
    faded = tag("feGaussianBlur", stdDeviation=3.2, result="faded")
    kept = tag("feComposite", in_="SourceGraphic", in2="faded", operator="in")
    return tag("filter", solid + inner + faded + kept, id=f"{prefix}-soft", x=0, y=0, width=1, height=1)


def definitions(prefix: str = MAP_PREFIX) -> str:
    """Return what an interactive map's document defines: all textures in every look, and the fade."""
    pairs = [(track, tier) for track in TRACK_COLOURS for tier in Tier if STROKES[tier].texture]
    patterns = [texture(prefix, *pair, look) for pair in pairs for look in Look]
    return "".join(patterns) + softening(prefix)


def path_options(prefix: str = MAP_PREFIX, *, is_crowded: bool = False) -> dict[str, dict[str, Any]]:
    """Return Leaflet's path options keyed "track/tier", so that script and SVG cannot drift apart."""
    look = Look.QUIET if is_crowded else Look.PLAIN
    return {
        f"{track}/{tier}": _options(prefix, track, tier, look) for track in TRACK_COLOURS for tier in Tier
    }


def _options(prefix: str, track: str, tier: Tier, look: Look) -> dict[str, Any]:
    stroke, opacity = STROKES[tier], STROKES[tier].fill_opacity
    fill = f"url(#{texture_id(prefix, track, tier, look)})" if stroke.texture else colour_of(track)
    return {
        "stroke": bool(stroke.width),
        "color": colour_of(track),
        "weight": stroke.width,
        "dashArray": stroke.dash,
        "fillColor": fill,
        "fillOpacity": opacity if stroke.texture or look is Look.PLAIN else round(opacity * _QUIET_FILL, 2),
        "chosen": _chosen(prefix, track, tier),
    }


def _chosen(prefix: str, track: str, tier: Tier) -> dict[str, Any]:
    """Return what changes while an area is chosen; an approximate one gets no edge then either."""
    stroke = STROKES[tier]
    edge = {"weight": stroke.width + 2} if stroke.width else {}
    if not stroke.texture:
        return {**edge, "fillOpacity": min(1.0, stroke.fill_opacity + 0.2)}
    return {**edge, "fillColor": f"url(#{texture_id(prefix, track, tier, Look.CHOSEN)})"}
