"""The command line of those who import announcements: import-announcement, and batches list | apply | return | undo."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from service.calendar import DateError, parse_china_date
from service.errors import ImportRefused, RegisterError, UndoRefused, UploadRefused, WorkStopped
from service.register import accounts, annexes, editing
from service.register.database import Database
from service.settings import get_settings
from service.terminal import clock, console, fail, open_register, progress, refuse
from service.vocabulary import AnnexField, AnnexKind, DeregistrationGround, Issuer, RowAction, Track

batches_app = typer.Typer(no_args_is_help=True, help="Batches of imported announcements.")
_MOST_ROWS = 60
_STYLES = {
    RowAction.CREATE: "green",
    RowAction.UPDATE: "cyan",
    RowAction.CLOSE: "magenta",
    RowAction.CONFLICT: "yellow",
    RowAction.ERROR: "red",
}
As = Annotated[str, typer.Option("--as", help="Login of the person who acts.")]
Ulid = Annotated[str, typer.Argument(help="Identifier of the batch, as printed.")]
Day = Annotated[str | None, typer.Option(help="China day of publication, 2026-01-31.")]


def import_announcement(
    file: Annotated[str, typer.Argument(help="xlsx, xls, csv or txt file; - reads a pasted table.")],
    as_user: As,
    issuer: Annotated[Issuer, typer.Option(help="Who issued the announcement.")],
    number: Annotated[str, typer.Option(help="Its number as printed: 第475号, 2017年第21号.")],
    title: Annotated[
        str | None, typer.Option(help="Its title; issuer and number where none is given.")
    ] = None,
    published_on: Day = None,
    firms: Annotated[int | None, typer.Option(help="How many firms its text says there are.", min=0)] = None,
    products: Annotated[int | None, typer.Option(help="How many products its text says.", min=0)] = None,
    encoding: Annotated[str, typer.Option(help="Of a csv: utf-8, gb18030 (GBK), utf-16.")] = "utf-8",
    column: Annotated[
        list[str] | None, typer.Option(help="heading=field, to say what a column is; heading= leaves it out.")
    ] = None,
    table: Annotated[
        list[int] | None, typer.Option(help="Take only these tables, counted from 1; may be repeated.")
    ] = None,
    product: Annotated[str | None, typer.Option(help="The product of a table without such a column.")] = None,
    track: Annotated[Track | None, typer.Option(help="Which of a product's protections is meant.")] = None,
    ground: Annotated[
        DeregistrationGround | None, typer.Option(help="Why, where a table of ends has no such column.")
    ] = None,
    because: Annotated[
        str | None, typer.Option(help="Why the counts may differ from those declared.")
    ] = None,
    approve_as: Annotated[
        str | None, typer.Option(help="Login of the second person, who applies it.")
    ] = None,
    skip_elsewhere: Annotated[  # noqa: FBT002
        bool,
        typer.Option("--skip-elsewhere", help="Leave out rows on products that are not on this register."),
    ] = False,
    only_valid: Annotated[  # noqa: FBT002
        bool, typer.Option("--only-valid", help="Leave out rows with problems and import the others.")
    ] = False,
    dry_run: Annotated[  # noqa: FBT002
        bool, typer.Option("--dry-run", help="Show what it would do and keep nothing.")
    ] = False,
) -> None:
    """Import an announcement's annex: preview, drafts as one batch, applied by a second person."""
    content, name = _content(file)
    facts = annexes.Facts(
        issuer,
        number,
        title or f"{issuer.zh}公告{number}",
        _day(published_on),
        firms,
        products,
        track=track,
        ground=ground,
        skips_elsewhere=skip_elsewhere,
    )
    with _told(), open_register() as database:
        intake = annexes.take_in(content, name, encoding)
        with database.reading() as session:
            choices = _choices(intake, annexes.remembered(session, issuer), column or [], table, product)
        seen, refusals = _look(database, as_user, intake, choices, facts, dry_run=dry_run)
        _print_preview(seen, refusals)
        if dry_run or (seen.is_valid and not seen.records):
            return
        with _desk(database, as_user, name) as desk:
            batch = annexes.draft_batch(
                desk, content, intake, choices, facts, only_valid=only_valid, override_reason=because
            )
            ulid = batch.ulid if batch else ""
        console.print(f"批次 batch [bold]{ulid}[/bold]：待审核 in review")
        if approve_as is not None:
            _apply(database, ulid, approve_as, only_valid=only_valid)


@batches_app.command("list")
def list_() -> None:
    """List the latest batches."""
    found = Table("批次 batch", "文件 file", "公告 announcement", "行 rows", "状态 state", "撤销 undo")
    with open_register() as database, database.reading() as session:
        for batch in annexes.list_batches(session).batches:
            found.add_row(
                batch.file.ulid,
                Text(batch.file.file_name),
                batch.annex.number,
                str(batch.annex.found_rows),
                batch.state.zh,
                batch.undone_by or ("↩" if batch.annex.undoes_id else ""),
            )
    console.print(found)


@batches_app.command()
def apply(
    batch: Ulid,
    as_user: As,
    only_valid: Annotated[  # noqa: FBT002
        bool,
        typer.Option("--only-valid", help="Return the rows that cannot be published; publish the others."),
    ] = False,
    editions: Annotated[
        str | None,
        typer.Option(help="What was looked at, as it is printed where drafts were edited since the import."),
    ] = None,
) -> None:
    """Publish a batch in the name of a second person, all of it or none."""
    with _told(), open_register() as database:
        _apply(database, batch, as_user, only_valid=only_valid, editions=editions)


@batches_app.command("return")
def return_(batch: Ulid, as_user: As, reason: Annotated[str, typer.Option(help="Why.")]) -> None:
    """Give a batch back."""
    with _told(), open_register() as database, _desk(database, as_user, batch) as desk:
        count = annexes.return_batch(desk, batch, reason)
    console.print(f"已退回 returned: {count}")


@batches_app.command()
def undo(
    batch: Ulid,
    as_user: As,
    reason: Annotated[str, typer.Option(help="Why.")],
    approve_as: Annotated[
        str | None, typer.Option(help="Login of the second person, who applies it.")
    ] = None,
) -> None:
    """Undo a batch: drafts that restore what was public before, applied by a second person."""
    with _told(), open_register() as database:
        with _desk(database, as_user, batch) as desk:
            ulid = annexes.draft_undo(desk, batch, reason).ulid
        console.print(f"批次 batch [bold]{ulid}[/bold]：待审核 in review")
        if approve_as is not None:
            _apply(database, ulid, approve_as)


def _apply(
    database: Database, ulid: str, login: str, *, only_valid: bool = False, editions: str | None = None
) -> None:
    with _desk(database, login, ulid) as desk:
        if editions is None:
            _demand_as_imported(desk, ulid)
        done = annexes.apply_batch(desk, ulid, only_valid=only_valid, editions=editions)
    console.print(
        f"已发布 published {done.published}，退回 returned {done.returned}；"
        f"登记版本 revision {done.revision_number or '—'}"
    )


def _demand_as_imported(desk: annexes.Desk, ulid: str) -> None:
    """Print the drafts that say something else than the rows that were read, and go no further where there are any."""
    batch = annexes.find_batch(desk.session, ulid)
    revised = annexes.revised_drafts(desk.session, batch)
    if not revised:
        return
    found = Table("草稿 draft", "类别 kind", "记录 record", "稿次 edition", title="导入以后改过 edited since")
    for draft in revised:
        found.add_row(draft.ulid, draft.record_kind.value, Text(draft.record_key), str(draft.edition))
    console.print(found)
    digest = annexes.editions_of(desk.session, batch)
    fail(f"edited: 看过改后的草稿，再用 --editions · look at them, then say --editions {digest}")


def _look(
    database: Database,
    login: str,
    intake: annexes.Intake,
    choices: Sequence[annexes.Choice | None],
    facts: annexes.Facts,
    *,
    dry_run: bool,
) -> tuple[annexes.Preview, Sequence[Any]]:
    """Return what it would do; a dry run also tries to publish it, and takes that back."""
    if dry_run:
        with _desk(database, login, intake.name) as desk:
            return annexes.dry_run(desk, intake, choices, facts)
    with _watched(intake.name) as tell, database.reading() as session:
        return annexes.preview(session, intake, choices, facts, tell), []


@contextmanager
def _desk(database: Database, login: str, title: str) -> Iterator[annexes.Desk]:
    """Yield somebody at work in a transaction, watched by a progress bar."""
    with _watched(title) as tell, database.writing() as session:
        by = accounts.find_staff(session, login)
        editing.lock_registry(session)  # what others publish while we wait comes before this moment
        yield annexes.Desk(session, by, clock.now(), get_settings().documents_dir, tell)


@contextmanager
def _watched(title: str) -> Iterator[Callable[[int, int], None]]:
    """Yield what tells a progress bar how many of how many are done."""
    with progress(title) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def _told() -> Iterator[None]:
    """Say in words why nothing was done."""
    try:
        yield
    except ImportRefused as error:
        refuse(error)
    except (UploadRefused, WorkStopped) as error:
        fail(f"{error.problem}: {' · '.join(annexes.refusal_words(error))}")
    except UndoRefused as error:
        found = Table(
            "类别 kind", "记录 record", "缘由 why", title=f"{error.batch}: 不能撤销 · cannot be undone"
        )
        for each in error.dependents:
            found.add_row(each.kind, Text(each.key), each.why)
        console.print(found)
        raise typer.Exit(code=1) from error
    except RegisterError as error:
        fail(f"{error.code}: {error}")


def _content(file: str) -> tuple[bytes, str]:
    if file == "-":
        return sys.stdin.buffer.read(), annexes.PASTED
    path = Path(file)
    if not path.is_file():
        fail(f"{path.name}: 找不到文件 · no such file")
    return path.read_bytes(), path.name


def _day(text: str | None) -> date | None:
    try:
        return parse_china_date(text) if text else None
    except DateError:
        return fail(f"bad_date: {text}")


def _choices(
    intake: annexes.Intake,
    remembered: Any,
    columns: Sequence[str],
    wanted: Sequence[int] | None,
    product: str | None,
) -> list[annexes.Choice | None]:
    """Return how each table is read: as suggested, less what the person says otherwise; print it."""
    said = dict(each.partition("=")[::2] for each in columns)
    choices: list[annexes.Choice | None] = []
    for place, table in enumerate(intake.tables, start=1):
        kind, suggestions = annexes.suggest(table, remembered)
        suggestions = [
            replace(each, field=_field(said[each.heading]), score=1.0)
            if each.heading in said
            else replace(each, field=None)
            if each.field is not None and each.field.value in said.values()
            else each
            for each in suggestions
        ]
        is_wanted = not wanted or place in wanted
        choices.append(replace(annexes.choice_of(kind, suggestions), product=product) if is_wanted else None)
        _print_mapping(place, table, kind, suggestions, is_wanted=is_wanted)
    for code, sheet in intake.warnings:
        console.print(f"{sheet}: {code}", style="yellow", markup=False)
    return choices


def _field(text: str) -> AnnexField | None:
    if not text:
        return None
    for field in AnnexField:
        if text in {field.value, field.zh}:
            return field
    return fail(f"unknown_field: {text}（{'、'.join(AnnexField)}）")


def _print_mapping(
    place: int,
    table: annexes.Table,
    kind: AnnexKind,
    suggestions: Sequence[annexes.Suggestion],
    *,
    is_wanted: bool,
) -> None:
    title = Text(
        f"表 {place}：{kind.zh} {kind.value} · {table.title or table.sheet}{'' if is_wanted else ' ✗'}"
    )
    shown = Table("列名 heading", "含义 field", "把握 score", "依据 basis", title=title)
    for each in suggestions:
        meaning = f"{each.field.zh} {each.field.value}" if each.field else "—"
        shown.add_row(Text(each.heading), meaning, f"{each.score:.0%}", each.basis)
    console.print(shown)
    for line, why, text in table.left_out[:_MOST_ROWS]:
        console.print(f"  {line}: {why} {text}", style="dim", markup=False, highlight=False)


def _print_preview(seen: annexes.Preview, refusals: Sequence[Any]) -> None:
    shown = Table("行 line", "动作 action", "内容 row", "问题 problems", title=Text(seen.intake.name))
    # What needs a person's eye comes first.
    rows = sorted(seen.rows, key=lambda row: (row.is_valid, not row.notes))
    for row in rows[:_MOST_ROWS]:
        words = "\n".join(f"{each.column} {each.zh} {each.value}" for each in (*row.problems, *row.notes))
        text = " ".join(cell.strip() for cell in row.cells if cell.strip())[:60]
        shown.add_row(
            str(row.line), Text(row.action.zh, _STYLES.get(row.action, "")), Text(text), Text(words)
        )
    console.print(shown)
    if len(rows) > _MOST_ROWS:
        console.print(f"……另有 {len(rows) - _MOST_ROWS} 行 · more rows", style="dim")
    console.print(
        f"{seen.counts.rows} 行 rows = "
        + " + ".join(f"{action.zh} {action.value} {count}" for action, count in seen.counts.actions.items())
    )
    for each in seen.counts.differences:
        declared = "未注明 not stated" if each.declared is None else each.declared
        console.print(
            f"{each.where} {each.what}：公告 declared {declared}，实有 found {each.found}".strip(),
            style="yellow",
            markup=False,
        )
    for refusal in refusals:
        console.print(
            f"{refusal.record_kind} {refusal.record_key}: {refusal.error}", style="red", markup=False
        )
    if seen.changes_nothing:
        console.print("没有变化 no_changes")
    elif not seen.records:
        console.print("没有一行可以导入 no_row_to_import", style="yellow")
