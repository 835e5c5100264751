"""Two payloads side by side, field by field, each value with the source that it stands on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from service.register.editing.bases import changes_between
from service.register.payloads import PAYLOADS, Payload
from service.vocabulary import RecordKind, VerificationLevel, Vocabulary


@dataclass(frozen=True, slots=True)
class StatedSource:
    """Where a payload says its facts come from."""

    citation: str
    level: VerificationLevel
    url: str | None = None
    locator: str | None = None
    document: str | None = None
    checked_on: str | None = None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a record: its heading, what it says before and after, and the source of each.

    Values are as kept in the payload; those of a closed list come as its entries, which know their words.
    """

    name: str
    zh: str
    en: str
    before: Any
    after: Any
    source_before: StatedSource | None
    source_after: StatedSource | None
    is_major: bool


def source_of(payload: Mapping[str, Any]) -> StatedSource:
    """Return the source that a kept payload states."""
    return StatedSource(
        payload["source"],
        VerificationLevel(payload["source_level"]),
        payload.get("source_url"),
        payload.get("source_locator"),
        payload.get("source_document"),
        payload.get("source_checked_on"),
    )


def differences(
    kind: RecordKind,
    before: dict[str, Any],
    after: dict[str, Any],
    sources: Mapping[str, StatedSource] | None = None,
) -> tuple[FieldChange, ...]:
    """Return the fields that differ, those of the record first, in the order of its form.

    `sources` says for each field of `before` which source it stands on; without it, all stand on its own.
    """
    model = PAYLOADS[kind]
    changed = changes_between(before, after)
    stated = sources if sources is not None else dict.fromkeys(before, source_of(before) if before else None)
    now = source_of(after)
    return tuple(
        FieldChange(
            name,
            *headings(model, name),
            _entry(model, name, changed[name][0]),
            _entry(model, name, changed[name][1]),
            stated.get(name) if name in before else None,
            now if name in after else None,
            name in model.major_fields,
        )
        for name in _in_order(model, changed)
    )


def headings(model: type[Payload], name: str) -> tuple[str, str]:
    """Return the Chinese and the English heading of a field; one that the form has no more keeps its name."""
    field = model.model_fields.get(name)
    return (field.title if field and field.title else name), name.replace("_", " ")


def _in_order(model: type[Payload], names: Mapping[str, Any]) -> Iterator[str]:
    own = [name for name in model.model_fields if name not in Payload.model_fields]
    known = [*own, *Payload.model_fields]
    yield from (name for name in known if name in names)
    yield from (name for name in names if name not in known)


def _entry(model: type[Payload], name: str, value: Any) -> Any:
    """Return the entry of the closed list that the field is of, else the value itself."""
    field = model.model_fields.get(name)
    vocabulary = _vocabulary(field.annotation) if field and isinstance(value, str) else None
    if vocabulary is None or value not in set(vocabulary):
        return value
    return vocabulary(value)


def _vocabulary(annotation: Any) -> type[Vocabulary] | None:
    if isinstance(annotation, type) and issubclass(annotation, Vocabulary):
        return annotation
    return next((found for part in get_args(annotation) if (found := _vocabulary(part))), None)
