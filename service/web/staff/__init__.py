"""Pages of the staff: each module a router, together `router`. What a route demands: `desk.py`."""

from fastapi import APIRouter

from service.web.staff import (
    account,
    audit,
    components,
    evidence,
    history,
    import_batches,
    import_columns,
    import_previews,
    imports,
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
from service.web.staff.import_forms import UPLOADS

__all__ = ["UPLOADS", "router"]

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
    imports,
    import_columns,
    import_previews,
    import_batches,
    sign_in,
    account,
    audit,
    users,
    components,
):
    router.include_router(module.router)
