"""What an area is to a place asked about, in words that never sound like a verdict on a boundary."""

from __future__ import annotations

from typing import Final

from service.identifiers.coordinates import Position, in_decimals, in_degrees
from service.register.locating import Located
from service.vocabulary import DivisionRole, PointRelation
from service.web.wording.choosing import pick

_CAVEAT: Final = (
    "图上边界为示意，请以公告文字和现场核验为准。",
    "Boundaries on the map are a sketch; the announced text and a check on the spot decide.",
)
_NAMED: Final = {
    DivisionRole.INCLUDED: (
        "公告文字列有这个乡镇、街道。",
        "The announced text lists this township.",
    ),
    DivisionRole.PARTIAL: (
        "公告文字只列有这个乡镇、街道的一部分，请看原文。",
        "The announced text lists only a part of this township; read the original.",
    ),
    DivisionRole.EXCLUDED: (
        "公告文字写明不包括这个乡镇、街道。",
        "The announced text says that this township is excluded.",
    ),
}
_KILOMETRE: Final = 1000
_NEXT_TO_IT_M: Final = 100


def area_caveat(lang: str = "zh") -> str:
    """Return the words that stand with every answer about a place."""
    return pick(_CAVEAT, lang)


def position_text(position: Position, lang: str = "zh") -> str:
    """Return a position in degrees, minutes and seconds."""
    return in_degrees(position, lang)


def position_decimals(position: Position) -> str:
    """Return a position in decimal degrees, longitude first."""
    return in_decimals(position)


def distance_text(metres: float, lang: str = "zh") -> str:
    """Return a distance as people say it, no finer than it is known."""
    metres = abs(metres)
    if metres < 1:
        return pick(("不到 1 米", "less than 1 m"), lang)
    if metres < _KILOMETRE:
        return pick((f"{metres:.0f} 米", f"{metres:.0f} m"), lang)
    return pick((f"{metres / _KILOMETRE:.1f} 公里", f"{metres / _KILOMETRE:.1f} km"), lang)


def is_next_to_border(located: Located) -> bool:
    """Return whether the place is so near the border drawn that the drawing cannot tell the side."""
    return located.distance_m is not None and abs(located.distance_m) <= _NEXT_TO_IT_M


def relation_text(located: Located, lang: str = "zh") -> str:
    """Return what the area is to the place, in a sentence."""
    if located.role is not None:
        return pick(_NAMED[located.role], lang)
    if located.distance_m is None:
        return pick(
            (
                "约在此处：图形只是示意，不能用来判断在不在范围内。",
                "About here: the shape is only a sketch and cannot tell inside from outside.",
            ),
            lang,
        )
    zh, en = distance_text(located.distance_m), distance_text(located.distance_m, "en")
    if located.relation is PointRelation.INSIDE:
        words = (f"图上在范围内，距边界 {zh}。", f"Inside as drawn, {en} from the boundary.")
    else:
        words = (f"图上在范围外，距边界 {zh}。", f"Outside as drawn, {en} from the boundary.")
    return pick(words, lang)


def beside_text(located: Located, lang: str = "zh") -> str:
    """Return what the area is to the place, with the words that stand with every such answer."""
    gap = " " if lang.startswith("en") else ""
    return f"{relation_text(located, lang)}{gap}{area_caveat(lang)}"
