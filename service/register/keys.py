"""Keys of the interface: issued, found by their secret at every request, revoked at once."""

from __future__ import annotations

import hashlib
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session

from service.errors import CannotConfirm, DuplicateRecord, FieldNotAllowed, RecordNotFound
from service.register import auditing, editing, rights, sent_twice
from service.register.database import Database
from service.register.lifecycle import add_months
from service.register.models import ApiKey, ApiKeyUse, StaffUser
from service.vocabulary import ApiScope, StaffAct

AUDITED_AS: Final = "api_key"
"""What the trail calls a key."""
_BEGINNING: Final = "dbk"
_PATIENCE_MS: Final = 500
_PREFIX_BYTES: Final = 4
_SECRET_BYTES: Final = 24
LONGEST_SECRET: Final = 100
_LONGEST_HOLDER: Final = 300
_FIND: Final = (
    "SELECT id, holder, prefix, scopes FROM api_key WHERE secret_sha256 = {} AND revoked_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class Key:
    """A key that is good at the moment it was found."""

    id: int
    holder: str
    prefix: str
    scopes: frozenset[ApiScope]


def issue(
    session: Session,
    holder: str,
    scopes: Sequence[ApiScope],
    *,
    by: StaffUser,
    at: datetime,
    form: str | None = None,
) -> tuple[ApiKey, str]:
    """Return a new key and its secret, which is not kept.

    `form`: see `sent_twice`. Its key and secret follow from it and from what it says, so that a form sent twice makes
    one key, and who pressed twice sees its secret though only the second reply is shown; a form sent again later
    shows nothing.

    Raises:
        NotPermitted: only administrators issue keys.
        FieldNotAllowed: nobody is named as its holder, or it is good for nothing.
        DuplicateRecord: the form made a key some minutes ago, or one that was revoked; it carries the key's prefix.
    """
    rights.demand(session, by, StaffAct.KEEP_KEYS)
    if not 0 < len(holder) <= _LONGEST_HOLDER:
        raise FieldNotAllowed("holder", holder, "length")
    if not scopes:
        raise FieldNotAllowed("scopes", "", "required")
    named = " ".join(dict.fromkeys(scope.value for scope in scopes))
    prefix, secret = _drawn(form or sent_twice.new_form(), f"{by.id}\n{named}\n{holder}")
    editing.lock_registry(session)  # one at a time, so that a form sent twice meets the first
    if known := session.scalar(select(ApiKey).where(ApiKey.secret_sha256 == _hash(secret))):
        if known.revoked_at is not None or at - known.issued_at > sent_twice.PRESSED_TWICE:
            raise DuplicateRecord("form", known.prefix)
        return known, secret
    key = ApiKey(
        holder=holder,
        prefix=prefix,
        secret_sha256=_hash(secret),
        scopes=named,
        issued_at=at,
        issued_by_id=by.id,
    )
    session.add(key)
    session.flush()  # the audit row names it
    changes = {"holder": [None, holder], "scopes": [None, named]}
    _record(session, auditing.Act("issued", AUDITED_AS, key.ulid, changes), by, at)
    return key, secret


def revoke(session: Session, prefix: str, *, by: StaffUser, at: datetime, reason: str) -> ApiKey:
    """Return the key, which is refused from the commit on; revoking it again changes nothing.

    Raises:
        NotPermitted: only administrators revoke keys.
        RecordNotFound: there is no key of this prefix.
        FieldNotAllowed: it is not said why; its holder will ask.
    """
    rights.demand(session, by, StaffAct.KEEP_KEYS)
    if not reason.strip():
        raise FieldNotAllowed("reason", "", "required")
    key = find_by_prefix(session, prefix)
    if key.revoked_at is None:
        key.revoked_at = at
        changes = {"revoked_at": [None, at.isoformat()]}
        _record(session, auditing.Act("revoked", AUDITED_AS, key.ulid, changes, reason), by, at)
    return key


def find_by_prefix(session: Session, prefix: str) -> ApiKey:
    """Return the key that people call by this prefix.

    Raises:
        RecordNotFound: there is none.
    """
    key = session.scalars(select(ApiKey).where(ApiKey.prefix == prefix)).first()
    if key is None:
        raise RecordNotFound(AUDITED_AS, prefix)
    return key


def list_keys(session: Session) -> Sequence[ApiKey]:
    """Return every key, the newest first."""
    return session.scalars(select(ApiKey).order_by(ApiKey.id.desc())).all()


def find_key(session: Session, key_id: int) -> ApiKey:
    """Return a key by its number. Raises NoResultFound."""
    return session.get_one(ApiKey, key_id)


def use_of(session: Session, key_id: int, since: date) -> Sequence[ApiKeyUse]:
    """Return what a key did from a day on, by day and act, the newest day first."""
    statement = select(ApiKeyUse).where(ApiKeyUse.key_id == key_id, ApiKeyUse.day >= since)
    return session.scalars(statement.order_by(ApiKeyUse.day.desc(), ApiKeyUse.act)).all()


@dataclass(frozen=True, slots=True)
class MonthOfUse:
    """What one key did in one China month."""

    first_day: date
    requests: int = 0
    rows: int = 0
    refused: int = 0


def use_by_month(session: Session, months: int, today: date) -> dict[int, tuple[MonthOfUse, ...]]:
    """Return, by the number of each key that was used, its last so many months, the oldest first, none left out."""
    first_days = [add_months(today.replace(day=1), -back) for back in reversed(range(months))]
    year, month = extract("year", ApiKeyUse.day), extract("month", ApiKeyUse.day)
    sums = (func.sum(ApiKeyUse.requests), func.sum(ApiKeyUse.rows), func.sum(ApiKeyUse.refused))
    statement = (
        select(ApiKeyUse.key_id, year, month, *sums)
        .where(ApiKeyUse.day >= first_days[0])
        .group_by(ApiKeyUse.key_id, year, month)
    )
    found: dict[int, dict[date, MonthOfUse]] = {}
    for key_id, of_year, of_month, *counts in session.execute(statement):
        first_day = date(int(of_year), int(of_month), 1)
        found.setdefault(key_id, {})[first_day] = MonthOfUse(first_day, *map(int, counts))
    return {
        key_id: tuple(used.get(first_day, MonthOfUse(first_day)) for first_day in first_days)
        for key_id, used in found.items()
    }


class Keyring:
    """Finds keys by their secrets over a connection held for that alone.

    The database is asked each time, so that a revoked key is refused by the next request of every process; a
    session of the pool would cost several times as much (some 10 µs here on SQLite).
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._connection: Any = None

    @property
    def is_quick(self) -> bool:
        """Whether asking takes microseconds, so that an event loop may wait for it."""
        return self._database.is_sqlite

    def find(self, secret: str) -> Key | None:
        """Return the key of a secret, or None when there is none or it was revoked.

        Raises:
            CannotConfirm: the database cannot be read.
        """
        # A plain hash: the secret is random and long, so there is nothing to guess that a slow one would slow.
        wanted = _hash(secret)
        with self._lock:
            try:
                row = self._connected().execute(self._statement, (wanted,)).fetchone()
            except self._database.driver_error as error:
                self._close()
                raise CannotConfirm(type(error).__name__) from error
        if row is None:
            return None
        key_id, holder, prefix, scopes = row
        return Key(key_id, holder, prefix, _scopes(scopes.split()))

    @property
    def _statement(self) -> str:
        return _FIND.format("?" if self._database.is_sqlite else "%s")

    def _connected(self) -> Any:
        if self._connection is None:
            connection = self._database.held_connection()
            if self._database.is_sqlite:
                connection.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")  # an event loop may be waiting
            else:
                connection.autocommit = True  # or it would see one moment for ever
            self._connection = connection
        return self._connection

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._close()


def _scopes(names: Iterable[str]) -> frozenset[ApiScope]:
    known = {scope.value for scope in ApiScope}
    return frozenset(ApiScope(name) for name in names if name in known)


def _drawn(form: str, said: str) -> tuple[str, str]:
    """Return the prefix and the secret of the key that a form asks for; nobody can guess them without the form."""
    drawn = sent_twice.drawn(form, said)
    prefix, rest = drawn[:_PREFIX_BYTES].hex(), drawn[_PREFIX_BYTES : _PREFIX_BYTES + _SECRET_BYTES]
    return prefix, f"{_BEGINNING}_{prefix}_{urlsafe_b64encode(rest).decode()}"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _record(session: Session, act: auditing.Act, by: StaffUser, at: datetime) -> None:
    auditing.append(session, editing.lock_registry(session), [act], at=at, actor_id=by.id)
