"""Spatial conditions that use the spatial index on both databases: one construct, two compilations."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Float, and_, func, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType

from service.register.models import SRID


class bbox_hits(FunctionElement[bool]):  # noqa: N801  (written like the SQL function it stands for)
    """bbox_hits(column, west, south, east, north): the box of the geometry touches this box; index only."""

    type = Boolean()
    inherit_cache = True
    name = "bbox_hits"

    def self_group(self, against: Any = None) -> Any:
        """Stay bare: in parentheses SQLite would compare the result with 1 and lose the index."""
        del against
        return self


@compiles(bbox_hits, "postgresql")
def _on_postgresql(element: bbox_hits, compiler: SQLCompiler, **words: Any) -> str:
    column, *box = (compiler.process(clause, **words) for clause in element.clauses)
    corners = ", ".join(f"CAST({corner} AS float8)" for corner in box)
    return f"({column} && ST_MakeEnvelope({corners}, {SRID}))"


@compiles(bbox_hits, "sqlite")
def _on_sqlite(element: bbox_hits, compiler: SQLCompiler, **words: Any) -> str:
    column, *box = element.clauses
    geometry: Any = column
    table = getattr(geometry.table, "element", geometry.table)
    index = compiler.preparer.quote(f"idx_{table.name}_{geometry.name}")
    owner = compiler.process(column, **words).rsplit(".", 1)[0]
    west, south, east, north = (compiler.process(corner, **words) for corner in box)
    return (  # the parts are compiled binds and quoted names
        f"({owner}.rowid IN (SELECT pkid FROM {index} WHERE xmax >= {west} AND ymax >= {south}"
        f" AND xmin <= {east} AND ymin <= {north}))"
    )


def point_in(column: Any, longitude: float, latitude: float) -> ColumnElement[bool]:
    """Return the condition that the geometry covers the point (degrees, CRS84); its border belongs to it."""
    point = func.ST_GeomFromText(f"POINT({longitude!r} {latitude!r})", SRID)
    box = bbox_hits(column, longitude, latitude, longitude, latitude)
    return and_(box, func.ST_Intersects(column, point))


class corner_of(FunctionElement[float]):  # noqa: N801  (written like the SQL function it stands for)
    """corner_of(column): one side of the geometry's box in degrees; the subclasses say which."""

    type = Float()
    inherit_cache = True
    name = "corner_of"
    postgis, spatialite = "", ""


class west_of(corner_of):  # noqa: N801
    """The least longitude."""

    inherit_cache = True
    name, postgis, spatialite = "west_of", "ST_XMin", "MbrMinX"


class south_of(corner_of):  # noqa: N801
    """The least latitude."""

    inherit_cache = True
    name, postgis, spatialite = "south_of", "ST_YMin", "MbrMinY"


class east_of(corner_of):  # noqa: N801
    """The greatest longitude."""

    inherit_cache = True
    name, postgis, spatialite = "east_of", "ST_XMax", "MbrMaxX"


class north_of(corner_of):  # noqa: N801
    """The greatest latitude."""

    inherit_cache = True
    name, postgis, spatialite = "north_of", "ST_YMax", "MbrMaxY"


@compiles(corner_of, "postgresql")
def _corner_on_postgresql(element: corner_of, compiler: SQLCompiler, **words: Any) -> str:
    return f"{element.postgis}({compiler.process(element.clauses, **words)})"


@compiles(corner_of, "sqlite")
def _corner_on_sqlite(element: corner_of, compiler: SQLCompiler, **words: Any) -> str:
    # Read from the header of the stored value: the shape itself is not unpacked.
    return f"{element.spatialite}({compiler.process(element.clauses, **words)})"


def corners_of(column: Any) -> tuple[ColumnElement[float], ...]:
    """Return west, south, east, north of a geometry's box, each None where there is no geometry."""
    # The bare column: as a selected geometry the type would wrap it into a conversion.
    bare = type_coerce(column, NullType())
    return west_of(bare), south_of(bare), east_of(bare), north_of(bare)
