"""Areas at the desk: listed, entered in each way, looked at before they count, and published by a second person."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from record_deeds import edition_of
from sqlalchemy import func, select
from staffing import a_desk, an_officer, seated

sys.path.append(str(Path(__file__).parents[1] / "register"))
import area_uploads as made
from test_area_uploads import REFUSED

from service.register.areas import district_outline
from service.register.models import AuditEvent, ProductionAreaVersion, Protection, Revision
from service.register.surveying import wording as area_wording
from service.vocabulary import AreaTier, Datum, DraftState, RecordKind, Role
from service.web.staff.area_forms import MAX_FORM

_HOSTILE = "<script>alert('x')</script>\"><svg onload=alert(1)>{{ 7*7 }}"
_FRUIT, _TEA, _RICE, _PEACH = "QJ-PR-9001", "QJ-PR-9002", "QJ-PR-9003", "QJ-PR-0001"


@pytest.fixture(scope="module", params=["spatialite", "postgis"])
def desk(request, registers, tmp_path_factory):
    """The site on a seeded register, and that register as the site holds it."""
    with a_desk(registers, tmp_path_factory.mktemp("desk"), request.param) as desk:
        yield desk


@pytest.fixture
def artist(desk):
    return seated(*desk, an_officer(desk[1], Role.GIS_EDITOR))


@pytest.fixture
def reviewer(desk):
    return seated(*desk, an_officer(desk[1], Role.REVIEWER))


def an_area(**facts: Any) -> dict[str, Any]:
    """An area as it is typed; by default of text alone."""
    return {
        "area_way": "words",
        "text_original": "示例：产地范围为正阳街道现辖行政区域。（虚构）",
        "confidence": "low",
        "source": "示例公告",
        "source_level": "demonstration",
        **facts,
    }


def drawn(*rings, **facts: Any) -> dict[str, Any]:
    """An area as the map sends it."""
    geometry = made.text({"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}).decode()
    return an_area(area_way="drawing", area_geometry=geometry, **facts)


def tone_of(reply) -> str:
    return re.search(r'data-area-look="([a-z]+)"', reply.text)[1]


def said(reply) -> str:
    """What stands in the verdict, as text."""
    card = re.search(r"<article[^>]*data-area-look.*?</article>", reply.text, re.DOTALL)[0]
    return re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", "", card, flags=re.DOTALL))


def counted(database) -> tuple[int, int]:
    with database.reading() as session:
        drafts = session.scalar(select(func.count()).select_from(Revision))
        return drafts, session.scalar(select(func.count()).select_from(AuditEvent))


def kept(seat, code: str, number: int, typed: dict[str, Any], **more: Any) -> str:
    """Keep a draft and return where it stands."""
    reply = seat.post(f"/staff/areas/{code}/{number}", typed, **more)
    assert reply.status_code == 303, said(reply) + reply.text[-3000:]
    return reply.headers["location"].partition("?")[0]


def step(seat, address: str, name: str, **facts: str):
    return seat.post(f"{address}/{name}", {**edition_of(seat, address), **facts})


def payload_of(database, address: str) -> dict[str, Any]:
    with database.reading() as session:
        return session.scalars(select(Revision.payload).where(Revision.ulid == address[-26:])).one()


def discarded(seat, address: str) -> None:
    assert step(seat, address, "discard").status_code == 303


# ---- the list


def test_the_list_shows_each_right_with_its_area_its_sizes_and_its_findings(artist):
    page = artist.get("/staff/areas?q=云雾果").text
    row = re.search(r"<tr>\s*<th scope=\"row\">.*?</tr>", page, re.DOTALL)[0]
    for part in ("示例·云雾果", _FRUIT, "第 2 版", "按资料绘制", "1,563", "须说明", "核对说明"):
        assert part in row
    assert f"/staff/areas/{_FRUIT}/3" in row
    assert f"/staff/areas/{_FRUIT}/2" in row
    assert artist.get("/staff/areas").text.index(_FRUIT) < artist.get("/staff/areas").text.index(_PEACH)


@pytest.mark.parametrize(
    ("query", "is_there", "is_not"),
    [
        (f"q={_TEA.lower()}", _TEA, _FRUIT),
        ("tier=text_only", _RICE, _FRUIT),
        ("tier=none", _PEACH, _FRUIT),
        ("track=gi_trademark&tier=drawn", _TEA, _FRUIT),
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
    assert partner.get(f"/staff/areas/{_FRUIT}/3").status_code == 404
    assert partner.post(f"/staff/areas/{_FRUIT}/3", an_area()).status_code == 404


@pytest.mark.parametrize(
    "address", ["QJ-PR-0000/1", f"{_FRUIT}/4", f"{_FRUIT}/0", f"{_FRUIT}/x", "%00/1", "x%20y/1"]
)
def test_what_cannot_be_drawn_is_not_there(artist, address):
    assert 400 <= artist.get(f"/staff/areas/{address}").status_code < 500
    assert 400 <= artist.post(f"/staff/areas/{address}", an_area()).status_code < 500


# ---- ways in


def test_ticked_townships_are_drawn_about_here_and_those_without_a_point_are_named(desk, artist):
    page = artist.get(f"/staff/areas/{_PEACH}/1").text
    assert page.count("没有点位") >= 2
    ticks = {
        name: slug
        for slug, name in re.findall(
            r'name="area_included" value="([a-z-]+)".*?lass="gi-unseen">(\S+) ', page
        )
    }
    typed = an_area(
        area_way="townships",
        area_included=[ticks["正阳街道"], ticks["城东街道"]],
        area_partial=[ticks["水田乡"]],
        area_excluded=[ticks["五里镇"]],
    )
    address = kept(artist, _PEACH, 1, typed)
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


def test_a_township_is_ticked_once_and_none_is_a_fault(artist):
    twice = an_area(area_way="townships", area_included="zhengyang", area_partial="zhengyang")
    page = artist.get(f"/staff/areas/{_PEACH}/1").text
    slug = re.search(r'name="area_included" value="([a-z-]+)"', page)[1]
    twice |= {"area_included": slug, "area_partial": slug}
    for typed, words in (
        (twice, "只能勾一栏"),
        (an_area(area_way="townships"), "至少勾选一个"),
        (an_area(area_way="townships", area_included=[slug, "nowhere"]), "登记中没有这条记录"),
    ):
        reply = artist.post(f"/staff/areas/{_PEACH}/1", typed)
        assert reply.status_code == 422
        assert words in reply.text
        assert 'id="area_included-fault"' in reply.text


def test_a_drawing_goes_through_the_same_reader_as_a_file(desk, artist):
    address = kept(artist, _PEACH, 1, drawn(made.square(108.7, 29.4), tier="parcel"))
    payload = payload_of(desk[1], address)
    assert (payload["tier"], payload["geometry_datum"]) == ("parcel", "wgs84")
    assert payload["geometry"]["type"] == "MultiPolygon"
    discarded(artist, address)
    crossed = drawn([[108.7, 29.4], [108.8, 29.5], [108.8, 29.4], [108.7, 29.5], [108.7, 29.4]])
    reply = artist.post(f"/staff/areas/{_PEACH}/1", crossed)
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
    looked = artist.post(f"/staff/areas/{_PEACH}/1/checks", typed, files={"area_file": (name, content)})
    assert looked.status_code == 200
    assert "已读入" in looked.text
    carried = {
        each: re.search(rf'name="{each}" value="([^"]*)"', looked.text)[1].replace("&#34;", '"')
        for each in ("area_geometry", "area_read_crs", "area_read_datum")
    }
    address = kept(artist, _PEACH, 1, typed | carried)
    payload = payload_of(desk[1], address)
    assert payload["geometry"]["coordinates"][0][0][0] == [108.7, 29.4]
    assert payload["geometry_crs"] == carried["area_read_crs"]
    discarded(artist, address)


def test_what_is_declared_of_a_file_counts(desk, artist):
    shifted = [[x + 0.005, y] for x, y in made.RING]
    files = {"area_file": ("a.csv", "\n".join(f"{y},{x}" for x, y in shifted).encode())}
    typed = an_area(area_way="file")
    reply = artist.post(f"/staff/areas/{_PEACH}/1", typed, files=files)
    assert reply.status_code == 422
    assert "次序颠倒" in said(reply)
    address = kept(artist, _PEACH, 1, typed | {"area_swap": "1", "area_datum": "gcj02"}, files=files)
    payload = payload_of(desk[1], address)
    assert payload["geometry_datum"] == Datum.GCJ02
    assert payload["geometry"]["coordinates"][0][0][0] != [108.705, 29.4]
    discarded(artist, address)


def test_coordinates_are_a_way_without_a_mouse(desk, artist):
    points = "\n".join(f"{x},{y}" for x, y in made.RING)
    address = kept(artist, _PEACH, 1, an_area(area_way="coordinates", area_coordinates=points))
    assert payload_of(desk[1], address)["tier"] == AreaTier.DRAWN
    discarded(artist, address)
    for wrong in ("", "108.7,here\n1,2\n3,4", "x"):
        reply = artist.post(
            f"/staff/areas/{_PEACH}/1", an_area(area_way="coordinates", area_coordinates=wrong)
        )
        assert reply.status_code == 422
        assert 'id="area_ground-fault"' in reply.text


# ---- what is wrong


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_faults_stand_beside_their_fields_and_nothing_typed_is_lost(artist, prefix):
    typed = drawn(
        made.square(108.7, 29.4),
        text_original="",
        source=_HOSTILE,
        text_as_of="2026-13-01",
        stated_area="很多",
        source_level="",
    )
    reply = artist.post(f"{prefix}/staff/areas/{_PEACH}/1", typed)
    assert reply.status_code == 422
    found = set(re.findall(r'class="gi-field-fault" id="([a-z_]+)-fault"', reply.text))
    assert found == {"text_original", "text_as_of", "stated_area", "source_level"}
    assert 'value="2026-13-01"' in reply.text
    assert 'value="很多"' in reply.text
    assert "<svg onload" not in reply.text
    assert "108.71" in re.search(r'name="area_geometry" value="([^"]*)"', reply.text)[1]
    assert tone_of(reply) in {"good", "warn"}  # the ground is looked at all the same


def test_a_version_that_follows_says_when_it_begins_and_why(artist):
    reply = artist.post(f"/staff/areas/{_TEA}/2", an_area(valid_from="2026-12-01"))
    assert reply.status_code == 422
    assert 'id="change_note-fault"' in reply.text
    for begins, words in (("", "必须填写"), ("2026-02-30", "日期应写成"), ("2001-01-01", "止日应晚于起日")):
        reply = artist.post(f"/staff/areas/{_TEA}/2", an_area(valid_from=begins, change_note="测试用"))
        assert reply.status_code == 422
        assert words in reply.text
        assert 'id="valid_from-fault"' in reply.text


def test_a_field_of_no_form_is_refused(artist):
    assert artist.post(f"/staff/areas/{_PEACH}/1", an_area(protection=_TEA)).status_code == 422
    assert artist.post(f"/staff/areas/{_PEACH}/1", an_area(draft_note="x")).status_code == 422
    files = {"other": ("a.txt", b"x")}
    assert artist.post(f"/staff/areas/{_PEACH}/1", an_area(), files=files).status_code == 422


@pytest.mark.parametrize(
    "facts",
    [
        {"area_way": "drawing", "area_geometry": "["},
        {"area_way": "drawing", "area_geometry": "null"},
        {"area_way": "drawing", "area_geometry": _HOSTILE},
        {"area_way": "file", "area_geometry": "{}", "area_read_datum": "x", "area_read_crs": "y" * 500},
        {"area_way": "nothing", "area_included": _HOSTILE},
        {"area_way": "file", "area_crs": "EPSG:99999"},
        {"tier": "parcel", "confidence": "x", "valid_to": "0000-00-00", "stated_unit": "acre"},
        {"text_original": "\ud800字\x00", "source": "x" * 30_000},
        {"draft_draft": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "draft_edition": "9" * 30, "draft_version": "-1"},
        {"area_coordinates": "1," * 100_000, "area_way": "coordinates"},
    ],
)
def test_nothing_that_is_sent_breaks_the_page(artist, facts):
    encoded = {
        name: value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        for name, value in an_area(**facts).items()
    }
    for suffix in ("", "/checks"):
        reply = artist.post(f"/staff/areas/{_PEACH}/1{suffix}", encoded)
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
    reply = artist.post(f"/staff/areas/{_PEACH}/1", typed, files={"area_file": (name, content)})
    assert reply.status_code == status
    assert tone_of(reply) == "bad"
    assert area_wording.REFUSED[problem][0] in said(reply)
    assert "这一句还在" in reply.text
    assert counted(desk[1]) == before


def test_a_form_may_be_as_large_as_a_drawing_and_a_file_and_no_larger(artist):
    large = [[108.7 + i / 1e5, 29.4 + (i % 2) / 1e4] for i in range(8_000)]
    large = [*large, [large[-1][0], 29.3], [108.7, 29.3], large[0]]
    typed = an_area(area_way="file", area_geometry=made.polygon(large).decode() + " " * 1_200_000)
    assert artist.post(f"/staff/areas/{_PEACH}/1/checks", typed).status_code == 200
    files = {"area_file": ("a.geojson", b" " * MAX_FORM)}
    assert artist.post(f"/staff/areas/{_PEACH}/1", an_area(area_way="file"), files=files).status_code == 413
    assert artist.post("/staff/ledger/new", {"name": "x" * 1_100_000}).status_code == 413


# ---- before it counts


def test_asking_for_the_checks_keeps_nothing(desk, artist):
    before = counted(desk[1])
    reply = artist.post(f"/staff/areas/{_FRUIT}/3/checks", drawn(made.square(108.7, 29.4)))
    assert reply.status_code == 200
    assert counted(desk[1]) == before


def test_the_checks_say_what_the_register_finds(artist):
    page = f"/staff/areas/{_PEACH}/1/checks"
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
    reply = artist.post(f"/staff/areas/{_PEACH}/1/checks", typed)
    assert reply.status_code == 200
    assert "公顷" in said(reply)
    assert 'class="gi-field-fault"' not in reply.text


def test_a_redrawn_area_is_compared_with_what_stands_and_its_users_are_counted(desk, artist):
    with desk[1].reading() as session:
        payload = session.scalars(
            select(Revision.payload).where(
                Revision.record_key == f"{_FRUIT}:2", Revision.state == DraftState.PUBLISHED
            )
        ).one()
    first = [[list(position) for position in ring] for ring in payload["geometry"]["coordinates"][0]]
    typed = an_area(
        area_way="drawing", area_geometry=made.text({"type": "Polygon", "coordinates": first}).decode()
    )
    reply = artist.post(f"/staff/areas/{_FRUIT}/2/checks", typed)
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
            .where(Protection.code == _FRUIT, ProductionAreaVersion.version_no == 2)
        )
    assert lost + same == pytest.approx(whole, abs=0.3)
    assert "现在的专用标志使用人" in words
    # The text names 正阳街道 and two others no more: who is recorded there is told, and where nothing is known too.
    assert "可能受影响" in words or "不清楚的" in words
    assert "只能按所在乡镇判断" in words


def test_what_lies_below_the_map_is_told_by_kind(artist):
    reply = artist.get(f"/staff/areas/{_FRUIT}/3/ground.geojson")
    features = reply.json()["features"]
    kinds = {each["properties"]["kind"] for each in features}
    assert kinds == {"district", "cell", "own", "area"}
    cells = [each for each in features if each["properties"]["kind"] == "cell"]
    assert len(cells) == 28
    assert features[0]["geometry"] == district_outline()


# ---- two drafts that go together


def test_a_new_version_and_the_end_of_the_one_before_go_together(desk, artist, reviewer):
    client, database = desk
    typed = drawn(
        made.square(108.72, 29.42, 0.03),
        valid_from="2026-12-01",
        change_note="测试用：范围变更",
        override_note="测试用：照资料画的",
    )
    address = kept(artist, _RICE, 2, typed)
    beside = re.search(r'href="(/staff/reviews/[0-9A-Z]{26})">第 1 版的结束', artist.get(address).text)[1]
    assert payload_of(database, beside)["valid_to"] == "2026-12-01"
    other = artist.post(f"/staff/areas/{_RICE}/2", typed)
    assert other.status_code == 422
    assert "已有别人的草稿" in other.text

    again = typed | {
        "valid_from": "2026-12-05",
        "draft_draft": address[-26:],
        "draft_edition": "1",
        "draft_version": "0",
    }
    assert kept(artist, _RICE, 2, again) == address
    assert payload_of(database, beside)["valid_to"] == "2026-12-05"
    stale = artist.post(f"/staff/areas/{_RICE}/2", again | {"method_note": "旧页"})
    assert stale.status_code == 409
    assert "您写的都还在" in stale.text

    assert step(artist, address, "submit").status_code == 303
    assert step(artist, beside, "reopen").status_code == 303
    states = {payload_state(database, each) for each in (address, beside)}
    assert states == {DraftState.DRAFT}
    assert step(artist, beside, "submit").status_code == 303
    assert step(artist, address, "publish").status_code == 403
    assert "面积" in said(reviewer.get(address))
    assert step(reviewer, beside, "return", reason="请核对").status_code == 303
    assert step(artist, address, "reopen").status_code == 303
    assert step(artist, address, "submit").status_code == 303
    assert step(reviewer, address, "publish").status_code == 303
    with database.reading() as session:
        rows = session.execute(
            select(
                ProductionAreaVersion.version_no,
                ProductionAreaVersion.valid_from,
                ProductionAreaVersion.valid_to,
            )
            .join(Protection, Protection.id == ProductionAreaVersion.protection_id)
            .where(Protection.code == _RICE)
            .order_by(ProductionAreaVersion.version_no)
        ).all()
    assert [row.version_no for row in rows] == [1, 2]
    assert rows[0].valid_to == rows[1].valid_from
    assert client.get("/gi/shili-xipanmi").status_code in {200, 404}


def payload_state(database, address: str) -> DraftState:
    with database.reading() as session:
        return session.scalars(select(Revision.state).where(Revision.ulid == address[-26:])).one()


def test_whose_notes_are_open_hands_nothing_over(artist):
    address = kept(artist, _PEACH, 1, drawn(made.square(108.7, 29.4), stated_area="5000", stated_unit="mu"))
    assert tone_of(artist.get(address)) == "warn"
    reply = step(artist, address, "submit")
    assert reply.status_code == 409
    assert "核对说明" in reply.text
    discarded(artist, address)


def test_the_file_behind_an_area_is_kept_by_its_hash(desk, artist):
    files = {"draft_file": ("公告.pdf", b"%PDF-1.7 shili")}
    address = kept(artist, _PEACH, 1, an_area(), files=files)
    sha256 = payload_of(desk[1], address)["source_document"]
    assert artist.get(f"/staff/evidence/{sha256}").content == b"%PDF-1.7 shili"
    discarded(artist, address)


def test_an_unchanged_drawing_is_no_change(desk, artist):
    page = artist.get(f"/staff/areas/{_TEA}/1").text
    with desk[1].reading() as session:
        base = session.scalars(
            select(Revision).where(Revision.record_key == f"{_TEA}:1", Revision.state == DraftState.PUBLISHED)
        ).one()
        before = base.payload
    geometry = re.search(r'name="area_geometry" value="([^"]*)"', page)[1].replace("&#34;", '"')
    ticks = re.findall(r'type="checkbox" name="(area_\w+)" value="([a-z-]+)" checked', page)
    typed = an_area(
        **dict(ticks),
        area_way="drawing",
        area_geometry=geometry,
        text_original=before["text_original"],
        text_as_of=before["text_as_of"],
        valid_from=before["valid_from"],
        stated_area=str(before["stated_area"]),
        stated_unit=before["stated_unit"],
        confidence=before["confidence"],
        method_note="只改这一句",
        source=before["source"],
        source_level=before["source_level"],
        tier=before["tier"],
        draft_version="1",
    )
    address = kept(artist, _TEA, 1, typed)
    after = payload_of(desk[1], address)
    assert {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} == {
        "method_note"
    }
    discarded(artist, address)
