"""A circuit breaker: after repeated failures nobody waits for a server that is away."""

import threading
import time
from collections import deque
from collections.abc import Callable

_FAILURES = 5
_WITHIN_S = 10.0
_REST_S = 2.0
_LONGEST_REST_S = 60.0


class Breaker:
    """Closed while all is well; open for a rest after failures; then one caller at a time tries again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._failures: deque[float] = deque(maxlen=_FAILURES)
        self._open_until = 0.0
        self._is_probing = False

    def allows(self) -> bool:
        """Return whether a call may be made now; after a rest only the first asker gets yes."""
        with self._guard:
            if not self._open_until:
                return True
            if self._clock() < self._open_until or self._is_probing:
                return False
            self._is_probing = True
            return True

    def rest_s(self) -> float:
        """Return the seconds until the next try."""
        return max(0.0, self._open_until - self._clock())

    def succeeded(self) -> None:
        """Note an answer that made sense."""
        with self._guard:
            self._failures.clear()
            self._open_until, self._is_probing = 0.0, False

    def failed(self, retry_after_s: float | None = None) -> None:
        """Note a failure; a server that names a time is left alone for as long, up to a minute."""
        with self._guard:
            now = self._clock()
            self._failures.append(now)
            often = len(self._failures) == _FAILURES and now - self._failures[0] <= _WITHIN_S
            if retry_after_s is not None or often or self._is_probing:
                self._open_until = now + min(retry_after_s or _REST_S, _LONGEST_REST_S)
            self._is_probing = False
