"""The command line of the interface's keys: dibiao keys issue | list | revoke."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from service.calendar import CHINA
from service.errors import RegisterError
from service.register import accounts, keys
from service.terminal import clock, console, fail, open_register
from service.vocabulary import ApiScope

app = typer.Typer(no_args_is_help=True, help="Keys of the interface: they raise limits and count use.")
AsUser = Annotated[str, typer.Option("--as", help="Login of the administrator; the act is on record.")]


@app.command()
def issue(
    holder: Annotated[str, typer.Argument(help="Who will use it.")],
    scope: Annotated[list[ApiScope], typer.Option(help="What it is good for; may be repeated.")],
    as_user: AsUser,
) -> None:
    """Issue a key; its secret is shown this once."""
    try:
        with open_register() as database, database.writing() as session:
            by = accounts.find_staff(session, as_user)
            key, secret = keys.issue(session, holder, scope, by=by, at=clock.now())
            prefix = key.prefix
    except RegisterError as error:
        fail(f"{error.code}: {error}")
    console.print(f"密钥 {prefix} · key; 密文只显示这一次 · the secret is shown this once:")
    # Nothing may wrap or mark it: it is copied from here.
    console.print(secret, soft_wrap=True, markup=False, highlight=False)


@app.command("list")
def list_() -> None:
    """List the keys: who holds them, what they are good for, when they were last used."""
    table = Table(
        "密钥 key",
        "持有人 holder",
        "权限 scopes",
        "签发 issued",
        "最近使用 last used",
        "撤销 revoked",
    )
    with open_register() as database, database.reading() as session:
        for key in keys.list_keys(session):
            used, revoked = _moment(key.last_used_at), _moment(key.revoked_at)
            holder = Text(key.holder)  # words of others: never read as markup
            table.add_row(key.prefix, holder, key.scopes, _moment(key.issued_at), used, revoked)
    console.print(table)


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="The key's eight signs, as `list` shows them.")],
    as_user: AsUser,
    reason: Annotated[str, typer.Option(help="Why; it is on record.")],
) -> None:
    """Revoke a key: the next request that brings it is refused."""
    try:
        with open_register() as database, database.writing() as session:
            by = accounts.find_staff(session, as_user)
            keys.revoke(session, key, by=by, at=clock.now(), reason=reason)
    except RegisterError as error:
        fail(f"{error.code}: {error}")
    console.print(f"{key} 已撤销 · revoked")


def _moment(moment: datetime | None) -> str:
    return moment.astimezone(CHINA).isoformat(sep=" ", timespec="minutes") if moment else "—"
