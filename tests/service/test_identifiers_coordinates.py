"""Positions as people type them: every form reads back, nothing is guessed, nothing breaks the reading."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.identifiers.coordinates import (
    CoordinatesError,
    Position,
    in_decimals,
    in_degrees,
    parse_coordinates,
)

HERE = Position(108.77, 29.5375)


@pytest.mark.parametrize(
    "text",
    [
        "108.77,29.5375",
        "29.5375，108.77",
        "29.5375、108.77",
        "108.77 29.5375",
        "(108.77, 29.5375)",
        "１０８．７７，２９．５３７５",
        "东经108.77，北纬29.5375",
        "北纬29.5375度东经108.77度",
        "N29.5375 E108.77",
        "29.5375n, 108.77e",
        "E108.77N29.5375",
        "lon=108.77&lat=29.5375".replace("&", " "),
        "Latitude: 29.5375, Longitude: 108.77",
        "经度：108.77　纬度：29.5375",
        "经度：108.77E 纬度：29.5375N",
        "N 29.5375 108.77",
        "29.5375 108.77 E",
        "北纬29°32′15″，东经108°46′12″",
        "东经108º46'12\"，北纬29º32'15\"",
        "29°32'15''N 108°46'12''E",
        "29˚32′15〞 108˚46′12〞",
        "北纬29°32″15″，东经108°46′12″",
        "29度32分15秒，108度46分12秒",
        "29?32?15? 108?46?12?",
        "北纬29\ufffd32\ufffd15\ufffd东经108\ufffd46\ufffd12\ufffd",
        "29 32 15 108 46 12",
        "29°32.25′, 108°46.2′",
        "坐标：北纬29°32′15″、东经108°46′12″。",
        "29°32′15″\n108°46′12″",
    ],
)
def test_the_forms_people_have_all_name_the_same_place(text):
    assert parse_coordinates(text) == HERE


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("-29.5, 108.7", Position(108.7, -29.5)),
        ("108.7 -29.5", Position(108.7, -29.5)),
        ("−108.7, 29.5", Position(-108.7, 29.5)),
        ("108.7W 29.5S", Position(-108.7, -29.5)),
        ("西经108°30′，南纬29°30′", Position(-108.5, -29.5)),
        ("北纬29°32′15″，东经108°46′", Position(108.7666667, 29.5375)),
        ("29°15″ 108°46′", Position(108.7666667, 29.0041667)),
        ("E 10.5, N 20.5", Position(10.5, 20.5)),
        ("180, 90", Position(180, 90)),
    ],
)
def test_signs_hemispheres_and_missing_parts_count(text, position):
    assert parse_coordinates(text) == position


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "missing"),
        ("　 ", "missing"),
        ("108.77", "one_number"),
        ("东经108°46′", "unreadable"),
        ("29.5, 30.5", "order"),
        ("108.1-108.9", "range"),
        ("108.1 - 108.9", "range"),
        ("东经108°30′～108°56′，北纬29°04′～29°52′", "range"),
        ("东经108°30′至108°56′", "range"),
        ("108.1到108.9", "range"),
        ("108.77, 95", "out_of_range"),
        ("200, 29.5", "out_of_range"),
        ("29°75′, 108°10′", "out_of_range"),
        ("N 108.77, E 29.5", "out_of_range"),
        ("东经29.5 东经108.7", "unreadable"),
        ("-29.5S 108E", "unreadable"),
        ("29.5°32′N 108E", "unreadable"),
        ("29.53,108.77,3", "unreadable"),
        ("1e5, 2", "unreadable"),
        ("黔江区城西街道", "unreadable"),
        ("nan, inf", "unreadable"),
        ("²9, 108", "unreadable"),
        ("٢٩, 108", "unreadable"),
        ("1" * 121, "unreadable"),
        ("<script>alert(1)</script>", "unreadable"),
    ],
)
def test_what_is_not_one_place_is_refused_with_its_reason(text, problem):
    with pytest.raises(CoordinatesError) as refused:
        parse_coordinates(text)
    assert refused.value.problem.value == f"coordinates_{problem}"


def _full_width(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def _marked(position: Position, signs: str) -> str:
    return in_degrees(position, "en").translate(dict(zip(map(ord, "°′″"), signs, strict=True)))


FORMS = {
    "decimal, longitude first": in_decimals,
    "decimal, latitude first": lambda p: ",".join(reversed(in_decimals(p).split(","))),
    "decimal, full width": lambda p: _full_width(in_decimals(p)),
    "Chinese": in_degrees,
    "Chinese, longitude first": lambda p: "，".join(reversed(in_degrees(p).split("，"))),
    "Latin letters": lambda p: in_degrees(p, "en"),
    "Latin letters in front": lambda p: ", ".join(
        part.strip()[-1] + part.strip()[:-1] for part in in_degrees(p, "en").split(",")
    ),
    "keyboard": lambda p: _marked(p, "°'\""),
    "announcements": lambda p: _marked(p, "º’〞"),
    "words": lambda p: _marked(p, "度分秒"),
    "damaged": lambda p: _marked(p, "???"),
    "without marks": lambda p: _marked(p, "   "),
    "full width": lambda p: _full_width(in_degrees(p, "en")),
}
beyond_ninety = st.floats(90.01, 180) | st.floats(-180, -90.01)


@pytest.mark.parametrize("form", FORMS)
@given(longitude=beyond_ninety, latitude=st.floats(-90, 90))
def test_every_form_reads_back_as_the_place_it_was_written_from(form, longitude, latitude):
    position = Position(longitude, latitude)
    found = parse_coordinates(FORMS[form](position))
    within = 6e-7 if form.startswith("decimal") else 0.5 / 3600 + 1e-7
    assert abs(found.longitude - longitude) <= within
    assert abs(found.latitude - latitude) <= within


@given(
    st.text(alphabet="0123456789.-+°′″'\"NSEW东经北纬度分秒?,， ～lonat\x00", max_size=40)
    | st.text(max_size=150)
)
def test_any_text_is_either_a_place_on_earth_or_refused(text):
    try:
        found = parse_coordinates(text)
    except CoordinatesError:
        return
    assert -180 <= found.longitude <= 180
    assert -90 <= found.latitude <= 90
