"""The document store: files addressed by the SHA-256 of their bytes, written once, never changed."""

from __future__ import annotations

import hashlib
import mimetypes
import os
from dataclasses import dataclass
from pathlib import Path


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
    return StoredFile(sha256, len(content), mimetypes.guess_type(name)[0] or "application/octet-stream")


def stored_path(folder: Path, sha256: str) -> Path:
    """Return where the bytes with this address are kept."""
    return folder / sha256[:2] / sha256
