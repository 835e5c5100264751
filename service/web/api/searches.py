"""Search for programs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from search import highlight
from search.query import FACETS
from search.query import Query as SearchQuery
from service.register.lookups import Found, SearchAnswer
from service.vocabulary import Industry, RecordKind, Track
from service.web.api import shapes, shaping
from service.web.deps import ReadSessionDep, TodayDep
from service.web.parameters import (
    Box,
    Codes,
    Limit,
    Near,
    PageNumber,
    QueryText,
    read_box,
    read_near,
)
from service.web.searching import Choice, Facet, SearchDep, facets_in_words

router = APIRouter(tags=["search"])
_MOST_VALUES = 100  # of one facet
Kinds = Annotated[tuple[RecordKind, ...], Query(max_length=20, description="Kinds of record.")]
Tracks = Annotated[tuple[Track, ...], Query(max_length=20, description="Rights.")]
Industries = Annotated[tuple[Industry, ...], Query(max_length=20, description="Industries.")]
YesOrNo = Annotated[
    tuple[Literal["true", "false"], ...], Query(max_length=2, description="Has authorised users.")
]
Sort = Annotated[Literal["relevance", "name", "date"], Query(description="Order of the hits.")]


@router.get("/search", response_model=shapes.SearchShape)
def search(
    session: ReadSessionDep,
    today: TodayDep,
    searching: SearchDep,
    q: QueryText = "",
    page: PageNumber = 1,
    limit: Limit = 20,
    kind: Kinds = (),
    track: Tracks = (),
    state: Codes = (),
    category: Codes = (),
    industry: Industries = (),
    place: Codes = (),
    nice_class: Codes = (),
    year: Codes = (),
    has_users: YesOrNo = (),
    sort: Sort = "relevance",
    bbox: Box = None,
    near: Near = None,
) -> Any:
    """Return records that match what was typed: a name, number, pinyin, initials or English."""
    chosen = {
        "kind": kind,
        "track": track,
        "state": state,
        "category": category,
        "industry": industry,
        "place": place,
        "nice_class": nice_class,
        "year": year,
        "has_users": has_users,
    }
    filters = {name: tuple(map(str, codes)) for name, codes in chosen.items() if codes}
    query = SearchQuery(
        text=q,
        filters=filters,
        sort=sort,
        page=page,
        limit=limit,
        facets=FACETS,
        bbox=read_box(bbox),
        near=read_near(near),
    )
    answer = searching.answer(session, query, today)
    return _shape(answer, query, facets_in_words(session, answer.facets, filters, "zh", _MOST_VALUES))


def _shape(answer: SearchAnswer, query: SearchQuery, facets: list[Facet]) -> shapes.SearchShape:
    return shapes.SearchShape(
        hits=[_hit(found, query.text) for found in answer.hits],
        total=answer.total,
        total_is_exact=answer.total_is_exact,
        facets=dict.fromkeys(answer.facets, ())
        | {facet.name: [_choice(one) for one in facet.choices] for facet in facets},
        page=query.page,
        tier=answer.tier,
        engine=answer.engine,
        suggestion=answer.suggestion,
        data_version=answer.data_version,
    )


def _hit(found: Found, text: str) -> shapes.HitShape:
    ranges = [[start, end] for start, end in highlight.highlights(found.name, text)] if text else []
    return shapes.HitShape(
        id=found.id,
        kind=found.kind.value,
        name=found.name,
        name_en=found.name_en,
        url=found.path,
        state=shaping.labelled(found.state) if found.state else None,
        tracks=[
            shapes.TrackState(track=shaping.labelled(track), state=shaping.labelled(state))
            for track, state in found.tracks
        ],
        place=found.place,
        detail=found.detail,
        is_demonstration=found.is_demonstration,
        is_verified=found.is_verified,
        matched=shapes.Matched(field=found.field, tier=found.tier),
        highlights={"name": ranges} if ranges else {},
    )


def _choice(one: Choice) -> shapes.FacetShape:
    return shapes.FacetShape(value=one.value, label=one.label, count=one.count, selected=one.selected)


@router.get("/suggest", response_model=shapes.SuggestShape)
def suggest(searching: SearchDep, q: QueryText) -> Any:
    """Return at most eight completions of what is being typed."""
    return shapes.SuggestShape(
        items=[
            shapes.SuggestionShape(text=each.text, kind=each.kind, field=each.field)
            for each in searching.suggest(q)
        ]
    )
