"""One signed message by HTTP POST: to the address that was checked, once, within a time, following nobody."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ssl
from datetime import datetime
from ipaddress import ip_address
from typing import Final

from service.delivering.reaching import AddressRefused, Receiver, parse_receiver, resolve

_PATIENCE_S: Final = 10.0
_PREFIX: Final = "whsec_"
_AGENT: Final = "Dibiao-Webhooks/1"
_TAKEN: Final = range(200, 300)


class Poster:
    """Hands messages over, each within `patience_s`. `allow_loopback` is for tests against this machine."""

    def __init__(self, *, allow_loopback: bool = False, patience_s: float = _PATIENCE_S) -> None:
        self._allow_loopback = allow_loopback
        self._patience_s = patience_s
        self._trust = ssl.create_default_context()

    def post(self, url: str, secret: str, name: str, body: bytes, now: datetime) -> str | None:
        """Return None when the message was taken (any 2xx), else why not: a status, or a code in words.

        A redirect is a refusal: where it leads was not checked, and whoever moved can say so here.
        """
        import httpx2

        try:
            receiver = parse_receiver(url, allow_loopback=self._allow_loopback)
            address = resolve(receiver, allow_loopback=self._allow_loopback)
            status = asyncio.run(self._send(receiver, address, body, _headers(secret, name, body, now)))
        except AddressRefused as error:
            return error.code
        except (TimeoutError, httpx2.TimeoutException):
            return "timed_out"
        except httpx2.HTTPError as error:
            return "bad_certificate" if _is_about_certificates(error) else "unreachable"
        return None if status in _TAKEN else str(status)

    async def _send(self, receiver: Receiver, address: str, body: bytes, headers: dict[str, str]) -> int:
        """Return the status; its headers and body are let go unread as far as that is possible."""
        import httpx2

        literal = f"[{address}]" if ip_address(address).version == 6 else address  # noqa: PLR2004
        # The address that was checked is the one connected to; the name still decides certificate and host.
        url = f"{receiver.scheme}://{literal}:{receiver.port}{receiver.target}"
        named = {**headers, "Host": receiver.host_header}
        options = {"sni_hostname": receiver.host}
        # A limit on the whole beside those on the parts: who sends a byte a second must not hold the worker.
        async with (
            asyncio.timeout(self._patience_s),
            httpx2.AsyncClient(
                verify=self._trust, trust_env=False, follow_redirects=False, timeout=self._patience_s
            ) as client,
            client.stream("POST", url, content=body, headers=named, extensions=options) as reply,
        ):
            return reply.status_code


def _is_about_certificates(error: BaseException) -> bool:
    """Return whether TLS refused the other side; the library passes that on as one more failure to connect."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, ssl.SSLCertVerificationError):
            return True
        found = found.__cause__ or found.__context__
    return False


def _headers(secret: str, name: str, body: bytes, now: datetime) -> dict[str, str]:
    """Return the headers of a signed message. Source: Standard Webhooks 1.0, symmetric signatures."""
    moment = str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    made = hmac.new(key, f"{name}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "User-Agent": _AGENT,
        "webhook-id": name,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(made).decode()}",
    }
