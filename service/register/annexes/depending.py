"""What came to rest on a batch since it was applied: while something does, it cannot be undone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from service.errors import Dependent
from service.register.annexes.rehearsing import drafts_of
from service.register.models import (
    Announcement,
    AnnouncementDocument,
    Authorisation,
    AuthorisationEvent,
    Base,
    Document,
    Organisation,
    ProtectionEvent,
    Recorded,
    Revision,
)
from service.vocabulary import AuthorisationEventKind, DraftState, RecordKind

_CHUNK = 500
_MOST_TOLD = 100
# Parts of the record itself; events, which have a rule of their own; what followers are told of records.
_PARTS = frozenset(
    {
        "organisation_name",
        "former_code",
        "authorisation_event",
        "protection_event",
        "published_change",
        "webhook",
    }
)
_MADE: dict[RecordKind, type[Recorded]] = {
    RecordKind.ORGANISATION: Organisation,
    RecordKind.ANNOUNCEMENT: Announcement,
    RecordKind.DOCUMENT: Document,
}


def dependents_of(session: Session, batch_id: int, undone_by: int | None = None) -> list[Dependent]:
    """Return what rests on a batch: later versions, later events, records and drafts that name what it made.

    `undone_by` is the batch that undoes it, whose own drafts are left out of account.
    """
    drafts = drafts_of(session, batch_id, DraftState.PUBLISHED)
    found = [
        *_later_versions(session, drafts, batch_id),
        *_later_events(session, drafts),
        *_referring_records(session, drafts),
        *_waiting_drafts(session, drafts, undone_by),
    ]
    return list(dict.fromkeys(found))[:_MOST_TOLD]


def _later_versions(session: Session, drafts: Sequence[Revision], batch_id: int) -> Iterator[Dependent]:
    last = {draft.record_ulid: draft.id for draft in drafts}
    for chunk in _chunks(last):
        later = select(Revision.record_kind, Revision.record_key, Revision.record_ulid, Revision.id).where(
            Revision.record_ulid.in_(chunk),
            Revision.state == DraftState.PUBLISHED,
            Revision.batch_id.is_distinct_from(batch_id),
        )
        for kind, key, ulid, number in session.execute(later):
            if number > last[ulid]:
                yield Dependent(kind.value, key, "changed_later")


def _later_events(session: Session, drafts: Sequence[Revision]) -> Iterator[Dependent]:
    """Yield live events that came after on the authorisations it granted or changed; also who voided its own."""
    number = max((draft.revision_number or 0 for draft in drafts), default=0)
    events = [draft.record_ulid for draft in drafts if draft.record_kind is RecordKind.AUTHORISATION_EVENT]
    granted = [draft.record_ulid for draft in drafts if draft.record_kind is RecordKind.AUTHORISATION]
    ids = set(_column(session, AuthorisationEvent.authorisation_id, AuthorisationEvent.ulid, events))
    ids |= set(_column(session, Authorisation.id, Authorisation.ulid, granted))
    for chunk in _chunks(ids):
        rows = session.execute(
            select(
                Authorisation.code,
                AuthorisationEvent.id,
                AuthorisationEvent.kind,
                AuthorisationEvent.voided_event_id,
                AuthorisationEvent.revision_number,
            )
            .join(Authorisation, Authorisation.id == AuthorisationEvent.authorisation_id)
            .where(Authorisation.id.in_(chunk))
            .order_by(AuthorisationEvent.id)
        ).all()
        yield from _live_later(rows, number)


def _live_later(rows: Sequence[Any], number: int) -> Iterator[Dependent]:
    voided = {row.voided_event_id for row in rows}
    own = {row.id for row in rows if row.revision_number <= number}
    for row in rows:
        is_void = row.kind is AuthorisationEventKind.ENTRY_VOIDED
        stands = row.voided_event_id in own if is_void else row.id not in voided
        if row.revision_number > number and stands:
            yield Dependent("authorisation", row.code, row.kind.value)


def _referring_records(session: Session, drafts: Sequence[Revision]) -> Iterator[Dependent]:
    """Yield public records of others that name an organisation, an announcement or a file which the batch made."""
    own = {draft.record_ulid for draft in drafts}
    for kind, model in _MADE.items():
        made = [draft.record_ulid for draft in drafts if draft.record_kind is kind and not draft.base_version]
        keys: dict[int, str] = {}
        for chunk in _chunks(made):
            rows = session.execute(select(model.id, model.ulid).where(model.ulid.in_(chunk)))
            keys |= {row.id: row.ulid for row in rows}
        for table in Base.metadata.sorted_tables:
            if table.name not in _PARTS:
                yield from _rows_naming(session, table, model.__tablename__, keys, own)
        if model is Announcement:
            yield from _events_citing(session, keys, drafts)


def _rows_naming(
    session: Session, table: Table, wanted: str, keys: Iterable[int], own: set[str]
) -> Iterator[Dependent]:
    for column in (
        each for each in table.columns if any(key.column.table.name == wanted for key in each.foreign_keys)
    ):
        if table is AnnouncementDocument.__table__ and wanted != "document":
            continue
        for chunk in _chunks(keys):
            statement = select(*_naming(table)).where(column.in_(chunk))
            if "withdrawal" in table.c:
                statement = statement.where(table.c.withdrawal.is_(None))
            for name, ulid in session.execute(_with_owner(statement, table)):
                if ulid not in own:
                    yield Dependent(table.name, str(name), "names_it")


def _naming(table: Table) -> tuple[Any, Any]:
    """Return the columns by which a row is told to people, and by which its record is known."""
    if table is AnnouncementDocument.__table__:
        return Announcement.__table__.c.code, Announcement.__table__.c.ulid
    name = next(
        (table.c[each] for each in ("code", "registration_no", "slug", "name") if each in table.c), table.c.id
    )
    return name, table.c.ulid if "ulid" in table.c else table.c.id


def _with_owner(statement: Any, table: Table) -> Any:
    if table is not AnnouncementDocument.__table__:
        return statement
    return statement.join_from(table, Announcement.__table__).where(Announcement.withdrawal.is_(None))


def _events_citing(session: Session, keys: Iterable[int], drafts: Sequence[Revision]) -> Iterator[Dependent]:
    """Yield live events of others that stand on an announcement which the batch made."""
    numbers = {draft.revision_number for draft in drafts}
    for model in (AuthorisationEvent, ProtectionEvent):
        voided = select(model.voided_event_id).where(model.voided_event_id.is_not(None))
        for chunk in _chunks(keys):
            standing = select(model.ulid, model.revision_number).where(
                model.announcement_id.in_(chunk), model.id.not_in(voided)
            )
            for ulid, number in session.execute(standing):
                if number not in numbers:
                    yield Dependent(model.__tablename__, ulid, "cites_it")


def _waiting_drafts(
    session: Session, drafts: Sequence[Revision], undone_by: int | None
) -> Iterator[Dependent]:
    """Yield drafts in review that name what the batch made: published after, they would name what is gone."""
    made = {
        text
        for draft in drafts
        if not draft.base_version
        for text in (
            draft.record_key,
            draft.record_key.removeprefix("name:"),
            draft.record_key.replace(":", "-"),
        )
    }
    waiting = select(Revision.record_kind, Revision.record_key, Revision.payload).where(
        Revision.state.in_((DraftState.DRAFT, DraftState.IN_REVIEW)),
        Revision.batch_id.is_distinct_from(undone_by),
    )
    for kind, key, payload in session.execute(waiting):
        named = {
            each
            for value in payload.values()
            for each in (value if isinstance(value, list) else [value])
            if isinstance(each, str)
        }
        if named & made:
            yield Dependent(kind.value, key, "draft_names_it")


def _column(session: Session, wanted: Any, by: Any, ulids: Sequence[str]) -> Iterator[int]:
    for chunk in _chunks(ulids):
        yield from session.scalars(select(wanted).where(by.in_(chunk)))


def _chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    found = list(items)
    for start in range(0, len(found), _CHUNK):
        yield found[start : start + _CHUNK]
