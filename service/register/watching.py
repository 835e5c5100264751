"""Where the register stands, asked on every request over a connection held open for that alone."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final, NamedTuple, Protocol

import psycopg
from sqlalchemy import URL

from service.errors import CannotConfirm
from service.register.database import Database

_ASK: Final = (
    "SELECT revision_number, NOT EXISTS (SELECT 1 FROM outbox WHERE done_at IS NULL)"
    " FROM registry_state WHERE id = 1"
)
_PATIENCE_S: Final = 1.0
_REST_S: Final = 1.0


class Standing(NamedTuple):
    """The revision committed last, and whether the search index has taken in everything up to it."""

    revision: int
    is_indexed: bool


class Watch(Protocol):
    """Who knows where the register stands at the moment of asking."""

    async def standing(self) -> Standing | None:
        """Return where the register stands, or None when it cannot be read now."""
        ...

    async def close(self) -> None:
        """Close the connection."""
        ...


def watch(database: Database) -> Watch:
    """Return the watch for a database; it connects at the first question."""
    return SqliteWatch(database) if database.is_sqlite else PostgresWatch(database.url)


class SqliteWatch:
    """Asks `PRAGMA data_version`, which any other connection's commit changes, and reads the number only then.

    A few microseconds, so it is asked on the event loop itself.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Any = None
        self._seen: tuple[Any, Standing] | None = None

    async def standing(self) -> Standing | None:
        """Return where the register stands, or None when it cannot be read now."""
        try:
            if self._connection is None:
                self._connection = self._connect()
            commit = self._connection.execute("PRAGMA data_version").fetchone()[0]
            if self._seen is None or self._seen[0] != commit:
                # In this order: a commit in between is noticed by the next question.
                self._seen = commit, _standing(self._connection.execute(_ASK).fetchone())
        except (self._database.driver_error, CannotConfirm, TypeError):  # TypeError: there is no row
            await self.close()
            return None
        return self._seen[1]

    def _connect(self) -> Any:
        connection = self._database.held_connection()
        connection.execute("PRAGMA busy_timeout=0")  # the event loop waits for nobody
        return connection

    async def close(self) -> None:
        """Close the connection."""
        connection, self._connection, self._seen = self._connection, None, None
        if connection is not None:
            connection.close()


class PostgresWatch:
    """Asks the server; requests that wait at the same time share one question.

    A request shares only a question that was sent after it came, so what was committed before it is seen.
    """

    def __init__(self, url: URL) -> None:
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._next: asyncio.Future[Standing | None] | None = None
        self._asking: asyncio.Task[None] | None = None
        self._rests_until = 0.0

    async def standing(self) -> Standing | None:
        """Return where the register stands, or None when it cannot be read now."""
        if time.monotonic() < self._rests_until:
            return None
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._begin(loop)
        if self._next is None:
            self._next = loop.create_future()
            if self._asking is None or self._asking.done():
                self._asking = loop.create_task(self._ask())
        return await asyncio.shield(self._next)

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Forget what belongs to an event loop that has ended."""
        if self._connection is not None:
            self._connection.pgconn.finish()
        self._loop, self._connection, self._next, self._asking = loop, None, None, None

    async def _ask(self) -> None:
        while self._next is not None:
            asked, self._next = self._next, None
            found = None
            try:
                found = await self._read()
            finally:  # whatever happened, nobody is left waiting
                asked.set_result(found)

    async def _read(self) -> Standing | None:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                if self._connection is None:
                    self._connection = await psycopg.AsyncConnection.connect(
                        self._address, autocommit=True, prepare_threshold=0, application_name="dibiao-watch"
                    )
                cursor = await self._connection.execute(_ASK)
                row = await cursor.fetchone()
        except (psycopg.Error, TimeoutError):
            # Each request would otherwise wait for a server that is away; the pages ask it themselves.
            self._rests_until = time.monotonic() + _REST_S
            await self.close()
            return None
        return _standing(row) if row else None

    async def close(self) -> None:
        """Close the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.pgconn.finish()


def _standing(row: Any) -> Standing:
    return Standing(int(row[0]), bool(row[1]))
