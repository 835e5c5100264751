"""The work list: what waits, counted now; each list and each way to narrow it stands in the address."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from search.engine import SearchUnavailable
from service.register import indexing
from service.register.editing.lone_stops import MOST_ALONE
from service.register.indexing import Drift
from service.register.work_list import (
    IN_GRACE,
    WITHIN_MONTHS,
    Asker,
    Narrowed,
    count_lists,
    read_list,
)
from service.vocabulary import Anomaly, RecordKind, StaffAct, WorkList
from service.web.deps import ReadSessionDep
from service.web.staff.desk import Desk, reads
from service.web.staff.listing import ROWS, Page, Text, last_page

router = APIRouter()
_NARROWED_BY_KIND: Final = frozenset(
    {
        WorkList.MY_DRAFTS,
        WorkList.RETURNED,
        WorkList.TO_REVIEW,
        WorkList.STALE_CHECKS,
        WorkList.INDEX,
    }
)


@router.get("/staff")
def work(
    desk: Annotated[Desk, reads(StaffAct.SEE_DESK)],
    session: ReadSessionDep,
    list: Text = "",  # noqa: A002  (the parameter's public name)
    kind: Text = "",
    within: Text = "",
    anomaly: Text = "",
    compare: Annotated[str, Query(max_length=1)] = "",
    page: Page = 1,
) -> HTMLResponse:
    """Return the lists with their counts, and the things on one of them."""
    asker = Asker(desk.who.user, desk.who.held, desk.today)
    counts = count_lists(session, asker)
    shown = _shown(list, counts)
    narrowed = Narrowed(
        RecordKind(kind) if kind in set(RecordKind) else None,
        _within(within),
        Anomaly(anomaly) if anomaly in set(Anomaly) else None,
    )
    found = read_list(session, shown, asker, narrowed, start=(page - 1) * ROWS, limit=ROWS)
    return desk.show(
        "staff/work.html",
        counts=counts,
        shown=shown,
        found=found,
        most_alone=MOST_ALONE,
        narrowed=narrowed,
        kinds=tuple(RecordKind) if shown in _NARROWED_BY_KIND else (),
        anomalies=tuple(Anomaly) if shown is WorkList.ANOMALIES else (),
        months=(*WITHIN_MONTHS, IN_GRACE) if shown is WorkList.EXPIRING_MARKS else (),
        page=page,
        last=last_page(found.total),
        drift=_drift(desk) if compare and shown is WorkList.INDEX else None,
    )


def _shown(asked: str, counts: dict[WorkList, int]) -> WorkList:
    """Return the list asked for, if it is open to who asks; else the first on which something waits."""
    if asked in counts:
        return WorkList(asked)
    return next((each for each, count in counts.items() if count), next(iter(counts)))


def _within(text: str) -> int:
    months = {str(each): each for each in (*WITHIN_MONTHS, IN_GRACE)}
    return months.get(text, WITHIN_MONTHS[0])


def _drift(desk: Desk) -> Drift | str:
    """Return where index and register disagree, record by record, or why nobody can say."""
    try:
        return indexing.drift(desk.services.database, desk.services.engine, desk.services.clock)
    except SearchUnavailable as error:
        return error.reason
