"""The areas of one revision, held in memory for questions about boxes and points (decision 0009)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from sqlalchemy.orm import Session

from maps.simplifying import FINEST_ZOOM, geojson_bytes
from service.register.lifecycle import ProtectionFact, ProtectionStanding, protection_standing
from service.register.locating.measuring import Ground
from service.register.locating.reading import (
    AreaRow,
    Box,
    count_rows,
    in_box,
    read_bounds,
    read_facts,
    read_rows,
    read_shapes,
)
from service.register.locating.shelving import Shelf
from service.register.verification.reading import data_version
from service.vocabulary import Track

MAX_AREAS = 50_000
"""More area versions than this are not held: each question goes to the database's own index instead."""

_MAX_GROUND_VERTICES = 3_000_000
_MAX_GEOJSON_BYTES = 96 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Areas:
    """The published area versions of one revision, or those of them near a box, with their index."""

    revision: int
    rows: tuple[AreaRow, ...]
    bounds: dict[tuple[str, int], Box]
    facts: dict[int, list[ProtectionFact]]
    tree: STRtree
    places: NDArray[np.int64]
    """The row of each box in the tree."""
    _standings: dict[tuple[int, date, date], ProtectionStanding] = field(default_factory=dict)

    def touching(self, box: Box) -> list[AreaRow]:
        """Return the rows whose own box touches the box, in the order of the register."""
        found = self.places[self.tree.query(shapely.box(*box))]
        return [self.rows[place] for place in np.sort(found)]

    def standing(self, row: AreaRow, on: date, known_on: date) -> ProtectionStanding:
        """Return the standing of the row's protection on a day, seen from another: a fold of its events."""
        key = (row.protection_id, on, known_on)
        found = self._standings.get(key)
        if found is None:
            has_term = row.track is Track.GI_TRADEMARK
            facts = self.facts[row.protection_id]
            found = protection_standing(facts, on, known_on, has_term=has_term)
            if len(self._standings) > 4 * len(self.facts):
                self._standings.clear()  # days nobody asks about any more
            self._standings[key] = found
        return found


class AreaIndex:
    """The areas as they are at the revision that a session reads, and their shapes, which never change.

    The list is made again whenever the revision differs from the one held, so a published change is in the
    very next answer. Shapes are kept by record and version, each kind on a shelf of its own, within bounds.
    """

    def __init__(self, max_areas: int = MAX_AREAS) -> None:
        self._max_areas = max_areas
        self._held: Areas | None = None
        self._lock = Lock()
        self._grounds: Shelf[Ground] = Shelf(_MAX_GROUND_VERTICES, lambda ground: ground.vertices)
        self._geojson: Shelf[bytes] = Shelf(_MAX_GEOJSON_BYTES, len)

    def held(self, revision: int) -> Areas | None:
        """Return the areas of the revision if they are the ones held."""
        held = self._held
        return held if held is not None and held.revision == revision else None

    def areas(self, session: Session, box: Box | None = None) -> Areas:
        """Return the areas as the session reads them; of a very large register those near the box only."""
        revision = data_version(session)
        found = self.held(revision)
        if found is not None:
            return found
        with self._lock:
            found = self.held(revision)
            if found is not None:
                return found
            if count_rows(session) > self._max_areas:
                near = () if box is None else (in_box(box),)
                return _areas(session, revision, read_rows(session, *near), {})
            known = self._held.bounds if self._held is not None else {}
            found = _areas(session, revision, read_rows(session), known)
            if self._held is None or self._held.revision < revision:
                self._held = found
            return found

    def grounds(self, session: Session, rows: Sequence[AreaRow]) -> list[Ground]:
        """Return the rows' shapes prepared for points; each row must have one."""
        found = {row.key: self._grounds.get(row.key) for row in rows}
        missing = {row.id: row for row in rows if found[row.key] is None}
        for area_id, polygons in read_shapes(session, missing) if missing else ():
            key = missing[area_id].key
            found[key] = self._grounds.put(key, Ground.of(polygons))
        return [ground for row in rows if (ground := found[row.key]) is not None]

    def geometries(self, session: Session, rows: Sequence[AreaRow], zoom: int | None) -> list[bytes]:
        """Return the rows' shapes as GeoJSON geometries for a zoom, `null` for one without a shape."""
        level = None if zoom is None or zoom >= FINEST_ZOOM else zoom
        found = {row.key: self._geojson.get((*row.key, level)) for row in rows if row.has_shape}
        missing = {row.id: row for row in rows if row.has_shape and found[row.key] is None}
        for area_id, polygons in read_shapes(session, missing) if missing else ():
            key = missing[area_id].key
            found[key] = self._geojson.put((*key, level), geojson_bytes(polygons, level))
        return [found.get(row.key) or b"null" for row in rows]


def _areas(
    session: Session, revision: int, rows: Sequence[AreaRow], known: dict[tuple[str, int], Box]
) -> Areas:
    shaped = [row for row in rows if row.has_shape]
    fresh = read_bounds(session, [row.id for row in shaped if row.key not in known])
    bounds = {row.key: known.get(row.key) or fresh[row.id] for row in shaped}
    corners = np.array(list(bounds.values()), dtype=float).reshape(-1, 4)
    return Areas(
        revision=revision,
        rows=tuple(rows),
        bounds=bounds,
        facts=read_facts(session, rows),
        tree=STRtree(shapely.box(*corners.T)),
        places=np.array([place for place, row in enumerate(rows) if row.has_shape], dtype=np.int64),
    )
