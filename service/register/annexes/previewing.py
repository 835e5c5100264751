"""What an annex would do to the register, row by row, and whether its counts add up; nothing is written."""

from __future__ import annotations

import mimetypes
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import ValidationError
from sqlalchemy.orm import Session

from service.errors import RowProblem, UploadRefused
from service.register import editing
from service.register.annexes.approvals import decide_approval
from service.register.annexes.changes import decide_change, decide_end
from service.register.annexes.counting import Counts, count
from service.register.annexes.facts import Choice, Facts, Row
from service.register.annexes.finding import Conflict, Reader, guesses_for, suggest_code
from service.register.annexes.intake import Declared, Intake, Table
from service.register.annexes.known import read_known
from service.register.annexes.mapping import demand_whole
from service.register.annexes.numbering import Codes
from service.register.annexes.values import Values, name_key, texts_named, values_of
from service.register.annexes.wording import problem
from service.register.payloads import AnnouncementPayload, DocumentPayload, Payload
from service.vocabulary import AnnexField, AnnexKind, DocumentKind, RecordKind, RowAction

Progress = Callable[[int, int], None]
Place = tuple[RecordKind, str]
_NAMES = (AnnexField.NAME, AnnexField.NAME_BEFORE, AnnexField.NAME_AFTER, AnnexField.VALUE_BEFORE)
_EVERY = 200


@dataclass(frozen=True, slots=True)
class Preview:
    """What an annex would do: its rows in order, the records they would make or change, and the counts.

    `bases` holds what each record starts from; the announcement and its file are among the records when new.
    """

    intake: Intake
    facts: Facts
    choices: tuple[Choice | None, ...]
    number: str
    rows: tuple[Row, ...]
    records: dict[Place, Payload]
    bases: dict[Place, editing.Base]
    counts: Counts
    declared: Declared

    @property
    def changes_nothing(self) -> bool:
        """Whether everything that the file says is on record already; a row that is wrong or left out is not."""
        return not self.records and all(row.action is RowAction.NO_OP for row in self.rows)

    @property
    def is_valid(self) -> bool:
        """Whether every row may become drafts."""
        return all(row.is_valid for row in self.rows)


def preview(
    session: Session,
    intake: Intake,
    choices: Sequence[Choice | None],
    facts: Facts,
    progress: Progress | None = None,
) -> Preview:
    """Return what the annex would do; a table without a choice is left out.

    Raises:
        UploadRefused: no_tables, missing_column, duplicate_column, bad_announcement.
    """
    tables = _chosen(intake, choices)
    announcement, document = _announcement(session, intake, facts, tables)
    reader, values = _reader(session, intake, facts, tables, announcement)
    rows = _decided(session, reader, tables, values, progress)
    _settle(session, reader, rows)
    declared = Declared(
        facts.declared_organisations or announcement.declared_organisations,
        facts.declared_products or announcement.declared_products,
    )
    kept = {place: reader.pending[place] for row in rows for place in row.keys}
    records: dict[Place, Payload] = {}
    if kept:
        records = {(each.kind, each.key()): each for each in (document, announcement)} | kept
    bases = _bases(session, records)
    fresh = {
        place: payload
        for place, payload in records.items()
        if place not in bases or bases[place].payload != editing.stored(payload) or bases[place].is_voided
    }
    counts = count(declared, list(tables.values()), rows)
    number = announcement.parsed_number().normal_form
    return Preview(intake, facts, tuple(choices), number, tuple(rows), fresh, bases, counts, declared)


def _chosen(intake: Intake, choices: Sequence[Choice | None]) -> dict[int, tuple[Table, Choice]]:
    tables = {
        place: (table, choice)
        for place, (table, choice) in enumerate(zip(intake.tables, choices, strict=False), start=1)
        if choice is not None
    }
    if not tables:
        raise UploadRefused("no_tables")
    for table, choice in tables.values():
        demand_whole(table, choice)
    return tables


def _announcement(
    session: Session, intake: Intake, facts: Facts, tables: Mapping[int, tuple[Table, Choice]]
) -> tuple[AnnouncementPayload, DocumentPayload]:
    """Return the announcement with this file among its documents, and the file."""
    kinds = sorted({choice.kind for _, choice in tables.values()}, key=list(AnnexKind).index)
    try:
        announcement = facts.announcement(intake.sha256, kinds)
        document = DocumentPayload.model_validate(
            {
                **facts.sourced(intake.sha256),
                "sha256": intake.sha256,
                "size": intake.size,
                "media_type": mimetypes.guess_type(intake.name)[0],
                "title": f"{facts.title}：{intake.name}"[:300],
                "document_kind": DocumentKind.ANNEX,
                "issuer": facts.issuer,
                "published_on": facts.published_on,
                "is_open": facts.is_file_open,
            }
        )
    except ValidationError as error:
        raise UploadRefused("bad_announcement", str(error.errors()[0]["loc"][-1:])[:80]) from error
    kept = _known_base(session, document)
    document = document if kept is None else DocumentPayload.model_validate(kept.payload)
    base = _known_base(session, announcement)
    if base is None:
        return announcement, document
    said = AnnouncementPayload.model_validate(base.payload)
    documents = said.documents if intake.sha256 in said.documents else (*said.documents, intake.sha256)
    return AnnouncementPayload.model_validate({**base.payload, "documents": documents}), document


def _known_base(session: Session, stated: Payload) -> editing.Base | None:
    """Return what is on record of the announcement or the file; one that was withdrawn is stated anew."""
    base = editing.published_bases(session, stated.kind, [stated.key()]).get(stated.key())
    return None if base is None or base.payload.get("withdrawal") else base


def _reader(
    session: Session,
    intake: Intake,
    facts: Facts,
    tables: Mapping[int, tuple[Table, Choice]],
    announcement: AnnouncementPayload,
) -> tuple[Reader, dict[int, list[Values]]]:
    values = {place: list(values_of(*pair)) for place, pair in tables.items()}
    codes = texts_named(values, AnnexField.USCC) | guesses_for(values)
    names = {name for field in _NAMES for name in texts_named(values, field)}
    known = read_known(session, codes, names, texts_named(values, AnnexField.PRODUCT))
    number = announcement.parsed_number()
    said = facts if facts.published_on else replace(facts, published_on=announcement.published_on)
    return Reader(known, said, number.normal_form, number.code, facts.sourced(intake.sha256)), values


def _decided(
    session: Session,
    reader: Reader,
    tables: Mapping[int, tuple[Table, Choice]],
    values: Mapping[int, list[Values]],
    progress: Progress | None,
) -> list[Row]:
    codes = Codes(session, is_demonstration=reader.facts.is_demonstration)
    total = sum(map(len, values.values()))
    rows: list[Row] = []
    for place, (_, choice) in tables.items():
        if choice.kind is AnnexKind.APPROVAL:
            _refuse_doubled(values[place])
        for each in values[place]:
            rows.append(_decide(session, reader, place, choice.kind, each, codes))
            if progress and (len(rows) % _EVERY == 0 or len(rows) == total):
                progress(len(rows), total)
    return rows


def _decide(  # noqa: PLR0917  (a row is read in these circumstances)
    session: Session, reader: Reader, place: int, kind: AnnexKind, values: Values, codes: Codes
) -> Row:
    row = Row(place, values.line, values.cells)
    try:
        match kind:
            case AnnexKind.APPROVAL:
                decide_approval(reader, values, row, codes)
            case AnnexKind.CHANGE:
                decide_change(session, reader, values, row)
            case AnnexKind.DEREGISTRATION:
                decide_end(reader, values, row)
    except Conflict as conflict:
        column = conflict.field.zh if conflict.field else ""
        values.problems.append(problem(values.line, column, conflict.code, conflict.value))
        row.action = RowAction.CONFLICT
    _finish(reader, row, values)
    return row


def _finish(reader: Reader, row: Row, values: Values) -> None:
    """Write the problems into the row; a row on a product of another place is left out when that was said."""
    elsewhere = {found.code for found in values.problems} == {"unknown_product"}
    if elsewhere and reader.facts.skips_elsewhere:
        row.action, row.problems = RowAction.SKIP, ()
    elif values.problems and row.action is not RowAction.CONFLICT:
        row.action = RowAction.ERROR
    if row.action is not RowAction.SKIP:
        row.problems = tuple(_suggesting(reader, values))
    row.cells, row.notes = values.cells, tuple(values.notes)
    if not row.is_valid:
        row.keys = ()


def _suggesting(reader: Reader, values: Values) -> Iterator[RowProblem]:
    near = suggest_code(set(reader.known.by_code), values)
    for found in values.problems:
        is_code = found.code in {"bad_code", "uscc_checksum"}
        yield replace(found, value=f"{found.value} → {near}?") if near and is_code else found


def _refuse_doubled(rows: Sequence[Values]) -> None:
    """Refuse rows that grant the same thing twice, and a code that two names share: all of them, at each line."""
    grants = Counter(map(_grant_of, rows))
    names: dict[str, set[str]] = {}
    for each in rows:
        if code := each.text(AnnexField.USCC):
            names.setdefault(code, set()).add(name_key(each.text(AnnexField.NAME) or ""))
    for each in rows:
        grant, code = _grant_of(each), each.text(AnnexField.USCC)
        if all(grant) and grants[grant] > 1:
            each.refuse(None, "duplicate_row")
        if code and len(names[code]) > 1:
            each.refuse(AnnexField.USCC, "code_with_two_names", code)


def _grant_of(values: Values) -> tuple[str, str]:
    firm = values.text(AnnexField.USCC) or name_key(values.text(AnnexField.NAME) or "")
    return firm, name_key(values.text(AnnexField.PRODUCT) or "")


def _settle(session: Session, reader: Reader, rows: Sequence[Row]) -> None:
    """Leave out what is on record already, word for word; an event on record that says otherwise is a conflict."""
    places = {place for row in rows for place in row.keys if place[0] is RecordKind.AUTHORISATION_EVENT}
    bases = {place: base for place, base in _bases(session, places).items() if not base.is_voided}
    for row in rows:
        for place in [place for place in row.keys if place in bases]:
            if bases[place].payload == editing.stored(reader.pending[place]):
                row.keys = tuple(each for each in row.keys if each != place)
                continue
            row.action, row.keys = RowAction.CONFLICT, ()
            row.problems = (*row.problems, problem(row.line, "", "differs_from_record"))
            break
        if row.is_valid and not row.keys and row.action is not RowAction.SKIP:
            row.action = RowAction.NO_OP


def _bases(session: Session, places: Mapping[Place, object] | set[Place]) -> dict[Place, editing.Base]:
    by_kind: dict[RecordKind, list[str]] = {}
    for kind, key in places:
        by_kind.setdefault(kind, []).append(key)
    return {
        (kind, key): base
        for kind, keys in by_kind.items()
        for key, base in editing.published_bases(session, kind, keys).items()
    }
