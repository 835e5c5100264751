"""Records and drafts as the staff desk looks at them: lists, one record, one draft."""

from service.register.browsing.finding import DeskDraft, DeskRecord, find_desk_draft, find_record, name_of
from service.register.browsing.listing_drafts import LISTED, DraftPage, list_drafts

__all__ = [
    "LISTED",
    "DeskDraft",
    "DeskRecord",
    "DraftPage",
    "find_desk_draft",
    "find_record",
    "list_drafts",
    "name_of",
]
