"""The shape of the index on a Meilisearch server: its settings, and a document as it is sent."""

from typing import Any

from search import analysis as a
from search.analysis import derive, settings_hash
from search.document import Document
from search.pinyin import sort_key
from search.query import FACETS, MAX_WINDOW
from search.shown import Shown

INDEX = "registry"
NEXT = "registry_next"
PRIMARY_KEY = "id"

ELSEWHERE_FIELDS = (a.PLACE, a.HOLDER, a.GOODS)  # read back to say which of them matched

# In order of weight. `exact` is only filtered by: its terms are whole names.
_SEARCHABLE = (
    a.NAME, a.ALIAS, a.ENGLISH, a.IDENTIFIER, a.SYLLABLES, a.PINYIN, a.INITIALS,
    a.PLACE, a.PLACE_PINYIN, a.HOLDER, a.GOODS, a.DESCRIPTION,
)  # fmt: skip
_NO_TYPOS = tuple(name for name in _SEARCHABLE if name not in (a.ENGLISH, a.PINYIN))

SETTINGS: dict[str, Any] = {
    "searchableAttributes": list(_SEARCHABLE),
    "displayedAttributes": [PRIMARY_KEY, "shown", *ELSEWHERE_FIELDS],
    "filterableAttributes": [
        *(f"facet_{name}" for name in FACETS), "settings", a.EXACT, a.IDENTIFIER, PRIMARY_KEY, "_geo",
    ],
    "sortableAttributes": ["sort_name", "sort_year", "prominence", "_geo"],
    # `sort` first: a reader who asks for an order gets that order. `attribute` is known to every 1.x server.
    "rankingRules": ["sort", "words", "typo", "proximity", "attribute", "exactness", "prominence:desc"],
    "localizedAttributes": [{"attributePatterns": ["*"], "locales": ["cmn"]}],
    "typoTolerance": {"enabled": True, "disableOnNumbers": True, "disableOnAttributes": list(_NO_TYPOS)},
    "faceting": {"maxValuesPerFacet": 1000},
    "pagination": {"maxTotalHits": MAX_WINDOW},
    "searchCutoffMs": 300,
}  # fmt: skip
SETTINGS_HASH = settings_hash(SETTINGS)


def row(document: Document) -> dict[str, Any]:
    """Return a document as the server stores it; it carries the hash of the settings it was made for."""
    derived = derive(document)
    held: dict[str, Any] = {
        PRIMARY_KEY: document.id,
        "shown": Shown.of(document).packed(),
        "settings": SETTINGS_HASH,
        "prominence": 2 * document.is_home + (document.kind == "gi_product"),
        "sort_name": sort_key(document.name),
        "sort_year": document.year or 0,
        **derived.spaced,
        **derived.listed,
        **{f"facet_{name}": list(codes) for name, codes in document.facets.items()},
    }
    if document.longitude is not None and document.latitude is not None:
        held["_geo"] = {"lat": document.latitude, "lng": document.longitude}
    return held
