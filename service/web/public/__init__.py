"""Public pages: each module a router, together `router`; mounted at the root and once more under /en.

`root_router` holds what a site has once.
"""

from fastapi import APIRouter

from service.web.public import (
    announcements,
    authorisations,
    brands,
    directory,
    files,
    home,
    indicators,
    machines,
    maps,
    open_data,
    organisations,
    permalinks,
    places,
    products,
    reading,
    results,
    service_points,
    trademarks,
    verify,
)

__all__ = ["root_router", "router"]

root_router = directory.root_router
router = APIRouter(include_in_schema=False)
for module in (
    home,
    results,
    verify,
    products,
    maps,
    organisations,
    authorisations,
    trademarks,
    brands,
    announcements,
    files,
    places,
    service_points,
    indicators,
    reading,
    permalinks,
    open_data,
    machines,
    directory,
):
    router.include_router(module.router)
