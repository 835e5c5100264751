"""Areas drawn from townships: united from a file of the deployer, or told to be about here."""

from __future__ import annotations

import area_uploads as made
import pytest
import shapely
from area_uploads import square
from areas_under_way import FIRST, approved, drawn, handed_over, versions
from factories import a_protection, published

from service.errors import ReferenceNotFound, UploadRefused
from service.register import area_drafts
from service.register.surveying import townships
from service.vocabulary import AreaTier


def a_town(session, name, code, point):
    longitude, latitude = point
    published(
        session,
        "division",
        slug=f"t-{code}",
        name=name,
        division_kind="town",
        longitude=longitude,
        latitude=latitude,
        codes=(f"nbs:2023:{code}",),
    )


@pytest.fixture
def towns(session):
    a_town(session, "甲山镇", "500114101000", (108.705, 29.405))
    a_town(session, "乙水镇", "500114102000", (108.715, 29.405))
    return session


@pytest.fixture
def polygons(tmp_path):
    file = tmp_path / "townships.zip"
    parts = made.shape_parts(
        [[square(108.70, 29.40)[::-1]], [square(108.71, 29.40)[::-1]]],
        names=["甲山乡", "500114102000"],
        encoding="gbk",
    )
    file.write_bytes(made.zipped_shape(parts))
    return file


def test_townships_are_united_from_the_deployers_file(towns, polygons):
    """By name, also under its former kind, and by code."""
    facts = area_drafts.facts_of_townships(towns, ["甲山镇", "乙水镇"], polygons)
    assert facts["tier"] is AreaTier.TOWN_UNION
    protection = a_protection(towns)
    approved(towns, handed_over(towns, protection, {**FIRST, "text_original": "甲山镇、乙水镇", **facts}))
    (area,) = versions(towns)
    assert drawn(towns, area).equals(shapely.box(108.70, 29.40, 108.72, 29.41))


def test_a_township_that_the_file_lacks_is_told(towns, polygons):
    a_town(towns, "丙河镇", "500114103000", (108.8, 29.5))
    with pytest.raises(UploadRefused) as caught:
        area_drafts.facts_of_townships(towns, ["甲山镇", "丙河镇"], polygons)
    assert (caught.value.problem, caught.value.place) == ("township_not_drawn", "丙河镇")
    with pytest.raises(ReferenceNotFound):
        area_drafts.facts_of_townships(towns, ["丁沟镇"], polygons)


def test_a_code_that_two_places_bear_names_neither(towns, tmp_path):
    """The two offices give one code to two places: 500114117000 is one of three here."""
    published(
        towns,
        "division",
        slug="t-mca",
        name="戊台镇",
        division_kind="town",
        codes=("mca:2026:500114102000",),
    )
    file = tmp_path / "townships.zip"
    file.write_bytes(
        made.zipped_shape(made.shape_parts([[square(108.71, 29.40)[::-1]]], names=["500114102000"]))
    )
    with pytest.raises(UploadRefused, match="township_not_drawn"):
        area_drafts.facts_of_townships(towns, ["戊台镇"], file)


def test_two_townships_of_one_name_are_not_taken_for_each_other(towns, tmp_path):
    parts = made.shape_parts(
        [[square(108.71, 29.40)[::-1]], [square(108.91, 29.40)[::-1]]], names=["甲山镇", "甲山镇"]
    )
    file = tmp_path / "townships.zip"
    file.write_bytes(made.zipped_shape(parts))
    with pytest.raises(UploadRefused, match="township_ambiguous"):
        area_drafts.facts_of_townships(towns, ["甲山镇"], file)


def test_a_file_of_townships_that_was_replaced_is_read_again(polygons):
    assert townships.united_townships(polygons, [townships.Called("甲山乡", "甲山镇")]).bounds[0] == 108.70
    parts = made.shape_parts([[square(108.80, 29.40)[::-1]]], names=["甲山乡"])
    polygons.write_bytes(made.zipped_shape(parts))
    assert townships.united_townships(polygons, [townships.Called("甲山乡", "甲山镇")]).bounds[0] == 108.80


def test_without_the_file_townships_are_drawn_as_about_here(towns):
    facts = area_drafts.facts_of_townships(towns, ["甲山镇"], None)
    approved(towns, handed_over(towns, a_protection(towns), {**FIRST, **facts}))
    (area,) = versions(towns)
    assert area.tier is AreaTier.APPROXIMATE
    assert drawn(towns, area).covers(shapely.Point(108.705, 29.405))
