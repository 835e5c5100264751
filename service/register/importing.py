"""From a file of rows to drafts, all or nothing, with a report line by line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.errors import ImportRefused, RegisterError, RowProblem
from service.register import editing, tabular, wording
from service.register.models import ImportBatch, Revision, StaffUser
from service.register.payloads import PAYLOADS, DocumentPayload, Payload, ProductionAreaPayload
from service.register.storing import store
from service.vocabulary import RecordKind

Progress = Callable[[int, int], None]


@dataclass
class Report:
    """What became of an imported file: how many rows each way, and the drafts it made.

    `voided` are the lines of events that are on record but were voided later: the file changes nothing about
    them, and whoever means to enter one again does so on purpose, with a note that says why.
    """

    file: str
    kind: RecordKind
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    voided: list[int] = field(default_factory=list)
    drafts: list[Revision] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Import:
    """The circumstances of one import."""

    session: Session
    by: StaffUser
    at: datetime
    documents_dir: Path
    progress: Progress | None = None


def import_file(run: Import, path: Path, kind: RecordKind | None = None) -> Report:
    """Read the file into drafts and return the report; nothing is kept if any row is wrong.

    The same file again makes no drafts: every row is unchanged (I-13).

    Raises:
        ImportRefused: with every problem of every row.
    """
    table = tabular.read(path)
    kind = kind or tabular.kind_of(table, path.name)
    payloads = _payloads(run, table, kind, path)
    report = draft_rows(run, kind, payloads, path.name)
    if report.drafts:
        _keep_batch(run, report, path)
    return report


def draft_rows(run: Import, kind: RecordKind, payloads: Sequence[tuple[int, Payload]], file: str) -> Report:
    """Return a report with a draft for every payload that says something new; lines are (line, payload)."""
    report = Report(file, kind, rows=len(payloads))
    _refuse_duplicates(payloads, file)
    bases = editing.published_bases(run.session, kind, [payload.key() for _, payload in payloads])
    wanted: list[tuple[Payload, editing.Base | None]] = []
    lines = []
    for position, (line, payload) in enumerate(payloads):
        base = bases.get(payload.key())
        if base is not None and base.payload == editing.stored(payload):
            report.unchanged += 1
            if base.is_voided:
                report.voided.append(line)
        else:
            wanted.append((payload, base))
            lines.append(line)
            report.created += base is None
            report.updated += base is not None
        if run.progress:
            run.progress(position + 1, len(payloads))
    if wanted:
        # A table has no place to say why; which file it was is what there is to say.
        note = f"导入 {file}"
        report.drafts = editing.save_drafts(run.session, wanted, by=run.by, at=run.at, change_note=note)
        report.lines = {draft.ulid: line for draft, line in zip(report.drafts, lines, strict=True)}
    with _told_by_line(report):
        editing.submit(run.session, report.drafts, by=run.by, at=run.at)
    return report


def publish_report(run: Import, report: Report, *, by: StaffUser) -> int | None:
    """Publish the drafts of a report in the name of a second person; None when there is nothing to publish.

    Raises:
        ImportRefused: a draft was refused; its line says which and why.
    """
    if not report.drafts:
        return None
    with _told_by_line(report):
        return editing.publish(run.session, report.drafts, by=by, at=run.at)


@contextmanager
def _told_by_line(report: Report) -> Iterator[None]:
    """Turn the refusal of a draft into one of its line."""
    try:
        yield
    except RegisterError as error:
        line = report.lines.get(getattr(error, "draft_ulid", ""))
        if line is None:
            raise
        raise ImportRefused(report.file, [wording.problem_of(line, error)]) from error
    except IntegrityError as error:
        # The database knows the rule that was broken, not the line.
        rule = str(error.orig).splitlines()[0]
        raise ImportRefused(report.file, [wording.plain_problem(0, "", "broken_rule", rule)]) from error


def _payloads(run: Import, table: tabular.Table, kind: RecordKind, path: Path) -> list[tuple[int, Payload]]:
    model = PAYLOADS[kind]
    names = tabular.field_names(table, model)
    problems: list[RowProblem] = []
    payloads: list[tuple[int, Payload]] = []
    for line, cells in table.rows:
        values, found = _row_values(line, names, cells)
        problems += found
        try:
            payload = model.model_validate(_attach(run, model, values, path))
        except ValidationError as error:
            problems += wording.problems_of(line, error, model)
        except OSError:
            column = "file" if "file" in values else "geometry"
            problems.append(wording.missing_file(line, column, str(values.get(column))))
        except (ValueError, RecursionError):
            problems.append(wording.plain_problem(line, "geometry", "bad_json"))
        else:
            payloads.append((line, payload))
    if problems:
        raise ImportRefused(path.name, problems)
    return payloads


def _row_values(
    line: int, names: Sequence[str], cells: Sequence[Any]
) -> tuple[dict[str, Any], list[RowProblem]]:
    values: dict[str, Any] = {}
    problems = []
    beyond = [str(cell) for cell in cells[len(names) :] if cell not in (None, "")]
    if beyond:
        problems.append(wording.plain_problem(line, "", "too_many_cells", beyond[0]))
    for name, cell in zip(names, cells, strict=False):
        if cell is None or cell == "":
            continue
        if isinstance(cell, float) and abs(cell) >= 1e15:  # noqa: PLR2004  (a code that a spreadsheet rounded)
            problems.append(wording.lost_digits(line, name, cell))
            continue
        values[name] = _plain(cell)
    return values, problems


def _plain(cell: Any) -> Any:
    """Return a cell as the payloads read it: text, or an ISO day; whole numbers lose the table's `.0`."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _attach(run: Import, model: type[Payload], values: dict[str, Any], path: Path) -> dict[str, Any]:
    """Store what a row refers to by file: a document's bytes, an area's geometry."""
    if model is DocumentPayload and "file" in values:
        content = tabular.beside(path, values["file"]).read_bytes()
        kept = store(content, values["file"], run.documents_dir)
        return {**values, "sha256": kept.sha256, "size": kept.size, "media_type": kept.media_type}
    if model is ProductionAreaPayload and isinstance(values.get("geometry"), str):
        return {**values, "geometry": tabular.geojson_cell(path, values["geometry"])}
    return values


def _refuse_duplicates(payloads: Iterable[tuple[int, Payload]], file: str) -> None:
    seen: dict[str, int] = {}
    problems = []
    for line, payload in payloads:
        first = seen.setdefault(payload.key(), line)
        if first != line:
            problems.append(wording.duplicate_row(line, first, payload))
    if problems:
        raise ImportRefused(file, problems)


def _keep_batch(run: Import, report: Report, path: Path) -> None:
    batch = ImportBatch(
        file_name=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        record_kind=report.kind,
        rows=report.rows,
        created=report.created,
        updated=report.updated,
        unchanged=report.unchanged,
        imported_by_id=run.by.id,
        imported_at=run.at,
    )
    run.session.add(batch)
    run.session.flush()  # the drafts carry the batch's key
    for draft in report.drafts:
        draft.batch_id = batch.id
