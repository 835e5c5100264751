"""Rights with their areas in a list: what it is narrowed to and its page stand in the address."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from service.register.browsing import WITHOUT_AREA, AreaNarrowing, list_rights
from service.vocabulary import AreaTier, RecordKind, StaffAct, Track
from service.web.deps import LanguageDep, ReadSessionDep
from service.web.forms import clean
from service.web.staff.desk import Desk, reads
from service.web.templating import localised

router = APIRouter()
_PAGE: Final = 25

Short = Annotated[str, Query(max_length=60)]


@router.get("/staff/areas")
def areas(
    desk: Annotated[Desk, reads(StaffAct.READ_RECORDS)],
    session: ReadSessionDep,
    lang: LanguageDep,
    q: Annotated[str, Query(max_length=100)] = "",
    track: Short = "",
    tier: Short = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> HTMLResponse:
    """Return a page of the rights with the areas valid today, what the checks find of them, and what waits."""
    narrowing = AreaNarrowing(
        q=clean(q),
        track=Track(track) if track in set(Track) else None,
        tier=tier if tier in {*AreaTier, WITHOUT_AREA} else "",
    )
    found = list_rights(session, narrowing, desk.today, start=(page - 1) * _PAGE, limit=_PAGE)
    facts = {"q": narrowing.q, "track": narrowing.track or "", "tier": narrowing.tier}
    said = {name: str(value) for name, value in facts.items() if value}

    def address(number: int) -> str:
        query = urlencode({**said, **({"page": number} if number > 1 else {})})
        return localised("/staff/areas", lang) + (f"?{query}" if query else "")

    return desk.show(
        "staff/areas.html",
        found=found,
        narrowing=narrowing,
        tracks=list(Track),
        tiers=list(AreaTier),
        without_area=WITHOUT_AREA,
        is_narrowed=bool(said),
        address=address,
        page=page,
        last=max(1, -(-found.total // _PAGE)),
        may_draft=desk.who.held.may(StaffAct.DRAFT, RecordKind.PRODUCTION_AREA),
    )
