"""From a file to an area ready for a draft: read in a confined process, converted, and its datum asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shapely.geometry import MultiPolygon, mapping, shape
from shapely.geometry.base import BaseGeometry

from service import confining
from service.errors import UploadRefused
from service.register.surveying import shifts, soundness
from service.register.surveying.datums import to_wgs84
from service.vocabulary import Datum

_READER = "service.register.surveying.reading:read"
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Allowance:
    """How large a file may be and what reading it may take."""

    file_bytes: int
    limits: confining.Limits
    vertices: int = soundness.MAX_VERTICES


ON_THE_WEB = Allowance(2 * _MIB, confining.Limits(seconds=5, memory_mib=200))
"""For files that come over the web."""

AT_THE_DESK = Allowance(64 * _MIB, confining.Limits(seconds=60, memory_mib=1024, result_bytes=64 * _MIB))
"""For files that staff read in on the command line."""

FOR_TOWNSHIPS = Allowance(
    64 * _MIB, confining.Limits(seconds=60, memory_mib=1024, result_bytes=64 * _MIB), vertices=1_000_000
)
"""For the deployer's own file of township polygons."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What whoever brings a file says of it; each may be left open."""

    crs: str | None = None
    datum: Datum | None = None
    swap_axes: bool = False
    is_cross_district: bool = False


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a file, in the coordinates of its datum as degrees, with its properties as text."""

    area: MultiPolygon
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Survey:
    """An area as it came in and as it will be kept: WGS 84, six decimals, right-hand rule."""

    area: MultiPolygon
    crs: str
    datum: Datum
    fit: shifts.Fit
    features: int
    notes: tuple[str, ...] = field(default=())

    @property
    def geojson(self) -> dict[str, Any]:
        """The area as a draft carries it."""
        return dict(mapping(self.area))


def survey(
    content: bytes, name: str, declared: Declared, outline: BaseGeometry, allowance: Allowance = ON_THE_WEB
) -> Survey:
    """Return the area in a file of any of the formats, converted to WGS 84.

    Raises:
        UploadRefused: with the place of the fault; `shift_suspected` asks for the datum.
        WorkStopped: the file could not be read within its limits.
    """
    return survey_of(_read(content, name, declared, allowance), declared, outline)


def survey_of(answer: Mapping[str, Any], declared: Declared, outline: BaseGeometry) -> Survey:
    """Return the area in what the reader answered.

    Raises:
        UploadRefused: features overlap, `shift_suspected`, or a part is too thin.
    """
    features = _features(answer)
    given = soundness.united([feature.area for feature in features])
    fit = shifts.fit_of(given, outline)
    datum = declared.datum or _datum(answer, fit)
    notes = [*answer["notes"], *(["features_united"] if len(features) > 1 else [])]
    kept = soundness.rounded(to_wgs84(given, datum))
    return Survey(kept, str(answer["crs"]), datum, fit, len(features), tuple(notes))


def read_features(content: bytes, name: str, allowance: Allowance) -> list[Feature]:
    """Return each feature of a file by itself, in degrees, as its file declares them.

    Raises as `survey` does.
    """
    return _features(_read(content, name, Declared(is_cross_district=True), allowance))


def _read(content: bytes, name: str, declared: Declared, allowance: Allowance) -> dict[str, Any]:
    if len(content) > allowance.file_bytes:
        raise UploadRefused("too_large", hint=f"{allowance.file_bytes // _MIB} MiB")
    options = {**options_of(name, declared), "max_vertices": allowance.vertices}
    answer: dict[str, Any] = confining.confined(_READER, options, content, allowance.limits)
    return answer


def options_of(name: str, declared: Declared) -> dict[str, Any]:
    """Return what the reader is told."""
    return {
        "name": name,
        "crs": declared.crs,
        "swap_axes": declared.swap_axes,
        "anywhere": declared.is_cross_district,
    }


def _features(answer: Mapping[str, Any]) -> list[Feature]:
    return [
        Feature(
            soundness.as_multipolygon(shape({"type": "MultiPolygon", "coordinates": each["coordinates"]})),
            each["properties"],
        )
        for each in answer["areas"]
    ]


def _datum(answer: Mapping[str, Any], fit: shifts.Fit) -> Datum:
    """Return the datum to record when nobody named one.

    Raises:
        UploadRefused: the border tells that the coordinates are shifted; the caller must say what they are.
    """
    if fit.told in {Datum.GCJ02, Datum.BD09}:
        raise UploadRefused("shift_suspected", hint=fit.told.value)
    if answer["is_cgcs2000"]:
        return Datum.CGCS2000
    is_said = answer["crs"] == "EPSG:4326" or fit.told is Datum.WGS84
    return Datum.WGS84 if is_said else Datum.NOT_STATED
