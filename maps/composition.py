"""The map as Folium composes it: our files, numbered names, data by URL. Import it only to draw a map.

Folium's own ways are left out for three reasons, each seen: its elements get random names (no two runs give
the same bytes), its GeoJson layer opens a URL on the server, and its popups, tooltips and layer names print
text as code. So our elements name themselves, a layer is only a URL, and map.js sets text by textContent.
"""

from collections.abc import Sequence
from typing import Any, Final

import folium
from branca.element import CssLink, JavascriptLink, MacroElement
from folium.elements import JSCSSMixin
from folium.map import CustomPane
from folium.map import Layer as FoliumLayer
from folium.plugins import Fullscreen
from folium.template import Template
from folium.utilities import JsCode

from maps.layer import Composed, Layer, LayerStyle
from maps.palette import INK, LAND, LAND_EDGE, PLACE_COLOURS, path_options
from maps.view import Basemap, Bounds, View
from maps.wording import say, sayings

_VENDOR: Final = "/static/vendor"
_MAX_ZOOM: Final = 17  # given to the map itself: without tiles a marker cluster finds no limit and throws
_PANES: Final = (
    ("tiles", 300, False),
    ("ground", 350, False),
    ("areas", 410, True),
    ("places", 610, False),
    ("counts", 630, True),
)


class SiteMap(folium.Map):
    """A Leaflet map without tiles, whose files are ours."""

    default_js = [("leaflet", f"{_VENDOR}/leaflet/leaflet.js")]  # noqa: RUF012  Folium's interface
    default_css = [("leaflet_css", f"{_VENDOR}/leaflet/leaflet.css")]  # noqa: RUF012

    def __init__(self, bounds: Bounds) -> None:
        west, south, east, north = bounds
        super().__init__(
            location=[(south + north) / 2, (west + east) / 2],
            tiles=None,
            zoom_control=False,
            attribution_control=False,
            max_zoom=None,
            maxZoom=_MAX_ZOOM,
            zoom_snap=0.25,
        )
        self._id = "areas"


class SiteFullscreen(Fullscreen):
    """The full-screen button, in the reader's language; it takes the legend along."""

    default_js = [("fullscreen", f"{_VENDOR}/fullscreen/Control.FullScreen.js")]  # noqa: RUF012
    default_css = [("fullscreen_css", f"{_VENDOR}/fullscreen/Control.FullScreen.css")]  # noqa: RUF012

    def __init__(self, chart: SiteMap, lang: str) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            position="topright",
            title=say("map.full_screen", lang),
            title_cancel=say("map.leave_full_screen", lang),
            fullscreenElement=JsCode(f"DibiaoMap.frame({chart.get_name()})"),
        )
        self._id = "areas"


class DataLayer(FoliumLayer):
    """A layer whose GeoJSON the browser fetches."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = DibiaoMap.layer({{ this.spec|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, layer: Layer, lang: str) -> None:
        super().__init__(name=layer.key, overlay=True, control=False, show=layer.shown)
        self._name, self._id = "Layer", layer.key
        self.spec = {
            "key": layer.key,
            "label": say(layer.label_key, lang),
            "url": layer.url,
            "style": layer.style.value,
            "interactive": layer.interactive,
            "pane": _pane(layer),
            "track": layer.track,
            "kind": layer.kind,
            "byView": layer.by_view,
            "dated": layer.dated,
        }


class ClusterLayer(JSCSSMixin, DataLayer):
    """A data layer of points that are gathered where they stand close."""

    default_js = [("cluster", f"{_VENDOR}/markercluster/leaflet.markercluster.js")]  # noqa: RUF012
    default_css = [("cluster_css", f"{_VENDOR}/markercluster/MarkerCluster.css")]  # noqa: RUF012


class Start(MacroElement):
    """The last line of the script: hand everything to map.js."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            DibiaoMap.start(
                {{ this._parent.get_name() }},
                [{{ this.layers|join(", ") }}],
                {{ this.settings|tojson }}
            );
        {% endmacro %}
        """
    )

    def __init__(self, layers: Sequence[DataLayer], settings: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name, self._id = "Start", "areas"
        self.layers = [layer.get_name() for layer in layers]
        self.settings = settings


def compose(layers: Sequence[Layer], view: View, lang: str) -> Composed:
    """Return Folium's markup and script for these layers, and the files they need: same input, same bytes."""
    chart = SiteMap(view.bounds)
    for name, z_index, takes_clicks in _PANES:
        pane = CustomPane(name, z_index=z_index, pointer_events=takes_clicks)
        pane._id = name  # noqa: SLF001  Folium offers no other way to a stable name
        chart.add_child(pane)
    chart.add_child(SiteFullscreen(chart, lang))
    drawn = [_element(layer, lang) for layer in layers]
    for element in drawn:
        chart.add_child(element)
    chart.add_child(Start(drawn, _settings(view, lang)))
    return _taken_apart(chart.get_root())


def _element(layer: Layer, lang: str) -> DataLayer:
    return (ClusterLayer if layer.style is LayerStyle.SITES else DataLayer)(layer, lang)


def _pane(layer: Layer) -> str:
    if layer.style is LayerStyle.AREAS:
        return "areas" if layer.interactive else "ground"
    panes = {LayerStyle.OUTLINE: "ground", LayerStyle.TOWNSHIPS: "places", LayerStyle.COUNTS: "counts"}
    return panes.get(layer.style, "markerPane")


def _settings(view: View, lang: str) -> dict[str, Any]:
    township = {"color": PLACE_COLOURS["township"], "weight": 1.3, "fillColor": LAND, "fillOpacity": 1}
    return {
        "bounds": _corners(view.bounds),
        "whole": _corners(view.whole or view.bounds),
        "here": view.here_url,
        "crowded": view.is_crowded,
        "home": view.home,
        "basemap": _tiles(view.basemap),
        "words": sayings("map", lang),
        "tracks": sayings("track", lang),
        "tiers": sayings("tier", lang),
        "places": sayings("place", lang),
        "styles": path_options(is_crowded=view.is_crowded),
        "order": list(path_options()),  # of the legend; the object's own order does not survive
        # Over tiles the land is only an edge: a filled one would hide them.
        "outline": {
            "color": LAND_EDGE,
            "weight": 1.2,
            "fillColor": LAND,
            "fillOpacity": int(not view.basemap),
        },
        "townships": {
            "township": {**township, "radius": 2.5},
            "named_township": {
                **township,
                "color": PLACE_COLOURS["named_township"],
                "weight": 2,
                "radius": 3.5,
            },
        },
        "ink": INK,
    }


def _corners(bounds: Bounds) -> list[list[float]]:
    west, south, east, north = bounds
    return [[south, west], [north, east]]


def _tiles(basemap: Basemap | None) -> dict[str, Any] | None:
    if basemap is None:
        return None
    return {"patterns": list(basemap.patterns), "subdomains": basemap.subdomains}


def _taken_apart(root: Any) -> Composed:
    """Return the parts of a rendered figure; its header (inline style, foreign meta) is dropped."""
    root.render()
    links = list(root.header._children.values())  # noqa: SLF001
    return Composed(
        html=root.html.render(),
        script="\n".join(line.strip() for line in root.script.render().splitlines() if line.strip()) + "\n",
        stylesheets=tuple(link.url for link in links if isinstance(link, CssLink)),
        scripts=tuple(link.url for link in links if isinstance(link, JavascriptLink)),
    )
