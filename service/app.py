"""The one place where everything is put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from maps.page import STATIC, static_address
from search.engine import Engine, open_engine
from service.calendar import Clock, SystemClock
from service.logs import configure_logs
from service.register.database import Database
from service.register.watching import watch
from service.settings import EMBEDDED_SEARCH, Settings
from service.web import api, errors, health, public, staff
from service.web.api.hot_reads import HotReads
from service.web.deps import Services
from service.web.limiting import Limits
from service.web.page_cache import PageCache
from service.web.security import Guard
from service.web.static_files import VersionedFiles
from service.worker import Worker

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
        worker = Worker(services.database, services.engine, services.clock) if is_worker else None
        if worker:
            worker.start()
        try:
            yield
        finally:
            if worker:
                worker.stop()
            await watching.close()
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
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
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
    hot = HotReads(kept, services)
    return Guard(hot, hosts=settings.hosts, refuse=lambda scope, problem: errors.refuse(app, scope, problem))


def _services(settings: Settings, clock: Clock, *, works: bool) -> Services:
    return Services(
        settings=settings,
        database=Database(settings.effective_database_url),
        engine=_engine(settings, writable=works and settings.search_url == EMBEDDED_SEARCH),
        clock=clock,
        limits=Limits(settings.limits_url),
    )


def _engine(settings: Settings, *, writable: bool) -> Engine:
    # The web process never holds the indexer's key: it only searches.
    key = settings.search_key.get_secret_value() if settings.search_key else None
    return open_engine(settings.search_url, directory=settings.index_dir, search_key=key, writable=writable)


def serve_forever(settings: Settings, host: str, port: int) -> None:
    """Serve until stopped; requests in flight are finished first."""
    import uvicorn

    uvicorn.run(
        create_app(settings),
        host=host,
        port=port,
        log_level="warning",
        timeout_keep_alive=5,
        timeout_graceful_shutdown=10,
        server_header=False,
        h11_max_incomplete_event_size=16 * 1024,
        limit_concurrency=512,
    )
