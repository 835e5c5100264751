"""The command line of accounts: the first administrator, help for who is locked out, and trying the desk."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from service import cli
from service.calendar import SystemClock
from service.register import accounts
from service.register.accounts import NewSession, Refusal
from service.register.database import Database
from service.settings import get_settings

_PASSWORD = re.compile(r"password: ([a-z0-9-]{23})\n")


@pytest.fixture
def database(registers, opened, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """An empty register that the command line works on."""
    url = registers.make("spatialite", "empty")
    monkeypatch.setenv("DIBIAO_DATABASE_URL", url)
    monkeypatch.setenv("COLUMNS", "60")
    get_settings.cache_clear()
    yield opened(url)
    get_settings.cache_clear()


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli.app, ["user", *words])
    return done.exit_code, done.output


def add(login: str, *roles: str) -> tuple[int, str]:
    chosen = [word for role in roles for word in ("--role", role)]
    return run("add", login, "--name", "王某", "--person", login, *chosen)


def signs_in(database: Database, login: str, password: str, *, demo: bool = False) -> bool:
    found = accounts.sign_in(database, login, password, at=SystemClock().now(), browser="", demo=demo)
    assert isinstance(found, NewSession) or found is Refusal.WRONG
    return isinstance(found, NewSession)


def test_the_first_administrator_comes_from_here_with_a_password_that_is_printed_once(database):
    status, said = add("guan-li", "admin")
    assert status == 0
    password = _PASSWORD.search(said)
    assert password
    assert signs_in(database, "guan-li", password[1])
    assert password[1] not in run("list")[1]


def test_who_is_locked_out_gets_a_new_password_and_the_old_one_is_dead(database):
    old = _PASSWORD.search(add("guan-li", "admin")[1])[1]
    status, said = run("reset", "guan-li", "--second-factor")
    assert status == 0
    assert not signs_in(database, "guan-li", old)
    assert signs_in(database, "guan-li", _PASSWORD.search(said)[1])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("disable", "guan-li"), "last_admin"),
        (("roles", "guan-li", "--role", "editor"), "last_admin"),
        (("roles", "guan-li", "--role", "admin", "--role", "reviewer"), "roles_quarrel"),
        (("disable", "nobody"), "not_found"),
        (("add", "guan-li", "--name", "x", "--person", "x", "--role", "editor"), "duplicate"),
        (("add", "Guan Li", "--name", "x", "--person", "x", "--role", "editor"), "bad_login"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(database, words, code):
    add("guan-li", "admin")
    status, said = run(*words)
    assert status == 1
    assert code in said


def test_an_account_is_disabled_and_opened_again(database):
    password = _PASSWORD.search(add("lu-ru", "editor")[1])[1]
    assert run("disable", "lu-ru")[0] == 0
    assert not signs_in(database, "lu-ru", password)
    assert run("enable", "lu-ru")[0] == 0
    assert signs_in(database, "lu-ru", password)


def test_demonstration_accounts_are_printed_whole_and_another_run_replaces_them(database):
    first, second = (_PASSWORD.findall(run("demo")[1]) for _ in range(2))
    assert len(set(first) | set(second)) == 10
    assert signs_in(database, "shili-luru", second[0], demo=True)
    assert not signs_in(database, "shili-luru", first[0], demo=True)
    assert not signs_in(database, "shili-luru", second[0], demo=False)


def test_without_the_demonstration_there_are_no_such_accounts(database, monkeypatch):
    monkeypatch.setenv("DIBIAO_DEMO", "0")
    get_settings.cache_clear()
    status, said = run("demo")
    assert status == 1
    assert "DIBIAO_DEMO=0" in said
    with database.reading() as session:
        assert accounts.list_accounts(session) == []


def test_a_fresh_machine_is_told_how_to_sign_in(database, capsys):
    cli._tell_how_to_sign_in(get_settings(), "127.0.0.1", 8000)
    said = capsys.readouterr().out
    assert "http://127.0.0.1:8000/staff" in said
    assert "--role admin" in said
    assert "user demo" in said
    add("guan-li", "admin")
    cli._tell_how_to_sign_in(get_settings(), "127.0.0.1", 8000)
    assert "--role admin" not in capsys.readouterr().out
