"""Public pages kept as bytes while the register and the day stay the same; the revision is asked on every request.

Truth first: nothing is sent from here unless the register said, after the request came, that nothing was
published since the page was made. When it cannot say so, the page is made again, and fails if it must.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.calendar import Clock, china_date
from service.register.watching import Watch
from service.web.compression import MINIMUM_SIZE, Encoding, Packed, negotiate

Headers: TypeAlias = list[tuple[bytes, bytes]]

# Pages that follow from the register, the day and their address alone. What asks the search index (the overview map
# counts by it), decides a verdict, takes in a form, counts what was asked (/data: the last minutes of a month are
# written after its end) or knows who asks is not here.
KEPT: Final = re.compile(
    r"(?:/en)?/(?:"
    r"|gi/[^/]+(?:/(?:map|areas/[0-9]+|outline\.svg))?"
    r"|(?:organisations|authorisations|trademarks|brands|announcements|places)/[^/]+"
    r"|changes(?:/[0-9]+)?"
    r"|service-points(?:/outline\.svg)?|help|method|accessibility|privacy|developers"
    r")"
)
# Pages that follow from the search index as well.
RESULTS: Final = re.compile(r"(?:/en)?/(?:search|map)")
_RESULTS_STAND_S: Final = 60
_SHARE_OF_RESULTS: Final = 2
# Other parameters are let through unkept: whoever invents some must not push the real pages out.
_KEPT_QUERIES: Final = frozenset({b"", b"size=wide", b"size=narrow"})
_ASKS_AS_SOMEBODY: Final = frozenset({b"cookie", b"authorization", b"hx-request", b"range"})
_LARGEST: Final = 2 * 1024 * 1024
_FORMS: Final = 2  # the plain bytes and, together, at most as much again compressed
_OWN_HEADERS: Final = frozenset({b"content-length", b"cache-control", b"vary", b"etag"})
_negotiate = lru_cache(maxsize=256)(negotiate)


@dataclass(slots=True)
class Page:
    """A reply in all its forms."""

    status: int
    headers: Headers
    packed: Packed
    tag: str
    forms: dict[Encoding, tuple[Message, Message]] = field(default_factory=dict)
    unchanged: dict[Encoding, tuple[Message, Message]] = field(default_factory=dict)

    @property
    def weight(self) -> int:
        """The bytes it may come to hold."""
        return _FORMS * len(self.packed.body)

    async def answer(self, asked: dict[bytes, bytes], send: Send) -> None:
        """Send the form that the client accepts, or 304 when it has it."""
        accepted = asked.get(b"accept-encoding", b"").decode("latin-1")
        encoding = _negotiate(accepted) if len(self.packed.body) >= MINIMUM_SIZE else Encoding.IDENTITY
        known = asked.get(b"if-none-match")
        forms = self.unchanged if known is not None and self._is_among(known) else self.forms
        found = forms.get(encoding)
        if found is None:
            made = self._unchanged if forms is self.unchanged else self._whole
            found = forms[encoding] = made(encoding)
        for message in found:
            # A copy: layers above put their own headers in.
            await send({**message})

    def _is_among(self, known: bytes) -> bool:
        return self.status == 200 and (known.strip() == b"*" or self.tag.encode() in known)  # noqa: PLR2004

    def _whole(self, encoding: Encoding) -> tuple[Message, Message]:
        body, _ = self.packed.under(encoding)
        length = (b"content-length", str(len(body)).encode())
        coding = [] if encoding is Encoding.IDENTITY else [(b"content-encoding", encoding.encode())]
        headers = [*self.headers, *self._validators(encoding), *coding, length]
        return _messages(self.status, headers, body)

    def _unchanged(self, encoding: Encoding) -> tuple[Message, Message]:
        return _messages(304, [*self._validators(encoding)], b"")

    def _validators(self, encoding: Encoding) -> Headers:
        if not self.tag:
            return [(b"vary", b"Accept-Encoding")]
        return [
            (b"etag", f'"{self.tag}-{encoding}"'.encode()),
            (b"vary", b"Accept-Encoding"),
            # Anybody may keep it, nobody may show it without asking here whether it still stands.
            (b"cache-control", b"public, no-cache"),
        ]


def _messages(status: int, headers: Headers, body: bytes) -> tuple[Message, Message]:
    return (
        {"type": "http.response.start", "status": status, "headers": headers},
        {"type": "http.response.body", "body": body},
    )


class _Shelf:
    """Pages that stand as long as what they follow from; the least used go first when it is full."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._weight = 0
        self._stands: object = None
        self._pages: OrderedDict[tuple[str, bytes], Page] = OrderedDict()

    def get(self, key: tuple[str, bytes], stands: object) -> Page | None:
        """Return the page, after letting go of all that followed from something else."""
        if stands != self._stands:
            self._stands, self._weight = stands, 0
            self._pages.clear()
        page = self._pages.get(key)
        if page is not None:
            self._pages.move_to_end(key)
        return page

    def put(self, key: tuple[str, bytes], stands: object, page: Page) -> None:
        """Keep the page, unless it must not be kept or what it followed from has changed meanwhile."""
        if not page.tag or stands != self._stands or key in self._pages or page.weight > self._most_bytes:
            return
        self._pages[key] = page
        self._weight += page.weight
        while self._weight > self._most_bytes:
            _, oldest = self._pages.popitem(last=False)
            self._weight -= oldest.weight


class PageCache:
    """The layer that keeps pages; `most_bytes` bounds it, and 0 keeps nothing."""

    def __init__(self, app: ASGIApp, *, watch: Watch, clock: Clock, most_bytes: int) -> None:
        self._app = app
        self._watch = watch
        self._clock = clock
        self._is_on = most_bytes > 0
        # Searches are as many as visitors think of: they must not push the pages out.
        self._results = _Shelf(most_bytes // _SHARE_OF_RESULTS)
        self._pages = _Shelf(most_bytes - most_bytes // _SHARE_OF_RESULTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, or let the page be made and keep it."""
        place = await self._place(scope)
        if place is None:
            await self._app(scope, receive, send)
            return
        shelf, stands = place
        key = (scope["path"], scope["query_string"])
        page = shelf.get(key, stands)
        if page is not None:
            await page.answer(dict(scope["headers"]), send)
            return
        caught = _Caught()
        try:
            await self._app(_plain(scope), receive, caught)
        finally:  # the page of an error is sent before the error goes on up
            if caught.start:
                page = _page(caught.start, b"".join(caught.parts))
                shelf.put(key, stands, page)
                await page.answer(dict(scope["headers"]), send)

    async def _place(self, scope: Scope) -> tuple[_Shelf, object] | None:
        """Return where the page may be kept and what it follows from, read before it is made.

        So it can only come out newer than its mark, and is then never sent again.
        """
        if not self._is_on or scope["type"] != "http" or scope["method"] != "GET":
            return None
        is_result = RESULTS.fullmatch(scope["path"]) is not None
        is_page = scope["query_string"] in _KEPT_QUERIES and KEPT.fullmatch(scope["path"]) is not None
        if not (is_result or is_page) or any(name in _ASKS_AS_SOMEBODY for name, _ in scope["headers"]):
            return None
        standing = await self._watch.standing()
        if standing is None:
            return None
        now = self._clock.now()
        if is_page:
            return self._pages, (standing.revision, china_date(now))
        # While the index is behind, its answers are not those of the revision. It may also be built anew, which
        # no revision tells: results are made again every minute.
        if not standing.is_indexed:
            return None
        return self._results, (standing.revision, china_date(now), int(now.timestamp()) // _RESULTS_STAND_S)


class _Caught:
    """Takes in what the application sends."""

    def __init__(self) -> None:
        self.start: Message = {}
        self.parts: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.parts.append(message.get("body", b""))


def _plain(scope: Scope) -> Scope:
    """Return the request for the whole page, uncompressed: here each form is made once."""
    headers = [each for each in scope["headers"] if each[0] not in {b"accept-encoding", b"if-none-match"}]
    return {**scope, "headers": headers}


def _page(start: Message, body: bytes) -> Page:
    """Return the reply as a page; only one that may be kept has a tag."""
    status, given = start["status"], start["headers"]
    named = dict(given)
    policy = named.get(b"cache-control", b"")
    is_whole = status == 200 and b"set-cookie" not in named and b"content-encoding" not in named  # noqa: PLR2004
    may_be_kept = (
        is_whole and b"no-store" not in policy and b"private" not in policy and len(body) <= _LARGEST
    )
    replaced = _OWN_HEADERS if may_be_kept else {b"content-length", b"vary"}
    headers = [each for each in given if each[0] not in replaced]
    tag = hashlib.sha256(body).hexdigest()[:20] if may_be_kept else ""
    return Page(status, headers, Packed(body), tag)
