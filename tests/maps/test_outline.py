"""The still picture: exact, self-contained, legible."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from maps import Notice, Place, Tier
from maps.lettering import width_of, wrapped
from maps.outline import outline_svg

_SVG = "{http://www.w3.org/2000/svg}"
_HOSTILE = "<img src=q onerror=alert(1)>${alert(2)}\x00\x1b\ud800\u202e]]>&\"'"
_BARE = Notice(banner="", approval_number=None, attribution="")


def _drawn(areas, outline, notice, **more) -> ET.Element:
    facts = {"title": "产区", "description": "说明", "notice": notice, **more}
    return ET.fromstring(outline_svg(areas, outline=outline, **facts))  # noqa: S314  our own output


def _texts(picture: ET.Element) -> list[str]:
    return [element.text or "" for element in picture.iter(f"{_SVG}text")]


def test_the_same_values_give_the_same_bytes(an_area, outline, townships, notice) -> None:
    pictures = {
        outline_svg([an_area()], outline=outline, places=townships, title="a", description="b", notice=notice)
        for _ in range(3)
    }
    assert len(pictures) == 1


def test_the_bytes_do_not_depend_on_the_process() -> None:
    program = (
        "from maps import Area, Notice, Tier; from maps.outline import outline_svg\n"
        "ring = [[108.5, 29.2], [108.9, 29.2], [108.7, 29.7], [108.5, 29.2]]\n"
        "shape = {'type': 'MultiPolygon', 'coordinates': [[ring]]}\n"
        "areas = [Area(id=t, name=t, tier=x, track=t, geometry=shape)"
        " for t in ('gi_product', 'agri_gi', 'unified') for x in Tier]\n"
        "n = Notice(banner='b', approval_number=None, attribution='c')\n"
        "print(outline_svg(areas, outline=shape, title='t', description='d', notice=n))"
    )
    seen = set()
    for seed in "01":
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}
        seen.add(
            subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env=env).stdout
        )
    assert len(seen) == 1


def test_nothing_in_it_is_fetched_styled_or_run(an_area, outline, townships, notice) -> None:
    svg = outline_svg(
        [an_area()], outline=outline, places=townships, title="a", description="", notice=notice
    )
    assert not re.search(r"<(script|style|image|foreignObject|a|use)\b|\s(style|on\w+|href)=", svg)
    assert set(re.findall(r"https?://[^\"]+", svg)) == {"http://www.w3.org/2000/svg"}


def test_hostile_text_is_shown_as_text(an_area, outline, notice) -> None:
    shown = "<img src=q onerror=alert(1)>${alert(2)}]]>&\"'"
    picture = _drawn([an_area(name=_HOSTILE, tier=Tier.DRAWN)], outline, notice, title=_HOSTILE)
    assert picture.findtext(f"{_SVG}title") == shown
    assert not picture.findall(f".//{_SVG}img")


@given(name=st.text(min_size=1, max_size=30))
def test_any_name_leaves_the_picture_well_formed(name: str) -> None:
    place = Place(name=name, longitude=108.7, latitude=29.5, kind="township")
    assert _drawn([], None, _BARE, places=[place]).tag == f"{_SVG}svg"


def test_ids_carry_the_prefix_so_that_several_pictures_share_a_page(an_area, outline, notice) -> None:
    picture = _drawn([an_area()], outline, notice, prefix="card-7")
    ids = [element.get("id") for element in picture.iter() if element.get("id")]
    assert ids
    assert all(name.startswith("card-7-") for name in ids)
    assert len(ids) == len(set(ids))


def test_an_approximate_area_is_hatched_soft_and_named_a_sketch(an_area, outline, notice) -> None:
    picture = _drawn([an_area()], outline, notice)
    hatched = [p for p in picture.iter(f"{_SVG}path") if p.get("fill", "").startswith("url(#outline-hatch")]
    assert [(p.get("stroke"), p.get("filter")) for p in hatched] == [(None, "url(#outline-soft)")]
    assert {"黔江猕猴桃", "示意", "大致位置（示意）"} <= set(_texts(picture))


def test_an_area_known_only_by_its_text_is_in_the_legend(an_area, outline, notice) -> None:
    assert "仅有文字，未绘图" in _texts(
        _drawn([an_area(tier=Tier.TEXT_ONLY, geometry=None)], outline, notice)
    )


def test_banner_and_approval_number_are_printed(an_area, outline, notice) -> None:
    texts = _texts(_drawn([an_area()], outline, replace(notice, approval_number="渝S（2026）000号")))
    assert {"示意图，不作为划界依据", "审图号：渝S（2026）000号"} <= set(texts)


def test_names_do_not_overlap_and_none_is_lost(an_area, outline, townships, notice) -> None:
    picture = _drawn([an_area()], outline, notice, places=townships)
    names = [element for element in picture.iter(f"{_SVG}text") if element.get("paint-order")]
    assert {place.name for place in townships} <= {name.text for name in names}
    boxes = [_box(name) for name in names]
    touching = [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :] if _touch(a, b)]
    assert touching == []


def test_lines_break_between_english_words_and_anywhere_in_chinese() -> None:
    title = "Demonstration Cloud Fruit (fictional)"
    assert list(wrapped(title, 200, 17)) == ["Demonstration Cloud", "Fruit (fictional)"]
    assert list(wrapped("区界：概略资料，非划界依据。城东", 100, 12)) == [
        "区界：概略资料，",
        "非划界依据。城东",
    ]
    assert list(wrapped("a" * 30, 100, 10)) == ["a" * 17, "a" * 13]


def test_a_sheet_without_anything_to_draw_says_so(an_area, notice) -> None:
    assert "没有可以绘制的范围" in _texts(_drawn([an_area(geometry=None)], None, notice))


def test_an_english_page_gets_an_english_legend(an_area, outline, notice) -> None:
    assert {"GI product", "about here (sketch)"} <= set(
        _texts(_drawn([an_area()], outline, notice, lang="en"))
    )


def _box(name: ET.Element) -> tuple[float, float, float, float]:
    size, x, y = (float(name.get(key, "0")) for key in ("font-size", "x", "y"))
    width = width_of(name.text or "", size)
    left = {"middle": x - width / 2, "end": x - width}.get(name.get("text-anchor", ""), x)
    return left, y - size * 0.85, left + width, y + size * 0.1


def _touch(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
