"""Answers that follow from the registry's revision: a tag that names it, 304 where the client has it already."""

from __future__ import annotations

import hashlib

from fastapi import Request, Response

from service.web.compression import Encoding, Packed

_VARY = {"Vary": "Accept-Encoding"}


class Unchanged(Exception):
    """The client has the answer already: a dependency that saw so ends the request with this."""

    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.tag = tag


def tag_of(revision: int, *parts: object) -> str:
    """Return the entity tag of an answer of the revision; `parts` are what else decides it, such as the day.

    Weak, since every content coding of the answer carries it. Source: RFC 9110 §8.8.1.
    """
    digest = hashlib.blake2s(repr(parts).encode(), digest_size=8).hexdigest()
    return f'W/"{revision}-{digest}"'


def is_known(request: Request, tag: str) -> bool:
    """Return whether the client says that it has the answer with this tag. Source: RFC 9110 §13.1.2.

    `*` (anything at all) is no answer here: whether there is a record is only known once it was looked up.
    """
    given = request.headers.get("if-none-match", "")
    opaque = tag.removeprefix("W/")
    return any(each.strip().removeprefix("W/") == opaque for each in given.split(","))


def not_modified(tag: str) -> Response:
    """Return 304: what the client has is what it would get."""
    return Response(status_code=304, headers=headers_of(tag) | _VARY)


def headers_of(tag: str) -> dict[str, str]:
    """Return the headers of an answer with this tag; caches must ask again before they use it."""
    return {"Cache-Control": "no-cache", "ETag": tag}


def packed_reply(request: Request, packed: Packed, tag: str, media_type: str) -> Response:
    """Return the body in the best coding the client accepts."""
    body, encoding = packed.under(request.headers.get("accept-encoding", ""))
    coding = {} if encoding is Encoding.IDENTITY else {"Content-Encoding": encoding.value}
    return Response(body, media_type=media_type, headers=headers_of(tag) | _VARY | coding)
