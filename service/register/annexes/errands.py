"""Errands: what takes long is asked for at the desk, done by the worker in the name of who asked, and told afterwards.

Asking is one row and one act of the trail; doing it (`doing.py`) is one transaction with the note that it is done, so
that a process that dies leaves an errand that was not begun. Decision 0019.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.errors import RecordNotFound, UploadRefused
from service.register import auditing, editing
from service.register.annexes.desk import Desk, find_batch
from service.register.annexes.publishing import demand_looked_at, demand_second_person
from service.register.annexes.wording import refusal_facts
from service.register.models import AnnexErrand, AnnexPreparation, ImportBatch, PreviewedRow
from service.register.rights import demand
from service.vocabulary import ErrandKind, StaffAct

ANNEX: Final = "annex"
BATCH: Final = "batch"
MOST_CRASHES: Final = 3
MOST_PUT_OFF: Final = 200
"""So often an errand is put off: more than an hour, as the worker waits between two attempts."""
Subject = AnnexPreparation | ImportBatch
_ACTS: Final[Mapping[ErrandKind, StaffAct]] = {
    ErrandKind.LOOK: StaffAct.IMPORT,
    ErrandKind.TRY: StaffAct.IMPORT,
    ErrandKind.DRAFT: StaffAct.IMPORT,
    ErrandKind.UNDO: StaffAct.IMPORT,
    ErrandKind.APPLY: StaffAct.PUBLISH,
    ErrandKind.RETURN: StaffAct.RETURN,
}


def ask(
    desk: Desk,
    kind: ErrandKind,
    of: Subject,
    *,
    only_valid: bool = False,
    reason: str | None = None,
    editions: str = "",
) -> AnnexErrand:
    """Return the errand that was put down for the worker, one at a time for each annex and batch.

    `editions`: of a batch that is to be applied, what was looked at (`publishing.editions_of`).

    Raises:
        UploadRefused: errand_waiting; closed; edited_since.
        NotPermitted, FourEyes: who asks may not; it is asked again when the errand is done.
    """
    errand = put_down(desk, kind, of, only_valid=only_valid, reason=reason, editions=editions)
    subject = BATCH if isinstance(of, ImportBatch) else ANNEX
    made = auditing.Act(f"asked_{kind.value}", subject, of.ulid, {}, reason)
    auditing.append(
        desk.session, editing.lock_registry(desk.session), [made], at=desk.at, actor_id=desk.by.id
    )
    return errand


def put_down(
    desk: Desk,
    kind: ErrandKind,
    of: Subject,
    *,
    only_valid: bool = False,
    reason: str | None = None,
    editions: str = "",
) -> AnnexErrand:
    """Put an errand down as part of an act that has its own row on the trail; raises as `ask` does."""
    demand(desk.session, desk.by, _ACTS[kind])
    editing.lock_registry(desk.session)  # two who ask at once come one after another
    demand_idle(desk.session, of)
    is_batch = isinstance(of, ImportBatch)
    if isinstance(of, AnnexPreparation):
        demand_open(desk.session, of)
    if kind is ErrandKind.APPLY:
        batch = find_batch(desk.session, of.ulid)
        demand_second_person(desk.session, batch, desk.by)
        demand_looked_at(desk.session, batch, editions)
    errand = AnnexErrand(
        kind=kind,
        preparation_id=None if is_batch else of.id,
        batch_id=of.id if is_batch else None,
        only_valid=only_valid,
        reason=reason,
        editions=editions or None,
        asked_by_id=desk.by.id,
        asked_at=desk.at,
    )
    desk.session.add(errand)
    desk.session.flush()  # its identifier is wanted by who asked
    return errand


def demand_open(session: Session, preparation: AnnexPreparation) -> None:
    """Refuse a preparation that became a batch or was given up; the registry is locked by then.

    It was read before the lock was ours: on PostgreSQL the worker may have made a batch of it since.

    Raises:
        UploadRefused: closed.
    """
    session.flush()  # what this very transaction said of it stays
    session.refresh(preparation)
    if preparation.batch_id is not None or preparation.given_up_at is not None:
        raise UploadRefused("closed")


def demand_idle(session: Session, of: Subject) -> None:
    """Refuse while the worker still has an errand with it.

    Raises:
        UploadRefused: errand_waiting.
    """
    last = latest(session, of)
    if last is not None and last.ended_at is None:
        raise UploadRefused("errand_waiting")


def latest(session: Session, of: Subject) -> AnnexErrand | None:
    """Return the last errand with an annex or a batch."""
    column = AnnexErrand.batch_id if isinstance(of, ImportBatch) else AnnexErrand.preparation_id
    return session.scalars(select(AnnexErrand).where(column == of.id).order_by(AnnexErrand.id.desc())).first()


def next_errand(session: Session) -> str | None:
    """Return the identifier of the errand to be done now: the first asked for of those put off least often."""
    waiting = select(AnnexErrand.ulid).where(AnnexErrand.ended_at.is_(None))
    return session.scalars(waiting.order_by(AnnexErrand.put_off, AnnexErrand.id)).first()


def find_errand(session: Session, ulid: str) -> AnnexErrand:
    """Return the errand with this identifier.

    Raises:
        RecordNotFound: there is none.
    """
    found = session.scalars(select(AnnexErrand).where(AnnexErrand.ulid == ulid)).one_or_none()
    if found is None:
        raise RecordNotFound("errand", ulid)
    return found


def take_up(session: Session, ulid: str) -> AnnexErrand | None:
    """Return the errand, locked, unless it is done already."""
    return session.scalars(
        select(AnnexErrand).where(AnnexErrand.ulid == ulid, AnnexErrand.ended_at.is_(None)).with_for_update()
    ).one_or_none()


def note_crash(session: Session, ulid: str, *, at: datetime) -> None:
    """Count that the process which did an errand died; after the third time it is given up."""
    errand = take_up(session, ulid)
    if errand is None:  # it was done, and the process died after that
        return
    errand.crashes += 1
    if errand.crashes >= MOST_CRASHES:
        end(session, errand, at=at, refusal=refusal_facts(UploadRefused("errand_crashed")))


def note_put_off(session: Session, ulid: str, *, at: datetime) -> None:
    """Count that an errand could not write while this can: others go before it, and one day it is given up."""
    errand = take_up(session, ulid)
    if errand is None:
        return
    errand.put_off += 1
    if errand.put_off >= MOST_PUT_OFF:
        end(session, errand, at=at, refusal=refusal_facts(UploadRefused("errand_put_off")))


def end(
    session: Session,
    errand: AnnexErrand,
    *,
    at: datetime,
    refusal: dict[str, Any] | None = None,
    result: dict[str, Any] | None = None,
) -> None:
    """Note that an errand is done, or why it was refused; an open import of which one was refused has problems."""
    errand.ended_at, errand.refusal, errand.result = at, refusal, result
    if refusal is not None and errand.preparation_id is not None:
        preparation = session.get_one(AnnexPreparation, errand.preparation_id)
        preparation.has_problems = preparation.batch_id is None and preparation.given_up_at is None


def forget_rows(session: Session, preparation: AnnexPreparation) -> None:
    """Let the rows go that an earlier preview left."""
    session.execute(delete(PreviewedRow).where(PreviewedRow.preparation_id == preparation.id))
