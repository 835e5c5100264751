"""What an engine answers: identities and counts, never a record's state."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that answers, and why.

    Attributes:
        tier: all, exact, parts, similar or characters: how freely the words were read.
        field: name, alias, name_en, pinyin, initials, identifier, place, holder, goods or description;
            empty when nothing was typed.
    """

    id: str
    kind: str
    tier: str
    field: str


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many of the records that match carry this code."""

    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """One page of hits, and figures over all of them.

    Attributes:
        total_is_exact: False when the engine only estimates.
        facets: Counts by facet, largest first, then by code.
        suggestion: Another spelling that the register knows, or None.
    """

    hits: tuple[Hit, ...]
    total: int
    total_is_exact: bool
    facets: Mapping[str, tuple[FacetCount, ...]]
    tier: str
    engine: str
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion of what is being typed: the text of a record's field."""

    id: str
    kind: str
    text: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """The state of an index.

    Attributes:
        settings_hash: What the index was built with; empty when there is none.
        is_current: The index was built with this program's settings and analysis; otherwise rebuild.
    """

    engine: str
    settings_hash: str
    documents: int
    is_current: bool
