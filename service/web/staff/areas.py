"""The editor of an area: a version of it out of ticked townships, a drawing, a file or coordinates; kept as a draft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.responses import Response

from service.errors import EditConflict, RegisterError
from service.register import area_desk, area_drafts
from service.register.area_desk import Begun
from service.register.lookups.townships import townships
from service.vocabulary import AreaWay, Datum, DivisionKind, StaffAct
from service.web import wording
from service.web.deps import LanguageDep, ReadSessionDep
from service.web.errors import problem_of
from service.web.forms import Fault
from service.web.ground import map_headers
from service.web.staff.area_forms import FIELDS, MAX_GROUND, ROLES, AreaTyped, AreaTypedDep
from service.web.staff.area_looks import Look, ground_of, look_of
from service.web.staff.area_reading import (
    GROUND,
    KIND,
    TICKED,
    TIERS,
    Named,
    Reading,
    at_its_field,
    facts_of_form,
    fault_for,
    fault_of_ticks,
    geometry_text,
    look_at,
    named_in,
    read_ground,
    typed_of,
)
from service.web.staff.desk import Desk, reads, writes
from service.web.staff.form_fields import fields_of, typed_values
from service.web.staff.reaching import open_kind
from service.web.staff.record_faults import WHOLE, faults_of
from service.web.staff.typed import MAX_FILE, fault_of_file, settle, with_file
from service.web.templating import localised

router = APIRouter()
_KINDS: Final = (DivisionKind.SUBDISTRICT, DivisionKind.TOWN, DivisionKind.TOWNSHIP)

Code = Annotated[str, Path(pattern="^[A-Za-z0-9-]{1,60}$")]
Number = Annotated[int, Path(ge=1, le=1000)]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form of a version as it is shown: what was typed, what is wrong, and how the area would be."""

    begun: Begun
    typed: AreaTyped
    named: Named
    look: Look = field(default_factory=Look)
    reading: Reading | None = None
    faults: Mapping[str, Fault] = field(default_factory=dict)
    conflict: EditConflict | None = None

    @property
    def status(self) -> int:
        """The status of the reply that shows it."""
        if self.conflict is not None:
            return 409
        if self.look.refused is not None:
            return problem_of(self.look.refused).status
        return 422 if self.faults else 200


@router.get("/staff/areas/{code}/{number}")
def edit_area(
    desk: Annotated[Desk, reads(StaffAct.DRAFT)],
    session: ReadSessionDep,
    lang: LanguageDep,
    code: Code,
    number: Number,
) -> HTMLResponse:
    """Return the form over the open draft of the version, over what is published of it, or of a new one."""
    begun = _begun(desk, session, code, number)
    named = named_in(session, begun.payload)
    typed = typed_of(begun, named)
    sheet = Sheet(begun, typed, named)
    reading = read_ground(desk, begun, typed)
    return _show(desk, session, _looked_at(desk, session, lang, sheet, reading))


@router.post("/staff/areas/{code}/{number}/checks")
def check_area(
    typed: AreaTypedDep,
    desk: Annotated[Desk, writes(StaffAct.DRAFT)],
    lang: LanguageDep,
    code: Code,
    number: Number,
) -> HTMLResponse:
    """Return the form with what the checks find of its ground; nothing is kept."""
    sheet, reading = _opened(desk, code, number, typed)
    with desk.services.database.reading() as session:
        return _show(desk, session, _looked_at(desk, session, lang, sheet, reading))


@router.post("/staff/areas/{code}/{number}", response_model=None)
def keep_area(
    typed: AreaTypedDep,
    desk: Annotated[Desk, writes(StaffAct.DRAFT)],
    lang: LanguageDep,
    code: Code,
    number: Number,
) -> Response:
    """Keep what was typed as a draft and go to it, or return the form with what is wrong."""
    sheet, reading = _opened(desk, code, number, typed)
    with desk.services.database.reading() as session:
        facts = facts_of_form(session, sheet.begun, sheet.typed, reading)
        faults = _faults(desk, session, sheet, reading, facts)
    if not faults:
        try:
            with desk.writing() as (session, who):
                over = area_desk.Over(typed.draft, typed.edition, typed.version)
                wanted = _wanted(sheet.begun, facts)
                draft = area_desk.keep(session, wanted, over, by=who.user, at=desk.now)
                settle(sheet.typed, KIND, desk.services.settings)
                return _to_draft(draft.ulid, lang)
        except EditConflict as error:
            sheet = _merged(sheet, error)
        except ValidationError as error:
            faults = _at_fields(sheet.begun, error)
        except RegisterError as error:
            fault = fault_for(error)
            if fault is None:
                raise
            faults = {fault.field: fault}
    with desk.services.database.reading() as session:
        sheet = replace(_looked_at(desk, session, lang, sheet, reading), faults=faults)
        return _show(desk, session, sheet)


def _begun(desk: Desk, session: Session, code: str, number: int) -> Begun:
    open_kind(desk, KIND.value)
    return area_desk.begin(session, code, number)


def _opened(desk: Desk, code: str, number: int, typed: AreaTyped) -> tuple[Sheet, Reading]:
    """Return the form as it was sent and its ground, with the file that stands behind it set aside."""
    with desk.services.database.reading() as session:
        begun = _begun(desk, session, code, number)
        named = named_in(session, begun.payload)
        session.expunge_all()
    reading = read_ground(desk, begun, typed)
    typed = with_file(_with_ground(typed, reading), KIND, desk.services.settings, desk.now)
    return Sheet(begun, typed, named), reading


def _with_ground(typed: AreaTyped, reading: Reading) -> AreaTyped:
    """Return the form with the ground of a file or of coordinates in it, so that it need not be sent again."""
    if reading.survey is None or not _is_sent(typed):
        return typed
    found = reading.survey
    return replace(
        typed, geometry=geometry_text(found.geojson), read_crs=found.crs, read_datum=found.datum.value
    )


def _is_sent(typed: AreaTyped) -> bool:
    """Return whether the form brings ground from outside, and not only what was read before."""
    return typed.way is AreaWay.COORDINATES or (typed.way is AreaWay.FILE and typed.ground is not None)


def _looked_at(desk: Desk, session: Session, lang: str, sheet: Sheet, reading: Reading) -> Sheet:
    begun = sheet.begun
    if reading.refused is not None:
        fault = Fault(GROUND, "ground_refused")
        return replace(sheet, reading=reading, look=Look(refused=reading.refused), faults={GROUND: fault})
    if reading.fault is not None:
        return replace(sheet, reading=reading)
    facts = facts_of_form(session, begun, sheet.typed, reading)
    found = look_at(session, begun, facts, desk.today)
    lies_on = ground_of(session, desk.services.settings, lang, desk.today)
    return replace(sheet, reading=reading, look=look_of(found, lies_on, begun.product.name, begun.track))


def _faults(
    desk: Desk, session: Session, sheet: Sheet, reading: Reading, facts: Mapping[str, Any]
) -> dict[str, Fault]:
    found = fault_of_file(sheet.typed, desk.services.settings, desk.now)
    if reading.refused is not None:
        found[GROUND] = Fault(GROUND, "ground_refused")
    for fault in (
        reading.fault,
        fault_of_ticks(session, sheet.typed),
        *_faults_of_following(sheet.begun, facts),
    ):
        if fault is not None:
            found.setdefault(fault.field, fault)
    try:
        area_drafts.payload_of(sheet.begun.payload, {**facts, **({} if reading.facts else _UNREAD)})
    except ValidationError as error:
        found = {**_at_fields(sheet.begun, error), **found}
    return found


_UNREAD: Final = {
    "tier": "text_only"
}  # its ground is told about; its other fields are looked at all the same


def _faults_of_following(begun: Begun, facts: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what a version does not say that follows another: when it begins and the other ends, and why."""
    if not begun.follows:
        return
    if not wording.is_iso_day(facts["valid_from"] or ""):
        yield Fault("valid_from", "wrong_day" if facts["valid_from"] else "missing")
    if not facts["change_note"]:
        yield Fault("change_note", "change_note_missing")


def _at_fields(begun: Begun, error: ValidationError) -> dict[str, Fault]:
    found = [at_its_field(fault) for fault in faults_of(KIND, error).values()]
    if begun.follows:  # it has no end of its own yet: the end in question is that of the version before
        found = [replace(each, field="valid_from") if each.field == "valid_to" else each for each in found]
    return {each.field: each for each in found}


def _wanted(begun: Begun, facts: Mapping[str, Any]) -> area_drafts.Wanted:
    begins = date.fromisoformat(facts["valid_from"]) if begun.follows else None
    return area_drafts.Wanted(begun.code, facts, 0 if begun.is_new else begun.number, begins)


def _merged(sheet: Sheet, error: EditConflict) -> Sheet:
    """Return the form with what others changed joined in; where both changed a field, mine stands and theirs beside."""
    joined = {each.name: each.joined for each in error.fields}
    texts = typed_values(KIND, joined)
    fields = {**sheet.typed.fields, **{name: texts[name] for name in joined if name in FIELDS}}
    is_of_draft = error.record == sheet.typed.draft
    typed = replace(
        sheet.typed,
        fields=fields,
        geometry=geometry_text(joined["geometry"]) if "geometry" in joined else sheet.typed.geometry,
        edition=error.found if is_of_draft else sheet.typed.edition,
        version=sheet.typed.version if is_of_draft else error.found,
    )
    return replace(sheet, typed=typed, conflict=error)


def _to_draft(ulid: str, lang: str) -> RedirectResponse:
    return RedirectResponse(localised(f"/staff/reviews/{ulid}?done=saved", lang), 303)


def _show(desk: Desk, session: Session, sheet: Sheet) -> HTMLResponse:
    places = townships(session)
    text = sheet.typed.fields.get("text_original", "")
    return desk.show(
        "staff/area_editor.html",
        status=sheet.status,
        headers=map_headers(desk.services.settings),
        sheet=sheet,
        begun=sheet.begun,
        typed=sheet.typed,
        look=sheet.look,
        faults=sheet.faults,
        conflict={each.name: each for each in sheet.conflict.fields} if sheet.conflict else {},
        kind=KIND,
        parts=fields_of(KIND),
        is_fresh=sheet.reading is not None and sheet.reading.survey is not None and _is_sent(sheet.typed),
        groups=[(kind, [each for each in places if each.kind is kind]) for kind in _KINDS],
        mentioned={each.slug for each in places if each.name in text},
        without_point=[each for each in places if each.longitude is None],
        others=[(role, names) for role, names in sheet.named.others.items()],
        roles=ROLES,
        ways=list(AreaWay),
        tiers=TIERS,
        datums=[each for each in Datum if each is not Datum.NOT_STATED],
        tiles=_tiles(desk),
        whole=WHOLE,
        ground_field=GROUND,
        ticked_field=TICKED,
        most_ground=MAX_GROUND,
        most_file=MAX_FILE,
    )


def _tiles(desk: Desk) -> dict[str, Any] | None:
    """Return the deployer's basemap as the map's script takes it."""
    basemap = desk.services.settings.basemap
    return {"patterns": basemap.patterns, "subdomains": basemap.subdomains} if basemap else None
