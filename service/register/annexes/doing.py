"""Doing an errand: the work and the note that it is done are one transaction; what the register refuses is noted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from service.calendar import Clock
from service.errors import CannotConfirm, RegisterError, UploadRefused
from service.register import editing
from service.register.annexes import errands, preparing
from service.register.annexes.desk import Desk, Progress
from service.register.annexes.drafting import draft_batch, dry_run
from service.register.annexes.intake import Intake
from service.register.annexes.previewing import Preview, preview
from service.register.annexes.publishing import apply_batch, return_batch
from service.register.annexes.rehearsing import Refusal
from service.register.annexes.undoing import draft_undo
from service.register.annexes.wording import broken_rule, problem_of, refusal_facts
from service.register.database import Database
from service.register.models import (
    AnnexErrand,
    AnnexPreparation,
    ImportBatch,
    PreviewedRow,
    RegistryState,
    StaffUser,
)
from service.vocabulary import ErrandKind

_AT_ONCE: Final = 1000
_MOST_TOLD: Final = 200


@dataclass(frozen=True, slots=True)
class _Looked:
    """How an annex looked, and at which revision of the registry."""

    seen: Preview
    revision: int


@dataclass(frozen=True, slots=True)
class Doer:
    """Where errands are done: the register, the clock, where files are kept, and who watches.

    The moment of what an errand does is taken when the registry is locked, not when its process began: what others
    published while it waited came before it, and may have been yesterday.
    """

    database: Database
    clock: Clock
    documents_dir: Path
    progress: Progress | None = None

    def do(self, ulid: str) -> None:
        """Do an errand that was asked for, if it is not done yet.

        Raises:
            CannotConfirm: the register cannot be reached or written now; nothing happened.
        """
        try:
            self._do(ulid)
        except CannotConfirm:
            raise
        except RegisterError as error:
            with self.database.writing() as session:
                if (errand := errands.take_up(session, ulid)) is not None:
                    errands.end(session, errand, at=self.clock.now(), refusal=refusal_facts(error))

    def _do(self, ulid: str) -> None:
        # What a stranger's file holds is read before the register is locked.
        with self.database.reading() as session:
            errand = session.scalars(select(AnnexErrand).where(AnnexErrand.ulid == ulid)).one()
            if errand.ended_at is not None:
                return
            read = self._read(session, errand)
            looked = self._look(session, errand, read)
        with self.database.writing() as session:
            editing.lock_registry(session)
            found = errands.take_up(session, ulid)
            if found is None:  # another process did it meanwhile
                return
            desk = Desk(
                session,
                session.get_one(StaffUser, found.asked_by_id),
                self.clock.now(),
                self.documents_dir,
                self.progress,
            )
            result = _of_batch(desk, found) if read is None else _of_annex(desk, found, read, looked)
            errands.end(session, found, at=desk.at, result=result)

    def _read(self, session: Session, errand: AnnexErrand) -> tuple[bytes, Intake] | None:
        if errand.preparation_id is None:
            return None
        preparation = session.get_one(AnnexPreparation, errand.preparation_id)
        return preparing.read_again(preparation, self.documents_dir)

    def _look(
        self, session: Session, errand: AnnexErrand, read: tuple[bytes, Intake] | None
    ) -> _Looked | None:
        """Preview without holding up anybody who writes; the other errands look again in their own transaction."""
        if errand.kind is not ErrandKind.LOOK or read is None:
            return None
        preparation = session.get_one(AnnexPreparation, errand.preparation_id)
        choices, facts = preparing.choices_of(preparation), preparing.facts_of(preparation)
        return _Looked(preview(session, read[1], choices, facts, self.progress), _revision(session))


def _revision(session: Session) -> int:
    return session.scalar(select(RegistryState.revision_number)) or 0


def _of_annex(
    desk: Desk, errand: AnnexErrand, read: tuple[bytes, Intake], looked: _Looked | None
) -> dict[str, Any]:
    preparation = desk.session.get_one(AnnexPreparation, errand.preparation_id)
    errands.demand_open(desk.session, preparation)
    content, intake = read
    choices, facts = preparing.choices_of(preparation), preparing.facts_of(preparation)
    if errand.kind is ErrandKind.DRAFT:
        batch = draft_batch(
            *(desk, content, intake, choices, facts),
            only_valid=errand.only_valid,
            override_reason=errand.reason,
        )
        if batch is None:
            return {"changes_nothing": True}
        preparation.batch_id, preparation.has_problems = batch.id, False
        errands.forget_rows(desk.session, preparation)
        return {"batch": batch.ulid}
    if looked is not None:
        _keep(desk, preparation, looked, None)
    else:
        seen, refusals = dry_run(desk, intake, choices, facts)
        _keep(desk, preparation, _Looked(seen, _revision(desk.session)), refusals)
    return {}


def _keep(
    desk: Desk, preparation: AnnexPreparation, looked: _Looked, refusals: Sequence[Refusal] | None
) -> None:
    """Keep how the annex looks: its figures, every row, and what a dry run found, where one was made."""
    seen, counts = looked.seen, looked.seen.counts
    preparation.preview = {
        "revision": looked.revision,
        "at": desk.at.isoformat(),
        "number": seen.number,
        "rows": counts.rows,
        "firms": counts.firms,
        "products": counts.products,
        "records": len(seen.records),
        "actions": {action.value: number for action, number in counts.actions.items()},
        "declared": asdict(seen.declared),
        "differences": [asdict(each) for each in counts.differences],
        "changes_nothing": seen.changes_nothing,
        "is_valid": seen.is_valid,
        "refusals": None if refusals is None else [_told(each) for each in refusals[:_MOST_TOLD]],
    }
    preparation.has_problems = bool(not seen.is_valid or counts.differences or refusals)
    errands.forget_rows(desk.session, preparation)
    for start in range(0, len(seen.rows), _AT_ONCE):
        rows = [
            {
                "preparation_id": preparation.id,
                "table_number": row.table,
                "line": row.line,
                "cells": list(row.cells),
                "action": row.action,
                "problems": [asdict(found) for found in (*row.problems, *row.notes)],
                "target": row.target or None,
            }
            for row in seen.rows[start : start + _AT_ONCE]
        ]
        desk.session.execute(insert(PreviewedRow), rows)


def _told(refusal: Refusal) -> dict[str, str]:
    error = refusal.error
    found = problem_of(0, error) if isinstance(error, RegisterError) else broken_rule(error)
    return {"kind": refusal.record_kind, "key": refusal.record_key, "zh": found.zh, "en": found.en}


def _apply(desk: Desk, batch: ImportBatch, errand: AnnexErrand) -> dict[str, Any]:
    if errand.editions is None:  # it was asked for before editions were kept
        raise UploadRefused("look_not_noted")
    return asdict(apply_batch(desk, batch.ulid, only_valid=errand.only_valid, editions=errand.editions))


def _return(desk: Desk, batch: ImportBatch, errand: AnnexErrand) -> dict[str, Any]:
    return {"returned": return_batch(desk, batch.ulid, errand.reason or "")}


def _undo(desk: Desk, batch: ImportBatch, errand: AnnexErrand) -> dict[str, Any]:
    return {"batch": draft_undo(desk, batch.ulid, errand.reason or "").ulid}


_BATCH_ERRANDS: Final[Mapping[ErrandKind, Callable[[Desk, ImportBatch, AnnexErrand], dict[str, Any]]]] = {
    ErrandKind.APPLY: _apply,
    ErrandKind.RETURN: _return,
    ErrandKind.UNDO: _undo,
}


def _of_batch(desk: Desk, errand: AnnexErrand) -> dict[str, Any]:
    batch = desk.session.get_one(ImportBatch, errand.batch_id)
    return _BATCH_ERRANDS[errand.kind](desk, batch, errand)
