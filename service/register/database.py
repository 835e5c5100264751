"""Engines and transactions on SpatiaLite or PostGIS: one way to read, one way to write."""

from __future__ import annotations

import importlib
import os
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from service.errors import CannotConfirm

SAFE_SQLITE = (3, 51, 3)
"""The first SQLite without the WAL-reset bug, which can silently lose committed writes."""

_BUSY_TIMEOUT_S = 10.0
_BUSY_TIMEOUT_MS = int(_BUSY_TIMEOUT_S * 1000)

_MOST_GLANCES = 8

CONNECTION = "reading-connection"
"""Where a reading session keeps its one connection, in `Session.info`."""


class Database:
    """One register database with its two kinds of transaction.

    Reading sees one consistent moment and cannot write. Writing excludes other writers from its first
    statement on SQLite (otherwise two read-then-write transactions refuse each other with "locked").
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._read_engine = _sqlite_engine(url, writes=False)
            self._write_engine = _sqlite_engine(url, writes=True)
        else:
            self._write_engine = _postgres_engine(url)
            self._read_engine = self._write_engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

        self._glances = _Glances(self._read_engine, 1 if self.is_sqlite else _MOST_GLANCES)

    @property
    def write_engine(self) -> Engine:
        """The engine that migrations run on."""
        return self._write_engine

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session on one consistent, read-only moment of the register."""
        with _fail_closed(), Session(self._read_engine, autoflush=False) as session:
            session.info[CONNECTION] = None  # taken at the first read, not before: see Prepared
            yield session
            session.rollback()

    @contextmanager
    def glancing(self) -> Iterator[Session]:
        """Yield a session as `reading` does, kept open between questions: half the cost, for the hottest reads.

        It waits for nobody, so that a SQLite one may be asked on the event loop. For reads by statement only: what
        the session is given to keep as objects would outlive the moment.

        Raises:
            CannotConfirm: it cannot be read without waiting; `reading` may still do it.
        """
        with _fail_closed():
            glance = self._glances.take()
            try:
                yield glance.begin()
            finally:
                self._glances.give_back(glance)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Yield a session whose changes are committed together when the block ends without an error."""
        with (
            _fail_closed(),
            Session(self._write_engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def writing_at_once(self) -> Iterator[Session]:
        """Yield a session as `writing` does that waits for no other writer: for what is better left undone.

        Raises:
            CannotConfirm: somebody else writes, for as long as a large import it may be.
        """
        with (
            _fail_closed(),
            self._write_engine.connect() as connection,
            self._impatient(connection),
            Session(connection, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def _impatient(self, connection: Connection) -> Iterator[None]:
        if not self.is_sqlite:  # there, who writes keeps only those waiting who write the same rows
            yield
            return
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA busy_timeout=0")
        try:
            yield
        finally:
            driver.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")

    @property
    def driver_error(self) -> type[Exception]:
        """What the driver raises when it fails."""
        error: type[Exception] = self._read_engine.dialect.loaded_dbapi.Error
        return error

    def held_connection(self) -> Any:
        """Return a read-only driver connection outside the pool, in no transaction; who asks closes it.

        Raises:
            CannotConfirm: none can be had now.
        """
        with _fail_closed():
            pooled = self._read_engine.raw_connection()
            connection = pooled.driver_connection
            pooled.detach()
            return connection

    def dispose(self) -> None:
        """Close every connection."""
        self._glances.close()
        self._read_engine.dispose()
        self._write_engine.dispose()


class _Glances:
    """The open reading sessions that rest between questions; so many at most."""

    def __init__(self, engine: Engine, most: int) -> None:
        self._engine = engine
        self._free = BoundedSemaphore(most)
        self._resting: list[_Glance] = []

    def take(self) -> _Glance:
        if not self._free.acquire(blocking=False):
            raise CannotConfirm("no reader was free")
        with ExitStack() as failing:
            failing.callback(self._free.release)
            glance = self._resting.pop() if self._resting else _Glance(self._engine)
            failing.pop_all()
        return glance

    def give_back(self, glance: _Glance) -> None:
        try:
            glance.end()
        except glance.driver_error:  # the connection is gone; the next one makes a new one
            glance.close()
        else:
            self._resting.append(glance)
        finally:
            self._free.release()

    def close(self) -> None:
        while self._resting:
            self._resting.pop().close()


class _Glance:
    """A session on a connection of its own, which SQLAlchemy takes to be in one long transaction.

    Each moment is a transaction of the driver's: what SQLAlchemy does around one costs more than what is read.
    """

    def __init__(self, engine: Engine) -> None:
        self._connection = engine.connect()
        self._session = Session(self._connection, autoflush=False)
        self._session.connection()
        driver: Any = self._connection.connection.driver_connection
        self._driver = driver
        self._is_sqlite = engine.dialect.name == "sqlite"
        self.driver_error: type[Exception] = engine.dialect.loaded_dbapi.Error
        self._driver.rollback()
        if self._is_sqlite:
            self._driver.execute("PRAGMA busy_timeout=0")

    def begin(self) -> Session:
        """Return the session, on the moment of its first read from now."""
        if self._is_sqlite:
            self._driver.execute("BEGIN")  # psycopg begins by itself
        self._session.info.clear()
        self._session.info[CONNECTION] = self._connection
        return self._session

    def end(self) -> None:
        self._driver.rollback()

    def close(self) -> None:
        self._connection.invalidate()
        self._session.close()
        self._connection.close()


@contextmanager
def _fail_closed() -> Iterator[None]:
    """Turn an unreachable or locked database into "cannot confirm": nothing is ever guessed (I3)."""
    try:
        yield
    except PoolTimeout as error:
        raise CannotConfirm("no connection was free") from error
    except OperationalError as error:
        raise CannotConfirm(type(error.orig).__name__) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise CannotConfirm(type(error.orig).__name__) from error
        raise


def spatialite_path() -> str:
    """Return the SpatiaLite module to load; SPATIALITE_LIBRARY_PATH overrides the system's."""
    return os.environ.get("SPATIALITE_LIBRARY_PATH", "mod_spatialite")


@cache
def spatial_dbapi() -> ModuleType:
    """Return the first SQLite module on this machine whose connections really load SpatiaLite.

    Raises:
        RuntimeError: none does; `./run setup` installs what is missing.
    """
    for name in ("pysqlite3.dbapi2", "sqlean.dbapi2", "sqlite3"):
        try:
            module = importlib.import_module(name)
            connection = module.connect(":memory:")
        except ImportError:
            continue
        try:
            _load_spatialite(connection)
        except (AttributeError, module.Error):
            continue
        finally:
            connection.close()
        return module
    raise RuntimeError("no SQLite module here can load SpatiaLite (libsqlite3-mod-spatialite)")


def _load_spatialite(connection: Any) -> None:
    connection.enable_load_extension(True)  # noqa: FBT003  (the driver's signature)
    connection.load_extension(spatialite_path())
    connection.enable_load_extension(False)  # noqa: FBT003  (the driver's signature)


def _sqlite_engine(url: str, *, writes: bool) -> Engine:
    module = spatial_dbapi()
    database = make_url(url).database
    if database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        module=module,
        connect_args={"timeout": _BUSY_TIMEOUT_S, "check_same_thread": False},
        pool_size=20,
        max_overflow=40,
        hide_parameters=True,  # the text of an error goes to the log; who brings a lead must not
    )
    pragmas = _pragmas(module.sqlite_version_info, writes=writes)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours: see _begin
        _load_spatialite(connection)
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _pragmas(version: tuple[int, ...], *, writes: bool) -> list[str]:
    is_safe = version >= SAFE_SQLITE
    if not is_safe:
        found = ".".join(map(str, version))
        warnings.warn(f"SQLite {found} may lose writes in WAL mode; using TRUNCATE", stacklevel=3)
    pragmas = [f"busy_timeout={_BUSY_TIMEOUT_MS}"]
    if writes:
        # A legal fact that was acknowledged must survive a power cut, so every commit is synced.
        pragmas += [f"journal_mode={'WAL' if is_safe else 'TRUNCATE'}", "synchronous=FULL", "foreign_keys=ON"]
    else:
        pragmas += ["query_only=ON"]
    return [*pragmas, "cache_size=-16000", "temp_store=MEMORY"]


def _postgres_engine(url: str) -> Engine:
    return create_engine(
        url,
        pool_size=10,
        max_overflow=20,
        pool_pre_ping=True,
        pool_recycle=1800,
        hide_parameters=True,  # as above
        # A writer waits for another one as long as on SQLite: threads that wait for ever would answer nobody.
        connect_args={
            "options": f"-c timezone=UTC -c lock_timeout={_BUSY_TIMEOUT_MS}",
            "connect_timeout": 2,
        },
    )


def spatial_problems(database: Database) -> list[str]:
    """Return what is wrong with the geometry table's registration or index; empty when all is well.

    A careless migration on SQLite loses them silently; `dibiao migrate` runs this after every upgrade.
    """
    if not database.is_sqlite:
        return []
    with database.reading() as session:
        registered = session.scalar(
            text(
                "SELECT count(*) FROM geometry_columns WHERE f_table_name = 'production_area_geometry'"
                " AND srid = 4326 AND spatial_index_enabled = 1"
            )
        )
        triggers = session.scalar(
            text(
                "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%production_area_geometry%'"
            )
        )
    problems = [] if registered else ["geometry column or spatial index not registered"]
    return problems if triggers else [*problems, "spatial triggers are missing"]
