"""The official Meilisearch client on kept-alive connections, with a deadline for every answer.

The client as published opens a connection for each call, waits without end and shares a mutable header
between threads. Here each thread has its own client on its own session.
"""

import threading
import time
from typing import Any

import requests
from meilisearch import Client
from meilisearch._httprequests import HttpRequests
from meilisearch.config import Config
from meilisearch.index import Index

_CONNECT_S = 0.3
_MAX_BYTES = 32_000_000
_CHUNK = 65_536


class DeadlineSession(requests.Session):
    """A session whose every call ends by `deadline` (monotonic seconds), however slowly bytes drip in."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False  # no proxy and no netrc: they would send the key elsewhere or replace it
        self.deadline = 0.0

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        """Return the whole answer, or raise a time-out or connection error of requests."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise requests.exceptions.ReadTimeout("no time left")
        kwargs |= {"timeout": (min(_CONNECT_S, left), left), "stream": True, "allow_redirects": False}
        answer = super().request(*args, **kwargs)
        try:
            self._read(answer)
        finally:
            answer.close()
        return answer

    def _read(self, answer: requests.Response) -> None:
        pieces, size = [], 0
        while piece := answer.raw.read1(_CHUNK, decode_content=True):
            pieces.append(piece)
            size += len(piece)
            if size > _MAX_BYTES or time.monotonic() > self.deadline:
                raise requests.exceptions.ReadTimeout("the answer takes too long")
        answer._content = b"".join(pieces)  # noqa: SLF001 - what Response.content would have set


class _Requests(HttpRequests):
    def __init__(self, config: Config, session: DeadlineSession) -> None:
        super().__init__(config)
        self._session = session

    def get(self, path: str) -> Any:
        return self.send_request(self._session.get, path)

    def post(
        self, path: str, body: Any = None, content_type: str | None = "application/json", **options: Any
    ) -> Any:
        return self.send_request(self._session.post, path, body, content_type, **options)

    def patch(self, path: str, body: Any = None, content_type: str | None = "application/json") -> Any:
        return self.send_request(self._session.patch, path, body, content_type)

    def delete(self, path: str, body: Any = None) -> Any:
        return self.send_request(self._session.delete, path, body)


class Connections:
    """One client for each thread that asks."""

    def __init__(self, url: str, key: str | None) -> None:
        self._url, self._key = url.rstrip("/"), key
        self._mine = threading.local()
        self._guard = threading.Lock()
        self._all: list[DeadlineSession] = []

    def client(self, deadline: float) -> Client:
        """Return this thread's client, bound to end its calls by the deadline."""
        client: Client | None = getattr(self._mine, "client", None)
        if client is None:
            client = self._new_client()
            self._mine.client = client
        self._mine.session.deadline = deadline
        return client

    def index(self, uid: str, deadline: float) -> Index:
        """Return an index of this thread's client, on the same connection."""
        client = self.client(deadline)
        index = client.index(uid)
        index.http = client.http
        return index

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._guard:
            for session in self._all:
                session.close()
            self._all.clear()
            self._mine = threading.local()

    def _new_client(self) -> Client:
        session = DeadlineSession()
        client = Client(self._url, self._key)
        client.http = _Requests(client.config, session)
        client.task_handler.http = client.http
        self._mine.session = session
        with self._guard:
            self._all.append(session)
        return client
