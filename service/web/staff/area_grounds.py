"""What an area is drawn on, as GeoJSON: the district, cells of townships, other areas of today, the version before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from service.register import area_desk
from service.register.areas import cells_around, district_outline, geojson_of_shape
from service.register.locating import areas_in
from service.register.references import References
from service.vocabulary import RecordKind, StaffAct
from service.web.deps import ReadSessionDep
from service.web.staff.areas import Code, Number
from service.web.staff.desk import Desk, reads
from service.web.staff.reaching import open_kind

router = APIRouter()
_MOST_AREAS: Final = 200
"""More neighbours than this could not be told apart on the map, and would make each stroke slow."""


@router.get("/staff/areas/{code}/{number}/ground.geojson")
def ground(
    desk: Annotated[Desk, reads(StaffAct.DRAFT)], session: ReadSessionDep, code: Code, number: Number
) -> Response:
    """Return what the version is drawn on, each feature with its `kind` and its name."""
    open_kind(desk, RecordKind.PRODUCTION_AREA.value)
    begun = area_desk.begin(session, code, number)
    features = [*_district(desk), *_cells(session), *_areas(desk, session, begun.product.slug)]
    content = orjson.dumps({"type": "FeatureCollection", "features": features})
    return Response(content, media_type="application/geo+json")


def _district(desk: Desk) -> Iterator[dict[str, Any]]:
    yield _feature("district", "", district_outline(desk.services.settings.map_outline_file))


def _cells(session: Session) -> Iterator[dict[str, Any]]:
    """Yield what is nearer to a township's point than to any other's: "about here", never a boundary."""
    references = References(session)
    points = references.township_points()
    for key, town in references.townships().items():
        if key in points and (cell := cells_around(points, {key})) is not None:
            yield _feature("cell", town.name, geojson_of_shape(cell))


def _areas(desk: Desk, session: Session, product: str) -> Iterator[dict[str, Any]]:
    index = desk.services.area_index
    _, rows = areas_in(session, index, desk.today)
    shown = [row for row in rows if row.has_shape and not row.is_about_here]
    shown.sort(key=lambda row: row.product != product)  # its own rights first
    shown = shown[:_MOST_AREAS]
    for row, geometry in zip(shown, index.geometries(session, shown, None), strict=True):
        kind = "own" if row.product == product else "area"
        yield _feature(kind, f"{row.name} v{row.version_no}", orjson.Fragment(geometry))


def _feature(kind: str, name: str, geometry: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": {"kind": kind, "name": name}}
