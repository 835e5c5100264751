"""An annex on its way to being a batch: brought, its columns said, given up; what was said of it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import RecordNotFound, UploadRefused
from service.register import auditing, editing
from service.register.annexes import errands
from service.register.annexes.desk import Desk
from service.register.annexes.facts import Choice, Facts
from service.register.annexes.intake import Intake, Table, take_in
from service.register.annexes.mapping import demand_whole
from service.register.models import AnnexPreparation, StaffUser
from service.register.rights import demand
from service.register.storing import store, stored_path
from service.vocabulary import ErrandKind, StaffAct

SAMPLE = 3
"""So many rows of each table are shown where its columns are said."""
_MOST_LEFT_OUT = 100
_FACTS = TypeAdapter(Facts)
_CHOICES: TypeAdapter[list[Choice | None]] = TypeAdapter(list[Choice | None])


def begin(
    desk: Desk,
    content: bytes,
    intake: Intake,
    *,
    encoding: str,
    facts: Facts,
    choices: Sequence[Choice | None],
) -> AnnexPreparation:
    """Keep the file and return the preparation of its import, its columns as suggested.

    Raises:
        NotPermitted: the member of staff may not import.
    """
    demand(desk.session, desk.by, StaffAct.IMPORT)
    store(content, intake.name, desk.documents_dir)
    preparation = AnnexPreparation(
        file_name=intake.name[:300],
        sha256=intake.sha256,
        encoding=encoding,
        tables=[_told(table) for table in intake.tables],
        warnings=[list(warning) for warning in intake.warnings],
        facts=_FACTS.dump_python(facts, mode="json"),
        choices=_CHOICES.dump_python(list(choices), mode="json"),
        begun_by_id=desk.by.id,
        begun_at=desk.at,
    )
    desk.session.add(preparation)
    desk.session.flush()  # its identifier goes on the trail
    _record(desk, "import_begun", preparation)
    return preparation


def _told(table: Table) -> dict[str, Any]:
    return {
        "sheet": table.sheet,
        "title": table.title,
        "header_line": table.header_line,
        "header": list(table.header),
        "rows": len(table.rows),
        "sample": [list(cells) for _, cells in table.rows[:SAMPLE]],
        "left_out": [list(each) for each in table.left_out[:_MOST_LEFT_OUT]],
    }


def restate(
    desk: Desk, preparation: AnnexPreparation, facts: Facts, choices: Sequence[Choice | None]
) -> None:
    """Take what was said of the announcement and of the columns, and have the annex previewed by it.

    Raises:
        UploadRefused: no_tables, missing_column, duplicate_column; errand_waiting; closed.
        NotPermitted: the member of staff may not import.
    """
    demand(desk.session, desk.by, StaffAct.IMPORT)
    editing.lock_registry(desk.session)  # nothing may become of it between the look and the word
    errands.demand_open(desk.session, preparation)
    demand_readable(preparation, choices)
    preparation.facts = _FACTS.dump_python(facts, mode="json")
    preparation.choices = _CHOICES.dump_python(list(choices), mode="json")
    preparation.preview, preparation.has_problems = None, False
    errands.put_down(desk, ErrandKind.LOOK, preparation)
    _record(desk, "import_mapped", preparation)


def give_up(desk: Desk, preparation: AnnexPreparation) -> None:
    """Give the import up; that it was begun, and its file, stay on record.

    Raises:
        UploadRefused: errand_waiting, closed.
        NotPermitted: the member of staff may not import.
    """
    demand(desk.session, desk.by, StaffAct.IMPORT)
    editing.lock_registry(desk.session)
    errands.demand_open(desk.session, preparation)
    errands.demand_idle(desk.session, preparation)
    errands.forget_rows(desk.session, preparation)
    preparation.given_up_at, preparation.preview, preparation.has_problems = desk.at, None, False
    _record(desk, "import_given_up", preparation)


def demand_readable(preparation: AnnexPreparation, choices: Sequence[Choice | None]) -> None:
    """Refuse choices by which no table can be read.

    Raises:
        UploadRefused: no_tables, missing_column, duplicate_column.
    """
    if not any(choices):
        raise UploadRefused("no_tables")
    for told, choice in zip(preparation.tables, choices, strict=True):
        if choice is not None:
            demand_whole(_headed(told), choice)


def _headed(told: dict[str, Any]) -> Table:
    """Return a table as far as its head was kept."""
    return Table(
        told["sheet"], told["title"], told["header_line"], tuple(told["header"]), (), (), {}, has_merges=False
    )


def find_preparation(session: Session, ulid: str) -> AnnexPreparation:
    """Return the preparation with this identifier.

    Raises:
        RecordNotFound: there is none.
    """
    found = session.scalars(select(AnnexPreparation).where(AnnexPreparation.ulid == ulid)).one_or_none()
    if found is None:
        raise RecordNotFound("annex", ulid)
    return found


def open_preparations(session: Session) -> list[tuple[AnnexPreparation, str]]:
    """Return what is being prepared, the newest first, each with the name of who began it."""
    rows = session.execute(
        select(AnnexPreparation, StaffUser.display_name)
        .join(StaffUser, StaffUser.id == AnnexPreparation.begun_by_id)
        .where(AnnexPreparation.batch_id.is_(None), AnnexPreparation.given_up_at.is_(None))
        .order_by(AnnexPreparation.id.desc())
    )
    return [(preparation, name) for preparation, name in rows]


def facts_of(preparation: AnnexPreparation) -> Facts:
    """Return what was stated of the announcement."""
    return _FACTS.validate_python(preparation.facts)


def choices_of(preparation: AnnexPreparation) -> list[Choice | None]:
    """Return how each table is read."""
    return _CHOICES.validate_python(preparation.choices)


def read_again(preparation: AnnexPreparation, documents_dir: Path) -> tuple[bytes, Intake]:
    """Return the kept file and what it holds, read as it was the first time.

    Raises:
        WorkStopped: it could not be read within its limits this time.
    """
    content = stored_path(documents_dir, preparation.sha256).read_bytes()
    return content, take_in(content, preparation.file_name, preparation.encoding)


def _record(desk: Desk, act: str, preparation: AnnexPreparation) -> None:
    made = auditing.Act(act, errands.ANNEX, preparation.ulid, {})
    auditing.append(
        desk.session, editing.lock_registry(desk.session), [made], at=desk.at, actor_id=desk.by.id
    )
