"""Lists of days as people write and read them: in periods."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import get_args

from service.register.payloads.base import Payload


def holds_days(model: type[Payload], name: str) -> bool:
    """Return whether a field of the model is a list of days."""
    field = model.model_fields.get(name)
    return field is not None and get_args(field.annotation)[:1] == (date,)


def periods_of(days: Iterable[date]) -> list[tuple[date, date]]:
    """Return the days as periods of days that follow one another, first and last included, in order."""
    found: list[tuple[date, date]] = []
    for day in sorted(days):
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
