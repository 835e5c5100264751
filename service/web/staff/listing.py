"""Lists at the desk: what one is narrowed to, its page, and the same list as a file all stand in its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Query

from service.calendar import DateError, parse_china_date
from service.web.forms import Fault
from service.web.templating import localised

ROWS: Final = 25
"""The rows of a page, where a list has no reason for another number."""
_LAST_PAGE: Final = 10_000
"""As far as anybody may turn: what lies further back is found by narrowing."""

Text = Annotated[str, Query(max_length=60)]
"""A code, or something short that was typed."""
SearchText = Annotated[str, Query(max_length=100)]
Page = Annotated[int, Query(ge=1, le=_LAST_PAGE)]

_Query = TypeVar("_Query")


def last_page(total: int, rows: int = ROWS) -> int:
    """Return the number of the last page of so many things."""
    return min(_LAST_PAGE, max(1, -(-total // rows)))


def address(path: str, lang: str, facts: Mapping[str, str | int], *, form: str = "") -> str:
    """Return the address of a list in the language, as a page or a file; what says nothing is left out of it."""
    said = {name: value for name, value in facts.items() if value != "" and (name, value) != ("page", 1)}
    whole = localised(f"{path}{f'.{form}' if form else ''}", lang)
    return f"{whole}?{urlencode(said)}" if said else whole


@dataclass(frozen=True, slots=True)
class Asked(Generic[_Query]):
    """A list as its address asks for it, what was typed, and what is wrong with it."""

    path: str
    query: _Query
    typed: Mapping[str, str]
    faults: Mapping[str, Fault]
    lang: str

    def address(self, *, form: str = "", **more: str | int) -> str:
        """Return the address of the same list: as a file, or from elsewhere on."""
        return address(self.path, self.lang, {**self.typed, **more}, form=form)


def read_days(typed: Mapping[str, str], *names: str) -> tuple[dict[str, date], list[Fault]]:
    """Return the days that were typed into these fields, and what is no day; an empty field is neither."""
    days: dict[str, date] = {}
    faults: list[Fault] = []
    for name in names:
        try:
            if typed[name]:
                days[name] = parse_china_date(typed[name])
        except DateError:
            faults.append(Fault(name, "wrong_day"))
    return days, faults
