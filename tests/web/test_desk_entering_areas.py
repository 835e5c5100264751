"""Entering an area at the desk: each way in, and what is wrong beside its field."""

from __future__ import annotations

import re

import area_uploads as made
import pytest
from area_deeds import (
    PEACH,
    TEA,
    an_area,
    counted,
    discarded,
    drawn,
    kept,
    payload_of,
    said,
    tone_of,
)
from bad_area_uploads import REFUSED
from staffing import HOSTILE, a_desk

from service.register.surveying import wording as area_wording
from service.vocabulary import AreaTier, Datum
from service.web.staff.area_forms import MAX_FORM


@pytest.fixture(scope="module", params=["spatialite", "postgis"])
def desk(request, registers, tmp_path_factory):
    with a_desk(registers, tmp_path_factory.mktemp("desk"), request.param) as desk:
        yield desk


# ---- ways in


def test_ticked_townships_are_drawn_about_here_and_those_without_a_point_are_named(desk, artist):
    page = artist.get(f"/staff/areas/{PEACH}/1").text
    assert page.count("没有点位") >= 2
    ticks = {
        name: slug
        for slug, name in re.findall(
            r'name="area_included" value="([a-z-]+)".*?lass="gi-unseen">(\S+) ', page
        )
    }
    typed = an_area(
        area_way="townships",
        text_original="示例：正阳街道、城东街道和水田乡的一部分，不含五里镇。（虚构）",
        area_included=[ticks["正阳街道"], ticks["城东街道"]],
        area_partial=[ticks["水田乡"]],
        area_excluded=[ticks["五里镇"]],
    )
    address = kept(artist, PEACH, 1, typed)
    payload = payload_of(desk[1], address)
    assert payload["tier"] == "approximate"
    assert "geometry" not in payload
    assert payload["divisions"] == ["城东街道", "正阳街道"] or payload["divisions"] == [
        "正阳街道",
        "城东街道",
    ]
    assert payload["partial_divisions"] == ["水田乡"]
    assert payload["excluded_divisions"] == ["五里镇"]
    review = artist.get(address)
    assert tone_of(review) == "good"
    assert "大致位置" in said(review)
    discarded(artist, address)
    # What the text names and what is ticked go together, or somebody answers for it.
    other = {**typed, "text_original": "示例：正阳街道、城东街道、五里镇和石会镇。（虚构）"}
    looked = artist.post(f"/staff/areas/{PEACH}/1/checks", other)
    assert tone_of(looked) == "warn"
    assert "原文写到、没有勾选：石会镇" in said(looked)
    assert "勾选了、原文没有写到：水田乡" in said(looked)
    answered = artist.post(f"/staff/areas/{PEACH}/1/checks", {**other, "override_note": "原文另有附图"})
    assert tone_of(answered) == "good"


def test_a_township_is_ticked_once_and_none_is_a_fault(artist):
    twice = an_area(area_way="townships", area_included="zhengyang", area_partial="zhengyang")
    page = artist.get(f"/staff/areas/{PEACH}/1").text
    slug = re.search(r'name="area_included" value="([a-z-]+)"', page)[1]
    twice |= {"area_included": slug, "area_partial": slug}
    for typed, words in (
        (twice, "只能勾一栏"),
        (an_area(area_way="townships"), "至少勾选一个"),
        (an_area(area_way="townships", area_included=[slug, "nowhere"]), "登记中没有这条记录"),
    ):
        reply = artist.post(f"/staff/areas/{PEACH}/1", typed)
        assert reply.status_code == 422
        assert words in reply.text
        assert 'id="area_included-fault"' in reply.text


def test_a_drawing_goes_through_the_same_reader_as_a_file(desk, artist):
    address = kept(artist, PEACH, 1, drawn(made.square(108.7, 29.4), tier="parcel"))
    payload = payload_of(desk[1], address)
    assert (payload["tier"], payload["geometry_datum"]) == ("parcel", "wgs84")
    assert payload["geometry"]["type"] == "MultiPolygon"
    discarded(artist, address)
    crossed = drawn([[108.7, 29.4], [108.8, 29.5], [108.8, 29.4], [108.7, 29.5], [108.7, 29.4]])
    reply = artist.post(f"/staff/areas/{PEACH}/1", crossed)
    assert reply.status_code == 422
    assert "边界自相交" in said(reply)
    assert tone_of(reply) == "bad"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("产地.geojson", made.text(made.POLYGON)),
        ("产地.kml", made.kml(made.placemark())),
        ("产地.zip", made.zipped_shape(made.shape_parts([[made.RING[::-1]]]))),
    ],
)
def test_a_file_of_each_format_is_read_and_need_not_be_sent_again(desk, artist, name, content):
    typed = an_area(area_way="file")
    looked = artist.post(f"/staff/areas/{PEACH}/1/checks", typed, files={"area_file": (name, content)})
    assert looked.status_code == 200
    assert "已读入" in looked.text
    carried = {
        each: re.search(rf'name="{each}" value="([^"]*)"', looked.text)[1].replace("&#34;", '"')
        for each in ("area_geometry", "area_read_crs", "area_read_datum")
    }
    address = kept(artist, PEACH, 1, typed | carried)
    payload = payload_of(desk[1], address)
    assert payload["geometry"]["coordinates"][0][0][0] == [108.7, 29.4]
    assert payload["geometry_crs"] == carried["area_read_crs"]
    discarded(artist, address)


def test_what_is_declared_of_a_file_counts(desk, artist):
    shifted = [[x + 0.005, y] for x, y in made.RING]
    files = {"area_file": ("a.csv", "\n".join(f"{y},{x}" for x, y in shifted).encode())}
    typed = an_area(area_way="file")
    reply = artist.post(f"/staff/areas/{PEACH}/1", typed, files=files)
    assert reply.status_code == 422
    assert "次序颠倒" in said(reply)
    address = kept(artist, PEACH, 1, typed | {"area_swap": "1", "area_datum": "gcj02"}, files=files)
    payload = payload_of(desk[1], address)
    assert payload["geometry_datum"] == Datum.GCJ02
    assert payload["geometry"]["coordinates"][0][0][0] != [108.705, 29.4]
    discarded(artist, address)


def test_coordinates_are_a_way_without_a_mouse(desk, artist):
    points = "\n".join(f"{x},{y}" for x, y in made.RING)
    address = kept(artist, PEACH, 1, an_area(area_way="coordinates", area_coordinates=points))
    assert payload_of(desk[1], address)["tier"] == AreaTier.DRAWN
    discarded(artist, address)
    for wrong in ("", "108.7,here\n1,2\n3,4", "x"):
        reply = artist.post(
            f"/staff/areas/{PEACH}/1", an_area(area_way="coordinates", area_coordinates=wrong)
        )
        assert reply.status_code == 422
        assert 'id="area_ground-fault"' in reply.text


# ---- what is wrong


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_faults_stand_beside_their_fields_and_nothing_typed_is_lost(artist, prefix):
    typed = drawn(
        made.square(108.7, 29.4),
        text_original="",
        source=HOSTILE,
        text_as_of="2026-13-01",
        stated_area="很多",
        source_level="",
    )
    reply = artist.post(f"{prefix}/staff/areas/{PEACH}/1", typed)
    assert reply.status_code == 422
    found = set(re.findall(r'class="gi-field-fault" id="([a-z_]+)-fault"', reply.text))
    assert found == {"text_original", "text_as_of", "stated_area", "source_level"}
    assert 'value="2026-13-01"' in reply.text
    assert 'value="很多"' in reply.text
    assert "<svg onload" not in reply.text
    assert "108.71" in re.search(r'name="area_geometry" value="([^"]*)"', reply.text)[1]
    assert tone_of(reply) in {"good", "warn"}  # the ground is looked at all the same


def test_a_version_that_follows_says_when_it_begins_and_why(artist):
    reply = artist.post(f"/staff/areas/{TEA}/2", an_area(valid_from="2026-12-01"))
    assert reply.status_code == 422
    assert 'id="change_note-fault"' in reply.text
    for begins, words in (("", "必须填写"), ("2026-02-30", "日期应写成"), ("2001-01-01", "止日应晚于起日")):
        reply = artist.post(f"/staff/areas/{TEA}/2", an_area(valid_from=begins, change_note="测试用"))
        assert reply.status_code == 422
        assert words in reply.text
        assert 'id="valid_from-fault"' in reply.text


def test_a_field_of_no_form_is_refused(artist):
    assert artist.post(f"/staff/areas/{PEACH}/1", an_area(protection=TEA)).status_code == 422
    assert artist.post(f"/staff/areas/{PEACH}/1", an_area(draft_note="x")).status_code == 422
    files = {"other": ("a.txt", b"x")}
    assert artist.post(f"/staff/areas/{PEACH}/1", an_area(), files=files).status_code == 422


@pytest.mark.parametrize(
    "facts",
    [
        {"area_way": "drawing", "area_geometry": "["},
        {"area_way": "drawing", "area_geometry": "null"},
        {"area_way": "drawing", "area_geometry": HOSTILE},
        {"area_way": "file", "area_geometry": "{}", "area_read_datum": "x", "area_read_crs": "y" * 500},
        {"area_way": "nothing", "area_included": HOSTILE},
        {"area_way": "file", "area_crs": "EPSG:99999"},
        {"tier": "parcel", "confidence": "x", "valid_to": "0000-00-00", "stated_unit": "acre"},
        {"text_original": "\ud800字\x00", "source": "x" * 30_000},
        {"draft_draft": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "draft_edition": "9" * 30, "draft_version": "-1"},
        {"area_coordinates": "1," * 100_000, "area_way": "coordinates"},
    ],
)
def test_nothing_that_is_sent_breaks_the_page(artist, facts):
    for suffix in ("", "/checks"):
        reply = artist.post_text(f"/staff/areas/{PEACH}/1{suffix}", an_area(**facts))
        assert reply.status_code < 500, reply.text[-1000:]


_ONE_OF_EACH = {"G02", "G03 UTF-16", "G05", "G06", "G15", "G19", "G22", "G27", "G34", "G35 no prj", "G38"}


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(row, id=row[0], marks=[] if row[0] in _ONE_OF_EACH else [pytest.mark.long])
        for row in REFUSED
    ],
)
def test_every_bad_upload_gets_its_answer_in_the_form(desk, artist, bad):
    _, name, content, problem, status = bad
    before = counted(desk[1])
    typed = an_area(area_way="file", method_note="这一句还在")
    reply = artist.post(f"/staff/areas/{PEACH}/1", typed, files={"area_file": (name, content)})
    assert reply.status_code == status
    assert tone_of(reply) == "bad"
    assert area_wording.REFUSED[problem][0] in said(reply)
    assert "这一句还在" in reply.text
    assert counted(desk[1]) == before


def test_a_form_may_be_as_large_as_a_drawing_and_a_file_and_no_larger(artist):
    large = [[108.7 + i / 1e5, 29.4 + (i % 2) / 1e4] for i in range(8_000)]
    large = [*large, [large[-1][0], 29.3], [108.7, 29.3], large[0]]
    typed = an_area(area_way="file", area_geometry=made.polygon(large).decode() + " " * 1_200_000)
    assert artist.post(f"/staff/areas/{PEACH}/1/checks", typed).status_code == 200
    files = {"area_file": ("a.geojson", b" " * MAX_FORM)}
    assert artist.post(f"/staff/areas/{PEACH}/1", an_area(area_way="file"), files=files).status_code == 413
    assert artist.post("/staff/ledger/new", {"name": "x" * 1_100_000}).status_code == 413
