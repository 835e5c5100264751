"""One layer of an interactive map, and what Folium makes of several."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from maps.wording import say

_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,40}")
SAME_ORIGIN: Final = re.compile(r"/(?![/\\])[^\s\\<>\"'`]*")


class LayerStyle(StrEnum):
    """What a layer's features are, and so how the script draws them."""

    OUTLINE = "outline"
    AREAS = "areas"
    COUNTS = "counts"
    TOWNSHIPS = "townships"
    SITES = "sites"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer of the map: GeoJSON fetched by the browser from a path of the same origin.

    `label_key` is a key of maps/wording.py: no registry text passes through Folium, which prints names as
    code. The features' properties are those of maps/features.py. A layer that is not interactive lies in a
    pane below and takes no clicks, whenever its data arrives.

    `track` keeps a layer of areas to the areas of that right, `kind` one of places to the places of that kind:
    several layers may share one URL, which is fetched once. `by_view` asks the URL for what is seen (`bbox` and
    `zoom` are added), `dated` for a day (`on` is added when the reader chooses one).

    Raises:
        ValueError: the key is not an identifier or the URL is not a path of the same origin.
        KeyError: the label is not in the table.
    """

    key: str
    label_key: str
    url: str
    style: LayerStyle
    interactive: bool = True
    shown: bool = True
    track: str = ""
    kind: str = ""
    by_view: bool = False
    dated: bool = False

    def __post_init__(self) -> None:
        """Refuse values that could carry code into the script."""
        if not _KEY.fullmatch(self.key) or not SAME_ORIGIN.fullmatch(self.url):
            raise ValueError(self.key, self.url)
        if any(each and not _KEY.fullmatch(each) for each in (self.track, self.kind)):
            raise ValueError(self.key, self.track, self.kind)
        say(self.label_key)


@dataclass(frozen=True, slots=True)
class Composed:
    """What Folium makes of the layers."""

    html: str
    script: str
    stylesheets: tuple[str, ...]
    scripts: tuple[str, ...]
