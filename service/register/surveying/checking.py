"""The checks that an area passes before it becomes public: values in, findings out, nothing is changed.

An error blocks. A finding of the middle severity must be answered in a note, which stays with the version.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import shapely
from pyproj import Geod
from shapely.geometry import MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from service.errors import Finding
from service.register.place_names import names_place, speaks_of_all, without_limits
from service.register.surveying import shifts, soundness
from service.register.surveying.boxes import StatedBox, stated_box
from service.vocabulary import AreaTier, Datum, DivisionRole, Severity

AREA_TOLERANCE = 0.05
"""How far the computed area may differ from the stated one without a note (I-7)."""

CHANGE_TOLERANCE = 0.20
"""How far the area may differ from that of the version before without a note."""

_MANY_VERTICES = 5_000
_METRES = 111_320.0
_ELLIPSOID = Geod(ellps="GRS80")
_DRAWN = frozenset({AreaTier.TOWN_UNION, AreaTier.DRAWN, AreaTier.PARCEL})
_TOLD_BY_TOWNS = frozenset({AreaTier.TOWN_UNION, AreaTier.DRAWN})


@dataclass(frozen=True, slots=True)
class Town:
    """A township of today: its name, its point (longitude, latitude) if it has one."""

    name: str
    point: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An area about to be published, with all that it is judged by.

    `towns` are the district's townships by key; `roles` says what the text says of those it names.
    """

    area: MultiPolygon
    tier: AreaTier
    outline: BaseGeometry
    is_cross_district: bool = False
    stated_ha: float | None = None
    stated_box: str | None = None
    towns: Mapping[int, Town] | None = None
    roles: Mapping[int, DivisionRole] | None = None
    before: MultiPolygon | None = None


def check(candidate: Candidate) -> list[Finding]:
    """Return everything that was found, the gravest first."""
    found = list(_soundness(candidate))
    if not any(finding.severity is Severity.ERROR for finding in found):
        found += _district(candidate)
        found += _change(candidate)
        if candidate.tier in _DRAWN:
            found += [*_stated_area(candidate), *_box(candidate), *_shift(candidate)]
        if candidate.tier in _TOLD_BY_TOWNS:
            found += _towns(candidate)
    return by_severity(found)


def check_words(text: str, towns: Mapping[int, Town], ticked: Mapping[int, str]) -> list[Finding]:
    """Return what does not go together in the text of an area and the townships ticked for it, by key as printed.

    A text that names no township of the district is told by other words, which nothing can be compared with.
    """
    told = without_limits(text)
    named = {key for key, town in towns.items() if names_place(told, town.name)}
    unticked = [town.name for key, town in towns.items() if key in named and key not in ticked]
    unnamed = [
        printed
        for key, printed in ticked.items()
        if key in towns and printed not in text and not names_place(text, towns[key].name)
    ]
    found = []
    if unticked:
        found.append(Finding("town_not_ticked", Severity.NOTE, {"names": "、".join(unticked)}))
    if named and unnamed and not speaks_of_all(text):
        found.append(Finding("ticked_not_named", Severity.NOTE, {"names": "、".join(unnamed)}))
    return found


def by_severity(found: Iterable[Finding]) -> list[Finding]:
    """Return what was found, the gravest first."""
    order = list(Severity)
    return sorted(found, key=lambda finding: order.index(finding.severity))


def area_in_ha(area: BaseGeometry) -> float:
    """Return the area in hectares on the GRS 80 ellipsoid."""
    square_metres, _ = _ELLIPSOID.geometry_area_perimeter(area)
    return abs(float(square_metres)) / 10_000


def _soundness(candidate: Candidate) -> Iterator[Finding]:
    count = len(shapely.get_coordinates(candidate.area))
    if candidate.area.is_empty:
        yield Finding("empty", Severity.ERROR)
    elif not candidate.area.is_valid:
        reason = shapely.is_valid_reason(candidate.area)
        yield Finding("not_valid", Severity.ERROR, {"reason": reason[:80]})
    if count > soundness.MAX_VERTICES:
        yield Finding("too_many_vertices", Severity.ERROR, {"count": count, "most": soundness.MAX_VERTICES})
    elif count > _MANY_VERTICES:
        yield Finding("many_vertices", Severity.INFO, {"count": count})


def _district(candidate: Candidate) -> Iterator[Finding]:
    """Yield what lies outside the district; its outline is only good to 200 m, so as much is let pass."""
    outline, area = candidate.outline, candidate.area
    if outline.contains(area):
        return
    corners = shapely.points(shapely.get_coordinates(shifts.in_metres(area, outline)))
    furthest = float(shapely.distance(corners, shifts.in_metres(outline, outline)).max())
    if furthest <= shifts.NEAR_M:
        return
    beyond = area_in_ha(shapely.difference(area, outline))
    facts: dict[str, str | float | int] = {"ha": round(beyond, 1), "metres": round(furthest)}
    if candidate.is_cross_district:
        yield Finding("across_the_border", Severity.INFO, facts)
    elif area.intersects(outline):
        yield Finding("partly_outside", Severity.NOTE, facts)
    else:
        yield Finding("outside", Severity.ERROR, facts)


def _stated_area(candidate: Candidate) -> Iterator[Finding]:
    stated = candidate.stated_ha
    if not stated:
        return
    computed = area_in_ha(candidate.area)
    if abs(computed / stated - 1) > AREA_TOLERANCE:
        facts: dict[str, str | float | int] = {
            "stated": round(stated, 1),
            "computed": round(computed, 1),
            "percent": round((computed / stated - 1) * 100, 1),
        }
        yield Finding("area_differs", Severity.NOTE, facts)


def _box(candidate: Candidate) -> Iterator[Finding]:
    words = candidate.stated_box
    if not words:
        return
    box = stated_box(words)
    if box is None:
        yield Finding("box_not_clear", Severity.INFO, {"words": words[:80]})
        return
    names = ("西 west", "南 south", "东 east", "北 north")
    pairs = zip(names, box.sides, candidate.area.bounds, strict=True)
    off = [
        f"{name} {stated:.4f}°/{found:.4f}°"
        for name, stated, found in pairs
        if abs(stated - found) > _slack(box)
    ]
    if off:
        yield Finding("box_differs", Severity.NOTE, {"sides": "；".join(off)})


def _slack(box: StatedBox) -> float:
    """Return how far a side may be off: one step of the words, and never less than the outline's own error."""
    return max(box.step, shifts.NEAR_M / _METRES)


def _towns(candidate: Candidate) -> Iterator[Finding]:
    roles = candidate.roles or {}
    outside, inside, excluded, unknown = [], [], [], []
    for key, town in (candidate.towns or {}).items():
        role = roles.get(key)
        if town.point is None:
            unknown += [town.name] if role is not None else []
            continue
        is_covered = candidate.area.covers(Point(town.point))
        if role is DivisionRole.INCLUDED and not is_covered:
            outside.append(town.name)
        elif role is DivisionRole.EXCLUDED and is_covered:
            excluded.append(town.name)
        elif role is None and is_covered:
            inside.append(town.name)
    for code, severity, names in (
        ("town_not_covered", Severity.NOTE, outside),
        ("town_not_named", Severity.NOTE, inside),
        ("excluded_town_covered", Severity.NOTE, excluded),
        ("town_without_point", Severity.INFO, unknown),
    ):
        if names:
            yield Finding(code, severity, {"names": "、".join(names)})


def _change(candidate: Candidate) -> Iterator[Finding]:
    before, now = candidate.before, candidate.area
    if before is None or before.equals(now):
        return
    if not before.intersects(now):
        yield Finding("apart_from_before", Severity.NOTE)
        return
    gained, lost = area_in_ha(shapely.difference(now, before)), area_in_ha(shapely.difference(before, now))
    change = area_in_ha(now) / area_in_ha(before) - 1
    facts: dict[str, str | float | int] = {
        "gained": round(gained, 1),
        "lost": round(lost, 1),
        "percent": round(change * 100, 1),
    }
    if abs(change) > CHANGE_TOLERANCE:
        yield Finding("much_changed", Severity.NOTE, facts)
    else:
        yield Finding("changed", Severity.INFO, facts)


def _shift(candidate: Candidate) -> Iterator[Finding]:
    fit = shifts.fit_of(candidate.area, candidate.outline)
    if fit.told in {Datum.GCJ02, Datum.BD09}:
        facts: dict[str, str | float | int] = {
            "datum": fit.told.value.upper(),
            "as_it_is": round(fit.shared_m[Datum.WGS84] / 1000, 1),
            "moved": round(fit.shared_m[fit.told] / 1000, 1),
        }
        yield Finding("looks_shifted", Severity.NOTE, facts)
    elif fit.told is None:
        yield Finding("datum_not_told", Severity.INFO)
