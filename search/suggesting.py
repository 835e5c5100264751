"""Completions while typing, from the records that a question finds."""

from collections.abc import Iterable

from search.results import Suggestion
from search.shown import Reasons, Shown
from search.text import code


def arranged(shown: Iterable[Shown], text: str, limit: int) -> tuple[Suggestion, ...]:
    """Return at most `limit` completions, one a text, grouped by kind in order of first appearance."""
    found: dict[tuple[str, str], Suggestion] = {}
    reasons = Reasons(text)
    for one in shown:
        completion = _completion(one, text, reasons.field(one) or reasons.guess(one))
        found.setdefault((completion.kind, completion.text), completion)
    best = list(found.values())[:limit]
    kinds = list(dict.fromkeys(one.kind for one in best))
    return tuple(sorted(best, key=lambda one: kinds.index(one.kind)))


def _completion(shown: Shown, text: str, field: str) -> Suggestion:
    if field == "identifier":
        wanted = code(text)
        number = next((n for n in shown.numbers if code(n).startswith(wanted)), shown.numbers[0])
        return Suggestion(shown.id, shown.kind, number, field)
    if field == "name_en":
        return Suggestion(shown.id, shown.kind, shown.english[0], field)
    return Suggestion(shown.id, shown.kind, shown.name, field or "name")
