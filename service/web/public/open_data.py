"""The open data: its landing page, and the register as files of the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request
from fastapi import Path as PathParameter
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from search.query import MAX_LIMIT, MAX_WINDOW
from search.query import Query as SearchQuery
from service.calendar import china_date
from service.errors import RecordNotFound
from service.register.lookups import Found
from service.register.open_data import (
    DATASETS,
    KEPT,
    RESULTS,
    Context,
    Form,
    Note,
    latest_versions,
    plain,
    size_of,
)
from service.register.tallying import KEEP_DAYS, months_before
from service.register.verification.reading import data_version
from service.web.deps import LanguageDep, ReadSessionDep, ServicesDep, SettingsDep, TodayDep
from service.web.handing_out import file_reply, newest_edition
from service.web.public.asking import read_question
from service.web.searching import SearchDep, Searching
from service.web.table_files import table_file
from service.web.templating import linking, render

router = APIRouter()

_VERSIONS: Final = 8
_MONTHS: Final = 12

DatasetName = Annotated[str, PathParameter(pattern="^[a-z-]{1,40}$")]
Bom = Annotated[Literal["", "1"], Query(description="1: begin the CSV file so that Excel reads it as UTF-8.")]


@router.get("/data")
def data(request: Request, session: ReadSessionDep, settings: SettingsDep, today: TodayDep) -> HTMLResponse:
    """Return what can be had, how many rows each table has, what the columns mean and how to cite it."""
    tables = [(each, size_of(session, each)) for each in DATASETS.values()]
    version = data_version(session)
    versions = [(each, china_date(each.published_at)) for each in latest_versions(session, _VERSIONS)]
    files = [(each.name, form) for each, _ in tables for form in each.forms if form is not Form.EXCEL_CSV]
    return render(
        request,
        "public/data.html",
        linked=[linking(request).dataset(files, version, today, settings.data_licence_url)],
        tables=tables,
        versions=versions,
        kept=KEPT,
        data_version=version,
        today=today,
        licence=settings.data_licence,
        licence_url=settings.data_licence_url,
        months=months_before(session, today, _MONTHS),
        keep_days=KEEP_DAYS,
    )


@router.get("/data/{name}.{form}")
async def table(
    request: Request, services: ServicesDep, name: DatasetName, form: Form, bom: Bom = ""
) -> Response:
    """Return one table of the register as a file, every row of one moment: the newest there is."""
    dataset = DATASETS.get(name)
    wanted = Form.EXCEL_CSV if bom and form is Form.CSV else form
    if dataset is None or wanted not in dataset.forms:
        raise RecordNotFound("dataset", name)
    edition = await newest_edition(services)
    file = edition.file(f"{name}.{wanted}")
    if file is None:
        raise RecordNotFound("dataset", name)
    return file_reply(request, services, edition, file, is_lasting=False)


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
    context = Context(today, settings.base_url.rstrip("/"))
    rows = (
        ([plain(each.read(hit, context)) for each in RESULTS.columns], None)
        for hit in _hits(session, search, asked, today)
    )
    note = Note(f"{RESULTS.zh} {RESULTS.en}", data_version(session), today)
    name = f"dibiao-{RESULTS.name}-v{note.data_version}-{today.isoformat()}"
    headers = {"Cache-Control": "no-store", "X-Data-Version": str(note.data_version)}
    return table_file(Form(form), RESULTS.columns, rows, note, name, headers, bom=bool(bom))


def _hits(session: Session, search: Searching, asked: SearchQuery, today: date) -> Iterator[Found]:
    """Yield the hits of every page, as deep as engines go."""
    for page in range(1, MAX_WINDOW // MAX_LIMIT + 1):
        answer = search.answer(session, replace(asked, page=page, limit=MAX_LIMIT, facets=()), today)
        yield from answer.hits
        if page * MAX_LIMIT >= answer.total:
            return
