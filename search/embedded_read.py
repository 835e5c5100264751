"""Answers from one state of the embedded index."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import tantivy
from tantivy import Occur
from tantivy import Query as Q  # noqa: N817 - search.query.Query is the other one

from search import analysis as a
from search.embedded_compile import Ground, compile_all, compile_filters, compile_phrase, compile_tier
from search.embedded_schema import SORT_COLUMNS, facet_column, key_of, unpacked
from search.geometry import box_of, distance_m, from_grid
from search.plan import ALL, EXACT, plan
from search.query import MAX_WINDOW, Query
from search.ranking import RERANKED, closest_first, spelling
from search.results import FacetCount, Hit, Results, Suggestion
from search.shown import Reasons, Shown
from search.suggesting import arranged

_MAX_FACET_VALUES = 1_000
_MAX_NEAR = 20_000
_MANY = 200  # terms; beyond, one walk through the dictionary is shorter than so many look-ups
_LARGE = 300_000  # records
_ENGINE = "embedded"
_ELSEWHERE = (a.HOLDER, a.PLACE, a.GOODS)  # fields that are searched and not kept, the likeliest first
Page: TypeAlias = list[tuple[Shown, str]]  # records with the tier that found each
Filters: TypeAlias = Mapping[str, tuple[str, ...]]


class Reader:
    """A snapshot of an index; safe to use from many threads."""

    def __init__(self, index: Any) -> None:
        self._schema = index.schema
        self._searcher = index.searcher()
        self._ground = Ground(
            self._schema, lru_cache(maxsize=65_536)(self._searcher.doc_freq), self.count() > _LARGE
        )

    def search(self, query: Query) -> Results:
        """Return the page of hits of the first tier that has any."""
        found = None
        for tier in plan(query.text):
            found = self._answer(query, tier.name, compile_tier(self._ground, tier))
            if found.total:
                return found
        if found:
            return found
        return self._answer(query, ALL, Q.empty_query() if query.text.strip() else compile_all(self._schema))

    def suggest(self, text: str, limit: int) -> tuple[Suggestion, ...]:
        """Return completions: records of which a name or a number begins as typed, or nearly so."""
        for tier in plan(text):
            hits = self._searcher.search(compile_tier(self._ground, tier), limit=limit * 4, count=False).hits
            if hits:
                return arranged(self._shown(hits), text, limit)
        return ()

    def everything(self) -> Iterator[Shown]:
        """Return all records in the order of the index."""
        if self.count():
            hits = self._searcher.search(Q.all_query(), limit=self.count(), count=False).hits
            yield from self._shown(hits)

    def count(self) -> int:
        """Return how many records there are."""
        return int(self._searcher.num_docs)

    def _answer(self, query: Query, tier: str, base: Any) -> Results:
        if query.near:
            base = self._inside_circle(query.near, _all_of(base, self._conditions(query, {})))
        found = _all_of(base, self._conditions(query, query.filters))
        total, fetched, page = self._page(query, tier, found)
        if len(fetched) == total and tier != ALL:
            # All are at hand: counting by key spares a second run of the question.
            found = self._those(one.id for one, _ in fetched)
        return Results(
            hits=self._hits(page, query.text),
            total=total,
            total_is_exact=True,
            facets=self._facets(query, base, found) if total else dict.fromkeys(query.facets, ()),
            tier=tier,
            engine=_ENGINE,
            suggestion=spelling([one for one, _ in page], query.text) if tier not in (ALL, EXACT) else None,
        )

    def _those(self, ids: Iterable[str]) -> Any:
        keys = [key_of(one) for one in ids]
        if len(keys) > _MANY:
            return Q.const_score_query(Q.term_set_query(self._schema, "key", keys), 0.0)
        # A term set walks the whole dictionary: for a page of ids that takes eight times as long.
        each = [(Occur.Should, Q.term_query(self._schema, "key", key)) for key in keys]
        return Q.const_score_query(Q.boolean_query(each), 0.0)

    def _hits(self, page: Page, text: str) -> tuple[Hit, ...]:
        reasons = Reasons(text)
        fields = [reasons.field(shown) for shown, _ in page]
        elsewhere = {shown.id for (shown, _), field in zip(page, fields, strict=True) if not field}
        where = self._where(elsewhere, reasons.longest) if elsewhere and reasons.longest else {}
        return tuple(
            Hit(one.id, one.kind, tier, field or where.get(one.id) or _guess(reasons, one))
            for (one, tier), field in zip(page, fields, strict=True)
        )

    def _where(self, ids: set[str], word: str) -> dict[str, str]:
        # Only names and numbers are kept with a record; which other field holds the word is asked. Each field
        # adds a power of two to the score, so that one question tells which of them do.
        worth = {name: 1 << (len(_ELSEWHERE) - at) for at, name in enumerate(_ELSEWHERE)}
        holding = [
            (Occur.Should, Q.const_score_query(compile_phrase(self._ground, name, word), points))
            for name, points in worth.items()
        ]
        asked = Q.boolean_query([(Occur.Must, self._those(ids)), (Occur.Must, Q.boolean_query(holding))])
        hits = self._searcher.search(asked, limit=len(ids), count=False).hits
        return {
            one.id: next(name for name, points in worth.items() if score >= points)
            for one, (score, _) in zip(self._shown(hits), hits, strict=True)
        }

    def _conditions(self, query: Query, filters: Filters) -> list[Any]:
        return compile_filters(self._schema, filters, box_of(query.bbox, query.near))

    def _page(self, query: Query, tier: str, found: Any) -> tuple[int, Page, Page]:
        # the total, what was read, and the page of it
        by_relevance = query.sort == "relevance"
        if query.near and by_relevance and tier == ALL:
            return self._by_distance(query, query.near, found)
        if by_relevance and tier not in (ALL, EXACT) and query.offset < RERANKED:
            return self._by_likeness(query, tier, found)
        limit = max(min(query.limit, MAX_WINDOW - query.offset), 0)
        offset = min(query.offset, MAX_WINDOW)
        answer = self._searcher.search(found, limit=max(limit, 1), offset=offset, **_order(query))
        page = [(one, tier) for one in self._shown(answer.hits[:limit])]
        return int(answer.count), page, page

    def _by_likeness(self, query: Query, tier: str, found: Any) -> tuple[int, Page, Page]:
        # The first hits of a loose tier are put in the order of their likeness to what was typed.
        answer = self._searcher.search(found, limit=max(RERANKED, query.offset + query.limit))
        shown = self._shown(answer.hits)
        rest = [(one, tier) for one in shown[RERANKED:]]
        ordered = closest_first(shown[:RERANKED], query.text, tier) + rest
        return int(answer.count), ordered, ordered[query.offset : query.offset + query.limit]

    def _by_distance(
        self, query: Query, near: tuple[float, float, float], found: Any
    ) -> tuple[int, Page, Page]:
        hits = self._searcher.search(found, limit=_MAX_NEAR, count=False).hits
        ordered = sorted(zip(self._distances(near, hits), range(len(hits)), strict=True))
        chosen = [hits[at] for _, at in ordered[query.offset : query.offset + query.limit]]
        page = [(one, ALL) for one in self._shown(chosen)]
        return len(hits), page, page

    def _inside_circle(self, near: tuple[float, float, float], found: Any) -> Any:
        hits = self._searcher.search(found, limit=_MAX_NEAR, count=False).hits
        metres = self._distances(near, hits)
        inside = [hit for hit, far in zip(hits, metres, strict=True) if far <= near[2]]
        if not inside:
            return Q.empty_query()
        chosen = self._those(shown.id for shown in self._shown(inside))
        return _all_of(found, [chosen])

    def _distances(self, near: tuple[float, float, float], hits: Sequence[tuple[Any, Any]]) -> list[float]:
        addresses = [address for _, address in hits]
        longitudes = self._searcher.fast_field_values("longitude", addresses)
        latitudes = self._searcher.fast_field_values("latitude", addresses)
        return [
            distance_m(near[0], near[1], from_grid(east), from_grid(north))
            for east, north in zip(longitudes, latitudes, strict=True)
        ]

    def _facets(self, query: Query, base: Any, found: Any) -> dict[str, tuple[FacetCount, ...]]:
        chosen = {name for name in query.facets if query.filters.get(name)}
        counted = self._counts(found, [name for name in query.facets if name not in chosen])
        for name in chosen:  # a facet is counted as if nothing had been chosen in it
            others = {key: codes for key, codes in query.filters.items() if key != name}
            counted |= self._counts(_all_of(base, self._conditions(query, others)), [name])
        return {name: counted[name] for name in query.facets}

    def _counts(self, found: Any, names: Sequence[str]) -> dict[str, tuple[FacetCount, ...]]:
        if not names:
            return {}
        wanted = {name: {"terms": {"field": facet_column(name), "size": _MAX_FACET_VALUES}} for name in names}
        answer = self._searcher.aggregate(found, wanted)
        return {name: _ordered(answer[name]["buckets"]) for name in names}

    def _shown(self, hits: Sequence[tuple[Any, Any]]) -> list[Shown]:
        read = self._searcher.doc
        return [unpacked(bytes(read(address)["shown"][0])) for _, address in hits]


def _guess(reasons: Reasons, shown: Shown) -> str:
    return reasons.guess(shown) or a.DESCRIPTION if reasons.longest else ""


def _all_of(base: Any, conditions: list[Any]) -> Any:
    if not conditions:
        return base
    return Q.boolean_query([(Occur.Must, base), *((Occur.Must, condition) for condition in conditions)])


def _order(query: Query) -> dict[str, Any]:
    if query.sort == "relevance":
        return {}
    ascending = query.sort == "name"
    return {
        "order_by_field": SORT_COLUMNS[query.sort],
        "order": tantivy.Order.Asc if ascending else tantivy.Order.Desc,
    }


def _ordered(buckets: list[dict[str, Any]]) -> tuple[FacetCount, ...]:
    counts = [FacetCount(str(bucket["key"]), int(bucket["doc_count"])) for bucket in buckets]
    return tuple(sorted(counts, key=lambda one: (-one.count, one.value)))
