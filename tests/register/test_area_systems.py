"""Coordinates of every system in use here come to the same place; what cannot be told is asked about."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import area_uploads as made
import numpy as np
import pytest
import shapely
from area_uploads import RING, polygon, text
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Transformer
from shapely.geometry import MultiPoint, MultiPolygon

from service.errors import UploadRefused
from service.register.areas import district_shape
from service.register.surveying import datums, shifts, systems
from service.vocabulary import Datum

OUTLINE = district_shape()
TOWNSHIPS = Path(__file__).parent.parent / "maps" / "townships.csv"


def gauss_krueger(longitude, latitude, meridian, prefix=0):
    """Northing and easting by the series in the latitude, independent of PROJ; good to a millimetre near a zone.

    Source: textbook series on the ellipsoid of CGCS2000 (a 6378137, 1/f 298.257222101).
    """
    a, f = 6378137.0, 1 / 298.257222101
    e2 = f * (2 - f)
    ep2 = e2 / (1 - e2)
    b, l = math.radians(latitude), math.radians(longitude - meridian)  # noqa: E741  (the book's letters)
    terms = [1.0]
    for n in range(1, 6):
        terms.append(terms[-1] * e2 * (2 * n + 1) / (2 * n))
    # arc of the meridian by numerical integration (Simpson)
    steps = 2_000
    h = b / steps
    radius = [a * (1 - e2) / (1 - e2 * math.sin(i * h) ** 2) ** 1.5 for i in range(steps + 1)]
    arc = h / 3 * (radius[0] + radius[-1] + 4 * sum(radius[1:-1:2]) + 2 * sum(radius[2:-1:2]))
    t, n2 = math.tan(b), ep2 * math.cos(b) ** 2
    n = a / math.sqrt(1 - e2 * math.sin(b) ** 2)
    m = math.cos(b) * l
    northing = arc + n * t * (
        m**2 / 2 + (5 - t**2 + 9 * n2 + 4 * n2**2) * m**4 / 24 + (61 - 58 * t**2 + t**4) * m**6 / 720
    )
    easting = n * (
        m + (1 - t**2 + n2) * m**3 / 6 + (5 - 18 * t**2 + t**4 + 14 * n2 - 58 * n2 * t**2) * m**5 / 120
    )
    return northing, easting + 500_000 + prefix * 1_000_000


# 3 degrees by meridian and by zone, 6 degrees by meridian and by zone
ZONES = [
    ("EPSG:4545", 108, 0),
    ("EPSG:4524", 108, 36),
    ("EPSG:4546", 111, 0),
    ("EPSG:4525", 111, 37),
    ("EPSG:4508", 111, 0),
    ("EPSG:4497", 111, 19),
]


@pytest.mark.parametrize(("code", "meridian", "prefix"), ZONES)
@pytest.mark.parametrize("point", [(108.77, 29.533), (108.4825, 29.0746), (108.9433, 29.8697)])
def test_gauss_krueger_agrees_with_the_textbook_series(code, meridian, prefix, point):
    north, east = gauss_krueger(*point, meridian, prefix)
    found = systems.to_degrees(np.array([[east, north]]), systems.system_of(code))
    assert np.abs(found[0] - point).max() < 2e-8  # two millimetres


def in_system(code, ring=RING):
    """The ring in a system, east first, as files hold it."""
    transform = Transformer.from_crs("EPSG:4326", code, always_xy=True)
    return [list(transform.transform(x, y)) for x, y in ring]


read = made.surveyed


def is_the_ring(found):
    assert found.area.normalize().equals_exact(MultiPolygon([shapely.Polygon(RING)]).normalize(), 2e-6)


SYSTEMS = ["EPSG:4490", "EPSG:4326", "EPSG:3857", *(zone[0] for zone in ZONES)]


@pytest.mark.parametrize("code", SYSTEMS)
def test_a_system_declared_in_the_file_is_converted(code):
    ring = in_system(code)
    is_the_ring(
        read(
            text(
                {
                    "type": "Polygon",
                    "coordinates": [ring],
                    "crs": {"type": "name", "properties": {"name": code}},
                }
            )
        )
    )
    parts = made.shape_parts([[ring[::-1]]], system=code)
    found = read(made.zipped_shape(parts), "a.zip")
    is_the_ring(found)
    assert found.crs == code


@pytest.mark.parametrize("code", SYSTEMS)
def test_a_system_declared_by_the_caller_is_converted(code):
    ring = in_system(code)
    is_the_ring(read(polygon(ring), crs=code))
    parts = made.shape_parts([[ring[::-1]]])
    del parts["prj"]
    is_the_ring(read(made.zipped_shape(parts), "a.zip", crs=code))
    table = "东坐标,北坐标\n" + "".join(f"{x!r},{y!r}\n" for x, y in ring)
    is_the_ring(read(table.encode(), "a.csv", crs=code))


def test_a_system_of_the_surveyors_own_is_converted():
    """A projection by a meridian of their own, as .prj files from local offices hold it."""
    geographic = CRS("EPSG:4490").to_wkt("WKT1_ESRI")
    projected = (
        f'PROJCS["Qianjiang",{geographic},PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],'
        'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",108.75],PARAMETER["Scale_Factor",1.0],'
        'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
    )
    ring = in_system(CRS(projected))
    parts = {**made.shape_parts([[ring[::-1]]]), "prj": projected.encode()}
    found = read(made.zipped_shape(parts), "a.zip")
    is_the_ring(found)
    assert found.datum is Datum.CGCS2000
    assert found.crs == "Qianjiang"


def refused(content, name="a.geojson", **said):
    with pytest.raises(UploadRefused) as caught:
        read(content, name, **said)
    return caught.value


@pytest.mark.parametrize("code", ["EPSG:3857", "EPSG:4545", "EPSG:4524"])
def test_undeclared_metres_are_refused_with_the_system_that_would_fit(code):
    error = refused(polygon(in_system(code)))
    assert error.problem == "out_of_range"
    assert code in error.hint.split(", ")


@pytest.mark.parametrize("code", ["EPSG:4326", "EPSG:4490", "EPSG:4545"])
def test_swapped_axes_are_told_and_swapped_only_when_asked(code):
    """Chinese surveyors write X for north; a file in that order is never turned around silently."""
    ring = [[y, x] for x, y in in_system(code)]
    assert refused(polygon(ring), crs=code).problem == "swapped_axes"
    is_the_ring(read(polygon(ring), crs=code, swap_axes=True))


def test_a_caller_cannot_overrule_what_the_file_declares():
    parts = made.shape_parts([[in_system("EPSG:4545")[::-1]]], system="EPSG:4545")
    assert refused(made.zipped_shape(parts), "a.zip", crs="EPSG:4546").problem == "crs_conflict"
    assert refused(made.kml(made.placemark()), "a.kml", crs="EPSG:4545").problem == "crs_conflict"
    is_the_ring(read(made.kml(made.placemark()), "a.kml", crs="EPSG:4490"))


# ---- GCJ-02 and BD-09


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ],
)
def test_the_shift_agrees_with_the_published_points(wgs84, gcj02):
    """Source: tests of googollee/eviltransform (Shanghai, Shenzhen, Beijing)."""
    assert np.abs(datums.gcj02_of(np.array([wgs84])) - gcj02).max() < 1e-9
    assert np.abs(datums.wgs84_of_gcj02(np.array([gcj02])) - wgs84).max() < 1e-9


def test_the_shift_here_is_the_one_that_was_measured():
    """Map services' points stand about 412 m east and 311 m south of their place here, within what was measured."""
    here = np.array([[108.77, 29.533]])
    east, north = ((datums.gcj02_of(here) - here) * [96_870, 110_850])[0]
    assert (round(east), round(north)) == (424, -299)
    assert math.hypot(east, north) == pytest.approx(519, abs=1)


@given(st.tuples(st.floats(75, 130), st.floats(20, 50)))
def test_there_and_back_is_the_same_place(point):
    here = np.array([point])
    assert np.abs(datums.wgs84_of_gcj02(datums.gcj02_of(here)) - here).max() < 1e-9
    assert np.abs(datums.wgs84_of_bd09(datums.bd09_of(datums.gcj02_of(here))) - here).max() < 1e-9


SHIFTS = {
    Datum.WGS84: lambda degrees: degrees,
    Datum.GCJ02: datums.gcj02_of,
    Datum.BD09: lambda degrees: datums.bd09_of(datums.gcj02_of(degrees)),
}


def shifted(ring, datum):
    return SHIFTS[datum](np.array(ring)).tolist()


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_a_declared_shift_is_converted_and_recorded(datum):
    found = read(polygon(shifted(RING, datum)), datum=datum)
    is_the_ring(found)
    assert found.datum is datum


DISTRICT = [list(map(list, part.exterior.coords)) for part in OUTLINE.geoms]


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_a_shift_that_the_border_tells_is_asked_about(datum):
    content = made.multipolygon(*([shifted(ring, datum)] for ring in DISTRICT))
    error = refused(content)
    assert (error.problem, error.hint) == ("shift_suspected", datum.value)
    assert read(content, datum=datum).area.symmetric_difference(OUTLINE).area < 1e-5
    assert (
        read(content, datum=Datum.WGS84).fit.told is datum
    )  # who insists is taken at their word; the checks say so


def test_an_area_on_the_border_tells_that_it_is_not_shifted():
    assert read(made.multipolygon(*([ring] for ring in DISTRICT))).datum is Datum.WGS84


def test_an_area_inside_tells_nothing():
    for datum in SHIFTS:
        assert read(polygon(shifted(RING, datum))).fit.told is None


def townships():
    with TOWNSHIPS.open(encoding="utf-8") as file:
        return [(float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file) if row["lon"]]


def finer(chance, amplitude_m):
    """A border of which the outline could be the generalisation: it wanders up to `amplitude_m` from it."""

    def wander(degrees):
        along = np.linspace(0, 2 * np.pi, len(degrees))[:, None]
        waves = sum(
            chance.normal(size=2) * np.sin(n * along + chance.uniform(0, 2 * np.pi, 2))
            for n in chance.integers(20, 400, 40)
        )
        off = waves / np.abs(waves).max() * amplitude_m / [96_870, 110_850]
        off[-1] = off[0]
        return degrees + off

    rings = [
        wander(shapely.get_coordinates(shapely.segmentize(part.exterior, 0.0005))) for part in OUTLINE.geoms
    ]
    return shapely.union_all([shapely.Polygon(ring).buffer(0) for ring in rings])


def candidates(chance, district):
    points = np.array(townships())
    cells = list(
        shapely.voronoi_polygons(
            MultiPoint(points + chance.normal(0, 0.01, points.shape)), extend_to=district
        ).geoms
    )
    unions = [
        shapely.union_all([cells[i] for i in chance.choice(len(cells), 4, replace=False)]) for _ in range(10)
    ]
    fields = [
        shapely.Point(chance.uniform([108.55, 29.2], [108.9, 29.8])).buffer(chance.uniform(0.002, 0.03))
        for _ in range(25)
    ]
    for kind, shapes in (("township", cells), ("union", unions), ("field", fields), ("district", [district])):
        for each in shapes:
            cut = each.intersection(district)
            if not cut.is_empty:
                yield (
                    kind,
                    MultiPolygon(
                        [part for part in getattr(cut, "geoms", [cut]) if part.geom_type == "Polygon"]
                    ),
                )


ROUNDS = ((1, 60), (2, 120), (3, 180))
"""Seeds, and how far in metres a border wanders from the outline."""


@pytest.mark.parametrize("rounds", [ROUNDS[1:2], pytest.param(ROUNDS, marks=pytest.mark.long)], ids=len)
def test_the_datum_is_never_told_wrongly_and_often_told(rounds):
    """The measurement behind shifts.py: borders finer than the outline, off by as much as the outline is."""
    told: dict[tuple[str, bool], int] = {}
    for seed, amplitude in rounds:
        chance = np.random.default_rng(seed)
        district = finer(chance, amplitude)
        for kind, area in candidates(chance, district):
            for datum, shift in SHIFTS.items():
                found = shifts.fit_of(shapely.transform(area, shift), OUTLINE).told
                assert found in {None, datum}, (kind, seed)
                told[kind, found is not None] = told.get((kind, found is not None), 0) + 1
    share = {
        kind: told.get((kind, True), 0) / (told.get((kind, True), 0) + told.get((kind, False), 0))
        for kind in ("township", "union", "district", "field")
    }
    assert share["district"] == 1
    assert share["union"] > 0.9
    assert share["township"] > 0.5
    assert share["field"] < 0.1
