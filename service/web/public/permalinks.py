"""Permanent links by ULID."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from service.register.lookups import find_by_ulid
from service.web.deps import LanguageDep, ReadSessionDep, Ulid
from service.web.templating import localised

router = APIRouter()


@router.get("/r/{ulid}")
def permalink(session: ReadSessionDep, lang: LanguageDep, ulid: Ulid) -> RedirectResponse:
    """Return a redirection to the record's page as it is called today."""
    return RedirectResponse(localised(find_by_ulid(session, ulid), lang), 301)
