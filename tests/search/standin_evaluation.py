"""What a Meilisearch server does with the words, filters, sort and facets of one query, taken literally.

No part of our analysis is used: documents are as they were sent, text is cut at anything that is no letter
or digit, and Han text without spaces stays one word, as unhelpful as a foreign segmenter may be.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

_WORD = re.compile(r"\w+")
_PART = re.compile(r'"([^"]*)"|(\S+)')
_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[\w.]+\([^)]*\)|!=|=|\[|\]|,|\bIN\b|\bAND\b|\bOR\b|[\w.]+)')
_EARTH_M = 6_371_008.8


class Refused(Exception):
    """The query is answered with an error code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Found:
    document: dict[str, Any]
    rank: tuple[Any, ...]


def search(
    documents: dict[str, dict[str, Any]], settings: dict[str, Any], query: dict[str, Any]
) -> dict[str, Any]:
    """Return the body of a search's answer."""
    kept = [one for one in documents.values() if _passes(one, settings, query.get("filter"))]
    if query.get("q") and query.get("matchingStrategy", "last") != "all":
        raise Refused("invalid_search_matching_strategy", "the stand-in knows only: all")
    found = [hit for one in kept if (hit := _match(one, settings, query))]
    found.sort(key=lambda hit: hit.rank)
    limit = settings["pagination"]["maxTotalHits"]
    page, size = query.get("page") or 1, query.get("hitsPerPage", 20)
    total = min(len(found), limit)
    answer = {
        "hits": [
            _shown(one.document, settings, query) for one in found[:limit][(page - 1) * size : page * size]
        ],
        "query": query.get("q") or "",
        "processingTimeMs": 0,
        "page": page,
        "hitsPerPage": size,
        "totalHits": total,
        "totalPages": math.ceil(total / size) if size else 0,
    }
    if query.get("facets"):
        answer["facetDistribution"] = _facets([one.document for one in found], settings, query["facets"])
        answer["facetStats"] = {}
    return answer


def passes(document: dict[str, Any], settings: dict[str, Any], condition: Any) -> bool:
    """Return whether a document passes a filter."""
    return _passes(document, settings, condition)


def _match(document: dict[str, Any], settings: dict[str, Any], query: dict[str, Any]) -> Found | None:
    fields = query.get("attributesToSearchOn") or settings["searchableAttributes"]
    if unknown := [name for name in fields if name not in settings["searchableAttributes"]]:
        raise Refused("invalid_search_attributes_to_search_on", unknown[0])
    parts = _PART.findall(query.get("q") or "")[:10]
    slips, best = 0, []
    for number, (phrase, word) in enumerate(parts):
        is_last = number == len(parts) - 1
        ways = [
            (typos, settings["searchableAttributes"].index(name), at)
            for name in fields
            for typos, at in _places(document.get(name), name, settings, (phrase, word.lower(), is_last))
        ]
        if not ways:
            return None
        slips += min(ways)[0]
        best.append(min(way[1:] for way in ways))
    order = _sort_key(document, settings, query.get("sort") or [])
    ahead = [-document.get(rule[:-5], 0) for rule in settings["rankingRules"] if rule.endswith(":desc")]
    return Found(document, (*order, slips, best, *ahead))


def _places(
    held: Any, name: str, settings: dict[str, Any], part: tuple[str, str, bool]
) -> list[tuple[int, int]]:
    phrase, word, is_last = part
    found = []
    for text in held if isinstance(held, list) else [held or ""]:
        words = _WORD.findall(str(text).lower())
        if word:
            for at, one in enumerate(words):
                typos = _typos(one, word, name, settings, is_last)
                if typos is not None:
                    found.append((typos, at))
        else:
            wanted = _WORD.findall(phrase.lower())
            found += [
                (0, at) for at in range(len(words)) if wanted and words[at : at + len(wanted)] == wanted
            ]
    return found


def _typos(held: str, word: str, name: str, settings: dict[str, Any], is_last: bool) -> int | None:  # noqa: FBT001
    if held == word or (is_last and held.startswith(word)):
        return 0
    rules = settings["typoTolerance"]
    if (
        not rules["enabled"]
        or name in rules["disableOnAttributes"]
        or (rules["disableOnNumbers"] and word.isdigit())
    ):
        return None
    allowed = (len(word) >= 5) + (len(word) >= 9)
    lengths = range(len(word) - allowed, len(word) + allowed + 1) if is_last else [len(held)]
    found = min(
        (_edits(word, held[:size]) + (held[:1] != word[:1]) for size in lengths if size > 0), default=9
    )
    return found if found <= allowed else None


def _edits(left: str, right: str) -> int:
    rows = [list(range(len(right) + 1))]
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and b == left[i - 2]:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]


def _sort_key(document: dict[str, Any], settings: dict[str, Any], sort: list[str]) -> list[Any]:
    key: list[Any] = []
    for rule in sort:
        name, _, way = rule.rpartition(":")
        if point := re.fullmatch(r"_geoPoint\((.+),(.+)\)", name):
            value: Any = _metres(document, float(point[1]), float(point[2]))
            name = "_geo"
        else:
            value = document.get(name)
        if name not in settings["sortableAttributes"] or way not in {"asc", "desc"}:
            raise Refused("invalid_search_sort", rule)
        key.append(value if way == "asc" else -value)
    return key


def _shown(document: dict[str, Any], settings: dict[str, Any], query: dict[str, Any]) -> dict[str, Any]:
    wanted = query.get("attributesToRetrieve") or settings["displayedAttributes"]
    return {
        name: document[name]
        for name in wanted
        if name in settings["displayedAttributes"] and name in document
    }


def _facets(
    documents: list[dict[str, Any]], settings: dict[str, Any], names: list[str]
) -> dict[str, dict[str, int]]:
    found = {}
    for name in names:
        if name not in settings["filterableAttributes"]:
            raise Refused("invalid_search_facets", name)
        counts = Counter(str(value) for one in documents for value in _values(one, name))
        found[name] = dict(sorted(counts.items())[: settings["faceting"]["maxValuesPerFacet"]])
    return found


def _values(document: dict[str, Any], name: str) -> list[Any]:
    held = document.get(name)
    return held if isinstance(held, list) else [] if held is None else [held]


def _passes(document: dict[str, Any], settings: dict[str, Any], condition: Any) -> bool:
    if condition is None:
        return True
    if isinstance(condition, list):  # the inner lists of an array are alternatives
        return all(
            any(_passes(document, settings, one) for one in part)
            if isinstance(part, list)
            else _passes(document, settings, part)
            for part in condition
        )
    return _condition(document, settings, _tokens(condition))


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if not match:
            raise Refused("invalid_search_filter", f"at {at}: {text[at : at + 20]}")
        found.append(match[1])
        at = match.end()
    return found


def _condition(document: dict[str, Any], settings: dict[str, Any], tokens: list[str]) -> bool:
    if len(tokens) == 1 and tokens[0].startswith(("_geoRadius(", "_geoBoundingBox(")):
        return _is_there(document, tokens[0])
    if len(tokens) < 3 or tokens[0] not in settings["filterableAttributes"]:
        raise Refused("invalid_search_filter", " ".join(tokens))
    name, sign, *rest = tokens
    held = {str(value).lower() for value in _values(document, name)}
    if sign == "IN" and rest[0] == "[" and rest[-1] == "]":
        wanted = {_unquoted(one) for one in rest[1:-1] if one != ","}
        return bool(held & wanted)
    if sign in {"=", "!="} and len(rest) == 1:
        return (_unquoted(rest[0]) in held) == (sign == "=")
    raise Refused("invalid_search_filter", " ".join(tokens))


def _unquoted(token: str) -> str:
    if not token.startswith('"'):
        raise Refused("invalid_search_filter", token)
    return re.sub(r"\\(.)", r"\1", token[1:-1]).lower()


def _is_there(document: dict[str, Any], call: str) -> bool:
    if "_geo" not in document:
        return False
    figures = [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", call)]
    if call.startswith("_geoRadius"):
        return _metres(document, figures[0], figures[1]) <= figures[2]
    north, east, south, west = figures
    point = document["_geo"]
    return south <= point["lat"] <= north and west <= point["lng"] <= east


def _metres(document: dict[str, Any], lat: float, lng: float) -> float:
    point = document.get("_geo")
    if not point:
        return math.inf
    a, b = math.radians(lat), math.radians(point["lat"])
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(
        math.radians(lng - point["lng"])
    )
    return _EARTH_M * math.acos(max(-1.0, min(1.0, cosine)))
