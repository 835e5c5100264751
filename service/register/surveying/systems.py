"""Reference systems: what a file or a person declares, and coordinates from there to longitude and latitude.

Coordinates go in as files hold them, east (longitude) first, and come out in CRS84. Systems on the datum of
WGS 84 or CGCS2000 are taken; the two agree within decimetres. Systems on older datums (Beijing 1954, Xi'an 1980)
are refused: no public transformation reaches better than tens of metres.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from service.errors import UploadRefused

Coordinates = npt.NDArray[np.float64]
"""Pairs of numbers, one row a position: east or longitude, then north or latitude."""

CRS84 = "OGC:CRS84"
REGION = (105.0, 27.0, 111.0, 33.0)
"""West, south, east, north in degrees: the district with two degrees and more around it."""

_WORLD = (-180.0, -90.0, 180.0, 90.0)
_LONGEST = 8_000
_DATUMS = (
    "china geodetic coordinate system 2000",
    "china_2000",
    "china 2000",
    "cgcs2000",
    "wgs 84",
    "wgs_1984",
)
_URN = re.compile(r"^(?:urn:(?:ogc|x-ogc):def:crs:)(OGC|EPSG):[^:]*:(\w+)$", re.IGNORECASE)
# Those in use here: degrees, the web's metres, Gauss-Krüger by central meridian and by zone (3° and 6°).
_LIKELY = tuple(f"EPSG:{code}" for code in (3857, 4545, 4546, 4524, 4525, 4508, 4497, 4507, 4496))


@lru_cache(maxsize=32)
def system_of(declared: str) -> CRS:
    """Return the reference system with this code, name or WKT (of OGC or ESRI).

    Raises:
        UploadRefused: unknown, or on a datum that cannot be transformed well.
    """
    text = declared.strip()
    if found := _URN.match(text):
        text = f"{found[1]}:{found[2]}"
    text = f"EPSG:{text}" if text.isascii() and text.isdigit() else text
    if not text or len(text) > _LONGEST:
        raise UploadRefused("bad_crs")
    try:
        system = CRS.from_user_input(text)
    except CRSError as error:
        raise UploadRefused("bad_crs", hint=text[:60]) from error
    if not (system.is_geographic or system.is_projected) or not _is_known_datum(system.geodetic_crs):
        raise UploadRefused("bad_crs", hint=system.name[:60])
    return system


def _is_known_datum(base: CRS | None) -> bool:
    if base is None or base.datum is None:
        return False
    names = f"{base.name}|{base.datum.name}".lower().replace("d_", "").replace("gcs_", "")
    return any(name in names for name in _DATUMS)


def code_of(system: CRS) -> str:
    """Return the short name under which a system is recorded: EPSG:4545, or its own name where it has no code."""
    authority = system.to_authority(min_confidence=70)
    return ":".join(authority) if authority else system.name[:100]


def is_cgcs2000(system: CRS) -> bool:
    """Return whether a system stands on the datum of CGCS2000."""
    base = system.geodetic_crs
    return base is not None and "china" in base.name.lower()


def to_degrees(coordinates: Coordinates, system: CRS) -> Coordinates:
    """Return longitudes and latitudes (CRS84) of coordinates in a system, east first whatever its own order.

    Raises:
        UploadRefused: not finite, before or after.
    """
    if not np.isfinite(coordinates).all():
        raise UploadRefused("not_finite")
    if system.is_geographic:
        return coordinates
    try:
        longitudes, latitudes = _transformer(system).transform(coordinates[:, 0], coordinates[:, 1])
    except ProjError as error:
        raise UploadRefused("out_of_range", hint=code_of(system)) from error
    found = np.column_stack([longitudes, latitudes])
    if not np.isfinite(found).all():
        raise UploadRefused("out_of_range", hint=code_of(system))
    return found


@lru_cache(maxsize=32)
def _transformer(system: CRS) -> Transformer:
    return Transformer.from_crs(system, "EPSG:4326", always_xy=True)


def demand_region(degrees: Coordinates, raw: Coordinates, system: CRS, *, anywhere: bool) -> None:
    """Refuse coordinates that are no degrees, have their axes swapped, or lie far from the district.

    Raises:
        UploadRefused: with a hint where another system or order of axes would fit.
    """
    if fits(degrees, REGION) or (anywhere and fits(degrees, _WORLD) and not fits(degrees[:, ::-1], REGION)):
        return
    if fits(degrees[:, ::-1], REGION) or (system.is_projected and _fits_swapped(raw, system)):
        raise UploadRefused("swapped_axes")
    hint = ", ".join(likely_systems(raw)) if system.is_geographic else code_of(system)
    raise UploadRefused("out_of_region" if fits(degrees, _WORLD) else "out_of_range", hint=hint)


def fits(degrees: Coordinates, box: tuple[float, float, float, float]) -> bool:
    """Return whether every position lies in the box (west, south, east, north)."""
    west, south, east, north = box
    return bool(
        (degrees[:, 0] >= west).all()
        and (degrees[:, 0] <= east).all()
        and (degrees[:, 1] >= south).all()
        and (degrees[:, 1] <= north).all()
    )


def likely_systems(raw: Coordinates) -> list[str]:
    """Return the codes of systems in use here under which the coordinates would lie near the district."""
    return [code for code in _LIKELY if _fits_in(raw, system_of(code)) or _fits_swapped(raw, system_of(code))]


def _fits_swapped(raw: Coordinates, system: CRS) -> bool:
    return _fits_in(raw[:, ::-1], system)


def _fits_in(raw: Coordinates, system: CRS) -> bool:
    try:
        return fits(to_degrees(raw, system), REGION)
    except UploadRefused:
        return False
