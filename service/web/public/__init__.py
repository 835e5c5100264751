"""Public pages: each module a router, together `router`; mounted at the root and once more under /en.

`root_router` holds what a site has once.
"""

from fastapi import APIRouter

from service.web.public import (
    announcements,
    areas,
    authorisations,
    brands,
    change_feed,
    changes,
    directory,
    files,
    home,
    indicators,
    inspections,
    machines,
    open_data,
    organisations,
    overview,
    permalinks,
    places,
    product_maps,
    products,
    proofs,
    qr,
    reading,
    report,
    results,
    service_points,
    trademarks,
    verify,
    verify_batch,
    where,
)

__all__ = ["root_router", "router"]

root_router = APIRouter(include_in_schema=False)
for root in (directory, proofs):
    root_router.include_router(root.root_router)
router = APIRouter(include_in_schema=False)
for module in (
    home,
    results,
    verify,
    proofs,
    verify_batch,
    qr,
    report,
    products,
    product_maps,
    areas,
    overview,
    where,
    organisations,
    authorisations,
    trademarks,
    brands,
    announcements,
    files,
    places,
    service_points,
    indicators,
    inspections,
    changes,
    change_feed,
    reading,
    permalinks,
    open_data,
    machines,
    directory,
):
    router.include_router(module.router)
