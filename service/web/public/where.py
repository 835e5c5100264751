"""What grows here? A position or a township, and the areas that cover it, name it or lie near it on a day.

What is typed is answered and forgotten: a position is written into no log and no table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from sqlalchemy.orm import Session

from maps.area import Area, Place, Tier
from maps.outline import outline_svg
from service.addresses import path_of
from service.calendar import DateError, parse_china_date
from service.identifiers.coordinates import CoordinatesError, Position, parse_coordinates
from service.register.locating import AreaIndex, Areas, Located, areas_at, areas_naming
from service.register.models import Division
from service.vocabulary import DivisionRole, ProtectionState
from service.web import wording
from service.web.deps import LanguageDep, ReadSessionDep, ServicesDep, TodayDep
from service.web.ground import Ground, GroundDep
from service.web.templating import localised, render

router = APIRouter()

NEARBY_M: Final = 2_000
_NOT_KEPT: Final = {"Cache-Control": "no-store"}
_MAX: Final = 200
_DRAWN_AT_MOST: Final = 40
_PICTURE_ZOOM: Final = 11

PlaceText = Annotated[str, Query(description="坐标")]


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed, as it is shown again."""

    q: str = ""
    place: str = ""
    on: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field of the forms."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """An area beside the place, and the state of its right on the day, from the register's events."""

    located: Located
    state: ProtectionState


@dataclass(frozen=True, slots=True)
class Answer:
    """Where it was asked about, on which day, and what was found; `position` is None for a place without a point."""

    position: Position | None
    division: Division | None
    on: date
    cards: tuple[Card, ...]
    data_version: int

    def of(self, *relations: str) -> list[Card]:
        """Return what stands in these relations to the place; what the text excludes is in none of them."""
        return [
            card
            for card in self.cards
            if card.located.relation.value in relations and card.located.role is not DivisionRole.EXCLUDED
        ]

    @property
    def excluding(self) -> list[Card]:
        """The areas whose text says that the township is not part of them."""
        return [card for card in self.cards if card.located.role is DivisionRole.EXCLUDED]


@router.get("/where")
def where(
    request: Request,
    session: ReadSessionDep,
    services: ServicesDep,
    ground: GroundDep,
    today: TodayDep,
    lang: LanguageDep,
    q: PlaceText = "",
    lon: PlaceText = "",
    lat: PlaceText = "",
    place: PlaceText = "",
    on: PlaceText = "",
) -> HTMLResponse:
    """Return the form, or what is at the place with the form filled in below it."""
    typed = q.strip() or _pair(lon.strip(), lat.strip())
    form = Form(typed[:_MAX], place.strip()[:_MAX], on.strip()[:_MAX])
    divisions = ground.townships
    is_sent = any(name in request.query_params for name in ("q", "lon", "lat", "place"))
    try:
        answer = _answer(session, services.area_index, form, divisions, today) if is_sent else None
    except _Unclear as unclear:
        fault = Fault(unclear.field, wording.problem_text(unclear.code, lang))
        return _page(request, 422, form, divisions, today, fault=fault)
    if answer is None:
        return _page(request, 200, form, divisions, today)
    picture = _picture(session, services.area_index, ground, answer)
    return _page(request, 200, form, divisions, today, answer=answer, picture=picture)


def _pair(longitude: str, latitude: str) -> str:
    """Return a link's two parameters as one text, each named so that their order cannot be confused."""
    named = [f"{name} {value}" for name, value in (("lon", longitude), ("lat", latitude)) if value]
    return " ".join(named)


class _Unclear(Exception):
    """A field that cannot be answered."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(code)
        self.field = field
        self.code = code


def _answer(
    session: Session, index: AreaIndex, form: Form, divisions: Sequence[Division], today: date
) -> Answer:
    try:
        day = parse_china_date(form.on) if form.on else today
    except DateError as error:
        raise _Unclear("on", "bad_date") from error
    if form.q or not form.place:
        try:
            position = parse_coordinates(form.q)
        except CoordinatesError as error:
            raise _Unclear("q", error.problem.value) from error
        point = (position.longitude, position.latitude)
        areas, found = areas_at(session, index, point, day, NEARBY_M)
        return Answer(position, None, day, _cards(areas, found, day, today), areas.revision)
    division = next((each for each in divisions if each.slug == form.place), None)
    if division is None:
        raise _Unclear("place", "place_unknown")
    return _answer_for_township(session, index, division, day, today)


def _answer_for_township(
    session: Session, index: AreaIndex, division: Division, day: date, today: date
) -> Answer:
    """Return the areas whose text names the township; then those drawn over its point, where it has one."""
    areas, named = areas_naming(session, index, division.id, day)
    if division.longitude is None or division.latitude is None:
        return Answer(None, division, day, _cards(areas, named, day, today), areas.revision)
    position = Position(division.longitude, division.latitude)
    known = {each.row.id for each in named}
    _, at = areas_at(session, index, (position.longitude, position.latitude), day)
    beside = [each for each in at if each.row.id not in known and not each.row.is_about_here]
    return Answer(position, division, day, _cards(areas, [*named, *beside], day, today), areas.revision)


def _cards(areas: Areas, found: Sequence[Located], day: date, today: date) -> tuple[Card, ...]:
    # A past day is seen from today, as a verdict sees it.
    return tuple(Card(each, areas.standing(each.row, day, max(day, today)).state) for each in found)


def _page(
    request: Request,
    status: int,
    form: Form,
    divisions: Sequence[Division],
    today: date,
    *,
    answer: Answer | None = None,
    picture: str = "",
    fault: Fault | None = None,
) -> HTMLResponse:
    return render(
        request,
        "public/where.html",
        status=status,
        headers=_NOT_KEPT,
        form=form,
        townships=divisions,
        today=today,
        answer=answer,
        picture=Markup(picture),  # noqa: S704  (composed by maps from escaped parts)
        fault=fault,
    )


def _picture(session: Session, index: AreaIndex, ground: Ground, answer: Answer) -> str:
    """Return the district with the place and what is drawn around it; nothing for a place without a point."""
    if answer.position is None:
        return ""
    rows = [each.located.row for each in answer.cards if each.located.row.has_shape][:_DRAWN_AT_MOST]
    shapes = index.geometries(session, rows, _PICTURE_ZOOM)
    here = answer.division.name if answer.division else ground.say("所查位置")
    return outline_svg(
        [
            Area(
                id=row.ulid,
                name=row.name,
                tier=Tier(row.tier.value),
                track=row.track.value,
                geometry=orjson.loads(shape),
                url=localised(path_of("gi_product", row.product), ground.lang),
            )
            for row, shape in zip(rows, shapes, strict=True)
        ],
        outline=ground.outline,
        places=[
            Place(
                name=here,
                longitude=answer.position.longitude,
                latitude=answer.position.latitude,
                kind="here",
            )
        ],
        title=ground.say("所查位置"),
        description=ground.say("示意图，不作为划界依据；下面的卡片列出全部产地范围。"),
        notice=ground.notice({Tier(row.tier.value) for row in rows}),
        width=360,
        height=520,
        lang=ground.map_language,
    )
