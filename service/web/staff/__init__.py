"""Pages of the staff: each module a router, together `router`. What a route demands: `desk.py`."""

from fastapi import APIRouter

from service.web.staff import (
    account,
    api_keys,
    area_forms,
    area_grounds,
    area_lists,
    areas,
    audit,
    components,
    evidence,
    history,
    import_batches,
    import_columns,
    import_forms,
    import_previews,
    imports,
    indicators,
    inspections,
    lead_acts,
    lead_entry,
    leads,
    ledger,
    ledger_forms,
    record_forms,
    record_lists,
    records,
    reference,
    reviews,
    sign_in,
    similar,
    stopping,
    typed,
    users,
    webhooks,
    work,
    zones,
)

__all__ = ["FORMS", "router"]

FORMS = {**typed.FORMS, **import_forms.FORMS, **area_forms.FORMS}
"""The addresses of forms that take a file, and how many bytes; who is not signed in sends none of them."""

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
    imports,
    import_columns,
    import_previews,
    import_batches,
    sign_in,
    account,
    audit,
    indicators,
    inspections,
    zones,
    users,
    api_keys,
    webhooks,
    lead_entry,
    leads,
    lead_acts,
    ledger_forms,
    ledger,
    reference,
    components,
):
    router.include_router(module.router)
