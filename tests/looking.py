"""Looking at pages in Chromium: what complains while they load, and the barriers that axe finds in them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from conftest import missing
from playwright.sync_api import Page

_AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
# Only what is wrong is reported: to word all that is right takes axe four times as long as the finding.
_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
_REPORT = "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective))"


def watched(page: Page, site: str) -> list[str]:
    """Return a list that fills with what goes wrong on a page: errors, broken policy, requests to anybody else."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on("console", lambda said: faults.append(f"{page.url}: {said.text}") if _is_fault(said) else None)
    own = (site, "data:", "blob:")
    page.on("request", lambda asked: None if asked.url.startswith(own) else faults.append(asked.url))
    page.add_init_script(_REPORT)
    return faults


def _is_fault(said: Any) -> bool:
    # A page of status 404 or 422 is what was asked for; Chromium notes it all the same.
    return said.type in {"error", "warning"} and "the server responded with a status of" not in said.text


def barriers(page: Page) -> list[str]:
    """Return what keeps people from using the page as it stands: axe's findings, and having to scroll sideways."""
    page.wait_for_load_state()  # a click returns when the next page has begun
    page.evaluate(_axe())
    report = page.evaluate("options => axe.run(document, options)", _OPTIONS)
    found = [f"{page.url}: {fault['id']} {fault['nodes'][0]['html'][:160]}" for fault in report["violations"]]
    return found + too_wide(page)


def too_wide(page: Page) -> list[str]:
    """Return by how much the page is wider than its window, if it is."""
    page.wait_for_load_state()
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{page.url}: {over} px too wide"] if over > 0 else []


@cache
def _axe() -> str:
    if not _AXE.is_file():
        missing("axe-core")
    return _AXE.read_text(encoding="utf-8")
