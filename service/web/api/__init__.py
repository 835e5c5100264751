"""The programming interface, versioned under /api/v1."""

from fastapi import Depends, FastAPI

from service.web.api import areas, batches, changes, files, keys, proofs, records, searches, verdicts
from service.web.api.shapes import ProblemShape
from service.web.parameters import strict

_PROBLEM = {"model": ProblemShape, "content": {"application/problem+json": {}}}
_MOVED = {"description": "The record has another address now: `Location`."}
_STATUSES = (400, 401, 403, 404, 405, 410, 414, 422, 429, 431, 503)


def install(app: FastAPI) -> None:
    """Give the app the routes of the API; verification first, since routes are tried in order."""
    for part in (verdicts, proofs, batches, searches, areas, changes, records, files, keys):
        app.include_router(
            part.router,
            prefix="/api/v1",
            dependencies=[Depends(strict)],
            responses={301: _MOVED, **dict.fromkeys(_STATUSES, _PROBLEM)},
        )


__all__ = ["install"]
