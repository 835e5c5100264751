"""Changes on a Meilisearch server: every task is awaited, and a rebuild serves only when whole."""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

from search.document import Document
from search.engine import SearchUnavailable
from search.server_compile import one_of
from search.server_gateway import Gateway, NotFound
from search.server_http import Connections
from search.server_settings import INDEX, NEXT, PRIMARY_KEY, SETTINGS, SETTINGS_HASH, row
from search.shown import Shown

_ENGINE = "meilisearch"
_CALL_S = 30.0
_TASK_S = 60.0
_BUILD_TASK_S = 1_800.0
_POLL_S = 0.02
_LONGEST_POLL_S = 0.5
_BATCH = 1_000
_OTHER_SETTINGS = f'settings != "{SETTINGS_HASH}"'
_DONE = {"succeeded", "failed", "canceled"}

Changes = Mapping[str, Document | None]
T = TypeVar("T")


class ServerWriter:
    """Writes with the indexer key: documents, indexes, settings, tasks, stats, swap."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._guard = threading.RLock()
        self._is_prepared = False
        self._while_building: dict[str, Document | None] | None = None

    def apply(self, changes: Changes) -> None:
        """Write changes into the serving index; returns when the server's tasks have succeeded."""
        if not changes:
            return
        with self._guard:
            if self._while_building is not None:
                self._while_building.update(changes)
            self._prepare()
            self._write(INDEX, changes)

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Fill a new index, then swap it with the serving one. Changes made meanwhile are carried over."""
        with self._guard:
            self._while_building = {}
        try:
            self._remove(NEXT)  # what a killed rebuild may have left
            self._create(NEXT)
            tasks = [self._send_rows(NEXT, batch) for batch in _batches(documents)]
            for task in tasks:
                self._await(task, _BUILD_TASK_S)
            self._swap()
        finally:
            self._while_building = None

    def fingerprints(self) -> dict[str, str]:
        """Return the fingerprint of every document held for the present settings, by id."""
        found: dict[str, str] = {}
        total = 1
        while len(found) < total:
            page, total = self._page(len(found))
            if not page:
                break
            found |= {one.id: one.fingerprint for one in page}
        return found

    def _page(self, offset: int) -> tuple[list[Shown], int]:
        asked = {
            "offset": offset,
            "limit": _BATCH,
            "fields": ["shown"],
            "filter": [f'settings = "{SETTINGS_HASH}"'],
        }

        def call(connections: Connections, until: float) -> tuple[list[Shown], int]:
            said = connections.client(until).http.post(f"indexes/{INDEX}/documents/fetch", asked)
            return [Shown.unpacked(one["shown"]) for one in said["results"]], int(said["total"])

        try:
            found: tuple[list[Shown], int] = self._gateway.read(call, time.monotonic() + _CALL_S)
        except NotFound:
            return [], 0
        return found

    def _prepare(self) -> None:
        # The first write of a process finds out whether the serving index is there and of these settings.
        if self._is_prepared:
            return
        if not self._exists(INDEX):
            self._create(INDEX)
        elif not self._is_current():
            self._change_settings(INDEX)
            self._send("POST", f"indexes/{INDEX}/documents/delete", {"filter": _OTHER_SETTINGS})
        self._is_prepared = True

    def _write(self, uid: str, changes: Changes) -> None:
        added = [document for document in changes.values() if document is not None]
        removed = [identity for identity, document in changes.items() if document is None]
        for batch in _batches(added):
            self._await(self._send_rows(uid, batch), _TASK_S)
        for ids in _batches(removed):
            wanted = {"filter": one_of(PRIMARY_KEY, ids)}
            self._send("POST", f"indexes/{uid}/documents/delete", wanted)

    def _swap(self) -> None:
        with self._guard:
            if self._while_building:
                self._write(NEXT, self._while_building)
            if not self._exists(INDEX):
                self._create(INDEX)
            built = self._index(NEXT)
            task = self._submit("POST", "swap-indexes", [{"indexes": [INDEX, NEXT]}])
            self._await_swap(task, str(built["createdAt"]))
            self._is_prepared = True
        self._remove(NEXT)

    def _await_swap(self, task: int, created_at: str) -> None:
        # A key that is limited to some indexes may not read the swap's task, which belongs to none.
        try:
            self._await(task, _TASK_S)
        except NotFound:
            until = time.monotonic() + _TASK_S
            while str(self._index(INDEX)["createdAt"]) != created_at:
                if time.monotonic() > until:
                    raise SearchUnavailable(_ENGINE, "failed_task", "swap") from None
                time.sleep(_LONGEST_POLL_S)

    def _create(self, uid: str) -> None:
        self._send("POST", "indexes", {"uid": uid, "primaryKey": PRIMARY_KEY})
        self._change_settings(uid)

    def _change_settings(self, uid: str) -> None:
        self._send("PATCH", f"indexes/{uid}/settings", SETTINGS)

    def _is_current(self) -> bool:
        path, asked = f"indexes/{INDEX}/documents/fetch", {"limit": 0}
        try:
            others = self._call("POST", path, asked | {"filter": _OTHER_SETTINGS}, read=True)["total"]
        except SearchUnavailable as error:
            if error.reason != "bad_status":
                raise
            return False  # an index that cannot even be filtered so was made by somebody else
        return not others and bool(self._call("POST", path, asked, read=True)["total"])

    def _exists(self, uid: str) -> bool:
        try:
            self._index(uid)
        except NotFound:
            return False
        return True

    def _index(self, uid: str) -> dict[str, Any]:
        found: dict[str, Any] = self._call("GET", f"indexes/{uid}", read=True)
        return found

    def _remove(self, uid: str) -> None:
        if self._exists(uid):
            self._send("DELETE", f"indexes/{uid}")

    def _send_rows(self, uid: str, batch: list[Document]) -> int:
        return self._submit("POST", f"indexes/{uid}/documents", [row(document) for document in batch])

    def _send(self, method: str, path: str, body: Any = None) -> None:
        self._await(self._submit(method, path, body), _TASK_S)

    def _submit(self, method: str, path: str, body: Any = None) -> int:
        return int(self._call(method, path, body)["taskUid"])

    def _await(self, task: int, timeout_s: float) -> None:
        # The server answers before it has indexed, and a failed task was also answered with 202.
        until, pause = time.monotonic() + timeout_s, _POLL_S
        while (said := self._call("GET", f"tasks/{task}", read=True))["status"] not in _DONE:
            if time.monotonic() > until:
                raise SearchUnavailable(_ENGINE, "timeout", "task")
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_POLL_S)
        if said["status"] != "succeeded":
            error = said.get("error") or {}
            raise SearchUnavailable(_ENGINE, "failed_task", str(error.get("code", said["status"])))

    def _call(self, method: str, path: str, body: Any = None, *, read: bool = False) -> Any:
        def call(connections: Connections, until: float) -> Any:
            http = connections.client(until).http
            if method in {"POST", "PATCH"}:
                return _an_object({"POST": http.post, "PATCH": http.patch}[method](path, body))
            return _an_object({"GET": http.get, "DELETE": http.delete}[method](path))

        ask = self._gateway.read if read else self._gateway.write
        return ask(call, time.monotonic() + _CALL_S)


def _an_object(said: Any) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise TypeError("not a JSON object")
    return said


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, _BATCH)):
        yield batch
