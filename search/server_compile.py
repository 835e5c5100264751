"""The plan in Meilisearch's words: quoted phrases of single characters, plain words, and filters on codes.

A tier becomes a list of queries, any of which may answer. Quoting keeps the server's own segmentation of
Chinese out of it; everything between quotes is a token of letters, digits or one Han character.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch
from itertools import combinations, islice, product

from search import analysis as a
from search.geometry import box_of
from search.misspelling import one_change
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
from search.query import Query
from search.server_settings import SETTINGS_HASH

_NOTHING = 'settings = "none"'  # a box whose west lies east of its east would reach round the globe
_MAX_QUERIES = 48
_MAX_CHOICES = 16
_MAX_WORDS = 10  # the server reads ten words and ignores the rest


@dataclass(frozen=True, slots=True)
class Words:
    """One query of the server: what to look for, in which attributes, under which conditions."""

    text: str = ""
    fields: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    is_whole_name: bool = False  # it only lifts records that another query finds as well


def compile_tier(tier: Tier) -> tuple[Words, ...]:
    """Return the queries of a tier, the likeliest first."""
    found = [words for variant in tier.variants for words in _variant(variant)]
    return tuple(dict.fromkeys(found))[:_MAX_QUERIES]


def compile_filters(query: Query, *, without: str | None = None) -> list[str]:
    """Return the conditions that a question's filters and place stand for."""
    found = [f'settings = "{SETTINGS_HASH}"', *_facets(query.filters, without)]
    if box := box_of(query.bbox, query.near):
        corners = f"[{box.north:.7f}, {box.east:.7f}], [{box.south:.7f}, {box.west:.7f}]"
        found.append(_NOTHING if box.is_empty else f"_geoBoundingBox({corners})")
    if query.near:
        lon, lat, radius_m = query.near
        found.append(f"_geoRadius({lat:.7f}, {lon:.7f}, {radius_m:.1f})")
    return found


def one_of(attribute: str, values: Sequence[str]) -> str:
    """Return the condition that an attribute holds one of the values, whatever characters they have."""
    return f"{attribute} IN [{', '.join(_quoted(value) for value in values)}]"


def _facets(filters: Mapping[str, tuple[str, ...]], without: str | None) -> list[str]:
    return [one_of(f"facet_{name}", codes) for name, codes in filters.items() if codes and name != without]


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _variant(variant: Variant) -> list[Words]:
    choices = [_clause(clause) for clause in variant]
    if len(choices) > 1:
        choices = [[words for words in choice if not words.is_whole_name] for choice in choices]
    # Of all combinations those come first that bend the fewest words.
    ways = sorted(
        islice(product(*(range(len(choice)) for choice in choices)), _MAX_QUERIES * _MAX_CHOICES), key=sum
    )
    return [
        _joined([choice[at] for choice, at in zip(choices, way, strict=True)]) for way in ways[:_MAX_QUERIES]
    ]


def _clause(clause: Clause) -> list[Words]:
    found: dict[tuple[str, tuple[str, ...], bool], list[str]] = {}
    for node in clause:
        for words in _compile(node):
            fields = found.setdefault((words.text, words.conditions, words.is_whole_name), [])
            fields.extend(words.fields)
    return [
        Words(text, tuple(dict.fromkeys(fields)), conditions, whole)
        for (text, conditions, whole), fields in found.items()
    ]


def _joined(parts: list[Words]) -> Words:
    if len(parts) == 1:
        return parts[0]
    return Words(
        " ".join(part.text for part in parts if part.text),
        tuple(dict.fromkeys(name for part in parts for name in part.fields)),
        tuple(condition for part in parts for condition in part.conditions),
    )


@singledispatch
def _compile(node: Node) -> list[Words]:
    raise TypeError(node)


@_compile.register
def _(node: Phrase) -> list[Words]:
    if a.NAME in node.fields and node.tokens[0].isascii() and len(node.tokens) == 1:
        return [Words(node.tokens[0], node.fields)]
    found = [Words(_phrase(node.tokens), node.fields)]
    if a.NAME in node.fields:
        whole = f'{a.EXACT} = "{"".join(node.tokens)}"'
        found.insert(0, Words(conditions=(whole,), is_whole_name=True))
    return found


@_compile.register
def _(node: Prefix) -> list[Words]:
    return [Words(node.text, node.fields)]


@_compile.register
def _(node: Fuzzy) -> list[Words]:
    return [Words(node.text, node.fields)]  # the server's own typo tolerance


@_compile.register
def _(node: Identifier) -> list[Words]:
    if node.is_whole:
        return [Words(conditions=(f'{a.IDENTIFIER} = "{node.text}"',), is_whole_name=True)]
    return [Words(node.text, (a.IDENTIFIER,))]


@_compile.register
def _(node: Misspelt) -> list[Words]:
    return [Words(_around_gaps(places), (a.NAME, a.ALIAS)) for places in one_change(node.run)]


@_compile.register
def _(node: Bag) -> list[Words]:
    tokens = node.tokens[:_MAX_WORDS]
    ways = islice(combinations(tokens, min(node.minimum, len(tokens))), _MAX_CHOICES)
    return [Words(" ".join(_phrase((token,)) for token in way), node.fields) for way in ways]


@_compile.register
def _(node: Together) -> list[Words]:
    fields = tuple(dict.fromkeys(name for phrase in node.phrases for name in phrase.fields))
    return [Words(" ".join(_phrase(phrase.tokens) for phrase in node.phrases), fields)]


def _around_gaps(places: tuple[tuple[int, str], ...]) -> str:
    phrases: list[list[str]] = []
    last = None
    for at, token in places:
        if last is None or at != last + 1:
            phrases.append([])
        phrases[-1].append(token)
        last = at
    return " ".join(_phrase(phrase) for phrase in phrases)


def _phrase(tokens: Sequence[str]) -> str:
    return '"' + " ".join(tokens) + '"'
