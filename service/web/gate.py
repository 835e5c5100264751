"""The layer that asks `Admission` before a limited request goes on: one place for pages, files and the API."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from service.errors import RateLimited, RegisterError
from service.vocabulary import ApiAct
from service.web.admission import Admission

_FILES: Final = re.compile(r"(?:/en)?/(?:data/[^/]+|search)\.(?:csv|xlsx|geojson)")
_PAGES: Final = {
    "/verify": ApiAct.VERIFY,
    "/verify/batch": ApiAct.BATCH,
    "/search": ApiAct.SEARCH,
    "/map": ApiAct.SEARCH,
    "/api/v1/verify": ApiAct.VERIFY,
    "/api/v1/verify/batch": ApiAct.BATCH,
    "/api/v1/verify/proof": ApiAct.VERIFY,
    "/api/v1/search": ApiAct.SEARCH,
    "/api/v1/key": ApiAct.KEY,
}
_ASK_BY_QUERY: Final = frozenset({"/verify", "/map"})
"""Pages that ask nothing as long as nobody typed."""
_SHORT_LINK: Final = re.compile(r"/v/[^/]+")
_KEEP_WHAT_WAS_TYPED: Final = frozenset({"/verify", "/verify/batch"})
"""Pages that come back with what was typed when it was too much: they get the refusal from `deps.caller_of`."""


def act_of(method: str, path: str, query: bytes) -> ApiAct | None:
    """Return what a request counts as; None where nothing is limited: pages to read, forms still empty."""
    plain = _plain(path)
    act = _PAGES.get(plain)
    if plain in _ASK_BY_QUERY:
        return act if query else None
    if act is ApiAct.BATCH:
        return act if method == "POST" else None
    if act is not None:
        return act
    if path.startswith("/api/"):
        return ApiAct.READ
    if _SHORT_LINK.fullmatch(plain):
        return ApiAct.VERIFY
    return ApiAct.FILES if _FILES.fullmatch(path) else None


def _plain(path: str) -> str:
    return path.removeprefix("/en") if path.startswith("/en/") else path


class Gate:
    """Lets a request on, with who asks in `state["caller"]`, or refuses it as `refuse` words it.

    A page that keeps what was typed gets the refusal instead of the caller, in `state["refusal"]`.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        admission: Admission,
        refuse: Callable[[Scope, RegisterError], ASGIApp],
    ) -> None:
        self._app = app
        self._admission = admission
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or pass on one request."""
        act = None
        if scope["type"] == "http":
            act = act_of(scope["method"], scope["path"], scope["query_string"])
        if act is None:
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"authorization"), None)
        authorization = given.decode("latin-1") if given is not None else None
        client = scope.get("client")
        asked = act, client[0] if client else "", authorization
        admit = self._admission.admit
        try:
            if self._admission.is_quick(authorization):
                caller = admit(*asked)
            else:
                caller = await run_in_threadpool(admit, *asked)
            scope["state"]["caller"] = caller
        except RegisterError as error:
            if not (isinstance(error, RateLimited) and _plain(scope["path"]) in _KEEP_WHAT_WAS_TYPED):
                await self._refuse(scope, error)(scope, receive, send)
                return
            scope["state"]["refusal"] = error
        await self._app(scope, receive, send)
