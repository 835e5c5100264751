"""The first view of a map on a phone: bytes on the wire and the time to the first polygon, in headless Chromium."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import Browser, sync_playwright

from benchmarks import round_robin

# A middling phone on a slow mobile network, as Lighthouse has it: 1.6 Mbit/s, 150 ms, four times slower a processor.
_NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
_SLOWER = 4
_PHONE = {"width": 390, "height": 844}
_TIMEOUT_MS = 120_000
# Any engine of Leaflet's: a path of an SVG layer, or a canvas that was drawn on.
FIRST_POLYGON = (
    "() => document.documentElement.dataset.map === 'loaded'"
    " || document.querySelector('.leaflet-overlay-pane path.leaflet-interactive')"
)


@dataclass(frozen=True, slots=True)
class View:
    """What a first view took: kilobytes received, requests, milliseconds to the first polygon of the map."""

    label: str
    kilobytes: float
    requests: int
    milliseconds: float


def first_views(pages: Sequence[tuple[str, str]], times: int) -> list[View]:
    """Return what the first view of each page took, in turn, nothing kept from view to view; medians."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=round_robin.chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        seen = [[_view(browser, label, url) for label, url in pages] for _ in range(times)]
        browser.close()
    return [_median([round_[at] for round_ in seen]) for at in range(len(pages))]


def _view(browser: Browser, label: str, url: str) -> View:
    context = browser.new_context(viewport=_PHONE, is_mobile=True, device_scale_factor=2)  # type: ignore[arg-type]
    page = context.new_page()
    session = context.new_cdp_session(page)
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", _NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
    started = time.monotonic()
    page.goto(url, wait_until="commit", timeout=_TIMEOUT_MS)
    page.wait_for_function(FIRST_POLYGON, timeout=_TIMEOUT_MS, polling="raf")
    took = (time.monotonic() - started) * 1000
    context.close()
    return View(label, sum(received) / 1000, len(received), took)


def _median(views: Sequence[View]) -> View:
    return View(
        views[0].label,
        statistics.median(view.kilobytes for view in views),
        round(statistics.median(view.requests for view in views)),
        statistics.median(view.milliseconds for view in views),
    )


def table(views: Sequence[View]) -> str:
    """Return the views as a Markdown table."""
    rows = [
        f"| {view.label} | {view.kilobytes:,.0f} | {view.requests} | {view.milliseconds:,.0f} |"
        for view in views
    ]
    head = ["| page | kB received | requests | ms to the first polygon |", "|---|---:|---:|---:|"]
    return "\n".join([*head, *rows])
