"""Areas at the desk: listed, and looked at before they count."""

from __future__ import annotations

import re

import area_uploads as made
import pytest
from area_deeds import FRUIT, PEACH, RICE, TEA, an_area, counted, drawn, said, tone_of
from sqlalchemy import select
from staffing import a_desk, an_officer, seated

from service.register.areas import district_outline
from service.register.models import ProductionAreaVersion, Protection, Revision
from service.vocabulary import DraftState, RecordKind, Role


@pytest.fixture(scope="module", params=["spatialite", "postgis"])
def desk(request, registers, tmp_path_factory):
    with a_desk(registers, tmp_path_factory.mktemp("desk"), request.param) as desk:
        yield desk


# ---- the list


def test_the_list_shows_each_right_with_its_area_its_sizes_and_its_findings(artist):
    page = artist.get("/staff/areas?q=云雾果").text
    row = re.search(r"<tr>\s*<th scope=\"row\">.*?</tr>", page, re.DOTALL)[0]
    for part in ("示例·云雾果", FRUIT, "第 2 版", "按资料绘制", "1,563", "须说明", "核对说明"):
        assert part in row
    assert f"/staff/areas/{FRUIT}/3" in row
    assert f"/staff/areas/{FRUIT}/2" in row
    assert artist.get("/staff/areas").text.index(FRUIT) < artist.get("/staff/areas").text.index(PEACH)


@pytest.mark.parametrize(
    ("query", "is_there", "is_not"),
    [
        (f"q={TEA.lower()}", TEA, FRUIT),
        ("tier=text_only", RICE, FRUIT),
        ("tier=none", PEACH, FRUIT),
        ("track=gi_trademark&tier=drawn", TEA, FRUIT),
    ],
)
def test_the_address_of_the_list_narrows_it(artist, query, is_there, is_not):
    page = artist.get(f"/staff/areas?{query}").text
    assert is_there in page
    assert is_not not in page


def test_odd_addresses_of_the_list_are_answered(artist):
    for query in ("tier=nothing&track=x", "q=%25_%27", "q=没有这个", "page=9999"):
        assert artist.get(f"/staff/areas?{query}").status_code == 200
    assert artist.get("/staff/areas?page=0").status_code == 422


def test_who_may_not_draft_areas_finds_no_way_to_draw(desk):
    auditor = seated(*desk, an_officer(desk[1], Role.AUDITOR))
    assert "新的一版" not in auditor.get("/staff/areas").text
    partner = seated(*desk, an_officer(desk[1], Role.PARTNER, kinds=(RecordKind.ORGANISATION,)))
    assert partner.get(f"/staff/areas/{FRUIT}/3").status_code == 404
    assert partner.post(f"/staff/areas/{FRUIT}/3", an_area()).status_code == 404


@pytest.mark.parametrize(
    "address", ["QJ-PR-0000/1", f"{FRUIT}/4", f"{FRUIT}/0", f"{FRUIT}/x", "%00/1", "x%20y/1"]
)
def test_what_cannot_be_drawn_is_not_there(artist, address):
    assert 400 <= artist.get(f"/staff/areas/{address}").status_code < 500
    assert 400 <= artist.post(f"/staff/areas/{address}", an_area()).status_code < 500


# ---- before it counts


def test_asking_for_the_checks_keeps_nothing(desk, artist):
    before = counted(desk[1])
    reply = artist.post(f"/staff/areas/{FRUIT}/3/checks", drawn(made.square(108.7, 29.4)))
    assert reply.status_code == 200
    assert counted(desk[1]) == before


def test_the_checks_say_what_the_register_finds(artist):
    page = f"/staff/areas/{PEACH}/1/checks"
    far = artist.post(page, drawn(made.square(109.9, 30.9)))
    assert tone_of(far) == "bad"
    assert "全部在本区之外" in said(far)
    sized = drawn(
        made.square(108.7, 29.4),
        stated_area="5000",
        stated_unit="mu",
        stated_box="东经108°00′~108°10′、北纬29°00′~29°10′",
    )
    reply = artist.post(page, sized)
    assert tone_of(reply) == "warn"
    assert "原文 333.3 公顷" in said(reply)
    assert "与原文经纬度范围不符" in said(reply)
    answered = artist.post(page, sized | {"override_note": "测试用：照资料画的"})
    assert tone_of(answered) == "good"
    english = artist.post("/en" + page, sized)
    assert "stated 333.3 ha" in said(english)


def test_an_unfinished_form_is_looked_at_all_the_same(artist):
    typed = drawn(
        made.square(108.7, 29.4),
        text_original="",
        source="",
        source_level="",
        confidence="",
        stated_area="12",
    )
    reply = artist.post(f"/staff/areas/{PEACH}/1/checks", typed)
    assert reply.status_code == 200
    assert "公顷" in said(reply)
    assert 'class="gi-field-fault"' not in reply.text


def test_a_redrawn_area_is_compared_with_what_stands_and_its_users_are_counted(desk, artist):
    with desk[1].reading() as session:
        payload = session.scalars(
            select(Revision.payload).where(
                Revision.record_key == f"{FRUIT}:2", Revision.state == DraftState.PUBLISHED
            )
        ).one()
    first = [[list(position) for position in ring] for ring in payload["geometry"]["coordinates"][0]]
    typed = an_area(
        area_way="drawing", area_geometry=made.text({"type": "Polygon", "coordinates": first}).decode()
    )
    reply = artist.post(f"/staff/areas/{FRUIT}/2/checks", typed)
    words = " ".join(said(reply).split())
    assert "与第 2 版相比" in words
    gained, lost, same = (
        float(re.search(rf"{part} ([\d.,]+)", words)[1].replace(",", ""))
        for part in ("新划入", "划出", "未变")
    )
    assert gained == 0
    assert lost > 0
    with desk[1].reading() as session:
        whole = session.scalar(
            select(ProductionAreaVersion.computed_area_ha)
            .join(Protection, Protection.id == ProductionAreaVersion.protection_id)
            .where(Protection.code == FRUIT, ProductionAreaVersion.version_no == 2)
        )
    assert lost + same == pytest.approx(whole, abs=0.3)
    assert "现在的专用标志使用人" in words
    # The text names 正阳街道 and two others no more: who is recorded there is told, and where nothing is known too.
    assert "可能受影响" in words or "不清楚的" in words
    assert "只能按所在乡镇判断" in words


def test_what_lies_below_the_map_is_told_by_kind(artist):
    reply = artist.get(f"/staff/areas/{FRUIT}/3/ground.geojson")
    features = reply.json()["features"]
    kinds = {each["properties"]["kind"] for each in features}
    assert kinds == {"district", "cell", "own", "area"}
    cells = [each for each in features if each["properties"]["kind"] == "cell"]
    assert len(cells) == 28
    assert features[0]["geometry"] == district_outline()
