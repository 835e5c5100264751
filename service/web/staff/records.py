"""One record at the desk: what is published of it, what waits to change it, and what may be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from service.errors import RecordGone, RecordMoved, RecordNotFound
from service.register.browsing import DeskRecord, find_record
from service.register.editing.bases import EVENTS
from service.register.inspecting import credit_of
from service.register.lookups import find_authorisation
from service.vocabulary import AuthorisationState, RecordKind, StaffAct
from service.web.deps import ReadSessionDep, Ulid
from service.web.staff.desk import Desk, reads
from service.web.staff.differing import said
from service.web.staff.reaching import has_public_page, open_kind
from service.web.staff.typed import KindName

router = APIRouter()
_READ: Final = StaffAct.READ_RECORDS

_FOLLOW: Final[Mapping[RecordKind, tuple[tuple[RecordKind, str, str], ...]]] = {
    RecordKind.GI_PRODUCT: ((RecordKind.PROTECTION, "product", "code"),),
    RecordKind.PROTECTION: (
        (RecordKind.PROTECTION_EVENT, "protection", "code"),
        (RecordKind.AUTHORISATION, "protection", "code"),
    ),
    RecordKind.ORGANISATION: (
        (RecordKind.AUTHORISATION, "organisation", "uscc"),
        (RecordKind.CREDIT_ASSESSMENT, "organisation", "uscc"),
        (RecordKind.INSPECTION, "organisation", "uscc"),
    ),
    RecordKind.AUTHORISATION: ((RecordKind.AUTHORISATION_EVENT, "authorisation", "code"),),
    RecordKind.BRAND: ((RecordKind.TIME_HONOURED_BRAND, "brand", "slug"),),
    RecordKind.INSPECTION_PLAN: ((RecordKind.INSPECTION, "plan", "code"),),
    RecordKind.DEMONSTRATION_ZONE: ((RecordKind.ZONE_EVENT, "zone", "code"),),
    RecordKind.INDICATOR: ((RecordKind.INDICATOR_VALUE, "indicator", "code"),),
}
"""What is entered next to a record: the kind, the field that names this record, and by which of its own."""

_WORKED_AT: Final[Mapping[RecordKind, str]] = {
    RecordKind.INSPECTION_PLAN: "/staff/inspections",
    RecordKind.DEMONSTRATION_ZONE: "/staff/zone",
}
"""Where the desk works with a record that has a page for that."""

_COURSE: Final[Mapping[RecordKind, RecordKind]] = {
    RecordKind.PROTECTION: RecordKind.PROTECTION_EVENT,
    RecordKind.AUTHORISATION: RecordKind.AUTHORISATION_EVENT,
}
"""Where what happened to a record is listed."""


@router.get("/staff/records/{kind}/{ulid}")
def record(
    desk: Annotated[Desk, reads(_READ)], session: ReadSessionDep, kind: KindName, ulid: Ulid
) -> HTMLResponse:
    """Return what is published of a record, its open drafts, and what may be done about it."""
    found = find_record(session, open_kind(desk, kind), ulid)
    held = desk.who.held
    is_fixed = found.kind in EVENTS and found.published is not None
    shows_credit = found.kind is RecordKind.ORGANISATION and held.may(_READ, RecordKind.CREDIT_ASSESSMENT)
    return desk.show(
        "staff/record.html",
        record=found,
        kind=found.kind,
        groups=said(found.newest.payload),
        may_edit=held.may(StaffAct.DRAFT, found.kind) and not is_fixed,
        may_stop=_may_be_stopped(desk, session, found),
        follows=[
            (follow, {field: _text(found.newest.payload, own)})
            for follow, field, own in _FOLLOW.get(found.kind, ())
            if held.may(StaffAct.DRAFT, follow) and _text(found.newest.payload, own)
        ],
        course=_COURSE.get(found.kind),
        worked_at=_WORKED_AT.get(found.kind) if found.published else None,
        grades=credit_of(session, ulid) if shows_credit else [],
        is_fixed=is_fixed,
        has_page=found.published is not None and has_public_page(session, found.kind, ulid),
    )


def _may_be_stopped(desk: Desk, session: Session, found: DeskRecord) -> bool:
    """Return whether it is an authorisation that can still be put under correction or deregistered, by who asks."""
    if found.kind is not RecordKind.AUTHORISATION or found.published is None:
        return False
    if not desk.who.held.may(StaffAct.STOP_A_WRONG, RecordKind.AUTHORISATION_EVENT):
        return False
    try:
        view = find_authorisation(session, str(found.published.payload["code"]), desk.today)
    except (RecordGone, RecordMoved, RecordNotFound):  # it, or what it hangs on, was withdrawn
        return False
    return view.standing.state is not AuthorisationState.ENDED


def _text(payload: Mapping[str, Any], name: str) -> str:
    return str(payload.get(name) or "")
