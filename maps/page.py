"""An interactive map as a document part and a script of its own; Folium composes it, nothing is inline."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Final

from maps.area import Notice
from maps.layer import Composed, Layer, LayerStyle
from maps.palette import definitions
from maps.wording import say

__all__ = ["STATIC", "Layer", "LayerStyle", "MapPage", "product_map"]

STATIC: Final = Path(__file__).with_name("static")  # served at /static/maps


@dataclass(frozen=True, slots=True)
class MapPage:
    """A map for a template: markup, its script as a file of its own, and the files both need.

    Link `stylesheets`; put `html` into the page; after it load `scripts` and then `script`, in this order
    (`defer` keeps it). `content_hash` names the script's immutable URL. The lists are URLs under /static.
    """

    html: str
    script: str
    stylesheets: tuple[str, ...]
    scripts: tuple[str, ...]
    content_hash: str


def product_map(
    layers: Sequence[Layer],
    *,
    bounds: tuple[float, float, float, float],
    notice: Notice,
    lang: str = "zh-CN",
    fallback: str = "",
) -> MapPage:
    """Return the map of `layers`, drawn in their order, first seen within `bounds`.

    Args:
        layers: lowest first.
        bounds: west, south, east, north in CRS84.
        notice: banner, approval number and source, printed on the map.
        lang: "zh-CN" or "en".
        fallback: markup shown until the map stands, and without JavaScript: `outline_svg(...)`, nothing else.
    """
    composed = _compose(tuple(layers), bounds, lang)
    html = _frame(composed.html, notice, lang, fallback)
    own = (f"/static/maps/map.css?v={_version('map.css')}", f"/static/maps/map.js?v={_version('map.js')}")
    return MapPage(
        html=html,
        script=composed.script,
        stylesheets=(*composed.stylesheets, own[0]),
        scripts=(*composed.scripts, own[1]),
        content_hash=hashlib.sha256(composed.script.encode()).hexdigest()[:32],
    )


@lru_cache(maxsize=256)
def _compose(layers: tuple[Layer, ...], bounds: tuple[float, float, float, float], lang: str) -> Composed:
    from maps.composition import compose  # Folium costs 0.3 s to import; many processes never draw a map

    return compose(layers, bounds, lang)


@lru_cache(maxsize=4)
def _version(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:16]


def _frame(canvas: str, notice: Notice, lang: str, fallback: str) -> str:
    number = f"{say('map.approval', lang)}{notice.approval_number}" if notice.approval_number else ""
    label = escape(say("map.label", lang))
    return f"""<section class="gi-map" data-map-frame lang="{escape(lang)}" aria-label="{label}">
<svg class="gi-map-textures" width="0" height="0" aria-hidden="true"><defs>{definitions()}</defs></svg>
<div class="gi-map-fallback" data-map-fallback>{fallback}</div>
<div class="gi-map-stage">
{canvas.strip()}
{_line("gi-map-banner", notice.banner)}
<p class="gi-map-status" data-map-status role="status">{say("map.loading", lang)}</p>
<div class="gi-map-panel" data-map-panel role="region" aria-live="polite" tabindex="-1" hidden></div>
<div class="gi-map-foot">{_line("gi-map-approval", number)}{_line("gi-map-source", notice.attribution)}</div>
</div>
<div class="gi-map-side">
<div data-map-section hidden><h2>{say("map.legend", lang)}</h2><ul data-map-legend></ul></div>
<div data-map-section hidden><h2>{say("map.layers", lang)}</h2><ul data-map-layers></ul></div>
<div data-map-section hidden><h2>{say("map.areas", lang)}</h2><ul data-map-areas></ul></div>
</div>
</section>"""


def _line(name: str, text: str) -> str:
    return f'<p class="{name}">{escape(text)}</p>' if text else ""
