"""Search results: facets, chips, paging; every state of the page stands in its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from search.highlight import highlights
from search.query import FACETS, MAX_CHARACTERS, MAX_WINDOW, SORTS
from search.query import Query as SearchQuery
from service.identifiers import Kind, recognise
from service.register.lookups import Found, SearchAnswer
from service.register.lookups.townships import names_of_codes
from service.web import wording
from service.web.deps import LanguageDep, ReadSessionDep, TodayDep
from service.web.searching import SearchDep, facets_in_words
from service.web.templating import localised, render

router = APIRouter()

PAGE_SIZE: Final = 20
_SHOWN: Final = 40  # values of a facet
_MAX_CHOSEN: Final = 20
_MAX_CODE: Final = 60
_MOST_DIGITS: Final = 4
_CODES: Final = frozenset({Kind.USCC, Kind.AUTHORISATION})


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen value with the address of the page without it."""

    facet: str
    label: str
    href: str
    is_place: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text, and whether it is what was asked for."""

    text: str
    is_match: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A hit with its names in pieces."""

    found: Found
    name: tuple[Piece, ...]
    name_en: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """The question as the address holds it."""

    text: str
    filters: Mapping[str, tuple[str, ...]]
    sort: str
    page: int
    lang: str

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
        return localised("/search", self.lang) + (f"?{query}" if query else "")

    @property
    def query(self) -> SearchQuery:
        """The question for the engine."""
        return SearchQuery(
            text=self.text,
            filters=self.filters,
            sort=self.sort,
            page=self.page,
            limit=PAGE_SIZE,
            facets=FACETS,
        )


@router.get("/search", response_model=None)
def results(
    request: Request,
    session: ReadSessionDep,
    search: SearchDep,
    today: TodayDep,
    lang: LanguageDep,
    q: Annotated[str, Query(description="要找的内容")] = "",
) -> HTMLResponse | RedirectResponse:
    """Return the results; a pasted code goes straight to its verdict."""
    asked = _asked(request, q, lang)
    if not asked.filters and recognise(asked.text).kind in _CODES:
        where = localised("/verify", lang) + "?" + urlencode({"code": asked.text})
        return RedirectResponse(where, 303, {"Cache-Control": "no-store"})
    answer = search.answer(session, asked.query, today)
    facets = facets_in_words(session, answer, asked.filters, lang, _SHOWN)
    return render(
        request,
        "public/results.html",
        asked=asked,
        answer=answer,
        rows=[_row(found, asked.text) for found in answer.hits],
        facets=facets,
        chips=_chips(session, asked),
        sorts=SORTS,
        last_page=_last_page(answer),
        is_cut=len(q.strip()) > MAX_CHARACTERS,
    )


def _asked(request: Request, text: str, lang: str) -> Asked:
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
    )


def _row(found: Found, question: str) -> Row:
    return Row(found, _pieces(found.name, question), _pieces(found.name_en or "", question))


def _pieces(text: str, question: str) -> tuple[Piece, ...]:
    """Return the text in pieces, in order and without loss."""
    pieces, at = [], 0
    for start, end in highlights(text, question):
        pieces += [Piece(text[at:start], is_match=False), Piece(text[start:end], is_match=True)]
        at = end
    return tuple(piece for piece in (*pieces, Piece(text[at:], is_match=False)) if piece.text)


def _chips(session: Session, asked: Asked) -> list[Chip]:
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


def _last_page(answer: SearchAnswer) -> int:
    return max(1, -(-min(answer.total, MAX_WINDOW) // PAGE_SIZE))
