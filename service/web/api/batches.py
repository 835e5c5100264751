"""Verification of many firms at once: JSON or a table in, one answer for each row out, in the rows' order."""

from __future__ import annotations

from typing import IO, Annotated, Any, Final, Literal

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BeforeValidator, Field
from starlette.exceptions import HTTPException

from service.calendar import CHINA
from service.register.batches import MAX_LINES, Answer, Batch, rows_of_json, rows_of_table
from service.register.open_data import Form
from service.web import wording
from service.web.api.batch_schema import ANSWER, REQUEST
from service.web.api.describing import problem
from service.web.api.verdicts import shape
from service.web.batching import Asked, Checking, checking_of, table_reply
from service.web.deps import CallerDep, Services, ServicesDep
from service.web.parameters import Moment, integer
from service.web.spooling import FileReply, spooled

router = APIRouter(tags=["verify"])

_NDJSON: Final = "application/x-ndjson"
_JSON: Final = "application/json"
_TABLES: Final = frozenset({"text/csv", "text/tab-separated-values", "text/plain", Form.XLSX.media_type})

FormatText = Annotated[
    Literal["ndjson", "csv"] | None,
    Query(
        alias="format",
        description="Kind of the answer; without it `Accept` decides, and `ndjson` where that says nothing.",
    ),
]
FromRow = Annotated[
    int,
    Field(ge=1, le=MAX_LINES),
    BeforeValidator(integer),
    Query(description="Answer from this `row` on: to go on where a connection was cut."),
]
Bom = Annotated[Literal["", "1"], Query(description="1: begin the CSV so that Excel reads it as UTF-8.")]


async def _content(request: Request) -> tuple[str, bytes]:
    """Return the kind and the bytes of what was sent; other kinds are answered 415 before they are read."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _JSON and kind not in _TABLES:
        raise HTTPException(415)
    return kind, await request.body()


ContentDep = Annotated[tuple[str, bytes], Depends(_content)]


@router.post(
    "/verify/batch",
    summary="The same question for up to 10,000 rows, all answered as of one moment.",
    response_class=Response,
    responses={
        200: ANSWER,
        413: problem(413, "There are more rows, or more bytes, than are read.", "too_large"),
        415: problem(415, "The rows come as JSON, CSV or XLSX.", "unsupported_media_type"),
    },
    openapi_extra={"requestBody": REQUEST},
)
def check_batch(
    request: Request,
    services: ServicesDep,
    caller: CallerDep,
    content: ContentDep,
    form: FormatText = None,
    known_at: Moment = None,
    from_row: FromRow = 1,
    bom: Bom = "",
) -> Response:
    """Return an answer for each row: duplicates too, and bad rows with what is wrong with them.

    Whoever was cut off sends the same rows again with `from_row`, and compares `data_version`.
    """
    asked = Asked(_batch(*content), known_at, from_row)
    services.admission.take_rows(caller, asked.count)
    if form == "csv" or (form is None and _prefers_csv(request.headers.get("accept", ""))):
        return table_reply(services, asked, Form.CSV, caller.line, bom=bool(bom))
    return _ndjson_reply(services, asked, caller.line)


def _batch(kind: str, content: bytes) -> Batch:
    return rows_of_json(content) if kind == _JSON else rows_of_table(content)


def _prefers_csv(accept: str) -> bool:
    named = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    kinds = [name for name in named if name in {"text/csv", _NDJSON}]
    return kinds[:1] == ["text/csv"]


def _ndjson_reply(services: Services, asked: Asked, line: str) -> Response:
    with checking_of(services, asked, line) as checking:
        kept, _ = spooled(lambda out: _write(checking, out))
    head = orjson.dumps({"batch": _head(checking)}) + b"\n"
    return FileReply(kept, _NDJSON, checking.headers, head=head)


def _write(checking: Checking, out: IO[bytes]) -> None:
    for answer in checking.answers():
        out.write(orjson.dumps(_line(answer)))
        out.write(b"\n")


def _head(checking: Checking) -> dict[str, Any]:
    asked = checking.asked
    return {
        "rows": len(asked.batch.rows),
        "from_row": asked.from_row,
        "counts": checking.counts,
        "data_version": checking.data_version,
        "checked_at": checking.now.astimezone(CHINA),
        "known_at": asked.known_at.astimezone(CHINA) if asked.known_at else None,
        "ignored_columns": asked.batch.ignored,
    }


def _line(answer: Answer) -> dict[str, Any]:
    row, problem = answer.row, answer.problem
    return {
        "row": row.number,
        "code": row.code,
        "target": row.target,
        "on": row.on,
        "same_as_row": answer.same_as,
        "spelling": answer.spellings,
        "problem": {"code": problem, "text": wording.problem_text(problem)} if problem else None,
        "answer": shape(answer.verdict) if answer.verdict else None,
    }
