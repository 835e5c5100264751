"""A record's versions: what changed, who, when, why; and the record as the public saw it on a day."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from service.calendar import DateError, parse_china_date
from service.register.browsing import shown_on, versions_of
from service.vocabulary import StaffAct
from service.web.deps import ReadSessionDep
from service.web.forms import Fault, clean
from service.web.staff.desk import Desk, reads
from service.web.staff.differing import differences, said
from service.web.staff.forms import by_field
from service.web.staff.reaching import open_kind
from service.web.staff.typed import KindName, Ulid

router = APIRouter()


@router.get("/staff/history/{kind}/{ulid}")
def history(
    desk: Annotated[Desk, reads(StaffAct.READ_RECORDS)],
    session: ReadSessionDep,
    kind: KindName,
    ulid: Ulid,
    on: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """Return the versions of a record, the newest first; with a day, what the public saw at its end."""
    wanted = open_kind(desk, kind)
    versions = versions_of(session, wanted, ulid)
    faults, day = [], None
    try:
        day = parse_china_date(on) if clean(on) else None
    except DateError:
        faults = [Fault("on", "wrong_day")]
    shown = shown_on(versions, day) if day else None
    return desk.show(
        "staff/history.html",
        status=422 if faults else 200,
        kind=wanted,
        ulid=ulid,
        name=versions[0].published.name,
        versions=[(each, differences(each.before, each.published.draft.payload)) for each in versions],
        on=on,
        day=day,
        shown=shown,
        said=said(shown.published.draft.payload) if shown else (),
        faults=by_field(*faults),
    )
