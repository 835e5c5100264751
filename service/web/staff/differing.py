"""What a draft changes, field by field, in the order of the form: what stood before and what shall stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.vocabulary import RecordKind
from service.web.wording.fields import GROUPS, Group


@dataclass(frozen=True, slots=True)
class Difference:
    """One field before and after."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class DifferingGroup:
    """The fields of a group that differ."""

    group: Group
    fields: tuple[Difference, ...]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Sequence[DifferingGroup]:
    """Return the groups with the fields that differ; of a new record, every field that says something."""
    found = []
    for group in GROUPS:
        fields = tuple(
            Difference(name, before.get(name), after.get(name))
            for name in group.fields
            if before.get(name) != after.get(name)
        )
        if fields:
            found.append(DifferingGroup(group, fields))
    return found


def said(payload: Mapping[str, Any]) -> Sequence[DifferingGroup]:
    """Return every field that says something, in its group."""
    return differences({}, payload)


def is_back_dated(kind: RecordKind, payload: Mapping[str, Any], day: str) -> bool:
    """Return whether what the draft records took effect before the China day (ISO) on which it is recorded."""
    if kind not in {RecordKind.AUTHORISATION, RecordKind.AUTHORISATION_EVENT, RecordKind.PROTECTION_EVENT}:
        return False
    effect = payload.get("effective_on") or payload.get("happened_on")
    return effect is not None and str(effect) < day
