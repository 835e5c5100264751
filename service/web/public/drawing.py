"""Records as the values maps are made of, and the still pictures and headers that every map page shares."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import shapely
from fastapi import Depends, Request
from fastapi.responses import Response
from markupsafe import Markup
from shapely.geometry import shape
from sqlalchemy.orm import Session

from maps.area import Area, Count, Notice, Place, Tier
from maps.outline import outline_svg
from maps.page import MapPage, static_address
from maps.picture import png_of
from service.addresses import path_of
from service.errors import RecordNotFound
from service.register.areas import district_outline
from service.register.lookups import ProductView
from service.register.lookups import service_points as open_points
from service.register.lookups.townships import townships
from service.register.models import Division
from service.register.verification.reading import data_version
from service.settings import Settings
from service.vocabulary import DivisionRole
from service.web.deps import LanguageDep, ReadSessionDep, SettingsDep, TodayDep
from service.web.revalidating import is_known, not_modified, tag_of
from service.web.security import policy_with_images
from service.web.templating import english, localised

Box = tuple[float, float, float, float]
FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
SIZES: Final = {"wide": (720, 620), "narrow": (360, 560)}
_CARD: Final = (800, 420)  # drawn at one and a half times this size: letters stay readable in a small preview
_CARD_PIXELS: Final = 1200
_MARGIN: Final = 0.02
_DEFAULT_BANNER: Final = Settings.model_fields["map_banner"].default


@dataclass(frozen=True, slots=True)
class Ground:
    """What every map of a request lies on: outline, townships, settings, language, day and revision."""

    settings: Settings
    lang: str
    today: date
    townships: tuple[Division, ...]
    revision: int

    @property
    def look(self) -> tuple[object, ...]:
        """What decides a picture besides the register: the day, the settings, the way of drawing."""
        settings = self.settings
        notice = (settings.map_banner, settings.map_approval_number, settings.map_outline_file)
        return (self.today, *notice, static_address())

    @property
    def map_language(self) -> str:
        """The language as the maps name it."""
        return "en" if self.lang == "en" else "zh-CN"

    @property
    def home(self) -> str:
        """The prefix of pages in this language."""
        return "/en" if self.lang == "en" else ""

    @property
    def outline(self) -> dict[str, Any]:
        """The district's outline as a GeoJSON geometry."""
        return district_outline(self.settings.map_outline_file)

    @property
    def say(self) -> Callable[..., str]:
        """The catalogue for the few words that pictures take from here; they escape for themselves."""

        def say(text: str, **values: str) -> str:
            found = english().gettext(text) if self.lang == "en" else text
            return found % values if values else found

        return say

    @property
    def without_point(self) -> list[Division]:
        """The townships that no map can show."""
        return [each for each in self.townships if each.longitude is None]

    def places(self, named: Collection[int] = ()) -> list[Place]:
        """Return the townships that have a point; `named` are the keys of those that a text names."""
        return [
            Place(
                name=each.name,
                longitude=each.longitude,
                latitude=each.latitude,
                kind="named_township" if each.id in named else "township",
                url=path_of("division", each.slug),
            )
            for each in self.townships
            if each.longitude is not None and each.latitude is not None
        ]

    def notice(self, tiers: Collection[Tier]) -> Notice:
        """Return what is printed on a map of areas of these tiers."""
        banner = self.settings.map_banner
        if self.lang == "en" and banner == _DEFAULT_BANNER:
            banner = self.say("示意图，不作为划界依据")
        attribution = self.say("区界：概略资料，非划界依据。")
        missing = [each.name for each in self.without_point]
        if missing and Tier.APPROXIMATE in tiers:
            attribution += self.say("%(places)s没有点位，未画出。", places="、".join(missing))
        number = self.settings.map_approval_number
        return Notice(
            banner="" if number else banner, approval_number=number or None, attribution=attribution
        )

    def picture(
        self,
        areas: Sequence[Area],
        title: str,
        size: tuple[int, int],
        *,
        named: Collection[int] = (),
        others: Sequence[Place] = (),
        counts: Sequence[Count] = (),
        tiers: Collection[Tier] | None = None,
    ) -> str:
        """Return the still picture of areas as SVG; `others` are places beside the townships."""
        width, height = size
        return outline_svg(
            areas,
            outline=self.outline,
            places=[*self.places(named), *others],
            counts=counts,
            title=title,
            description=self.say("示意图，不作为划界依据；页面上的表格列出全部乡镇、街道。"),
            notice=self.notice({area.tier for area in areas} if tiers is None else tiers),
            width=width,
            height=height,
            lang=self.map_language,
        )


def map_headers(settings: Settings) -> dict[str, str]:
    """Return the headers of a page with a map: its policy lets the basemap's images in, if there is one."""
    basemap = settings.basemap
    origins = basemap.origins if basemap else ()
    return {"Content-Security-Policy": policy_with_images(origins)} if origins else {}


def _ground(session: ReadSessionDep, settings: SettingsDep, today: TodayDep, lang: LanguageDep) -> Ground:
    return Ground(settings, lang, today, tuple(townships(session)), data_version(session))


GroundDep = Annotated[Ground, Depends(_ground)]


def card_of(svg: str) -> bytes:
    """Return a picture of `CARD` size as PNG of 1200 x 630 pixels."""
    return png_of(svg, _CARD_PIXELS)


CARD: Final = _CARD


def revised(request: Request, ground: Ground, media_type: str, make: Callable[[], str | bytes]) -> Response:
    """Return a body that stays as long as the register does: 304 when the client has this revision's.

    `make` is called only when the body is sent.
    """
    tag = tag_of(ground.revision, request.url.path, request.url.query, *ground.look)
    if is_known(request, tag):
        return not_modified(tag)
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    return Response(make(), media_type=media_type, headers=headers)


def script_of(page: MapPage, version: str) -> Response:
    """Return a map's script, which may be kept for ever: its address changes with it.

    Raises:
        RecordNotFound: the map has changed since the address was made.
    """
    if version != page.content_hash:
        raise RecordNotFound("map_script", version)
    return Response(page.script, media_type="text/javascript", headers=FOR_EVER)


def still_of(address: str, alt: str) -> str:
    """Return the markup of a still picture at this address: a narrow sheet for phones, a wide one else.

    It stands until the map does, without scripts, and on paper.
    """
    parts = urlsplit(address)
    narrow = f"{parts.path}?{urlencode([*parse_qsl(parts.query), ('size', 'narrow')])}"
    (width, height), (slim, tall) = SIZES["wide"], SIZES["narrow"]
    return str(
        Markup(
            '<picture><source media="(max-width: 40rem)" srcset="{}" width="{}" height="{}">'
            '<img src="{}" alt="{}" width="{}" height="{}"></picture>'
        ).format(narrow, slim, tall, address, alt, width, height)
    )


def areas_of(view: ProductView, lang: str) -> list[Area]:
    """Return the areas of the view's day, one for each right that has one."""
    return [
        Area(
            id=current.area.ulid,
            name=view.product.name,
            tier=Tier(current.area.tier.value),
            track=each.protection.track.value,
            geometry=current.geometry,
            url=localised(path_of("gi_product", view.product.slug), lang),
        )
        for each in view.protections
        if (current := each.current_area) is not None
    ]


def named_townships(view: ProductView) -> set[int]:
    """Return the keys of the divisions that the texts of the day's areas name as belonging to them."""
    return {
        row.division_id
        for each in view.protections
        if each.current_area is not None
        for row in each.current_area.area.divisions
        if row.role is not DivisionRole.EXCLUDED
    }


def box_of(geometries: Sequence[dict[str, Any]]) -> Box:
    """Return the box around GeoJSON geometries, a little wider, rounded so that it names few scripts."""
    west, south, east, north = shapely.total_bounds([shape(each) for each in geometries])
    return (
        round(float(west) - _MARGIN, 2),
        round(float(south) - _MARGIN, 2),
        round(float(east) + _MARGIN, 2),
        round(float(north) + _MARGIN, 2),
    )


def box_around(box: Box, share: float) -> Box:
    """Return the box widened on each side by this share of itself."""
    west, south, east, north = box
    across, up = (east - west) * share, (north - south) * share
    return round(west - across, 2), round(south - up, 2), round(east + across, 2), round(north + up, 2)


def service_point_places(session: Session) -> list[Place]:
    """Return the open service points that have a position.

    Authorised users have none in the register: where a firm sits is not published, so no map shows it.
    """
    return [
        Place(
            name=each.name,
            longitude=each.longitude,
            latitude=each.latitude,
            kind="service_point",
            url=path_of("service_point", each.code),
        )
        for each in open_points(session)
        if each.longitude is not None and each.latitude is not None
    ]
