"""A receiver of webhooks on this machine that takes, fails, redirects, dawdles or drips, as a test tells it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """What came, in the order in which it came, and how to answer what comes next."""

    url: str = ""
    answers: list[str] = field(default_factory=list)
    came: list[dict[str, Any]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)

    def items(self) -> list[str]:
        """The cursors of the changes that were taken, in order."""
        return [item["cursor"] for each in self.taken for item in each["body"]["data"].get("items", [])]


def is_signed(came: dict[str, Any], secret: str) -> bool:
    """Check as a receiver does, by the text of Standard Webhooks."""
    headers = came["headers"]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + came["raw"]
    made = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    version, _, given = headers["webhook-signature"].partition(",")
    return version == "v1" and hmac.compare_digest(base64.b64decode(given), made)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    receiver: Receiver

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        names = {name.lower(): value for name, value in self.headers.items()}
        came = {"path": self.path, "headers": names, "raw": raw, "body": json.loads(raw)}
        self.receiver.came.append(came)
        answer = self.receiver.answers.pop(0) if self.receiver.answers else "204"
        self.close_connection = True
        if answer == "dawdle":
            time.sleep(1.5)
        elif answer == "drip":
            self._drip()
        elif answer != "cut":
            self._answer(int(answer), came)

    do_GET = do_POST  # noqa: N815  (who follows a redirect asks so)

    def _answer(self, status: int, came: dict[str, Any]) -> None:
        if 200 <= status < 300:
            self.receiver.taken.append(came)
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _drip(self) -> None:
        try:
            for letter in b"HTTP/1.1 204 No Content\r\n" * 3:
                self.wfile.write(bytes([letter]))
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            return

    def log_message(self, *_: Any) -> None:
        return


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        return


@contextmanager
def receiving(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Run a receiver; `answers` are used up one by one, and after them everything is taken."""
    receiver = Receiver()
    server = _Server(("127.0.0.1", 0), type("_OfThisOne", (_Handler,), {"receiver": receiver}))
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    host = "http://127.0.0.1" if context is None else "https://localhost"
    receiver.url = f"{host}:{server.server_port}/hook?a=1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
