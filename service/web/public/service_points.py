"""Where the public gets help with trademarks and geographical indications."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from service.register.lookups import service_points as open_points
from service.register.verification.reading import data_version
from service.vocabulary import ServicePointKind
from service.web.deps import ReadSessionDep, TodayDep
from service.web.ground import GroundDep
from service.web.public.drawing import SIZES, revised, service_point_places
from service.web.templating import linking, render

router = APIRouter()


@router.get("/service-points")
def service_points(request: Request, session: ReadSessionDep, today: TodayDep) -> HTMLResponse:
    """Return the open service points, those of one kind together."""
    kinds = list(ServicePointKind)
    points = sorted(open_points(session), key=lambda point: kinds.index(point.kind))
    return render(
        request,
        "public/service_points.html",
        linked=linking(request).service_points(points),
        points=points,
        has_map=any(point.longitude is not None for point in points),
        today=today,
        data_version=data_version(session),
    )


@router.get("/service-points/outline.svg")
def service_points_outline(
    request: Request,
    session: ReadSessionDep,
    ground: GroundDep,
    size: Annotated[str, Query(pattern="^(wide|narrow)$")] = "wide",
) -> Response:
    """Return the still picture of the district with its service points."""

    def draw() -> str:
        places = service_point_places(session)
        return ground.picture((), ground.say("服务网点"), SIZES[size], others=places)

    return revised(request, ground, "image/svg+xml", draw)
