"""The command line: python -m seed.synthetic --products N --organisations N --trademarks N."""

from __future__ import annotations

import time
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from seed.synthetic.loading import Step, fill
from seed.synthetic.sizes import Sizes
from service.calendar import SystemClock
from service.register import migrating
from service.register.database import Database
from service.settings import get_settings
from service.vocabulary import RecordKind

_DEFAULT = Sizes()
_console = Console()


def main(
    *,
    products: Annotated[int, typer.Option(min=0)] = _DEFAULT.products,
    organisations: Annotated[int, typer.Option(min=0)] = _DEFAULT.organisations,
    trademarks: Annotated[int, typer.Option(min=0)] = _DEFAULT.trademarks,
    areas: Annotated[int, typer.Option(min=0)] = _DEFAULT.areas,
    seed: Annotated[int, typer.Option(help="Another seed is another register.")] = _DEFAULT.seed,
    database_url: Annotated[str, typer.Option(help="Default: DIBIAO_DATABASE_URL.")] = "",
) -> None:
    """Load a large, plainly fictional register; the same again changes nothing."""
    settings = get_settings()
    database = Database(database_url or settings.effective_database_url)
    migrating.migrate(database)
    sizes = Sizes(products, organisations, trademarks, areas, seed)
    begun = time.monotonic()
    with _progress() as bar:
        published = fill(database, SystemClock(), settings.documents_dir, sizes, progress=_Bars(bar))
    database.dispose()
    _console.print(f"{published:,} records published in {time.monotonic() - begun:.0f} s")


def _progress() -> Progress:
    columns = (TextColumn("{task.description:>20}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=_console)


class _Bars:
    """One bar for each kind of record, begun when its first batch is done."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._tasks: dict[RecordKind, TaskID] = {}

    def __call__(self, step: Step) -> None:
        task = self._tasks.get(step.kind)
        if task is None:
            task = self._tasks[step.kind] = self._bar.add_task(step.kind.zh, total=step.count)
        self._bar.update(task, completed=step.done)


if __name__ == "__main__":
    typer.run(main)
