"""What a version of an area would be: against what stands, for whom, and the drafts that only go together."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from area_uploads import square
from factories import (
    NOW,
    TODAY,
    a_payload,
    a_protection,
    an_area,
    an_authorisation,
    an_authorisation_event,
    an_editor,
    an_organisation,
    published,
)
from pydantic import ValidationError
from shapely.geometry import shape

from service.errors import EditConflict, RecordNotFound, TransitionNotAllowed
from service.register import area_desk, area_drafts, editing
from service.register.area_outlook import outlook
from service.vocabulary import AreaTier, DraftState, Severity

_WIDE = {"type": "Polygon", "coordinates": [square(108.70, 29.40, 0.04)]}
_WEST = {
    "type": "Polygon",
    "coordinates": [[[108.70, 29.40], [108.72, 29.40], [108.72, 29.44], [108.70, 29.44], [108.70, 29.40]]],
}
_FACTS = {
    "text_original": "甲镇",
    "confidence": "high",
    "source": "测试",
    "source_level": "official_document",
}


def a_township(session, name, point=None):
    facts = {"longitude": point[0], "latitude": point[1], "point_source": "测试"} if point else {}
    return published(
        session, "division", name=name, slug=f"cs-{abs(hash(name))}", division_kind="town", **facts
    )


@pytest.fixture
def places(session):
    """Townships in the west and the east of the area, one elsewhere, and one without a point."""
    a_township(session, "西头镇", (108.71, 29.42))
    a_township(session, "东头镇", (108.73, 29.42))
    a_township(session, "远处镇", (108.60, 29.30))
    a_township(session, "无点镇")


def a_user(session, protection, name, division=None):
    organisation = an_organisation(session, name=name, **({"division": division} if division else {}))
    return an_authorisation(session, protection, organisation)


def a_redrawing(protection, **facts):
    return a_payload(
        "production_area",
        **{
            **_FACTS,
            "protection": protection.code,
            "version_no": 1,
            "tier": "drawn",
            "geometry": _WEST,
            **facts,
        },
    )


def test_lost_ground_is_measured_and_its_users_are_told_by_their_townships(session, places):
    protection = a_protection(session)
    an_area(session, protection, tier="drawn", geometry=_WIDE)
    for name, division in (
        ("西厂", "西头镇"),
        ("东厂", "东头镇"),
        ("远厂", "远处镇"),
        ("无点厂", "无点镇"),
        ("无址厂", None),
    ):
        a_user(session, protection, name, division)
    ended = a_user(session, protection, "已注销厂", "东头镇")
    an_authorisation_event(session, ended, effective_on=date(2026, 1, 1))
    corrected = a_user(session, protection, "改正中的厂", "西头镇")
    order = {"effective_on": TODAY, "deadline_on": TODAY + timedelta(days=30)}
    an_authorisation_event(session, corrected, "put_under_correction", **order)
    coming = an_organisation(session, name="明天的厂", division="东头镇")
    an_authorisation(session, protection, coming, effective_on=TODAY + timedelta(days=1))

    found = outlook(session, a_redrawing(protection), TODAY)
    assert found.change.gained.geometry is None
    assert found.change.lost.hectares == pytest.approx(found.change.kept.hectares, rel=0.01)
    assert found.change.kept.hectares == pytest.approx(found.hectares, abs=0.2)
    assert [each.name for each in found.users.touched] == ["东厂"]
    assert [(each.name, each.township) for each in found.users.unknown] == [
        ("无点厂", "无点镇"),
        ("无址厂", None),
    ]
    assert found.users.total == 6  # who is under correction may use the mark, who begins tomorrow may not yet
    assert found.gravest is Severity.NOTE
    assert outlook(session, a_redrawing(protection, override_note="测试"), TODAY).gravest is None


def test_a_township_that_the_text_names_no_more_touches_its_users(session, places):
    protection = a_protection(session)
    an_area(session, protection, divisions=("西头镇", "无点镇"))
    a_user(session, protection, "无点厂", "无点镇")
    a_user(session, protection, "西厂", "西头镇")
    wanted = a_redrawing(protection, tier="text_only", geometry=None, divisions=("西头镇",))
    found = outlook(session, wanted, TODAY)
    assert found.change is None
    assert [each.name for each in found.users.touched] == ["无点厂"]


def test_where_nothing_is_lost_nobody_is_touched(session, places):
    protection = a_protection(session)
    an_area(session, protection, tier="drawn", geometry=_WEST)
    a_user(session, protection, "无址厂")
    found = outlook(session, a_redrawing(protection, geometry=_WIDE), TODAY)
    assert (found.users.touched, found.users.unknown) == ((), ())
    first = outlook(session, a_redrawing(a_protection(session)), TODAY)
    assert (first.before, first.change) == (None, None)
    assert first.users.total == 0


def test_a_sketch_is_compared_and_said_to_be_one(session, places):
    protection = a_protection(session)
    an_area(session, protection, tier="approximate", divisions=("西头镇", "东头镇"))
    found = outlook(
        session, a_redrawing(protection, tier="approximate", geometry=None, divisions=("西头镇",)), TODAY
    )
    assert found.is_sketch
    assert found.change.lost.hectares > 0
    assert shape(found.change.kept.geometry).is_valid


# ---- drafts at the desk


def keep(session, protection, facts, *, over=None, **where):
    wanted = area_drafts.Wanted(
        protection.code, {**_FACTS, "tier": AreaTier.TEXT_ONLY, "change_note": "测试", **facts}, **where
    )
    draft = area_desk.keep(session, wanted, over or area_desk.Over(), by=an_editor(session), at=NOW)
    session.flush()
    return draft


def test_what_is_begun_is_the_draft_else_what_stands_else_what_was_lent(session):
    protection = a_protection(session)
    assert area_desk.begin(session, protection.code, 1).payload == {}
    an_area(session, protection, valid_from=date(2020, 1, 1), change_note="旧的")
    stands = area_desk.begin(session, protection.code, 1)
    assert (stands.is_new, stands.version, stands.payload["change_note"]) == (False, 1, "旧的")
    lent = area_desk.begin(session, protection.code, 2)
    assert lent.follows
    assert lent.payload["text_original"] == "东至甲，西至乙"
    assert not {"change_note", "override_note", "valid_from"} & lent.payload.keys()
    draft = keep(session, protection, {"valid_from": "2026-12-01"}, begins=date(2026, 12, 1))
    begun = area_desk.begin(session, protection.code, 2)
    assert (begun.draft, begun.payload["text_original"]) == (draft, "甲镇")
    for number in (0, 3):
        with pytest.raises(RecordNotFound):
            area_desk.begin(session, protection.code, number)
    with pytest.raises(RecordNotFound):
        area_desk.begin(session, "QJ-PR-NONE", 1)


def test_a_version_and_the_end_of_the_one_before_are_found_from_each_other(session):
    protection = a_protection(session)
    an_area(session, protection, valid_from=date(2020, 1, 1))
    new = keep(session, protection, {"valid_from": "2026-12-01"}, begins=date(2026, 12, 1))
    ended, same = area_desk.going_with(session, new)
    assert same is new
    assert ended.payload["valid_to"] == "2026-12-01"
    assert area_desk.going_with(session, ended) == [ended, new]
    moved = area_desk.Over(new.ulid, 1, 0)
    assert keep(session, protection, {"valid_from": "2027-01-01"}, over=moved, begins=date(2027, 1, 1)) is new
    assert ended.payload["valid_to"] == "2027-01-01"
    assert area_desk.going_with(session, new) == [ended, new]
    with pytest.raises(EditConflict):
        keep(session, protection, {"valid_from": "2027-01-01"}, over=moved, begins=date(2027, 1, 1))
    with pytest.raises(TransitionNotAllowed):
        keep(session, protection, {"valid_from": "2027-01-01"}, begins=date(2027, 1, 1))
    editing.submit(session, [ended], by=an_editor(session), at=NOW)
    assert area_desk.going_with(session, new) == [new]
    assert ended.state is DraftState.IN_REVIEW


def test_a_version_that_has_ended_is_not_ended_again(session):
    protection = a_protection(session)
    an_area(session, protection, valid_from=date(2020, 1, 1), valid_to=date(2025, 1, 1))
    new = keep(session, protection, {"valid_from": "2026-12-01"}, begins=date(2026, 12, 1))
    assert area_desk.going_with(session, new) == [new]
    with pytest.raises(ValidationError):
        keep(session, a_version(session), {"valid_from": "2019-01-01"}, begins=date(2019, 1, 1))


def a_version(session):
    protection = a_protection(session)
    an_area(session, protection, valid_from=date(2020, 1, 1))
    return protection
