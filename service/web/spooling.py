"""Replies written whole before they begin: what fails half-way is an error, never half a file.

Beyond a few MiB they lie on the disk, so memory stays flat, and no database connection waits for a slow reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, Final, TypeVar

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

_IN_MEMORY: Final = 4 * 1024 * 1024
_PIECE: Final = 64 * 1024
_Told = TypeVar("_Told")


def spooled(write: Callable[[IO[bytes]], _Told]) -> tuple[IO[bytes], _Told]:
    """Return the file that was written, open at its end, and what the writing returned."""
    with ExitStack() as stack:
        kept: IO[bytes] = stack.enter_context(SpooledTemporaryFile(max_size=_IN_MEMORY))
        told = write(kept)
        stack.pop_all()  # from here on whoever sends it closes it
    return kept, told


class FileReply(StreamingResponse):
    """A reply that sends a file piece by piece and closes it, also when the reader is gone before the first."""

    def __init__(self, kept: IO[bytes], media_type: str, headers: Mapping[str, str], *, head: bytes) -> None:
        """Hold the file, open at its end, to be sent after `head`."""
        length = len(head) + kept.tell()
        kept.seek(0)
        super().__init__(
            _pieces(head, kept), media_type=media_type, headers={"Content-Length": str(length), **headers}
        )
        self._kept = kept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the reply; the file is closed when this ends, however it ends."""
        with self._kept:
            await super().__call__(scope, receive, send)


def _pieces(head: bytes, kept: IO[bytes]) -> Iterator[bytes]:
    if head:
        yield head
    while piece := kept.read(_PIECE):
        yield piece
