"""The lists themselves: each counts what waits and reads a page of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from service.addresses import path_of
from service.calendar import china_date
from service.register.anomalies import find_anomalies
from service.register.corrections import overdue_corrections
from service.register.editing.lone_stops import many_stops
from service.register.inspecting import OverdueOrder, overdue_orders
from service.register.leads import overdue_leads
from service.register.lifecycle import GRACE_MONTHS, earliest_start, latest_end
from service.register.lookups.holidays import arrangements
from service.register.models import (
    AnnexBatch,
    Organisation,
    Outbox,
    Revision,
    StaffUser,
    TrademarkRecord,
)
from service.register.rights import Held
from service.register.work_list.imports import batches_to_review, imports_to_mend
from service.register.work_list.shapes import (
    IN_GRACE,
    OPEN_TO,
    STALE_AFTER,
    TOLD_FOR,
    Asker,
    Found,
    Item,
    Narrowed,
    page,
)
from service.vocabulary import (
    DraftState,
    LeadKind,
    MarkStatus,
    RecordKind,
    StaffAct,
    WorkList,
)


def lists_for(held: Held) -> list[WorkList]:
    """Return the lists that are open to what an account holds, the most pressing first."""
    return [each for each in WorkList if held.may(OPEN_TO[each])]


def count_lists(session: Session, asker: Asker) -> dict[WorkList, int]:
    """Return how many things wait on each list that is open to who asks."""
    return {each: _LISTS[each](session, asker, Narrowed(), 0, 0).total for each in lists_for(asker.held)}


def read_list(
    session: Session, which: WorkList, asker: Asker, narrowed: Narrowed, *, start: int, limit: int
) -> Found:
    """Return a page of a list, the most pressing things first."""
    return _LISTS[which](session, asker, narrowed, start, limit)


def _drafts(state: DraftState) -> Callable[..., Found]:
    def read(session: Session, asker: Asker, narrowed: Narrowed, start: int, limit: int) -> Found:
        mine = (Revision.state == state, Revision.edited_by_id == asker.user.id)
        return _read_drafts(session, mine, narrowed, start, limit)

    return read


def _to_review(session: Session, asker: Asker, narrowed: Narrowed, start: int, limit: int) -> Found:
    # By person, not by account: two accounts of one person do not review each other.
    own_accounts = select(StaffUser.id).where(StaffUser.person == asker.user.person)
    others = (
        Revision.state == DraftState.IN_REVIEW,
        Revision.submitted_person != asker.user.person,
        Revision.edited_by_id.not_in(own_accounts),
    )
    return _read_drafts(session, others, narrowed, start, limit)


def _read_drafts(
    session: Session,
    conditions: Sequence[ColumnElement[bool]],
    narrowed: Narrowed,
    start: int,
    limit: int,
) -> Found:
    wanted = [
        *conditions,
        # An annex's drafts, thousands of them it may be, are one thing on the lists of imports.
        or_(Revision.batch_id.is_(None), Revision.batch_id.not_in(select(AnnexBatch.batch_id))),
        *([Revision.record_kind == narrowed.kind] if narrowed.kind else []),
    ]
    total = session.scalar(select(func.count()).select_from(Revision).where(*wanted)) or 0
    statement = select(Revision).where(*wanted).order_by(Revision.edited_at, Revision.id)
    return Found(total, [_draft_item(each) for each in page(session, statement, start, limit)])


def _draft_item(draft: Revision) -> Item:
    moment = draft.decided_at or draft.submitted_at or draft.edited_at
    return Item(
        kind=draft.record_kind,
        name=str(draft.payload.get("name") or draft.payload.get("title") or draft.record_key),
        day=china_date(moment),
        draft_ulid=draft.ulid,
        note=draft.return_reason if draft.state is DraftState.RETURNED else draft.change_note,
    )


def _stops(session: Session, asker: Asker, narrowed: Narrowed, start: int, limit: int) -> Found:
    del narrowed
    found = asker.once(WorkList.MANY_STOPS, lambda: many_stops(session, asker.today - TOLD_FOR))
    items = [
        Item(
            kind=RecordKind.AUTHORISATION_EVENT,
            name=" · ".join(each.names),
            day=each.day,
            path="/staff/reviews?state=published&kind=authorisation_event",
            count=each.stops,
        )
        for each in found[start : start + limit]
    ]
    return Found(len(found), items)


def _corrections(session: Session, asker: Asker, narrowed: Narrowed, start: int, limit: int) -> Found:
    del narrowed
    found = asker.once(WorkList.OVERDUE_CORRECTIONS, lambda: _not_corrected(session, asker))
    return Found(len(found), found[start : start + limit])


def _not_corrected(session: Session, asker: Asker) -> list[Item]:
    """Return what was to be put right by now, by an authorisation's event or after an inspection, longest ago first."""
    known = arrangements(session)
    found = [
        Item(
            kind=RecordKind.AUTHORISATION,
            name=each.authorisation.organisation.name,
            day=each.last_day,
            path=f"/staff/records/authorisation/{each.authorisation.ulid}",
            note=each.authorisation.code,
            count=each.days_late,
            is_demonstration=each.authorisation.is_demonstration,
        )
        for each in overdue_corrections(session, asker.today, known)
    ]
    if asker.held.may(StaffAct.SEE_INSPECTIONS):
        found += [_order_item(each) for each in overdue_orders(session, asker.today, known)]
    return sorted(found, key=lambda item: item.day or date.min)


def _order_item(order: OverdueOrder) -> Item:
    inspection, deadline = order.view.inspection, order.view.deadline
    return Item(
        kind=RecordKind.INSPECTION,
        name=inspection.organisation.name,
        day=deadline.day if deadline else None,
        missing_year=deadline.missing_year if deadline else None,
        path=f"/staff/records/inspection/{inspection.ulid}",
        note=inspection.code,
        count=order.days_late,
        is_demonstration=inspection.is_demonstration,
    )


def _anomalies(session: Session, asker: Asker, narrowed: Narrowed, start: int, limit: int) -> Found:
    whole = asker.once(WorkList.ANOMALIES, lambda: find_anomalies(session, asker.today))
    found = [each for each in whole if narrowed.anomaly in {None, each.anomaly}]
    items = [
        Item(
            kind=each.anomaly,
            name=each.name,
            day=each.day,
            path=each.path,
            note=each.note,
            counts=each.counts,
            is_demonstration=each.is_demonstration,
        )
        for each in found[start : start + limit]
    ]
    return Found(len(found), items)


def _leads(session: Session, asker: Asker, narrowed: Narrowed, start: int, limit: int) -> Found:
    del narrowed
    overdue = asker.once(WorkList.OVERDUE_LEADS, lambda: overdue_leads(session, asker.today))
    items = [
        Item(
            kind=LeadKind(lead.kind),
            name=lead.receipt,
            day=deadline.last_day,
            path=f"/staff/leads/{lead.receipt}",
            deadline=deadline,
            missing_year=deadline.missing_year,
        )
        for lead, deadline in overdue[start : start + limit]
    ]
    return Found(len(overdue), items)


def _marks(session: Session, asker: Asker, narrowed: Narrowed, start: int, limit: int) -> Found:
    wanted = (
        TrademarkRecord.withdrawal.is_(None),
        TrademarkRecord.status == MarkStatus.REGISTERED,
        *_term_ends(asker.today, narrowed.within),
    )
    total = session.scalar(select(func.count()).select_from(TrademarkRecord).where(*wanted)) or 0
    statement = select(TrademarkRecord).where(*wanted).order_by(TrademarkRecord.term_to, TrademarkRecord.id)
    items = [
        Item(
            kind=RecordKind.TRADEMARK,
            name=mark.name,
            day=mark.term_to - timedelta(days=1),  # printed with its last day, kept with the day after
            path=path_of("trademark", mark.registration_no),
            note=f"{mark.registration_no} · {mark.registrant_name}",
            is_demonstration=mark.is_demonstration,
        )
        for mark in page(session, statement, start, limit)
    ]
    return Found(total, items)


def _term_ends(today: date, within: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the condition that a term ends within so many months, by the same months as a mark's status."""
    if within == IN_GRACE:
        return TrademarkRecord.term_to >= earliest_start(
            today, GRACE_MONTHS
        ), TrademarkRecord.term_to <= today
    return TrademarkRecord.term_to > today, TrademarkRecord.term_to <= latest_end(today, within)


def _stale(session: Session, asker: Asker, narrowed: Narrowed, start: int, limit: int) -> Found:
    oldest = asker.today - STALE_AFTER
    parts = [
        select(
            literal(kind.value).label("kind"),
            model.name.label("name"),
            key.label("key"),
            checked.label("checked"),
            model.id.label("id"),
        ).where(
            model.withdrawal.is_(None),
            model.is_demonstration.is_(False),
            key.is_not(None),  # what has no number cannot be looked up at any office
            or_(checked.is_(None), checked < oldest),
        )
        for kind, model, key, checked in _CHECKED
        if narrowed.kind in {None, kind}
    ]
    if not parts:
        return Found(0, [])
    found = union_all(*parts).subquery()
    total = session.scalar(select(func.count()).select_from(found)) or 0
    if not limit:
        return Found(total, [])
    # Those that were never checked first; the databases sort nothing differently.
    statement = select(found).order_by(
        found.c.checked.is_not(None), found.c.checked, found.c.kind, found.c.id
    )
    items = [
        Item(
            kind=RecordKind(row.kind),
            name=row.name,
            day=row.checked,
            path=path_of(row.kind, row.key),
        )
        for row in session.execute(statement.offset(start).limit(limit))
    ]
    return Found(total, items)


_CHECKED: Final[tuple[tuple[RecordKind, Any, Any, Any], ...]] = (
    (
        RecordKind.TRADEMARK,
        TrademarkRecord,
        TrademarkRecord.registration_no,
        TrademarkRecord.source_checked_on,
    ),
    (RecordKind.ORGANISATION, Organisation, Organisation.uscc, Organisation.status_checked_on),
)
"""Records whose state another office changes, and when that office was last asked."""


def _index(session: Session, asker: Asker, narrowed: Narrowed, start: int, limit: int) -> Found:
    del asker
    wanted = [Outbox.done_at.is_(None), *([Outbox.record_kind == narrowed.kind] if narrowed.kind else [])]
    total = session.scalar(select(func.count()).select_from(Outbox).where(*wanted)) or 0
    items = [
        Item(
            kind=row.record_kind,
            name=row.record_ulid,
            day=china_date(row.created_at),
            path=path_of("permalink", row.record_ulid),
            note=row.last_problem,
        )
        for row in page(session, select(Outbox).where(*wanted).order_by(Outbox.id), start, limit)
    ]
    return Found(total, items)


_LISTS: Final[Mapping[WorkList, Callable[[Session, Asker, Narrowed, int, int], Found]]] = {
    WorkList.RETURNED: _drafts(DraftState.RETURNED),
    WorkList.MY_DRAFTS: _drafts(DraftState.DRAFT),
    WorkList.TO_REVIEW: _to_review,
    WorkList.MANY_STOPS: _stops,
    WorkList.OVERDUE_CORRECTIONS: _corrections,
    WorkList.BATCHES_TO_REVIEW: batches_to_review,
    WorkList.IMPORTS_TO_MEND: imports_to_mend,
    WorkList.OVERDUE_LEADS: _leads,
    WorkList.ANOMALIES: _anomalies,
    WorkList.EXPIRING_MARKS: _marks,
    WorkList.STALE_CHECKS: _stale,
    WorkList.INDEX: _index,
}
