"""The staff desk in headless Chromium, without scripts: the first day of an administrator and of an officer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import NOW
from interface_deeds import a_key, a_webhook
from looking import barriers, too_wide, watched
from playwright.sync_api import Browser, Page, expect
from pyotp import TOTP
from staffing import PASSWORD, an_officer

from service.register import accounts
from service.register.accounts.sessions import open_session
from service.register.database import Database
from service.vocabulary import Role

pytestmark = pytest.mark.browser

_PAGES = (
    "/staff",
    "/staff?list=marks&within=6",
    "/staff?list=stale",
    "/staff?list=index&compare=1",
    "/staff?list=corrections",
    "/staff?list=anomalies",
    "/staff/keys",
    "/staff/keys/new",
    "/staff/webhooks",
    "/staff/webhooks/new",
    "/staff/account",
    "/staff/account?done=password",
    "/staff/account/password",
    "/staff/account/second-factor",
    "/staff/users",
    "/staff/users?role=admin&state=active",
    "/staff/users/new",
    "/staff/users/axe",
    "/staff/components",
)


@pytest.fixture(scope="module")
def desk(served: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Database]]:
    """A site of its own, and its register."""
    with served(tmp_path_factory.mktemp("desk")) as (address, database):
        yield address, database


def token_of(database: Database, login: str) -> str:
    with database.writing() as session:
        user = accounts.find_staff(session, login)
        return open_session(session, user, at=NOW, browser="test", is_proven=True)


def signed_in(browser: Browser, address: str, database: Database, login: str, **more: Any) -> Page:
    context = browser.new_context(**more)
    context.add_cookies([{"name": "sid", "value": token_of(database, login), "url": address}])
    return context.new_page()


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"#{name}").fill(value)
    page.locator("main form button").last.click()


def test_the_first_administrator_opens_an_account_and_an_officer_signs_in(
    desk: tuple[str, Database], browser: Browser
) -> None:
    """From the one-time password of the command line to an officer at the work list, on a phone, without scripts."""
    address, database = desk
    made = accounts.NewAccount(login="guan-li", display_name="管理员甲", person="001", roles=[Role.ADMIN])
    with database.writing() as session:
        _, first = accounts.open_account(session, made, by=None, at=NOW)
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{address}/staff/users")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    fill(page, login="guan-li", password="no such thing")
    expect(page.get_by_role("alert")).to_contain_text("登录名或口令不对")
    fill(page, login="guan-li", password=first)

    expect(page.get_by_role("heading", level=1)).to_have_text("更换口令")
    fill(page, current=first, wanted="password1234", again="password1234")
    expect(page.get_by_role("alert")).to_contain_text("太容易被猜到")
    fill(page, current=first, wanted=PASSWORD, again=PASSWORD)

    expect(page.get_by_role("heading", level=1)).to_have_text("动态验证码")
    fill(page, current=PASSWORD)
    secret = page.locator(".gi-secret").inner_text()
    expect(page.get_by_alt_text("供验证器扫描的二维码")).to_be_visible()
    fill(page, code=TOTP(secret).at(NOW))
    expect(page.get_by_role("heading", level=1)).to_have_text("恢复码")
    expect(page.locator(".gi-secret")).to_have_count(10)
    codes = page.locator(".gi-secret").all_inner_texts()
    page.get_by_role("link", name="已经存好").click()

    second = _open_an_account(page)
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")

    fill(page, login="lu-yi", password=second)
    fill(page, current=second, wanted="渡口的船夫唱着一支旧歌谣", again="渡口的船夫唱着一支旧歌谣")
    expect(page.get_by_role("status")).to_contain_text("口令已更换")
    page.get_by_role("link", name="待办").click()
    expect(page.get_by_role("navigation", name="工作清单")).to_contain_text("我的草稿")
    expect(page.get_by_role("link", name="账号", exact=True)).to_have_count(0)
    assert page.goto(f"{address}/staff/users").status == 403
    page.goto(f"{address}/staff")
    page.get_by_role("button", name="退出").click()

    fill(page, login="guan-li", password=PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("动态验证码")
    fill(page, code=codes[0])
    expect(page.get_by_role("navigation", name="工作清单")).to_be_visible()
    context.close()


def _open_an_account(page: Page) -> str:
    """Open an account as an administrator does, once with roles that cannot be, and return its one-time password."""
    page.get_by_role("link", name="账号", exact=True).click()
    page.get_by_role("link", name="开账号").click()
    for name, value in {"display_name": "录入员乙", "login": "lu-yi", "person": "002"}.items():
        page.locator(f"#{name}").fill(value)
    page.get_by_label("录入").check()
    page.get_by_label("管理").check()
    page.get_by_role("button", name="开账号").click()
    expect(page.get_by_role("alert")).to_contain_text("不能放在一个账号上")
    expect(page.locator("#display_name")).to_have_value("录入员乙")
    page.get_by_label("管理").uncheck()
    page.get_by_role("button", name="开账号").click()
    second = page.locator(".gi-secret").inner_text()
    page.get_by_role("link", name="已经告诉本人").click()
    return second


def test_an_officer_who_is_disabled_is_out_at_the_next_click(
    desk: tuple[str, Database], browser: Browser
) -> None:
    address, database = desk
    officer = an_officer(database, Role.REVIEWER)
    page = signed_in(browser, address, database, officer.login)
    page.goto(f"{address}/staff?list=stale")
    with database.writing() as session:
        accounts.set_active(
            session, accounts.find_staff(session, officer.login), active=False, by=None, at=NOW
        )
    page.get_by_role("link", name="到期商标").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    page.context.close()


def test_the_work_list_is_worked_by_keyboard_and_its_address_holds_the_filter(
    desk: tuple[str, Database], browser: Browser
) -> None:
    address, database = desk
    officer = an_officer(database, Role.EDITOR)
    page = signed_in(browser, address, database, officer.login)
    page.goto(f"{address}/staff")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="我的草稿")).to_be_focused()
    page.get_by_role("link", name="到期商标").press("Enter")
    page.get_by_label("到期", exact=True).select_option("6")
    page.get_by_role("button", name="筛选").press("Enter")
    expect(page).to_have_url(re.compile(r"list=marks&within=6"))
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Expiring trademarks")
    expect(page.get_by_label("Ends")).to_have_value("6")
    page.context.close()


def test_an_administrator_keeps_keys_and_receivers_and_leaves_every_computer(
    desk: tuple[str, Database], browser: Browser
) -> None:
    """On a phone, without scripts; what is shown once is gone on the next page."""
    address, database = desk
    login = an_officer(database, Role.ADMIN).login
    more = {"java_script_enabled": False, "viewport": {"width": 390, "height": 844}}
    page = signed_in(browser, address, database, login, **more)
    other = signed_in(browser, address, database, login)
    page.goto(f"{address}/staff")
    page.get_by_role("link", name="接口", exact=True).click()
    page.get_by_role("link", name="签发密钥").click()
    page.locator("#holder").fill("示例平台")
    page.get_by_role("button", name="签发").click()
    expect(page.get_by_role("alert")).to_contain_text("至少选一项用途")
    page.get_by_label("批量核验").check()
    page.get_by_role("button", name="签发").click()
    secret = page.locator(".gi-secret").inner_text()
    page.get_by_role("link", name="已经转交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("示例平台")
    assert secret not in page.content()
    page.get_by_label("原因").fill("合同到期")
    page.get_by_role("button", name="撤销这个密钥").click()
    expect(page.get_by_role("status")).to_contain_text("已撤销")
    expect(page.get_by_role("button", name="撤销这个密钥")).to_have_count(0)

    page.goto(f"{address}/staff/webhooks/new")
    page.locator("#url").fill("https://10.0.0.8/hook")
    page.get_by_role("button", name="登记").click()
    expect(page.locator("#url-fault")).to_contain_text("内部网络")
    page.locator("#url").fill("https://93.184.215.14/hook")  # a public address; nothing is sent to it
    page.get_by_role("button", name="登记").click()
    assert page.locator(".gi-secret").inner_text().startswith("whsec_")
    page.get_by_role("link", name="已经转交").click()
    page.get_by_role("button", name="暂停推送").click()
    expect(page.get_by_role("status")).to_contain_text("已暂停")
    page.get_by_role("button", name="恢复推送").click()
    page.get_by_role("button", name="结束这个推送地址").click()
    expect(page.get_by_role("status")).to_contain_text("已结束")

    page.goto(f"{address}/staff/account")
    page.get_by_role("button", name="结束全部登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    other.goto(f"{address}/staff")
    expect(other.get_by_role("heading", level=1)).to_have_text("登录")
    page.context.close()
    other.context.close()


@pytest.mark.parametrize(
    ("width", "prefix", "look"),
    [
        (1280, "", barriers),
        pytest.param(390, "/en", barriers, marks=pytest.mark.long),
        (320, "/en", too_wide),
    ],
)
def test_no_page_of_the_desk_has_a_barrier_a_foreign_request_or_a_sideways_scroll(
    desk: tuple[str, Database], browser: Browser, width: int, prefix: str, look: Callable[[Page], list[str]]
) -> None:
    address, database = desk
    login = f"axe-admin-{width}"
    an_officer(database, Role.ADMIN, login=login, is_demonstration=True)
    with database.reading() as session:
        is_there = any(each.user.login == "axe" for each in accounts.list_accounts(session))
    if not is_there:
        an_officer(database, Role.REVIEWER, login="axe")
    size = {"width": width, "height": 844}
    page = signed_in(browser, address, database, login, viewport=size)
    faults = watched(page, address)
    prefix_of_key, webhook = a_key(database), a_webhook(database)
    for path in (*_PAGES, f"/staff/keys/{prefix_of_key}", f"/staff/webhooks/{webhook}"):
        assert page.goto(address + prefix + path).status == 200
        faults += look(page)
    stranger = browser.new_context(viewport=size).new_page()
    stranger.goto(f"{address}{prefix}/staff/login")
    faults += look(stranger)
    stranger.locator("#login").fill("nobody")
    stranger.locator("#password").fill("x")
    stranger.locator("main form button").click()
    faults += look(stranger)
    stranger.context.close()
    page.context.close()
    assert faults == []
