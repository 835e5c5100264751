"""GCJ-02 and BD-09: the shifted coordinates of Chinese web maps, and back to WGS 84.

Neither has an official publication. The formulas here are those that open-source projects recovered and agree on
to 1e-7 degrees; they are tested against the values published with googollee/eviltransform (Beijing
39.911954, 116.377817; Shanghai 31.1774276, 121.5272106; Shenzhen 22.543847, 113.912316).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely
from shapely.geometry import MultiPolygon

from service.register.surveying.systems import Coordinates
from service.vocabulary import Datum

# GCJ-02 is computed on the ellipsoid of Krassowsky 1940.
_SEMI_MAJOR_M = 6378245.0
_ECCENTRICITY_2 = 0.00669342162296594323
_BAIDU = np.pi * 3000.0 / 180.0
_TOLERANCE_DEG = 1e-10
_ROUNDS = 12


def to_wgs84(found: MultiPolygon, datum: Datum) -> MultiPolygon:
    """Return an area, given on a datum, on WGS 84; what is there already (or on CGCS2000) is unchanged."""
    inverse = _INVERSE.get(datum)
    return found if inverse is None else shapely.transform(found, inverse)


def gcj02_of(wgs84: Coordinates) -> Coordinates:
    """Return GCJ-02 longitudes and latitudes of WGS 84 ones, inside China."""
    longitude, latitude = wgs84[:, 0], wgs84[:, 1]
    x, y = longitude - 105.0, latitude - 35.0
    ripple = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    swell = 160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y / 30.0 * np.pi)
    north += (ripple + _waves(y, 20.0, 40.0) + swell) * 2 / 3
    east = 300.0 + x + 2.0 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    swell = 150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)
    east += (ripple + _waves(x, 20.0, 40.0) + swell) * 2 / 3
    radians = np.radians(latitude)
    root = np.sqrt(1.0 - _ECCENTRICITY_2 * np.sin(radians) ** 2)
    meridian = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_2) / root**3
    parallel = _SEMI_MAJOR_M / root * np.cos(radians)
    shifts = [np.degrees(east / parallel), np.degrees(north / meridian)]
    return np.asarray(wgs84 + np.column_stack(shifts))


def _waves(along: Coordinates, short: float, long: float) -> Coordinates:
    return np.asarray(short * np.sin(along * np.pi) + long * np.sin(along / 3.0 * np.pi))


def bd09_of(gcj02: Coordinates) -> Coordinates:
    """Return BD-09 longitudes and latitudes of GCJ-02 ones."""
    x, y = gcj02[:, 0], gcj02[:, 1]
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BAIDU)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BAIDU)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])


def wgs84_of_gcj02(gcj02: Coordinates) -> Coordinates:
    """Return the WGS 84 coordinates that shift to these; exact to 1e-10 degrees."""
    return _undone(gcj02_of, gcj02)


def wgs84_of_bd09(bd09: Coordinates) -> Coordinates:
    """Return the WGS 84 coordinates that shift to these by way of GCJ-02; exact to 1e-10 degrees."""
    return wgs84_of_gcj02(_undone(bd09_of, bd09))


def _undone(shift: Callable[[Coordinates], Coordinates], shifted: Coordinates) -> Coordinates:
    """Return what `shift` turns into these: the shift changes by less than 1 % of a step, so steps converge."""
    found = shifted
    for _ in range(_ROUNDS):
        miss = shifted - shift(found)
        found = found + miss
        if np.abs(miss).max() < _TOLERANCE_DEG:
            break
    return found


_INVERSE: dict[Datum, Callable[[Coordinates], Coordinates]] = {
    Datum.GCJ02: wgs84_of_gcj02,
    Datum.BD09: wgs84_of_bd09,
}
