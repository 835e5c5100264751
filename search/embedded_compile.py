"""The plan in tantivy's words. Terms are built, never parsed, so no character has a meaning of its own."""

from collections.abc import Mapping
from functools import singledispatch
from typing import Any

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
_TIE = 0.1


def compile_tier(schema: Any, tier: Tier) -> Any:
    """Return the query for one tier, home records a little ahead of equals."""
    variants = [_variant(schema, variant) for variant in tier.variants]
    base = variants[0] if len(variants) == 1 else Q.disjunction_max_query(variants)
    home = Q.const_score_query(Q.term_query(schema, column(HOME), "1"), _HOME)
    return Q.boolean_query([(Occur.Must, base), (Occur.Should, home)])


def compile_all(schema: Any) -> Any:
    """Return the query for a question without words: everything, home records first."""
    home = Q.const_score_query(Q.term_query(schema, column(HOME), "1"), _HOME)
    return Q.boolean_query([(Occur.Must, Q.all_query()), (Occur.Should, home)])


def compile_filters(schema: Any, filters: Mapping[str, tuple[str, ...]], box: Box | None) -> list[Any]:
    """Return conditions that never change the order: one for each facet, two for a box."""
    found = [
        Q.term_set_query(schema, facet_column(name), list(codes)) for name, codes in filters.items() if codes
    ]
    if box:
        found.append(_between(schema, "longitude", box.west, box.east))
        found.append(_between(schema, "latitude", box.south, box.north))
    return [Q.const_score_query(query, 0.0) for query in found]


def compile_phrase(schema: Any, name: str, word: str) -> Any:
    """Return the condition that one field holds a word."""
    return _adjacent(schema, name, tokens(word))


def _between(schema: Any, column: str, low: float, high: float) -> Any:
    return Q.range_query(schema, column, tantivy.FieldType.Unsigned, to_grid(low), to_grid(high))


def _variant(schema: Any, variant: Variant) -> Any:
    clauses = [_clause(schema, clause) for clause in variant]
    if len(clauses) == 1:
        return clauses[0]
    return Q.boolean_query([(Occur.Must, clause) for clause in clauses])


def _clause(schema: Any, clause: Clause) -> Any:
    alternatives = [query for node in clause for query in _compile(node, schema)]
    if len(alternatives) == 1:
        return alternatives[0]
    return Q.disjunction_max_query(alternatives, tie_breaker=_TIE)


@singledispatch
def _compile(node: Node, _schema: Any) -> list[Any]:
    raise TypeError(node)


@_compile.register
def _(node: Phrase, schema: Any) -> list[Any]:
    found = [Q.boost_query(_adjacent(schema, name, node.tokens), BOOSTS[name]) for name in node.fields]
    if a.NAME in node.fields or a.ENGLISH in node.fields:
        found.append(_constant(schema, a.EXACT, "".join(node.tokens), _WHOLE_NAME))
    return found


@_compile.register
def _(node: Misspelt, schema: Any) -> list[Any]:
    if node.is_whole:
        shorter = omissions(node.run)
        near = Q.term_set_query(schema, column(SLIPS), [node.run, *shorter])
        longer = Q.term_set_query(schema, column(a.EXACT), list(shorter))
        return [Q.boost_query(near, _NEAR_NAME), Q.boost_query(longer, _NEAR_NAME)]
    return [
        Q.boost_query(_at_distances(schema, name, places), BOOSTS[name])
        for places in one_change(node.run)
        for name in (a.NAME, a.ALIAS)
    ]


@_compile.register
def _(node: Prefix, schema: Any) -> list[Any]:
    found = []
    for name in node.fields:
        begins = Q.fuzzy_term_query(schema, column(name), node.text, distance=0, prefix=True)
        found.append(Q.boost_query(begins, BOOSTS[name]))
        found.append(_constant(schema, name, node.text, _WHOLE_TERM + BOOSTS[name]))
    return found


@_compile.register
def _(node: Fuzzy, schema: Any) -> list[Any]:
    return [
        Q.boost_query(
            Q.fuzzy_term_query(
                schema, column(name), node.text, distance=node.distance, prefix=name == a.PINYIN
            ),
            BOOSTS[name] * _FUZZY_SHARE / node.distance,
        )
        for name in node.fields
    ]


@_compile.register
def _(node: Identifier, schema: Any) -> list[Any]:
    if node.is_whole:
        return [_constant(schema, a.IDENTIFIER, node.text, _WHOLE_NUMBER)]
    begins = Q.fuzzy_term_query(schema, column(a.IDENTIFIER), node.text, distance=0, prefix=True)
    return [Q.boost_query(begins, BOOSTS[a.IDENTIFIER])]


@_compile.register
def _(node: Bag, schema: Any) -> list[Any]:
    return [Q.boost_query(_bag(schema, name, node), BOOSTS[name]) for name in node.fields]


@_compile.register
def _(node: Together, schema: Any) -> list[Any]:
    parts = [(Occur.Must, _clause(schema, (phrase,))) for phrase in node.phrases]
    return [Q.boolean_query(parts)]


def _bag(schema: Any, name: str, node: Bag) -> Any:
    characters = [(Occur.Should, Q.term_query(schema, name, c)) for c in node.tokens]
    enough = Q.boolean_query(characters, minimum_number_should_match=node.minimum)
    neighbours = [
        (Occur.Should, Q.const_score_query(Q.phrase_query(schema, name, [left, right]), 5.0))
        for left, right in zip(node.tokens, node.tokens[1:], strict=False)
    ]
    return Q.boolean_query([(Occur.Must, enough), *neighbours])


def _at_distances(schema: Any, name: str, places: tuple[tuple[int, str], ...]) -> Any:
    words: list[str | tuple[int, str]] = list(places)
    return Q.phrase_query(schema, name, words)


def _adjacent(schema: Any, name: str, words: tuple[str, ...]) -> Any:
    if len(words) == 1:
        return Q.term_query(schema, name, words[0])
    return Q.phrase_query(schema, name, list(words))


def _constant(schema: Any, name: str, text: str, score: float) -> Any:
    return Q.const_score_query(Q.term_query(schema, column(name), text), score)
