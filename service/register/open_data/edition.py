"""An edition: the whole register as files that speak of one revision and one China day, and never change."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from service.register.open_data.columns import Form

MANIFEST: Final = "manifest.json"
PACKED: Final = ".gz"
_ID: Final = re.compile(r"([0-9]{1,9})-([0-9]{4}-[0-9]{2}-[0-9]{2})-[0-9a-f]{8}")


class FileEntry(BaseModel):
    """One file of an edition; `packed_*` tell of the same bytes under gzip, where they are kept as well."""

    model_config = ConfigDict(frozen=True)

    name: str
    dataset: str | None
    form: Form | None
    media_type: str
    rows: int | None
    size: int
    sha256: str
    packed_size: int | None = None
    packed_sha256: str | None = None


class Edition(BaseModel):
    """What an edition holds, as its manifest says it.

    `id` is made of the revision, the day and the first digits of a hash over all files, so the address of a file
    never comes to mean other bytes. `key` says from what it was made: see `EditionStore`.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    key: str
    revision: int
    as_of: date
    built_at: datetime
    licence: str
    licence_url: str
    files: tuple[FileEntry, ...]

    def file(self, name: str) -> FileEntry | None:
        """Return the file with this name."""
        return next((each for each in self.files if each.name == name), None)

    def rows(self, dataset: str) -> int:
        """Return how many rows each file of the table has."""
        return next(each.rows or 0 for each in self.files if each.dataset == dataset)


def revision_of(edition_id: str) -> int | None:
    """Return the revision that an edition's id names, None for what is no id."""
    found = _ID.fullmatch(edition_id)
    return int(found[1]) if found else None


def order_of(edition_id: str) -> tuple[int, str]:
    """Return what editions are ordered by: the revision, then the day."""
    found = _ID.fullmatch(edition_id)
    return (int(found[1]), found[2]) if found else (-1, "")


def read_edition(folder: Path) -> Edition | None:
    """Return the edition kept in a folder, None where there is none (any more) that can be read."""
    try:
        return Edition.model_validate_json((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValidationError):
        return None
