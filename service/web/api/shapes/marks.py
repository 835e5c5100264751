"""Trademarks."""

from __future__ import annotations

from datetime import date

from service.web.api.shapes.base import Labelled, Shape


class TrademarkShape(Shape):
    """A trademark of one class; `status` is computed from its term for today."""

    id: str
    registration_no: str
    nice_class: int
    name: str
    name_en: str | None
    url: str
    mark_type: Labelled
    status: Labelled
    goods: str | None
    registrant: str
    registered_on: date | None
    term_first_day: date | None
    term_last_day: date | None
    source_checked_on: date | None
    is_demonstration: bool


class TrademarkAnswer(Shape):
    """The records of a registration number, one per class."""

    items: list[TrademarkShape]
    data_version: int
