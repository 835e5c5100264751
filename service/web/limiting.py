"""How often one address may do something; kept in memory or in a store that processes share."""

from __future__ import annotations

import math
import time
from ipaddress import IPv6Address, ip_address, ip_network

import structlog
from limits import parse
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

_log = structlog.get_logger(__name__)
_PREFIX = 64


class Limits:
    """The rate limits of this process."""

    def __init__(self, url: str) -> None:
        self._limiter = MovingWindowRateLimiter(storage_from_string(url, wrap_exceptions=True))

    def wait_for(self, act: str, rate: str, address: str) -> int:
        """Count one act and return 0, or the seconds to wait when the rate (`5/hour`) is used up.

        A store that is away limits nobody: a person with a report must not meet our trouble.
        """
        item, key = parse(rate), _key(address)
        try:
            if self._limiter.hit(item, act, key):
                return 0
            reset = self._limiter.get_window_stats(item, act, key).reset_time
        except StorageError as error:
            _log.warning("limits_unavailable", problem=type(error).__name__)
            return 0
        return max(1, math.ceil(reset - time.time()))


def _key(address: str) -> str:
    """Return what tells one visitor's line from another's: an IPv6 line has a whole network of addresses."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(ip_network((parsed, _PREFIX), strict=False))
    return str(parsed)
