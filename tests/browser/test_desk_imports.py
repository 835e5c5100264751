"""Importing an announcement in headless Chromium: from a messy file to the public and back, by two people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import NOW
from desk_browsing import Desk
from import_deeds import FOLDER, code
from looking import barriers, watched
from playwright.sync_api import Browser, Page, expect
from staffing import an_officer

from service.register import accounts, annexes
from service.register.database import Database
from service.vocabulary import Issuer, Role

pytestmark = pytest.mark.browser

_WORKED_MS = 60_000
WHY = "公告正文误写，已电话核实（虚构）"


class ImportDesk(Desk):
    """A site with its worker and its kept documents, and the people at its desk."""

    def __init__(self, address: str, database: Database, browser: Browser, folder: Path) -> None:
        super().__init__(address, database, browser)
        self.folder = folder

    def deregister_two(self) -> str:
        """Let two other people import a later announcement that ends two firms; return the page of its batch."""
        content = (FOLDER / "deregistrations.xlsx").read_bytes()
        intake = annexes.take_in(content, "deregistrations.xlsx")
        choices = [annexes.choice_of(*annexes.suggest(table)) for table in intake.tables]
        facts = annexes.Facts(Issuer.DEMONSTRATION, "2026年第904号", "示例公告（虚构）", NOW.date(), 3)
        with self.at_work(Role.IMPORTER) as desk:
            batch = annexes.draft_batch(desk, content, intake, choices, facts, only_valid=True)
        with self.at_work(Role.REVIEWER) as desk:
            annexes.apply_batch(desk, batch.ulid)
        return f"{self.address}/staff/imports/batches/{batch.ulid}"

    @contextmanager
    def at_work(self, role: Role) -> Iterator[annexes.Desk]:
        """Somebody at work in the register itself, in a transaction of their own."""
        login = an_officer(self.database, role).login
        with self.database.writing() as session:
            by = accounts.find_staff(session, login)
            yield annexes.Desk(session, by, NOW, self.folder / "documents")

    def verdict(self, number: int) -> str:
        """What a visitor is told of the fictional firm with this number."""
        page = self.browser.new_page()
        page.goto(f"{self.address}/verify?code={code(number)}&target=shili-yunwuguo")
        found = page.locator("main h1").inner_text()
        page.close()
        return found


@pytest.fixture(scope="module")
def desk(served: Any, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[ImportDesk]:
    """A site of its own that does its errands."""
    folder = tmp_path_factory.mktemp("imports")
    with served(folder, works=True) as (address, database):
        yield ImportDesk(address, database, browser, folder)


def bring(desk: ImportDesk, page: Page, name: str, number: int, firms: int) -> None:
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


@pytest.mark.timeout(300)
def test_from_a_messy_annex_to_the_public_and_back(desk: ImportDesk) -> None:
    """48 were announced and 47 are listed: the reason, the second person, the public; then undone, but not always."""
    importer, reviewer = desk.seat(Role.IMPORTER), desk.seat(Role.REVIEWER, scripts=True)
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

    later = desk.deregister_two()
    ended = desk.verdict(1)
    undo(importer, batch)
    expect(importer.get_by_text("之后的登记以这一批次为依据，不能撤销")).to_be_visible(timeout=_WORKED_MS)
    expect(importer.get_by_text("注销").first).to_be_visible()

    undo(importer, later)
    importer.get_by_role("link", name="看撤销的批次").click(timeout=_WORKED_MS)
    assert desk.verdict(1) == ended  # one person undoes nothing
    apply(reviewer, importer.url)
    assert desk.verdict(1) not in {ended, unknown}


@pytest.fixture(scope="module")
def annex(desk: ImportDesk) -> str:
    """Where an annex with every kind of damage stands, previewed."""
    page = desk.seat(Role.IMPORTER, scripts=True)
    bring(desk, page, "codes-as-numbers.xlsx", 903, 8)
    page.context.close()
    return page.url.removeprefix(desk.address)


@pytest.mark.parametrize(("width", "prefix"), [(1280, ""), pytest.param(390, "/en", marks=pytest.mark.long)])
def test_no_page_of_an_import_has_a_barrier_or_a_sideways_scroll(
    desk: ImportDesk, annex: str, width: int, prefix: str
) -> None:
    page = desk.seat(Role.IMPORTER, scripts=True, width=width)
    with desk.at_work(Role.IMPORTER) as at_desk:
        batches = annexes.list_batches(at_desk.session).batches
    known = [f"/staff/imports/batches/{each.file.ulid}" for each in batches]
    faults = watched(page, desk.address)
    for path in ("/staff/imports", "/staff/imports/new", annex, f"{annex}/columns", *known):
        assert page.goto(f"{desk.address}{prefix}{path}").status == 200
        faults += barriers(page)
    page.context.close()
    assert faults == []


def test_the_page_that_waits_for_the_worker_shows_itself_anew(desk: ImportDesk, annex: str) -> None:
    page = desk.seat(Role.IMPORTER, scripts=True, width=390)
    page.goto(desk.address + annex)
    page.get_by_role("button", name="试运行").click()
    expect(page.get_by_role("heading", name="正在办：试运行")).to_be_visible()
    assert barriers(page) == []
    expect(page.get_by_text("试运行：登记都会接受")).to_be_visible(timeout=_WORKED_MS)
    page.context.close()
