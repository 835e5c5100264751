"""The programming interface, versioned under /api/v1."""

from fastapi import Depends, FastAPI

from service.web.api import areas, batches, changes, files, keys, proofs, records, searches, verdicts
from service.web.api.describing import describe, name_operation, responses
from service.web.parameters import strict


def install(app: FastAPI) -> None:
    """Give the app the routes of the API; verification first, since routes are tried in order."""
    for part in (verdicts, proofs, batches, searches, areas, changes, records, files, keys):
        app.include_router(
            part.router,
            prefix="/api/v1",
            dependencies=[Depends(strict)],
            responses=responses(),
            generate_unique_id_function=name_operation,
        )
    describe(app)


__all__ = ["install"]
