"""Paths of public pages: one place knows how a record's address is spelt (pure)."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

_PATHS = {
    "gi_product": "/gi/{}",
    "organisation": "/organisations/{}",
    "authorisation": "/authorisations/{}",
    "trademark": "/trademarks/{}",
    "brand": "/brands/{}",
    "announcement": "/announcements/{}",
    "division": "/places/{}",
    "indicator": "/indicators#{}",
    "service_point": "/service-points#{}",
    "document": "/files/{}",
    "permalink": "/r/{}",
    "verdict": "/v/{}",
}


@lru_cache(maxsize=4096)
def path_of(kind: str, key: str) -> str:
    """Return the path of a record's page from the key that its address is made of."""
    return _PATHS[kind].format(quote(key, safe=""))
