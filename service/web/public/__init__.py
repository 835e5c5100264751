"""Public pages: each module a router, together `router`; mounted at the root and once more under /en.

`root_router` holds what a site has once.
"""

from fastapi import APIRouter

from service.web.public import (
    announcements,
    areas,
    authorisations,
    brands,
    changes,
    directory,
    files,
    home,
    indicators,
    machines,
    open_data,
    organisations,
    overview,
    permalinks,
    places,
    product_maps,
    products,
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

root_router = directory.root_router
router = APIRouter(include_in_schema=False)
for module in (
    home,
    results,
    verify,
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
    changes,
    reading,
    permalinks,
    open_data,
    machines,
    directory,
):
    router.include_router(module.router)
