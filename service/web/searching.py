"""Search as pages and the API use it: the engine finds, the database tells; without the engine, exact look-ups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

import structlog
from fastapi import Depends
from sqlalchemy.orm import Session

from search.engine import Engine, SearchUnavailable
from search.query import MAX_LIMIT, MAX_WINDOW, Query
from search.results import Suggestion
from service.register.lookups import SearchAnswer, hydrate, look_up_exactly
from service.register.verification.reading import data_version
from service.vocabulary import RecordKind
from service.web.deps import ServicesDep

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Products:
    """The products that answer a question; `is_cut` when there are more than a search reaches."""

    ulids: tuple[str, ...]
    facets: Mapping[str, Sequence[tuple[str, int]]]
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
