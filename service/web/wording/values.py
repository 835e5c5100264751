"""What a field of a record says, in words: entries of closed lists by their labels, lists one a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, Final, get_args

from service.register.payloads import PAYLOADS
from service.register.payloads.days import holds_days, periods_of
from service.vocabulary import RecordKind, Vocabulary
from service.web.wording.choosing import pick
from service.web.wording.days import day_text

_YES_NO: Final = {True: ("是", "yes"), False: ("否", "no")}


def value_text(kind: RecordKind, name: str, value: Any, lang: str) -> str:
    """Return a kept value in words; nothing for a field that says nothing."""
    match value:
        case None | "" | [] | ():
            return ""
        case bool():
            return _YES_NO[value][lang.startswith("en")]
        case float() if value.is_integer():
            return str(int(value))
        case list() | tuple():
            is_days = holds_days(PAYLOADS[kind], name)
            return "\n".join(_day_texts(value, lang) if is_days else map(str, value))
        case dict():
            return _shape_text(value, lang)
    entry = _entries(kind, name).get(str(value))
    return entry.label(lang) if entry is not None else str(value)


def cell_text(value: Any, lang: str) -> str:
    """Return a value of a table's cell in words; a dash for none."""
    match value:
        case None:
            return "—"
        case Vocabulary():
            return value.label(lang)
        case date():
            return day_text(value, lang)
    return str(value)


def is_iso_day(text: str) -> bool:
    """Return whether a control for days can hold the text."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _day_texts(days: Iterable[date | str], lang: str) -> Iterator[str]:
    known = (day if isinstance(day, date) else date.fromisoformat(day) for day in days)
    return (_period_text(first, last, lang) for first, last in periods_of(known))


def _period_text(first: date, last: date, lang: str) -> str:
    if first == last:
        return day_text(first, lang)
    count = (last - first).days + 1
    words = (f"{{first}}至{{last}}（{count} 天）", f"{{first}} to {{last}} ({count} days)")
    return pick(words, lang).format(first=day_text(first, lang), last=day_text(last, lang))


def _shape_text(value: dict[str, Any], lang: str) -> str:
    parts = len(value.get("coordinates", ()))
    return f"{parts} part(s)" if lang.startswith("en") else f"{parts} 块"


@cache
def _entries(kind: RecordKind, name: str) -> dict[str, Vocabulary]:
    """Return the entries of the closed list that a field is chosen from, if it is."""
    field = PAYLOADS[kind].model_fields.get(name)
    for each in (field.annotation, *get_args(field.annotation)) if field else ():
        if isinstance(each, type) and issubclass(each, Enum) and issubclass(each, Vocabulary):
            return {entry.value: entry for entry in each}
    return {}
