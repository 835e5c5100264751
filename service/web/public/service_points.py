"""Where the public gets help with trademarks and geographical indications."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.register.lookups import service_points as open_points
from service.register.verification.reading import data_version
from service.vocabulary import ServicePointKind
from service.web.deps import ReadSessionDep, TodayDep
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
        today=today,
        data_version=data_version(session),
    )
