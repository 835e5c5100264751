"""Query parameters, read strictly: ASCII, bounded, finite; what is not known is refused, not ignored."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Path, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BeforeValidator, Field

from service.calendar import DateError, parse_china_date
from service.vocabulary import ChangeKind

_INTEGER = re.compile(r"[0-9]{1,9}")
_DECIMAL = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,15})?")
_MAX_QUERY = 100
_NEAR = (_DECIMAL, _DECIMAL, _INTEGER)
_MAX_RADIUS_M = 200_000
_CORNERS = 4
_YEARS = (1950, 2100)
_WORLD = (-180.0, -90.0, 180.0, 90.0)


def integer(value: object) -> object:
    """Return the text of a whole number as it is; Pydantic alone would also take 1_000, 5.0 and blanks."""
    if isinstance(value, str) and not _INTEGER.fullmatch(value):
        raise ValueError("invalid_value")
    return value


def _decimal(value: object) -> object:
    if isinstance(value, str) and not _DECIMAL.fullmatch(value):
        raise ValueError("invalid_value")
    return value


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return parse_china_date(value)
    except DateError as error:
        raise ValueError("bad_date") from error


def _moment(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value.replace(" ", "+"))
    except ValueError as error:
        raise ValueError("bad_date") from error
    if moment.tzinfo is None or not value.isascii() or not _YEARS[0] <= moment.year <= _YEARS[1]:
        raise ValueError("bad_date")
    return moment


def _query_text(value: object) -> object:
    if isinstance(value, str) and len(value) > _MAX_QUERY:
        raise ValueError("query_too_long")
    return value


def read_box(text: str | None) -> tuple[float, float, float, float] | None:
    """Return (west, south, east, north) from `min_lon,min_lat,max_lon,max_lat`.

    A box across the 180th meridian is refused: the district is far from it, and swapped corners are common.

    Raises:
        RequestValidationError: not four finite numbers in range and in order.
    """
    if text is None:
        return None
    parts = text.split(",")
    if len(parts) != _CORNERS or not all(_DECIMAL.fullmatch(part) for part in parts):
        raise _refused("bbox")
    west, south, east, north = (float(part) for part in parts)
    if not all(_WORLD[0] <= edge <= _WORLD[2] for edge in (west, east)):
        raise _refused("bbox")
    if not all(_WORLD[1] <= edge <= _WORLD[3] for edge in (south, north)):
        # A latitude beyond 90 is what swapped axes look like here.
        raise _refused("bbox", "bbox_order")
    if west > east or south > north:
        raise _refused("bbox", "bbox_order")
    return west, south, east, north


def read_near(text: str | None) -> tuple[float, float, float] | None:
    """Return (longitude, latitude, radius in metres) from `lon,lat,radius_m`; at most 200 km.

    Raises:
        RequestValidationError: not three finite numbers in range.
    """
    if text is None:
        return None
    parts = text.split(",")
    if len(parts) != len(_NEAR) or not all(
        pattern.fullmatch(part) for pattern, part in zip(_NEAR, parts, strict=True)
    ):
        raise _refused("near")
    longitude, latitude, radius = (float(part) for part in parts)
    is_on_earth = _WORLD[0] <= longitude <= _WORLD[2] and _WORLD[1] <= latitude <= _WORLD[3]
    if not is_on_earth or not 0 < radius <= _MAX_RADIUS_M:
        raise _refused("near")
    return longitude, latitude, radius


def _refused(name: str, code: str = "invalid_value") -> RequestValidationError:
    return RequestValidationError(
        [{"loc": ("query", name), "type": "value_error", "msg": code, "ctx": {"error": code}}]
    )


async def strict(request: Request) -> None:
    """Refuse parameters that the route does not know, and those given twice.

    Raises:
        RequestValidationError: so; the name of the parameter stands in the pointer, never its value.
    """
    route = request.scope["route"]
    known = _KNOWN.get(route.endpoint)
    if known is None:
        known = _KNOWN[route.endpoint] = _known(route.dependant)
    problems: list[dict[str, Any]] = []
    names = [name for name, _ in request.query_params.multi_items()]
    for name in dict.fromkeys(names):
        if name not in known:
            problems.append(_problem(name[:60], "unknown_parameter"))
        elif names.count(name) > 1 and not known[name]:
            problems.append(_problem(name, "duplicate_parameter"))
    if problems:
        raise RequestValidationError(problems)


def _problem(name: str, code: str) -> dict[str, Any]:
    return {"loc": ("query", name), "type": "value_error", "msg": code, "ctx": {"error": code}}


_KNOWN: dict[Any, dict[str, bool]] = {}
"""The query parameters of each endpoint, worked out at its first request."""


def _known(dependant: Any) -> dict[str, bool]:
    """Return a route's query parameters; True for those that may be given several times."""
    found: dict[str, bool] = {}
    waiting = [dependant]
    while waiting:
        dependant = waiting.pop()
        for parameter in dependant.query_params:
            found[parameter.alias] = str(parameter.field_info.annotation).startswith(("tuple", "list"))
        waiting += dependant.dependencies
    return found


Slug = Annotated[str, Path(max_length=60, description="Pinyin slug.", examples=["qianjiang-mihoutao"])]
UsccPath = Annotated[str, Path(max_length=60, description="USCC.", examples=["93500114MA0TERT081"])]
AuthorisationCode = Annotated[str, Path(max_length=60, description="Number.", examples=["QJ-AU-9001"])]
RegistrationNo = Annotated[
    str, Path(max_length=60, description="Registration number.", examples=["90000001"])
]
Many = Annotated[
    int, Field(ge=1, le=500), BeforeValidator(integer), Query(description="How many at most.", examples=[100])
]
# Bounds stand before the reading of the text, or the OpenAPI document would not tell them.
Limit = Annotated[
    int, Field(ge=1, le=100), BeforeValidator(integer), Query(description="How many at most.", examples=[20])
]
PageNumber = Annotated[
    int, Field(ge=1, le=10_000), BeforeValidator(integer), Query(description="Page, from 1.", examples=[1])
]
Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before.")]
Day = Annotated[date | None, BeforeValidator(_day), Query(description="China day, e.g. 2026-01-31.")]
Moment = Annotated[
    datetime | None,
    BeforeValidator(_moment),
    Query(description="Moment with its offset, e.g. 2026-01-31T12:00:00+08:00."),
]
QueryText = Annotated[
    str, BeforeValidator(_query_text), Query(description="What is looked for.", examples=["qjmht"])
]
Longitude = Annotated[
    float,
    Field(ge=-180, le=180),
    BeforeValidator(_decimal),
    Query(description="Degrees east.", examples=[108.6]),
]
Latitude = Annotated[
    float,
    Field(ge=-90, le=90),
    BeforeValidator(_decimal),
    Query(description="Degrees north.", examples=[29.32]),
]
Box = Annotated[
    str | None,
    Query(
        max_length=100,
        description="min_lon,min_lat,max_lon,max_lat in degrees.",
        examples=["108.5,29.2,109.0,29.8"],
    ),
]
Zoom = Annotated[
    int | None,
    Field(ge=0, le=24),
    BeforeValidator(integer),
    Query(description="Zoom of a web map; shapes as fine as its pixels show. Without it: full."),
]
Within = Annotated[
    int,
    Field(ge=0, le=20_000),
    BeforeValidator(integer),
    Query(description="Also areas whose border is at most so many metres away."),
]
Near = Annotated[
    str | None,
    Query(max_length=60, description="lon,lat,radius_m: nearest first.", examples=["108.77,29.53,20000"]),
]
Codes = Annotated[tuple[str, ...], Query(max_length=20, description="May be repeated.")]
FollowedKinds = Annotated[
    tuple[ChangeKind, ...], Query(max_length=20, description="Only changes of this kind; may be repeated.")
]
FollowedProduct = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=60,
        description="Only what concerns this product: its slug or code.",
        examples=["shili-yunwuguo"],
    ),
]
FollowedOrganisation = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=60,
        description="Only what concerns this organisation, as authorised user or registrant of a mark: its USCC.",
        examples=["93500114MA0TERT081"],
    ),
]
