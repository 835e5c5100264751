"""Whether a form was sent from one of our own pages: what browsers say, without a cookie or a token."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from service.errors import ForeignForm


async def demand_own_form(request: Request) -> None:
    """Refuse a form that another site made the browser send, or that says nothing of where it comes from.

    Raises:
        ForeignForm.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site != "same-origin":
            raise ForeignForm
        return
    # Browsers before 2023, and plain HTTP: the origin, compared with the host that the outer layer admitted.
    origin = request.headers.get("origin")
    if origin is None or _host_of(origin) != request.headers["host"].lower():
        raise ForeignForm


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:  # no address at all, such as "http://["
        return ""


OwnFormDep = Annotated[None, Depends(demand_own_form)]
