"""What the commands share: the terminal, the clock, the register they work on, progress, and how they fail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from service.calendar import SystemClock
from service.errors import ImportRefused
from service.register.database import Database
from service.settings import get_settings

console = Console()
clock = SystemClock()


@contextmanager
def open_register() -> Iterator[Database]:
    """Yield the register that the settings name; it is closed when the block ends."""
    database = Database(get_settings().effective_database_url)
    try:
        yield database
    finally:
        database.dispose()


def progress(title: str) -> Progress:
    """Return a progress line for an act that may take long; it vanishes when done."""
    return Progress(
        TextColumn(escape(title)),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )


def fail(message: str, code: int = 1) -> NoReturn:
    """Say why nothing was done, and end with an exit code; the message is shown as it is."""
    console.print(message, style="red", markup=False, highlight=False)
    raise typer.Exit(code=code)


def refuse(error: ImportRefused) -> NoReturn:
    """List what is wrong with a file, line by line, and end with exit code 1; its words are shown as they are."""
    table = Table(
        "行 line",
        "列 column",
        "原因 reason",
        "值 value",
        title=Text(f"{error.file}: 未导入 · nothing imported"),
    )
    for each in error.problems:
        table.add_row(str(each.line), Text(each.column), Text(f"{each.zh}\n{each.en}"), Text(each.value))
    console.print(table)
    raise typer.Exit(code=1) from error
