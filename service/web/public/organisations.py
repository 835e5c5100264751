"""An organisation: what it may use the mark on, what it holds, its trademarks."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from service.identifiers import Uscc
from service.identifiers.problems import IdentifierError
from service.register.lookups import find_organisation
from service.register.lookups.duties import duties_of
from service.register.verification.reading import data_version
from service.vocabulary import PRIVATE_PERSON_KINDS
from service.web.deps import LanguageDep, ReadSessionDep, TodayDep
from service.web.templating import linking, localised, render

router = APIRouter()


@router.get("/organisations/{uscc}", response_model=None)
def organisation(
    request: Request, session: ReadSessionDep, today: TodayDep, lang: LanguageDep, uscc: str
) -> HTMLResponse | RedirectResponse:
    """Return the organisation; a code in another spelling is sent to its own address."""
    written = _written(uscc)
    if written != uscc:
        return RedirectResponse(localised(f"/organisations/{written}", lang), 301)
    view = find_organisation(session, uscc, today)
    is_private = view.organisation.kind in PRIVATE_PERSON_KINDS
    return render(
        request,
        "public/organisation.html",
        linked=[linking(request).organisation(view)],
        view=view,
        duties=duties_of(view),
        is_private=is_private,
        today=today,
        data_version=data_version(session),
    )


def _written(text: str) -> str:
    """Return the code's normal form; a text that is no code stays and will not be found."""
    try:
        return Uscc.parse_unchecked(text).value
    except IdentifierError:
        return text
