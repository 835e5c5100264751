"""Areas on their way to the public: two people, the checks on both of their desks, what is kept. Both databases."""

from __future__ import annotations

from datetime import date

import area_uploads as made
import pytest
import shapely
from area_uploads import RING, polygon, square
from areas_under_way import FIRST, approved, drawn, handed_over, surveyed, versions
from factories import (
    NOW,
    a_draft,
    a_payload,
    a_product,
    a_protection,
    a_reviewer,
    an_area,
    an_editor,
    published,
)
from pydantic import ValidationError
from sqlalchemy import select

from service.errors import (
    AreaNotSound,
    FieldNotAllowed,
    FourEyes,
    NoteNeeded,
    RecordNotFound,
    ReferenceNotFound,
    TransitionNotAllowed,
)
from service.register import area_drafts, area_files, editing
from service.register.models import ImportBatch
from service.register.surveying.exporting import write
from service.vocabulary import AreaTier, Datum, DraftState
from service.web.errors import problem_of

BIG = polygon(square(108.65, 29.35, 0.15))


def test_a_first_version_goes_by_two_people_with_all_that_it_came_in(session):
    protection = a_protection(session)
    shifted = polygon(made_gcj02(RING))
    facts = {**FIRST, **surveyed(shifted, datum=Datum.GCJ02), "method_note": "由网络地图描绘"}
    content = b"file"
    drafts = handed_over(session, protection, facts, file=("产地.geojson", content))
    assert versions(session) == []
    with pytest.raises(FourEyes):
        editing.publish(session, drafts, by=two_roles(session), at=NOW)
    approved(session, drafts)
    (area,) = versions(session)
    assert (area.version_no, area.tier, area.geometry_datum, area.geometry_crs) == (
        1,
        AreaTier.DRAWN,
        Datum.GCJ02,
        "OGC:CRS84",
    )
    assert area.method_note == "由网络地图描绘"
    assert (
        drawn(session, area).equals_exact(shapely.Polygon(RING), 2e-6)
        or drawn(session, area).symmetric_difference(shapely.Polygon(RING)).area < 1e-6
    )
    batch = session.scalars(select(ImportBatch)).one()
    assert (batch.file_name, batch.rows, batch.created) == ("产地.geojson", 1, 1)
    assert drafts[0].batch_id == batch.id


def made_gcj02(ring):
    import numpy as np

    from service.register.surveying.datums import gcj02_of

    return gcj02_of(np.array(ring)).tolist()


def two_roles(session):
    """The one who entered, who may also review: still the same person."""
    from factories import an_account

    from service.vocabulary import Role

    an_editor(session)
    return an_account(session, "lu-ru-2", Role.REVIEWER, person="lu-ru")


@pytest.mark.parametrize("desk", ["submit", "publish"])
def test_an_error_blocks_on_both_desks(session, desk):
    protection = a_protection(session)
    far = surveyed(polygon([[x + 2, y] for x, y in RING]), is_cross_district=True)
    payload = a_payload(
        "production_area",
        protection=protection.code,
        version_no=1,
        **{**FIRST, **far, "override_note": "我坚持"},
    )
    with pytest.raises(AreaNotSound) as caught:
        on_desk(session, payload, desk)
    assert [finding.code for finding in caught.value.findings] == ["outside"]
    assert problem_of(caught.value).status == 422


def on_desk(session, payload, desk):
    """Hand a payload over; for the second desk, put it there as a program would that forgot the first."""
    if desk == "submit":
        a_draft(session, payload)
        return
    draft = editing.save_draft(session, payload, by=an_editor(session), at=NOW)
    author = an_editor(session)
    draft.state = DraftState.IN_REVIEW
    draft.submitted_by_id, draft.submitted_person, draft.submitted_at = author.id, author.person, NOW
    session.flush()
    editing.publish(session, [draft], by=a_reviewer(session), at=NOW)


@pytest.mark.parametrize("desk", ["submit", "publish"])
def test_a_finding_wants_a_note_on_both_desks_and_the_note_stays(session, desk):
    protection = a_protection(session)
    facts = {
        **FIRST,
        **surveyed(),
        "stated_area": 1.0,
        "stated_unit": "hectare",
        "protection": protection.code,
        "version_no": 1,
    }
    silent = a_payload(
        "production_area", **{name: value for name, value in facts.items() if value is not None}
    )
    with pytest.raises(NoteNeeded) as caught:
        on_desk(session, silent, desk)
    assert [finding.code for finding in caught.value.findings] == ["area_differs"]
    assert (problem_of(caught.value).status, problem_of(caught.value).code) == (409, "needs_confirmation")
    session.rollback()


def test_the_note_that_answers_stays_with_the_version(session):
    protection = a_protection(session)
    facts = {
        **FIRST,
        **surveyed(),
        "stated_area": 1.0,
        "stated_unit": "hectare",
        "override_note": "原文单位有误",
    }
    approved(session, handed_over(session, protection, facts))
    assert versions(session)[0].override_note == "原文单位有误"


def test_a_change_of_a_fifth_needs_confirmation(session):
    """G39 of the security notes."""
    protection = a_protection(session)
    approved(session, handed_over(session, protection, {**FIRST, **surveyed()}))
    with pytest.raises(NoteNeeded) as caught:
        handed_over(session, protection, surveyed(BIG))
    assert [finding.code for finding in caught.value.findings] == ["much_changed"]


def test_a_note_answers_for_one_drawing_only(session):
    protection = a_protection(session)
    approved(
        session, handed_over(session, protection, {**FIRST, **surveyed(), "override_note": "第一次的说明"})
    )
    with pytest.raises(NoteNeeded):
        handed_over(session, protection, surveyed(BIG))


def test_a_new_version_ends_the_one_before_it(session):
    protection = a_protection(session)
    approved(session, handed_over(session, protection, {**FIRST, **surveyed()}))
    changed = {
        **surveyed(BIG),
        "text_original": "甲山镇、乙水镇",
        "override_note": "公告扩大",
        "change_note": "扩大",
    }
    drafts = handed_over(session, protection, changed, begins=date(2024, 5, 1))
    assert [draft.record_key for draft in drafts] == [f"{protection.code}:1", f"{protection.code}:2"]
    approved(session, drafts)
    first, second = versions(session)
    assert (first.valid_to, second.valid_from, second.valid_to) == (date(2024, 5, 1), date(2024, 5, 1), None)
    assert (first.text_original, second.text_original) == ("甲山镇", "甲山镇、乙水镇")
    assert drawn(session, first).area < drawn(session, second).area


def test_a_version_that_is_not_there_cannot_be_drawn_anew(session):
    protection = a_protection(session)
    approved(session, handed_over(session, protection, {**FIRST, **surveyed()}))
    with pytest.raises(RecordNotFound):
        handed_over(session, protection, surveyed(), version_no=7)


def test_a_first_version_needs_its_text_and_source(session):
    with pytest.raises(ValidationError):
        handed_over(session, a_protection(session), surveyed())


def test_a_second_draft_waits_until_the_first_is_decided(session):
    protection = a_protection(session)
    drafts = handed_over(session, protection, {**FIRST, **surveyed()})
    with pytest.raises(TransitionNotAllowed):
        handed_over(session, protection, {**FIRST, **surveyed()})
    editing.return_for_changes(session, drafts[0], by=a_reviewer(session), at=NOW, reason="看不清")
    session.flush()
    handed_over(session, protection, {**FIRST, **surveyed()})


def test_drafts_in_review_are_those_of_their_protection(session):
    first, second = a_protection(session), a_protection(session)
    handed_over(session, first, {**FIRST, **surveyed()})
    handed_over(session, second, {**FIRST, **surveyed()})
    assert len(area_drafts.drafts_in_review(session)) == 2
    (draft,) = area_drafts.drafts_in_review(session, second.code)
    assert draft.record_key == f"{second.code}:1"


def test_a_product_with_one_right_stands_for_it(session):
    product = a_product(session)
    protection = a_protection(session, product)
    assert area_drafts.protection_code(session, product.name) == protection.code
    assert area_drafts.protection_code(session, protection.code) == protection.code
    a_protection(session, product, track="agri_gi", event="registered")
    with pytest.raises(RecordNotFound, match="QJ-PR"):
        area_drafts.protection_code(session, product.slug)


def test_withdrawing_an_area_is_never_blocked_by_its_checks(session):
    protection = a_protection(session)
    area = an_area(
        session, protection, tier="drawn", geometry=made.POLYGON, stated_area=1.0, stated_unit="hectare"
    )
    facts = {
        **area.model_dump(exclude_defaults=True),
        "override_note": None,
        "withdrawal": "gone",
        "withdrawal_reason": "误录",
    }
    published(
        session, "production_area", **{name: value for name, value in facts.items() if value is not None}
    )
    assert versions(session)[0].withdrawal is not None


def test_a_draft_may_be_handed_over_before_what_it_names_is_published(session):
    payload = a_payload(
        "production_area",
        protection="QJ-PR-NOCH",
        version_no=1,
        **{**FIRST, "tier": "drawn", "geometry": made.POLYGON},
    )
    draft = a_draft(session, payload)
    with pytest.raises(ReferenceNotFound):
        editing.publish(session, [draft], by=a_reviewer(session), at=NOW)


def test_a_geometry_that_is_not_sound_is_refused_when_it_is_handed_over(session):
    bow_tie = {"type": "Polygon", "coordinates": [[RING[0], RING[2], RING[1], RING[3], RING[0]]]}
    payload = a_payload(
        "production_area",
        protection=a_protection(session).code,
        version_no=1,
        **{**FIRST, "tier": "drawn", "geometry": bow_tie},
    )
    with pytest.raises(FieldNotAllowed, match="invalid_geometry"):
        a_draft(session, payload)


def test_what_is_exported_is_what_is_public(session):
    protection = a_protection(session)
    approved(
        session, handed_over(session, protection, {**FIRST, **surveyed(), "valid_from": date(2020, 1, 1)})
    )
    an_area(session)
    everything = area_files.published_areas(session)
    assert [each.geometry is None for each in everything] in ([False, True], [True, False])
    (one,) = area_files.published_areas(session, protection.code, 1, date(2021, 1, 1))
    assert one.properties["geometry_crs"] == "OGC:CRS84"
    assert area_files.published_areas(session, protection.code, 1, date(2019, 1, 1)) == []
    for wanted, name in (("geojson", "a.geojson"), ("kml", "a.kml"), ("csv", "a.csv")):
        assert made.surveyed(write([one], wanted), name).area.equals(shapely.Polygon(RING))
