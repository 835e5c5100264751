"""A second person applies a batch: all of it or its valid part, in one publication, by the path of every draft."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, load_only

from service.errors import FourEyes, ImportRefused, RegisterError, RowProblem, UndoRefused, UploadRefused
from service.register import editing
from service.register.annexes.depending import dependents_of
from service.register.annexes.desk import Batch, Desk, find_batch
from service.register.annexes.known import read_known
from service.register.annexes.rehearsing import drafts_of, rehearse
from service.register.annexes.values import name_key
from service.register.annexes.wording import broken_rule, problem, problem_of
from service.register.lookups.batch_hands import had_hand
from service.register.models import (
    AnnexRow,
    ImportBatch,
    Protection,
    Revision,
    StaffUser,
)
from service.register.rights import demand
from service.vocabulary import BatchState, DraftState, RecordKind, StaffAct

_PUBLISHABLE: Final = frozenset({DraftState.IN_REVIEW, DraftState.PUBLISHED})


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a batch: the registry's new revision number, drafts published and drafts returned."""

    revision_number: int | None
    published: int
    returned: int


def apply_batch(desk: Desk, ulid: str, *, only_valid: bool = False, editions: str | None = None) -> Applied:
    """Publish a batch in the name of a second person, all of it or none; or its valid rows, and return the rest.

    A row is published with all that it brings, and an undoing is never published in part.

    `editions`: what was looked at, where that was before this transaction (`editions_of`).

    Raises:
        UploadRefused: not_waiting, taken_apart, undo_taken_apart, edited_since.
        ImportRefused: a draft was refused, or only part of a row waits; its line says which and why.
        UndoRefused: it undoes a batch on which later entries rest by now.
        FourEyes, NotPermitted: as `editing.publish`.
    """
    # Whatever is published meanwhile is seen by the checks below, and nothing can be until this is done.
    editing.lock_registry(desk.session)
    batch = find_batch(desk.session, ulid)
    if batch.state is not BatchState.IN_REVIEW:
        raise UploadRefused("not_waiting", batch.state.zh)
    demand_second_person(desk.session, batch, desk.by)
    _demand_whole(desk.session, batch)
    if editions is not None:
        demand_looked_at(desk.session, batch, editions)
    _demand_still_undoable(desk, batch)
    drafts = drafts_of(desk.session, batch.file.id)
    only_valid = only_valid and batch.annex.undoes_id is None
    refused = _refused(desk, batch, drafts) if only_valid else {}
    if not only_valid and (doubled := _granted_meanwhile(desk, drafts)):
        raise ImportRefused(batch.file.file_name, _problems(desk, batch, doubled))
    for draft in drafts:
        if draft.ulid in refused:
            editing.return_for_changes(
                desk.session, draft, by=desk.by, at=desk.at, reason=refused[draft.ulid]
            )
    wanted = [draft for draft in drafts if draft.ulid not in refused]
    number = _publish(desk, batch, wanted) if wanted else None
    return Applied(number, len(wanted), len(refused))


def editions_of(session: Session, batch: Batch) -> str:
    """Return which drafts of a batch wait for review, and in which edition, as one digest: what a reviewer sees."""
    statement = select(Revision.ulid, Revision.edition).where(
        Revision.batch_id == batch.file.id, Revision.state == DraftState.IN_REVIEW
    )
    rows = session.execute(statement.order_by(Revision.id))
    return sha256("\n".join(f"{ulid} {edition}" for ulid, edition in rows).encode()).hexdigest()


def revised_drafts(session: Session, batch: Batch) -> Sequence[Revision]:
    """Return the drafts of a batch that wait for review and say something else than the rows that were read."""
    statement = select(Revision).where(
        Revision.batch_id == batch.file.id, Revision.state == DraftState.IN_REVIEW, Revision.edition > 1
    )
    told = load_only(Revision.ulid, Revision.record_kind, Revision.record_key, Revision.edition)
    return session.scalars(statement.options(told).order_by(Revision.id)).all()


def demand_looked_at(session: Session, batch: Batch, editions: str) -> None:
    """Refuse a batch of which something was written or decided since it was looked at: nobody publishes the unseen.

    Raises:
        UploadRefused: edited_since.
    """
    if editions != editions_of(session, batch):
        raise UploadRefused("edited_since")


def demand_second_person(session: Session, batch: Batch, by: StaffUser) -> None:
    """Refuse whoever is no reviewer or is a person who had a hand in the batch, whatever stands in it.

    One person may stop a wrong, one authorisation at a time (`editing.stopping`); a list of them never goes through
    one pair of hands. Source: security reference T34.

    Raises:
        NotPermitted, FourEyes.
    """
    demand(session, by, StaffAct.PUBLISH)
    if had_hand(session, batch.file, by.person):
        raise FourEyes(batch.file.ulid, by.person)


def return_batch(desk: Desk, ulid: str, reason: str) -> int:
    """Give a whole batch back with the reason and return how many drafts it was.

    Raises:
        UploadRefused: not_waiting.
        NotPermitted: as `editing.return_for_changes`.
    """
    batch = find_batch(desk.session, ulid)
    if batch.state is not BatchState.IN_REVIEW:
        raise UploadRefused("not_waiting", batch.state.zh)
    drafts = drafts_of(desk.session, batch.file.id)
    for done, draft in enumerate(drafts, start=1):
        editing.return_for_changes(desk.session, draft, by=desk.by, at=desk.at, reason=reason)
        if desk.progress:
            desk.progress(done, len(drafts))
    return len(drafts)


def _demand_whole(session: Session, batch: Batch) -> None:
    """Refuse a batch of which somebody took drafts out, so that half a row or half an undoing would be published."""
    if batch.annex.undoes_id is not None and set(batch.drafts) != {DraftState.IN_REVIEW}:
        raise UploadRefused("undo_taken_apart")
    if DraftState.DRAFT in batch.drafts:
        raise UploadRefused("taken_apart")
    if set(batch.drafts) <= _PUBLISHABLE:
        return
    statement = select(Revision.ulid, Revision.state).where(Revision.batch_id == batch.file.id)
    states = {row.ulid: row.state for row in session.execute(statement)}
    found = select(AnnexRow.line, AnnexRow.drafts).where(AnnexRow.batch_id == batch.file.id)
    rows = session.execute(found.order_by(AnnexRow.id)).all()
    # A firm that a whole row brings may be that of another row, of which the grant was given up.
    whole = {ulid for _, row in rows if {states[each] for each in row} <= _PUBLISHABLE for ulid in row}
    waiting = {ulid for ulid, state in states.items() if state is DraftState.IN_REVIEW} - whole
    if halves := [problem(line, "", "row_taken_apart") for line, row in rows if waiting & set(row)]:
        raise ImportRefused(batch.file.file_name, halves)


def _publish(desk: Desk, batch: Batch, drafts: Sequence[Revision]) -> int:
    lines = _lines(desk, batch.file.id)
    try:
        return editing.publish(desk.session, drafts, by=desk.by, at=desk.at, progress=desk.progress)
    except RegisterError as error:
        line = lines.get(getattr(error, "draft_ulid", ""))
        if line is None:
            raise
        raise ImportRefused(batch.file.file_name, [problem_of(line, error)]) from error
    except IntegrityError as error:
        raise ImportRefused(batch.file.file_name, [broken_rule(error)]) from error


def _demand_still_undoable(desk: Desk, batch: Batch) -> None:
    if batch.annex.undoes_id is None:
        return
    original = desk.session.get_one(ImportBatch, batch.annex.undoes_id)
    found = dependents_of(desk.session, original.id, undone_by=batch.file.id)
    if found:
        raise UndoRefused(original.ulid, found)


def _granted_meanwhile(desk: Desk, drafts: Iterable[Revision]) -> dict[str, str]:
    """Return the new grants, with the code of the one that came between: a firm is granted a right once."""
    grants = [
        draft for draft in drafts if draft.record_kind is RecordKind.AUTHORISATION and not draft.base_version
    ]
    named = {str(draft.payload["organisation"]) for draft in grants}
    known = read_known(desk.session, named, named, set())
    codes = {row.id: row.code for row in desk.session.execute(select(Protection.id, Protection.code))}
    held: dict[tuple[str, str], str] = {}
    for text in named:
        for organisation in [known.by_code.get(text), *known.by_name.get(name_key(text), [])]:
            for each in known.authorisations.get(organisation.id, []) if organisation else []:
                held[text, codes[each.protection_id]] = each.code
    found = {
        draft.ulid: (str(draft.payload["organisation"]), str(draft.payload["protection"])) for draft in grants
    }
    return {ulid: held[place] for ulid, place in found.items() if place in held}


def _refused(desk: Desk, batch: Batch, drafts: Sequence[Revision]) -> dict[str, str]:
    """Return the drafts that cannot be published, with the reason, and those of rows that need one of them."""
    bad = {each.draft: _reason(each.error) for each in rehearse(desk.session, batch.file.id, desk.at)}
    doubled = problem(0, "", "already_active")
    bad |= {ulid: f"{doubled.zh} {code}" for ulid, code in _granted_meanwhile(desk, drafts).items()}
    rows = desk.session.scalars(select(AnnexRow.drafts).where(AnnexRow.batch_id == batch.file.id)).all()
    spoiled = [(row, next(bad[ulid] for ulid in row if ulid in bad)) for row in rows if set(row) & bad.keys()]
    needed = {ulid for row in rows if not set(row) & bad.keys() for ulid in row}
    for row, reason in spoiled:
        bad |= {ulid: reason for ulid in row if ulid not in needed and ulid not in bad}
    return bad


def _reason(error: RegisterError | IntegrityError) -> str:
    if isinstance(error, IntegrityError):
        return broken_rule(error).zh
    found = problem_of(0, error)
    return f"{found.zh} {found.value}".strip()


def _problems(desk: Desk, batch: Batch, doubled: dict[str, str]) -> list[RowProblem]:
    lines = _lines(desk, batch.file.id)
    return [problem(lines.get(ulid, 0), "", "already_active", code) for ulid, code in doubled.items()]


def _lines(desk: Desk, batch_id: int) -> dict[str, int]:
    """Return the line of each draft's first row."""
    lines: dict[str, int] = {}
    statement = select(AnnexRow.line, AnnexRow.drafts).where(AnnexRow.batch_id == batch_id)
    for line, drafts in desk.session.execute(statement.order_by(AnnexRow.id)):
        for ulid in drafts:
            lines.setdefault(ulid, line)
    return lines
