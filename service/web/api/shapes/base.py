"""What all answers are made of."""

from __future__ import annotations

from datetime import date
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")


class Shape(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(frozen=True)


class Labelled(Shape):
    """An entry of a closed list: its stable code and its labels."""

    code: str
    label: str
    label_en: str


class SourceShape(Shape):
    """Where a fact comes from, and whether an official source stands behind it."""

    citation: str
    level: Labelled
    is_verified: bool
    url: str | None
    locator: str | None
    checked_on: date | None


class LinkShape(Shape):
    """A record by name and address."""

    name: str
    url: str


class ListShape(Shape, Generic[T]):
    """One page of a list."""

    items: list[T]
    next: str | None = Field(description="Cursor of the next page, or null.")
    total: int | None
    data_version: int
