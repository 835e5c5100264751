"""Every call to the Meilisearch server: bounded in number and time, counted by a breaker, errors as facts."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests
import urllib3
from meilisearch.errors import MeilisearchApiError, MeilisearchCommunicationError, MeilisearchTimeoutError

from search.engine import SearchUnavailable
from search.server_breaker import Breaker
from search.server_http import Connections

_ENGINE = "meilisearch"
_SLOTS = 16
_SLOT_WAIT_S = 0.2
_SERVER_ERROR = 500
_BUSY_REST_S = 10.0  # what Meilisearch itself asks for with its 503

_SLOW = (MeilisearchTimeoutError, requests.exceptions.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)
_AWAY = (MeilisearchCommunicationError, urllib3.exceptions.HTTPError, OSError)  # requests raises OSErrors
_NONSENSE = (ValueError, TypeError, KeyError, AttributeError)  # HTML, half a JSON, another schema

Call = Callable[[Connections, float], Any]


class NotFound(Exception):
    """The index or task does not exist (404), or is hidden from this key."""


class Gateway:
    """Calls with one key."""

    def __init__(self, url: str, key: str | None, breaker: Breaker) -> None:
        self._connections = Connections(url, key)
        self._breaker = breaker
        self._slots = threading.BoundedSemaphore(_SLOTS)

    def read(self, call: Call, deadline: float) -> Any:
        """Return the answer of a call that changes nothing; it is tried twice when time allows."""
        try:
            return self._once(call, deadline)
        except SearchUnavailable as first:
            if first.reason not in {"refused", "bad_status"} or first.retry_after_s is not None:
                raise
            if time.monotonic() >= deadline:
                raise
        return self._once(call, deadline)

    def write(self, call: Call, deadline: float) -> Any:
        """Return the answer of a call that may change something; it is tried once."""
        return self._once(call, deadline)

    def close(self) -> None:
        """Close all connections."""
        self._connections.close()

    def _once(self, call: Call, deadline: float) -> Any:
        if not self._breaker.allows():
            raise SearchUnavailable(_ENGINE, "open_circuit", retry_after_s=self._breaker.rest_s())
        with self._slot(), self._named_errors():
            answer = call(self._connections, deadline)
            self._breaker.succeeded()
            return answer

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if not self._slots.acquire(timeout=_SLOT_WAIT_S):
            raise SearchUnavailable(_ENGINE, "busy")
        try:
            yield
        finally:
            self._slots.release()

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except MeilisearchApiError as error:
            raise self._of_status(error) from error
        except _SLOW as error:
            raise self._failure("timeout") from error
        except _NONSENSE as error:  # before the next: a JSON error of requests is an OSError as well
            raise self._failure("bad_answer", type(error).__name__) from error
        except _AWAY as error:
            raise self._failure("refused") from error

    def _failure(
        self, reason: str, detail: str = "", retry_after_s: float | None = None
    ) -> SearchUnavailable:
        self._breaker.failed(retry_after_s)
        return SearchUnavailable(_ENGINE, reason, detail, retry_after_s)

    def _of_status(self, error: MeilisearchApiError) -> Exception:
        code = str(error.code or error.status_code)
        if error.status_code >= _SERVER_ERROR:
            rest = _retry_after(error) if error.status_code == requests.codes.service_unavailable else None
            return self._failure("bad_status", code, rest)
        self._breaker.succeeded()  # the server is well: the fault is in the key, the index or our request
        if error.status_code == requests.codes.not_found and code.endswith("_not_found"):
            return NotFound(code)
        return SearchUnavailable(_ENGINE, "bad_status", code)


def _retry_after(error: MeilisearchApiError) -> float:
    response = getattr(error.__cause__, "response", None)
    asked = response.headers.get("Retry-After", "") if response is not None else ""
    return float(asked) if asked.isdecimal() else _BUSY_REST_S
