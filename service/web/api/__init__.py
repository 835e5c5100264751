"""The programming interface, versioned under /api/v1."""

from fastapi import APIRouter, Depends

from service.web.api import areas, records, searches, verdicts
from service.web.api.shapes import ProblemShape
from service.web.parameters import strict

_PROBLEM = {"model": ProblemShape, "content": {"application/problem+json": {}}}

router = APIRouter(
    prefix="/api/v1",
    dependencies=[Depends(strict)],
    responses=dict.fromkeys((400, 404, 405, 410, 414, 422, 431, 503), _PROBLEM),
)
for _part in (verdicts, searches, areas, records):
    router.include_router(_part.router)

__all__ = ["router"]
