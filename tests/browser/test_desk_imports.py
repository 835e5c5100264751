"""Importing an announcement in headless Chromium: from a messy file to the public and back, by two people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import NOW, missing
from import_deeds import FOLDER, code
from playwright.sync_api import Browser, Page, expect
from staffing import an_officer

from service.register import accounts
from service.register.accounts.sessions import open_session
from service.register.database import Database
from service.vocabulary import Role

pytestmark = pytest.mark.browser

_AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_WORKED_MS = 60_000
WHY = "公告正文误写，已电话核实（虚构）"


class Desk:
    """A site with its worker, and the people at its desk."""

    def __init__(self, address: str, database: Database, browser: Browser) -> None:
        self.address = address
        self.database = database
        self.browser = browser

    def seat(self, *roles: Role, **more: Any) -> Page:
        """Somebody who is signed in."""
        user = an_officer(self.database, *roles)
        with self.database.writing() as session:
            fresh = accounts.find_staff(session, user.login)
            token = open_session(session, fresh, at=NOW, browser="test", is_proven=True)
        context = self.browser.new_context(**{"viewport": {"width": 1280, "height": 844}, **more})
        context.add_cookies([{"name": "sid", "value": token, "url": self.address}])
        return context.new_page()

    def verdict(self, number: int) -> str:
        """What a visitor is told of the fictional firm with this number."""
        page = self.browser.new_page()
        page.goto(f"{self.address}/verify?code={code(number)}&target=shili-yunwuguo")
        found = page.locator("main h1").inner_text()
        page.close()
        return found


@pytest.fixture(scope="module")
def desk(served: Any, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Desk]:
    """A site of its own that does its errands."""
    with served(tmp_path_factory.mktemp("imports"), works=True) as (address, database):
        yield Desk(address, database, browser)


def bring(desk: Desk, page: Page, name: str, number: int, firms: int) -> None:
    """Bring a file and take its columns as they are suggested; wait for the preview."""
    page.goto(f"{desk.address}/staff/imports")
    page.get_by_role("link", name="导入附件").click()
    page.locator("#file").set_input_files(FOLDER / name)
    page.locator("#issuer").select_option("demonstration")
    page.locator("#number").fill(f"2026年第{number}号")
    page.locator("#published_on").fill("2026-10-01")
    page.locator("#declared_organisations").fill(str(firms))
    page.get_by_role("button", name="下一步：核对各列").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("核对各列")
    page.get_by_role("button", name="下一步：预览每一行").click()
    expect(page.get_by_role("heading", name="行会做什么")).to_be_visible(timeout=_WORKED_MS)


def hand_over(page: Page) -> str:
    page.get_by_role("button", name="提交审核").click()
    page.wait_for_url("**/staff/imports/batches/*", timeout=_WORKED_MS)
    return page.url


def apply(page: Page, batch: str) -> None:
    page.goto(batch)
    page.get_by_role("button", name="公布整个批次").click()
    expect(page.get_by_text("已公布", exact=False).first).to_be_visible(timeout=_WORKED_MS)


def undo(page: Page, batch: str) -> None:
    page.goto(batch)
    page.get_by_text("撤销这个批次").click()
    page.locator("#reason").fill("表格有误（虚构）")
    page.get_by_role("button", name="起草撤销").click()


def test_from_a_messy_annex_to_the_public_and_back(desk: Desk) -> None:
    """48 were announced and 47 are listed: the reason, the second person, the public; then undone, but not always."""
    importer, reviewer = desk.seat(Role.IMPORTER, java_script_enabled=False), desk.seat(Role.REVIEWER)
    bring(desk, importer, "48-declared-47-rows.xlsx", 901, 48)
    expect(importer.get_by_role("row", name=re.compile("不符")).first).to_contain_text("48")
    importer.get_by_role("button", name="提交审核").click()
    expect(importer.locator("#reason-fault")).to_contain_text("数量与公告所称不符")
    importer.locator("#reason").fill(WHY)
    batch = hand_over(importer)
    expect(importer.get_by_role("button", name="公布整个批次")).to_have_count(0)
    unknown = desk.verdict(1)

    reviewer.goto(f"{desk.address}/staff?list=batches")
    expect(reviewer.get_by_text(WHY)).to_be_visible()
    reviewer.get_by_role("link", name="2026年第901号").click()
    expect(reviewer).to_have_url(batch)
    apply(reviewer, batch)
    assert desk.verdict(1) != unknown

    # Three of its firms are deregistered by a later announcement: now something rests on the batch.
    bring(desk, importer, "deregistrations.xlsx", 904, 3)
    importer.get_by_label("有问题的行不导入").check()
    later = hand_over(importer)
    apply(reviewer, later)
    ended = desk.verdict(1)
    undo(importer, batch)
    expect(importer.get_by_text("之后的登记以这一批次为依据，不能撤销")).to_be_visible(timeout=_WORKED_MS)
    expect(importer.get_by_text("注销").first).to_be_visible()

    undo(importer, later)
    importer.get_by_role("link", name="看撤销的批次").click(timeout=_WORKED_MS)
    assert desk.verdict(1) == ended  # one person undoes nothing
    apply(reviewer, importer.url)
    assert desk.verdict(1) not in {ended, unknown}


@pytest.mark.parametrize(("width", "prefix"), [(1280, ""), (390, "/en")])
def test_no_page_of_an_import_has_a_barrier_or_a_sideways_scroll(desk: Desk, width: int, prefix: str) -> None:
    if not _AXE.is_file():
        missing("axe-core")
    page = desk.seat(Role.IMPORTER, bypass_csp=True, viewport={"width": width, "height": 844})
    bring(desk, page, "codes-as-numbers.xlsx", 903, 8)
    annex = page.url.partition("?")[0].replace("/en/", "/").removeprefix(desk.address)
    page.get_by_role("button", name="试运行").click()
    faults = _barriers(page, "waiting")
    expect(page.get_by_role("heading", name="行会做什么")).to_be_visible(timeout=_WORKED_MS)
    page.goto(f"{desk.address}/staff/imports")
    batches = page.get_by_role("table").last.get_by_role("link")
    known = [str(batches.first.get_attribute("href"))] if batches.count() else []
    for path in ("/staff/imports", "/staff/imports/new", annex, f"{annex}/columns", *known):
        assert page.goto(f"{desk.address}{prefix}{path}").status == 200
        faults += _barriers(page, path)
    page.context.close()
    assert faults == []


def _barriers(page: Page, path: str) -> list[Any]:
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.add_script_tag(content=_AXE.read_text(encoding="utf-8"))
    report = page.evaluate("rules => axe.run(document, {runOnly: rules})", _RULES)
    found = [(path, fault["id"], fault["nodes"][0]["html"][:120]) for fault in report["violations"]]
    return found + ([f"{path}: {over} px too wide"] if over > 0 else [])
