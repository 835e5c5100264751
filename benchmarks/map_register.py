"""Made-up areas as a register, and the same shapes as the peers take them: a plain table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import shapely
from geoalchemy2.shape import from_shape
from shapely.geometry import MultiPolygon, Polygon
from sqlalchemy import insert, text, update

from service.register import migrating, models
from service.register.database import Database
from service.register.editing import lock_registry

WEST, SOUTH, EAST, NORTH = 108.35, 29.08, 109.1, 29.85
_NOW = datetime(2026, 11, 1, tzinfo=UTC)
_AT_ONCE = 1_000
_TRACKS = ("gi_product", "agri_gi", "gi_trademark")
_SOURCE = {"id": 1, "fingerprint": "0" * 64, "level": "demonstration", "citation": "benchmark"}


def shapes(count: int, vertices: int) -> list[MultiPolygon]:
    """Return wobbly fields of 0.5 to 3 km all over the district, the same ones every time."""
    chance = np.random.default_rng(20261125)
    turns = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    waves = np.arange(2, 9)[:, None]
    found = []
    for _ in range(count):
        middle = chance.uniform((WEST, SOUTH), (EAST, NORTH))
        phases = chance.uniform(0, 2 * np.pi, (7, 1))
        wobble = 1 + (np.sin(waves * turns + phases) * 0.35 / waves).sum(axis=0)
        radii = chance.uniform(0.005, 0.03) / 2 * wobble
        ring = np.column_stack((middle[0] + radii * np.cos(turns), middle[1] + radii * np.sin(turns)))
        found.append(MultiPolygon([Polygon(np.round(ring, 6))]))
    return found


def fill(database: Database, polygons: list[MultiPolygon]) -> None:
    """Put one product, right, event and area for each shape into an empty register, in one revision."""
    migrating.migrate(database)
    with database.writing() as session:
        session.execute(insert(models.Source), [_SOURCE])
        for start in range(0, len(polygons), _AT_ONCE):
            rows = [
                _rows(at, polygons[at - 1])
                for at in range(start + 1, min(start + _AT_ONCE, len(polygons)) + 1)
            ]
            for model in rows[0]:
                session.execute(insert(model), [row[model] for row in rows])
        lock_registry(session).revision_number = 1
    with database.write_engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def touch(database: Database, area_id: int) -> None:
    """Publish nothing but a new revision in which one area is a new version, as an edit would."""
    area = models.ProductionAreaVersion
    with database.writing() as session:
        session.execute(update(area).where(area.id == area_id).values(version=area.version + 1))
        lock_registry(session).revision_number += 1


def _rows(at: int, polygons: MultiPolygon) -> dict[Any, dict[str, Any]]:
    track = _TRACKS[at % len(_TRACKS)]
    name = f"示例·基准产品{at:05d}"
    return {
        models.GiProduct: _recorded("P", at)
        | {"code": f"QJ-GI-{at:05d}", "slug": f"shili-{at}", "name": name, "home_relation": "in_district"}
        | {"nice_classes": [], "season_months": []},
        models.Protection: _recorded("R", at) | {"code": f"QJ-PR-{at:05d}", "product_id": at, "track": track},
        models.ProtectionEvent: {
            "id": at,
            "ulid": _ulid("E", at),
            "source_id": 1,
            "protection_id": at,
            "sequence": 1,
            "kind": "recognised" if track == "gi_product" else "registered",
            "happened_on": date(2020, 1, 1),
            "precision": "day",
            "revision_number": 1,
            "recorded_at": _NOW,
        },
        models.ProductionAreaVersion: _recorded("A", at)
        | {"protection_id": at, "version_no": 1, "valid_from": date(2020, 1, 1), "text_original": "基准测试"}
        | {"tier": "drawn", "confidence": "high", "computed_area_ha": 100.0},
        models.ProductionAreaGeometry: {"id": at, "area_id": at, "geometry": from_shape(polygons, srid=4326)},
    }


def _recorded(kind: str, at: int) -> dict[str, Any]:
    return {
        "id": at,
        "ulid": _ulid(kind, at),
        "source_id": 1,
        "version": 1,
        "revision_number": 1,
        "recorded_at": _NOW,
        "changed_at": _NOW,
        "is_demonstration": True,
    }


def _ulid(kind: str, at: int) -> str:
    return f"01KB{kind}{at:021d}"


def table_rows(polygons: list[MultiPolygon]) -> Iterator[tuple[int, str, str]]:
    """Yield (id, name, hex EWKB) of each shape for a plain PostGIS table."""
    for at, each in enumerate(polygons, 1):
        yield (
            at,
            f"示例·基准产品{at:05d}",
            shapely.to_wkb(shapely.set_srid(each, 4326), hex=True, include_srid=True),
        )
