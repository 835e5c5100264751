"""The command line: serve, migrate, seed, import, announcements, areas, leads, keys, proofs, webhooks, user, search."""

from __future__ import annotations

import signal
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy.exc import DBAPIError

from search.engine import Engine, SearchUnavailable, open_engine
from service import cli_announcements, cli_audit, cli_keys, cli_leads, cli_proofs, cli_users, cli_webhooks
from service.cli_areas import area_app
from service.errors import CannotConfirm, ImportRefused, RegisterError
from service.logs import configure_logs
from service.register import accounts, importing, indexing, migrating
from service.register.database import Database
from service.settings import EMBEDDED_SEARCH, Settings, get_settings
from service.terminal import clock, console, fail, open_register, progress, refuse
from service.vocabulary import RecordKind

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="地标 · registry of geographical indications and brands"
)
app.add_typer(cli_users.app, name="user")
search_app = typer.Typer(no_args_is_help=True, help="The search index beside the register.")
app.add_typer(search_app, name="search")
app.add_typer(area_app, name="areas")
app.add_typer(cli_leads.app, name="leads")
app.command("verify-proof")(cli_proofs.verify_proof)
app.add_typer(cli_webhooks.app, name="webhooks")
app.add_typer(cli_proofs.keys_app, name="signing-key")
app.add_typer(cli_keys.app, name="keys")
app.add_typer(cli_audit.app, name="audit")
app.add_typer(cli_announcements.batches_app, name="batches")
app.command("import-announcement")(cli_announcements.import_announcement)


def main() -> None:
    """Run the command line."""
    configure_logs()
    app()


def _engine(settings: Settings, *, writable: bool) -> Engine:
    return open_engine(
        settings.search_url,
        directory=settings.index_dir,
        search_key=settings.search_key.get_secret_value() if settings.search_key else None,
        indexer_key=settings.indexer_key.get_secret_value() if writable and settings.indexer_key else None,
        writable=writable,
    )


@app.command()
def migrate() -> None:
    """Bring the database to this program's schema."""
    with open_register() as database:
        migrating.migrate(database)
    console.print("数据库已就绪 · database ready")


@app.command()
def seed() -> None:
    """Load the first data into an empty register."""
    with open_register() as database:
        _seed(database, get_settings())


def _seed(database: Database, settings: Settings) -> None:
    from seed import load

    if not load.is_empty(database):
        return
    with progress("首批数据 · first data") as bar:
        task = bar.add_task("", total=None)
        load.load(
            database,
            clock,
            settings.documents_dir,
            demonstration=settings.demo,
            progress=lambda loaded: bar.update(task, description=f"{loaded.file}: {loaded.published}"),
        )


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    prepare: Annotated[bool, typer.Option("--prepare", help="Migrate, seed and index first.")] = False,  # noqa: FBT002
) -> None:
    """Serve the site and the API."""
    from service.app import serve_forever

    settings = get_settings()
    if prepare:
        _prepare(settings)
    console.print(f"http://{host}:{port}")
    _tell_how_to_sign_in(settings, host, port)
    serve_forever(settings, host, port)


def _tell_how_to_sign_in(settings: Settings, host: str, port: int) -> None:
    """Say where the staff desk is and, while nobody can sign in, how the first account comes to be."""
    try:
        with open_register() as database, database.reading() as session:
            count = accounts.count_who_can_sign_in(session, demo=settings.demo)
    except (CannotConfirm, DBAPIError):
        return  # no register yet, or none that can be read: the site says so itself
    console.print(f"工作台 · staff desk  http://{host}:{port}/staff", highlight=False)
    if count:
        return
    console.print("还没有人能登录。第一个账号 · nobody can sign in yet; the first account:", highlight=False)
    console.print("  ./run dibiao user add LOGIN --name 姓名 --person 工号 --role admin", highlight=False)
    if settings.demo:
        console.print(
            "  ./run dibiao user demo    演示账号，仅供试用 · demonstration accounts", highlight=False
        )


def _prepare(settings: Settings) -> None:
    with open_register() as database:
        migrating.migrate(database)
        _seed(database, settings)
        if settings.search_url == EMBEDDED_SEARCH or settings.indexer_key is not None:
            _index_if_needed(database, settings)


def _index_if_needed(database: Database, settings: Settings) -> None:
    """Build the index where there is none of this program's making, so that the first visitor finds things."""
    engine = _engine(settings, writable=True)
    try:
        if not engine.stats().is_current:
            indexing.rebuild(database, engine, clock)
    except SearchUnavailable as error:
        # The site serves without its engine: numbers and names are then looked up in the register.
        console.print(f"[yellow]检索引擎不可用 · search engine unavailable: {error.reason}[/yellow]")
    finally:
        engine.close()


@app.command()
def worker() -> None:
    """Keep the search index and the files in step with the register and tell receivers of changes."""
    from service.app import editions_of
    from service.courier import courier_of
    from service.errand_line import ErrandLine
    from service.worker import Worker

    settings = get_settings()
    with open_register() as database:
        courier = courier_of(settings, database, clock)
        with closing(_engine(settings, writable=True)) as engine:
            editions, errands = editions_of(settings, database), ErrandLine(database, settings, clock)
            running = Worker(database, engine, clock, editions, courier, errands=errands)
            # A supervisor stops us with SIGTERM: the batch in hand is finished first.
            signal.signal(signal.SIGTERM, lambda _signal, _frame: running.stop())
            running.run()


@app.command()
def reindex() -> None:
    """Rebuild the search index beside the old one and swap; asks the running worker where there is one."""
    settings = get_settings()
    with open_register() as database:
        try:
            with closing(_engine(settings, writable=True)) as engine, progress("索引 · index") as bar:
                task = bar.add_task("", total=None)
                count = indexing.rebuild(
                    database, engine, clock, lambda done: bar.update(task, completed=done)
                )
            console.print(f"{count} 条 · documents")
        except SearchUnavailable as error:
            if error.reason != "locked":
                fail(f"检索引擎不可用 · search engine unavailable: {error.reason}")
            indexing.ask_for_reindex(database, clock)
            console.print("已请正在运行的进程重建索引 · the running worker will rebuild the index")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="csv or xlsx file.")],
    as_user: Annotated[str, typer.Option("--as", help="Login of the person who enters.")],
    approve_as: Annotated[str | None, typer.Option(help="Login of the second person, who publishes.")] = None,
    kind: Annotated[
        RecordKind | None, typer.Option(help="Kind of record, where the columns fit several.")
    ] = None,
) -> None:
    """Import a table: drafts by one person, published by another."""
    settings = get_settings()
    with open_register() as database, progress(file.name) as bar:
        task = bar.add_task("", total=None)
        try:
            with database.writing() as session:
                run = importing.Import(
                    session,
                    accounts.find_staff(session, as_user),
                    clock.now(),
                    settings.documents_dir,
                    lambda done, total: bar.update(task, completed=done, total=total),
                )
                report = importing.import_file(run, file, kind)
                number = None
                if approve_as is not None:
                    number = importing.publish_report(
                        run, report, by=accounts.find_staff(session, approve_as)
                    )
        except ImportRefused as error:
            refuse(error)
        except RegisterError as error:
            fail(f"{error.code}: {error}")
    console.print(
        f"{report.rows} 行 · rows: 新增 created {report.created}, 更新 updated {report.updated},"
        f" 未变 unchanged {report.unchanged}" + (f"; 登记版本 revision {number}" if number else "")
    )
    if report.voided:
        lines = ", ".join(map(str, report.voided))
        console.print(
            f"[yellow]第 {lines} 行的事项曾登记后被撤回，未重新登记 · already entered and voided[/yellow]"
        )


@app.command()
def verify(
    code: Annotated[str, typer.Argument(help="统一社会信用代码, or the number of an authorisation.")],
    target: Annotated[str | None, typer.Option(help="Product: slug, code, number or name.")] = None,
    on: Annotated[str | None, typer.Option(help="China day, 2026-01-31.")] = None,
) -> None:
    """Say whether a firm may use the special mark on a product on a day."""
    from service.calendar import DateError, parse_china_date
    from service.register.verification import verify as decide

    try:
        day: date | None = parse_china_date(on) if on else None
        with open_register() as database, database.reading() as session:
            verdict = decide(session, code, target, day, now=clock.now())
    except (RegisterError, DateError) as error:
        fail(f"{getattr(error, 'problem', error.code)}")
    console.print(f"[bold]{verdict.outcome.zh}[/bold] ({verdict.outcome.value})")
    console.print(f"{verdict.reason.zh} ({verdict.reason.value})")
    console.print(f"{verdict.subject.name or verdict.subject.code} · {verdict.as_of.isoformat()}")
    for evidence in verdict.evidence:
        console.print(f"依据 {evidence.number} ({evidence.announcement})")
    console.print(f"登记版本 revision {verdict.data_version}")


@search_app.command("status")
def search_status(
    quick: Annotated[bool, typer.Option("--quick", help="Do not compare every record.")] = False,  # noqa: FBT002
) -> None:
    """Say what the index holds, what waits for it and where it drifted; exit code 1 when it is not in step."""
    settings = get_settings()
    engine = _engine(settings, writable=True)  # the drift check of a server needs the indexer's key
    with open_register() as database:
        try:
            stats = engine.stats()
            found = indexing.drift(database, engine, clock) if stats.is_current and not quick else None
        except SearchUnavailable as error:
            fail(f"检索引擎不可用 · search engine unavailable: {error.reason} {error.detail}")
        finally:
            engine.close()
        waiting = indexing.backlog(database)
    table = Table("检索 · search", "")
    table.add_row("引擎 · engine", stats.engine)
    settings_text = stats.settings_hash or "—"
    stale = "" if stats.is_current else " [red](需重建 · stale, run dibiao reindex)[/red]"
    table.add_row("设置 · settings hash", settings_text + stale)
    table.add_row("文档 · documents", str(stats.documents))
    table.add_row("上次重建 · last rebuilt", _moment(waiting.reindexed_at))
    table.add_row("待索引 · outbox pending", str(waiting.pending))
    table.add_row("最早待索引 · oldest pending", _age(waiting.oldest_at))
    for title, ids in _drift_rows(found):
        table.add_row(title, ids)
    console.print(table)
    if not stats.is_current or found:
        raise typer.Exit(code=1)


@search_app.command("repair")
def search_repair() -> None:
    """Compare index and register record by record and put right what drifted."""
    engine = _engine(get_settings(), writable=True)
    with open_register() as database:
        try:
            found = indexing.repair(database, engine, clock)
            _print_drift(found)
        except SearchUnavailable as error:
            if error.reason != "locked":
                fail(f"检索引擎不可用 · search engine unavailable: {error.reason} {error.detail}")
            console.print("已交由正在运行的进程修复 · the running worker will repair the index")
        finally:
            engine.close()


def _print_drift(found: indexing.Drift) -> None:
    table = Table("已修复 · repaired", "")
    for title, count in _drift_rows(found):
        table.add_row(title, count)
    console.print(table)


def _drift_rows(found: indexing.Drift | None) -> list[tuple[str, str]]:
    titles = ("缺少 · missing", "多余 · extra", "不一致 · different")
    if found is None:
        return [(title, "未核对 · not compared") for title in titles]
    counts = (found.missing, found.extra, found.different)
    return [(title, str(len(ids))) for title, ids in zip(titles, counts, strict=True)]


def _moment(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else "—"


def _age(since: datetime | None) -> str:
    if since is None:
        return "—"
    return f"{max((clock.now() - since).total_seconds(), 0):.0f} s"


if __name__ == "__main__":
    main()
