"""Spatial conditions that use the spatial index on both databases: one construct, two compilations."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import Boolean, ColumnElement, Float, and_, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

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


class box_edge(FunctionElement[float]):  # noqa: N801  (written like the SQL function it stands for)
    """box_edge(column): one edge of a geometry's own box, in degrees; each edge is a class of its own."""

    type = Float()
    inherit_cache = True
    edge: ClassVar[str]


class box_west(box_edge):  # noqa: N801
    """The least longitude."""

    inherit_cache = True
    edge = "XMin"


class box_south(box_edge):  # noqa: N801
    """The least latitude."""

    inherit_cache = True
    edge = "YMin"


class box_east(box_edge):  # noqa: N801
    """The greatest longitude."""

    inherit_cache = True
    edge = "XMax"


class box_north(box_edge):  # noqa: N801
    """The greatest latitude."""

    inherit_cache = True
    edge = "YMax"


@compiles(box_edge, "postgresql")
def _edge_on_postgresql(element: box_edge, compiler: SQLCompiler, **words: Any) -> str:
    return f"ST_{element.edge}({_bare(element, compiler, **words)})"


@compiles(box_edge, "sqlite")
def _edge_on_sqlite(element: box_edge, compiler: SQLCompiler, **words: Any) -> str:
    axis, side = element.edge[:1], element.edge[1:]
    return f"Mbr{side}{axis}({_bare(element, compiler, **words)})"


def _bare(element: box_edge, compiler: SQLCompiler, **words: Any) -> str:
    (column,) = element.clauses
    return compiler.process(column, **{**words, "within_columns_clause": False})


def bounds_of(column: Any) -> tuple[ColumnElement[float], ...]:
    """Return the geometry's exact (west, south, east, north); the index's own boxes are rounded outwards."""
    return tuple(edge(column) for edge in (box_west, box_south, box_east, box_north))
