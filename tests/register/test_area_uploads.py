"""Every bad upload gets its answer, and every format its geometry."""

from __future__ import annotations

import json
import resource
import time
from random import Random

import area_uploads as made
import pytest
import shapefile
import shapely
from area_uploads import HOLE, POLYGON, RING, kml, multipolygon, placemark, polygon, square, text, zipped

from service.confining import confined
from service.errors import UploadRefused, WorkStopped
from service.register.areas import district_shape
from service.register.surveying import uploads
from service.register.surveying.reading import read
from service.register.surveying.uploads import Declared, survey
from service.register.surveying.wording import refusal
from service.vocabulary import Datum
from service.web.errors import problem_of
from service.web.problems import title

PARTS = made.shape_parts([[RING[::-1]]])
BOW_TIE = [[108.70, 29.40], [108.80, 29.50], [108.80, 29.40], [108.70, 29.50], [108.70, 29.40]]
DEEP = b'{"type":"GeometryCollection","geometries":[' * 5_000 + b"]}" * 5_000
SHALLOW = b'{"type":"GeometryCollection","geometries":[' * 30 + text(POLYGON) + b"]}" * 30
FAR = [[[x + 8.0, y] for x, y in RING]]


def feature(**more):
    return text({"type": "Feature", "geometry": POLYGON, "properties": {}, **more})


def crs(name):
    return text({**POLYGON, "crs": {"type": "name", "properties": {"name": name}}})


REFUSED = [
    # id, name, content, problem, status
    ("G01", "a.geojson", b"", "empty_file", 422),
    ("G01 spaces", "a.geojson", b" \r\n ", "empty_file", 422),
    ("G02", "a.geojson", b'{"type": "Polygon",\n "coordinates": [[}', "json_syntax", 400),
    ("G02 text", "a.geojson", "不是 JSON".encode(), "json_syntax", 400),
    ("G03 UTF-16", "a.geojson", text(POLYGON).decode().encode("utf-16"), "bad_encoding", 400),
    (
        "G03 GBK",
        "a.geojson",
        '{"type":"Feature","properties":{"名":"黔江"}}'.encode("gbk"),
        "bad_encoding",
        400,
    ),
    ("G05", "a.geojson", text(POLYGON) + b" " * 2 * 1024 * 1024, "too_large", 413),
    ("G06", "a.geojson", b"[" * 100_000, "too_deep", 422),
    (
        "G06 coordinates",
        "a.geojson",
        b'{"type":"Polygon","coordinates":' + b"[" * 500 + b"]" * 500 + b"}",
        "bad_coordinate",
        422,
    ),
    ("G07", "a.geojson", DEEP, "too_deep", 422),
    ("G07 thirty", "a.geojson", SHALLOW, "too_deep", 422),
    ("G09 NaN", "a.geojson", polygon(RING).replace(b"29.5", b"NaN"), "json_syntax", 400),
    ("G09 Infinity", "a.geojson", polygon(RING).replace(b"29.5", b"Infinity"), "json_syntax", 400),
    ("G10", "a.geojson", polygon(RING).replace(b"29.5", b"1e999"), "not_finite", 422),
    ("G11", "a.geojson", polygon([[str(x), y] for x, y in RING]), "bad_coordinate", 422),
    ("G11 truth", "a.geojson", polygon([[True, y] for _, y in RING]), "bad_coordinate", 422),
    ("G11 null", "a.geojson", polygon([[None, y] for _, y in RING]), "bad_coordinate", 422),
    ("G11 one", "a.geojson", polygon([[x] for x, _ in RING]), "bad_coordinate", 422),
    ("G11 five", "a.geojson", polygon([[x, y, 1, 2, 3] for x, y in RING]), "bad_coordinate", 422),
    ("G13", "a.geojson", polygon([RING[0], [*RING[1], 300], *RING[2:]]), "mixed_dimensions", 422),
    ("G14 latitude", "a.geojson", polygon([[x, y + 62] for x, y in RING]), "out_of_range", 422),
    ("G14 longitude", "a.geojson", polygon([[x + 73, y] for x, y in RING]), "out_of_range", 422),
    ("G14 elsewhere", "a.geojson", polygon(*FAR), "out_of_region", 422),
    ("G15", "a.geojson", polygon([[y, x] for x, y in RING]), "swapped_axes", 422),
    ("G17", "a.geojson", polygon(square(12_107_000.0, 3_445_000.0, 1_000)), "out_of_range", 422),
    ("G18 unknown", "a.geojson", crs("urn:ogc:def:crs:EPSG::99999"), "bad_crs", 422),
    ("G18 Beijing 1954", "a.geojson", crs("EPSG:4214"), "bad_crs", 422),
    ("G18 Xi'an 1980", "a.geojson", crs("EPSG:4610"), "bad_crs", 422),
    ("G18 a height", "a.geojson", crs("EPSG:5773"), "bad_crs", 422),
    ("G18 nonsense", "a.geojson", crs("'; DROP TABLE"), "bad_crs", 422),
    (
        "G18 a link",
        "a.geojson",
        text({**POLYGON, "crs": {"type": "link", "properties": {"href": "x"}}}),
        "bad_crs",
        422,
    ),
    ("G18 a word", "a.geojson", text({**POLYGON, "crs": "EPSG:4490"}), "bad_crs", 422),
    ("G19", "a.geojson", polygon(RING[:-1]), "ring_not_closed", 422),
    ("G19 kml", "a.kml", kml(placemark(RING[:-1])), "ring_not_closed", 422),
    ("G21", "a.geojson", polygon(BOW_TIE), "self_intersection", 422),
    ("G21 kml", "a.kml", kml(placemark(BOW_TIE)), "self_intersection", 422),
    ("G21 shapefile", "a.zip", made.zipped_shape(made.shape_parts([[BOW_TIE]])), "self_intersection", 422),
    ("G21 csv", "a.csv", "\n".join(f"{x},{y}" for x, y in BOW_TIE).encode(), "self_intersection", 422),
    ("G22", "a.geojson", made.scribble(300), "self_intersection", 422),
    ("G23 hole outside", "a.geojson", polygon(RING, square(108.9, 29.4, hole=True)), "invalid_geometry", 422),
    (
        "G23 hole across",
        "a.geojson",
        polygon(RING, square(108.795, 29.45, hole=True)),
        "invalid_geometry",
        422,
    ),
    (
        "G23 nested shells",
        "a.geojson",
        multipolygon([RING], [square(108.74, 29.44)]),
        "invalid_geometry",
        422,
    ),
    ("G23 overlap", "a.geojson", multipolygon([RING], [square(108.795, 29.45)]), "invalid_geometry", 422),
    (
        "G23 common side",
        "a.geojson",
        multipolygon([square(108.7, 29.4)], [square(108.71, 29.4)]),
        "invalid_geometry",
        422,
    ),
    ("G23 twice", "a.geojson", multipolygon([RING], [RING]), "invalid_geometry", 422),
    (
        "G23 shapefile",
        "a.zip",
        made.zipped_shape(made.shape_parts([[RING[::-1], square(108.9, 29.4)]])),
        "invalid_geometry",
        422,
    ),
    ("G25 line", "a.geojson", polygon([RING[0], RING[1], RING[0], RING[1], RING[0]]), "empty_geometry", 422),
    ("G25 one point", "a.geojson", polygon([RING[0]] * 5), "empty_geometry", 422),
    ("G25 two points", "a.geojson", polygon([RING[0], RING[1], RING[0]]), "empty_geometry", 422),
    (
        "G26 collection",
        "a.geojson",
        text({"type": "FeatureCollection", "features": []}),
        "empty_geometry",
        422,
    ),
    ("G26 null", "a.geojson", feature(geometry=None), "empty_geometry", 422),
    ("G26 no rings", "a.geojson", polygon(), "empty_geometry", 422),
    ("G26 empty ring", "a.geojson", polygon([]), "empty_geometry", 422),
    ("G26 no collection", "a.geojson", text({"type": "FeatureCollection"}), "json_syntax", 400),
    ("G27", "a.geojson", text({"type": "Point", "coordinates": [108.7, 29.4]}), "wrong_type", 422),
    (
        "G27 among",
        "a.geojson",
        text({"type": "GeometryCollection", "geometries": [POLYGON, {"type": "Point"}]}),
        "wrong_type",
        422,
    ),
    ("G27 list", "a.geojson", b"[1, 2]", "wrong_type", 422),
    ("G27 topology", "a.geojson", text({"type": "Topology", "objects": {}}), "wrong_type", 422),
    (
        "G27 kml",
        "a.kml",
        kml("<Placemark><Point><coordinates>108.7,29.4</coordinates></Point></Placemark>"),
        "wrong_type",
        422,
    ),
    (
        "G27 shapefile",
        "a.zip",
        made.zipped_shape(made.shape_parts([[RING]], kind=shapefile.POINT)),
        "wrong_type",
        422,
    ),
    ("G29", "a.geojson", polygon(RING).replace(b"29.5", b"9" * 5_000), "not_finite", 422),
    ("G31 large", "a.geojson", feature(properties={"a": "x" * 1_000_000}), "properties_too_large", 422),
    (
        "G31 many",
        "a.geojson",
        feature(properties={f"k{i}": i for i in range(10_000)}),
        "properties_too_large",
        422,
    ),
    ("G31 deep", "a.geojson", feature(properties=json.loads("[" * 300 + "]" * 300)), "json_syntax", 400),
    ("G32 parent", "a.zip", zipped({"../产地.shp": b"", "产地.prj": b""}), "path_outside", 422),
    ("G32 root", "a.zip", zipped({"/etc/产地.shp": b""}), "path_outside", 422),
    ("G32 drive", "a.zip", zipped({"C:产地.shp": b""}), "path_outside", 422),
    ("G33", "a.zip", made.with_link(made.zipped_shape(PARTS)), "link_in_archive", 422),
    ("G34", "a.zip", made.bomb(), "too_large_unpacked", 422),
    ("G34 claim", "a.zip", made.bomb(4_000_000_000), "too_large_unpacked", 422),
    ("G34 lie", "a.zip", made.lying_bomb(), "bad_archive", 422),
    ("G34 many", "a.zip", zipped({f"{i}.txt": b"" for i in range(2_000)}), "too_many_members", 422),
    (
        "G35 no prj",
        "a.zip",
        made.zipped_shape({key: PARTS[key] for key in ("shp", "shx", "dbf")}),
        "missing_member",
        422,
    ),
    (
        "G35 no dbf",
        "a.zip",
        made.zipped_shape({key: PARTS[key] for key in ("shp", "shx", "prj")}),
        "missing_member",
        422,
    ),
    ("G35 nothing", "a.zip", zipped({"readme.txt": b"hello"}), "missing_member", 422),
    ("G36 cut", "a.zip", made.zipped_shape({**PARTS, "shp": PARTS["shp"][:150]}), "bad_shapefile", 422),
    ("G36 noise", "a.zip", made.zipped_shape({**PARTS, "shp": b"\x00\xff" * 400}), "bad_shapefile", 422),
    (
        "G37 two",
        "a.zip",
        zipped({f"{stem}.{key}": part for stem in "ab" for key, part in PARTS.items()}),
        "several_layers",
        422,
    ),
    ("G37 nested", "a.zip", zipped({"inner.zip": made.zipped_shape(PARTS)}), "nested_archive", 422),
    ("G37 doubled", "a.zip", zipped({"a.shp": b"", "A.SHP": b""}), "doubled_member", 422),
    ("G38", "a.zip", made.encrypted(made.zipped_shape(PARTS)), "encrypted", 422),
    ("zip cut", "a.zip", made.zipped_shape(PARTS)[:200], "bad_archive", 422),
    ("rar", "a.rar", b"Rar!\x1a\x07\x00" + b"\x00" * 100, "unsupported_type", 422),
    ("kml entities", "a.kml", kml("&x;", '<!DOCTYPE kml [<!ENTITY x "y">]>'), "entities_not_allowed", 422),
    (
        "kml file",
        "a.kml",
        kml("&x;", '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        "entities_not_allowed",
        422,
    ),
    (
        "kml laughs",
        "a.kml",
        kml("&b;", '<!DOCTYPE k [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;">]>'),
        "entities_not_allowed",
        422,
    ),
    (
        "kml link",
        "a.kml",
        kml("<NetworkLink><Link><href>http://127.0.0.1:9/</href></Link></NetworkLink>" + placemark()),
        "links_elsewhere",
        422,
    ),
    ("kml deep", "a.kml", kml("<Folder>" * 1_000 + placemark() + "</Folder>" * 1_000), "too_deep", 422),
    ("kml cut", "a.kml", kml(placemark())[:120], "xml_syntax", 400),
    ("kml word", "a.kml", kml(placemark([["x", 1], *RING[1:]])), "bad_coordinate", 422),
    ("kml none", "a.kml", kml(""), "empty_geometry", 422),
    ("html", "a.kml", b"<html><body>404</body></html>", "not_kml", 422),
    ("csv words", "a.csv", b"name,note\na,b\n", "unknown_columns", 422),
    ("csv cell", "a.csv", b"lon,lat\n108.7,29.4\n108.8,x\n", "bad_coordinate", 422),
    ("csv short", "a.csv", b"lon,lat\n108.7,29.4\n108.8\n", "bad_coordinate", 422),
    ("csv two points", "a.csv", b"108.7,29.4\n108.8,29.5\n", "empty_geometry", 422),
    ("csv not finite", "a.csv", b"108.7,29.4\n108.8,inf\n108.8,29.5\n", "not_finite", 422),
    ("csv zero", "a.csv", b"lon,lat\n108.7,29.4\x00\n", "bad_encoding", 400),
    (
        "overlapping features",
        "a.kml",
        kml(placemark() + placemark(square(108.795, 29.45))),
        "features_overlap",
        422,
    ),
]


@pytest.mark.parametrize(
    ("name", "content", "problem", "status"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_a_bad_upload_gets_its_answer(name, content, problem, status):
    """The reader runs here for speed; the confined process around it has tests of its own."""
    began = time.process_time()
    with pytest.raises(UploadRefused) as caught:
        (read_through if problem == "too_large" else made.surveyed)(content, name)
    assert caught.value.problem == problem
    assert time.process_time() - began < 1.5
    assert problem_of(caught.value).status == status
    zh, en = refusal(caught.value)
    assert zh
    assert en
    assert "cannot be read" not in en


def spent():
    """Seconds of work of the processes this one started: a busy machine makes none of it."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def read_through(content, name="a.geojson", **said):
    return survey(content, name, Declared(**said), district_shape())


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.geojson", b"[" * 100_000, "too_deep"),
        ("a.geojson", DEEP, "too_deep"),
        ("a.geojson", made.scribble(300), "self_intersection"),
        ("a.zip", made.bomb(), "too_large_unpacked"),
        ("a.zip", made.lying_bomb(), "bad_archive"),
        (
            "a.geojson",
            polygon([[108.7 + i / 1e7, 29.4] for i in range(60_000)] + [[108.7, 29.4]]),
            "too_many_vertices",
        ),
    ],
)
def test_bombs_are_answered_quickly_through_the_confined_process(name, content, problem):
    began = spent()
    with pytest.raises(UploadRefused) as caught:
        read_through(content, name)
    assert caught.value.problem == problem
    assert spent() - began < 3


def test_reading_that_hangs_or_swells_is_ended():
    """Negative control: with hardly any time or memory, a sound file is refused in the same words."""
    content = text(POLYGON)
    with pytest.raises(WorkStopped) as caught:
        confined(
            "service.register.surveying.reading:read", {}, content, uploads.confining.Limits(seconds=0.01)
        )
    assert caught.value.problem == "timed_out"
    assert problem_of(caught.value).status == 422


# ---- what is sound


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
