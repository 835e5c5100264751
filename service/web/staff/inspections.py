"""Random inspections at the desk: plans, the population frozen by one person, the draw made by another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response, StreamingResponse

from service.calendar import DateError, parse_china_date
from service.errors import FieldNotAllowed, FourEyes, TransitionNotAllowed
from service.register.inspecting import (
    FEWEST_DIGITS,
    LONGEST_SOURCE,
    MOST_DIGITS,
    Announced,
    DrawView,
    abandon,
    count_inspections,
    digits_of,
    draw_with,
    draws_of,
    find_draw,
    find_plan,
    freeze_population,
    inspections_of,
    list_plans,
    open_orders,
)
from service.register.verification.reading import data_version
from service.vocabulary import RecordKind, StaffAct
from service.web import wording
from service.web.deps import LanguageDep, ReadSessionDep, Ulid
from service.web.forms import Fault, clean
from service.web.staff.desk import Desk, reads, writes
from service.web.staff.forms import StaffForm, by_field, fault_of_reason, unwritable
from service.web.staff.listing import Text
from service.web.staff.tables import TableForm, list_file
from service.web.templating import localised

router = APIRouter()
_READ: Final = StaffAct.SEE_INSPECTIONS
_PLAN: Final = RecordKind.INSPECTION_PLAN
_WHOLE: Final = "draw"
_SOON: Final = timedelta(days=2)
_MOST_NUMBER: Final = 4
_DRAWN: Final[Mapping[str, tuple[str, str]]] = {
    "number": ("序号", "number"),
    "name": ("单位", "organisation"),
    "code": ("统一社会信用代码", "code"),
    "grade": ("等级", "grade"),
    "inspectors": ("检查人员编号", "inspectors"),
    "id": ("永久标识", "id"),
}


class AnnounceForm(StaffForm):
    """What is announced when a population is frozen."""

    value_source: str = ""
    value_on: str = ""
    digits: str = ""
    published_from: str = ""


class DrawForm(StaffForm):
    """The public value, typed twice: a draw cannot be made again."""

    value: str = ""
    again: str = ""


class AbandonForm(StaffForm):
    """Why a draw is given up."""

    reason: str = ""


@router.get("/staff/inspections")
def inspections(desk: Annotated[Desk, reads(_READ)], session: ReadSessionDep) -> HTMLResponse:
    """Return the plans with their draws, and the orders that wait to be corrected, the overdue first."""
    total, public = count_inspections(session, desk.today)
    return desk.show(
        "staff/inspections.html",
        plans=list_plans(session),
        orders=open_orders(session),
        total=total,
        public=public,
        today=desk.today,
        may_draft=desk.who.held.may(StaffAct.DRAFT, _PLAN),
    )


@router.get("/staff/inspections/{ulid}")
def plan(desk: Annotated[Desk, reads(_READ)], session: ReadSessionDep, ulid: Ulid) -> HTMLResponse:
    """Return a plan with its draws and inspections, and the form that freezes its population."""
    return _plan_page(desk, session, ulid, _suggested(desk.today))


@router.post("/staff/inspections/{ulid}/draws", response_model=None)
def freeze(
    desk: Annotated[Desk, writes(StaffAct.FREEZE_DRAW)],
    lang: LanguageDep,
    ulid: Ulid,
    form: Annotated[AnnounceForm, Form()],
) -> Response:
    """Freeze the population of a plan and show the draw; or return the form with what is wrong."""
    typed = {name: clean(getattr(form, name)) for name in _suggested(desk.today)}
    announced, faults = _announced(typed)
    if announced is None or faults:
        return _plan_refused(desk, ulid, typed, *faults)
    try:
        with desk.writing() as (session, who):
            frozen = freeze_population(session, ulid, announced, by=who.user, at=desk.now).ulid
    except FieldNotAllowed as error:
        field = error.field if error.field in typed else _WHOLE
        return _plan_refused(desk, ulid, typed, Fault(field, error.problem))
    except TransitionNotAllowed:
        return _plan_refused(desk, ulid, typed, Fault(_WHOLE, "draw_waits"))
    return RedirectResponse(localised(f"/staff/inspections/draws/{frozen}?done=frozen", lang), 303)


@router.get("/staff/inspections/draws/{draw}.{form}")
def drawn_table(
    desk: Annotated[Desk, reads(_READ)],
    session: ReadSessionDep,
    lang: LanguageDep,
    draw: Ulid,
    form: TableForm,
) -> StreamingResponse:
    """Return who was drawn, and by whom they are inspected, as a file for the road."""
    found = find_draw(session, draw)
    headings = {name: wording.pick(words, lang) for name, words in _DRAWN.items()}
    name = f"inspection-draw-{found.draw.ulid[-6:]}"
    return list_file(desk, form, name, headings, _drawn_rows(found), data_version(session))


@router.get("/staff/inspections/draws/{draw}")
def draw_page(
    desk: Annotated[Desk, reads(_READ)], session: ReadSessionDep, draw: Ulid, done: Text = ""
) -> HTMLResponse:
    """Return a draw: what was announced, who may be drawn, and who was."""
    return _draw_page(desk, session, draw, {}, done=done)


@router.post("/staff/inspections/draws/{draw}/draw", response_model=None)
def draw_now(
    desk: Annotated[Desk, writes(StaffAct.DRAW)],
    lang: LanguageDep,
    draw: Ulid,
    form: Annotated[DrawForm, Form()],
) -> Response:
    """Draw with the public value; or return the form with what is wrong."""
    typed = {"value": clean(form.value), "again": clean(form.again)}
    faults = unwritable(typed)
    if not faults and digits_of(typed["value"]) != digits_of(typed["again"]):
        faults = [Fault("again", "values_differ")]
    if faults:
        return _draw_refused(desk, draw, typed, *faults)
    return _done(
        desk,
        lang,
        draw,
        typed,
        "drawn",
        lambda session, who: draw_with(session, draw, typed["value"], by=who.user, at=desk.now),
    )


@router.post("/staff/inspections/draws/{draw}/abandon", response_model=None)
def give_up(
    desk: Annotated[Desk, writes(StaffAct.DRAW)],
    lang: LanguageDep,
    draw: Ulid,
    form: Annotated[AbandonForm, Form()],
) -> Response:
    """Give a draw up for a reason that is public; or return the form with what is wrong."""
    typed = {"reason": clean(form.reason)}
    if fault := fault_of_reason(typed["reason"]):
        return _draw_refused(desk, draw, typed, fault)
    return _done(
        desk,
        lang,
        draw,
        typed,
        "abandoned",
        lambda session, who: abandon(session, draw, typed["reason"], by=who.user, at=desk.now),
    )


def _done(
    desk: Desk,
    lang: str,
    draw: str,
    typed: Mapping[str, str],
    done: str,
    act: Callable[[Session, Any], object],
) -> Response:
    """Do what ends a draw and show the draw; or return the page with what stands against it."""
    try:
        with desk.writing() as (session, who):
            act(session, who)
    except FieldNotAllowed as error:
        return _draw_refused(desk, draw, typed, Fault(error.field, error.problem))
    except FourEyes:
        return _draw_refused(desk, draw, typed, Fault(_WHOLE, "frozen_by_you"))
    except TransitionNotAllowed:
        return _draw_refused(desk, draw, typed, Fault(_WHOLE, "draw_ended"))
    return RedirectResponse(localised(f"/staff/inspections/draws/{draw}?done={done}", lang), 303)


def _drawn_rows(found: DrawView) -> Iterator[Sequence[object]]:
    for number, each in enumerate(found.drawn, start=1):
        one = each.candidate
        yield (number, one.name, one.code, each.grade, "、".join(each.inspectors), one.id)


def _suggested(today: date) -> dict[str, str]:
    """Return the form as it begins; a value known in two days can be known by nobody now."""
    return {"value_source": "", "value_on": (today + _SOON).isoformat(), "digits": "", "published_from": ""}


def _announced(typed: Mapping[str, str]) -> tuple[Announced | None, list[Fault]]:
    faults = unwritable(typed)
    days: dict[str, date] = {}
    for name in ("value_on", "published_from"):
        try:
            days[name] = parse_china_date(typed[name])
        except DateError:
            faults.append(Fault(name, "wrong_day"))
    digits = typed["digits"]
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_NUMBER):
        faults.append(Fault("digits", "no_number"))
    if not typed["value_source"]:
        faults.append(Fault("value_source", "missing"))
    elif len(typed["value_source"]) > LONGEST_SOURCE:
        faults.append(Fault("value_source", "too_long", LONGEST_SOURCE))
    if faults:
        return None, faults
    return Announced(typed["value_source"], days["value_on"], int(digits), days["published_from"]), []


def _plan_refused(desk: Desk, ulid: str, typed: Mapping[str, str], *faults: Fault) -> HTMLResponse:
    with desk.services.database.reading() as session:
        return _plan_page(desk, session, ulid, typed, *faults)


def _plan_page(
    desk: Desk, session: Session, ulid: str, typed: Mapping[str, str], *faults: Fault
) -> HTMLResponse:
    found = find_plan(session, ulid)
    return desk.show(
        "staff/inspection_plan.html",
        status=422 if faults else 200,
        plan=found,
        draws=draws_of(session, found),
        inspections=inspections_of(session, found),
        typed=typed,
        faults=by_field(*faults),
        whole=_WHOLE,
        digits=(FEWEST_DIGITS, MOST_DIGITS),
        today=desk.today,
        may_freeze=StaffAct.FREEZE_DRAW in desk.who.held.acts,
        may_draft=desk.who.held.may(StaffAct.DRAFT, RecordKind.INSPECTION),
    )


def _draw_refused(desk: Desk, draw: str, typed: Mapping[str, str], *faults: Fault) -> HTMLResponse:
    with desk.services.database.reading() as session:
        return _draw_page(desk, session, draw, typed, *faults)


def _draw_page(
    desk: Desk, session: Session, draw: str, typed: Mapping[str, str], *faults: Fault, done: str = ""
) -> HTMLResponse:
    found = find_draw(session, draw)
    return desk.show(
        "staff/inspection_draw.html",
        status=422 if faults else 200,
        found=found,
        inspected={
            each.inspection.organisation.ulid: each for each in inspections_of(session, found.draw.plan)
        },
        typed={"value": "", "again": "", "reason": "", **typed},
        faults=by_field(*faults),
        whole=_WHOLE,
        done=done,
        today=desk.today,
        may_draw=StaffAct.DRAW in desk.who.held.acts,
        may_draft=desk.who.held.may(StaffAct.DRAFT, RecordKind.INSPECTION),
    )
