"""Two people at one record: what each of them says of a field, and what may be joined without asking."""

from __future__ import annotations

from typing import Any

from service.errors import EditConflict
from service.errors.merged import MergedField


def three_ways(base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any]) -> tuple[MergedField, ...]:
    """Return the fields that either side changed, in the order of their names."""
    names = sorted(base.keys() | theirs.keys() | mine.keys())
    fields = (MergedField(name, base.get(name), theirs.get(name), mine.get(name)) for name in names)
    return tuple(field for field in fields if field.theirs != field.base or field.mine != field.base)


def conflict(
    record: str,
    expected: int,
    found: int,
    sides: tuple[dict[str, Any], dict[str, Any], dict[str, Any]],
    draft: str = "",
) -> EditConflict:
    """Return the refusal of what was typed over something older; `sides` are base, theirs and mine."""
    return EditConflict(record, expected, found, three_ways(*sides), draft)
