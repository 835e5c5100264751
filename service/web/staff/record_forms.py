"""The form of a record: new, or over what is published, or over a draft; saved as a draft, never published here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.responses import Response

from service.errors import EditConflict, RecordNotFound, RegisterError
from service.identifiers import is_ulid
from service.register import editing
from service.register.browsing import DeskRecord, Similar, find_record, looked_at, similar_to
from service.register.models import Revision, StaffUser, new_ulid
from service.register.payloads import PAYLOADS, Payload
from service.vocabulary import DraftState, RecordKind, StaffAct
from service.web.deps import LanguageDep, ReadSessionDep, Ulid
from service.web.forms import Fault
from service.web.staff.desk import Desk, reads, writes
from service.web.staff.form_fields import fields_of, form_of, stated, typed_values
from service.web.staff.reaching import open_kind
from service.web.staff.record_faults import WHOLE, fault_of, faults_of
from service.web.staff.typed import (
    MAX_FILE,
    KindName,
    Typed,
    TypedDep,
    described_wherever,
    fault_of_file,
    settle,
    with_file,
)
from service.web.templating import localised

router = APIRouter()
_LONGEST_CARRIED: Final = 300
_LATER: Final = "withdrawal"
"""The group of fields that a record has only after it was published."""
_EDITABLE: Final = frozenset({DraftState.DRAFT, DraftState.RETURNED, DraftState.IN_REVIEW})


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form as it is shown: what was typed, what is wrong, and how others changed the record meanwhile."""

    kind: RecordKind
    typed: Typed
    record: DeskRecord | None = None
    faults: Mapping[str, Fault] = field(default_factory=dict)
    conflict: EditConflict | None = None
    similar: Sequence[Similar] = ()

    @property
    def status(self) -> int:
        """The status of the reply that shows it."""
        return 409 if self.conflict or self.similar else 422 if self.faults else 200


@router.get("/staff/records/{kind}/new")
def new_record(
    desk: Annotated[Desk, reads(StaffAct.DRAFT)], request: Request, kind: KindName
) -> HTMLResponse:
    """Return the empty form; what a link says of a field stands in it."""
    wanted = open_kind(desk, kind)
    named = request.query_params
    fields = {name: named[name][:_LONGEST_CARRIED] for name in fields_of(wanted) if name in named}
    return _show(desk, Sheet(wanted, Typed(fields, form=new_ulid())))


@router.get("/staff/records/{kind}/{ulid}/edit")
def edit_record(
    desk: Annotated[Desk, reads(StaffAct.DRAFT)], session: ReadSessionDep, kind: KindName, ulid: Ulid
) -> HTMLResponse:
    """Return the form over the open draft of the record, or else over what is published of it."""
    record = find_record(session, open_kind(desk, kind), ulid)
    return _show(desk, Sheet(record.kind, _begun(record), record))


@router.post("/staff/records/{kind}/new", response_model=None)
def add_record(
    desk: Annotated[Desk, writes(StaffAct.DRAFT)], lang: LanguageDep, kind: KindName, typed: TypedDep
) -> Response:
    """Keep a draft of a new record and go to it, or return the form with what is wrong."""
    return _keep(desk, lang, Sheet(open_kind(desk, kind), typed))


@router.post("/staff/records/{kind}/{ulid}", response_model=None)
def change_record(
    desk: Annotated[Desk, writes(StaffAct.DRAFT)],
    lang: LanguageDep,
    kind: KindName,
    ulid: Ulid,
    typed: TypedDep,
) -> Response:
    """Keep what was typed as the record's draft and go to it, or return the form with what is wrong."""
    wanted = open_kind(desk, kind)
    with desk.services.database.reading() as session:
        record = find_record(session, wanted, ulid)
        session.expunge_all()
    return _keep(desk, lang, Sheet(wanted, typed, record))


def _begun(record: DeskRecord) -> Typed:
    """Return the form as it stands before anything is typed."""
    draft = next((each.draft for each in record.drafts), None)
    source = draft or record.newest
    return Typed(
        fields=typed_values(record.kind, source.payload),
        form=new_ulid(),
        draft=draft.ulid if draft else "",
        edition=draft.edition if draft else 0,
        version=draft.base_version if draft else record.version,
        note=(draft.change_note or "") if draft else "",
        is_correction=draft.is_correction if draft else False,
    )


def _keep(desk: Desk, lang: str, sheet: Sheet) -> Response:
    settings = desk.services.settings
    typed = with_file(sheet.typed, sheet.kind, settings, desk.now)
    sheet = replace(sheet, typed=typed, faults=fault_of_file(typed, settings, desk.now))
    try:
        payload = PAYLOADS[sheet.kind].model_validate(
            stated(sheet.kind, sheet.typed.fields, _carried(desk, sheet))
        )
    except ValidationError as error:
        return _show(desk, replace(sheet, faults={**sheet.faults, **faults_of(sheet.kind, error)}))
    if sheet.faults:
        return _show(desk, sheet)
    try:
        if similar := _similar(desk, sheet, payload):
            return _show(desk, replace(sheet, similar=similar))
        with desk.writing() as (session, who):
            draft = _save(session, sheet, payload, who.user, desk)
            ulid = draft.ulid
            settle(typed, sheet.kind, settings)
    except EditConflict as error:
        return _show(desk, _merged(sheet, error))
    except RegisterError as error:
        fault = fault_of(sheet.kind, error)
        if fault is None:
            raise
        return _show(desk, replace(sheet, faults={fault.field: fault}))
    return RedirectResponse(localised(f"/staff/reviews/{ulid}?done=saved", lang), 303)


def _similar(desk: Desk, sheet: Sheet, payload: Payload) -> Sequence[Similar]:
    """Return the records that a new one may be already, until somebody says that it is none of them.

    Raises:
        DuplicateRecord: it is one of them, whatever is said.
    """
    if sheet.record is not None:
        return ()
    with desk.services.database.reading() as session:
        editing.demand_key_free(session, payload, "")
        is_known = sheet.typed.is_new or editing.is_sent(session, sheet.typed.form)
        return () if is_known else similar_to(session, sheet.kind, sheet.typed.fields)


def _save(session: Session, sheet: Sheet, payload: Payload, by: StaffUser, desk: Desk) -> Revision:
    typed = sheet.typed
    sent = editing.SentForm(
        payload=payload,
        form_ulid=typed.form if is_ulid(typed.form) else None,
        base=editing.Base(sheet.record.ulid, typed.version, {}) if sheet.record else None,
        change_note=typed.note or None,
        is_correction=typed.is_correction,
    )
    if typed.draft:
        draft = editing.find_draft(session, typed.draft)
        if sheet.record is None or draft.record_ulid != sheet.record.ulid or draft.state not in _EDITABLE:
            raise RecordNotFound("draft", typed.draft)
        is_sent_twice = draft.edition == typed.edition + 1 and draft.edited_by_id == by.id
        if is_sent_twice and draft.state is DraftState.DRAFT and sent.is_said_by(draft):
            return draft
        edit = editing.Edit(
            payload=payload,
            edition=typed.edition,
            version=typed.version,
            change_note=sent.change_note,
            is_correction=typed.is_correction,
        )
        editing.revise(session, draft, edit, by=by, at=desk.now)
        return draft
    return editing.keep_form(session, sent, by=by, at=desk.now)


def _carried(desk: Desk, sheet: Sheet) -> Mapping[str, Any]:
    """Return what comes out of a file: of the draft or version that the form is over, or of the file sent now."""
    own: dict[str, Any] = {}
    if sheet.record is not None:
        drafts = {each.draft.ulid: each.draft for each in sheet.record.drafts}
        own |= drafts.get(sheet.typed.draft, sheet.record.newest).payload
    file = sheet.typed.waiting
    if sheet.kind is RecordKind.DOCUMENT and file is not None and not sheet.faults:
        found = described_wherever(file, desk.services.settings)
        own |= {"sha256": found.sha256, "size": found.size, "media_type": found.media_type, "file": file.name}
    return own


def _merged(sheet: Sheet, error: EditConflict) -> Sheet:
    """Return the form with what others changed joined in; where both changed a field, mine stands and theirs beside."""
    joined = {each.name: each.joined for each in error.fields}
    fields = {**sheet.typed.fields, **typed_values(sheet.kind, joined)} if joined else sheet.typed.fields
    fields = {
        **sheet.typed.fields,
        **{name: fields[name] for name in joined if name in fields_of(sheet.kind)},
    }
    typed = replace(
        sheet.typed,
        fields=fields,
        draft=error.draft or sheet.typed.draft,
        edition=error.found if error.draft else sheet.typed.edition,
        version=sheet.typed.version if error.draft else error.found,
    )
    return replace(sheet, typed=typed, conflict=error)


def _show(desk: Desk, sheet: Sheet) -> HTMLResponse:
    return desk.show(
        "staff/record_form.html",
        status=sheet.status,
        sheet=sheet,
        kind=sheet.kind,
        record=sheet.record,
        typed=sheet.typed,
        faults=sheet.faults,
        parts=[part for part in form_of(sheet.kind) if sheet.typed.version or part.group.code != _LATER],
        conflict={each.name: each for each in sheet.conflict.fields} if sheet.conflict else {},
        whole=WHOLE,
        looked_at=looked_at(sheet.kind),
        most_file=MAX_FILE,
    )
