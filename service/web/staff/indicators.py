"""The indicators at the desk: measured now for a period, frozen for a day, read again, exported and compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from service.errors import FieldNotAllowed
from service.register.indicators import (
    Line,
    Period,
    compare,
    find_snapshot,
    freeze,
    list_snapshots,
    measure,
)
from service.register.open_data import Form as FileForm
from service.register.verification.reading import data_version
from service.vocabulary import RecordKind, StaffAct
from service.web import wording
from service.web.deps import LanguageDep, ReadSessionDep, Ulid
from service.web.forms import Fault, clean
from service.web.staff.desk import Desk, reads, writes
from service.web.staff.forms import StaffForm, by_field, unwritable
from service.web.staff.listing import Text, read_days
from service.web.staff.tables import list_file
from service.web.templating import localised

router = APIRouter()
_READ: Final = StaffAct.READ_RECORDS
_HEADINGS: Final[Mapping[str, tuple[str, str]]] = {
    "code": ("标识", "code"),
    "name": ("指标", "indicator"),
    "value": ("数值", "value"),
    "unit": ("单位", "unit"),
    "gap": ("没有数值的原因", "why there is no value"),
    "numerator": ("分子", "numerator"),
    "denominator": ("分母", "denominator"),
    "parts": ("其中", "of which"),
    "target": ("目标", "target"),
    "target_year": ("目标年份", "year of the target"),
    "reported": ("登记的数值", "value as entered"),
    "input_on": ("登记数值的日期", "day of what was entered"),
    "input_source": ("登记数值的来源", "source of what was entered"),
    "formula": ("公式", "formula"),
    "rule": ("计数规则", "rule of counting"),
    "source": ("指标的来源", "source of the indicator"),
}

FileName = Annotated[Literal["csv", "xlsx", "json"], Path()]


class FreezeForm(StaffForm):
    """What a snapshot is called, and the period it speaks of."""

    title: str = ""
    first_day: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A period as it was typed, and what is wrong with it."""

    typed: Mapping[str, str]
    period: Period
    faults: Mapping[str, Fault] = field(default_factory=dict)


@router.get("/staff/indicators")
def indicators(
    desk: Annotated[Desk, reads(_READ)], session: ReadSessionDep, first_day: Text = "", day: Text = ""
) -> HTMLResponse:
    """Return every indicator, measured for the period, and the snapshots; without a period, this year's to today."""
    asked = _asked(desk.today, {"first_day": first_day, "day": day})
    return _page(desk, session, asked, status=422 if asked.faults else 200)


@router.post("/staff/indicators/snapshots", response_model=None)
def freeze_snapshot(
    desk: Annotated[Desk, writes(StaffAct.FREEZE_SNAPSHOT)],
    lang: LanguageDep,
    form: Annotated[FreezeForm, Form()],
) -> Response:
    """Freeze the indicators of the period and show the snapshot; or return the form with what is wrong."""
    typed = {name: clean(getattr(form, name)) for name in ("title", "first_day", "day")}
    asked = _asked(desk.today, typed)
    if faults := {**by_field(*unwritable(typed)), **asked.faults}:
        return _refused(desk, asked, faults)
    try:
        with desk.writing() as (session, who):
            ulid = freeze(session, typed["title"], asked.period, by=who.user, at=desk.now).ulid
    except FieldNotAllowed as error:
        return _refused(desk, asked, {error.field: Fault(error.field, error.problem)})
    return RedirectResponse(localised(f"/staff/indicators/snapshots/{ulid}?done=frozen", lang), 303)


@router.get("/staff/indicators/snapshots/{ulid}.{form}", response_model=None)
def snapshot_file(
    desk: Annotated[Desk, reads(_READ)],
    session: ReadSessionDep,
    lang: LanguageDep,
    ulid: Ulid,
    form: FileName,
) -> Response:
    """Return a snapshot as a table, or as the very bytes that its SHA-256 is of."""
    found = find_snapshot(session, ulid)
    name = f"indicators-{found.content.day.isoformat()}"
    if form == "json":
        headers = {"Content-Disposition": f'attachment; filename="{name}-{found.snapshot.sha256[:12]}.json"'}
        return Response(found.snapshot.content, media_type="application/json", headers=headers)
    headings = {key: wording.pick(words, lang) for key, words in _HEADINGS.items()}
    rows = _rows(found.content.indicators, lang)
    return list_file(desk, FileForm(form), name, headings, rows, found.content.revision_number)


@router.get("/staff/indicators/snapshots/{ulid}")
def snapshot(
    desk: Annotated[Desk, reads(_READ)], session: ReadSessionDep, ulid: Ulid, done: Text = ""
) -> HTMLResponse:
    """Return a snapshot as it was frozen, for the screen and for paper."""
    found = find_snapshot(session, ulid)
    others = [each for each in list_snapshots(session) if each.ulid != ulid]
    return desk.show("staff/snapshot.html", found=found, others=others, done=done == "frozen")


@router.get("/staff/indicators/snapshots/{ulid}/compare")
def compare_snapshots(
    desk: Annotated[Desk, reads(_READ)],
    session: ReadSessionDep,
    ulid: Ulid,
    other: Annotated[str, Query(alias="with", max_length=26)] = "",
) -> HTMLResponse:
    """Return a snapshot beside another one, or beside the register of today for the same period."""
    before = find_snapshot(session, ulid)
    after = find_snapshot(session, other) if other else None
    lines: Sequence[Line] = after.content.indicators if after else measure(session, before.content.period)
    return desk.show(
        "staff/snapshot_comparison.html",
        before=before,
        after=after,
        rows=compare(before.content.indicators, lines),
        data_version=data_version(session),
    )


def _rows(lines: Sequence[Line], lang: str) -> Iterator[Sequence[object]]:
    for line in lines:
        said: dict[str, object] = line.model_dump(include=set(_HEADINGS))
        said["name"] = wording.pick((line.name, line.name_en or line.name), lang)
        said["unit"] = wording.unit_text(line.unit, lang)
        said["gap"] = line.gap
        said["parts"] = "；".join(
            f"{wording.pick((each.name.zh, each.name.en), lang)} {each.number}" for each in line.parts
        )
        said["rule"] = wording.pick((line.rule.zh, line.rule.en), lang)
        said["source"] = line.source.citation
        said["input_source"] = line.input_source.citation if line.input_source else None
        yield [said[key] for key in _HEADINGS]


def _asked(today: date, typed: Mapping[str, str]) -> Asked:
    """Return the period that was typed; what was left out is this day, and 1 January of its year."""
    read, faults = read_days(typed, "day", "first_day")
    last = read.get("day", today)
    period = Period(read["first_day"], last) if "first_day" in read else Period.of_year_to(last)
    if period.first > period.last:
        faults.append(Fault("first_day", "period_out_of_order"))
    if period.last > today:
        faults.append(Fault("day", "day_to_come"))
    if faults:
        return Asked(typed, Period.of_year_to(today), by_field(*faults))
    days = {"first_day": period.first.isoformat(), "day": period.last.isoformat()}
    return Asked({**typed, **days}, period)


def _refused(desk: Desk, asked: Asked, faults: Mapping[str, Fault]) -> HTMLResponse:
    with desk.services.database.reading() as session:
        return _page(desk, session, Asked(asked.typed, asked.period, faults), status=422)


def _page(desk: Desk, session: Session, asked: Asked, *, status: int) -> HTMLResponse:
    return desk.show(
        "staff/indicators.html",
        status=status,
        asked=asked,
        lines=measure(session, asked.period),
        snapshots=list_snapshots(session),
        sees_zone=desk.who.held.may(_READ, RecordKind.DEMONSTRATION_ZONE),
        may_freeze=StaffAct.FREEZE_SNAPSHOT in desk.who.held.acts,
        data_version=data_version(session),
    )
