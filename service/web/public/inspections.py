"""Random inspections in public: what is announced, draws that anybody can run again, results for their term."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from service.errors import RecordNotFound
from service.register.inspecting import (
    count_draws,
    find_draw,
    last_public_day,
    list_draws,
    names_withheld,
    public_inspections,
)
from service.register.verification.reading import data_version
from service.web.deps import ReadSessionDep, TodayDep, Ulid
from service.web.templating import render

router = APIRouter()


Number = Annotated[int, Query(ge=1, le=10_000)]
_PAGE: Final = 24


@router.get("/inspections")
def inspections(
    request: Request, session: ReadSessionDep, today: TodayDep, page: Number = 1, draws: Number = 1
) -> HTMLResponse:
    """Return the draws from the moment their population was frozen, and the results that are public today.

    `page`: of the results; `draws`: of the draws.
    """
    results = public_inspections(session, today, start=(page - 1) * _PAGE, limit=_PAGE)
    return render(
        request,
        "public/inspections.html",
        draws=list_draws(session, start=(draws - 1) * _PAGE, limit=_PAGE),
        draws_page=draws,
        last_of_draws=max(1, -(-count_draws(session) // _PAGE)),
        results=results.views,
        page=page,
        last=max(1, -(-results.total // _PAGE)),
        last_public_day=last_public_day,
        today=today,
        data_version=data_version(session),
    )


@router.get("/inspections/draws/{ulid}.json", response_model=None)
def draw_file(session: ReadSessionDep, today: TodayDep, ulid: Ulid) -> Response:
    """Return the file that a draw can be run again from; before its day there is none."""
    found = find_draw(session, ulid)
    if not found.is_open_on(today) or names_withheld(session, found):
        raise RecordNotFound("inspection_draw", ulid)
    return Response(found.as_file(), media_type="application/json")


@router.get("/inspections/draws/{ulid}")
def draw(request: Request, session: ReadSessionDep, today: TodayDep, ulid: Ulid) -> HTMLResponse:
    """Return a draw: before its day what was announced, after it who could be drawn and who was."""
    found = find_draw(session, ulid)
    return render(
        request,
        "public/inspection_draw.html",
        found=found,
        is_withheld=names_withheld(session, found),
        today=today,
        data_version=data_version(session),
    )
