"""Imports of announcements: what is being prepared, the batches, and a new annex brought to the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from service.errors import UploadRefused, WorkStopped
from service.register import annexes
from service.register.annexes.intake import MAX_BYTES
from service.vocabulary import DeregistrationGround, Issuer, StaffAct, Track
from service.web.deps import LanguageDep, ReadSessionDep
from service.web.forms import Fault, clean
from service.web.staff.desk import Desk, reads, writes
from service.web.staff.import_desk import at_work
from service.web.staff.import_forms import ENCODINGS, SentAnnexDep, facts_fields, read_facts
from service.web.staff.listing import ROWS, Page, SearchText, Text, last_page
from service.web.templating import localised

router = APIRouter()
_IMPORT: Final = StaffAct.IMPORT


@router.get("/staff/imports")
def imports(
    desk: Annotated[Desk, reads(StaffAct.SEE_IMPORTS)],
    session: ReadSessionDep,
    issuer: Text = "",
    q: SearchText = "",
    page: Page = 1,
) -> HTMLResponse:
    """Return the batches, the newest first, and to importers what is being prepared."""
    wanted = Issuer(issuer) if issuer in set(Issuer) else None
    found = annexes.list_batches(session, issuer=wanted, q=clean(q), start=(page - 1) * ROWS, limit=ROWS)
    may_import = desk.who.held.may(_IMPORT)
    return desk.show(
        "staff/imports.html",
        found=found,
        issuer=wanted,
        issuers=tuple(Issuer),
        q=clean(q),
        page=page,
        last=last_page(found.total),
        may_import=may_import,
        preparing=annexes.open_preparations(session) if may_import else [],
    )


@router.get("/staff/imports/new")
def new_import(desk: Annotated[Desk, reads(_IMPORT)]) -> HTMLResponse:
    """Return the form that takes an annex."""
    return _form(desk, {}, {})


@router.post("/staff/imports/new", response_model=None)
def bring(desk: Annotated[Desk, writes(_IMPORT)], lang: LanguageDep, sent: SentAnnexDep) -> Response:
    """Read the annex and go on to its columns; or return the form with what is wrong."""
    facts, faults = read_facts(sent.typed)
    encoding = sent.typed.get("encoding") or "utf-8"
    if encoding not in ENCODINGS:
        faults["encoding"] = Fault("encoding", "choice_missing")
    if sent.is_too_large:
        faults["file"] = Fault("file", "annex_too_large", MAX_BYTES // (1024 * 1024))
    elif sent.content is None:
        faults["file"] = Fault("file", "annex_missing")
    if facts is None or sent.content is None or faults:
        return _form(desk, sent.typed, faults)
    try:
        intake = annexes.take_in(sent.content, sent.name, encoding)
    except (UploadRefused, WorkStopped) as error:
        return _form(desk, sent.typed, {"file": Fault("file", "annex_refused")}, annexes.refusal_words(error))
    with desk.services.database.reading() as session:
        known = annexes.remembered(session, facts.issuer)
    choices = [annexes.choice_of(*annexes.suggest(table, known)) for table in intake.tables]
    with at_work(desk) as working:
        ulid = annexes.begin(
            working, sent.content, intake, encoding=encoding, facts=facts, choices=choices
        ).ulid
    return RedirectResponse(localised(f"/staff/imports/{ulid}/columns", lang), 303)


def _form(
    desk: Desk,
    typed: Mapping[str, str],
    faults: Mapping[str, Fault],
    refused: tuple[str, str] | None = None,
) -> HTMLResponse:
    return desk.show(
        "staff/import_new.html",
        status=422 if faults else 200,
        typed=typed,
        faults=faults,
        refused=refused,
        parts=facts_fields(),
        tracks=tuple(Track),
        grounds=tuple(DeregistrationGround),
        encodings=ENCODINGS,
        most=MAX_BYTES,
    )
