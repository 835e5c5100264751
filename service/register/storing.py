"""The document store: files addressed by the SHA-256 of their bytes, written once, never changed.

What comes with a form waits beside it until the form is accepted: so a form that is refused leaves nothing behind in
the store, and its file need not be sent again. A day later it is swept out.
"""

from __future__ import annotations

import hashlib
import mimetypes
import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Final

_PIECE: Final = 1024 * 1024
_WAITS: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A kept file: its address, its size in bytes, and what it is."""

    sha256: str
    size: int
    media_type: str


def store(content: bytes, name: str, folder: Path) -> StoredFile:
    """Keep the bytes under their SHA-256 and return their address; the same bytes again change nothing."""
    sha256 = hashlib.sha256(content).hexdigest()
    target = stored_path(folder, sha256)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        # Written aside and renamed, so that a crash never leaves half a document under a whole one's address.
        aside = target.with_suffix(f".{os.getpid()}")
        aside.write_bytes(content)
        aside.replace(target)
    return described(sha256, name, target)


def stored_path(folder: Path, sha256: str) -> Path:
    """Return where the bytes with this address are kept."""
    return folder / sha256[:2] / sha256


def set_aside(content: IO[bytes], waiting: Path, now: datetime) -> str:
    """Let the bytes wait for their form to be accepted and return their SHA-256; they are never whole in memory."""
    waiting.mkdir(parents=True, exist_ok=True)
    _sweep(waiting, now)
    aside = waiting / f"{secrets.token_hex(8)}.part"
    found = hashlib.sha256()
    try:
        with aside.open("wb") as out:
            while piece := content.read(_PIECE):
                found.update(piece)
                out.write(piece)
        os.utime(aside, (now.timestamp(), now.timestamp()))
        aside.replace(waiting / found.hexdigest())
    finally:
        aside.unlink(missing_ok=True)
    return found.hexdigest()


def is_at_hand(sha256: str, waiting: Path, folder: Path, now: datetime) -> bool:
    """Return whether the bytes with this address wait, a day from now again, or are kept already."""
    try:
        os.utime(waiting / sha256, (now.timestamp(), now.timestamp()))
    except FileNotFoundError:
        return stored_path(folder, sha256).is_file()
    return True


def store_waiting(sha256: str, waiting: Path, folder: Path) -> None:
    """Keep the bytes that waited.

    Raises:
        FileNotFoundError: they were swept out meanwhile, and are not kept either.
    """
    target, waited = stored_path(folder, sha256), waiting / sha256
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        # Copied, since the store may lie on another disk; and renamed, as in `store`.
        aside = target.with_suffix(f".{os.getpid()}")
        shutil.copyfile(waited, aside)
        aside.replace(target)
    waited.unlink(missing_ok=True)


def described(sha256: str, name: str, path: Path) -> StoredFile:
    """Return what is said of the file at a path whose address is known."""
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return StoredFile(sha256, path.stat().st_size, media_type)


def _sweep(waiting: Path, now: datetime) -> None:
    """Take out what has waited for a day: its form was given up."""
    oldest = (now - _WAITS).timestamp()
    for each in waiting.iterdir():
        try:
            if each.stat().st_mtime < oldest:
                each.unlink()
        except FileNotFoundError:  # another request was first
            continue
