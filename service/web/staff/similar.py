"""While a record is typed: the records that it may be already, as a piece of the form's page."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from service.register.browsing import looked_at, similar_to
from service.vocabulary import StaffAct
from service.web.deps import ReadSessionDep
from service.web.forms import clean
from service.web.staff.desk import Desk, reads
from service.web.staff.reaching import open_kind
from service.web.staff.typed import KindName

router = APIRouter()
_LONGEST: Final = 300


@router.get("/staff/records/{kind}/new/similar")
def similar(
    desk: Annotated[Desk, reads(StaffAct.DRAFT)],
    session: ReadSessionDep,
    request: Request,
    kind: KindName,
    but: Annotated[str, Query(max_length=26)] = "",
) -> HTMLResponse:
    """Return the records like what stands in the fields so far; nothing where there is none."""
    wanted = open_kind(desk, kind)
    named = request.query_params
    typed = {name: clean(named[name])[:_LONGEST] for name in looked_at(wanted) if name in named}
    found = similar_to(session, wanted, typed, but=but or None)
    return desk.show("staff/similar.html", kind=wanted, found=found)
