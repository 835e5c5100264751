"""What was published lately, revision by revision."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from service.register.lookups.changes import find_publication, list_publications
from service.register.verification.reading import data_version
from service.web.deps import ReadSessionDep
from service.web.templating import render

router = APIRouter()

_REVISIONS: Final = 10
_SAMPLE: Final = 5
_PAGE: Final = 50
_MOST: Final = 2_000_000_000


@router.get("/changes")
def changes(
    request: Request,
    session: ReadSessionDep,
    before: Annotated[int | None, Query(ge=1, le=_MOST)] = None,
) -> HTMLResponse:
    """Return the newest publications with what changed in each."""
    found = list_publications(session, before=before, limit=_REVISIONS + 1, sample=_SAMPLE)
    return render(
        request,
        "public/changes.html",
        publications=found[:_REVISIONS],
        following=found[_REVISIONS - 1].number if len(found) > _REVISIONS else None,
        before=before,
        data_version=data_version(session),
    )


@router.get("/changes/{number}")
def publication(
    request: Request,
    session: ReadSessionDep,
    number: int,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """Return one publication with all of its records, page by page."""
    found = find_publication(session, max(0, min(number, _MOST)), start=(page - 1) * _PAGE, limit=_PAGE)
    last = max(1, -(-found.total // _PAGE))
    return render(request, "public/publication.html", found=found, page=page, last=last)
