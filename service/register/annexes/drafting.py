"""From a preview to drafts in review: one batch, with its file kept and every row as it was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from service.errors import ImportRefused, UploadRefused
from service.register import editing
from service.register.annexes import desk as desks
from service.register.annexes.desk import Desk
from service.register.annexes.facts import Choice, Facts
from service.register.annexes.intake import Intake
from service.register.annexes.mapping import remember
from service.register.annexes.previewing import Place, Preview, preview
from service.register.annexes.rehearsing import Refusal, rehearse
from service.register.models import AnnexBatch, AnnexRow, ImportBatch
from service.register.payloads import PAYLOADS, Payload
from service.register.rights import demand
from service.register.storing import store
from service.vocabulary import RecordKind, StaffAct

_AT_ONCE = 1000
_MOST_TOLD = 500
_ORDER = list(PAYLOADS)


def draft_batch(  # noqa: PLR0913  (what a person decides of an import)
    desk: Desk,
    content: bytes,
    intake: Intake,
    choices: Sequence[Choice | None],
    facts: Facts,
    *,
    only_valid: bool = False,
    override_reason: str | None = None,
) -> ImportBatch | None:
    """Keep the file, make drafts of its rows and hand them over for review; None when it changes nothing (I-13).

    The preview is made again in this transaction: what has changed since the person looked counts.

    Raises:
        ImportRefused: rows are not valid, and they were not to be left out or nothing is left; every problem is told.
        UploadRefused: counts_differ without a reason, already_waiting, or what the preview is refused for.
        NotPermitted: the member of staff may not.
    """
    demand(desk.session, desk.by, StaffAct.IMPORT)
    seen = preview(desk.session, intake, choices, facts, desk.progress)
    # Where nothing is left once the wrong rows are left out, they are all there is to tell.
    if not seen.is_valid and not (only_valid and seen.records):
        raise ImportRefused(intake.name, problems_of_rows(seen))
    if not seen.records:
        return None
    if seen.counts.differences and not (override_reason or "").strip():
        raise UploadRefused("counts_differ", *_difference(seen))
    if desks.waiting_for(desk.session, intake.sha256):
        raise UploadRefused("already_waiting")
    store(content, intake.name, desk.documents_dir)
    batch = _batch(desk, seen)
    drafts = save_records(desk, batch.id, seen.records, seen.bases, note=_note(intake))
    _keep_annex(desk, batch, seen, override_reason)
    _keep_rows(desk.session, batch.id, seen, drafts)
    for table, choice in zip(intake.tables, choices, strict=False):
        if choice is not None:
            remember(desk.session, facts.issuer, table, choice, by=desk.by, at=desk.at)
    desk.session.flush()
    return batch


def dry_run(
    desk: Desk, intake: Intake, choices: Sequence[Choice | None], facts: Facts
) -> tuple[Preview, list[Refusal]]:
    """Return the preview of the valid rows and what publishing them would refuse; nothing of it stays."""
    seen = preview(desk.session, intake, choices, facts, desk.progress)
    trial = desk.session.begin_nested()
    try:
        batch = _batch(desk, seen)
        save_records(desk, batch.id, seen.records, seen.bases, note=_note(intake))
        return seen, rehearse(desk.session, batch.id, desk.at)
    finally:
        trial.rollback()


def problems_of_rows(seen: Preview) -> list[Any]:
    """Return the problems of every row that is not valid, those of a very long list cut off."""
    return [found for row in seen.rows if not row.is_valid for found in row.problems][:_MOST_TOLD]


def _difference(seen: Preview) -> tuple[str, str]:
    first = seen.counts.differences[0]
    return first.what, f"{'—' if first.declared is None else first.declared} ≠ {first.found}"


def save_records(
    desk: Desk,
    batch_id: int,
    records: dict[Place, Payload],
    bases: dict[Place, editing.Base],
    *,
    note: str,
    backwards: bool = False,
) -> dict[Place, str]:
    """Make a draft in review of each record, in the order in which they can refer to one another, or backwards.

    `note` says why of those that change a record: a table has no place for it. Returns the drafts' identifiers by
    record. Drafts go to the database in portions and are let go of.
    """
    found: dict[Place, str] = {}
    places = sorted(records, key=lambda place: _ORDER.index(place[0]), reverse=backwards)
    for start in range(0, len(places), _AT_ONCE):
        portion = places[start : start + _AT_ONCE]
        wanted = [(records[place], _base(place, bases)) for place in portion]
        with desk.session.no_autoflush:  # saved and handed over in one statement
            drafts = editing.save_drafts(desk.session, wanted, by=desk.by, at=desk.at, change_note=note)
            editing.submit(desk.session, drafts, by=desk.by, at=desk.at)
        for place, draft in zip(portion, drafts, strict=True):
            draft.batch_id = batch_id
            found[place] = draft.ulid
        desk.session.flush()
        for draft in drafts:
            desk.session.expunge(draft)
        if desk.progress:
            desk.progress(len(found), len(places))
    return found


def _note(intake: Intake) -> str:
    return f"导入 {intake.name}"


def _base(place: Place, bases: dict[Place, editing.Base]) -> editing.Base | None:
    """Return what a draft starts from; an event is never a version of another."""
    base = bases.get(place)
    return None if base is None or place[0] is RecordKind.AUTHORISATION_EVENT else base


def _batch(desk: Desk, seen: Preview) -> ImportBatch:
    created = sum(_base(place, seen.bases) is None for place in seen.records)
    batch = ImportBatch(
        file_name=seen.intake.name[:300],
        sha256=seen.intake.sha256,
        record_kind=RecordKind.AUTHORISATION,
        rows=seen.counts.rows,
        created=created,
        updated=len(seen.records) - created,
        unchanged=seen.counts.rows - sum(bool(row.keys) for row in seen.rows),
        imported_by_id=desk.by.id,
        imported_at=desk.at,
    )
    desk.session.add(batch)
    desk.session.flush()  # the drafts and rows carry its key
    return batch


def _keep_annex(desk: Desk, batch: ImportBatch, seen: Preview, override_reason: str | None) -> None:
    tables = [
        {
            "sheet": table.sheet,
            "title": table.title,
            "header_line": table.header_line,
            "header": list(table.header),
            "left_out": [list(each) for each in table.left_out[:_MOST_TOLD]],
            "kind": choice.kind.value if choice else None,
            "mapping": [field and field.value for field in choice.mapping] if choice else None,
            "product": choice.product if choice else None,
        }
        for table, choice in zip(seen.intake.tables, seen.choices, strict=False)
    ]
    counts = seen.counts
    desk.session.add(
        AnnexBatch(
            batch_id=batch.id,
            issuer=seen.facts.issuer,
            number=seen.number,
            declared_organisations=seen.declared.firms,
            declared_products=seen.declared.products,
            found_rows=counts.rows,
            found_organisations=counts.firms,
            found_products=counts.products,
            override_reason=(override_reason or "").strip() or None,
            actions={action.value: number for action, number in counts.actions.items()},
            tables=tables,
        )
    )


def _keep_rows(session: Session, batch_id: int, seen: Preview, drafts: dict[Place, str]) -> None:
    for start in range(0, len(seen.rows), _AT_ONCE):
        rows = [
            {
                "batch_id": batch_id,
                "table_number": row.table,
                "line": row.line,
                "cells": list(row.cells),
                "action": row.action,
                "problems": [asdict(found) for found in (*row.problems, *row.notes)],
                "target": row.target or None,
                "drafts": [drafts[place] for place in row.keys if place in drafts],
            }
            for row in seen.rows[start : start + _AT_ONCE]
        ]
        session.execute(insert(AnnexRow), rows)
