"""What the commands share: the terminal, the clock, the register they work on, progress, and how they fail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from service.calendar import SystemClock
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
