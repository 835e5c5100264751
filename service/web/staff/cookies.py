"""The one cookie of this site: the session of somebody who signed in, never set outside the desk. Decision 0013."""

from __future__ import annotations

from typing import Final

from fastapi import Request
from starlette.responses import Response

from service.errors import PlainHttp

_OVER_TLS: Final = "__Host-sid"
_ON_LOOPBACK: Final = "sid"
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
_LONGEST: Final = 100


def demand_private_line(request: Request) -> None:
    """Refuse a connection on which others can read: only TLS, or a browser's own machine.

    Raises:
        PlainHttp: neither.
    """
    if not _is_over_tls(request) and _host(request) not in _LOOPBACK:
        raise PlainHttp


def session_token(request: Request) -> str | None:
    """Return the value of the session cookie, of the name that goes with the connection."""
    value = request.cookies.get(_name(request), "")
    return value if 0 < len(value) <= _LONGEST else None


def set_session(response: Response, request: Request, token: str) -> None:
    """Give the browser the session; it ends with the browser, and on the server at its own time."""
    response.set_cookie(
        _name(request), token, path="/", secure=_is_over_tls(request), httponly=True, samesite="lax"
    )


def drop_session(response: Response, request: Request) -> None:
    """Take the session from the browser."""
    response.delete_cookie(
        _name(request), path="/", secure=_is_over_tls(request), httponly=True, samesite="lax"
    )


def _name(request: Request) -> str:
    return _OVER_TLS if _is_over_tls(request) else _ON_LOOPBACK


def _is_over_tls(request: Request) -> bool:
    # Of the connection, as the server or a trusted proxy tells it; the address that was asked for decides nothing.
    return bool(request.scope["scheme"] == "https")


def _host(request: Request) -> str:
    # The outer layer let only well-formed hosts of ours in. A browser that names its own machine talks to it.
    host: str = request.headers["host"].lower()
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host
