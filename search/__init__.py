"""Search over registry documents: documents in, ranked hits and facets out; no SQL, no web."""

from search.document import Document
from search.engine import Engine, SearchUnavailable, open_engine
from search.highlight import highlights
from search.query import FACETS, SORTS, Query
from search.results import FacetCount, Hit, Results, Stats, Suggestion

__all__ = [
    "FACETS",
    "SORTS",
    "Document",
    "Engine",
    "FacetCount",
    "Hit",
    "Query",
    "Results",
    "SearchUnavailable",
    "Stats",
    "Suggestion",
    "highlights",
    "open_engine",
]
