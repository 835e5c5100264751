"""The reads that programs send by the thousand, answered in front of the router.

The routes stand behind it unchanged: they document these reads and answer whatever is not plain here (a parameter
that is unknown, bad or given twice, a client that asks whether its copy still stands, a database that makes wait).
What is answered here is read from the register in the same request, by the same functions and under the same rules
for the parameters; a test compares the two ways. Measured 2026-11: the router, its parameters and the hop to a thread
cost three times what a verification costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from urllib.parse import parse_qsl

from fastapi import Response
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from service.calendar import china_date
from service.register.verification import verify
from service.register.verification.reading import data_version
from service.web.admission import Caller
from service.web.api.areas import AskedPoint, point_reply
from service.web.api.verdicts import Code, TargetText, verdict_reply
from service.web.deps import Services
from service.web.parameters import Day, Latitude, Longitude, Moment, Within

P = TypeVar("P", bound="_Parameters")


class HotReads:
    """The layer; `services` are those of the application behind it."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request or let it through."""
        read = _READS.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        reply = await self._reply(read, scope) if read is not None else None
        if reply is None:
            await self._app(scope, receive, send)
            return
        # The route's answer is compressed for who asks; here that would cost as much as the read.
        reply.headers["Vary"] = "Accept-Encoding"
        await reply(scope, receive, send)

    async def _reply(self, read: _Read[P], scope: Scope) -> Response | None:
        if any(name == b"if-none-match" for name, _ in scope["headers"]):
            return None
        asked = read.parameters(scope["query_string"])
        if asked is None:
            return None
        caller: Caller = scope["state"]["caller"]
        # A read of SQLite that waits for nobody is shorter than the way to a thread; a server is waited for.
        if self._services.database.is_sqlite:
            return self._answer(read, asked, caller)
        return await run_in_threadpool(self._answer, read, asked, caller)

    def _answer(self, read: _Read[P], asked: P, caller: Caller) -> Response | None:
        try:
            with self._services.database.glancing() as session:
                return read.answer(self._services, session, asked, caller)
        except Exception:  # noqa: BLE001
            # The route says what is wrong, or waits for the database; a fault of ours is logged and told there too.
            return None


class _Parameters(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Verification(_Parameters):
    code: Code
    target: TargetText = None
    on: Day = None
    known_at: Moment = None


def _verdict(services: Services, session: Session, asked: _Verification, caller: Caller) -> Response:
    now = services.clock.now()
    verdict = verify(session, asked.code, asked.target, asked.on, asked.known_at, now=now)
    services.tally.verified(verdict, caller.line)
    return verdict_reply(verdict)


class _Position(_Parameters):
    lon: Longitude
    lat: Latitude
    on: Day = None
    within: Within = 0


def _areas_at(services: Services, session: Session, asked: _Position, caller: Caller) -> Response | None:
    del caller
    if services.area_index.held(data_version(session)) is None:
        return None  # after a change they are read anew, which takes its time
    today = china_date(services.clock.now())
    point = AskedPoint((asked.lon, asked.lat), asked.on, today, asked.within)
    return point_reply(session, services.area_index, point)


@dataclass(frozen=True, slots=True)
class _Read(Generic[P]):
    """A read: its parameters under the rules of the route, and how it is answered; None leaves it to the route."""

    rules: type[P]
    answer: Callable[[Services, Session, P, Caller], Response | None]

    def parameters(self, query: bytes) -> P | None:
        """Return the parameters, or None when they are not plainly good."""
        try:
            given = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict")
            values = dict(given)
            return self.rules.model_validate(values) if len(values) == len(given) else None
        except (UnicodeError, ValidationError):
            return None


_READS: Final[Mapping[str, _Read[Any]]] = {
    "/api/v1/verify": _Read(_Verification, _verdict),
    "/api/v1/areas/at": _Read(_Position, _areas_at),
}
