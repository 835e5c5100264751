"""Search as pages and the API use it: the engine finds, the database tells; without the engine, exact look-ups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Annotated, Final, TypeAlias

import structlog
from fastapi import Depends
from sqlalchemy.orm import Session

from search.engine import Engine, SearchUnavailable
from search.query import MAX_LIMIT, MAX_WINDOW, Query
from search.results import Suggestion
from service.register.lookups import SearchAnswer, hydrate, look_up_exactly
from service.register.lookups.townships import names_of_codes
from service.register.verification.reading import data_version
from service.vocabulary import RecordKind
from service.web import wording
from service.web.deps import ServicesDep

_log = structlog.get_logger(__name__)
NOT_KEPT: Final = {"Cache-Control": "no-store"}
"""For a page that was made without the engine: it is better soon."""

Filters: TypeAlias = Mapping[str, Sequence[str]]
Counts: TypeAlias = Mapping[str, Sequence[tuple[str, int]]]


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet: what it means, how many, and whether it is chosen."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with its values, the most frequent first."""

    name: str
    label: str
    choices: tuple[Choice, ...]

    @property
    def is_open(self) -> bool:
        """Whether one of its values is chosen."""
        return any(choice.selected for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Products:
    """The products that answer a question; `is_cut` when there are more than a search reaches."""

    ulids: tuple[str, ...]
    facets: Counts
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Searching:
    """Answers searches with what the database says now."""

    engine: Engine

    def answer(self, session: Session, query: Query, today: date) -> SearchAnswer:
        """Return a page of hits; when the engine is away, what exact look-ups find, and it says so."""
        try:
            results = self.engine.search(query)
        except SearchUnavailable as error:
            _log.warning("search_degraded", engine=error.engine, reason=error.reason)
            return _degraded(session, query, today)
        return SearchAnswer(
            hits=hydrate(session, results.hits, today),
            total=results.total,
            total_is_exact=results.total_is_exact,
            facets={
                name: [(facet.value, facet.count) for facet in counts]
                for name, counts in results.facets.items()
            },
            tier=results.tier,
            engine=results.engine,
            suggestion=results.suggestion,
            data_version=data_version(session),
        )

    def products(self, query: Query) -> Products | None:
        """Return the GI products that answer, by ULID and best first, as far as a search can be paged.

        None when the engine is away.
        """
        asked = replace(
            query, filters={**query.filters, "kind": (RecordKind.GI_PRODUCT.value,)}, limit=MAX_LIMIT
        )
        try:
            first = self.engine.search(replace(asked, page=1))
            pages = range(2, min(-(-first.total // MAX_LIMIT), MAX_WINDOW // MAX_LIMIT) + 1)
            rest = [self.engine.search(replace(asked, page=page, facets=())) for page in pages]
        except SearchUnavailable as error:
            _log.warning("search_degraded", engine=error.engine, reason=error.reason)
            return None
        found = [hit.id for results in (first, *rest) for hit in results.hits]
        counts = {name: [(each.value, each.count) for each in facet] for name, facet in first.facets.items()}
        return Products(tuple(found), counts, is_cut=first.total > MAX_WINDOW)

    def suggest(self, text: str) -> tuple[Suggestion, ...]:
        """Return completions; none when the engine is away."""
        try:
            return self.engine.suggest(text)
        except SearchUnavailable:
            return ()


def facets_in_words(session: Session, counts: Counts, filters: Filters, lang: str, most: int) -> list[Facet]:
    """Return the facets that have values, each with its `most` frequent ones; a chosen one is never left out."""
    shown = {
        name: _chosen_or_frequent(found, filters.get(name, ()), most)
        for name, found in counts.items()
        if found
    }
    codes = {name: [value for value, _ in shown.get(name, ())] for name in ("place", "category")}
    names = names_of_codes(session, lang, codes["place"], codes["category"])
    return [
        Facet(
            name,
            wording.facet_name(name, lang),
            tuple(
                Choice(
                    value,
                    wording.facet_label(name, value, lang, names),
                    count,
                    value in filters.get(name, ()),
                )
                for value, count in found
            ),
        )
        for name, found in shown.items()
    ]


def _chosen_or_frequent(
    counts: Sequence[tuple[str, int]], chosen: Sequence[str], most: int
) -> list[tuple[str, int]]:
    rare = [pair for pair in islice(counts, most, None) if pair[0] in chosen]
    return [*counts[:most], *rare]


def _degraded(session: Session, query: Query, today: date) -> SearchAnswer:
    hits = look_up_exactly(session, query.text, today, query.limit) if query.text.strip() else ()
    return SearchAnswer(
        hits=hits,
        total=len(hits),
        total_is_exact=False,
        facets={},
        tier="exact",
        engine="database",
        suggestion=None,
        data_version=data_version(session),
    )


async def _searching(services: ServicesDep) -> Searching:
    return Searching(services.engine)


SearchDep = Annotated[Searching, Depends(_searching)]
