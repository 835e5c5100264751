"""Answers from a Meilisearch server: one request for most questions, three at most for one tier."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from search import analysis as a
from search.plan import ALL, EXACT, plan
from search.query import MAX_WINDOW, Query
from search.ranking import RERANKED, closest_first, spelling
from search.results import FacetCount, Hit, Results, Suggestion
from search.server_compile import Words, compile_filters, compile_tier, one_of
from search.server_gateway import Gateway, NotFound
from search.server_http import Connections
from search.server_settings import ELSEWHERE_FIELDS, INDEX, PRIMARY_KEY
from search.shown import Reasons, Shown
from search.suggesting import arranged
from search.text import spaced

_ENGINE = "meilisearch"
_SORTS = {"name": ["sort_name:asc"], "date": ["sort_year:desc"]}


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the server said to one query."""

    shown: list[Shown]
    total: int
    facets: dict[str, dict[str, int]]
    texts: dict[str, dict[str, str]] = field(
        default_factory=dict
    )  # by id: the fields that names do not cover


class ServerReader:
    """Compiles questions, asks, and merges the answers."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def search(self, query: Query, deadline: float) -> Results:
        """Return the page of hits of the first tier that has any."""
        found = None
        for name, asked in _tiers(query.text):
            found = self._tier(query, name, asked, deadline)
            if found.total:
                return found
        if found or query.text.strip():
            return found or _empty(query, ALL)
        return self._tier(query, ALL, (Words(),), deadline)

    def suggest(self, text: str, limit: int, deadline: float) -> tuple[Suggestion, ...]:
        """Return completions: records of which a name or a number begins as typed, or nearly so."""
        query = Query(limit=limit * 4)
        for _, asked in _tiers(text):
            answers = self._ask([_search(query, words, ALL) for words in asked], deadline)
            if shown := _merged(answers):
                return arranged(shown, text, limit)
        return ()

    def settings_held(self, deadline: float) -> dict[str, int]:
        """Return how many documents the index holds, by the hash of the settings they were made for."""
        asked = {"indexUid": INDEX, "q": "", "page": 1, "hitsPerPage": 0, "facets": ["settings"]}
        return self._ask([asked], deadline)[0].facets.get("settings", {})

    def _tier(self, query: Query, tier: str, asked: tuple[Words, ...], deadline: float) -> Results:
        answers = self._ask([_search(query, words, tier) for words in asked], deadline)
        speaking = [at for at, one in enumerate(answers) if one.total and not asked[at].is_whole_name]
        shown = _merged(answers)
        if not shown and not speaking:
            return _empty(query, tier)
        if len(speaking) > 1:
            base, is_exact = self._union(query, [asked[at] for at in speaking], deadline)
            main = self._ask([_search(query, base, tier)], deadline)[0]
        else:
            at = speaking[0] if speaking else max(range(len(answers)), key=lambda n: answers[n].total)
            base, is_exact, main = asked[at], True, answers[at]
        if query.sort != "relevance":
            shown = main.shown
        counts = main.facets | self._own_counts(query, base, deadline)
        texts = {key: text for answer in (main, *answers) for key, text in answer.texts.items()}
        return _results(query, tier, _Answer(shown, main.total, counts, texts), is_exact=is_exact)

    def _union(self, query: Query, asked: list[Words], deadline: float) -> tuple[Words, bool]:
        # Several wordings found something: which records do they find together, before a facet is chosen?
        bare = Query(text=query.text, bbox=query.bbox, near=query.near)
        found = self._ask(
            [_search(bare, words, ALL) | {"hitsPerPage": MAX_WINDOW} for words in asked], deadline
        )
        ids = list(dict.fromkeys(one.id for answer in found for one in answer.shown))
        return Words(conditions=(one_of(PRIMARY_KEY, ids),)), all(one.total <= MAX_WINDOW for one in found)

    def _own_counts(self, query: Query, base: Words, deadline: float) -> dict[str, dict[str, int]]:
        # A facet is counted as if nothing had been chosen in it, so each such facet is a question of its own.
        chosen = [name for name in query.facets if query.filters.get(name)]
        if not chosen:
            return {}
        answers = self._ask([_count(query, base, name) for name in chosen], deadline)
        return {
            f"facet_{name}": one.facets.get(f"facet_{name}", {})
            for name, one in zip(chosen, answers, strict=True)
        }

    def _ask(self, queries: list[dict[str, Any]], deadline: float) -> list[_Answer]:
        def call(connections: Connections, until: float) -> list[_Answer]:
            said = connections.client(until).http.post("multi-search", {"queries": queries})["results"]
            if len(said) != len(queries):
                raise ValueError("not as many answers as questions")
            return [_parsed(one) for one in said]

        try:
            answers: list[_Answer] = self._gateway.read(call, deadline)
        except NotFound:
            return [_Answer([], 0, {}) for _ in queries]
        return answers


def _tiers(text: str) -> Iterator[tuple[str, tuple[Words, ...]]]:
    # What found nothing is not asked again: two tiers may be the same words to the server.
    tried: set[Words] = set()
    for tier in plan(text):
        fresh = tuple(words for words in compile_tier(tier) if words not in tried)
        tried.update(fresh)
        if any(not words.is_whole_name for words in fresh):
            yield tier.name, fresh


def _search(query: Query, words: Words, tier: str) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "indexUid": INDEX,
        "q": words.text,
        "filter": [*compile_filters(query), *words.conditions],
        "page": 1,
        "hitsPerPage": _window(query, tier),
        "attributesToRetrieve": ["shown", *ELSEWHERE_FIELDS],
        "facets": ["settings", *(f"facet_{name}" for name in query.facets)],
        "matchingStrategy": "all",
        "locales": ["cmn"],
    }
    if words.fields:
        asked["attributesToSearchOn"] = list(words.fields)
    if order := _order(query, tier):
        asked["sort"] = order
    return asked


def _count(query: Query, words: Words, name: str) -> dict[str, Any]:
    asked = _search(query, words, ALL)
    conditions = [*compile_filters(query, without=name), *words.conditions]
    return asked | {"filter": conditions, "hitsPerPage": 0, "facets": [f"facet_{name}"]}


def _window(query: Query, tier: str) -> int:
    wanted = query.offset + query.limit
    return min(wanted if tier in (ALL, EXACT) else max(wanted, RERANKED), MAX_WINDOW)


def _order(query: Query, tier: str) -> list[str]:
    if query.near and query.sort == "relevance" and tier == ALL:
        return [f"_geoPoint({query.near[1]:.7f}, {query.near[0]:.7f}):asc"]
    return _SORTS.get(query.sort, [])


def _parsed(said: dict[str, Any]) -> _Answer:
    shown = [Shown.unpacked(hit["shown"]) for hit in said["hits"]]
    texts = [{name: str(hit.get(name, "")) for name in ELSEWHERE_FIELDS} for hit in said["hits"]]
    facets = {
        str(name): {str(value): int(n) for value, n in counts.items()}
        for name, counts in (said.get("facetDistribution") or {}).items()
    }
    # totalHits stops at the deepest page that may be asked for; every document counts once under `settings`.
    total = max(int(said["totalHits"]), sum(facets.get("settings", {}).values()))
    return _Answer(shown, total, facets, {one.id: text for one, text in zip(shown, texts, strict=True)})


def _merged(answers: list[_Answer]) -> list[Shown]:
    return list({one.id: one for answer in answers for one in answer.shown}.values())


def _results(query: Query, tier: str, main: _Answer, *, is_exact: bool) -> Results:
    shown = main.shown
    is_loose = tier not in (ALL, EXACT)
    ordered = [(one, tier) for one in shown]
    if is_loose and query.sort == "relevance":
        ordered = closest_first(shown[:RERANKED], query.text, tier) + ordered[RERANKED:]
    page = ordered[query.offset : query.offset + query.limit]
    reasons = Reasons(query.text)
    return Results(
        hits=tuple(
            Hit(one.id, one.kind, found, _field(reasons, one, main.texts[one.id])) for one, found in page
        ),
        total=main.total,
        total_is_exact=is_exact,
        facets={name: _ordered(main.facets.get(f"facet_{name}", {})) for name in query.facets},
        tier=tier,
        engine=_ENGINE,
        suggestion=spelling([one for one, _ in page], query.text) if is_loose else None,
    )


def _field(reasons: Reasons, shown: Shown, texts: dict[str, str]) -> str:
    if not reasons.longest:
        return ""
    wanted = spaced(reasons.longest)
    elsewhere = (name for name in ELSEWHERE_FIELDS if wanted in texts[name])
    return reasons.field(shown) or next(elsewhere, "") or reasons.guess(shown) or a.DESCRIPTION


def _ordered(counts: dict[str, int]) -> tuple[FacetCount, ...]:
    # The server also names values that nothing carries any more.
    found = [FacetCount(value, count) for value, count in counts.items() if count]
    return tuple(sorted(found, key=lambda one: (-one.count, one.value)))


def _empty(query: Query, tier: str) -> Results:
    return Results(
        hits=(),
        total=0,
        total_is_exact=True,
        facets=dict.fromkeys(query.facets, ()),
        tier=tier,
        engine=_ENGINE,
    )
