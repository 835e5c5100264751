"""Pages of the staff: each module a router, together `router`. What a route demands: `desk.py`."""

from fastapi import APIRouter

from service.web.staff import (
    account,
    audit,
    components,
    evidence,
    history,
    indicators,
    inspections,
    record_forms,
    record_lists,
    records,
    reviews,
    sign_in,
    similar,
    stopping,
    users,
    work,
    zones,
)

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
for module in (
    work,
    reviews,
    stopping,
    record_lists,
    similar,
    record_forms,
    records,
    evidence,
    history,
    sign_in,
    account,
    audit,
    indicators,
    inspections,
    zones,
    users,
    components,
):
    router.include_router(module.router)
