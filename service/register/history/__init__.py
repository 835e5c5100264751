"""What was said when, by whom and why: a record's versions, the record as the public saw it, the audit trail."""

from service.register.history.differences import FieldChange, StatedSource, differences, source_of
from service.register.history.seen import SeenEvent, SeenRecord, seen_on
from service.register.history.trail import TrailPage, TrailQuery, TrailRow, search_trail
from service.register.history.versions import Version, versions_of

__all__ = [
    "FieldChange",
    "SeenEvent",
    "SeenRecord",
    "StatedSource",
    "TrailPage",
    "TrailQuery",
    "TrailRow",
    "Version",
    "differences",
    "search_trail",
    "seen_on",
    "source_of",
    "versions_of",
]
