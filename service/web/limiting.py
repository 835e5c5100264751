"""How often one address or key may do something; kept in memory or in a store that processes share."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

import structlog
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter, RateLimiter

_log = structlog.get_logger(__name__)
_PREFIX = 64
_MEMORY = "memory://"
_rate = lru_cache(maxsize=64)(parse)


@dataclass(frozen=True, slots=True)
class Counted:
    """One count that an act adds to: what is done, how often it may be (`10/5minute`), and by whom."""

    act: str
    rate: str
    who: str


class Limits:
    """The rate limits of this process."""

    def __init__(self, url: str) -> None:
        storage = storage_from_string(url, wrap_exceptions=True)
        self.is_quick = url == _MEMORY
        """Whether counting takes microseconds, so that an event loop may wait for it."""
        self._moving = MovingWindowRateLimiter(storage)
        self._fixed = FixedWindowRateLimiter(storage)
        self._own = MovingWindowRateLimiter(storage_from_string(_MEMORY))

    def wait_for(self, act: str, rate: str, who: str, *, cost: int | None = None) -> int:
        """Count one act and return 0, or the seconds to wait when the rate (`5/hour`) is used up.

        `who`: a `line_of` an address, or a key. What has a cost is counted in fixed windows, since a moving one
        remembers each unit; what is refused then costs nothing.

        A store that is away limits nobody: a person with a report must not meet our trouble.
        """
        try:
            if cost is None:
                return _wait(self._moving, Counted(act, rate, who))
            item = _rate(rate)
            if self._fixed.test(item, act, who, cost=cost) and self._fixed.hit(item, act, who, cost=cost):
                return 0
            return _left(self._fixed, item, act, who)
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
            return _wait(self._moving, counted)
        except StorageError as error:
            _log.warning("limits_unavailable", problem=type(error).__name__)
            return _wait(self._own, counted)


def _wait(limiter: RateLimiter, counted: Counted) -> int:
    item = _rate(counted.rate)
    if limiter.hit(item, counted.act, counted.who):
        return 0
    return _left(limiter, item, counted.act, counted.who)


def _left(limiter: RateLimiter, item: RateLimitItem, act: str, who: str) -> int:
    reset = limiter.get_window_stats(item, act, who).reset_time
    return max(1, math.ceil(reset - time.time()))


@lru_cache(maxsize=4096)
def line_of(address: str) -> str:
    """Return what tells one visitor's line from another's: an IPv6 line has a whole network of addresses."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    # An IPv4 address in the clothes of the other kind is still that one address.
    return str(parsed.ipv4_mapped or ip_network((parsed, _PREFIX), strict=False))
