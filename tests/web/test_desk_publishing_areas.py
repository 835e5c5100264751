"""Publishing an area at the desk: a new version and the end of the one before go together."""

from __future__ import annotations

import re

import area_uploads as made
import pytest
from area_deeds import PEACH, RICE, TEA, an_area, discarded, drawn, kept, payload_of, said, step, tone_of
from sqlalchemy import select
from staffing import a_desk

from service.register.models import ProductionAreaVersion, Protection, Revision
from service.vocabulary import DraftState


@pytest.fixture(scope="module", params=["spatialite", "postgis"])
def desk(request, registers, tmp_path_factory):
    with a_desk(registers, tmp_path_factory.mktemp("desk"), request.param) as desk:
        yield desk


def test_a_new_version_and_the_end_of_the_one_before_go_together(desk, artist, reviewer):
    client, database = desk
    typed = drawn(
        made.square(108.72, 29.42, 0.03),
        valid_from="2026-12-01",
        change_note="测试用：范围变更",
        override_note="测试用：照资料画的",
    )
    address = kept(artist, RICE, 2, typed)
    beside = re.search(r'href="(/staff/reviews/[0-9A-Z]{26})">第 1 版的结束', artist.get(address).text)[1]
    assert payload_of(database, beside)["valid_to"] == "2026-12-01"
    other = artist.post(f"/staff/areas/{RICE}/2", typed)
    assert other.status_code == 422
    assert "已有别人的草稿" in other.text

    again = typed | {
        "valid_from": "2026-12-05",
        "draft_draft": address[-26:],
        "draft_edition": "1",
        "draft_version": "0",
    }
    assert kept(artist, RICE, 2, again) == address
    assert payload_of(database, beside)["valid_to"] == "2026-12-05"
    stale = artist.post(f"/staff/areas/{RICE}/2", again | {"method_note": "旧页"})
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
            .where(Protection.code == RICE)
            .order_by(ProductionAreaVersion.version_no)
        ).all()
    assert [row.version_no for row in rows] == [1, 2]
    assert rows[0].valid_to == rows[1].valid_from
    assert client.get("/gi/shili-xipanmi").status_code in {200, 404}


def payload_state(database, address: str) -> DraftState:
    with database.reading() as session:
        return session.scalars(select(Revision.state).where(Revision.ulid == address[-26:])).one()


def test_whose_notes_are_open_hands_nothing_over(artist):
    address = kept(artist, PEACH, 1, drawn(made.square(108.7, 29.4), stated_area="5000", stated_unit="mu"))
    assert tone_of(artist.get(address)) == "warn"
    reply = step(artist, address, "submit")
    assert reply.status_code == 409
    assert "核对说明" in reply.text
    discarded(artist, address)


def test_the_file_behind_an_area_is_kept_by_its_hash(desk, artist):
    files = {"draft_file": ("公告.pdf", b"%PDF-1.7 shili")}
    address = kept(artist, PEACH, 1, an_area(), files=files)
    sha256 = payload_of(desk[1], address)["source_document"]
    assert artist.get(f"/staff/evidence/{sha256}").content == b"%PDF-1.7 shili"
    discarded(artist, address)


def test_an_unchanged_drawing_is_no_change(desk, artist):
    page = artist.get(f"/staff/areas/{TEA}/1").text
    with desk[1].reading() as session:
        base = session.scalars(
            select(Revision).where(Revision.record_key == f"{TEA}:1", Revision.state == DraftState.PUBLISHED)
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
    address = kept(artist, TEA, 1, typed)
    after = payload_of(desk[1], address)
    assert {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} == {
        "method_note"
    }
    discarded(artist, address)
