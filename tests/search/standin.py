"""A Meilisearch server's outside, on loopback, for tests: it checks every message against the contract.

Tasks are asynchronous. A test may ask for mischief: a refused, slow, broken or nonsensical answer.
"""

import json
import threading
import time
import uuid
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any

from tests.search import standin_contract as contract
from tests.search.standin_evaluation import Refused, passes, search

SEARCH_KEY, INDEXER_KEY = "search-key-of-the-stand-in", "indexer-key-of-the-stand-in"
_DEFAULTS = {
    "searchableAttributes": ["*"],
    "displayedAttributes": ["*"],
    "filterableAttributes": [],
    "sortableAttributes": [],
    "typoTolerance": {"enabled": True, "disableOnNumbers": False, "disableOnAttributes": []},
    "faceting": {"maxValuesPerFacet": 100},
    "pagination": {"maxTotalHits": 1000},
}


class Standin:
    """The server's state and its switches."""

    def __init__(self) -> None:
        self.indexes: dict[str, dict[str, Any]] = {}
        self.tasks: list[dict[str, Any]] = []
        self.broken: list[str] = []  # how messages broke the contract
        self.requests: list[tuple[str, str]] = []
        self.connections = 0
        self.mischief = ""
        self.mischief_for_writes = ""
        self.fail_tasks_with = ""
        self.task_delay_s = 0.0
        self.hide_global_tasks = False
        self._queue: Queue[Any] = Queue()
        handler = type("Handler", (_Handler,), {"standin": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        serve = self._http.serve_forever
        threading.Thread(target=serve, kwargs={"poll_interval": 0.02}, daemon=True).start()
        threading.Thread(target=self._work, daemon=True).start()

    def close(self) -> None:
        self._queue.put(None)
        self._http.shutdown()
        self._http.server_close()

    def enqueue(self, kind: str, uid: str | None, change) -> dict[str, Any]:
        facts = {"indexUid": uid, "status": "enqueued", "type": kind, "enqueuedAt": _now()}
        task = {"uid": len(self.tasks), "error": None, **facts}
        self.tasks.append(task)
        self._queue.put((task, change))
        return {"taskUid": task["uid"], **facts}

    def _work(self) -> None:
        while item := self._queue.get():
            task, change = item
            task["status"] = "processing"
            time.sleep(self.task_delay_s)
            try:
                _do(change, self.fail_tasks_with)
                task["status"] = "succeeded"
            except Refused as refused:
                task["error"] = error_body(refused.code, str(refused))
                task["status"] = "failed"


def error_body(code: str, message: str) -> dict[str, str]:
    _, kind = contract.status_and_type(code)
    return {
        "message": message,
        "code": code,
        "type": kind,
        "link": f"https://docs.meilisearch.com/errors#{code}",
    }


def _do(change, fault: str) -> None:
    if fault:
        raise Refused(fault, "on purpose")
    change()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    standin: Standin

    def setup(self) -> None:
        super().setup()
        self.standin.connections += 1

    def log_message(self, *_: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        is_search = self.path == "/multi-search"
        mischief = self.standin.mischief if is_search else self.standin.mischief_for_writes
        self.standin.requests.append((self.command, self.path))
        if mischief:
            self._misbehave(mischief)
            return
        try:
            status, body = self._answer(raw)
        except Refused as refused:
            status, body = contract.status_and_type(refused.code)[0], error_body(refused.code, str(refused))
        self.standin.broken += contract.problems_of_response(self.command, self.path, status, body)
        self._send(status, json.dumps(body).encode())

    def _answer(self, raw: bytes) -> tuple[int, Any]:
        self._check_key()
        body = None
        if self.command in {"POST", "PUT", "PATCH"}:
            if self.headers.get("Content-Type") != "application/json":
                raise Refused("missing_content_type", "A Content-Type header is missing.")
            body = json.loads(raw)
            if problems := contract.problems_of_request(self.command, self.path, body):
                self.standin.broken += problems
                raise Refused("bad_request", problems[0])
        elif problems := contract.problems_of_request(self.command, self.path, None):
            self.standin.broken += problems
        return self._route(body)

    def _check_key(self) -> None:
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if not given or given == "None":
            raise Refused("missing_authorization_header", "The Authorization header is missing.")
        allowed = {INDEXER_KEY, SEARCH_KEY} if self.path == "/multi-search" else {INDEXER_KEY}
        if given not in allowed:
            raise Refused("invalid_api_key", "The provided API key is invalid.")

    def _route(self, body: Any) -> tuple[int, Any]:
        parts = self.path.split("?")[0].strip("/").split("/")
        match (self.command, *parts):
            case ("POST", "multi-search"):
                return 200, {"results": [self._search(query) for query in body["queries"]]}
            case ("GET", "tasks", number):
                return 200, self._task(int(number))
            case ("POST", "swap-indexes"):
                return 202, self.standin.enqueue("indexSwap", None, lambda: self._swap(body))
            case ("POST", "indexes"):
                return 202, self.standin.enqueue(
                    "indexCreation", body["uid"], lambda: self._create(body["uid"])
                )
            case (_, "indexes", uid, *rest):
                return self._route_index(uid, "/".join(rest), body)
        raise Refused("bad_request", self.path)

    def _route_index(self, uid: str, rest: str, body: Any) -> tuple[int, Any]:
        enqueue = self.standin.enqueue
        match (self.command, rest):
            case ("GET", ""):
                held = self._index(uid)
                return 200, {
                    "uid": uid,
                    "primaryKey": "id",
                    "createdAt": held["createdAt"],
                    "updatedAt": _now(),
                }
            case ("DELETE", ""):
                self._index(uid)
                return 202, enqueue("indexDeletion", uid, lambda: self.standin.indexes.pop(uid))
            case ("PATCH", "settings"):
                return 202, enqueue("settingsUpdate", uid, lambda: self._index(uid)["settings"].update(body))
            case ("POST", "documents"):
                return 202, enqueue("documentAdditionOrUpdate", uid, lambda: self._add(uid, body))
            case ("POST", "documents/delete"):
                return 202, enqueue("documentDeletion", uid, lambda: self._delete(uid, body["filter"]))
            case ("POST", "documents/fetch"):
                return 200, self._fetch(self._index(uid), body)
        raise Refused("bad_request", self.path)

    def _index(self, uid: str) -> dict[str, Any]:
        if uid not in self.standin.indexes:
            raise Refused("index_not_found", f"Index `{uid}` not found.")
        return self.standin.indexes[uid]

    def _task(self, number: int) -> dict[str, Any]:
        task = self.standin.tasks[number] if number < len(self.standin.tasks) else None
        if task is None or (self.standin.hide_global_tasks and task["indexUid"] is None):
            raise Refused("task_not_found", f"Task `{number}` not found.")
        return task

    def _search(self, query: dict[str, Any]) -> dict[str, Any]:
        held = self._index(query["indexUid"])
        found = search(held["documents"], held["settings"], query)
        return {"indexUid": query["indexUid"], "requestUid": str(uuid.uuid4()), **found}

    def _create(self, uid: str) -> None:
        if uid in self.standin.indexes:
            raise Refused("index_already_exists", uid)
        settings = json.loads(json.dumps(_DEFAULTS))
        self.standin.indexes[uid] = {"documents": {}, "settings": settings, "createdAt": _now()}

    def _swap(self, pairs: list[dict[str, Any]]) -> None:
        for pair in pairs:
            left, right = pair["indexes"]
            self._index(left), self._index(right)
            held = self.standin.indexes
            held[left], held[right] = held[right], held[left]

    def _add(self, uid: str, documents: list[dict[str, Any]]) -> None:
        if uid not in self.standin.indexes:
            self._create(uid)
        self._index(uid)["documents"].update({one["id"]: one for one in documents})

    def _delete(self, uid: str, condition: str) -> None:
        held = self._index(uid)
        gone = [key for key, one in held["documents"].items() if passes(one, held["settings"], condition)]
        for key in gone:
            del held["documents"][key]

    def _fetch(self, held: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
        try:
            kept = [
                one
                for one in held["documents"].values()
                if passes(one, held["settings"], asked.get("filter"))
            ]
        except Refused as refused:
            raise Refused("invalid_document_filter", str(refused)) from refused
        offset, limit = asked.get("offset", 0), asked.get("limit", 20)
        fields = asked.get("fields")
        page = [{k: v for k, v in one.items() if fields is None or k in fields} for one in kept]
        return {
            "results": page[offset : offset + limit],
            "offset": offset,
            "limit": limit,
            "total": len(kept),
        }

    def _misbehave(self, mischief: str) -> None:
        if mischief == "hang":
            time.sleep(5)
        elif mischief == "drip":
            self._drip()
        elif mischief == "drop":
            self.connection.close()
        elif mischief == "html":
            self._send(200, b"<html>gateway</html>", "text/html")
        elif mischief == "schema":
            self._send(200, b'{"results": [{"hits": [{"name": 7}]}]}')
        elif mischief == "busy":
            code = "too_many_search_requests"
            self._send(503, json.dumps(error_body(code, "busy")).encode(), retry_after="1")
        else:
            self._send(int(mischief), json.dumps(error_body("internal", "on purpose")).encode())
        self.close_connection = True

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(100):
            try:
                self.wfile.write(b" ")
                self.wfile.flush()
            except OSError:
                return
            time.sleep(0.05)

    def _send(self, status: int, body: bytes, kind: str = "application/json", retry_after: str = "") -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if self.standin.mischief:
                self.send_header("Connection", "close")
            if retry_after:
                self.send_header("Retry-After", retry_after)
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the client did not wait


def _now() -> str:
    return datetime.now(UTC).isoformat()
