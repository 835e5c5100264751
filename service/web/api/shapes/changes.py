"""Published changes, in their order."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from service.vocabulary import ChangeAct, ChangeKind
from service.web.api.shapes.base import Labelled, Shape, SourceShape


class KeyedLink(Shape):
    """A record by the key of its address, name and address; an organisation without a code has neither."""

    key: str | None
    name: str
    url: str | None


class ChangeShape(Shape):
    """One published change. Where its record was taken down since, everything that names it is null."""

    cursor: str = Field(description="Its place in the order; may be given as `since`.")
    revision: int
    published_at: datetime
    kind: ChangeKind
    act: ChangeAct
    id: str = Field(description="Identifier of the record; `/r/{id}` leads to the page that shows it.")
    event: Labelled | None = Field(description="What happened to a right or an authorisation.")
    on: date | None = Field(description="The day from which it takes effect, where one is on record.")
    name: str | None
    url: str | None
    product: KeyedLink | None
    organisation: KeyedLink | None
    source: SourceShape | None
    is_demonstration: bool


class ChangesShape(Shape):
    """Changes after a cursor, the oldest first."""

    items: list[ChangeShape]
    next: str = Field(description="Where to go on: at once when `has_more`, else whenever one likes.")
    has_more: bool
    data_version: int
