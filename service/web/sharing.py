"""Public reads may be asked by pages of other sites, never with credentials. Source: Fetch standard, CORS protocol."""

from __future__ import annotations

from typing import Final

from starlette.types import Scope

_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_ASKED_BY_POST: Final = frozenset({"/api/v1/verify/batch"})
"""Reads whose question is too long for an address."""
_EXPOSED: Final = (
    "Content-Digest, Content-Disposition, Content-Location, Deprecation, ETag, Link, RateLimit, RateLimit-Policy,"
    " Repr-Digest, Retry-After, Sunset, X-As-Of, X-Data-Version, X-Ignored-Columns, X-Request-Id, X-Row-Count"
)
SHARED: Final = (
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _EXPOSED.encode()),
)
"""The headers of such a read's reply. No `Authorization` can come with it: a preflight does not let it through."""


def is_shared(scope: Scope) -> bool:
    """Return whether any page may ask this and read the reply."""
    path: str = scope["path"]
    return path.startswith("/api/") and (scope["method"] in _READING or path in _ASKED_BY_POST)


def preflight(scope: Scope) -> list[tuple[bytes, bytes]] | None:
    """Return the headers that answer a browser's question before it asks, None for any other request."""
    if scope["method"] != "OPTIONS" or not is_shared(scope):
        return None
    if not any(name == b"access-control-request-method" for name, _ in scope["headers"]):
        return None
    methods = b"GET, HEAD, OPTIONS, POST" if scope["path"] in _ASKED_BY_POST else b"GET, HEAD, OPTIONS"
    return [
        (b"access-control-allow-methods", methods),
        (b"access-control-allow-headers", b"Content-Type, If-None-Match, If-Range, Range"),
        (b"access-control-max-age", b"86400"),
        (b"cache-control", b"no-store"),
    ]
