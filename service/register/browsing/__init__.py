"""Records and drafts as the staff desk looks at them: lists, one record, one draft."""

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
from service.register.browsing.trail import (
    MOST_COUNTED,
    TrailPage,
    TrailQuestion,
    TrailRow,
    all_rows,
    search_trail,
)
from service.register.browsing.versions import Version, shown_on, versions_of

__all__ = [
    "LISTED",
    "MOST_COUNTED",
    "NEWEST",
    "SHELVES",
    "DeskDraft",
    "DeskRecord",
    "DraftPage",
    "ListedRecord",
    "Narrowing",
    "RecordPage",
    "Shelf",
    "TrailPage",
    "TrailQuestion",
    "TrailRow",
    "Version",
    "all_records",
    "all_rows",
    "find_desk_draft",
    "find_record",
    "list_drafts",
    "list_page",
    "name_of",
    "search_trail",
    "shown_on",
    "versions_of",
]
