"""Hits, facets and completions."""

from __future__ import annotations

from pydantic import Field

from service.web.api.shapes.base import Labelled, Shape


class Matched(Shape):
    """Why a hit matched."""

    field: str
    tier: str


class HitShape(Shape):
    """A search hit; names and states are read from the register, not from the index."""

    id: str
    kind: str
    name: str
    name_en: str | None
    url: str
    state: Labelled | None
    tracks: list[TrackState]
    place: str | None
    detail: str | None
    is_demonstration: bool
    is_verified: bool = Field(description="Whether an official source stands behind the record.")
    matched: Matched
    highlights: dict[str, list[list[int]]] = Field(
        description="Ranges [from, to) in the field's text, counted in characters."
    )


class TrackState(Shape):
    """The state of one right."""

    track: Labelled
    state: Labelled


class FacetShape(Shape):
    """One choice of a facet."""

    value: str
    label: str
    count: int
    selected: bool


class SearchShape(Shape):
    """A page of hits."""

    hits: list[HitShape]
    total: int
    total_is_exact: bool
    facets: dict[str, list[FacetShape]]
    page: int
    tier: str
    engine: str = Field(description="embedded, meilisearch, or database when the engine is away.")
    suggestion: str | None
    data_version: int


class SuggestionShape(Shape):
    """A completion of what is being typed."""

    text: str
    kind: str
    field: str


class SuggestShape(Shape):
    """Completions."""

    items: list[SuggestionShape]
