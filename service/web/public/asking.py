"""A question as an address holds it, and the choices that narrow it: the same on every page that answers one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from fastapi import Request
from sqlalchemy.orm import Session

from search.query import FACETS, MAX_CHARACTERS, MAX_WINDOW, SORTS
from search.query import Query as SearchQuery
from service.register.lookups.townships import names_of_codes
from service.web import wording
from service.web.templating import localised

PAGE_SIZE: Final = 20
_MAX_CHOSEN: Final = 20
_MAX_CODE: Final = 60
_MOST_DIGITS: Final = 4


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

    def file(self, form: str) -> str:
        """Return the address of a file with all pages of the result."""
        before, mark, query = self.href().partition("?")
        return f"{before}.{form}{mark}{query}"

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


def chips_of(session: Session, asked: Asked) -> list[Chip]:
    """Return what is chosen, each with the address of the page without it."""
    chosen = asked.filters
    names = names_of_codes(session, asked.lang, chosen.get("place", ()), chosen.get("category", ()))
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
