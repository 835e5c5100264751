"""Maps: one product's areas, and all areas; each with a still picture and lists for readers without scripts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final

import shapely
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from shapely.geometry import shape
from sqlalchemy.orm import Session

from maps.area import Area, Notice, Place, Tier
from maps.outline import outline_svg
from maps.page import Layer, LayerStyle, MapPage, product_map
from service.addresses import path_of
from service.errors import RecordNotFound
from service.register.areas import district_outline
from service.register.lookups import ProductView, area_features, find_product
from service.register.lookups.products import AreaFeature
from service.register.lookups.townships import townships
from service.register.models import Division, GiProduct, ProductionAreaVersion
from service.settings import Settings
from service.vocabulary import Track
from service.web.deps import LanguageDep, ReadSessionDep, SettingsDep, TodayDep
from service.web.templating import english, localised, render

router = APIRouter()

Box = tuple[float, float, float, float]
_FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
_FOR_A_WHILE: Final = {"Cache-Control": "public, max-age=300"}
_SIZES: Final = {"wide": (720, 620), "narrow": (360, 560)}
_MARGIN: Final = 0.02
_DEFAULT_BANNER: Final = Settings.model_fields["map_banner"].default


@router.get("/gi/{slug}/map")
def product_map_page(
    request: Request,
    session: ReadSessionDep,
    settings: SettingsDep,
    today: TodayDep,
    lang: LanguageDep,
    slug: str,
) -> HTMLResponse:
    """Return the product's map, with its picture and its townships in a table."""
    view = find_product(session, slug, today)
    picture = _product_picture(session, settings, view, lang, "wide")
    page = _product_map(session, settings, view, lang, picture)
    return render(
        request,
        "public/product_map.html",
        view=view,
        map_html=Markup(page.html),  # noqa: S704  (composed by maps from escaped parts)
        stylesheets=page.stylesheets,
        scripts=(*page.scripts, localised(f"/gi/{view.product.slug}/map/{page.content_hash}.js", lang)),
    )


@router.get("/gi/{slug}/map/{version}.js")
def product_map_script(
    session: ReadSessionDep,
    settings: SettingsDep,
    today: TodayDep,
    lang: LanguageDep,
    slug: str,
    version: str,
) -> Response:
    """Return the script of the product's map; its address changes with it."""
    return _script(_product_map(session, settings, find_product(session, slug, today), lang), version)


@router.get("/gi/{slug}/outline.svg")
def product_outline(
    session: ReadSessionDep,
    settings: SettingsDep,
    today: TodayDep,
    lang: LanguageDep,
    slug: str,
    size: Annotated[str, Query(pattern="^(wide|narrow)$")] = "wide",
) -> Response:
    """Return the still picture of the product's areas."""
    view = find_product(session, slug, today)
    return _picture(_product_picture(session, settings, view, lang, size))


@router.get("/map")
def map_page(
    request: Request, session: ReadSessionDep, settings: SettingsDep, today: TodayDep, lang: LanguageDep
) -> HTMLResponse:
    """Return the map of all areas, with every product in a list."""
    features = area_features(session, today)
    picture = _district_picture(session, settings, features, lang, "wide")
    page = _district_map(session, settings, features, lang, picture)
    return render(
        request,
        "public/map.html",
        features=_distinct(features),
        without_point=_without_point(townships(session)),
        map_html=Markup(page.html),  # noqa: S704  (composed by maps from escaped parts)
        stylesheets=page.stylesheets,
        scripts=(*page.scripts, localised(f"/map/{page.content_hash}.js", lang)),
    )


@router.get("/map/{version}.js")
def map_script(session: ReadSessionDep, settings: SettingsDep, lang: LanguageDep, version: str) -> Response:
    """Return the script of the map of all areas."""
    return _script(_district_map(session, settings, (), lang), version)


@router.get("/map/outline.svg")
def map_outline(
    session: ReadSessionDep,
    settings: SettingsDep,
    today: TodayDep,
    lang: LanguageDep,
    size: Annotated[str, Query(pattern="^(wide|narrow)$")] = "wide",
) -> Response:
    """Return the still picture of all areas."""
    return _picture(_district_picture(session, settings, area_features(session, today), lang, size))


def _script(page: MapPage, version: str) -> Response:
    if version != page.content_hash:
        raise RecordNotFound("map_script", version)
    return Response(page.script, media_type="text/javascript", headers=_FOR_EVER)


def _picture(svg: str) -> Response:
    return Response(svg, media_type="image/svg+xml", headers=_FOR_A_WHILE)


def _product_map(
    session: Session, settings: Settings, view: ProductView, lang: str, picture: str = ""
) -> MapPage:
    areas = _areas(view, lang)
    return product_map(
        _layers(f"/api/v1/gi/{view.product.slug}/areas"),
        bounds=_bounds(settings, areas),
        notice=_notice(session, settings, areas, lang),
        lang=_map_language(lang),
        fallback=picture,
    )


def _district_map(
    session: Session, settings: Settings, features: Sequence[AreaFeature], lang: str, picture: str = ""
) -> MapPage:
    return product_map(
        _layers("/api/v1/areas"),
        bounds=_bounds(settings, ()),
        notice=_notice(session, settings, _feature_areas(features, lang), lang),
        lang=_map_language(lang),
        fallback=picture,
    )


def _layers(areas: str) -> list[Layer]:
    return [
        Layer(
            key="outline",
            label_key="layer.outline",
            url="/static-data/outline.geojson",
            style=LayerStyle.OUTLINE,
            interactive=False,
        ),
        Layer(key="areas", label_key="layer.areas", url=areas, style=LayerStyle.AREAS),
        Layer(
            key="townships",
            label_key="layer.townships",
            url="/static-data/townships.geojson",
            style=LayerStyle.TOWNSHIPS,
            interactive=False,
        ),
    ]


def _product_picture(session: Session, settings: Settings, view: ProductView, lang: str, size: str) -> str:
    say = _words(lang)
    return _outline(session, settings, _areas(view, lang), lang, size, say("产地范围"))


def _district_picture(
    session: Session, settings: Settings, features: Sequence[AreaFeature], lang: str, size: str
) -> str:
    say = _words(lang)
    title = say("产地范围")
    return _outline(session, settings, _feature_areas(features, lang), lang, size, title)


def _outline(
    session: Session, settings: Settings, areas: Sequence[Area], lang: str, size: str, title: str
) -> str:
    width, height = _SIZES[size]
    say = _words(lang)
    return outline_svg(
        areas,
        outline=district_outline(settings.map_outline_file),
        places=_places(townships(session)),
        title=title,
        description=say("示意图，不作为划界依据；页面上的表格列出全部乡镇、街道。"),
        notice=_notice(session, settings, areas, lang),
        width=width,
        height=height,
        lang=_map_language(lang),
    )


def _places(divisions: Sequence[Division]) -> list[Place]:
    return [
        Place(name=each.name, longitude=each.longitude, latitude=each.latitude, kind="township")
        for each in divisions
        if each.longitude is not None and each.latitude is not None
    ]


def _without_point(divisions: Sequence[Division]) -> list[Division]:
    return [each for each in divisions if each.longitude is None]


def _areas(view: ProductView, lang: str) -> list[Area]:
    found = []
    for protection in view.protections:
        current = protection.current_area
        if current is not None:
            track = protection.protection.track
            found.append(_area(view.product, track, current.area, current.geometry, lang))
    return found


def _feature_areas(features: Sequence[AreaFeature], lang: str) -> list[Area]:
    return [_area(each.product, each.protection.track, each.area, each.geometry, lang) for each in features]


def _area(
    product: GiProduct, track: Track, area: ProductionAreaVersion, geometry: dict[str, Any] | None, lang: str
) -> Area:
    return Area(
        id=area.ulid,
        name=product.name,
        tier=Tier(area.tier.value),
        track=track.value,
        geometry=geometry,
        url=localised(path_of("gi_product", product.slug), lang),
    )


def _notice(session: Session, settings: Settings, areas: Sequence[Area], lang: str) -> Notice:
    say = _words(lang)
    banner = settings.map_banner
    if lang == "en" and banner == _DEFAULT_BANNER:
        banner = say("示意图，不作为划界依据")
    missing = [each.name for each in _without_point(townships(session))]
    attribution = say("区界：概略资料，非划界依据。")
    if missing and any(area.tier is Tier.APPROXIMATE for area in areas):
        attribution += say("%(places)s没有点位，未画出。", places="、".join(missing))
    number = settings.map_approval_number
    return Notice(banner="" if number else banner, approval_number=number or None, attribution=attribution)


def _bounds(settings: Settings, areas: Sequence[Area]) -> Box:
    """Return the box of the district and the areas, a little wider, rounded so that it names few scripts."""
    shapes = [shape(district_outline(settings.map_outline_file))]
    shapes += [shape(dict(area.geometry)) for area in areas if area.geometry]
    west, south, east, north = shapely.total_bounds(shapes)
    return (
        round(float(west) - _MARGIN, 2),
        round(float(south) - _MARGIN, 2),
        round(float(east) + _MARGIN, 2),
        round(float(north) + _MARGIN, 2),
    )


def _distinct(features: Sequence[AreaFeature]) -> list[tuple[GiProduct, list[AreaFeature]]]:
    """Return each product once, with its areas."""
    found: dict[str, tuple[GiProduct, list[AreaFeature]]] = {}
    for each in features:
        entry = found.setdefault(each.product.slug, (each.product, []))
        entry[1].append(each)
    return list(found.values())


def _map_language(lang: str) -> str:
    return "en" if lang == "en" else "zh-CN"


def _words(lang: str) -> Callable[..., str]:
    """Return the catalogue for the few words that pictures take from here; they escape for themselves."""

    def say(text: str, **values: str) -> str:
        found = english().gettext(text) if lang == "en" else text
        return found % values if values else found

    return say
