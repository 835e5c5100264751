"""The values a map is made of: areas, named places and the notice printed on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Tier(StrEnum):
    """How exactly an area's geometry is known, coarsest first; the legend says so on every map."""

    TEXT_ONLY = "text_only"
    APPROXIMATE = "approximate"
    TOWN_UNION = "town_union"
    DRAWN = "drawn"
    PARCEL = "parcel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One production area of one right.

    `geometry` is a GeoJSON Polygon or MultiPolygon in CRS84 (longitude first), or None where only the text
    is known. `track` is the code of the right: gi_product, gi_trademark, agri_gi or unified.
    `url` is the same-origin path of the record.
    """

    id: str
    name: str
    tier: Tier
    track: str
    geometry: Mapping[str, Any] | None
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A named point in CRS84.

    `kind` is township, named_township (one that an area's text names), user_site, service_point, or here: the
    place asked about. `url` is the same-origin path of its page.
    """

    name: str
    longitude: float
    latitude: float
    kind: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many areas lie about a point in CRS84, by track; `bounds` is the box around all of them."""

    longitude: float
    latitude: float
    tracks: Mapping[str, int]
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What has to be printed on the map: the 示意图 banner, the approval number (审图号), the data's source.

    Without an approval number the banner must say that the map is only a sketch (decisions.md no. 6).
    """

    banner: str
    approval_number: str | None
    attribution: str
