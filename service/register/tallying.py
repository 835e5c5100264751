"""What was asked, counted in memory and written now and then: no verification waits for a write.

A process that dies loses what it counted since the last writing, at most a minute; a database that is away
loses nothing, as long as the counts fit.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service.calendar import china_date
from service.register.database import Database
from service.register.models import ApiKey, ApiKeyUse, VerificationCount, VerificationMonth
from service.register.verification.verdict import Verdict
from service.vocabulary import ApiAct, Outcome

KEEP_DAYS: Final = 90
BUCKETS: Final = 64
_MOST: Final = 100_000
"""Different counts that are kept while the database is away; beyond, new ones are let go."""

_Verified = tuple[datetime, Outcome, str, int]
_Used = tuple[int, date, ApiAct]


@dataclass(slots=True)
class _Counts:
    verified: Counter[_Verified] = field(default_factory=Counter)
    requests: Counter[_Used] = field(default_factory=Counter)
    rows: Counter[_Used] = field(default_factory=Counter)
    refused: Counter[_Used] = field(default_factory=Counter)
    last_used: dict[int, datetime] = field(default_factory=dict)

    def take_in(self, other: _Counts) -> None:
        """Add what another holds, as far as there is room."""
        for own, their in zip(self._counters(), other._counters(), strict=True):
            for key, count in their.items():
                if len(own) < _MOST or key in own:
                    own[key] += count
        for key_id, moment in other.last_used.items():
            self.last_used[key_id] = max(moment, self.last_used.get(key_id, moment))

    def _counters(self) -> tuple[Counter[Any], ...]:
        return self.verified, self.requests, self.rows, self.refused

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not any(self._counters())


class Tally:
    """The counts of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._counts = _Counts()
        self._secret: tuple[date, bytes] = date.min, b""

    def verified(self, verdict: Verdict, line: str) -> None:
        """Count one verdict; `line` is what the asker's address is narrowed to, and goes no further than its bucket."""
        product = verdict.target.slug if verdict.target else ""
        self.verified_many({(verdict.outcome, product): 1}, verdict.checked_at, line)

    def verified_many(self, counts: Mapping[tuple[Outcome, str], int], at: datetime, line: str) -> None:
        """Count verdicts of one moment, by outcome and product (its slug, empty without one)."""
        minute = at.replace(second=0, microsecond=0)
        bucket = self.bucket_of(line, minute)
        with self._lock:
            known = self._counts.verified
            for (outcome, product), count in counts.items():
                if len(known) < _MOST:
                    known[minute, outcome, product, bucket] += count

    def bucket_of(self, line: str, moment: datetime) -> int:
        """Return one of `BUCKETS` for a line; the same line has another one on another day and in another process."""
        secret = self._secret_of(china_date(moment))
        return hashlib.blake2b(line.encode(), key=secret, digest_size=1).digest()[0] % BUCKETS

    def _secret_of(self, day: date) -> bytes:
        with self._lock:
            if self._secret[0] != day:
                self._secret = day, os.urandom(16)
            return self._secret[1]

    def used(
        self, key_id: int, act: ApiAct, at: datetime, *, requests: int = 1, rows: int = 0, refused: int = 0
    ) -> None:
        """Count what a key did."""
        key = key_id, china_date(at), act
        with self._lock:
            counts = self._counts
            counts.requests[key] += requests
            counts.rows[key] += rows
            counts.refused[key] += refused
            counts.last_used[key_id] = at

    def write(self, database: Database) -> None:
        """Write what was counted since the last time; on failure it is kept for the next.

        Raises:
            CannotConfirm: the database cannot be written now.
        """
        with self._writing:
            with self._lock:
                taken, self._counts = self._counts, _Counts()
            if taken.is_empty:
                return
            written = False
            try:
                with database.writing() as session:
                    _write(session, taken)
                written = True
            finally:
                if not written:
                    with self._lock:
                        self._counts.take_in(taken)


def _write(session: Session, counts: _Counts) -> None:
    names = ("minute", "verdict", "product", "bucket")
    _add(session, VerificationCount, names, [(*key, n) for key, n in counts.verified.items()], ("count",))
    months: Counter[tuple[date, Outcome]] = Counter()
    for (minute, verdict, _, _), count in counts.verified.items():
        months[china_date(minute).replace(day=1), verdict] += count
    _add(
        session, VerificationMonth, ("month", "verdict"), [(*key, n) for key, n in months.items()], ("count",)
    )
    used = [
        (*key, requests, counts.rows[key], counts.refused[key]) for key, requests in counts.requests.items()
    ]
    _add(session, ApiKeyUse, ("key_id", "day", "act"), used, ("requests", "rows", "refused"))
    for key_id, moment in counts.last_used.items():
        session.execute(update(ApiKey).where(ApiKey.id == key_id).values(last_used_at=moment))


def _add(
    session: Session,
    model: Any,
    keys: Sequence[str],
    rows: Iterable[Sequence[Any]],
    counts: Sequence[str],
) -> None:
    """Add the rows, or their counts to the rows of the same keys."""
    made = [dict(zip((*keys, *counts), row, strict=True)) for row in rows]
    if not made:
        return
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(model)
    sums = {name: getattr(model, name) + getattr(statement.excluded, name) for name in counts}
    session.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=sums), made)


def erase_old(session: Session, now: datetime) -> int:
    """Return how many counts of single minutes were erased because their 90 days are over."""
    statement = delete(VerificationCount).where(VerificationCount.minute < now - timedelta(days=KEEP_DAYS))
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Month:
    """The verifications of one China month, by verdict in the order of verdicts."""

    first_day: date
    counts: tuple[tuple[Outcome, int], ...]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(count for _, count in self.counts)


def months_before(session: Session, today: date, most: int) -> list[Month]:
    """Return the months that are over, the newest first: their counts no longer change."""
    statement = (
        select(VerificationMonth.month, VerificationMonth.verdict, func.sum(VerificationMonth.count))
        .where(VerificationMonth.month < today.replace(day=1))
        .group_by(VerificationMonth.month, VerificationMonth.verdict)
    )
    found: dict[date, dict[Outcome, int]] = {}
    for month, verdict, count in session.execute(statement):
        found.setdefault(month, {})[verdict] = int(count)
    return [
        Month(month, tuple((outcome, counts[outcome]) for outcome in Outcome if outcome in counts))
        for month, counts in sorted(found.items(), reverse=True)[:most]
    ]
