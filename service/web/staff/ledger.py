"""The ledger of the service points in lists: narrowed as the address says, as a file, by month, one entry whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from starlette.responses import StreamingResponse

from service.register import service_point_ledger as ledger
from service.register.service_point_ledger import LedgerQuery
from service.register.verification.reading import data_version
from service.vocabulary import RecordKind, ServiceTopic, StaffAct
from service.web import wording
from service.web.deps import LanguageDep, ReadSessionDep, Ulid
from service.web.forms import clean
from service.web.staff.desk import Desk, reads
from service.web.staff.forms import by_field
from service.web.staff.listing import ROWS, Asked, Page, Text, last_page, read_days
from service.web.staff.tables import TableForm, list_file

router = APIRouter()
_SEE: Final = StaffAct.SEE_LEDGER
_FIRST_YEAR, _LAST_YEAR = 2000, 2099
_HEADINGS: Final[Mapping[str, tuple[str, str]]] = {
    "id": ("永久标识", "id"),
    "day": ("日期", "day"),
    "point_code": ("网点编号", "point code"),
    "point": ("网点", "service point"),
    "topic": ("事项", "topic"),
    "visitor": ("单位或来访类别", "organisation or visitor"),
    "minutes": ("分钟", "minutes"),
    "result": ("结果", "result"),
    "entered_by": ("登记人", "entered by"),
    "entered_at": ("登记时间", "entered at"),
}


async def _asked(
    lang: LanguageDep, point: Text = "", topic: Text = "", since: Text = "", until: Text = ""
) -> Asked[LedgerQuery]:
    typed = {
        "point": clean(point),
        "topic": topic if topic in set(ServiceTopic) else "",
        "since": clean(since),
        "until": clean(until),
    }
    days, faults = read_days(typed, "since", "until")
    query = LedgerQuery(
        point=typed["point"] or None,
        topic=ServiceTopic(typed["topic"]) if typed["topic"] else None,
        first_day=days.get("since"),
        last_day=days["until"] + timedelta(days=1) if "until" in days else None,
    )
    return Asked("/staff/ledger", query, typed, by_field(*faults), lang)


AskedDep = Annotated[Asked[LedgerQuery], Depends(_asked)]


@router.get("/staff/ledger")
def entries(
    desk: Annotated[Desk, reads(_SEE)],
    session: ReadSessionDep,
    asked: AskedDep,
    page: Page = 1,
) -> HTMLResponse:
    """Return a page of the entries that count, the newest day first."""
    found = None
    if not asked.faults:
        found = ledger.list_entries(session, asked.query, start=(page - 1) * ROWS, limit=ROWS)
    return desk.show(
        "staff/ledger.html",
        status=422 if asked.faults else 200,
        asked=asked,
        faults=asked.faults,
        found=found,
        points=ledger.points(session),
        topics=tuple(ServiceTopic),
        page=page,
        last=last_page(found.total if found else 0),
        may_keep=may_keep(desk),
    )


@router.get("/staff/ledger.{form}")
def entries_table(
    desk: Annotated[Desk, reads(_SEE)],
    session: ReadSessionDep,
    lang: LanguageDep,
    asked: AskedDep,
    form: TableForm,
) -> StreamingResponse:
    """Return every entry that the list counts as a file."""
    headings = {name: wording.pick(words, lang) for name, words in _HEADINGS.items()}
    found = () if asked.faults else ledger.all_entries(session, asked.query)
    rows = (
        (
            entry.ulid,
            entry.day,
            entry.point.code,
            entry.point.name,
            entry.topic,
            entry.organisation_name or entry.walk_in,
            entry.minutes,
            entry.result,
            entry.entered_by.display_name,
            entry.entered_at.isoformat(),
        )
        for entry in found
    )
    return list_file(desk, form, "service-ledger", headings, rows, data_version(session))


@router.get("/staff/ledger/months")
def months(
    desk: Annotated[Desk, reads(_SEE)],
    session: ReadSessionDep,
    year: Annotated[int | None, Query(ge=_FIRST_YEAR, le=_LAST_YEAR)] = None,
) -> HTMLResponse:
    """Return how many services each point gave in each month of a year."""
    shown = year or desk.today.year
    counts = ledger.monthly_counts(session, shown)
    return desk.show(
        "staff/ledger_months.html",
        counts=counts,
        year=shown,
        this_year=desk.today.year,
        first_year=_FIRST_YEAR,
        most=max((count for each in counts for count in each.months), default=0),
        sums=[sum(column) for column in zip(*(each.months for each in counts), strict=True)] or [0] * 12,
    )


@router.get("/staff/ledger/{entry}")
def one_entry(
    desk: Annotated[Desk, reads(_SEE)], session: ReadSessionDep, entry: Ulid, done: Text = ""
) -> HTMLResponse:
    """Return one entry with all that was corrected in it."""
    return desk.show(
        "staff/ledger_entry.html",
        versions=ledger.find_versions(session, entry),
        done=done in {"entered", "corrected", "voided"},
        may_keep=may_keep(desk),
    )


def may_keep(desk: Desk) -> bool:
    """Return whether who asks may enter services; a partner agency only if service points are its kind of record."""
    return desk.who.held.may(StaffAct.KEEP_LEDGER, RecordKind.SERVICE_POINT)
