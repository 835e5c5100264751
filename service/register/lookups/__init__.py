"""Reads for pages and the API: records with their parts loaded on purpose, and the states that follow."""

from service.register.lookups.addressing import find_by_ulid, page_of
from service.register.lookups.finding import (
    AnnouncementView,
    AuthorisationView,
    OrganisationView,
    PlaceView,
    find_announcement,
    find_authorisation,
    find_document,
    find_organisation,
    find_place,
    find_trademarks,
    status_of,
    trademarks_on_view,
)
from service.register.lookups.listing import Page, list_records
from service.register.lookups.products import (
    AreaView,
    ProductView,
    ProtectionView,
    find_area,
    find_product,
)
from service.register.lookups.searching import Found, SearchAnswer, hydrate, look_up_exactly
from service.register.lookups.summaries import indicator_rows, recent_changes, registry_counts, service_points

__all__ = [
    "AnnouncementView",
    "AreaView",
    "AuthorisationView",
    "Found",
    "OrganisationView",
    "Page",
    "PlaceView",
    "ProductView",
    "ProtectionView",
    "SearchAnswer",
    "find_announcement",
    "find_area",
    "find_authorisation",
    "find_by_ulid",
    "find_document",
    "find_organisation",
    "find_place",
    "find_product",
    "find_trademarks",
    "hydrate",
    "indicator_rows",
    "list_records",
    "look_up_exactly",
    "page_of",
    "recent_changes",
    "registry_counts",
    "service_points",
    "status_of",
    "trademarks_on_view",
]
