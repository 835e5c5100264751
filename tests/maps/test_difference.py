"""The picture of what a version changed: three parts told apart without colour, exact, self-contained."""

import re
from xml.etree import ElementTree as ET

import pytest

from maps import Place
from maps.difference import CHANGE_COLOURS, Change, difference_svg

_SVG = "{http://www.w3.org/2000/svg}"
_HOSTILE = "<img src=q onerror=alert(1)>${alert(2)}`"


def _square(west: float, side: float = 0.05) -> dict[str, object]:
    ring = [[west, 29.4], [west + side, 29.4], [west + side, 29.45], [west, 29.45], [west, 29.4]]
    return {"type": "Polygon", "coordinates": [ring]}


_CHANGE = Change(gained=_square(108.75), lost=_square(108.65), kept=_square(108.7))


def _drawn(notice, change=_CHANGE, **more) -> str:
    facts = {"outline": None, "title": "差别", "description": "说明", "notice": notice, **more}
    return difference_svg(change, **facts)


def test_the_same_change_gives_the_same_bytes(notice, outline, townships) -> None:
    assert len({_drawn(notice, outline=outline, places=townships) for _ in range(3)}) == 1


def test_gained_lost_and_kept_differ_in_pattern_and_in_words(notice) -> None:
    picture = ET.fromstring(_drawn(notice))  # noqa: S314  our own output
    fills = {path.get("fill") for path in picture.iter(f"{_SVG}path") if path.get("fill-rule")}
    assert fills == {"url(#difference-gained)", "url(#difference-lost)", CHANGE_COLOURS["kept"]}
    assert {"新划入", "划出", "未变"} <= {text.text for text in picture.iter(f"{_SVG}text")}


def test_what_did_not_happen_is_not_in_the_legend(notice) -> None:
    svg = _drawn(notice, Change(gained=_square(108.7), lost=None, kept=None))
    assert "新划入" in svg
    assert "划出" not in svg.replace("新划入", "")


def test_it_fetches_nothing_and_runs_nothing(notice, outline) -> None:
    svg = _drawn(notice, outline=outline)
    assert not re.search(r"<(script|style|image|foreignObject|a|use)\b|\s(style|on\w+|href)=", svg)


def test_hostile_text_is_shown_as_text(notice) -> None:
    place = Place(name=_HOSTILE, longitude=108.71, latitude=29.42, kind="township")
    picture = ET.fromstring(_drawn(notice, title=_HOSTILE, places=[place]))  # noqa: S314
    assert picture.findtext(f"{_SVG}title") == _HOSTILE
    assert not picture.findall(f".//{_SVG}img")


def test_only_townships_nearby_are_named(notice, townships) -> None:
    picture = ET.fromstring(_drawn(notice, places=townships))  # noqa: S314
    named = {text.text for text in picture.iter(f"{_SVG}text")} & {place.name for place in townships}
    assert len(named) < len(townships) / 2


def test_nothing_at_all_is_an_error(notice) -> None:
    with pytest.raises(ValueError, match="nothing to compare"):
        _drawn(notice, Change(gained=None, lost=None, kept=None))
