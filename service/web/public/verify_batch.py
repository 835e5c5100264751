"""Many firms checked at once on a page: pasted or uploaded, counted, shown, and taken home as a file.

Nothing is kept: what was asked stands in the page of the answers, and a file is made by asking again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from service.errors import BatchRefused, RateLimited
from service.register.batches import MAX_ROWS, Answer, rows_of_table
from service.register.batches.rows import FIELDS
from service.register.open_data import Form
from service.vocabulary import Outcome
from service.web import wording
from service.web.admission import headers_of
from service.web.batching import NOT_ANSWERED, UPLOADS, Asked, Checking, checking_of, table_reply
from service.web.deps import LanguageDep, Services, ServicesDep, caller_of
from service.web.origin import OwnFormDep
from service.web.problems import title
from service.web.templating import render

router = APIRouter()

SHOWN: Final = 200
_EXAMPLE: Final = "93500114MA0TERT081,示例·云雾果,\n91500114MA0TERT32P,示例·云雾果,2023-08-15"
_NOT_KEPT: Final = {"Cache-Control": "no-store"}
_MOST: Final = UPLOADS["/verify/batch"]


@dataclass(frozen=True, slots=True)
class Sent:
    """What the form sent: pasted text, the bytes of a file, and what is wanted (`page`, `csv`, `xlsx`)."""

    text: str = ""
    file: bytes = b""
    wanted: str = "page"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows have a verdict; without one they could not be read."""

    outcome: Outcome | None
    rows: int


async def _sent(request: Request, own: OwnFormDep) -> Sent:
    del own
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise HTTPException(415)
    async with request.form(max_files=1, max_fields=4, max_part_size=_MOST) as form:
        text, file, wanted = (form.get(name) for name in ("rows", "file", "wanted"))
        content = await file.read() if isinstance(file, UploadFile) else b""
    return Sent(
        text if isinstance(text, str) else "",
        content,
        wanted if wanted in {Form.CSV.value, Form.XLSX.value} else "page",
    )


SentDep = Annotated[Sent, Depends(_sent)]


@router.get("/verify/batch")
def batch_form(request: Request) -> HTMLResponse:
    """Return the form."""
    return _form(request)


@router.post("/verify/batch", response_model=None)
def check_batch(request: Request, services: ServicesDep, lang: LanguageDep, sent: SentDep) -> Response:
    """Return the answers as a page or a file, or the form with what is wrong with the batch."""
    faulty = "file" if sent.file else "rows"
    try:
        caller = caller_of(request)
        if sent.file and sent.text.strip():
            return _form(request, sent.text, title("batch_twice", lang), status=422)
        asked = Asked(rows_of_table(sent.file or sent.text.encode()), lang=lang)
        services.admission.take_rows(caller, asked.count)
    except BatchRefused as error:
        return _form(request, sent.text, title(error.problem, lang), faulty, status=422)
    except RateLimited as error:
        words = wording.limited_text("batch_limited", error.wait_s, lang)
        return _form(request, sent.text, words, faulty, status=429, headers=headers_of(error))
    if sent.wanted != "page":
        return table_reply(services, asked, Form(sent.wanted), caller.line, bom=sent.wanted == Form.CSV)
    return _answers(request, services, asked, caller.line)


def _form(
    request: Request,
    text: str = "",
    fault: str | None = None,
    faulty: str = "rows",
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    return render(
        request,
        "public/verify_batch.html",
        status=status,
        headers={**_NOT_KEPT, **(headers or {})},
        text=text,
        fault=fault,
        faulty=faulty,
        most=MAX_ROWS,
        example=_EXAMPLE,
    )


def _answers(request: Request, services: Services, asked: Asked, line: str) -> HTMLResponse:
    with checking_of(services, asked, line) as checking:
        shown: list[Answer] = []
        rows = io.StringIO(newline="")
        _write(rows, _shown_first(checking, shown))
    return render(
        request,
        "public/verify_batch_answers.html",
        headers=_NOT_KEPT,
        checking=checking,
        counts=[_counted(name, rows) for name, rows in checking.counts.items()],
        shown=shown,
        total=len(asked.batch.rows),
        rows=rows.getvalue(),
        most=MAX_ROWS,
    )


def _counted(name: str, rows: int) -> Counted:
    return Counted(None if name == NOT_ANSWERED else Outcome(name), rows)


def _shown_first(checking: Checking, shown: list[Answer]) -> Iterable[Answer]:
    """Yield every answer, keeping the first ones for the page."""
    for answer in checking.answers():
        if len(shown) < SHOWN:
            shown.append(answer)
        yield answer


def _write(out: io.StringIO, answers: Iterable[Answer]) -> None:
    """Write the rows as they were asked, each on its line, for the form that asks for them again as a file."""
    writer = csv.writer(out)
    writer.writerow(FIELDS)
    written = 0
    for answer in answers:
        writer.writerows([()] * (answer.row.number - written - 1))
        written = answer.row.number
        writer.writerow([answer.row.code, answer.row.target, answer.row.on])
