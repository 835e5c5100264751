"""Products with their rights."""

from __future__ import annotations

from datetime import date, datetime

from service.web.api.shapes.base import Labelled, Shape, SourceShape
from service.web.api.shapes.users import AuthorisationSummary


class NameShape(Shape):
    """A name with what it is to its record."""

    text: str
    lang: str
    role: Labelled


class ProductSummary(Shape):
    """A product in a list."""

    id: str
    code: str
    slug: str
    name: str
    name_en: str | None
    url: str
    industry: Labelled | None
    home_relation: Labelled
    is_demonstration: bool


class EventShape(Shape):
    """Something that happened, with where it stands."""

    kind: Labelled
    on: date | None
    precision: str
    announcement: str | None
    note: str | None
    recorded_at: datetime
    source: SourceShape


class NumberShape(Shape):
    """A number as printed and in normal form."""

    scheme: Labelled
    as_printed: str
    number: str


class PartyShape(Shape):
    """A body in its role."""

    role: Labelled
    name: str


class TraitShape(Shape):
    """A quality requirement."""

    name: str
    text: str
    minimum: float | None
    maximum: float | None
    unit: str | None


class AreaShape(Shape):
    """A version of a production area; the geometry is served apart, as GeoJSON."""

    id: str
    version_no: int
    is_current: bool
    valid_from: date | None
    valid_to: date | None
    text: str
    text_as_of: date | None
    tier: Labelled
    confidence: Labelled
    divisions: list[str]
    stated_area: float | None
    stated_unit: Labelled | None
    stated_box: str | None
    stated_limits: str | None
    computed_area_ha: float | None
    conflicts: list[str]
    source: SourceShape


class ProtectionShape(Shape):
    """One right of a product in one track; its state is computed for `as_of`."""

    id: str
    code: str
    track: Labelled
    state: Labelled
    since: date | None
    until: date | None
    numbers: list[NumberShape]
    parties: list[PartyShape]
    events: list[EventShape]
    areas: list[AreaShape]
    traits: list[TraitShape]
    standards: list[str]
    users: list[AuthorisationSummary]
    source: SourceShape


class ProductShape(ProductSummary):
    """A product with its rights."""

    as_of: date
    names: list[NameShape]
    place: str | None
    description: str | None
    scientific_name: str | None
    nice_classes: list[int]
    season_months: list[int]
    protections: list[ProtectionShape]
    conflicts: list[str]
    source: SourceShape
    data_version: int
