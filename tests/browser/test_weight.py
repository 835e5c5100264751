"""What a first visit costs: bytes as Chromium counts them, no shift of the page, no cookie, nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser
from walking import EXAMPLES

pytestmark = pytest.mark.browser

_MOST_HTML, _MOST_IN_ALL = 15_000, 60_000
_PLAIN = ("/", "/service-points", "/indicators", "/data", "/help", "/method")
_LONGEST = ("/gi/shili-yunwuguo", "/search?q=示例", "/verify?code=93500114MA0TERT081&target=shili-yunwuguo")
_SHIFT = """
window.__shift = 0;
new PerformanceObserver(list => { for (const each of list.getEntries()) window.__shift += each.value; })
  .observe({type: 'layout-shift', buffered: true});
"""


def _pages() -> list[str]:
    """Return the addresses of public pages without a map that can be moved, one for each route."""
    named = [
        path
        for pattern, paths in EXAMPLES.items()
        for path in paths[:1]
        if not pattern.startswith(("/api/", "/staff/"))
        and "." not in pattern
        and not pattern.endswith("/map")
    ]
    return [*_PLAIN, *named, *(f"/en{path}" for path in (*_PLAIN, *_LONGEST))]


def test_a_first_visit_is_light_still_and_private(site: str, browser: Browser) -> None:
    found: list[tuple[str, str, Any]] = []
    seen = {}
    for path in _pages():
        context = browser.new_context(viewport={"width": 390, "height": 844})  # a fresh one keeps nothing
        page = context.new_page()
        page.add_init_script(_SHIFT)
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        kinds: dict[str, str] = {}
        sizes: dict[str, int] = {}
        wire.on(
            "Network.responseReceived",
            lambda event, kinds=kinds: kinds.update({event["requestId"]: event["type"]}),
        )
        wire.on(
            "Network.loadingFinished",
            lambda event, sizes=sizes: sizes.update({event["requestId"]: int(event["encodedDataLength"])}),
        )
        page.goto(site + path, wait_until="load")
        html = sum(size for key, size in sizes.items() if kinds.get(key) == "Document")
        whole = sum(sizes.values())
        seen[path] = (html, whole)
        if html == 0 or html > _MOST_HTML:
            found.append((path, "html", html))
        if whole > _MOST_IN_ALL:
            found.append((path, "in all", whole))
        if (shift := page.evaluate("window.__shift")) != 0:
            found.append((path, "layout shift", shift))
        if context.cookies():
            found.append((path, "cookie", context.cookies()))
        context.close()
    assert found == [], found
    assert len(seen) > 20
