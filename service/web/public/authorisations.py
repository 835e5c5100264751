"""One authorisation with its history."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.register.lookups import find_authorisation
from service.register.verification.reading import data_version
from service.vocabulary import DeregistrationGround
from service.web.deps import ReadSessionDep, TodayDep
from service.web.templating import linking, render

router = APIRouter()

_GROUNDS_OF_ORDER_80 = tuple(DeregistrationGround)[:6]


@router.get("/authorisations/{code}")
def authorisation(request: Request, session: ReadSessionDep, today: TodayDep, code: str) -> HTMLResponse:
    """Return the authorisation as it stands today, and everything that happened to it."""
    view = find_authorisation(session, code, today)
    linked = [linking(request).authorisation(view)]
    return render(
        request,
        "public/authorisation.html",
        linked=linked,
        view=view,
        grounds=_GROUNDS_OF_ORDER_80,
        today=today,
        data_version=data_version(session),
    )
