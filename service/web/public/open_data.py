"""The open data: its landing page, and the register as files of the same moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request
from fastapi import Path as PathParameter
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from sqlalchemy.orm import Session

from search.query import MAX_LIMIT, MAX_WINDOW
from search.query import Query as SearchQuery
from service.calendar import china_date
from service.errors import RecordNotFound
from service.register.lookups import Found
from service.register.open_data import (
    DATASETS,
    RESULTS,
    Context,
    Dataset,
    Form,
    Note,
    latest_versions,
    plain,
    rows_of,
    size_of,
    values_of,
    write,
)
from service.register.tallying import KEEP_DAYS, months_before
from service.register.verification.reading import data_version
from service.settings import Settings
from service.web.deps import LanguageDep, ReadSessionDep, SettingsDep, TodayDep
from service.web.public.asking import read_question
from service.web.searching import SearchDep, Searching
from service.web.spooling import spooled, streamed
from service.web.templating import linking, render

router = APIRouter()

_VERSIONS: Final = 8
_MONTHS: Final = 12
_CAVEAT: Final = "本文件不是法律文书；以国家知识产权局公告和主管部门的认定为准。"
_CAVEAT_EN: Final = "Not a legal document; the announcements of CNIPA and the competent offices prevail."

DatasetName = Annotated[str, PathParameter(pattern="^[a-z-]{1,40}$")]
Bom = Annotated[Literal["", "1"], Query(description="1: begin the CSV file so that Excel reads it as UTF-8.")]


@router.get("/data")
def data(request: Request, session: ReadSessionDep, settings: SettingsDep, today: TodayDep) -> HTMLResponse:
    """Return what can be had, how many rows each table has, what the columns mean and how to cite it."""
    tables = [(each, size_of(session, each)) for each in DATASETS.values()]
    version = data_version(session)
    versions = [(each, china_date(each.published_at)) for each in latest_versions(session, _VERSIONS)]
    files = [(each.name, form) for each, _ in tables for form in each.forms]
    return render(
        request,
        "public/data.html",
        linked=[linking(request).dataset(files, version, today, settings.data_licence_url)],
        tables=tables,
        versions=versions,
        data_version=version,
        today=today,
        licence=settings.data_licence,
        licence_url=settings.data_licence_url,
        months=months_before(session, today, _MONTHS),
        keep_days=KEEP_DAYS,
    )


@router.get("/data/{name}.{form}")
def table(
    session: ReadSessionDep,
    settings: SettingsDep,
    today: TodayDep,
    lang: LanguageDep,
    request: Request,
    name: DatasetName,
    form: Form,
    bom: Bom = "",
) -> Response:
    """Return one table of the register as a file, every row of one moment."""
    dataset = DATASETS.get(name)
    if dataset is None or form not in dataset.forms:
        raise RecordNotFound("dataset", name)
    version = data_version(session)
    tag = f'W/"{name}-{form}-{lang}-{version}-{today.isoformat()}-{bom}"'
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={"ETag": tag, "Cache-Control": "public, no-cache"})
    context = Context(today, settings.base_url.rstrip("/"), lang)
    rows = (
        (values_of(dataset, row, context), _shape(dataset, row))
        for row in rows_of(session, dataset, shapes=form is Form.GEOJSON)
    )
    note = _note(settings, dataset, version, context)
    reply = _file(dataset, form, rows, note, bom=bool(bom))
    reply.headers.update({"ETag": tag, "Cache-Control": "public, no-cache"})
    return reply


@router.get("/search.{form}")
def search_results(
    request: Request,
    session: ReadSessionDep,
    settings: SettingsDep,
    search: SearchDep,
    today: TodayDep,
    lang: LanguageDep,
    form: Literal[Form.CSV, Form.XLSX],
    q: str = "",
    bom: Bom = "",
) -> Response:
    """Return what the page of results shows, all pages of it, with the same question and of one moment."""
    asked = read_question(request, q, lang).query
    context = Context(today, settings.base_url.rstrip("/"), lang)
    version = data_version(session)
    rows = (
        ([plain(each.read(hit, context)) for each in RESULTS.columns], None)
        for hit in _hits(session, search, asked, today)
    )
    reply = _file(RESULTS, Form(form), rows, _note(settings, RESULTS, version, context), bom=bool(bom))
    reply.headers["Cache-Control"] = "no-store"
    return reply


def _hits(session: Session, search: Searching, asked: SearchQuery, today: date) -> Iterator[Found]:
    """Yield the hits of every page, as deep as engines go."""
    for page in range(1, MAX_WINDOW // MAX_LIMIT + 1):
        answer = search.answer(session, replace(asked, page=page, limit=MAX_LIMIT, facets=()), today)
        yield from answer.hits
        if page * MAX_LIMIT >= answer.total:
            return


def _shape(dataset: Dataset, row: Any) -> Any:
    return dataset.geometry(row) if dataset.geometry and row.withdrawal is None else None


def _note(settings: Settings, dataset: Dataset, version: int, context: Context) -> Note:
    is_english = context.lang == "en"
    undeclared = "not declared" if is_english else "未声明"
    licence = ("licence: " if is_english else "许可：") + (settings.data_licence or undeclared)
    return Note(
        dataset.label(context.lang),
        version,
        context.on,
        context.lang,
        (licence, _CAVEAT_EN if is_english else _CAVEAT),
    )


def _file(
    dataset: Dataset,
    form: Form,
    rows: Iterable[tuple[Sequence[Any], Any]],
    note: Note,
    *,
    bom: bool,
) -> StreamingResponse:
    """Return the file, written before the reply begins: a register that fails half-way is a 503, not half a file."""
    kept, count = spooled(lambda out: write(form, dataset.columns, rows, note, out, bom=bom))  # type: ignore[arg-type]
    name = f"dibiao-{dataset.name}-v{note.data_version}-{note.as_of.isoformat()}.{form}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Data-Version": str(note.data_version),
        "X-Row-Count": str(count),
    }
    return streamed(kept, form.media_type, headers)
