"""A question as an address holds it, and the choices that narrow it: the same on every page that answers one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from fastapi import Request

from search.query import FACETS, MAX_CHARACTERS, MAX_WINDOW, SORTS
from search.query import Query as SearchQuery
from service.web import wording
from service.web.templating import localised

PAGE_SIZE: Final = 20
_MAX_CHOSEN: Final = 20
_MAX_CODE: Final = 60
_MOST_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet: what it means, how many, and whether it is chosen."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with its values; open when something in it is chosen."""

    name: str
    label: str
    choices: tuple[Choice, ...]

    @property
    def is_open(self) -> bool:
        """Whether one of its values is chosen."""
        return any(choice.selected for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen value with the address of the page without it."""

    facet: str
    label: str
    href: str
    is_place: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """The question as the address holds it; `path` is the page that answers it."""

    text: str
    filters: Mapping[str, tuple[str, ...]]
    sort: str
    page: int
    lang: str
    path: str = "/search"
    page_size: int = PAGE_SIZE

    def href(self, **changes: object) -> str:
        """Return the address of this question with changes; a page is forgotten unless it is named."""
        pairs: list[tuple[str, str]] = [("q", self.text)] if self.text else []
        pairs += [(name, value) for name, values in self.filters.items() for value in values]
        if self.sort != SORTS[0]:
            pairs.append(("sort", self.sort))
        without = changes.pop("without", None)
        named = {key: str(value) for key, value in changes.items()}
        kept = [pair for pair in pairs if pair != without and pair[0] not in named]
        query = urlencode([*kept, *named.items()])
        return localised(self.path, self.lang) + (f"?{query}" if query else "")

    def elsewhere(self, path: str) -> str:
        """Return the address of the page that answers the same question in another way."""
        return replace(self, path=path, page=1).href()

    @property
    def query(self) -> SearchQuery:
        """The question for the engine."""
        return SearchQuery(
            text=self.text,
            filters=self.filters,
            sort=self.sort,
            page=self.page,
            limit=self.page_size,
            facets=FACETS,
        )


def read_question(request: Request, text: str, lang: str, path: str = "/search") -> Asked:
    """Return the question, leniently: a link with foreign parameters still finds what it names."""
    given = request.query_params
    filters = {
        name: tuple(dict.fromkeys(value[:_MAX_CODE] for value in given.getlist(name) if value))[:_MAX_CHOSEN]
        for name in FACETS
    }
    page = given.get("page", "1")
    sort = given.get("sort", SORTS[0])
    return Asked(
        text.strip()[:MAX_CHARACTERS],
        {name: values for name, values in filters.items() if values},
        sort if sort in SORTS else SORTS[0],
        min(max(int(page), 1), MAX_WINDOW // PAGE_SIZE)
        if page.isascii() and page.isdigit() and len(page) <= _MOST_DIGITS
        else 1,
        lang,
        path,
    )


def facets_of(
    counts: Mapping[str, Sequence[tuple[str, int]]],
    asked: Asked,
    names: Mapping[str, str],
    wanted: Sequence[str] = FACETS,
) -> list[Facet]:
    """Return the facets that have values, in their order, in the reader's language."""
    return [
        Facet(
            name,
            wording.facet_name(name, asked.lang),
            _choices(name, counts.get(name, ()), asked, names),
        )
        for name in wanted
        if counts.get(name)
    ]


def chips_of(asked: Asked, names: Mapping[str, str]) -> list[Chip]:
    """Return what is chosen, each with the address without it."""
    return [
        Chip(
            wording.facet_name(name, asked.lang),
            wording.facet_label(name, value, asked.lang, names),
            asked.href(without=(name, value)),
            is_place=name == "place",
        )
        for name, values in asked.filters.items()
        for value in values
    ]


def _choices(
    name: str, counts: Sequence[tuple[str, int]], asked: Asked, names: Mapping[str, str]
) -> tuple[Choice, ...]:
    chosen = asked.filters.get(name, ())
    return tuple(
        Choice(value, wording.facet_label(name, value, asked.lang, names), count, value in chosen)
        for value, count in counts
    )
