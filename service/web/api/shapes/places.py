"""Divisions, service points, indicators, and areas as GeoJSON."""

from __future__ import annotations

from datetime import date
from typing import Any

from service.web.api.shapes.base import Labelled, Shape


class DivisionShape(Shape):
    """An administrative division with its codes by scheme and year."""

    id: str
    slug: str
    name: str
    url: str
    kind: Labelled
    codes: list[DivisionCodeShape]
    aliases: list[str]
    longitude: float | None
    latitude: float | None


class DivisionCodeShape(Shape):
    """A code of a division; one code can mean different places in two schemes."""

    scheme: Labelled
    year: int
    code: str


class ServicePointShape(Shape):
    """A public IP service point."""

    id: str
    code: str
    name: str
    kind: Labelled
    place: str | None
    address: str | None
    hours: str | None
    telephone: str | None
    longitude: float | None
    latitude: float | None
    is_demonstration: bool


class IndicatorShape(Shape):
    """An indicator; with no value, `problem` says why."""

    code: str
    name: str
    name_en: str | None
    formula: str
    unit: str
    nature: Labelled
    target: float | None
    target_year: int | None
    value: float | None
    as_of: date | None
    problem: str | None


class FeatureCollection(Shape):
    """GeoJSON, CRS84, right-hand rule; an area without a shape is a feature with `geometry: null`."""

    type: str = "FeatureCollection"
    data_version: int
    as_of: date
    note: str | None = None
    note_en: str | None = None
    features: list[dict[str, Any]]
