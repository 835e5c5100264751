"""The plan in tantivy's words. Terms are built, never parsed, so no character has a meaning of its own."""

from collections.abc import Callable, Mapping, Sequence
from functools import singledispatch
from typing import Any, NamedTuple

import tantivy
from tantivy import Occur
from tantivy import Query as Q  # noqa: N817 - search.query.Query is the other one

from search import analysis as a
from search.embedded_schema import HOME, SLIPS, column, facet_column
from search.geometry import Box, to_grid
from search.misspelling import omissions, one_change
from search.plan import (
    Bag,
    Clause,
    Fuzzy,
    Identifier,
    Misspelt,
    Node,
    Phrase,
    Prefix,
    Tier,
    Together,
    Variant,
)
from search.text import tokens

BOOSTS = {
    a.NAME: 8.0,
    a.ALIAS: 6.0,
    a.ENGLISH: 6.0,
    a.SYLLABLES: 4.0,
    a.PINYIN: 4.0,
    a.INITIALS: 3.0,
    a.PLACE: 2.5,
    a.PLACE_PINYIN: 2.0,
    a.HOLDER: 2.0,
    a.GOODS: 1.5,
    a.DESCRIPTION: 1.0,
    a.IDENTIFIER: 10.0,
}
_WHOLE_NAME = 200.0
_NEAR_NAME = 150.0
_WHOLE_TERM = 20.0
_WHOLE_NUMBER = 400.0
_FUZZY_SHARE = 0.5
_HOME = 0.3
_PRODUCT = 2.0  # whoever types a place alone asks what grows there
_TIE = 0.1
_BROAD = 2_000  # records
_TIMES = 4
_PAIR = 2
_SHORT = 3  # characters of a place or a product


class Ground(NamedTuple):
    """What a query is made for.

    Attributes:
        schema: That of the index.
        frequency: How many records hold a token in a field.
        is_large: Whether it pays to weigh, by frequencies, how to look; what is found is the same.
    """

    schema: Any
    frequency: Callable[[str, str], int]
    is_large: bool


def compile_tier(ground: Ground, tier: Tier) -> Any:
    """Return the query for one tier; of equals, products and home records come first."""
    variants = [_variant(ground, variant) for variant in tier.variants]
    return _prominent_first(
        ground.schema, variants[0] if len(variants) == 1 else Q.disjunction_max_query(variants)
    )


def compile_all(schema: Any) -> Any:
    """Return the query for a question without words: everything, products and home records first."""
    return _prominent_first(schema, Q.all_query())


def _prominent_first(schema: Any, base: Any) -> Any:
    home = Q.const_score_query(Q.term_query(schema, column(HOME), "1"), _HOME)
    product = Q.const_score_query(Q.term_query(schema, facet_column("kind"), "gi_product"), _PRODUCT)
    return Q.boolean_query([(Occur.Must, base), (Occur.Should, home), (Occur.Should, product)])


def compile_filters(schema: Any, filters: Mapping[str, tuple[str, ...]], box: Box | None) -> list[Any]:
    """Return conditions that never change the order: one for each facet, two for a box."""
    found = [
        Q.term_set_query(schema, facet_column(name), list(codes)) for name, codes in filters.items() if codes
    ]
    if box:
        found.append(_between(schema, "longitude", box.west, box.east))
        found.append(_between(schema, "latitude", box.south, box.north))
    return [Q.const_score_query(query, 0.0) for query in found]


def compile_phrase(ground: Ground, name: str, word: str) -> Any:
    """Return the condition that one field holds a word."""
    return _adjacent(ground, name, tokens(word))


def _between(schema: Any, column: str, low: float, high: float) -> Any:
    return Q.range_query(schema, column, tantivy.FieldType.Unsigned, to_grid(low), to_grid(high))


def _variant(ground: Ground, variant: Variant) -> Any:
    return _clause(ground, variant[0]) if len(variant) == 1 else _all_clauses(ground, variant)


def _all_clauses(ground: Ground, clauses: Sequence[Clause]) -> Any:
    if len(clauses) == _PAIR and ground.is_large:
        narrow, broad = sorted(clauses, key=lambda clause: _breadth(ground, clause))
        if _is_cheap(narrow) and _breadth(ground, broad) > _BROAD + _TIMES * _breadth(ground, narrow):
            return _met_by_each(ground, narrow, broad)
    return Q.boolean_query([(Occur.Must, _clause(ground, clause)) for clause in clauses])


def _met_by_each(ground: Ground, narrow: Clause, broad: Clause) -> Any:
    # The broad clause's choice is made outside: a choice is walked to its end, a phrase skips to what the narrow
    # one has found. A place and a product among a million records: a third of the time (2026-11).
    wanted = (Occur.Must, _clause(ground, narrow))
    each = (query for node in broad for query in _compile(node, ground))
    pairs = [Q.boolean_query([wanted, (Occur.Must, query)]) for query in each]
    return Q.disjunction_max_query(pairs, tie_breaker=_TIE)


def _is_cheap(clause: Clause) -> bool:
    """Whether a clause may be asked several times: a few terms to look up, none to compare."""
    return all(
        isinstance(node, Prefix) or (isinstance(node, Phrase) and len(node.tokens) <= _SHORT)
        for node in clause
    )


def _breadth(ground: Ground, clause: Clause) -> int:
    """Return about how many records the first phrase of a clause stands in."""
    phrase = clause[0]
    if not isinstance(phrase, Phrase):
        return 0
    return sum(min(ground.frequency(name, token) for token in set(phrase.tokens)) for name in phrase.fields)


def _clause(ground: Ground, clause: Clause) -> Any:
    alternatives = [query for node in clause for query in _compile(node, ground)]
    if len(alternatives) == 1:
        return alternatives[0]
    return Q.disjunction_max_query(alternatives, tie_breaker=_TIE)


@singledispatch
def _compile(node: Node, _ground: Ground) -> list[Any]:
    raise TypeError(node)


@_compile.register
def _(node: Phrase, ground: Ground) -> list[Any]:
    found = [Q.boost_query(_adjacent(ground, name, node.tokens), BOOSTS[name]) for name in node.fields]
    if a.NAME in node.fields or a.ENGLISH in node.fields:
        found.append(_constant(ground, a.EXACT, "".join(node.tokens), _WHOLE_NAME))
    return found


@_compile.register
def _(node: Misspelt, ground: Ground) -> list[Any]:
    if node.is_whole:
        shorter = omissions(node.run)
        near = Q.term_set_query(ground.schema, column(SLIPS), [node.run, *shorter])
        longer = Q.term_set_query(ground.schema, column(a.EXACT), list(shorter))
        return [Q.boost_query(near, _NEAR_NAME), Q.boost_query(longer, _NEAR_NAME)]
    return [
        Q.boost_query(_at_distances(ground, name, places), BOOSTS[name])
        for places in one_change(node.run)
        for name in (a.NAME, a.ALIAS)
    ]


@_compile.register
def _(node: Prefix, ground: Ground) -> list[Any]:
    found = []
    for name in node.fields:
        begins = Q.fuzzy_term_query(ground.schema, column(name), node.text, distance=0, prefix=True)
        found.append(Q.boost_query(begins, BOOSTS[name]))
        found.append(_constant(ground, name, node.text, _WHOLE_TERM + BOOSTS[name]))
    return found


@_compile.register
def _(node: Fuzzy, ground: Ground) -> list[Any]:
    return [
        Q.boost_query(
            Q.fuzzy_term_query(
                ground.schema, column(name), node.text, distance=node.distance, prefix=name == a.PINYIN
            ),
            BOOSTS[name] * _FUZZY_SHARE / node.distance,
        )
        for name in node.fields
    ]


@_compile.register
def _(node: Identifier, ground: Ground) -> list[Any]:
    if node.is_whole:
        return [_constant(ground, a.IDENTIFIER, node.text, _WHOLE_NUMBER)]
    begins = Q.fuzzy_term_query(ground.schema, column(a.IDENTIFIER), node.text, distance=0, prefix=True)
    return [Q.boost_query(begins, BOOSTS[a.IDENTIFIER])]


@_compile.register
def _(node: Bag, ground: Ground) -> list[Any]:
    return [Q.boost_query(_bag(ground, name, node), BOOSTS[name]) for name in node.fields]


@_compile.register
def _(node: Together, ground: Ground) -> list[Any]:
    return [_all_clauses(ground, [(phrase,) for phrase in node.phrases])]


def _bag(ground: Ground, name: str, node: Bag) -> Any:
    characters = [(Occur.Should, Q.term_query(ground.schema, name, c)) for c in node.tokens]
    enough = Q.boolean_query(characters, minimum_number_should_match=node.minimum)
    neighbours = [
        (Occur.Should, Q.const_score_query(Q.phrase_query(ground.schema, name, [left, right]), 5.0))
        for left, right in zip(node.tokens, node.tokens[1:], strict=False)
    ]
    return Q.boolean_query([(Occur.Must, enough), *neighbours])


def _at_distances(ground: Ground, name: str, places: tuple[tuple[int, str], ...]) -> Any:
    words: list[str | tuple[int, str]] = list(places)
    return Q.phrase_query(ground.schema, name, words)


def _adjacent(ground: Ground, name: str, words: tuple[str, ...]) -> Any:
    if len(words) == 1:
        return Q.term_query(ground.schema, name, words[0])
    return Q.phrase_query(ground.schema, name, list(words))


def _constant(ground: Ground, name: str, text: str, score: float) -> Any:
    return Q.const_score_query(Q.term_query(ground.schema, column(name), text), score)
