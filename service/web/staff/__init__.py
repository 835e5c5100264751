"""Pages of the staff: each module a router, together `router`. What a route demands: `desk.py`."""

from fastapi import APIRouter

from service.web.staff import (
    account,
    components,
    evidence,
    record_forms,
    records,
    reviews,
    sign_in,
    users,
    work,
)

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
for module in (work, reviews, record_forms, records, evidence, sign_in, account, users, components):
    router.include_router(module.router)
