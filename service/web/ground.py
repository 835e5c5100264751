"""What every map of a request lies on, for the public and for the desk: the district, its townships, what is said."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

from fastapi import Depends
from markupsafe import Markup

from maps.area import Area, Count, Notice, Place, Tier
from maps.difference import Change, difference_svg
from maps.outline import outline_svg
from maps.page import static_address
from service.addresses import path_of
from service.register.areas import district_outline
from service.register.comparing import Comparison
from service.register.lookups.townships import townships
from service.register.models import Division
from service.register.verification.reading import data_version
from service.settings import Settings
from service.web.deps import LanguageDep, ReadSessionDep, SettingsDep, TodayDep
from service.web.security import policy_with_images
from service.web.templating import english

_DEFAULT_BANNER: Final = Settings.model_fields["map_banner"].default
_DIFFERENCE: Final = (420, 520)


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

    def difference(self, parts: Comparison, name: str, tier: Tier) -> Markup | None:
        """Return the picture of what a version gained, lost and kept; None where there is no ground at all."""
        change = Change(gained=parts.gained.geometry, lost=parts.lost.geometry, kept=parts.kept.geometry)
        if not change.parts():
            return None
        width, height = _DIFFERENCE
        svg = difference_svg(
            change,
            outline=self.outline,
            places=self.places(),
            title=self.say("与上一版的差别"),
            description=self.say("“%(name)s”：新划入、划出和未变的部分；下面的表格列出面积。", name=name),
            notice=self.notice({tier}),
            width=width,
            height=height,
            lang=self.map_language,
        )
        return Markup(svg)  # noqa: S704  (drawn by maps from escaped parts)


def map_headers(settings: Settings) -> dict[str, str]:
    """Return the headers of a page with a map: its policy lets the basemap's images in, if there is one."""
    basemap = settings.basemap
    origins = basemap.origins if basemap else ()
    return {"Content-Security-Policy": policy_with_images(origins)} if origins else {}


def _ground(session: ReadSessionDep, settings: SettingsDep, today: TodayDep, lang: LanguageDep) -> Ground:
    return Ground(settings, lang, today, tuple(townships(session)), data_version(session))


GroundDep = Annotated[Ground, Depends(_ground)]
