"""Announcements with their files."""

from __future__ import annotations

from datetime import date

from service.web.api.shapes.base import Labelled, Shape


class AnnouncementShape(Shape):
    """An announcement with its files."""

    id: str
    code: str
    url: str
    issuer: Labelled
    number_as_printed: str
    title: str
    kind: Labelled
    published_on: date | None
    declared_organisations: int | None
    declared_products: int | None
    documents: list[DocumentShape]
    is_demonstration: bool


class DocumentShape(Shape):
    """A kept file."""

    title: str
    sha256: str
    size: int
    media_type: str
    url: str | None
