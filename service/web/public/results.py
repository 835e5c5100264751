"""Search results: facets, chips, paging; every state of the page stands in its address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from search.highlight import highlights
from search.query import MAX_CHARACTERS, MAX_WINDOW, SORTS
from service.identifiers import Kind, recognise
from service.register.lookups import Found, SearchAnswer
from service.web.deps import LanguageDep, ReadSessionDep, TodayDep
from service.web.public.asking import PAGE_SIZE, chips_of, read_question
from service.web.searching import NOT_KEPT, SearchDep, facets_in_words
from service.web.templating import localised, render

router = APIRouter()

_SHOWN: Final = 40  # values of a facet
_CODES: Final = frozenset({Kind.USCC, Kind.AUTHORISATION})


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
    asked = read_question(request, q, lang)
    if not asked.filters and recognise(asked.text).kind in _CODES:
        where = localised("/verify", lang) + "?" + urlencode({"code": asked.text})
        return RedirectResponse(where, 303, {"Cache-Control": "no-store"})
    answer = search.answer(session, asked.query, today)
    facets = facets_in_words(session, answer.facets, asked.filters, lang, _SHOWN)
    return render(
        request,
        "public/results.html",
        headers=NOT_KEPT if answer.engine == "database" else None,
        asked=asked,
        answer=answer,
        rows=[_row(found, asked.text) for found in answer.hits],
        facets=facets,
        chips=chips_of(session, asked),
        sorts=SORTS,
        last_page=_last_page(answer),
        is_cut=len(q.strip()) > MAX_CHARACTERS,
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


def _last_page(answer: SearchAnswer) -> int:
    return max(1, -(-min(answer.total, MAX_WINDOW) // PAGE_SIZE))
