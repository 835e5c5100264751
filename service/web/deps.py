"""What routes are handed: sessions, the clock, the day, the language, search."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from anyio import CapacityLimiter
from fastapi import Depends, Path, Request
from pydantic import AfterValidator
from sqlalchemy.orm import Session

from search.engine import Engine
from service.calendar import Clock, china_date
from service.errors import RecordNotFound
from service.identifiers import is_ulid
from service.proving import SigningKeys
from service.register.database import Database
from service.register.locating import AreaIndex, Shelf
from service.register.open_data import EditionStore
from service.register.tallying import Tally
from service.settings import Settings
from service.web.admission import Admission, Caller
from service.web.compression import Packed
from service.web.limiting import Limits, line_of

_MAX_BODIES = 32 * 1024 * 1024
_PER_BODY = 2048
_HASHES_AT_ONCE = 2

Language = Literal["zh", "en"]


def _in_capitals(typed: str) -> str:
    """Return an identifier as the register writes it: its alphabet knows no case, and what is none names no record."""
    ulid = typed.upper()
    if not is_ulid(ulid):
        raise RecordNotFound("record", typed)
    return ulid


Ulid = Annotated[str, Path(), AfterValidator(_in_capitals)]
"""A permanent identifier in an address, in any case."""


@dataclass(frozen=True, slots=True)
class Services:
    """What the composition root built, for all requests of one app."""

    settings: Settings
    database: Database
    engine: Engine
    clock: Clock
    limits: Limits
    signing_keys: SigningKeys
    editions: EditionStore
    admission: Admission
    tally: Tally
    area_index: AreaIndex = field(default_factory=AreaIndex)
    bodies: Shelf[Packed] = field(default_factory=lambda: Shelf(_MAX_BODIES, _weight))
    """Whole answers by what they answer, the revision among it."""
    hashing: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_HASHES_AT_ONCE))
    """Who signs in waits here, not in the threads that answer everybody else: a hash takes 64 MiB and a while."""


def _weight(packed: Packed) -> int:
    return 2 * len(packed.body) + _PER_BODY  # room for its compressed forms, and for the question it answers


def services_of(request: Request) -> Services:
    """Return what the composition root built."""
    services: Services = request.app.state.services
    return services


# The small dependencies are coroutines: a plain function would cost each request a hop to the thread pool.
async def _services(request: Request) -> Services:
    return services_of(request)


ServicesDep = Annotated[Services, Depends(_services)]


# A coroutine that touches no database itself: the connection is taken at the first read, in the route's own
# thread, so that no request holds a connection while it waits for a thread.
async def _read_session(services: ServicesDep) -> AsyncIterator[Session]:
    with services.database.reading() as session:
        yield session


async def _today(services: ServicesDep) -> date:
    return china_date(services.clock.now())


async def _language(request: Request) -> Language:
    return "en" if request.url.path == "/en" or request.url.path.startswith("/en/") else "zh"


ReadSessionDep = Annotated[Session, Depends(_read_session, scope="function")]
TodayDep = Annotated[date, Depends(_today)]
LanguageDep = Annotated[Language, Depends(_language)]


async def _line(request: Request) -> str:
    """Return what tells this visitor's line from another's."""
    return line_of(request.client.host if request.client else "")


LineDep = Annotated[str, Depends(_line)]


async def _settings(services: ServicesDep) -> Settings:
    return services.settings


async def _database(services: ServicesDep) -> Database:
    return services.database


async def _clock(services: ServicesDep) -> Clock:
    return services.clock


def caller_of(request: Request) -> Caller:
    """Return who asks, on the routes that the gate counts.

    Raises:
        RateLimited: it was too much, on a page that comes back with what was typed.
    """
    state = request.scope["state"]
    if "refusal" in state:
        raise state["refusal"]
    caller: Caller = state["caller"]
    return caller


async def _caller(request: Request) -> Caller:
    return caller_of(request)


CallerDep = Annotated[Caller, Depends(_caller)]

SettingsDep = Annotated[Settings, Depends(_settings)]
DatabaseDep = Annotated[Database, Depends(_database)]
ClockDep = Annotated[Clock, Depends(_clock)]
