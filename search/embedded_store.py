"""Generations of the embedded index on disk: one serves, another may be built beside it.

directory/current        names the generation that serves; replaced atomically
directory/<hash>-<n>/    a tantivy index built with the settings of that hash
directory/writer.lock    held by the one process that writes
"""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import tantivy

from search.document import Document
from search.embedded_schema import SETTINGS_HASH, prepared, row, schema
from search.engine import SearchUnavailable

_BUILD_HEAP = 256_000_000
_KEPT_BEFORE = 1  # readers may still be opening files of the generation that served until now


class Store:
    """The folder of an embedded index."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._pointer = directory / "current"
        self._pointed: tuple[tuple[int, int], Path] = ((0, 0), directory)

    def current(self) -> Path | None:
        """Return the folder of the serving generation, or None when there is none."""
        try:
            name = (self.directory / "current").read_text(encoding="ascii").strip()
        except (FileNotFoundError, NotADirectoryError):
            return None
        found = self.directory / name
        return found if name and "/" not in name and (found / "meta.json").is_file() else None

    def stamp(self) -> tuple[int, ...]:
        """Return figures that change whenever any process has committed or swapped."""
        try:
            pointer = self._pointer.stat()
            seen, meta = self._pointed
            if seen != (pointer.st_mtime_ns, pointer.st_ino):
                seen, meta = (pointer.st_mtime_ns, pointer.st_ino), self._meta()
                self._pointed = seen, meta
            commit = meta.stat()
        except (FileNotFoundError, NotADirectoryError):
            return ()
        return (*seen, commit.st_mtime_ns, commit.st_ino)

    def _meta(self) -> Path:
        serving = self.current()
        if serving is None:
            raise FileNotFoundError
        return serving / "meta.json"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the writer's lock, or raise at once when another process does."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / "writer.lock").open("w") as handle:
            _lock(handle)
            yield

    def build(self, documents: Iterable[Document]) -> Path:
        """Return the folder of a new, complete generation that does not serve yet."""
        folder = self._fresh_folder()
        index = prepared(tantivy.Index(schema(), path=str(folder)))
        writer = index.writer(_BUILD_HEAP, 1)
        for document in documents:
            writer.add_document(row(document))
        writer.commit()
        writer.wait_merging_threads()
        return folder

    def serve(self, folder: Path) -> None:
        """Make a generation the serving one, atomically, and remove those long gone."""
        pointer = self.directory / "current.new"
        with pointer.open("w", encoding="ascii") as handle:
            handle.write(folder.name)
            handle.flush()
            os.fsync(handle.fileno())
        pointer.replace(self.directory / "current")
        _sync(self.directory)
        self._remove_old(folder)

    def discard(self, folder: Path) -> None:
        """Remove a generation that never served."""
        shutil.rmtree(folder, ignore_errors=True)

    def _fresh_folder(self) -> Path:
        numbers = [_number(path) for path in self._generations()]
        folder = self.directory / f"{SETTINGS_HASH}-{max(numbers, default=0) + 1}"
        folder.mkdir(parents=True)
        return folder

    def _remove_old(self, serving: Path) -> None:
        others = sorted((path for path in self._generations() if path != serving), key=_number)
        for path in others[:-_KEPT_BEFORE]:
            shutil.rmtree(path, ignore_errors=True)

    def _generations(self) -> list[Path]:
        return [path for path in self.directory.glob("*-*") if path.is_dir() and _number(path)]


def settings_hash_of(folder: Path | None) -> str:
    """Return the hash that a generation was built with, or "" for none."""
    return folder.name.rpartition("-")[0] if folder else ""


def _number(folder: Path) -> int:
    digits = folder.name.rpartition("-")[2]
    return int(digits) if digits.isdecimal() else 0


def _lock(handle: IO[str]) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SearchUnavailable("embedded", "locked") from None


def _sync(directory: Path) -> None:
    handle: Any = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
