"""One version of a production area: its text, its ground, its sizes, and what it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

import shapely
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from shapely.geometry import shape

from maps.area import Area, Tier
from service.register.comparing import Comparison, compare
from service.register.lookups import AreaView, ProtectionView, find_area
from service.register.models import ProductionAreaVersion
from service.vocabulary import AreaTier, AreaUnit, Track
from service.web import wording
from service.web.deps import ReadSessionDep, TodayDep
from service.web.ground import Ground, GroundDep
from service.web.templating import render

router = APIRouter()

# Source: 1 mu is 1/15 ha (《关于在我国统一实行法定计量单位的命令》, 1984, and GB 3100).
_MU_IN_A_HECTARE: Final = 15.0
_HECTARES: Final = {
    AreaUnit.HECTARE: 1.0,
    AreaUnit.MU: 1 / _MU_IN_A_HECTARE,
    AreaUnit.SQUARE_KILOMETRE: 100.0,
}
_SHEET: Final = (420, 640)  # half a page wide: the legend stands below, letters keep their size on a phone


@dataclass(frozen=True, slots=True)
class Sizes:
    """A size in the three units that people use."""

    hectares: float

    @property
    def mu(self) -> float:
        """In mu (亩)."""
        return self.hectares * _MU_IN_A_HECTARE

    @property
    def square_kilometres(self) -> float:
        """In km²."""
        return self.hectares / 100


@dataclass(frozen=True, slots=True)
class Changed:
    """What a version changed against the one before: ground, with a picture where both are drawn, and townships."""

    before: AreaView
    ground: Comparison | None
    picture: Markup | None
    added: tuple[str, ...]
    removed: tuple[str, ...]
    is_sketch: bool


@router.get("/gi/{slug}/areas/{version_no}")
def area(
    request: Request,
    session: ReadSessionDep,
    ground: GroundDep,
    today: TodayDep,
    slug: str,
    version_no: int,
    track: Annotated[Track | None, Query()] = None,
) -> HTMLResponse:
    """Return one version of the product's area, also one that is no longer valid."""
    view, protection, found = find_area(session, slug, version_no, today, track)
    name = wording.called(view.product, ground.lang)
    drawn = [_drawn(view.product.name, protection, found)]
    named = {row.division_id for row in found.area.divisions if row.role.value != "excluded"}
    picture = ground.picture(drawn, name, _SHEET, named=named)
    return render(
        request,
        "public/area.html",
        view=view,
        protection=protection,
        area=found,
        stated=_stated(found.area),
        computed=Sizes(found.area.computed_area_ha) if found.area.computed_area_ha is not None else None,
        box=_box(found.geometry),
        changed=_changed(ground, protection, found, name),
        picture=Markup(picture),  # noqa: S704  (drawn by maps from escaped parts)
        today=today,
    )


def _drawn(name: str, protection: ProtectionView, found: AreaView) -> Area:
    return Area(
        id=found.area.ulid,
        name=name,
        tier=Tier(found.area.tier.value),
        track=protection.protection.track.value,
        geometry=found.geometry,
    )


def _stated(area: ProductionAreaVersion) -> Sizes | None:
    if area.stated_area is None or area.stated_unit is None:
        return None
    return Sizes(area.stated_area * _HECTARES[area.stated_unit])


def _box(geometry: dict[str, Any] | None) -> tuple[float, float, float, float] | None:
    if geometry is None:
        return None
    west, south, east, north = shapely.bounds(shape(geometry))
    return float(west), float(south), float(east), float(north)


def _changed(ground: Ground, protection: ProtectionView, found: AreaView, name: str) -> Changed | None:
    """Return what the version changed, or None for the first one."""
    earlier = [each for each in protection.areas if each.area.version_no < found.area.version_no]
    if not earlier:
        return None
    before = max(earlier, key=lambda each: each.area.version_no)
    parts = compare(before.geometry, found.geometry) if before.geometry and found.geometry else None
    was, now = _names(before), _names(found)
    return Changed(
        before=before,
        ground=parts,
        picture=ground.difference(parts, name, Tier(found.area.tier.value)) if parts else None,
        added=tuple(each for each in now if each not in was),
        removed=tuple(each for each in was if each not in now),
        is_sketch=AreaTier.APPROXIMATE in {before.area.tier, found.area.tier},
    )


def _names(view: AreaView) -> Sequence[str]:
    return [each.name_as_printed for each in view.area.divisions if each.role.value != "excluded"]
