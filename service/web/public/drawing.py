"""Records as the values maps are made of, and the still pictures that the public's map pages share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import shapely
from fastapi import Request
from fastapi.responses import Response
from markupsafe import Markup
from shapely.geometry import shape
from sqlalchemy.orm import Session

from maps.area import Area, Place, Tier
from maps.page import MapPage
from maps.picture import png_of
from service.addresses import path_of
from service.errors import RecordNotFound
from service.register.lookups import ProductView
from service.register.lookups import service_points as open_points
from service.vocabulary import DivisionRole
from service.web.ground import Ground
from service.web.revalidating import is_known, not_modified, tag_of
from service.web.templating import localised

Box = tuple[float, float, float, float]
FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
SIZES: Final = {"wide": (720, 620), "narrow": (360, 560)}
_CARD: Final = (800, 420)  # drawn at one and a half times this size: letters stay readable in a small preview
_CARD_PIXELS: Final = 1200
_MARGIN: Final = 0.02


def card_of(svg: str) -> bytes:
    """Return a picture of `CARD` size as PNG of 1200 x 630 pixels."""
    return png_of(svg, _CARD_PIXELS)


CARD: Final = _CARD


def revised(request: Request, ground: Ground, media_type: str, make: Callable[[], str | bytes]) -> Response:
    """Return a body that stays as long as the register does: 304 when the client has this revision's.

    `make` is called only when the body is sent.
    """
    tag = tag_of(ground.revision, request.url.path, request.url.query, *ground.look)
    if is_known(request, tag):
        return not_modified(tag)
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    return Response(make(), media_type=media_type, headers=headers)


def script_of(page: MapPage, version: str) -> Response:
    """Return a map's script, which may be kept for ever: its address changes with it.

    Raises:
        RecordNotFound: the map has changed since the address was made.
    """
    if version != page.content_hash:
        raise RecordNotFound("map_script", version)
    return Response(page.script, media_type="text/javascript", headers=FOR_EVER)


def still_of(address: str, alt: str) -> str:
    """Return the markup of a still picture at this address: a narrow sheet for phones, a wide one else.

    It stands until the map does, without scripts, and on paper.
    """
    parts = urlsplit(address)
    narrow = f"{parts.path}?{urlencode([*parse_qsl(parts.query), ('size', 'narrow')])}"
    (width, height), (slim, tall) = SIZES["wide"], SIZES["narrow"]
    return str(
        Markup(
            '<picture><source media="(max-width: 40rem)" srcset="{}" width="{}" height="{}">'
            '<img src="{}" alt="{}" width="{}" height="{}"></picture>'
        ).format(narrow, slim, tall, address, alt, width, height)
    )


def areas_of(view: ProductView, lang: str) -> list[Area]:
    """Return the areas of the view's day, one for each right that has one."""
    return [
        Area(
            id=current.area.ulid,
            name=view.product.name,
            tier=Tier(current.area.tier.value),
            track=each.protection.track.value,
            geometry=current.geometry,
            url=localised(path_of("gi_product", view.product.slug), lang),
        )
        for each in view.protections
        if (current := each.current_area) is not None
    ]


def named_townships(view: ProductView) -> set[int]:
    """Return the keys of the divisions that the texts of the day's areas name as belonging to them."""
    return {
        row.division_id
        for each in view.protections
        if each.current_area is not None
        for row in each.current_area.area.divisions
        if row.role is not DivisionRole.EXCLUDED
    }


def box_of(geometries: Sequence[dict[str, Any]]) -> Box:
    """Return the box around GeoJSON geometries, a little wider, rounded so that it names few scripts."""
    west, south, east, north = shapely.total_bounds([shape(each) for each in geometries])
    return (
        round(float(west) - _MARGIN, 2),
        round(float(south) - _MARGIN, 2),
        round(float(east) + _MARGIN, 2),
        round(float(north) + _MARGIN, 2),
    )


def box_around(box: Box, share: float) -> Box:
    """Return the box widened on each side by this share of itself."""
    west, south, east, north = box
    across, up = (east - west) * share, (north - south) * share
    return round(west - across, 2), round(south - up, 2), round(east + across, 2), round(north + up, 2)


def service_point_places(session: Session) -> list[Place]:
    """Return the open service points that have a position.

    Authorised users have none in the register: where a firm sits is not published, so no map shows it.
    """
    return [
        Place(
            name=each.name,
            longitude=each.longitude,
            latitude=each.latitude,
            kind="service_point",
            url=path_of("service_point", each.code),
        )
        for each in open_points(session)
        if each.longitude is not None and each.latitude is not None
    ]
