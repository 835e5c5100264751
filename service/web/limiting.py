"""How often one address may do something; kept in memory or in a store that processes share."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

import structlog
from limits import parse
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

_log = structlog.get_logger(__name__)
_PREFIX = 64


@dataclass(frozen=True, slots=True)
class Counted:
    """One count that an act adds to: what is done, how often it may be (`10/5minute`), and by whom."""

    act: str
    rate: str
    who: str


class Limits:
    """The rate limits of this process."""

    def __init__(self, url: str) -> None:
        self._limiter = MovingWindowRateLimiter(storage_from_string(url, wrap_exceptions=True))
        self._own = MovingWindowRateLimiter(storage_from_string("memory://"))

    def wait_for(self, act: str, rate: str, address: str) -> int:
        """Count one act and return 0, or the seconds to wait when the rate (`5/hour`) is used up.

        A store that is away limits nobody: a person with a report must not meet our trouble.
        """
        try:
            return _wait(self._limiter, Counted(act, rate, line_of(address)))
        except StorageError as error:
            _log.warning("limits_unavailable", problem=type(error).__name__)
            return 0

    def wait_for_all(self, counts: Sequence[Counted]) -> int:
        """Count one act on every count and return 0, or the longest wait in seconds of those used up.

        A store that is away leaves this process to count by itself: guessing passwords is never unlimited.
        """
        return max(self._strict_wait(each) for each in counts)

    def _strict_wait(self, counted: Counted) -> int:
        try:
            return _wait(self._limiter, counted)
        except StorageError as error:
            _log.warning("limits_unavailable", problem=type(error).__name__)
            return _wait(self._own, counted)


def _wait(limiter: MovingWindowRateLimiter, counted: Counted) -> int:
    item = parse(counted.rate)
    if limiter.hit(item, counted.act, counted.who):
        return 0
    reset = limiter.get_window_stats(item, counted.act, counted.who).reset_time
    return max(1, math.ceil(reset - time.time()))


def line_of(address: str) -> str:
    """Return what tells one visitor's line from another's: an IPv6 line has a whole network of addresses."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(ip_network((parsed, _PREFIX), strict=False))
    return str(parsed)
