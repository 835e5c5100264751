"""Pages of the staff: each module a router, together `router`. What a route demands: `desk.py`."""

from fastapi import APIRouter

from service.web.staff import (
    account,
    area_grounds,
    area_lists,
    areas,
    audit,
    components,
    evidence,
    history,
    record_forms,
    record_lists,
    records,
    reviews,
    sign_in,
    similar,
    stopping,
    users,
    work,
)
from service.web.staff.area_forms import UPLOADS

__all__ = ["UPLOADS", "router"]

router = APIRouter(include_in_schema=False)
for module in (
    work,
    reviews,
    stopping,
    area_lists,
    areas,
    area_grounds,
    record_lists,
    similar,
    record_forms,
    records,
    evidence,
    history,
    sign_in,
    account,
    audit,
    users,
    components,
):
    router.include_router(module.router)
