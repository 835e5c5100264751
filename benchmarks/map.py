"""P6, P7, P8 and first views: maps and geometry reads beside their peers and ceilings, in one run.

`./run bench map` makes registers of its own in var/bench, starts each server on one core, loads them in turn from
the other, and writes the tables into benchmarks/README.md. `--quick` shows that everything runs; its figures say
nothing and are not written.
"""

from __future__ import annotations

import dataclasses
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated

import orjson
import shapely
import typer
from shapely.geometry import MultiPolygon
from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks import map_peers, map_phone, round_robin
from benchmarks.map_peers import ROOT
from benchmarks.map_register import fill, shapes, touch
from benchmarks.round_robin import Candidate, Result, free_port, serving
from service.register.database import Database
from service.register.locating import AreaIndex, areas_at
from service.register.locating.holding import MAX_AREAS
from service.register.models import ProductionAreaGeometry
from service.register.spatial import point_in

FIELD = 60
"""Vertices of an area where a part does not say otherwise."""
BOX = "bbox=108.7,29.45,108.75,29.5"
POINT = (108.7312, 29.4711)
PARTS = ("documents", "boxes", "points", "pictures", "phone")
app = typer.Typer(add_completion=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    counts: tuple[int, ...]
    box_areas: int
    box_vertices: int
    point_areas: int
    rounds: int
    seconds: int
    views: int


FULL = Plan((1, 100, 2_000, 10_000), 5_000, 500, 10_000, 6, 1, 3)
QUICK = Plan((1, 20), 300, 100, 400, 1, 1, 1)


@app.command()
def run(
    *,
    quick: Annotated[
        bool, typer.Option(help="A small run that only shows that all works; not written.")
    ] = False,
    part: Annotated[list[str] | None, typer.Option(help=f"Only these: {', '.join(PARTS)}.")] = None,
    write: Annotated[bool, typer.Option(help="Write benchmarks/README.md.")] = True,
) -> None:
    """Measure and print the tables."""
    plan = QUICK if quick else FULL
    made = {
        "documents": documents,
        "boxes": boxes,
        "points": points,
        "pictures": pictures,
        "phone": phone,
    }
    for name in part or PARTS:
        started = time.monotonic()
        text = made[name](plan)
        print(f"{text}\n\n({name}: {time.monotonic() - started:.0f} s)\n")
        if write and not quick:
            round_robin.write_section(f"map-{name}", f"`./run bench map --part {name}`\n\n{text}")


def documents(plan: Plan) -> str:
    """P7: the document of the product map and of the overview, against a plain Folium page for each request."""
    parts = []
    for count in plan.counts:
        peer = min(count, 2_000)  # a page of 10,000 takes the peer many seconds and says no more
        with ExitStack() as stack:
            port = _ours(stack, _embedded(count, FIELD))
            candidates = [
                _folium(stack, peer),
                Candidate("Dibiao, overview map", f"{port.url}/map", port.pid),
                Candidate("Dibiao, product map", f"{port.url}/gi/shili-1/map", port.pid),
                Candidate("Dibiao, areas as GeoJSON, zoom 10", f"{port.url}/api/v1/areas?zoom=10", port.pid),
            ]
            # A plain page of 2,000 takes half a second: longer rounds, and fewer.
            is_slow = peer > 100
            own = dataclasses.replace(plan, rounds=4, seconds=4) if is_slow else plan
            results = _measured(candidates, own)
            sizes = _sizes(candidates)
        title = f"{count:,} areas of {FIELD} vertices" + (f" (the plain page: {peer:,})" * (peer != count))
        parts.append(f"#### {title}\n\n{round_robin.table(results)}\n\n{sizes}")
    return "\n\n".join(parts)


def boxes(plan: Plan) -> str:
    """P6: areas in a box with every vertex, against tipg and pygeoapi on PostGIS."""
    polygons = shapes(plan.box_areas, plan.box_vertices)
    with map_peers.cluster() as server, ExitStack() as stack:
        peers = map_peers.new_database(server, "peers")
        map_peers.fill_table(peers, polygons)
        ours = map_peers.new_database(server, "ours")
        _fill(ours, polygons)
        limit = 1_000
        tipg = map_peers.tipg(stack, peers, BOX, limit)
        pygeoapi = map_peers.pygeoapi(stack, peers, BOX, limit)
        embedded_url = _embedded(plan.box_areas, plan.box_vertices)
        embedded = _ours(stack, embedded_url)
        unkept = _ours(stack, embedded_url, keeps=False)
        postgis = _ours(stack, ours)
        query = f"/api/v1/areas?{BOX}"
        candidates = [
            tipg,
            pygeoapi,
            Candidate("Dibiao, embedded", f"{embedded.url}{query}", embedded.pid),
            Candidate("Dibiao, embedded, answers not kept", f"{unkept.url}{query}", unkept.pid),
            Candidate("Dibiao, PostGIS", f"{postgis.url}{query}", postgis.pid),
            Candidate("Dibiao, embedded, zoom 12", f"{embedded.url}{query}&zoom=12", embedded.pid),
        ]
        _demand_same([candidate.url for candidate in candidates])
        results = _measured(candidates, plan)
        head = f"{plan.box_areas:,} areas of {plan.box_vertices} vertices; goal ≥ 25 × tipg, ≥ 50 × pygeoapi"
        return f"{head}\n\n{round_robin.table(results)}\n\n{_sizes(candidates)}"


def points(plan: Plan) -> str:
    """P8: what covers a point, against raw ASGI with the same bytes over HTTP and against three indexes in process."""
    polygons = shapes(plan.point_areas, FIELD)
    query = f"/api/v1/areas/at?lon={POINT[0]}&lat={POINT[1]}"
    with map_peers.cluster() as server, ExitStack() as stack:
        ours = map_peers.new_database(server, "ours")
        _fill(ours, polygons)
        embedded_url = _embedded(plan.point_areas, FIELD)
        embedded, postgis = _ours(stack, embedded_url), _ours(stack, ours)
        body = round_robin.read(f"{embedded.url}{query}")
        kept = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "body"
        kept.write_bytes(body)
        candidates = [
            _raw(stack, kept),
            Candidate("Dibiao, embedded", f"{embedded.url}{query}", embedded.pid),
            Candidate("Dibiao, PostGIS", f"{postgis.url}{query}", postgis.pid),
        ]
        parts = []
        for connections in (1, 8):
            results = _measured(candidates, plan, connections)
            parts.append(f"{connections} connection{'s' * (connections > 1)}\n\n{round_robin.table(results)}")
        edits = [
            f"First answer after an edit, {label}: {_after_edits(url, candidate.url, plan):.0f} ms (median)."
            for label, url, candidate in (
                ("embedded", embedded_url, candidates[1]),
                ("PostGIS", ours, candidates[2]),
            )
        ]
        found = len(orjson.loads(body)["features"])
        head = f"{plan.point_areas:,} areas, {found} of them at the point; goal ≥ 0.3 of raw ASGI"
        return "\n\n".join([head, *parts, *edits, _in_process(polygons, [embedded_url, ours])])


def _in_process(polygons: Sequence[MultiPolygon], urls: Sequence[str]) -> str:
    """Return the microseconds of one question to each index: shapely's own, ours in memory, each database's."""
    tree = shapely.STRtree(polygons)
    shapely.prepare(list(polygons))
    rows = [
        (
            "shapely STRtree, prepared, rows only",
            _microseconds(lambda: tree.query(shapely.Point(POINT), "intersects")),
        )
    ]
    for url in urls:
        database = Database(url)
        with database.reading() as session:
            rows += _in_database(session, "SpatiaLite" if database.is_sqlite else "PostGIS")
        database.dispose()
    lines = [f"| {label} | {took:,.0f} |" for label, took in rows]
    return "\n".join(["| one question in process | µs, median |", "|---|---:|", *lines])


def _in_database(session: Session, label: str) -> list[tuple[str, float]]:
    asks: list[tuple[str, Callable[[], object]]] = [
        (
            f"Dibiao on {label}, {name}: rows, states, distances",
            partial(areas_at, session, AreaIndex(most), POINT, date(2026, 11, 1)),
        )
        for name, most in (("held in memory", MAX_AREAS), ("through the database's index", 0))
    ]
    statement = select(ProductionAreaGeometry.area_id).where(
        point_in(ProductionAreaGeometry.geometry, *POINT)
    )
    plain = f"{label}, ST_Intersects through its index, rows only"
    asks.append((plain, lambda: session.execute(statement).all()))
    return [(name, _microseconds(ask)) for name, ask in asks]


def _microseconds(ask: Callable[[], object], times: int = 200) -> float:
    ask()
    took = []
    for _ in range(times):
        started = time.perf_counter()
        ask()
        took.append(time.perf_counter() - started)
    return statistics.median(took) * 1e6


def _after_edits(url: str, asked: str, plan: Plan) -> float:
    """Return the median milliseconds of the first answer after an edit, and refuse an answer of before."""
    database = Database(url)
    took = []
    for _ in range(max(plan.rounds, 2)):
        before = orjson.loads(round_robin.read(asked))["data_version"]
        touch(database, 1)
        started = time.perf_counter()
        after = orjson.loads(round_robin.read(asked))["data_version"]
        took.append((time.perf_counter() - started) * 1000)
        if after != before + 1:
            raise RuntimeError("an edit was not visible at once")
    database.dispose()
    return statistics.median(took)


def pictures(plan: Plan) -> str:
    """The still pictures: SVG, and PNG of it."""
    from maps.area import Area, Notice, Tier
    from maps.outline import outline_svg
    from maps.picture import png_of
    from service.register.areas import district_outline

    notice = Notice(banner="示意图", approval_number=None, attribution="")
    rows = []
    for count in plan.counts:
        drawn = [
            Area(
                id=str(at),
                name=f"示例{at}",
                tier=Tier.DRAWN,
                track="gi_product",
                geometry=each.__geo_interface__,
            )
            for at, each in enumerate(shapes(count, FIELD))
        ]

        def svg(drawn: list[Area] = drawn) -> str:
            return outline_svg(
                drawn,
                outline=district_outline(),
                title="t",
                description="d",
                notice=notice,
                width=720,
                height=480,
            )

        made = svg()
        times = 5 if count <= 100 else 2
        cells = [
            f"{count:,}",
            f"{_microseconds(svg, times) / 1000:,.1f}",
            f"{len(made.encode()) / 1000:,.0f}",
            f"{_microseconds(partial(png_of, made, 1200), 3) / 1000:,.0f}",
            f"{len(png_of(made, 1200)) / 1000:,.0f}",
        ]
        rows.append(f"| {' | '.join(cells)} |")
    head = ["| areas | SVG ms | SVG kB | PNG ms | PNG kB |", "|---:|---:|---:|---:|---:|"]
    return "\n".join([*head, *rows])


def phone(plan: Plan) -> str:
    """First view on a phone: bytes and time to the first polygon, ours and the plain page."""
    parts = []
    for count in plan.counts:
        if count > 2_000:
            continue  # the plain page of 10,000 is 17 MB: minutes on this network
        with ExitStack() as stack:
            ours, plain = _ours(stack, _embedded(count, FIELD)), _folium(stack, count)
            pages = [("plain Folium page", plain.url), ("Dibiao, overview map", f"{ours.url}/map")]
            if count == plan.counts[0]:
                pages.append(("Dibiao, product map", f"{ours.url}/gi/shili-1/map"))
            views = map_phone.first_views(pages, plan.views)
        parts.append(f"#### {count:,} areas\n\n{map_phone.table(views)}")
    return "\n\n".join(parts)


# ---- what is measured


def _measured(candidates: Sequence[Candidate], plan: Plan, connections: int = 1) -> list[Result]:
    return round_robin.measure(candidates, connections=connections, rounds=plan.rounds, seconds=plan.seconds)


def _sizes(candidates: Sequence[Candidate]) -> str:
    """Return the bytes of each answer, plain and in the best coding the server has."""
    rows = []
    for candidate in candidates:
        sizes = [_size(candidate.url, accepted) for accepted in ("identity", "br, gzip")]
        rows.append(f"| {candidate.label} | {sizes[0] / 1000:,.1f} | {sizes[1] / 1000:,.1f} |")
    return "\n".join(["| answer | kB plain | kB on the wire |", "|---|---:|---:|", *rows])


def _size(url: str, accepted: str) -> int:
    import urllib.request

    request = urllib.request.Request(url, headers={"accept-encoding": accepted})  # noqa: S310  (our own servers)
    with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310
        return len(reply.read())


def _demand_same(urls: Sequence[str]) -> None:
    """Refuse to compare answers that do not hold the same number of areas."""
    counts = {len(orjson.loads(round_robin.read(url))["features"]) for url in urls}
    if len(counts) != 1 or not counts.pop():
        raise RuntimeError(f"answers differ: {counts}")


def _embedded(count: int, vertices: int) -> str:
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"map-{count}-{vertices}.sqlite"
    url = f"sqlite:///{path}"
    if not path.exists():
        _fill(url, shapes(count, vertices))
    return url


def _fill(url: str, polygons: list[MultiPolygon]) -> None:
    database = Database(url)
    fill(database, polygons)
    database.dispose()


def _ours(stack: ExitStack, database_url: str, *, keeps: bool = True) -> Candidate:
    """Start the whole application; the address is that of the site."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = _command("serve-ours", database_url, str(port), "" if keeps else "--no-keeps")
    return Candidate("", url, stack.enter_context(serving(command, f"{url}/healthz")))


def _folium(stack: ExitStack, count: int) -> Candidate:
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    command = _command("serve-folium", str(count), str(FIELD), str(port))
    return Candidate("plain Folium page", url, stack.enter_context(serving(command, f"{url}leaflet.css")))


def _raw(stack: ExitStack, body: Path) -> Candidate:
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    return Candidate(
        "raw ASGI, same bytes",
        url,
        stack.enter_context(serving(_command("serve-raw", str(body), str(port)), url)),
    )


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.map", *filter(None, words)]


@app.command()
def serve_ours(database_url: str, port: int, *, keeps: bool = True) -> None:
    """Serve the whole application on a filled register; without `keeps`, whole answers are made each time."""
    map_peers.serve_ours(database_url, port, keeps=keeps)


@app.command()
def serve_folium(count: int, vertices: int, port: int) -> None:
    """Serve a plain Folium page."""
    map_peers.serve_folium(count, vertices, port)


@app.command()
def serve_raw(body: Path, port: int) -> None:
    """Serve the same bytes for every request."""
    map_peers.serve_raw(body, port)


if __name__ == "__main__":
    if len(sys.argv) < 2 or not sys.argv[1].startswith("serve-"):  # the measuring is the default
        sys.argv.insert(1, "run")
    app()
