"""Editions on the disk: found, built behind a lock, and taken away again; any number of processes share a folder."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from service.calendar import CHINA, china_date
from service.register.database import Database
from service.register.models import Recorded, RegistryRevision, RegistryState
from service.register.open_data.building import Imprint, build, spool
from service.register.open_data.datasets import DATASETS
from service.register.open_data.edition import Edition, order_of, read_edition, revision_of
from service.vocabulary import Withdrawal

KEPT: Final = 30
"""How many editions are kept, the newest."""
_FORMAT: Final = 1
"""Raise it when the same register would make other files: what was built before is then built again."""
_LOCK: Final = ".lock"
_UNFINISHED: Final = ".building-"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The edition of a moment: of which revision, published when, for which day."""

    revision: int
    published_at: datetime | None
    as_of: date


@dataclass(slots=True)
class EditionStore:
    """The editions in a folder, all of one register.

    An edition counts as that of a moment when it was made from the same publication (revisions come again after a
    backup was put back), for the same day, with the same columns, addresses and licence.
    """

    database: Database
    folder: Path
    base_url: str
    licence: str
    licence_url: str
    _floor: tuple[int, int] = field(default=(-1, 0))

    def wanted(self, session: Session, now: datetime) -> Wanted:
        """Return which edition speaks of the register as it stands in this transaction."""
        revision, published_at = session.execute(
            select(RegistryState.revision_number, RegistryRevision.published_at).outerjoin(
                RegistryRevision, RegistryRevision.number == RegistryState.revision_number
            )
        ).one()
        return Wanted(revision, published_at, china_date(now))

    def find(self, wanted: Wanted) -> Edition | None:
        """Return the edition of this moment, None when it was not built yet."""
        key = self._key(wanted)
        for path in self.folder.glob(f"{wanted.revision}-{wanted.as_of.isoformat()}-*"):
            edition = read_edition(path)
            if edition is not None and edition.key == key:
                return edition
        return None

    def find_kept(self, edition_id: str, session: Session, now: datetime) -> Edition | None:
        """Return an edition by its id, if it may still be shown.

        None for one that was taken away, and for one that is older than a record's being withheld by law: what
        it holds of that record must not be had from here any more, whether or not it is still on the disk.
        """
        revision = revision_of(edition_id)
        wanted = self.wanted(session, now)
        if revision is None or not self._floor_of(session, wanted.revision) <= revision <= wanted.revision:
            return None
        return read_edition(self.folder / edition_id)

    def path(self, edition: Edition, name: str) -> Path:
        """Return where a file of the edition lies."""
        return self.folder / edition.id / name

    def build(self, now: datetime, still: Callable[[], None] = lambda: None) -> Edition | None:
        """Return the edition of the present moment, built unless it is there; None while another builds one.

        `still` is called between files and may raise to give up.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._locked() as is_mine:
            return self._build(now, still) if is_mine else None

    def _build(self, now: datetime, still: Callable[[], None]) -> Edition:
        with ExitStack() as stack:
            with self.database.reading() as session:
                wanted = self.wanted(session, now)
                found = self.find(wanted)
                if found is not None:
                    return found
                self._clear(session, wanted)
                made = stack.enter_context(TemporaryDirectory(prefix=_UNFINISHED, dir=self.folder))
                folder = Path(made) / "files"
                folder.mkdir()
                imprint = self._imprint(wanted, now)
                types = spool(session, folder, imprint, still)
            # From here on no transaction is open: writing takes longer than reading.
            edition = build(folder, imprint, types, still)
            folder.rename(self.folder / edition.id)
        return edition

    def _imprint(self, wanted: Wanted, now: datetime) -> Imprint:
        return Imprint(
            self._key(wanted),
            wanted.revision,
            wanted.as_of,
            now.astimezone(CHINA),
            self.base_url,
            self.licence,
            self.licence_url,
        )

    def _clear(self, session: Session, wanted: Wanted) -> None:
        for path in self.folder.glob(f"{_UNFINISHED}*"):  # of a process that died: the lock is ours
            shutil.rmtree(path, ignore_errors=True)
        kept = sorted(
            (path for path in self.folder.iterdir() if revision_of(path.name) is not None), key=_order
        )
        floor = self._floor_of(session, wanted.revision)
        for number, path in enumerate(reversed(kept)):
            if number >= KEPT or not floor <= order_of(path.name)[0] <= wanted.revision:
                shutil.rmtree(path, ignore_errors=True)

    def _floor_of(self, session: Session, revision: int) -> int:
        """Return the revision that withheld a record last: files of earlier ones may still hold it."""
        if self._floor[0] != revision:
            withheld = union_all(
                *(
                    select(func.max(model.revision_number).label("number")).where(
                        model.withdrawal == Withdrawal.WITHHELD
                    )
                    for model in Recorded.__subclasses__()
                )
            ).subquery()
            self._floor = revision, session.scalar(select(func.max(withheld.c.number))) or 0
        return self._floor[1]

    def _key(self, wanted: Wanted) -> str:
        parts = (_FORMAT, _columns(), wanted, self.base_url, self.licence, self.licence_url)
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    @contextmanager
    def _locked(self) -> Iterator[bool]:
        """Yield whether this caller alone may build; the lock of a process that died is free."""
        with (self.folder / _LOCK).open("a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True


def _order(path: Path) -> tuple[tuple[int, str], float]:
    return order_of(path.name), path.stat().st_mtime


@lru_cache(maxsize=1)
def _columns() -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(f"{column.name} {column.zh} {column.en}" for column in dataset.columns)
        for dataset in DATASETS.values()
    )
