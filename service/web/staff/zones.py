"""The demonstration zone's pack at the desk: on the screen, on paper, and as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.responses import StreamingResponse

from service.register.verification.reading import data_version
from service.register.zones import LEAST_SHARE, Check, find_pack, list_zones
from service.vocabulary import RecordKind, StaffAct
from service.web import wording
from service.web.deps import LanguageDep, ReadSessionDep, Ulid
from service.web.staff.desk import Desk, reads
from service.web.staff.reaching import open_kind
from service.web.staff.tables import TableForm, list_file

router = APIRouter()
_READ: Final = StaffAct.READ_RECORDS
_ZONE: Final = RecordKind.DEMONSTRATION_ZONE
_HEADINGS: Final[Mapping[str, tuple[str, str]]] = {
    "condition": ("条件", "condition"),
    "met": ("是否满足", "met"),
    "value": ("数值", "value"),
    "numerator": ("分子", "numerator"),
    "denominator": ("分母", "denominator"),
    "input_on": ("登记数值的日期", "day of what was entered"),
    "evidence": ("佐证", "evidence"),
    "source": ("来源", "source"),
}
_MET: Final[Mapping[bool | None, tuple[str, str]]] = {
    True: ("满足", "met"),
    False: ("不满足", "not met"),
    None: ("缺佐证", "missing"),
}


@router.get("/staff/zone")
def zones(desk: Annotated[Desk, reads(_READ)], session: ReadSessionDep) -> HTMLResponse:
    """Return the demonstration zones with their standing."""
    open_kind(desk, _ZONE.value)
    return desk.show(
        "staff/zones.html",
        zones=list_zones(session, desk.today),
        may_draft=desk.who.held.may(StaffAct.DRAFT, _ZONE),
    )


@router.get("/staff/zone/{ulid}.{form}")
def zone_table(
    desk: Annotated[Desk, reads(_READ)],
    session: ReadSessionDep,
    lang: LanguageDep,
    ulid: Ulid,
    form: TableForm,
) -> StreamingResponse:
    """Return the conditions with what shows them as a file."""
    open_kind(desk, _ZONE.value)
    pack = find_pack(session, ulid, desk.today)
    headings = {name: wording.pick(words, lang) for name, words in _HEADINGS.items()}
    rows = (_row(each, lang) for each in pack.checks)
    return list_file(desk, form, "demonstration-zone", headings, rows, data_version(session))


@router.get("/staff/zone/{ulid}")
def zone(
    desk: Annotated[Desk, reads(_READ)], session: ReadSessionDep, lang: LanguageDep, ulid: Ulid
) -> HTMLResponse:
    """Return a zone's pack: standing, conditions, yearly reports, and what happened, each with its source."""
    open_kind(desk, _ZONE.value)
    return desk.show(
        "staff/zone.html",
        pack=find_pack(session, ulid, desk.today),
        met={key: wording.pick(words, lang) for key, words in _MET.items()},
        least=LEAST_SHARE,
        today=desk.today,
        may_draft=desk.who.held.may(StaffAct.DRAFT, RecordKind.ZONE_EVENT),
        data_version=data_version(session),
    )


def _row(check: Check, lang: str) -> Sequence[object]:
    line = check.line
    sources = [line.input_source.citation] if line and line.input_source else []
    return (
        check.condition,
        wording.pick(_MET[check.is_met], lang),
        line.value if line else None,
        line.numerator if line else None,
        line.denominator if line else None,
        line.input_on if line else None,
        "；".join(_evidence(check, lang)),
        "；".join([*sources, *(each.source.citation for each in check.evidence)]),
    )


def _evidence(check: Check, lang: str) -> Iterator[str]:
    for one in check.protected:
        day = wording.day_text(one.since, lang) if one.since else wording.pick(_MET[None], lang)
        yield f"{one.product.name} {day}"
    for event in check.evidence:
        yield f"{wording.day_text(event.happened_on, lang)} {event.note or ''}".rstrip()
