"""Every sound upload gives its geometry, and a damaged one is read or refused."""

from __future__ import annotations

from random import Random

import area_uploads as made
import pytest
import shapely
from area_uploads import HOLE, RING, kml, placemark, polygon, read_through, square, text, zipped
from bad_area_uploads import BOW_TIE, FAR, PARTS, crs, feature

from service.errors import UploadRefused
from service.register.surveying import uploads
from service.register.surveying.reading import read
from service.vocabulary import Datum
from service.web.errors import problem_of
from service.web.problems import title

WHOLE = shapely.Polygon(RING, [HOLE])
SOUND = {
    "bare": ("a.geojson", polygon(RING, HOLE)),
    "clockwise": ("a.geojson", polygon(RING[::-1], HOLE[::-1])),
    "feature": (
        "a.json",
        text({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [RING, HOLE]}}),
    ),
    "collection": (
        "a.geojson",
        text(
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "properties": None,
                        "geometry": {"type": "Polygon", "coordinates": [RING, HOLE]},
                    }
                ],
            }
        ),
    ),
    "byte order mark": ("a.geojson", b"\xef\xbb\xbf" + polygon(RING, HOLE)),
    "sequence": ("a.geojsons", b"\x1e" + polygon(RING, HOLE) + b"\n"),
    "declared CRS84": (
        "a.geojson",
        text(
            {
                "type": "Polygon",
                "coordinates": [RING, HOLE],
                "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
            }
        ),
    ),
    "heights": ("a.geojson", polygon([[*p, 500] for p in RING], [[*p, 500] for p in HOLE])),
    "kml": ("a.kml", kml(placemark(holes=[HOLE]))),
    "kml with heights": ("a.kml", kml(placemark([[*p, 0] for p in RING], holes=[[[*p, 0] for p in HOLE]]))),
    "kml without namespace": (
        "a.kml",
        kml(placemark(holes=[HOLE])).replace(b' xmlns="http://www.opengis.net/kml/2.2"', b""),
    ),
    "kmz": ("a.kmz", zipped({"doc.kml": kml(placemark(holes=[HOLE]))})),
    "shapefile": ("a.zip", made.zipped_shape(made.shape_parts([[RING[::-1], HOLE[::-1]]]))),
    "shapefile in a folder": (
        "a.zip",
        made.zipped_shape(made.shape_parts([[RING[::-1], HOLE[::-1]]]), "黔江/产地"),
    ),
    "csv": (
        "a.csv",
        b"ring,lon,lat\n"
        + "".join(f"0,{x},{y}\n" for x, y in RING).encode()
        + "".join(f"1,{x},{y}\n" for x, y in HOLE).encode(),
    ),
    "csv in GBK": (
        "a.csv",
        (
            "环,经度,纬度\n"
            + "".join(f"外,{x},{y}\n" for x, y in RING[:-1])
            + "".join(f"内,{x},{y}\n" for x, y in HOLE[:-1])
        ).encode("gbk"),
    ),
    "csv out of order": (
        "a.csv",
        (
            "ring;order;lat;lon\n"
            + "".join(f"0;{n};{y};{x}\n" for n, (x, y) in reversed(list(enumerate(RING))))
            + "".join(f"1;{n};{y};{x}\n" for n, (x, y) in enumerate(HOLE))
        ).encode(),
    ),
}


@pytest.mark.parametrize("form", SOUND)
def test_a_sound_file_gives_its_geometry(form):
    name, content = SOUND[form]
    found = made.surveyed(content, name)
    assert found.area.equals(WHOLE)
    assert found.area.is_valid
    assert found.area.geoms[0].exterior.is_ccw
    assert not found.area.geoms[0].interiors[0].is_ccw
    assert ("heights_left_out" in found.notes) == ("heights" in form)


@pytest.mark.parametrize("form", ["bare", "kmz", "shapefile", "csv in GBK"])
def test_the_confined_process_gives_the_same(form):
    name, content = SOUND[form]
    assert read_through(content, name) == made.surveyed(content, name)


def test_neighbouring_features_become_one_area():
    pair = text(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {},
                    "geometry": {"type": "Polygon", "coordinates": [square(west, 29.4)]},
                }
                for west in (108.70, 108.71)
            ],
        }
    )
    found = read_through(pair)
    assert len(found.area.geoms) == 1
    assert found.notes == ("features_united",)
    assert found.features == 2


def test_words_in_properties_are_text_and_nothing_else():
    hostile = {"name": "<script>alert(1)</script>${alert(2)}", "[red]": "[/red]"}
    found = uploads.read_features(feature(properties=hostile), "a.geojson", uploads.ON_THE_WEB)
    assert found[0].properties == hostile


@pytest.mark.parametrize("label", [None, b"GBK", b"936", b"cp936\n"])
def test_a_chinese_table_is_understood_with_and_without_its_label(label):
    parts = made.shape_parts([[RING[::-1]]], names=["阿蓬江镇"], encoding="gbk")
    more = {"cpg": label} if label else {}
    (found,) = uploads.read_features(made.zipped_shape(parts, **more), "a.zip", uploads.AT_THE_DESK)
    assert found.properties == {"名称": "阿蓬江镇"}


def test_names_in_an_archive_may_be_gbk_of_an_old_windows():
    content = made.zipped_shape(PARTS, "shape")
    old = content.replace(b"shape.", "黔镇x.".encode("gbk"))
    assert read_through(old, "a.zip").area.equals(shapely.Polygon(RING))


def test_a_part_too_thin_for_six_decimals_is_refused():
    thin = [
        [108.7, 29.4],
        [108.8, 29.4],
        [108.8, 29.4000002],
        [108.75, 29.5],
        [108.75, 29.4000001],
        [108.7, 29.4],
    ]
    with pytest.raises(UploadRefused) as caught:
        read_through(polygon(thin))
    assert caught.value.problem in {"too_thin", "self_intersection"}


def test_a_product_across_borders_may_lie_elsewhere():
    with pytest.raises(UploadRefused):
        read_through(polygon(*FAR))
    assert read_through(polygon(*FAR), is_cross_district=True).area.bounds[0] == 116.7


def test_the_place_of_a_fault_is_told():
    with pytest.raises(UploadRefused) as caught:
        read_through(polygon(BOW_TIE))
    assert caught.value.place == "#1.1 (108.750000, 29.450000)"
    with pytest.raises(UploadRefused) as caught:
        read_through(b'{"type": "Polygon",\n "coordinates": [[}')
    assert caught.value.place.startswith("2:")


def test_what_is_wrong_is_told_without_any_of_the_input():
    with pytest.raises(UploadRefused) as caught:
        read(zipped({"../<script>.shp": b""}), {"name": "a.zip"})
    problem = problem_of(caught.value)
    assert "script" not in problem.detail
    assert title(problem.code) == "压缩包内有指向别处的路径"


def test_undeclared_coordinates_are_recorded_as_such():
    assert read_through(polygon(RING)).datum is Datum.NOT_STATED
    assert read_through(crs("EPSG:4490")).datum is Datum.CGCS2000
    assert read_through(polygon(RING), datum=Datum.WGS84).datum is Datum.WGS84


DAMAGED = {**{form: SOUND[form] for form in ("collection", "kml", "shapefile", "csv in GBK")}}
PIECES = (
    b"1e400",
    b"-",
    b'"',
    b"{}",
    b"[[",
    b"<a>",
    b"&#0;",
    b",,",
    b"null",
    b"\xff\xfe",
    b"0" * 50,
    b"nan",
    b"",
)


def damaged(content, chance):
    found = bytearray(content)
    for _ in range(chance.randint(1, 5)):
        at, length = chance.randrange(len(found)), chance.choice([0, 1, 1, 30])
        found[at : at + length] = chance.choice(
            [*PIECES, bytes([chance.randrange(256)]), found[at : at + 60]]
        )
    return bytes(found)


@pytest.mark.parametrize("form", DAMAGED)
def test_a_damaged_file_is_read_or_refused_and_never_crashes_the_reader(form):
    name, content = DAMAGED[form]
    refusals = 0
    for seed in range(400):
        try:
            area = made.surveyed(damaged(content, Random(seed)), name).area
        except UploadRefused:
            refusals += 1
        else:
            assert area.is_valid
    assert refusals > 100
