"""One batch: what it brought, who applies it, what became of it, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response

from service.errand_line import progress_of
from service.errors import UploadRefused
from service.register import annexes
from service.register.lookups.batch_hands import had_hand
from service.register.models import AnnexBatch, ImportBatch
from service.vocabulary import AnnexField, AnnexKind, BatchState, ErrandKind, StaffAct
from service.web.deps import LanguageDep, ReadSessionDep, Ulid
from service.web.forms import Fault, clean
from service.web.staff.desk import Desk, reads, writes
from service.web.staff.forms import LONGEST_REASON, StaffForm, fault_of_reason
from service.web.staff.import_desk import at_work
from service.web.staff.import_rows import row_list, tables_of
from service.web.staff.listing import Page, Text
from service.web.templating import localised

router = APIRouter()
_UNDOABLE: Final = frozenset({BatchState.APPLIED, BatchState.PARTLY_APPLIED})


class ApplyForm(StaffForm):
    """Applying a batch: all of it, or the rows that can be published; `editions`: what of it was looked at."""

    only_valid: str = ""
    editions: str = ""


class ReasonForm(StaffForm):
    """Returning or undoing a batch, and why."""

    reason: str = ""


@router.get("/staff/imports/batches/{batch}")
def batch_page(
    desk: Annotated[Desk, reads(StaffAct.SEE_IMPORTS)],
    session: ReadSessionDep,
    lang: LanguageDep,
    batch: Ulid,
    table: Annotated[int, Query(ge=0, le=1000)] = 0,
    action: Text = "",
    page: Page = 1,
) -> HTMLResponse:
    """Return the batch with its rows and what may be done about it."""
    return _page(desk, session, lang, batch, asked=(table, action, page))


@router.post("/staff/imports/batches/{batch}/apply", response_model=None)
def apply(
    desk: Annotated[Desk, writes(StaffAct.PUBLISH)],
    lang: LanguageDep,
    batch: Ulid,
    form: Annotated[ApplyForm, Form()],
) -> Response:
    """Have the batch published in the name of a second person."""
    decided = {"only_valid": bool(form.only_valid), "editions": form.editions}
    return _ask(desk, lang, batch, ErrandKind.APPLY, **decided)


@router.post("/staff/imports/batches/{batch}/return", response_model=None)
def give_back(
    desk: Annotated[Desk, writes(StaffAct.RETURN)],
    lang: LanguageDep,
    batch: Ulid,
    form: Annotated[ReasonForm, Form()],
) -> Response:
    """Have the batch returned to who imported it, with the reason."""
    return _with_reason(desk, lang, batch, ErrandKind.RETURN, clean(form.reason))


@router.post("/staff/imports/batches/{batch}/undo", response_model=None)
def undo(
    desk: Annotated[Desk, writes(StaffAct.IMPORT)],
    lang: LanguageDep,
    batch: Ulid,
    form: Annotated[ReasonForm, Form()],
) -> Response:
    """Have drafts made that restore what was public before, for a second person to apply."""
    return _with_reason(desk, lang, batch, ErrandKind.UNDO, clean(form.reason))


def _with_reason(desk: Desk, lang: str, ulid: str, kind: ErrandKind, reason: str) -> Response:
    if fault := fault_of_reason(reason):
        faults = {"reason": fault}
        with desk.services.database.reading() as session:
            return _page(desk, session, lang, ulid, faults=faults, typed={"reason": reason})
    return _ask(desk, lang, ulid, kind, reason=reason)


def _ask(desk: Desk, lang: str, ulid: str, kind: ErrandKind, **decided: Any) -> Response:
    try:
        with at_work(desk) as working:
            batch = annexes.find_batch(working.session, ulid)
            annexes.errands.ask(working, kind, batch.file, **decided)
    except UploadRefused as error:
        with desk.services.database.reading() as session:
            return _page(desk, session, lang, ulid, refused=annexes.refusal_words(error))
    return RedirectResponse(localised(f"/staff/imports/batches/{ulid}", lang), 303)


def _page(
    desk: Desk,
    session: Session,
    lang: str,
    ulid: str,
    *,
    asked: tuple[int, str, int] = (0, "", 1),
    faults: Mapping[str, Fault] | None = None,
    typed: Mapping[str, str] | None = None,
    refused: tuple[str, str] | None = None,
) -> HTMLResponse:
    batch = annexes.find_batch(session, ulid)
    errand = annexes.errands.latest(session, batch.file)
    is_waiting = errand is not None and errand.ended_at is None
    is_open = batch.state is BatchState.IN_REVIEW
    undoes = session.get_one(ImportBatch, batch.annex.undoes_id) if batch.annex.undoes_id else None
    tables = tables_of(batch.annex.tables, _choices(batch.annex))
    return desk.show(
        "staff/import_batch.html",
        status=409 if refused else 422 if faults else 200,
        batch=batch,
        undoes=undoes,
        rows=row_list(
            session, batch.file, tables, path=f"/staff/imports/batches/{ulid}", lang=lang, asked=asked
        ),
        errand=errand,
        is_waiting=is_waiting,
        progress=progress_of(desk.services.settings, errand.ulid) if errand and is_waiting else None,
        is_own=had_hand(session, batch.file, desk.who.user.person),
        is_open=is_open,
        editions=annexes.editions_of(session, batch) if is_open else "",
        revised=annexes.revised_drafts(session, batch) if is_open else (),
        is_undoable=batch.state in _UNDOABLE and undoes is None,
        may=lambda act: desk.who.held.may(StaffAct(act)),
        faults=faults or {},
        typed=typed or {},
        refused=refused,
        most_reason=LONGEST_REASON,
    )


def _choices(annex: AnnexBatch) -> list[annexes.Choice | None]:
    """Return how the tables of a batch were read."""
    return [
        annexes.Choice(
            AnnexKind(table["kind"]),
            tuple(AnnexField(meaning) if meaning else None for meaning in table["mapping"]),
            table["product"],
        )
        if table["kind"]
        else None
        for table in annex.tables
    ]
