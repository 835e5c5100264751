"""What a reader first sees of a map, and the basemap below it, if the deployer has one."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from maps.layer import SAME_ORIGIN

Bounds = tuple[float, float, float, float]

_PLACEHOLDERS: Final = ("{z}", "{x}", "{y}")
_PATTERN: Final = re.compile(r"[A-Za-z0-9:/?&=._~%{}\[\]-]+")
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Basemap:
    """Raster tiles in Web Mercator below the map, lowest first.

    Each pattern is an http(s) address, or a path of this site, with {z}, {x} and {y}; {s} stands for one of
    `subdomains`. `key` names the basemap's credit in maps/wording.py.

    Raises:
        ValueError: a pattern lacks a placeholder, has another scheme, a user, or characters of no address.
    """

    patterns: tuple[str, ...]
    subdomains: str = ""
    key: str = "tiles"

    def __post_init__(self) -> None:
        """Refuse patterns that could carry code into the script or a directive into the policy."""
        for pattern in self.patterns:
            if not _PATTERN.fullmatch(pattern) or any(each not in pattern for each in _PLACEHOLDERS):
                raise ValueError(pattern)
            if not SAME_ORIGIN.fullmatch(pattern):
                _origin(pattern)

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins that the page's policy must let images come from; none for paths of this site."""
        foreign = (pattern for pattern in self.patterns if not SAME_ORIGIN.fullmatch(pattern))
        return tuple(dict.fromkeys(_origin(pattern) for pattern in foreign))


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a map opens.

    Attributes:
        bounds: west, south, east, north in CRS84, seen first.
        whole: what the button "whole map" shows, and around which the map can be moved; default: `bounds`.
        here_url: path that answers which areas cover `lon` and `lat`; empty: the map asks its own layers.
        on: the day shown, as ISO text, when it is not today; it stands in the document, not in the script.
        is_crowded: many areas lie over one another: they are drawn quietly until one is pointed at.
        home: prefix of this language's pages, which links of the data are given.
    """

    bounds: Bounds
    whole: Bounds | None = None
    here_url: str = ""
    on: str = ""
    is_crowded: bool = False
    home: str = ""
    basemap: Basemap | None = None


def tianditu(key: str) -> Basemap:
    """Return the national basemap with its Chinese names, in Web Mercator.

    Source: the service's WMTS interface, layers vec and cva of the tile matrix set w.

    Raises:
        ValueError: the key is no sequence of letters and digits.
    """
    if not key.isascii() or not key.isalnum():
        raise ValueError("map_tianditu_key")
    return Basemap(
        patterns=tuple(
            f"https://t{{s}}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
            f"&LAYER={layer}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
            f"&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
            for layer in ("vec", "cva")
        ),
        subdomains="01234567",
        key="tianditu",
    )


def _origin(pattern: str) -> str:
    parts = urlsplit(pattern)
    host = parts.netloc.replace("{s}", "s")
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host) or "{" in host:
        raise ValueError(pattern)
    if "{s}" not in parts.netloc:
        return f"{parts.scheme}://{parts.netloc}"
    # A policy knows wildcards for whole labels only: t{s}.example.org is let in as *.example.org.
    label, _, rest = parts.netloc.partition(".")
    if "{s}" not in label or "{" in rest or "." not in rest:
        raise ValueError(pattern)
    return f"{parts.scheme}://*.{rest}"
