"""What waits at the staff desk: lists counted and read from the register at this moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from service.addresses import path_of
from service.calendar import china_date
from service.identifiers import AnnouncementNumber
from service.register.anomalies import find_anomalies
from service.register.corrections import overdue_corrections
from service.register.editing.lone_stops import many_stops
from service.register.leads import Deadline, overdue_leads
from service.register.lifecycle import GRACE_MONTHS, add_months
from service.register.models import (
    AnnexBatch,
    AnnexPreparation,
    ImportBatch,
    Organisation,
    Outbox,
    Revision,
    StaffUser,
    TrademarkRecord,
)
from service.register.rights import Held
from service.vocabulary import (
    Anomaly,
    DraftState,
    Issuer,
    LeadKind,
    MarkStatus,
    RecordKind,
    StaffAct,
    Vocabulary,
    WorkList,
)

OPEN_TO: Final[Mapping[WorkList, StaffAct]] = {
    WorkList.RETURNED: StaffAct.DRAFT,
    WorkList.MY_DRAFTS: StaffAct.DRAFT,
    WorkList.TO_REVIEW: StaffAct.PUBLISH,
    WorkList.MANY_STOPS: StaffAct.SEE_ALERTS,
    WorkList.OVERDUE_CORRECTIONS: StaffAct.READ_RECORDS,
    WorkList.BATCHES_TO_REVIEW: StaffAct.PUBLISH,
    WorkList.IMPORTS_TO_MEND: StaffAct.IMPORT,
    WorkList.OVERDUE_LEADS: StaffAct.SEE_LEADS,
    WorkList.ANOMALIES: StaffAct.READ_RECORDS,
    WorkList.EXPIRING_MARKS: StaffAct.READ_RECORDS,
    WorkList.STALE_CHECKS: StaffAct.READ_RECORDS,
    WorkList.INDEX: StaffAct.READ_RECORDS,
}
"""The act that opens a list to somebody."""

WITHIN_MONTHS: Final = (12, 6, 3)
IN_GRACE: Final = 0
"""Instead of a number of months: marks whose term has ended and that may still be renewed."""
TOLD_FOR: Final = timedelta(days=7)
"""So long it is told that one person stopped many wrongs alone."""
STALE_AFTER: Final = timedelta(days=365)
_SURROUNDING_DAYS: Final = 4

_Thing = TypeVar("_Thing")


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom the lists are made, and on which day; one for each transaction.

    `whole` keeps the lists that are not found page by page: counted and then shown, they are found once.
    """

    user: StaffUser
    held: Held
    today: date
    whole: dict[WorkList, Sequence[Any]] = field(default_factory=dict, repr=False)

    def once(self, which: WorkList, find: Callable[[], Sequence[_Thing]]) -> Sequence[_Thing]:
        """Return the whole list, found when it is asked for first."""
        if which not in self.whole:
            self.whole[which] = find()
        return self.whole[which]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a list is narrowed to: a kind of record, for marks the months to their end, a kind of anomaly."""

    kind: RecordKind | None = None
    within: int = WITHIN_MONTHS[0]
    anomaly: Anomaly | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that waits; `day` is what the list is about: a deadline, an end, the day of an act.

    `path` leads to its public page, of a lead to its page at the desk; `draft_ulid` names a draft. `count` is how
    many acts or working days it is about, `counts` what was declared and what was found.
    """

    kind: Vocabulary
    name: str
    day: date | None
    path: str | None = None
    draft_ulid: str | None = None
    note: str | None = None
    deadline: Deadline | None = None
    count: int | None = None
    counts: tuple[int, int] | None = None
    is_demonstration: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a list, and how many things the whole list has."""

    total: int
    items: Sequence[Item]


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
    return Found(total, [_draft_item(each) for each in _page(session, statement, start, limit)])


def _draft_item(draft: Revision) -> Item:
    moment = draft.decided_at or draft.submitted_at or draft.edited_at
    return Item(
        kind=draft.record_kind,
        name=str(draft.payload.get("name") or draft.payload.get("title") or draft.record_key),
        day=china_date(moment),
        draft_ulid=draft.ulid,
        note=draft.return_reason if draft.state is DraftState.RETURNED else draft.change_note,
    )


def _batches_to_review(session: Session, asker: Asker, narrowed: Narrowed, start: int, limit: int) -> Found:
    del narrowed
    waits = exists().where(
        Revision.batch_id == ImportBatch.id, Revision.state.in_((DraftState.IN_REVIEW, DraftState.DRAFT))
    )
    return _read_batches(session, [waits, StaffUser.person != asker.user.person], start, limit)


def _read_batches(session: Session, wanted: Sequence[ColumnElement[bool]], start: int, limit: int) -> Found:
    found = (
        select(ImportBatch, AnnexBatch)
        .join(AnnexBatch, AnnexBatch.batch_id == ImportBatch.id)
        .join(StaffUser, StaffUser.id == ImportBatch.imported_by_id)
        .where(*wanted)
    )
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = session.execute(found.order_by(ImportBatch.id).offset(start).limit(limit)) if limit else ()
    return Found(total, [_batch_item(file, annex) for file, annex in rows])


def _batch_item(file: ImportBatch, annex: AnnexBatch) -> Item:
    return Item(
        kind=annex.issuer,
        name=AnnouncementNumber.parse(annex.number).printed,
        day=china_date(file.imported_at),
        path=f"/staff/imports/batches/{file.ulid}",
        note=annex.undo_reason or annex.override_reason or file.file_name,
    )


def _imports_to_mend(session: Session, asker: Asker, narrowed: Narrowed, start: int, limit: int) -> Found:
    """Return one's own imports that cannot be handed over as they are, and batches of which something came back."""
    del narrowed
    unfinished = select(AnnexPreparation).where(
        AnnexPreparation.has_problems, AnnexPreparation.begun_by_id == asker.user.id
    )
    total = session.scalar(select(func.count()).select_from(unfinished.subquery())) or 0
    items = [
        Item(
            kind=Issuer(each.facts["issuer"]),
            name=str(each.facts["number"]),
            day=china_date(each.begun_at),
            path=f"/staff/imports/{each.ulid}",
            note=each.file_name,
        )
        for each in _page(session, unfinished.order_by(AnnexPreparation.id), start, limit)
    ]
    came_back = exists().where(Revision.batch_id == ImportBatch.id, Revision.state == DraftState.RETURNED)
    batches = _read_batches(
        session,
        [came_back, ImportBatch.imported_by_id == asker.user.id],
        max(start - total, 0),
        limit - len(items),
    )
    return Found(total + batches.total, [*items, *batches.items])


def _page(session: Session, statement: Select[Any], start: int, limit: int) -> Sequence[Any]:
    return session.scalars(statement.offset(start).limit(limit)).all() if limit else []


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
    found = asker.once(WorkList.OVERDUE_CORRECTIONS, lambda: overdue_corrections(session, asker.today))
    items = [
        Item(
            kind=RecordKind.AUTHORISATION,
            name=each.authorisation.organisation.name,
            day=each.last_day,
            path=f"/staff/records/authorisation/{each.authorisation.ulid}",
            note=each.authorisation.code,
            count=each.days_late,
            is_demonstration=each.authorisation.is_demonstration,
        )
        for each in found[start : start + limit]
    ]
    return Found(len(found), items)


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
    overdue = overdue_leads(session, asker.today)
    items = [
        Item(
            kind=LeadKind(lead.kind),
            name=lead.receipt,
            day=deadline.last_day,
            path=f"/staff/leads/{lead.receipt}",
            deadline=deadline,
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
        for mark in _page(session, statement, start, limit)
    ]
    return Found(total, items)


def _term_ends(today: date, within: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the condition that a term ends within so many months, by the same months as a mark's status."""
    if within == IN_GRACE:
        first = add_months(today, -GRACE_MONTHS)
        earliest = min(day for day in _around(first) if add_months(day, GRACE_MONTHS) > today)
        return TrademarkRecord.term_to >= earliest, TrademarkRecord.term_to <= today
    last = add_months(today, within)
    latest = max(day for day in _around(last) if add_months(day, -within) <= today)
    return TrademarkRecord.term_to > today, TrademarkRecord.term_to <= latest


def _around(day: date) -> list[date]:
    """Return the days next to a day: months differ in length, so the last one that counts may be a neighbour."""
    return [day + timedelta(days=off) for off in range(-_SURROUNDING_DAYS, _SURROUNDING_DAYS + 1)]


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
        for row in _page(session, select(Outbox).where(*wanted).order_by(Outbox.id), start, limit)
    ]
    return Found(total, items)


_LISTS: Final[Mapping[WorkList, Callable[[Session, Asker, Narrowed, int, int], Found]]] = {
    WorkList.RETURNED: _drafts(DraftState.RETURNED),
    WorkList.MY_DRAFTS: _drafts(DraftState.DRAFT),
    WorkList.TO_REVIEW: _to_review,
    WorkList.MANY_STOPS: _stops,
    WorkList.OVERDUE_CORRECTIONS: _corrections,
    WorkList.BATCHES_TO_REVIEW: _batches_to_review,
    WorkList.IMPORTS_TO_MEND: _imports_to_mend,
    WorkList.OVERDUE_LEADS: _leads,
    WorkList.ANOMALIES: _anomalies,
    WorkList.EXPIRING_MARKS: _marks,
    WorkList.STALE_CHECKS: _stale,
    WorkList.INDEX: _index,
}
