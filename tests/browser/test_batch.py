"""A list checked at once, as an officer does it: without scripts, and with the bar that tells how far it is."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
LIST = "代码,产品,店铺\n93500114MA0TERT081,示例·云雾果,甲店\n9.15E+17,,乙店\n"


def test_a_list_is_pasted_without_scripts_and_taken_home(site: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(f"{site}/verify")
    page.get_by_role("link", name="有一份名单要查？批量核验").click()
    page.get_by_label("粘贴代码").fill("产品\n云雾果")
    page.get_by_role("button", name="核验", exact=True).click()
    expect(page.locator("#rows-fault")).to_contain_text("看不出哪一列是代码")
    expect(page.get_by_label("粘贴代码")).to_have_value("产品\n云雾果")
    page.get_by_label("粘贴代码").fill(LIST)
    page.get_by_role("button", name="核验", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="2 行的结果")).to_be_visible()
    expect(page.locator("main")).to_contain_text("没有读这些列：店铺")
    expect(page.locator("main")).to_contain_text("改写为数字")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    with page.expect_download() as kept:
        page.get_by_role("button", name="下载 CSV").click()
    rows = list(csv.DictReader(io.StringIO(kept.value.path().read_text("utf-8-sig"))))
    assert [row["verdict"] for row in rows] == ["authorised", ""]
    context.close()


def test_a_file_is_uploaded_and_the_bar_tells_how_far_it_is(
    site: str, browser: Browser, tmp_path: Path
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site}/en/verify/batch")
    # What was told, kept from the moments that are too short to look at.
    page.evaluate(
        "() => { window.told = []; new MutationObserver(() => told.push("
        "document.querySelector('[data-batch=told]')?.textContent)).observe(document.querySelector('form'),"
        " {childList: true, subtree: true, characterData: true}) }"
    )
    file = tmp_path / "list.csv"
    file.write_bytes(LIST.encode("gbk"))
    page.get_by_label("Or upload a file").set_input_files(file)
    page.get_by_role("button", name="Verify", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Rows checked: 2")).to_be_visible()
    told = page.evaluate("told")
    assert "Sending" in told
    assert "Checking" in told
    assert page.title().startswith("Results of the check")
    expect(page.locator("main")).to_be_focused()
    # The form of the page that came is alive too.
    page.get_by_label("Paste codes").fill("93500114MA0TERT081")
    page.get_by_role("button", name="Verify", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Rows checked: 1")).to_be_visible()
    context.close()


def test_a_list_that_gets_no_answer_is_told_and_kept(site: str, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site}/verify/batch")
    page.get_by_label("粘贴代码").fill(LIST)
    context.set_offline(True)
    page.get_by_role("button", name="核验", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("没有完成")
    expect(page.get_by_label("粘贴代码")).to_have_value(LIST)
    expect(page.get_by_role("button", name="核验", exact=True)).to_be_enabled()
    context.close()
