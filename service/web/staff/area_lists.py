"""Rights with their areas in a list: what it is narrowed to and its page stand in the address."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from service.register.browsing import WITHOUT_AREA, AreaNarrowing, list_rights
from service.vocabulary import AreaTier, RecordKind, StaffAct, Track
from service.web.deps import LanguageDep, ReadSessionDep
from service.web.forms import clean
from service.web.staff.desk import Desk, reads
from service.web.staff.listing import ROWS, Page, SearchText, Text, address, last_page

router = APIRouter()


@router.get("/staff/areas")
def areas(
    desk: Annotated[Desk, reads(StaffAct.READ_RECORDS)],
    session: ReadSessionDep,
    lang: LanguageDep,
    q: SearchText = "",
    track: Text = "",
    tier: Text = "",
    page: Page = 1,
) -> HTMLResponse:
    """Return a page of the rights with the areas valid today, what the checks find of them, and what waits."""
    narrowing = AreaNarrowing(
        q=clean(q),
        track=Track(track) if track in set(Track) else None,
        tier=tier if tier in {*AreaTier, WITHOUT_AREA} else "",
    )
    found = list_rights(session, narrowing, desk.today, start=(page - 1) * ROWS, limit=ROWS)
    facts = {"q": narrowing.q, "track": narrowing.track or "", "tier": narrowing.tier}
    return desk.show(
        "staff/areas.html",
        found=found,
        narrowing=narrowing,
        tracks=list(Track),
        tiers=list(AreaTier),
        without_area=WITHOUT_AREA,
        is_narrowed=any(facts.values()),
        address=lambda number: address("/staff/areas", lang, {**facts, "page": number}),
        page=page,
        last=last_page(found.total),
        may_draft=desk.who.held.may(StaffAct.DRAFT, RecordKind.PRODUCTION_AREA),
    )
