"""What the checks find of an area, and how grave it is: a pure function, value by value."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import shapely
from area_uploads import RING, square
from shapely.geometry import MultiPolygon, Polygon

from service.register.areas import district_shape
from service.register.surveying import datums
from service.register.surveying.boxes import stated_box
from service.register.surveying.checking import Candidate, Town, area_in_ha, check, check_words
from service.register.surveying.wording import finding_words
from service.vocabulary import AreaTier, AreaUnit, DivisionRole, Severity

OUTLINE = district_shape()
AREA = MultiPolygon([Polygon(RING)])
HECTARES = area_in_ha(AREA)
INSIDE, OUTSIDE = (108.75, 29.45), (108.85, 29.45)
BASE = Candidate(area=AREA, tier=AreaTier.DRAWN, outline=OUTLINE)


def found(**facts):
    """The findings by code with their severity; that the datum cannot be told here is left out."""
    findings = check(dataclasses.replace(BASE, **facts))
    for finding in findings:
        assert all(finding_words(finding))
    return {each.code: each.severity for each in findings if each.code != "datum_not_told"}


def test_an_area_with_nothing_to_compare_passes():
    assert found() == {}


def test_that_the_datum_cannot_be_told_is_said():
    assert [finding.code for finding in check(BASE)] == ["datum_not_told"]


@pytest.mark.parametrize(
    ("factor", "note"), [(1, False), (1.049, False), (0.955, False), (1.06, True), (0.94, True), (15, True)]
)
def test_the_computed_area_may_be_five_hundredths_off_the_stated_one(factor, note):
    assert found(stated_ha=HECTARES / factor) == ({"area_differs": Severity.NOTE} if note else {})


def test_units_are_those_of_the_announcement():
    assert [unit.hectares for unit in (AreaUnit.MU, AreaUnit.HECTARE, AreaUnit.SQUARE_KILOMETRE)] == [
        pytest.approx(1 / 15),
        1,
        100,
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("东经108°42′~108°48′、北纬29°24′~29°30′", {}),
        ("东经108°42′00″—108°48′00″，北纬29°24′00″—29°30′00″", {}),
        ("北纬29°24′-29°30′、东经108°42′-108°48′", {}),
        ("东经108.7°至108.8°、北纬29.4°至29.5°", {}),
        ("东经108度42分～108度48分，北纬29度24分～29度30分", {}),
        ("东经108°43′~108°48′、北纬29°24′~29°30′", {}),  # within the minute that the words state
        ("东经108°45′~108°48′、北纬29°24′~29°30′", {"box_differs": Severity.NOTE}),
        ("东经108°42′00″—108°48′30″，北纬29°24′00″—29°30′00″", {"box_differs": Severity.NOTE}),
        ("东经108~109度一带", {"box_not_clear": Severity.INFO}),
        ("东经108°48′~108°42′、北纬29°24′~29°30′", {"box_not_clear": Severity.INFO}),
        ("东经108°42′~108°72′、北纬29°24′~29°30′", {"box_not_clear": Severity.INFO}),
        ("见附图", {"box_not_clear": Severity.INFO}),
    ],
)
def test_the_box_is_compared_with_the_words_as_finely_as_they_speak(words, expected):
    assert found(stated_box=words) == expected


def test_the_box_of_the_first_data_is_read():
    box = stated_box("东经108°28′~108°56′、北纬29°04′~29°52′")
    assert box is not None
    assert box.sides == pytest.approx((108 + 28 / 60, 29 + 4 / 60, 108 + 56 / 60, 29 + 52 / 60))
    assert box.step == pytest.approx(1 / 60)


def towns(**roles):
    known = {1: Town("甲镇", INSIDE), 2: Town("乙镇", OUTSIDE), 3: Town("丙街道", None)}
    return {"towns": known, "roles": {int(key[1:]): role for key, role in roles.items()}}


ALL, PART, NOT = DivisionRole.INCLUDED, DivisionRole.PARTIAL, DivisionRole.EXCLUDED


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ({"t1": ALL}, {}),
        ({"t1": PART}, {}),
        ({"t1": ALL, "t2": PART}, {}),
        ({"t1": ALL, "t2": NOT}, {}),
        ({"t1": ALL, "t2": ALL}, {"town_not_covered": Severity.NOTE}),
        ({"t2": PART}, {"town_not_named": Severity.NOTE}),
        ({"t1": NOT}, {"excluded_town_covered": Severity.NOTE}),
        ({"t1": ALL, "t3": ALL}, {"town_without_point": Severity.INFO}),
    ],
)
def test_townships_are_compared_with_the_text(roles, expected):
    assert found(**towns(**roles)) == expected
    assert found(**towns(**roles), tier=AreaTier.PARCEL) == {}  # a parcel covers no township's seat


_TOWNS = {1: Town("五里镇", None), 2: Town("水田乡", None), 3: Town("沙坝镇", None)}


@pytest.mark.parametrize(
    ("text", "ticked", "expected"),
    [
        ("五里镇、水田乡现辖行政区域", {1: "五里镇", 2: "水田乡"}, {}),
        ("五里乡、水田乡", {1: "五里乡", 2: "水田乡"}, {}),  # printed before its kind changed
        ("五里镇、水田乡", {1: "五里镇"}, {"town_not_ticked": "水田乡"}),
        ("水田乡", {1: "五里镇"}, {"town_not_ticked": "水田乡", "ticked_not_named": "五里镇"}),
        ("五里镇。四至：东至五里镇、西至沙坝乡脉东村，北与水田乡接壤", {1: "五里镇"}, {}),
        ("五里镇，西至沙坝乡", {1: "五里镇", 3: "沙坝乡"}, {}),
        ("除五里镇外全区", {1: "五里镇", 2: "水田乡"}, {}),
        ("东至甲，西至乙", {1: "五里镇"}, {}),  # told by other words
        ("五里镇、外县某乡", {1: "五里镇", 9: "外县某乡"}, {}),
    ],
)
def test_the_townships_ticked_are_compared_with_those_that_the_text_names(text, ticked, expected):
    findings = check_words(text, _TOWNS, ticked)
    assert {each.code: each.facts["names"] for each in findings} == expected
    assert {each.severity for each in findings} <= {Severity.NOTE}


def moved(east=0.0, north=0.0, area=AREA):
    return shapely.transform(area, lambda degrees: degrees + np.array([east, north]))


@pytest.mark.parametrize(
    ("area", "inside", "across"),
    [
        (AREA, {}, {}),
        (moved(0.2), {"partly_outside": Severity.NOTE}, {"across_the_border": Severity.INFO}),
        (moved(2), {"outside": Severity.ERROR}, {"across_the_border": Severity.INFO}),
    ],
)
def test_an_area_lies_inside_the_district_unless_its_product_crosses_the_border(area, inside, across):
    assert found(area=area) == inside
    assert found(area=area, is_cross_district=True) == across


def test_as_much_outside_as_the_outline_is_good_for_is_let_pass():
    whole = MultiPolygon(list(OUTLINE.geoms))
    barely = moved(0.0015, area=whole)  # 145 m
    far = moved(0.003, area=whole)  # 290 m
    assert found(area=barely) == {}
    assert found(area=far) == {"partly_outside": Severity.NOTE}


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (None, {}),
        (AREA, {}),
        (MultiPolygon([Polygon(square(108.70, 29.40, 0.099))]), {"changed": Severity.INFO}),
        (MultiPolygon([Polygon(square(108.70, 29.40, 0.05))]), {"much_changed": Severity.NOTE}),
        (MultiPolygon([Polygon(square(108.60, 29.40, 0.01))]), {"apart_from_before": Severity.NOTE}),
    ],
)
def test_a_version_is_compared_with_the_one_before(before, expected):
    assert found(before=before) == expected


def test_what_was_gained_and_lost_is_told():
    (finding,) = (f for f in check(dataclasses.replace(BASE, before=moved(0.01))) if f.code == "changed")
    assert finding.facts["gained"] == pytest.approx(HECTARES / 10, rel=0.01)
    assert finding.facts["lost"] == pytest.approx(HECTARES / 10, rel=0.01)


@pytest.mark.parametrize("shift", [datums.gcj02_of, lambda degrees: datums.bd09_of(datums.gcj02_of(degrees))])
def test_an_area_that_follows_the_border_only_when_shifted_back_looks_shifted(shift):
    area = shapely.transform(MultiPolygon(list(OUTLINE.geoms)), shift)
    assert found(area=area) == {"partly_outside": Severity.NOTE, "looks_shifted": Severity.NOTE}


def test_unsound_areas_are_errors_and_nothing_more_is_asked():
    bow_tie = MultiPolygon([Polygon([RING[0], RING[2], RING[1], RING[3], RING[0]])])
    assert found(area=bow_tie, stated_ha=1.0) == {"not_valid": Severity.ERROR}
    assert found(area=MultiPolygon()) == {"empty": Severity.ERROR}


def test_vertices_are_counted():
    circle = MultiPolygon([shapely.Point(INSIDE).buffer(0.04, quad_segs=1_500)])
    assert found(area=circle) == {"many_vertices": Severity.INFO}
    assert found(area=MultiPolygon([shapely.Point(INSIDE).buffer(0.04, quad_segs=13_000)])) == {
        "too_many_vertices": Severity.ERROR
    }


@pytest.mark.parametrize("tier", [AreaTier.APPROXIMATE])
def test_what_is_only_about_here_is_not_measured_against_the_text(tier):
    assert found(tier=tier, stated_ha=1.0, stated_box="东经100°~101°、北纬20°~21°", **towns(t2=ALL)) == {}


def test_the_gravest_stands_first():
    findings = check(dataclasses.replace(BASE, area=moved(0.2), stated_ha=1.0, **towns(t3=ALL)))
    order = [list(Severity).index(finding.severity) for finding in findings]
    assert order == sorted(order)
