"""Whether the service is alive and ready, for supervisors and load balancers."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse

from service.register import migrating
from service.register.verification.reading import data_version
from service.web.deps import DatabaseDep, ReadSessionDep

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def healthz() -> JSONResponse:
    """Return that the process answers."""
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


@router.get("/readyz")
def readyz(session: ReadSessionDep, database: DatabaseDep) -> JSONResponse:
    """Return whether the register can be read and has this program's schema."""
    version = data_version(session)
    is_ready = migrating.is_current(database)
    body = {"status": "ready" if is_ready else "schema_differs", "data_version": version}
    return JSONResponse(body, 200 if is_ready else 503, headers={"Cache-Control": "no-store"})
