"""Bodies compressed once for each encoding, and the choice among them: for bytes that are kept and sent often."""

from __future__ import annotations

import gzip
import re
from enum import StrEnum

import brotli

MINIMUM_SIZE = 1000
"""Bytes below which compressing saves less than its header and the work cost."""

_THOROUGH_UP_TO = 256 * 1024
_WEIGHT = re.compile(r"[01](?:\.[0-9]{1,3})?")


class Encoding(StrEnum):
    """The content codings on offer, best first."""

    BROTLI = "br"
    GZIP = "gzip"
    IDENTITY = "identity"


def negotiate(accept_encoding: str) -> Encoding:
    """Return the best coding that an Accept-Encoding header allows; without one, none.

    Among codings the client accepts ours decides, whatever their weights: a weight of 0 refuses.
    Source: RFC 9110 §12.5.3.
    """
    weights = dict(_weighed(part) for part in accept_encoding.lower().split(","))
    rest = weights.get("*", 0.0)
    for encoding in (Encoding.BROTLI, Encoding.GZIP):
        if weights.get(encoding.value, rest) > 0:
            return encoding
    return Encoding.IDENTITY


def _weighed(part: str) -> tuple[str, float]:
    name, _, parameter = part.partition(";")
    key, _, value = parameter.strip().partition("=")
    if key.strip() != "q":
        return name.strip(), 1.0
    # A weight that is none refuses: sending plain bytes is never wrong.
    return name.strip(), float(value) if _WEIGHT.fullmatch(value.strip()) else 0.0


def compress(body: bytes, encoding: Encoding) -> bytes:
    """Return the body in the coding; what is small is compressed harder, since it is sent more often.

    The same body gives the same bytes.
    """
    is_small = len(body) <= _THOROUGH_UP_TO
    if encoding is Encoding.BROTLI:
        # 9 costs about 2 ms for 30 kB; above, 4 is as quick as gzip and still smaller.
        return brotli.compress(body, quality=9 if is_small else 4)  # type: ignore[no-any-return]
    if encoding is Encoding.GZIP:
        return gzip.compress(body, compresslevel=6 if is_small else 4, mtime=0)
    return body


class Packed:
    """A body with its compressed forms, each made at its first use and then kept.

    Two threads may make the same form at the same time; both make the same bytes.
    """

    __slots__ = ("_forms",)

    def __init__(self, body: bytes) -> None:
        self._forms = {Encoding.IDENTITY: body}

    @property
    def body(self) -> bytes:
        """The body as it is."""
        return self._forms[Encoding.IDENTITY]

    @property
    def size(self) -> int:
        """The bytes held in all forms."""
        return sum(map(len, tuple(self._forms.values())))

    def under(self, accept_encoding: str) -> tuple[bytes, Encoding]:
        """Return the body in the best form that the client accepts, and which one that is.

        The reply needs `Vary: Accept-Encoding` whichever it is, and `Content-Encoding` unless it is identity.
        """
        encoding = negotiate(accept_encoding) if len(self.body) >= MINIMUM_SIZE else Encoding.IDENTITY
        found = self._forms.get(encoding)
        if found is None:
            found = self._forms[encoding] = compress(self.body, encoding)
        return found, encoding
