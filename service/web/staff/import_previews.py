"""An annex as it would be imported: its figures, its rows, what does not add up; tried out, handed over, given up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, Response

from service.errand_line import progress_of
from service.errors import UploadRefused
from service.register import annexes
from service.register.models import AnnexPreparation, ImportBatch
from service.register.verification.reading import data_version
from service.vocabulary import ErrandKind, StaffAct
from service.web.deps import LanguageDep, ReadSessionDep, Ulid
from service.web.forms import Fault, clean
from service.web.staff.desk import Desk, reads, writes
from service.web.staff.forms import LONGEST_REASON, StaffForm, fault_of_reason
from service.web.staff.import_desk import at_work
from service.web.staff.import_rows import row_list, tables_of
from service.web.staff.listing import Page, Text
from service.web.templating import localised

router = APIRouter()
_IMPORT: Final = StaffAct.IMPORT


class HandOverForm(StaffForm):
    """Handing an annex over: why its counts may differ, and whether rows with problems are left out."""

    reason: str = ""
    only_valid: str = ""


@router.get("/staff/imports/errands/{errand}")
def errand_progress(
    desk: Annotated[Desk, reads(StaffAct.SEE_IMPORTS)], session: ReadSessionDep, errand: Ulid
) -> JSONResponse:
    """Return how far the worker is with an errand, for the page that waits for it."""
    found = annexes.errands.find_errand(session, errand)
    progress = progress_of(desk.services.settings, errand)
    done, total = progress or (None, None)
    return JSONResponse({"ended": found.ended_at is not None, "done": done, "total": total})


@router.get("/staff/imports/{annex}", response_model=None)
def look(
    desk: Annotated[Desk, reads(_IMPORT)],
    session: ReadSessionDep,
    lang: LanguageDep,
    annex: Ulid,
    table: Annotated[int, Query(ge=0, le=1000)] = 0,
    action: Text = "",
    page: Page = 1,
) -> Response:
    """Return how the annex looks; when it became a batch, go there."""
    preparation = annexes.find_preparation(session, annex)
    if preparation.batch_id is not None:
        batch = session.get_one(ImportBatch, preparation.batch_id)
        return RedirectResponse(localised(f"/staff/imports/batches/{batch.ulid}", lang), 303)
    is_fresh = preparation.preview is None and annexes.errands.latest(session, preparation) is None
    if is_fresh and preparation.given_up_at is None:
        return RedirectResponse(localised(f"/staff/imports/{annex}/columns", lang), 303)
    return _page(desk, session, preparation, lang, asked=(table, action, page))


@router.post("/staff/imports/{annex}/try", response_model=None)
def try_out(
    desk: Annotated[Desk, writes(_IMPORT)], lang: LanguageDep, annex: Ulid, form: Annotated[StaffForm, Form()]
) -> Response:
    """Have it tried out: everything is done as publishing would, and undone."""
    del form
    return _ask(desk, lang, annex, ErrandKind.TRY)


@router.post("/staff/imports/{annex}/draft", response_model=None)
def hand_over(
    desk: Annotated[Desk, writes(_IMPORT)],
    lang: LanguageDep,
    annex: Ulid,
    form: Annotated[HandOverForm, Form()],
) -> Response:
    """Have drafts made of its rows and handed over to a second person; a count that differs wants its reason."""
    reason, only_valid = clean(form.reason), bool(form.only_valid)
    with desk.services.database.reading() as session:
        preparation = annexes.find_preparation(session, annex)
        if faults := _faults(preparation, reason, only_valid=only_valid):
            typed = {"reason": reason, "only_valid": form.only_valid}
            return _page(desk, session, preparation, lang, faults=faults, typed=typed)
    return _ask(desk, lang, annex, ErrandKind.DRAFT, only_valid=only_valid, reason=reason or None)


def _faults(preparation: AnnexPreparation, reason: str, *, only_valid: bool) -> dict[str, Fault]:
    """Return what the form lacks, as the annex looked last; the worker looks again before anything is done."""
    seen = preparation.preview or {}
    faults: dict[str, Fault] = {}
    if seen.get("differences") and not reason:
        faults["reason"] = Fault("reason", "count_reason_missing")
    if reason and (fault := fault_of_reason(reason)):
        faults["reason"] = fault
    if seen and not seen["is_valid"] and not only_valid:
        faults["only_valid"] = Fault("only_valid", "rows_not_valid")
    return faults


@router.post("/staff/imports/{annex}/discard", response_model=None)
def discard(
    desk: Annotated[Desk, writes(_IMPORT)], lang: LanguageDep, annex: Ulid, form: Annotated[StaffForm, Form()]
) -> Response:
    """Give the import up."""
    del form
    try:
        with at_work(desk) as working:
            annexes.give_up(working, annexes.find_preparation(working.session, annex))
    except UploadRefused as error:
        return _refused(desk, lang, annex, error)
    return RedirectResponse(localised("/staff/imports", lang), 303)


def _ask(desk: Desk, lang: str, annex: str, kind: ErrandKind, **decided: Any) -> Response:
    try:
        with at_work(desk) as working:
            preparation = annexes.find_preparation(working.session, annex)
            annexes.errands.ask(working, kind, preparation, **decided)
    except UploadRefused as error:
        return _refused(desk, lang, annex, error)
    return RedirectResponse(localised(f"/staff/imports/{annex}", lang), 303)


def _refused(desk: Desk, lang: str, annex: str, error: UploadRefused) -> Response:
    with desk.services.database.reading() as session:
        preparation = annexes.find_preparation(session, annex)
        return _page(desk, session, preparation, lang, refused=annexes.refusal_words(error))


def _page(
    desk: Desk,
    session: Session,
    preparation: AnnexPreparation,
    lang: str,
    *,
    asked: tuple[int, str, int] = (0, "", 1),
    faults: Mapping[str, Fault] | None = None,
    typed: Mapping[str, str] | None = None,
    refused: tuple[str, str] | None = None,
) -> HTMLResponse:
    errand = annexes.errands.latest(session, preparation)
    is_waiting = errand is not None and errand.ended_at is None
    tables = tables_of(preparation.tables, annexes.choices_of(preparation))
    return desk.show(
        "staff/import_preview.html",
        status=409 if refused else 422 if faults else 200,
        annex=preparation,
        facts=annexes.facts_of(preparation),
        seen=preparation.preview,
        rows=row_list(
            session, preparation, tables, path=f"/staff/imports/{preparation.ulid}", lang=lang, asked=asked
        ),
        errand=errand,
        is_waiting=is_waiting,
        progress=progress_of(desk.services.settings, errand.ulid) if errand and is_waiting else None,
        is_stale=preparation.preview is not None and preparation.preview["revision"] != data_version(session),
        same_file=annexes.batches_of(session, preparation.sha256),
        faults=faults or {},
        typed=typed or {},
        refused=refused,
        most_reason=LONGEST_REASON,
    )
