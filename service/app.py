"""The one place where everything is put together."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp

from maps.page import STATIC, static_address
from search.engine import Engine, open_engine
from service.calendar import Clock, SystemClock
from service.courier import courier_of
from service.errors import CannotConfirm
from service.logs import configure_logs
from service.proving import SigningKeys, ensure_key
from service.register.database import Database
from service.register.keys import Keyring
from service.register.open_data import EditionStore, Form
from service.register.tallying import Tally
from service.register.watching import watch
from service.settings import EMBEDDED_SEARCH, Settings
from service.web import api, errors, health, public, staff
from service.web.admission import Admission
from service.web.api.hot_reads import HotReads
from service.web.batching import UPLOADS
from service.web.deps import Services
from service.web.gate import Gate
from service.web.limiting import Limits
from service.web.page_cache import PageCache
from service.web.security import Guard
from service.web.static_files import VersionedFiles
from service.worker import Worker

_NOT_COMPRESSED = (*DEFAULT_EXCLUDED_CONTENT_TYPES, Form.XLSX.media_type)
_log = structlog.get_logger(__name__)
_WRITE_EVERY_S = 60.0
_COLLECT_AFTER = (10_000, 20, 20)
_STATIC = Path(__file__).parent / "web" / "static"


def create_app(settings: Settings, clock: Clock | None = None, *, works: bool = True) -> ASGIApp:
    """Return the site and the API behind their outer layer.

    `works`: whether this process also keeps the embedded index in step (one process may).
    """
    configure_logs()  # whoever starts the application: the library's own way would print what people typed
    services = _services(settings, clock or SystemClock(), works=works)
    is_worker = works and settings.search_url == EMBEDDED_SEARCH
    watching = watch(services.database)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        worker = _worker(services) if is_worker else None
        if worker:
            worker.start()
        writing = asyncio.create_task(_write_counts(services))
        try:
            yield
        finally:
            writing.cancel()
            # First: nobody asks any more, and a courier may be waiting as long as a supervisor waits for us.
            await run_in_threadpool(_write_once, services)
            if worker:
                await run_in_threadpool(worker.stop)
            await watching.close()
            services.admission.keyring.close()
            services.engine.close()
            services.database.dispose()

    app = FastAPI(
        title="地标 Dibiao",
        version="0.1.0",
        description="黔江区地理标志与品牌登记查询 · registry of geographical indications and brands",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        redirect_slashes=False,
    )
    app.state.services = services
    errors.install(app)
    # Level 5: level 9 costs twice the time for two per cent (measured 2026-11).
    app.add_middleware(
        GZipMiddleware, minimum_size=1000, compresslevel=5, exclude_content_types=_NOT_COMPRESSED
    )
    api.install(app)
    app.include_router(health.router)
    app.mount(static_address(), VersionedFiles(directory=STATIC, is_versioned=True))
    app.mount("/static", VersionedFiles(directory=_STATIC))
    app.include_router(staff.router, prefix="/en", include_in_schema=False)
    app.include_router(staff.router, include_in_schema=False)
    app.include_router(public.root_router, include_in_schema=False)
    app.include_router(public.router, prefix="/en", include_in_schema=False)
    app.include_router(public.router, include_in_schema=False)
    kept = PageCache(
        app, watch=watching, clock=services.clock, most_bytes=settings.page_cache_mib * 1024 * 1024
    )
    gate = Gate(
        HotReads(kept, services),
        admission=services.admission,
        refuse=lambda scope, error: errors.refuse_for(app, scope, error),
    )
    return Guard(
        gate,
        hosts=settings.hosts,
        refuse=lambda scope, problem: errors.refuse(app, scope, problem),
        uploads={**UPLOADS, **staff.UPLOADS},
    )


async def _write_counts(services: Services) -> None:
    """Write what was counted once a minute: what a crash may lose."""
    while True:
        await asyncio.sleep(_WRITE_EVERY_S)
        await run_in_threadpool(_write_once, services)


def _write_once(services: Services) -> None:
    try:
        services.tally.write(services.database)
    except CannotConfirm as error:
        _log.warning("counts_not_written", problem=error.problem)
    except Exception:  # noqa: BLE001
        # Whatever it was, the next minute tries again, and a site that stops still closes the rest.
        _log.exception("counts_not_written")


def _services(settings: Settings, clock: Clock, *, works: bool) -> Services:
    if settings.own_signing_key_file is not None:
        ensure_key(settings.own_signing_key_file, clock.now())
    database, limits, tally = Database(settings.effective_database_url), Limits(settings.limits_url), Tally()
    return Services(
        settings=settings,
        database=database,
        engine=_engine(settings, writable=works and settings.search_url == EMBEDDED_SEARCH),
        clock=clock,
        limits=limits,
        admission=Admission(limits, Keyring(database), tally, clock, is_on=settings.limits),
        tally=tally,
        signing_keys=SigningKeys(settings.signing_keys_path),
        editions=editions_of(settings, database),
    )


def editions_of(settings: Settings, database: Database) -> EditionStore:
    """Return where the register's files are kept, with what they say of themselves."""
    return EditionStore(
        database,
        settings.editions_dir,
        settings.base_url.rstrip("/"),
        settings.data_licence,
        settings.data_licence_url,
    )


def _worker(services: Services) -> Worker:
    courier = courier_of(services.settings, services.database, services.clock)
    return Worker(services.database, services.engine, services.clock, services.editions, courier)


def _engine(settings: Settings, *, writable: bool) -> Engine:
    # The web process never holds the indexer's key: it only searches.
    key = settings.search_key.get_secret_value() if settings.search_key else None
    return open_engine(settings.search_url, directory=settings.index_dir, search_key=key, writable=writable)


def serve_forever(settings: Settings, host: str, port: int) -> None:
    """Serve until stopped; requests in flight are finished first."""
    import uvicorn

    app = create_app(settings)
    settle()
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_level="warning",
        timeout_keep_alive=5,
        timeout_graceful_shutdown=10,
        server_header=False,
        h11_max_incomplete_event_size=16 * 1024,
        limit_concurrency=512,
    )


def settle() -> None:
    """Take what stands for the life of the process out of the collector's rounds, and let those be rarer.

    Modules and models are half a million objects that are never garbage; a batch makes enough new ones to have
    them gone through again and again (a fifth of its time, 2026-11).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)
