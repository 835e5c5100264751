"""An interactive map as a document part and a script of its own; Folium composes it, nothing is inline."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Final

from maps.area import Notice
from maps.layer import Composed, Layer, LayerStyle
from maps.palette import definitions
from maps.view import Basemap, View
from maps.wording import say

__all__ = [
    "STATIC",
    "Basemap",
    "Layer",
    "LayerStyle",
    "MapPage",
    "View",
    "marked",
    "product_map",
    "static_address",
]

STATIC: Final = Path(__file__).with_name("static")  # served at `static_address()`
# From the first to the last of a run of Chinese, with the marks inside it.
_CHINESE: Final = re.compile("[\u4e00-\u9fff](?:[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef·]*[\u4e00-\u9fff])?")


@dataclass(frozen=True, slots=True)
class MapPage:
    """A map for a template: markup, its script as a file of its own, and the files both need.

    Link `stylesheets`; put `html` into the page; load `scripts`, then `modules` as modules, then `script`, in
    this order (`defer` keeps it). `content_hash` names the script's immutable URL. The lists are URLs under
    /static.
    """

    html: str
    script: str
    stylesheets: tuple[str, ...]
    scripts: tuple[str, ...]
    modules: tuple[str, ...]
    content_hash: str


def product_map(
    layers: Sequence[Layer], *, view: View, notice: Notice, lang: str = "zh-CN", fallback: str = ""
) -> MapPage:
    """Return the map of `layers`, drawn in their order.

    Args:
        layers: lowest first.
        view: what is seen first, and what lies below.
        notice: banner, approval number and source, printed on the map.
        lang: "zh-CN" or "en".
        fallback: markup shown until the map stands, without JavaScript and on paper: a still picture of the
            same, inline or by its address, with every text in it escaped.
    """
    composed = _compose(tuple(layers), replace(view, on=""), lang)
    return MapPage(
        html=_frame(composed.html, notice, view, lang, fallback),
        script=composed.script,
        stylesheets=(*composed.stylesheets, f"{static_address()}/map.css"),
        scripts=composed.scripts,
        modules=(f"{static_address()}/map.js",),
        content_hash=hashlib.sha256(composed.script.encode()).hexdigest()[:32],
    )


@lru_cache(maxsize=1)
def static_address() -> str:
    """Return where STATIC is served: the address changes with any file, since modules load one another."""
    found = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        found.update(path.name.encode())
        found.update(path.read_bytes())
    return f"/static/maps/{found.hexdigest()[:16]}"


@lru_cache(maxsize=256)
def _compose(layers: tuple[Layer, ...], view: View, lang: str) -> Composed:
    from maps.composition import compose  # Folium costs 0.3 s to import; many processes never draw a map

    return compose(layers, view, lang)


def _frame(canvas: str, notice: Notice, view: View, lang: str, fallback: str) -> str:
    number = f"{say('map.approval', lang)}{notice.approval_number}" if notice.approval_number else ""
    credit = say(f"basemap.{view.basemap.key}", lang) if view.basemap else ""
    label = escape(say("map.label", lang))
    foot = (
        _line("gi-map-approval", number),
        _line("gi-map-source", notice.attribution, lang),
        _line("gi-map-credit", credit),
    )
    return f"""<section class="gi-map" data-map-frame data-on="{escape(view.on)}" lang="{escape(lang)}"
aria-label="{label}">
<svg class="gi-map-textures" width="0" height="0" aria-hidden="true"><defs>{definitions()}</defs></svg>
<div class="gi-map-fallback" data-map-fallback>{fallback}</div>
<div class="gi-map-stage" hidden>
{canvas.strip()}
{_line("gi-map-banner", notice.banner)}
<p class="gi-map-status" data-map-status role="status">{say("map.loading", lang)}</p>
<div class="gi-map-panel" data-map-panel role="region" aria-live="polite" tabindex="-1" hidden></div>
<div class="gi-map-foot">{"".join(foot)}</div>
</div>
<div class="gi-map-side" hidden>
<div data-map-section hidden><h2>{say("map.legend", lang)}</h2><ul data-map-legend></ul></div>
<div data-map-section hidden><h2>{say("map.areas", lang)}</h2><p class="gi-map-note" data-map-note hidden></p>
<ul data-map-areas></ul></div>
</div>
</section>"""


def _line(name: str, text: str, lang: str = "zh") -> str:
    return f'<p class="{name}">{marked(escape(text), lang)}</p>' if text else ""


def marked(markup: str, lang: str) -> str:
    """Return escaped text with the Chinese in it marked as such, where the page is in another language."""
    return markup if lang.startswith("zh") else _CHINESE.sub(r'<span lang="zh-CN">\g<0></span>', markup)
