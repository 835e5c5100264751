"""Public pages: each module a router, together `router`; mounted at the root and once more under /en."""

from fastapi import APIRouter

from service.web.public import (
    announcements,
    areas,
    authorisations,
    brands,
    files,
    home,
    indicators,
    machines,
    organisations,
    overview,
    permalinks,
    places,
    product_maps,
    products,
    reading,
    results,
    service_points,
    trademarks,
    verify,
    where,
)

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
for module in (
    home,
    results,
    verify,
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
    reading,
    permalinks,
    machines,
):
    router.include_router(module.router)
