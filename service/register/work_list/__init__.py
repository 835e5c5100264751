"""What waits at the staff desk: lists counted and read from the register at this moment."""

from service.register.work_list.reading import count_lists, lists_for, read_list
from service.register.work_list.shapes import (
    IN_GRACE,
    OPEN_TO,
    STALE_AFTER,
    TOLD_FOR,
    WITHIN_MONTHS,
    Asker,
    Found,
    Item,
    Narrowed,
)

__all__ = [
    "IN_GRACE",
    "OPEN_TO",
    "STALE_AFTER",
    "TOLD_FOR",
    "WITHIN_MONTHS",
    "Asker",
    "Found",
    "Item",
    "Narrowed",
    "count_lists",
    "lists_for",
    "read_list",
]
