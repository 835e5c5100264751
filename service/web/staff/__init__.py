"""Pages of the staff: each module a router, together `router`."""

from fastapi import APIRouter

from service.web.staff import components

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
router.include_router(components.router)
