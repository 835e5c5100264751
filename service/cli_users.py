"""The command line of those who run the registry: dibiao user add | list | roles | reset | disable | enable | demo.

Who can run it can read the database, so it asks for no account; what it does is on the audit trail without an actor.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text
from sqlalchemy.orm import Session

from service.errors import FieldNotAllowed, RegisterError
from service.register import accounts
from service.register.accounts.demonstration import renew_demonstration
from service.settings import get_settings
from service.terminal import clock, console, fail, open_register
from service.vocabulary import RecordKind, Role

app = typer.Typer(no_args_is_help=True, help="Accounts of the staff.")
Login = Annotated[str, typer.Argument(help="Login name.")]
Roles = Annotated[list[Role], typer.Option("--role", help="Role; may be repeated.")]
Kinds = Annotated[
    list[RecordKind] | None,
    typer.Option("--kind", help="Kind of record of a partner agency; may be repeated."),
]


@app.command()
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="Name to show.")],
    person: Annotated[
        str, typer.Option(help="Who it is: two accounts of one person never review each other.")
    ],
    role: Roles,
    kind: Kinds = None,
) -> None:
    """Open an account and print its one-time password, once."""
    made = accounts.NewAccount(login=login, display_name=name, person=person, roles=role, kinds=kind or ())
    with _writing() as session:
        user, password = accounts.open_account(session, made, by=None, at=clock.now())
    _tell(user.login, password)


@app.command("list")
def list_() -> None:
    """List the accounts of people."""
    table = Table("登录名 login", "姓名 name", "角色 roles", "验证码 second factor", "状态 state")
    with open_register() as database, database.reading() as session:
        for each in accounts.list_accounts(session):
            roles = ", ".join(role.value for role in each.roles)
            factor = "✓" if each.user.totp_secret else "需要 needed" if each.needs_second_factor else "—"
            state = "使用中 open" if each.user.is_active else "已停用 disabled"
            table.add_row(each.user.login, Text(each.user.display_name), roles, factor, state)
    console.print(table)


@app.command()
def roles(login: Login, role: Roles, kind: Kinds = None) -> None:
    """Give an account these roles in place of those it has."""
    with _writing() as session:
        user = accounts.find_staff(session, login)
        accounts.change_roles(session, user, role, kind or (), by=None, at=clock.now())
    console.print(f"{login} ✓")


@app.command()
def reset(
    login: Login,
    second_factor: Annotated[  # noqa: FBT002
        bool, typer.Option("--second-factor", help="Take the second factor away as well.")
    ] = False,
) -> None:
    """Give an account a one-time password and print it, once."""
    with _writing() as session:
        user = accounts.find_staff(session, login)
        password = accounts.give_one_time_password(session, user, by=None, at=clock.now())
        if second_factor:
            accounts.reset_second_factor(session, user, by=None, at=clock.now())
    _tell(login, password)


@app.command()
def disable(login: Login) -> None:
    """Disable an account: its sessions are dead at once."""
    _set_active(login, active=False)


@app.command()
def enable(login: Login) -> None:
    """Open a disabled account again."""
    _set_active(login, active=True)


@app.command()
def demo() -> None:
    """Make the demonstration accounts with fresh passwords and print them, once."""
    if not get_settings().demo:
        fail("DIBIAO_DEMO=0：演示账号不能使用 · demonstration accounts are off")
    with _writing() as session:
        made = renew_demonstration(session, clock.now())
    for each in made:
        named = ", ".join(role.zh for role in each.roles)
        console.print(f"\n[bold]{each.login}[/bold]  {named}", highlight=False)
        _print_line("口令 password", each.password)
        if each.secret:
            _print_line("验证器密钥 authenticator secret", each.secret)
            _print_line("恢复码 recovery codes", "  ".join(each.codes))
    console.print()
    console.print(
        "仅供试用，口令只显示这一次；再运行一次即全部更换 · for trying only, shown once; another run replaces all"
    )


def _print_line(title: str, value: str) -> None:
    # Whole on any terminal: a secret that is cut short is none.
    console.print(f"  {title}: {value}", highlight=False, soft_wrap=True)


def _set_active(login: str, *, active: bool) -> None:
    with _writing() as session:
        user = accounts.find_staff(session, login)
        accounts.set_active(session, user, active=active, by=None, at=clock.now())
    console.print(f"{login} ✓")


def _tell(login: str, password: str) -> None:
    console.print(f"{login} ✓", highlight=False)
    console.print(f"一次性口令 · one-time password: [bold]{password}[/bold]", highlight=False)
    console.print("7 天内登录 /staff 并换成自己的口令 · sign in at /staff within 7 days and choose one's own")


@contextmanager
def _writing() -> Iterator[Session]:
    try:
        with open_register() as database, database.writing() as session:
            yield session
    except FieldNotAllowed as error:
        fail(f"{error.field}: {error.problem}")
    except RegisterError as error:
        fail(f"{error.code}: {error}")
