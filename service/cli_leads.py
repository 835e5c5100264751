"""The command line of those who handle leads: dibiao leads list | show | erase."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from service.calendar import SystemClock, china_date
from service.errors import RegisterError
from service.register import accounts, leads
from service.register.database import Database
from service.register.models import Lead
from service.settings import get_settings

app = typer.Typer(no_args_is_help=True, help="What people reported: leads and their deadlines.")
_console = Console()
_clock = SystemClock()
_MOST: Final = 10_000


@contextmanager
def _database() -> Iterator[Database]:
    database = Database(get_settings().effective_database_url)
    try:
        yield database
    finally:
        database.dispose()


@app.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Also those that are done.")] = False,  # noqa: FBT002
) -> None:
    """List the leads with their next deadline; who brought them is not shown."""
    table = Table()
    for title in (
        "回执 receipt",
        "类别 kind",
        "收到 received",
        "期限 deadline",
        "核验 verdict",
        "状态 state",
    ):
        table.add_column(title, overflow="fold", no_wrap=title.startswith("回执"))
    query = leads.LeadQuery(done=None if everything else False)
    with _database() as database, database.reading() as session:
        for row in leads.read_inbox(session, query, china_date(_clock.now()), start=0, limit=_MOST).rows:
            table.add_row(
                row.lead.receipt,
                row.lead.kind.zh,
                row.lead.received_on.isoformat(),
                _said(row.deadline),
                str(row.lead.checked.get("outcome", "")),
                row.lead.state.zh,
            )
    _console.print(table)


@app.command()
def show(
    receipt: Annotated[str, typer.Argument(help="Number of the receipt.")],
    as_user: Annotated[
        str, typer.Option("--as", help="Login of the lead officer; the reading is on record.")
    ],
) -> None:
    """Show one lead whole, with the person behind it."""
    try:
        with _database() as database, database.writing() as session:
            by = accounts.find_staff(session, as_user)
            lead = leads.read_lead(session, receipt, by=by, at=_clock.now())
            _print(lead, leads.find_lead(session, receipt).next)
    except RegisterError as error:
        _console.print(f"[red]{error.code}[/red]")
        raise typer.Exit(code=1) from error


@app.command()
def erase() -> None:
    """Erase the contacts whose day has come (the worker does it every hour)."""
    with _database() as database, database.writing() as session:
        count = leads.erase_due(session, _clock.now())
    _console.print(f"已删除联系方式 {count} 份 · contacts erased")


def _said(deadline: leads.Deadline | None) -> str:
    if deadline is None:
        return "—"
    if deadline.last_day is None:
        return f"{deadline.missing_year} 年未安排 · not arranged"
    return deadline.last_day.isoformat()


def _print(lead: Lead, deadline: leads.Deadline | None) -> None:
    rows = {
        "回执 receipt": lead.receipt,
        "类别 kind": lead.kind.zh,
        "渠道 channel": " ".join(filter(None, (lead.channel.zh, lead.channel_number))),
        "收到 received": lead.received_on.isoformat(),
        "情形 misuse": lead.misuse.zh if lead.misuse else None,
        "情况 description": lead.description,
        "地点 place": lead.place,
        "看到 seen on": lead.seen_on and lead.seen_on.isoformat(),
        "页面 about": lead.about,
        "核验 checked": " · ".join(f"{key}={value}" for key, value in lead.checked.items() if value),
        "期限 deadline": _said(deadline),
        "姓名 name": lead.contact and lead.contact.name,
        "电话 telephone": lead.contact and lead.contact.telephone,
        "邮箱 email": lead.contact and lead.contact.email,
        "删除 erased on": lead.contact and lead.contact.erase_on.isoformat(),
    }
    table = Table("", "", show_header=False)
    for title, value in rows.items():
        table.add_row(title, Text(str(value or "—")))  # words of strangers: never read as markup
    _console.print(table)
