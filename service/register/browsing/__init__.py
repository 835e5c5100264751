"""Records and drafts as the staff desk looks at them: lists, one record, one draft."""

from service.register.browsing.areas import (
    WITHOUT_AREA,
    AreaNarrowing,
    ListedRight,
    RightPage,
    list_rights,
)
from service.register.browsing.finding import DeskDraft, DeskRecord, find_desk_draft, find_record, name_of
from service.register.browsing.listing import (
    NEWEST,
    ListedRecord,
    Narrowing,
    RecordPage,
    all_records,
    list_page,
)
from service.register.browsing.listing_drafts import LISTED, DraftPage, list_drafts
from service.register.browsing.shelves import SHELVES, Shelf
from service.register.browsing.similar import Similar, looked_at, similar_to

__all__ = [
    "LISTED",
    "NEWEST",
    "SHELVES",
    "WITHOUT_AREA",
    "AreaNarrowing",
    "DeskDraft",
    "DeskRecord",
    "DraftPage",
    "ListedRecord",
    "ListedRight",
    "Narrowing",
    "RecordPage",
    "RightPage",
    "Shelf",
    "Similar",
    "all_records",
    "find_desk_draft",
    "find_record",
    "list_drafts",
    "list_page",
    "list_rights",
    "looked_at",
    "name_of",
    "similar_to",
]
