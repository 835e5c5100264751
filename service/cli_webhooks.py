"""The command line of webhooks: dibiao webhooks add | list | test | resume | remove."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from service.courier import courier_of
from service.delivering import AddressRefused, parse_receiver
from service.delivering.reaching import resolve
from service.errors import RegisterError
from service.register import subscribing
from service.register.lookups.change_feed import Cursor, find_followed
from service.register.models import Webhook
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
    allowed = get_settings().webhooks_allow_loopback
    try:
        resolve(parse_receiver(url, allow_loopback=allowed), allow_loopback=allowed)
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
        for each in subscribing.list_webhooks(session):
            follows = ", ".join([*each.kinds, *_narrowed(each)]) or "全部 everything"
            told = Cursor(each.told_revision, each.told_position)
            table.add_row(each.ulid, each.url, follows, str(told), _state(each))
    console.print(table)


def _narrowed(webhook: Webhook) -> list[str]:
    named = {"一个产品 one product": webhook.product_id, "一个单位 one organisation": webhook.organisation_id}
    return [name for name, key in named.items() if key is not None]


def _state(webhook: Webhook) -> str:
    if webhook.disabled_at is not None:
        return f"已停 given up: {webhook.last_problem}"
    if webhook.attempts:
        return f"第 {webhook.attempts} 次失败 failed {webhook.attempts} times: {webhook.last_problem}"
    return "正常 well" if webhook.delivered_at else "还没有送过 nothing sent yet"


@app.command()
def test(ulid: Ulid) -> None:
    """Send a message without changes and say what came back; exit code 1 when it was not taken."""
    try:
        with open_register() as database:
            with database.reading() as session:
                found = subscribing.find_webhook(session, ulid)
                url, secret = found.url, found.secret
            now = clock.now()
            name = f"{ulid}-ping-{int(now.timestamp())}"
            problem = courier_of(get_settings(), database, clock).ping(url, secret, name)
    except RegisterError as error:
        fail(f"{error.code}: {error}")
    if problem is not None:
        fail(f"没有收下 · not taken: {problem}")
    console.print("收下了 · taken")


@app.command()
def resume(ulid: Ulid) -> None:
    """Tell a receiver again that was given up, from where it stands."""
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
