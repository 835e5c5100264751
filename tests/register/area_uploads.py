"""Files of geometry for tests: sound ones in every format, and what can be wrong with them."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Mapping, Sequence

import shapefile
from pyproj import CRS

from service.register.areas import district_shape
from service.register.surveying.reading import read
from service.register.surveying.uploads import Declared, options_of, survey, survey_of

RING = [[108.70, 29.40], [108.80, 29.40], [108.80, 29.50], [108.70, 29.50], [108.70, 29.40]]
HOLE = [[108.74, 29.44], [108.74, 29.46], [108.76, 29.46], [108.76, 29.44], [108.74, 29.44]]
POLYGON = {"type": "Polygon", "coordinates": [RING]}


def text(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def polygon(*rings) -> bytes:
    return text({"type": "Polygon", "coordinates": rings})


def multipolygon(*polygons) -> bytes:
    return text({"type": "MultiPolygon", "coordinates": polygons})


def square(west, south, size=0.01, *, hole=False):
    ring = [[west, south], [west + size, south], [west + size, south + size], [west, south + size]]
    ring = [*ring, ring[0]]
    return ring[::-1] if hole else ring


def kml(body: str, head: str = "") -> bytes:
    return f'{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'.encode()


def placemark(ring=RING, name="产地", holes=()) -> str:
    def border(tag, positions):
        words = " ".join(",".join(map(str, position)) for position in positions)
        return f"<{tag}><LinearRing><coordinates>{words}</coordinates></LinearRing></{tag}>"

    inner = "".join(border("innerBoundaryIs", hole) for hole in holes)
    return f"<Placemark><name>{name}</name><Polygon>{border('outerBoundaryIs', ring)}{inner}</Polygon></Placemark>"


def shape_parts(
    polygons: Sequence[Sequence[Sequence[Sequence[float]]]],
    *,
    names: Sequence[str] = (),
    encoding: str = "utf-8",
    system: str = "EPSG:4490",
    kind: int = shapefile.POLYGON,
) -> dict[str, bytes]:
    """The parts of a shapefile, by suffix; each polygon is its rings as they stand."""
    parts = {suffix: io.BytesIO() for suffix in ("shp", "shx", "dbf")}
    with shapefile.Writer(**parts, shapeType=kind, encoding=encoding) as writer:
        writer.field("名称" if encoding != "ascii" else "NAME", "C", 60)
        for number, rings in enumerate(polygons):
            if kind == shapefile.POINT:
                writer.point(*rings[0][0])
            else:
                writer.poly([[tuple(position) for position in ring] for ring in rings])
            writer.record(names[number] if names else f"图斑{number}")
    found = {suffix: part.getvalue() for suffix, part in parts.items()}
    return {**found, "prj": CRS(system).to_wkt("WKT1_ESRI").encode()}


def zipped(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def zipped_shape(parts: Mapping[str, bytes], stem: str = "产地", **more: bytes) -> bytes:
    return zipped({f"{stem}.{suffix}": content for suffix, content in {**parts, **more}.items()})


def with_link(content: bytes) -> bytes:
    """An archive with a symbolic link among its members."""
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return out.getvalue()


def encrypted(content: bytes) -> bytes:
    """The archive with the mark of encryption on its members, in both of its directories."""
    marked = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = marked.find(signature)
        while at >= 0:
            marked[at + offset] |= 1
            at = marked.find(signature, at + 4)
    return bytes(marked)


def bomb(claimed: int | None = None) -> bytes:
    """A shapefile whose .shp unpacks to 200 MB, or claims to unpack to `claimed` bytes."""
    parts = shape_parts([[RING[::-1]]])
    packed = zipped_shape({**parts, "shp": bytes(200_000_000) if claimed is None else parts["shp"]})
    if claimed is None:
        return packed
    marked = bytearray(packed)
    at = marked.find(b"PK\x01\x02")
    marked[at + 24 : at + 28] = struct.pack("<I", claimed)
    return bytes(marked)


def lying_bomb() -> bytes:
    """An archive whose directory says 100 bytes where 200 MB are packed."""
    packed = bytearray(bomb())
    at = packed.find(b"PK\x01\x02")
    packed[at + 24 : at + 28] = struct.pack("<I", 100)
    return bytes(packed)


def scribble(count: int) -> bytes:
    """A ring through random points: milliseconds to judge, half a minute to repair."""
    from random import Random

    chance = Random(4)
    points = [[chance.uniform(108.7, 108.8), chance.uniform(29.4, 29.5)] for _ in range(count)]
    return polygon([*points, points[0]])


def surveyed(content, name="a.geojson", **said):
    """What `uploads.survey` gives, read in this process: for tests of what is read, not of where."""
    declared = Declared(**said)
    return survey_of(read(content, options_of(name, declared)), declared, district_shape())


def read_through(content, name="a.geojson", **said):
    """What the confined process reads of an upload."""
    return survey(content, name, Declared(**said), district_shape())
