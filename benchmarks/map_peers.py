"""The servers that maps are measured on: ours, tipg and pygeoapi on PostGIS, plain Folium, raw ASGI with our bytes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import yaml
from shapely.geometry import MultiPolygon
from sqlalchemy import make_url

from benchmarks.map_register import table_rows
from benchmarks.round_robin import Candidate, free_port, serving
from service.register.locating import Shelf
from service.web.assets import DESTINATION

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ROOT / "var" / "tools"
# Versions seen to work together on Python 3.11; each peer has an environment of its own.
_PACKAGES = {
    "tipg": ["tipg==1.6.*", "uvicorn", "psycopg[binary]"],
    "pygeoapi": [
        "pygeoapi==0.21.*",
        "uvicorn",
        "starlette",
        "psycopg2-binary",
        "geoalchemy2",
        "sqlalchemy<2.1",
    ],
}


@contextmanager
def cluster() -> Iterator[str]:
    """Yield the address of a PostgreSQL of the benchmark's own, without a database name."""
    sys.path.insert(0, str(ROOT / "tests"))
    import postgres

    with postgres.cluster() as server:
        yield server


def new_database(server: str, name: str) -> str:
    """Return the address of a new, empty database."""
    with psycopg.connect(f"{server.replace('+psycopg', '')}postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"{server}{name}"


def fill_table(url: str, polygons: Sequence[MultiPolygon]) -> None:
    """Put the shapes into a plain PostGIS table with an index, as the peers publish it."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        connection.execute(
            "CREATE TABLE areas (id integer PRIMARY KEY, name text, geom geometry(MultiPolygon, 4326))"
        )
        with connection.cursor().copy("COPY areas (id, name, geom) FROM STDIN") as copy:
            for row in table_rows(list(polygons)):
                copy.write_row(row)
        connection.execute("CREATE INDEX ON areas USING gist (geom)")
        connection.execute("ANALYZE areas")


def tipg(stack: ExitStack, url: str, query: str, limit: int) -> Candidate:
    """Start tipg on the plain table."""
    python = _environment("tipg")
    port = free_port()
    settings = {"DATABASE_URL": url.replace("+psycopg", ""), "TIPG_ADD_TILES_VIEWER": "false"}
    address = f"http://127.0.0.1:{port}/collections/public.areas/items?{query}&limit={limit}"
    command = _uvicorn(python, "tipg.main:app", port)
    pid = stack.enter_context(serving(_with(settings, command), address))
    return Candidate("tipg on PostGIS", address, pid)


def pygeoapi(stack: ExitStack, url: str, query: str, limit: int) -> Candidate:
    """Start pygeoapi on the plain table."""
    python = _environment("pygeoapi")
    port = free_port()
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    settings = {
        "PYGEOAPI_CONFIG": str(folder / "config.yml"),
        "PYGEOAPI_OPENAPI": str(folder / "openapi.yml"),
    }
    (folder / "config.yml").write_text(yaml.safe_dump(_pygeoapi_config(url, port, limit), allow_unicode=True))
    generate = [str(python.parent / "pygeoapi"), "openapi", "generate", settings["PYGEOAPI_CONFIG"]]
    subprocess.run(
        [*generate, "--output-file", settings["PYGEOAPI_OPENAPI"]],
        env={**os.environ, **settings},
        check=True,
        capture_output=True,
    )
    address = f"http://127.0.0.1:{port}/collections/areas/items?{query}&limit={limit}&f=json"
    command = _uvicorn(python, "pygeoapi.starlette_app:APP", port)
    pid = stack.enter_context(serving(_with(settings, command), address))
    return Candidate("pygeoapi on PostGIS", address, pid)


def _pygeoapi_config(url: str, port: int, limit: int) -> dict[str, object]:
    found = make_url(url)
    source = {"host": found.host, "port": found.port, "dbname": found.database, "user": found.username}
    provider = {
        "type": "feature",
        "name": "PostgreSQL",
        "data": {**source, "password": "", "search_path": ["public"]},
        "id_field": "id",
        "table": "areas",
        "geom_field": "geom",
    }
    about = {"title": "areas", "description": "areas", "keywords": ["areas"], "links": []}
    whole = {"spatial": {"bbox": [-180, -90, 180, 90]}}
    contact = {"name": "bench", "url": "http://127.0.0.1", "position": "bench"}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": f"http://127.0.0.1:{port}",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": limit, "max_items": limit},
            "map": {"url": "", "attribution": ""},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": "bench",
                "description": "bench",
                "keywords": ["bench"],
                "keywords_type": "theme",
                "terms_of_service": "none",
                "url": "http://127.0.0.1",
            },
            "license": {"name": "none", "url": "http://127.0.0.1"},
            "provider": {"name": "bench", "url": "http://127.0.0.1"},
            "contact": contact,
        },
        "resources": {"areas": {"type": "collection", **about, "extents": whole, "providers": [provider]}},
    }


def _environment(name: str) -> Path:
    """Return the interpreter of the peer's own environment, made at the first run."""
    folder = TOOLS / name
    python = folder / "bin" / "python"
    if not (folder / "bin" / "uvicorn").is_file():
        print(f"installing {name} …")
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *_PACKAGES[name]], check=True)
    return python


def _uvicorn(python: Path, app: str, port: int) -> list[str]:
    return [str(python), "-m", "uvicorn", app, "--port", str(port), "--log-level", "error"]


def _with(settings: dict[str, str], command: Sequence[str]) -> list[str]:
    return ["env", *(f"{name}={value}" for name, value in settings.items()), *command]


def folium_page(polygons: Sequence[MultiPolygon]) -> str:
    """Return a plain Folium page of the polygons; its scripts are left out but Leaflet, which is ours."""
    import folium
    from branca.element import CssLink, JavascriptLink
    from shapely.geometry import mapping

    made = folium.Map(location=[29.47, 108.73], zoom_start=10, tiles=None)
    features = [
        {"type": "Feature", "properties": {"name": f"示例{at}"}, "geometry": mapping(each)}
        for at, each in enumerate(polygons)
    ]
    folium.GeoJson({"type": "FeatureCollection", "features": features}).add_to(made)
    root = made.get_root()
    root.render()
    for name, child in list(root.header._children.items()):  # noqa: SLF001  (branca has no other way)
        if isinstance(child, CssLink | JavascriptLink):
            del root.header._children[name]  # noqa: SLF001
    page: str = root.render()
    leaflet = '<link rel="stylesheet" href="/leaflet.css"><script src="/leaflet.js"></script>'
    return page.replace("<head>", f"<head>{leaflet}", 1)


def serve_folium(count: int, vertices: int, port: int) -> None:
    """Serve a plain Folium page, made for each request as a plain program would."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import FileResponse, HTMLResponse
    from starlette.routing import Route

    from benchmarks.map_register import shapes

    polygons = shapes(count, vertices)

    def page(request: Request) -> HTMLResponse:
        del request
        return HTMLResponse(folium_page(polygons))

    def file(request: Request) -> FileResponse:
        return FileResponse(DESTINATION / "leaflet" / request.url.path.strip("/"))

    routes = [Route("/", page), Route("/leaflet.js", file), Route("/leaflet.css", file)]
    run_server(Starlette(routes=routes), port)


def serve_ours(database_url: str, port: int, *, keeps: bool) -> None:
    """Serve the whole application on a filled register; without `keeps`, whole answers are made each time."""
    from service.app import create_app
    from service.settings import Settings

    settings = Settings(database_url=database_url, data_dir=ROOT / "var" / "bench", limits=False)
    made: object = create_app(settings, works=False)
    if not keeps:
        state = _fastapi(made).state  # type: ignore[attr-defined]
        state.services = replace(state.services, bodies=Shelf(0, lambda _: 1))
    run_server(made, port)


def _fastapi(made: object) -> object:
    """Return the application inside its outer layers."""
    while not hasattr(made, "state"):
        made = made._app  # type: ignore[attr-defined]  # noqa: SLF001  (the layers have no other way in)
    return made


def serve_raw(body: Path, port: int) -> None:
    """Serve the same bytes for every request, with nothing between them and the server."""
    content = body.read_bytes()
    headers = [(b"content-type", b"application/geo+json"), (b"content-length", str(len(content)).encode())]

    async def app(scope: dict[str, object], receive: object, send: object) -> None:
        del receive
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": headers})  # type: ignore[operator]
            await send({"type": "http.response.body", "body": content})  # type: ignore[operator]

    run_server(app, port)


def run_server(app: object, port: int) -> None:
    """Serve an app as the benchmarks do."""
    import uvicorn

    uvicorn.run(app, port=port, log_level="warning", server_header=False)  # type: ignore[arg-type]
