"""The command line of webhooks: dibiao webhooks add | list | test | pause | resume | remove."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from service.courier import courier_of
from service.delivering import AddressRefused, demand_reachable
from service.errors import RegisterError
from service.register import subscribing
from service.register.lookups.change_feed import Cursor, find_followed
from service.register.subscribing import Subscription
from service.settings import get_settings
from service.terminal import clock, console, fail, open_register
from service.vocabulary import ChangeKind

app = typer.Typer(no_args_is_help=True, help="Addresses that are told of changes.")

Ulid = Annotated[str, typer.Argument(help="Identifier of the webhook, as listed.")]


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="Address to be told, https.")],
    kind: Annotated[list[ChangeKind] | None, typer.Option(help="Only this kind; may be repeated.")] = None,
    product: Annotated[str | None, typer.Option(help="Only this product: slug or code.")] = None,
    organisation: Annotated[str | None, typer.Option(help="Only this organisation: USCC.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Begin after this cursor (0: from the beginning); without it: now.")
    ] = None,
) -> None:
    """Add a receiver and print the secret that its messages are signed with; it is shown this once."""
    try:
        demand_reachable(url, allow_loopback=get_settings().webhooks_allow_loopback)
        with open_register() as database, database.writing() as session:
            followed = find_followed(session, kind or [], product, organisation)
            cursor = Cursor.parse(since) if since is not None else None
            made = subscribing.add_webhook(session, url, followed, since=cursor, now=clock.now())
    except AddressRefused as error:
        fail(f"这个地址不能用 · this address cannot be used: {error.code}")
    except RegisterError as error:
        fail(f"{error.code}: {error}")
    console.print(made.ulid)
    console.print(f"密钥（只显示这一次）· secret, shown this once: {made.secret}", soft_wrap=True)


@app.command("list")
def list_() -> None:
    """List the receivers, what they follow, where they stand and how it goes; never their secrets."""
    table = Table()
    for title in ("编号 id", "地址 url", "关注 follows", "已送到 told", "状态 state"):
        table.add_column(title, overflow="fold")
    with open_register() as database, database.reading() as session:
        for each in subscribing.list_subscriptions(session):
            narrowed = [name for name in (each.product, each.organisation) if name]
            follows = ", ".join([*each.kinds, *narrowed]) or "全部 everything"
            # Words of others: never read as markup.
            table.add_row(
                each.webhook.ulid, Text(each.webhook.url), Text(follows), str(each.told), _state(each)
            )
    console.print(table)


def _state(found: Subscription) -> str:
    webhook, words = found.webhook, f"{found.state.zh} {found.state.en}"
    return f"{words}: {webhook.last_problem} ×{webhook.attempts}" if webhook.attempts else words


@app.command()
def test(ulid: Ulid) -> None:
    """Send a message without changes and say what came back; exit code 1 when it was not taken."""
    try:
        with open_register() as database:
            problem = courier_of(get_settings(), database, clock).test(ulid)
    except RegisterError as error:
        fail(f"{error.code}: {error}")
    if problem is not None:
        fail(f"没有收下 · not taken: {problem}")
    console.print("收下了 · taken")


@app.command()
def pause(ulid: Ulid) -> None:
    """Tell a receiver nothing until it is resumed."""
    try:
        with open_register() as database, database.writing() as session:
            subscribing.pause_webhook(session, ulid, now=clock.now())
    except RegisterError as error:
        fail(f"{error.code}: {error}")


@app.command()
def resume(ulid: Ulid) -> None:
    """Tell a receiver again that was paused or given up, from where it stands."""
    try:
        with open_register() as database, database.writing() as session:
            subscribing.resume_webhook(session, ulid, now=clock.now())
    except RegisterError as error:
        fail(f"{error.code}: {error}")


@app.command()
def remove(ulid: Ulid) -> None:
    """Take a receiver off."""
    try:
        with open_register() as database, database.writing() as session:
            subscribing.remove_webhook(session, ulid, now=clock.now())
    except RegisterError as error:
        fail(f"{error.code}: {error}")
