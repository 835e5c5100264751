"""A record's versions: what changed, who, when, why; and the record as the public saw it on a day."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from service.calendar import DateError, parse_china_date
from service.errors import RecordNotFound
from service.register.browsing import name_of
from service.register.history import SeenRecord, seen_on, versions_of
from service.vocabulary import RecordKind, StaffAct
from service.web.deps import ReadSessionDep, Ulid
from service.web.forms import Fault, clean
from service.web.staff.desk import Desk, reads
from service.web.staff.differing import grouped, said
from service.web.staff.forms import by_field
from service.web.staff.reaching import open_kind
from service.web.staff.typed import KindName

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
        day = parse_china_date(clean(on)) if clean(on) else None
    except DateError:
        faults = [Fault("on", "wrong_day")]
    seen = _seen(session, wanted, ulid, day) if day else None
    return desk.show(
        "staff/history.html",
        status=422 if faults else 200,
        kind=wanted,
        ulid=ulid,
        name=name_of(versions[0].payload, versions[0].payload.get("code", ulid)),
        versions=[(each, grouped(each.changes)) for each in versions],
        on=on,
        day=day,
        seen=seen,
        said=said(seen.payload) if seen else (),
        faults=by_field(*faults),
    )


def _seen(session: Session, kind: RecordKind, ulid: str, day: date) -> SeenRecord | None:
    """Return the record as it was public at the end of the day; None: it was not yet."""
    try:
        return seen_on(session, kind, ulid, day)
    except RecordNotFound:
        return None
