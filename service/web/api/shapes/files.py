"""The register's files."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from service.web.api.shapes.base import ListShape, Shape


class FileShape(Shape):
    """A file of the register; `url` never comes to mean other bytes, `newest_url` always leads to the newest."""

    name: str
    dataset: str | None = Field(description="The table; null for the dictionary and the list of sums.")
    title: str | None
    title_en: str | None
    format: str | None = Field(
        description="csv, excel.csv (begins with a BOM), xlsx, jsonl, geojson or geojsons (RFC 8142)."
    )
    media_type: str
    rows: int | None
    bytes: int
    sha256: str = Field(description="Of the file as it is, before any compression on the way.")
    url: str
    newest_url: str | None
    as_of: date = Field(description="The China day that the states in the file are those of.")
    built_at: datetime
    licence: str | None
    licence_url: str | None
    data_version: int


class FilesShape(ListShape[FileShape]):
    """The files of one edition: one revision of the register, one China day."""

    edition: str
    as_of: date
