"""What pages load: the style sheet in one piece, and the ground that maps lie on."""

from __future__ import annotations

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from maps.area import Place
from maps.features import place_collection
from service.errors import RecordNotFound
from service.register.areas import district_outline
from service.register.lookups.townships import townships as all_townships
from service.web.deps import ReadSessionDep, SettingsDep
from service.web.public.drawing import service_point_places
from service.web.templating import stylesheet, stylesheet_packed

router = APIRouter()

_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_FOR_AN_HOUR = {"Cache-Control": "public, max-age=3600"}
_GEOJSON = "application/geo+json"


@router.get("/assets/site-{version}.css")
def site_css(request: Request, version: str) -> Response:
    """Return the style sheet of this version."""
    if version != stylesheet()[0]:
        raise RecordNotFound("stylesheet", version)
    content, encoding = stylesheet_packed().under(request.headers.get("accept-encoding", ""))
    headers = {**_FOR_EVER, "Vary": "Accept-Encoding", "Content-Encoding": encoding.value}
    return Response(content, media_type="text/css", headers=headers)


@router.get("/en")
def english_home() -> RedirectResponse:
    """Return the way to the English home page, whose address ends with a slash."""
    return RedirectResponse("/en/", 308)


@router.get("/static-data/outline.geojson")
def outline(settings: SettingsDep) -> Response:
    """Return the district's outline, a generalised picture and no boundary."""
    ground = {"type": "Feature", "geometry": district_outline(settings.map_outline_file), "properties": {}}
    return Response(orjson.dumps(ground), media_type=_GEOJSON, headers=_FOR_AN_HOUR)


@router.get("/static-data/service-points.geojson")
def service_points(session: ReadSessionDep) -> Response:
    """Return the open service points that have a position."""
    points = place_collection(service_point_places(session))
    # Asked for again each time: a point that was taken down is gone from maps at once.
    return Response(orjson.dumps(points), media_type=_GEOJSON, headers={"Cache-Control": "no-cache"})


@router.get("/static-data/townships.geojson")
def townships(session: ReadSessionDep) -> Response:
    """Return the townships that have a point."""
    points = [
        Place(name=each.name, longitude=each.longitude, latitude=each.latitude, kind="township")
        for each in all_townships(session)
        if each.longitude is not None and each.latitude is not None
    ]
    return Response(orjson.dumps(place_collection(points)), media_type=_GEOJSON, headers=_FOR_AN_HOUR)
