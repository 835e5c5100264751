"""Whether a request may be answered now: its key, if it brings one, and how much its address or key has asked.

Everything is public, so a key opens nothing; it raises what may be asked, and its use is counted for its holder.
Source of the figures for addresses: security reference T16.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from service.calendar import Clock
from service.errors import KeyRefused, RateLimited, ScopeMissing
from service.register.keys import LONGEST_SECRET, Key, Keyring
from service.register.tallying import Tally
from service.vocabulary import ApiAct, ApiScope
from service.web.limiting import Limits, line_of

_BEARER: Final = "bearer "
_SCOPES: Final[Mapping[ApiAct, ApiScope]] = {
    ApiAct.VERIFY: ApiScope.VERIFY,
    ApiAct.BATCH: ApiScope.BATCH,
    ApiAct.SEARCH: ApiScope.READ,
    ApiAct.READ: ApiScope.READ,
    ApiAct.FILES: ApiScope.READ,
}
"""What a key must be good for; any key may be asked about itself."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many within so many seconds."""

    amount: int
    window_s: int

    @property
    def rate(self) -> str:
        """As `Limits` reads it."""
        return f"{self.amount}/{self.window_s} second"


ADDRESS: Final[Mapping[ApiAct, Allowance]] = {
    ApiAct.VERIFY: Allowance(60, 60),
    ApiAct.BATCH: Allowance(30, 600),
    ApiAct.SEARCH: Allowance(50, 10),  # five a second, with room for somebody who types
    ApiAct.READ: Allowance(600, 300),
    ApiAct.FILES: Allowance(60, 600),
    ApiAct.KEY: Allowance(60, 60),
}
"""What one address may ask without a key."""

KEY: Final[Mapping[ApiAct, Allowance]] = {
    ApiAct.VERIFY: Allowance(3_000, 60),
    ApiAct.BATCH: Allowance(300, 600),
    ApiAct.SEARCH: Allowance(500, 10),
    ApiAct.READ: Allowance(6_000, 300),
    ApiAct.FILES: Allowance(600, 600),
    ApiAct.KEY: Allowance(60, 60),
}
"""What one key may ask, from wherever."""

ROWS_OF_ADDRESS: Final = Allowance(20_000, 3_600)
ROWS_OF_KEY: Final = Allowance(500_000, 3_600)
"""Rows of batches."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the line of an address, and the key that was brought."""

    line: str
    key: Key | None = None

    @property
    def who(self) -> str:
        """Whose allowance it is."""
        return f"key/{self.key.prefix}" if self.key else self.line


def headers_of(error: RateLimited) -> dict[str, str]:
    """Return the headers of a refusal: when to come back, what is allowed, what is left of it and for how long.

    Source: draft-ietf-httpapi-ratelimit-headers.
    """
    return {
        "Retry-After": str(error.wait_s),
        "RateLimit-Policy": f'"{error.act}";q={error.amount};w={error.window_s}',
        "RateLimit": f'"{error.act}";r=0;t={error.wait_s}',
    }


@dataclass(frozen=True, slots=True)
class Admission:
    """Admits or refuses; one for all requests of an app.

    `is_on`: whether anything is limited; keys are looked at in any case.
    """

    limits: Limits
    keyring: Keyring
    tally: Tally
    clock: Clock
    is_on: bool = True

    def is_quick(self, authorization: str | None) -> bool:
        """Tell whether `admit` takes microseconds, so that an event loop may wait for it."""
        return self.limits.is_quick and (authorization is None or self.keyring.is_quick)

    def admit(self, act: ApiAct, address: str, authorization: str | None = None) -> Caller:
        """Return who asks, having counted the request.

        Raises:
            KeyRefused: the key is none, or was revoked.
            ScopeMissing: the key is not good for this.
            RateLimited: the address or the key has asked too much.
            CannotConfirm: the keys cannot be read now.
        """
        key = self._key(authorization) if authorization else None
        caller = Caller(line_of(address), key)
        scope = _SCOPES.get(act)
        if key is not None and scope is not None and scope not in key.scopes:
            self.tally.used(key.id, act, self.clock.now(), requests=0, refused=1)
            raise ScopeMissing(scope.value)
        allowance = (KEY if key else ADDRESS)[act]
        self._take(caller, act, act.value, allowance)
        if key is not None:
            self.tally.used(key.id, act, self.clock.now())
        return caller

    def take_rows(self, caller: Caller, rows: int) -> None:
        """Count the rows of a batch. Raises RateLimited."""
        allowance = ROWS_OF_KEY if caller.key else ROWS_OF_ADDRESS
        self._take(caller, ApiAct.BATCH, "rows", allowance, rows)
        if caller.key is not None:
            self.tally.used(caller.key.id, ApiAct.BATCH, self.clock.now(), requests=0, rows=rows)

    def _key(self, authorization: str) -> Key | None:
        """Return the key in an Authorization header; None where it is of another kind than ours."""
        if authorization[: len(_BEARER)].lower() != _BEARER:
            return None
        secret = authorization[len(_BEARER) :].strip()
        found = self.keyring.find(secret) if 0 < len(secret) <= LONGEST_SECRET else None
        if found is None:
            raise KeyRefused
        return found

    def _take(
        self, caller: Caller, act: ApiAct, name: str, allowance: Allowance, cost: int | None = None
    ) -> None:
        if not self.is_on:
            return
        wait = self.limits.wait_for(name, allowance.rate, caller.who, cost=cost)
        if not wait:
            return
        if caller.key is not None:
            self.tally.used(caller.key.id, act, self.clock.now(), requests=0, refused=1)
        raise RateLimited(name, wait, allowance.amount, allowance.window_s)
