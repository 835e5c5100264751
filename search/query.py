"""What is asked of an engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field

FACETS = ("kind", "track", "state", "category", "industry", "place", "nice_class", "year", "has_users")
SORTS = ("relevance", "name", "date")
MAX_CHARACTERS = 100
MAX_TERMS = 8
MAX_LIMIT = 100
MAX_WINDOW = 1_000  # the deepest hit that can be paged to: Meilisearch's maxTotalHits, kept by both engines


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question in the reader's own words, with filters chosen from closed lists.

    Attributes:
        text: What was typed; longer than `MAX_CHARACTERS` is cut, more than `MAX_TERMS` words are ignored.
        filters: Facet name to chosen codes; codes of one facet are alternatives, facets add up.
        sort: relevance, name (by pinyin) or date (newest first).
        facets: Facets to count; each is counted without its own filter, so that one can widen a choice.
        bbox: min_lon, min_lat, max_lon, max_lat in WGS 84 degrees.
        near: lon, lat, radius in metres.

    Raises:
        ValueError: an unknown facet or sort, or a page or limit out of range.
    """

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = "relevance"
    page: int = 1
    limit: int = 20
    facets: tuple[str, ...] = ()
    bbox: tuple[float, float, float, float] | None = None
    near: tuple[float, float, float] | None = None

    def __post_init__(self) -> None:
        unknown = [name for name in (*self.filters, *self.facets) if name not in FACETS]
        if unknown:
            raise ValueError(f"unknown facet: {unknown[0]}")
        if self.sort not in SORTS:
            raise ValueError(f"unknown sort: {self.sort}")
        if self.page < 1 or not 0 <= self.limit <= MAX_LIMIT:
            raise ValueError("page or limit out of range")

    @property
    def offset(self) -> int:
        """Return how many hits lie before this page."""
        return (self.page - 1) * self.limit
