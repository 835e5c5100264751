"""What the columns of an annex mean: as suggested, put right by hand; and the announcement, stated anew if need be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response

from service.errors import UploadRefused
from service.register import annexes
from service.register.models import AnnexPreparation
from service.vocabulary import AnnexField, AnnexKind, DeregistrationGround, StaffAct, Track
from service.web.deps import LanguageDep, ReadSessionDep, Ulid
from service.web.forms import Fault
from service.web.staff.desk import Desk, reads, writes
from service.web.staff.import_desk import at_work
from service.web.staff.import_forms import (
    ColumnsDep,
    facts_fields,
    read_choices,
    read_facts,
    typed_facts,
)
from service.web.templating import localised

router = APIRouter()
_IMPORT: Final = StaffAct.IMPORT


@router.get("/staff/imports/{annex}/columns", response_model=None)
def columns(
    desk: Annotated[Desk, reads(_IMPORT)], session: ReadSessionDep, lang: LanguageDep, annex: Ulid
) -> Response:
    """Return the tables that were found, each column with what it is taken to mean."""
    preparation = annexes.find_preparation(session, annex)
    if preparation.batch_id is not None or preparation.given_up_at is not None:
        return RedirectResponse(localised(f"/staff/imports/{annex}", lang), 303)
    typed = {**typed_facts(annexes.facts_of(preparation)), **_typed_choices(preparation)}
    return _page(desk, session, preparation, typed, {}, None)


@router.post("/staff/imports/{annex}/columns", response_model=None)
def say_columns(
    desk: Annotated[Desk, writes(_IMPORT)], lang: LanguageDep, annex: Ulid, typed: ColumnsDep
) -> Response:
    """Take what the columns mean and have the annex previewed; or return the form with what is wrong."""
    with desk.services.database.reading() as session:
        preparation = annexes.find_preparation(session, annex)
        facts, faults = read_facts(typed)
        choices, more = read_choices(preparation, typed)
        faults |= more
        if facts is None or faults:
            return _page(desk, session, preparation, typed, faults, None)
    try:
        with at_work(desk) as working:
            annexes.restate(working, annexes.find_preparation(working.session, annex), facts, choices)
    except UploadRefused as error:
        with desk.services.database.reading() as session:
            preparation = annexes.find_preparation(session, annex)
            return _page(desk, session, preparation, typed, {}, annexes.refusal_words(error))
    return RedirectResponse(localised(f"/staff/imports/{annex}", lang), 303)


def _typed_choices(preparation: AnnexPreparation) -> dict[str, str]:
    """Return how each table is read as it stands in the form."""
    typed: dict[str, str] = {}
    for number, choice in enumerate(annexes.choices_of(preparation), start=1):
        if choice is None:
            continue
        typed |= {f"use-{number}": "1", f"kind-{number}": choice.kind.value}
        typed[f"product-{number}"] = choice.product or ""
        for place, meaning in enumerate(choice.mapping):
            typed[f"column-{number}-{place}"] = meaning.value if meaning else ""
    return typed


def _page(
    desk: Desk,
    session: Session,
    preparation: AnnexPreparation,
    typed: Mapping[str, str],
    faults: Mapping[str, Fault],
    refused: tuple[str, str] | None,
) -> HTMLResponse:
    return desk.show(
        "staff/import_columns.html",
        status=422 if faults or refused else 200,
        annex=preparation,
        typed=typed,
        faults=faults,
        refused=refused,
        tables=_tables(preparation),
        parts=facts_fields(),
        tracks=tuple(Track),
        grounds=tuple(DeregistrationGround),
        kinds=tuple(AnnexKind),
        meanings=tuple(AnnexField),
        same_file=annexes.batches_of(session, preparation.sha256),
    )


def _tables(preparation: AnnexPreparation) -> list[dict[str, Any]]:
    """Return the tables with, for each column, its heading and what stands in the first rows."""
    return [
        {
            **told,
            "columns": [
                {
                    "heading": heading,
                    "sample": [cells[place] for cells in told["sample"] if place < len(cells)],
                }
                for place, heading in enumerate(told["header"])
            ],
        }
        for told in preparation.tables
    ]
