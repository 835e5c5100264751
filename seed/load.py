"""Loading the first data: the same import as every other file, by two named system accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.calendar import Clock
from service.errors import RecordNotFound
from service.register import accounts, importing
from service.register.database import Database
from service.register.models import RegistryState, StaffUser
from service.vocabulary import RecordKind, Role

ENTRY_LOGIN = "seed-entry"
REVIEW_LOGIN = "seed-review"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one file."""

    file: str
    rows: int
    published: int


def is_empty(database: Database) -> bool:
    """Return whether nothing was ever published here."""
    with database.reading() as session:
        return not session.scalar(select(RegistryState.revision_number))


def load(
    database: Database,
    clock: Clock,
    documents_dir: Path,
    *,
    demonstration: bool,
    progress: Callable[[Loaded], None] | None = None,
) -> list[Loaded]:
    """Load the starter data and return what became of each file; loading again changes nothing.

    Raises:
        ImportRefused: a file was refused; the files before it stay.
    """
    folders = ["register", "demonstration"] if demonstration else ["register"]
    loaded = []
    with as_file(files("seed").joinpath("data")) as data:
        for path in (path for folder in folders for path in _tables(data / folder)):
            loaded.append(_load_file(database, clock, documents_dir, path))
            if progress:
                progress(loaded[-1])
    return loaded


def _tables(folder: Path) -> Iterator[Path]:
    """Yield the tables in the order of their numbers: records refer to earlier ones."""
    yield from sorted(path for path in folder.glob("[0-9]*_*.csv"))


def _load_file(database: Database, clock: Clock, documents_dir: Path, path: Path) -> Loaded:
    kind = RecordKind(path.stem.partition("_")[2])
    with database.writing() as session:
        now = clock.now()
        entry = _account(session, ENTRY_LOGIN, "系统录入（首批数据）", Role.IMPORTER, clock)
        review = _account(session, REVIEW_LOGIN, "系统审核（首批数据）", Role.REVIEWER, clock)
        run = importing.Import(session, entry, now, documents_dir)
        report = importing.import_file(run, path, kind)
        importing.publish_report(run, report, by=review)
    return Loaded(path.name, report.rows, len(report.drafts))


def _account(session: Session, login: str, name: str, role: Role, clock: Clock) -> StaffUser:
    try:
        return accounts.find_staff(session, login)
    except RecordNotFound:
        return accounts.add_staff(
            session,
            login=login,
            display_name=name,
            person=login,
            roles=[role],
            at=clock.now(),
            is_system=True,
        )
