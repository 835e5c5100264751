"""The audit trail, searched: what is looked for stands in the address, and the whole answer can be had as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session
from starlette.responses import StreamingResponse

from service.calendar import CHINA
from service.identifiers import is_ulid
from service.register.history import TrailQuery, TrailRow, search_trail
from service.register.history.trail import MOST_ROWS
from service.register.verification.reading import data_version
from service.vocabulary import RecordKind, StaffAct
from service.web import wording
from service.web.deps import LanguageDep, ReadSessionDep
from service.web.forms import Fault, clean
from service.web.staff.desk import Desk, reads
from service.web.staff.forms import by_field
from service.web.staff.listing import Asked, Text, read_days
from service.web.staff.tables import TableForm, list_file
from service.web.wording.trail import ACTS, KINDS

router = APIRouter()
_PAGE: Final = 50
_HEADINGS: Final[Mapping[str, tuple[str, str]]] = {
    "sequence": ("序号", "number"),
    "at": ("时间", "when"),
    "actor": ("谁", "who"),
    "act": ("做了什么", "act"),
    "record_kind": ("对象", "of what"),
    "record": ("永久标识", "identifier"),
    "revision_number": ("登记版本", "register version"),
    "reason": ("原因", "reason"),
    "changes": ("变化", "changes"),
}
_READ: Final = StaffAct.READ_AUDIT


async def _search(
    lang: LanguageDep,
    act: Text = "",
    kind: Text = "",
    login: Text = "",
    record: Text = "",
    since: Text = "",
    until: Text = "",
) -> Asked[TrailQuery]:
    parts = {"act": act, "kind": kind, "login": login, "record": record, "since": since, "until": until}
    typed = {name: clean(value) for name, value in parts.items()}
    days, faults = read_days(typed, "since", "until")
    if typed["record"] and not is_ulid(typed["record"].upper()):
        faults.append(Fault("record", "no_identifier"))
    elif bool(typed["record"]) != bool(typed["kind"]):
        faults.append(Fault("record" if typed["kind"] else "kind", "fields_go_together"))
    query = TrailQuery(
        **_subject(typed["kind"], typed["record"].upper()),
        act=typed["act"] or None,
        actor=typed["login"] or None,
        since=_midnight(days["since"]) if "since" in days else None,
        until=_midnight(days["until"] + timedelta(days=1)) if "until" in days else None,
    )
    return Asked("/staff/audit", query, typed, by_field(*faults), lang)


def _subject(kind: str, ulid: str) -> dict[str, Any]:
    """Return what the trail is searched for: a record with all its drafts, or anything else by its own identifier."""
    if not kind or not ulid:
        return {}
    if kind in set(RecordKind):
        return {"record": (RecordKind(kind), ulid)}
    return {"subject": (kind, ulid)}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)


SearchDep = Annotated[Asked[TrailQuery], Depends(_search)]


@router.get("/staff/audit")
def audit(
    desk: Annotated[Desk, reads(_READ)],
    session: ReadSessionDep,
    search: SearchDep,
    before: Annotated[int | None, Query(ge=1, le=10**9)] = None,
) -> HTMLResponse:
    """Return a page of the trail, the newest first."""
    found = None if search.faults else search_trail(session, search.query, before=before, limit=_PAGE)
    return desk.show(
        "staff/audit.html",
        status=422 if search.faults else 200,
        search=search,
        found=found,
        is_later=before is not None,
        all_acts=tuple(ACTS),
        all_kinds=(*KINDS, *(kind.value for kind in RecordKind)),
        faults=search.faults,
    )


@router.get("/staff/audit.{form}")
def audit_table(
    desk: Annotated[Desk, reads(_READ)],
    session: ReadSessionDep,
    lang: LanguageDep,
    search: SearchDep,
    form: TableForm,
) -> StreamingResponse:
    """Return every row that is found as a file."""
    headings = {name: wording.pick(words, lang) for name, words in _HEADINGS.items()}
    rows = (
        (
            row.sequence,
            row.at.isoformat(),
            row.actor,
            row.act,
            row.kind,
            row.ulid,
            row.revision_number,
            row.reason,
            orjson.dumps(row.changes).decode(),
        )
        for row in (() if search.faults else _all_rows(session, search.query))
    )
    return list_file(desk, form, "audit", headings, rows, data_version(session))


def _all_rows(session: Session, query: TrailQuery) -> Iterator[TrailRow]:
    before: int | None = None
    while True:
        page = search_trail(session, query, before=before, limit=MOST_ROWS)
        yield from page.rows
        before = page.next
        session.expunge_all()  # a long trail is read, not held
        if before is None:
            return
